//! Steps on indexes, triggers, views, sequences, comments and privileges.

use super::Writer;
use super::column::plain_column;
use super::layout::Line;
use super::lines::reads_as_name;
use crate::name::UNNAMED;
use crate::schema::DomainCheck;
use crate::{Domain, Grant, Index, Name, ObjectKind, ObjectRef, Sequence, Trigger, View};

impl Writer {
    pub(super) fn create_index(self, table: Name, index: &Index) -> Line {
        let keyword = if index.unique { "create_unique_index" } else { "create_index" };
        let named = (index.name != UNNAMED).then(|| self.name(index.name));
        let line = Line::new(keyword).words(named);
        match plain_column(index) {
            // Only here a column keeps its quotes.
            Some(column) if !reads_as_name(column) => {
                line.word(format!("on {}", self.column_of(table, column))).words(self.index_options(index))
            }
            _ => line.word(format!("on {}", self.name(table))).words(self.index(index)),
        }
    }

    pub(super) fn create_trigger(self, table: Name, trigger: &Trigger) -> Line {
        let head = format!("{} on {}", self.name(trigger.name), self.name(table));
        Line::new("create_trigger").word(head).words(self.trigger(trigger)).end(";")
    }

    pub(super) fn create_view(self, def: &View, replace: bool) -> Vec<Line> {
        let keyword = match (def.materialized, replace) {
            (true, _) => "create_materialized_view",
            (false, false) => "create_view",
            (false, true) => "create_or_replace_view",
        };
        let view = Line::new(keyword)
            .word(format!("{} as", self.name(def.name)))
            .word(self.sql(&def.query))
            .flag(!def.with_data, "with_no_data")
            .end(";");
        let index = |index: &Index| self.create_index(def.name, index).end(";");
        let mut lines = vec![view];
        for it in def.indexes.iter() {
            lines.push(index(it));
            lines.extend(self.comment_if_any(ObjectRef::new(ObjectKind::Index, it.name), it.comment));
        }
        for it in def.triggers.iter() {
            lines.push(self.create_trigger(def.name, it));
            lines.extend(self.comment_if_any(ObjectRef::part(ObjectKind::Trigger, def.name, it.name), it.comment));
        }
        lines.extend(self.comment_if_any(ObjectRef::new(ObjectKind::View, def.name), def.comment));
        lines
    }

    pub(super) fn comment_on(self, ObjectRef { kind, of, name }: ObjectRef, text: Option<Name>) -> Line {
        let target = match (kind, of) {
            (ObjectKind::Column, Some(table)) => format!("{kind} {}", self.column_of(table, name)),
            (ObjectKind::Function, _) => format!("{kind} {}()", self.name(name)),
            (_, Some(of)) => format!("{kind} {} {}", self.name(of), self.name(name)),
            (_, None) => format!("{kind} {}", self.name(name)),
        };
        Line::new("comment_on")
            .word(target)
            .word(text.map_or_else(|| "null".to_owned(), |text| self.text(text)))
            .end(";")
    }

    pub(super) fn grant(self, keyword: &str, grant: &Grant, direction: &str) -> Line {
        let words: Vec<_> = grant.privileges.iter().map(|privilege| privilege.word()).collect();
        let ObjectRef { kind, name, .. } = grant.on;
        let on = match kind {
            ObjectKind::Schema => kind.to_string(),
            ObjectKind::Function => {
                let args: Vec<_> = grant.args.iter().map(|it| self.ty(it)).collect();
                format!("{kind} {}({})", self.name(name), args.join(", "))
            }
            _ => format!("{kind} {}", self.name(name)),
        };
        Line::new(keyword)
            .word(words.join(", "))
            .word(format!("on {on}"))
            .word(format!("{direction} {}", self.one_or_list(&grant.roles)))
    }

    pub(super) fn create_domain(self, def: &Domain) -> Line {
        let check = |check: &DomainCheck| {
            let name = if check.name == UNNAMED { String::new() } else { format!("{} ", self.name(check.name)) };
            format!("check {name}({})", self.sql(&check.expression))
        };
        Line::new("create_domain")
            .word(format!("{}: {}", self.name(def.name), self.ty(&def.ty)))
            .flag(def.not_null, "not_null")
            .words(def.default.as_ref().map(|value| format!("default({})", self.value(value))))
            .words(def.checks.iter().map(check))
    }

    pub(super) fn create_sequence(self, def: &Sequence) -> Line {
        Line::new("create_sequence")
            .word(self.name(def.name))
            .words((def.ty.name != "bigint").then(|| format!("as {}", self.ty(&def.ty))))
            .words((def.start != 1).then(|| format!("start {}", def.start)))
            .words((def.increment != 1).then(|| format!("increment {}", def.increment)))
            .words(def.owned_by.map(|(table, column)| format!("owned_by {}", self.column_of(table, column))))
    }
}
