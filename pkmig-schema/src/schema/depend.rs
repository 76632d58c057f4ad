//! What depends on what: which objects go along when one is dropped, and which others keep it from going.
//!
//! As in PostgreSQL's `pg_depend` (manual section 5.14): what stands on a dropped column in its own table goes with it,
//! what stands elsewhere wants `cascade`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Column, Constraint, ConstraintKind, IndexKey, Known, Policy, Schema, Table, Type, Value};
use crate::{Name, ObjectKind, Sql};

impl Schema {
    /// Follows the rename of a table or view in the queries of policies and views, which PostgreSQL keeps parsed.
    pub(crate) fn follow_relation(&mut self, from: Name, to: Name) {
        let names = |policy: &Known<Policy>| policy.def.expressions().any(|sql| sql.names_table(from));
        for table in self.tables_mut().values_mut().filter(|table| table.policies.iter().any(names)) {
            let policies = &mut Arc::make_mut(table).policies;
            policies
                .iter_mut()
                .flat_map(|policy| policy.def.expressions_mut())
                .for_each(|sql| sql.rename_table(from, to));
        }
        for view in self.views.values_mut() {
            view.def.query.rename_table(from, to);
        }
    }
}

impl Table {
    /// The generated columns that are computed from `column`.
    pub(crate) fn generated_from(&self, column: Name) -> impl Iterator<Item = &Known<Column>> {
        let uses = move |sql: &Sql| sql.idents().any(|ident| ident == column);
        self.columns.iter().filter(move |known| known.def.generated.as_ref().is_some_and(uses))
    }

    fn expressions(&self) -> impl Iterator<Item = (&'static str, Name, &Sql)> {
        let columns = self.columns.iter().flat_map(|known| {
            let default = match &known.def.default {
                Some(Value::Sql(sql)) => Some(("the default of column", known.def.name, sql)),
                _ => None,
            };
            let generated =
                known.def.generated.as_ref().map(|sql| ("the expression of generated column", known.def.name, sql));
            default.into_iter().chain(generated)
        });
        let checks = self.constraints.iter().filter_map(|known| match &known.def.kind {
            ConstraintKind::Check { expression } => Some(("the check", known.def.name, expression)),
            _ => None,
        });
        let exclusions = self.constraints.iter().flat_map(|known| match &known.def.kind {
            ConstraintKind::Exclude(exclusion) => Some((known.def.name, exclusion)),
            _ => None,
        });
        let exclusions = exclusions.flat_map(|(name, exclusion)| {
            exclusion.expressions().map(move |sql| ("the exclusion constraint", name, sql))
        });
        let indexes = self.indexes.iter().flat_map(|known| {
            let keys = known.def.columns.iter().filter_map(|column| match &column.key {
                IndexKey::Expression(sql) => Some(sql),
                IndexKey::Column(_) => None,
            });
            keys.chain(&known.def.predicate).map(|sql| ("the index", known.def.name, sql))
        });
        let policies = self.policies.iter().flat_map(|known| {
            let name = known.def.name;
            known.def.expressions().map(move |sql| ("the policy", name, sql))
        });
        let conditions = self.triggers.iter().flat_map(|known| {
            let condition = known.def.condition.iter();
            condition.map(|sql| ("the condition of trigger", known.def.name, sql))
        });
        columns.chain(checks).chain(exclusions).chain(indexes).chain(policies).chain(conditions)
    }
}

/// All that goes when a table, or some of its columns, are dropped.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    table: Name,
    /// The columns; all of them, if the table goes.
    columns: Vec<Name>,
    /// The ids of the constraints, indexes and triggers of the table that stand on these columns.
    keys: BTreeSet<u32>,
    /// The foreign keys (table, name) that reference what goes.
    foreign_keys: Vec<(Name, Name)>,
    /// The sequences that these columns own.
    sequences: Vec<Name>,
    /// The columns (table, name) that stay and draw their default from these sequences.
    defaults: Vec<(Name, Name)>,
    /// The policies (table, name) that speak of these columns; but those of a table that goes.
    policies: Vec<(Name, Name)>,
    /// The views that show these columns.
    views: Vec<Name>,
}

impl Losses {
    /// What goes with a column and with what is generated from it.
    pub(crate) fn of_column(schema: &Schema, table: &Table, column: Name) -> Self {
        let columns: Vec<_> = [column].into_iter().chain(table.generated_from(column).map(|c| c.def.name)).collect();
        // PostgreSQL lets no policy go with a column without a word, not even one of the same table.
        let uses = |sql: &Sql| columns.iter().any(|column| schema.names_column(sql, table.name, column));
        let policies = schema.policies_with(|_, policy| policy.expressions().any(uses));
        let views = schema.views_on(table.name, Some(&columns));
        Self { policies, views, ..Self::of(schema, table, columns.clone()) }
    }

    /// What goes with a table.
    pub(crate) fn of_table(schema: &Schema, table: &Table) -> Self {
        let uses = |sql: &Sql| sql.objects().any(|name| name == table.name);
        let policies = schema.policies_with(|other, policy| other.id != table.id && policy.expressions().any(uses));
        let views = schema.views_on(table.name, None);
        Self { policies, views, ..Self::of(schema, table, table.column_names().collect()) }
    }

    fn of(schema: &Schema, table: &Table, columns: Vec<Name>) -> Self {
        let constraints = table.constraints.iter().filter(|known| columns.iter().any(|c| known.def.kind.uses(c)));
        let indexes = table.indexes.iter().filter(|known| columns.iter().any(|c| known.def.uses(c)));
        let triggers = table.triggers.iter().filter(|known| columns.iter().any(|c| known.def.uses(c)));
        let keys = constraints.map(|known| known.id).chain(indexes.map(|known| known.id));
        let keys: BTreeSet<_> = keys.chain(triggers.map(|known| known.id)).collect();
        let references_lost = |references: &[Name]| references.iter().any(|name| columns.contains(name));
        let foreign_keys = schema.foreign_keys_on(table, |id, references, rests| {
            // A foreign key of the table to itself goes by itself if one of its own columns does.
            !keys.contains(&id) && (references_lost(references) || rests.iter().all(|key| keys.contains(key)))
        });
        let sequences = schema.owned_sequences(table, &columns);
        let draws = |column: &Column| matches!(&column.default, Some(Value::Sql(sql)) if sql.objects().any(|o| sequences.contains(&o)));
        let stays = |other: &Table, column: &Column| other.id != table.id || !columns.contains(&column.name);
        let defaults = schema
            .tables()
            .flat_map(|other| other.columns.iter().map(move |known| (other, &known.def)))
            .filter(|(other, column)| draws(column) && stays(other, column))
            .map(|(other, column)| (other.name, column.name))
            .collect();
        Self {
            table: table.name,
            columns,
            keys,
            foreign_keys,
            sequences,
            defaults,
            policies: Vec::new(),
            views: Vec::new(),
        }
    }

    /// The first trigger of the table that would go along with its columns, as the end of a sentence.
    pub(crate) fn trigger(&self, schema: &Schema) -> Option<String> {
        let mut triggers = schema.table(self.table)?.triggers.iter();
        let trigger = triggers.find(|known| self.keys.contains(&known.id))?;
        Some(format!("is used by trigger `{}`, since {}", trigger.def.name, trigger.since))
    }

    /// The first exclusion constraint of the table that would go along, as the end of a sentence. PostgreSQL lets one go
    /// without a word with a plain column of its, and not with one that stands in an expression of it.
    pub(crate) fn exclusion(&self, schema: &Schema) -> Option<String> {
        let mut going = schema.table(self.table)?.constraints.iter().filter(|known| self.keys.contains(&known.id));
        let wants_word = |known: &&Known<Constraint>| match &known.def.kind {
            ConstraintKind::Exclude(exclusion) => !exclusion.columns().any(|column| self.columns.contains(&column)),
            _ => false,
        };
        let constraint = going.find(wants_word)?;
        Some(format!("is used in the exclusion constraint `{}`, since {}", constraint.def.name, constraint.since))
    }

    /// The first thing elsewhere that would go along, as the end of a sentence.
    pub(crate) fn elsewhere(&self, schema: &Schema) -> Option<String> {
        let foreign_key = self.foreign_keys.first().and_then(|(table, name)| {
            let since = schema.table(table)?.constraint(name)?.since;
            Some(format!("is referenced by `{name}` of table `{table}`, since {since}"))
        });
        let default = || {
            let (table, column) = self.defaults.first()?;
            Some(format!("owns the sequence of the default of `{table}.{column}`"))
        };
        let policy = || {
            let (table, name) = self.policies.first()?;
            let since = schema.table(table)?.policy(name)?.since;
            Some(format!("is used in the policy `{name}` of table `{table}`, since {since}"))
        };
        foreign_key.or_else(default).or_else(policy).or_else(|| schema.shown_by(&self.views))
    }

    /// Takes it all away, except the columns or the table itself.
    pub(crate) fn apply(self, schema: &mut Schema) {
        schema.drop_foreign_keys(self.foreign_keys);
        schema.drop_views(self.views);
        for (table, name) in self.policies {
            schema.drop_policy(table, name);
        }
        for sequence in self.sequences {
            schema.sequences.remove(sequence);
            schema.dropped(ObjectKind::Sequence, sequence, sequence);
        }
        for (table, column) in self.defaults {
            if let Some(column) = schema.table_mut(table).and_then(|table| table.column_mut(column)) {
                column.def.default = None;
            }
        }
        let Some(table) = schema.table_mut(self.table) else { return };
        let mut gone = Vec::new();
        table.constraints.retain(|known| {
            let goes = self.keys.contains(&known.id);
            gone.extend(goes.then_some((ObjectKind::Constraint, self.table, known.def.name)));
            !goes
        });
        table.indexes.retain(|known| {
            let goes = self.keys.contains(&known.id);
            gone.extend(goes.then_some((ObjectKind::Index, known.def.name, known.def.name)));
            !goes
        });
        table.triggers.retain(|known| {
            let goes = self.keys.contains(&known.id);
            gone.extend(goes.then_some((ObjectKind::Trigger, self.table, known.def.name)));
            !goes
        });
        table.columns.retain(|known| !self.columns.contains(&known.def.name));
        gone.extend(self.columns.iter().map(|column| (ObjectKind::Column, self.table, *column)));
        for (kind, table, name) in gone {
            schema.dropped(kind, table, name);
        }
    }
}

impl Schema {
    /// The foreign keys (table, name) to `target` that are `lost`, given their id, the columns they reference and the
    /// keys they can rest on. Which of these one does depends on how the table came about: PostgreSQL takes the index that
    /// is first at that moment.
    fn foreign_keys_on(&self, target: &Table, lost: impl Fn(u32, &[Name], &[u32]) -> bool) -> Vec<(Name, Name)> {
        let mut found = Vec::new();
        for table in self.tables() {
            for known in &table.constraints {
                if let ConstraintKind::ForeignKey { table: referenced, references, .. } = &known.def.kind
                    && referenced.is(target.name)
                    && lost(known.id, references, &target.keys_over(references).collect::<Vec<_>>())
                {
                    found.push((table.name, known.def.name));
                }
            }
        }
        found
    }

    /// The foreign keys (table, name) that have nothing to rest on but this constraint or index of `target`.
    pub(crate) fn resting_on(&self, target: &Table, id: u32) -> Vec<(Name, Name)> {
        self.foreign_keys_on(target, |_, _, keys| keys == [id])
    }

    pub(crate) fn drop_foreign_keys(&mut self, foreign_keys: Vec<(Name, Name)>) {
        for (table, name) in foreign_keys {
            if let Some(table) = self.table_mut(table) {
                table.constraints.retain(|constraint| constraint.def.name != name);
            }
            self.dropped(ObjectKind::Constraint, table, name);
        }
    }

    fn policies_with(&self, goes: impl Fn(&Table, &Policy) -> bool) -> Vec<(Name, Name)> {
        let going = self.policies().filter(|(table, known)| goes(table, &known.def));
        going.map(|(table, known)| (table.name, known.def.name)).collect()
    }

    pub(crate) fn drop_policy(&mut self, table: Name, name: Name) {
        if let Some(table) = self.table_mut(table) {
            table.policies.retain(|policy| policy.def.name != name);
        }
        self.dropped(ObjectKind::Policy, table, name);
    }

    fn owned_sequences(&self, table: &Table, columns: &[Name]) -> Vec<Name> {
        let owned = |owner: Option<(Name, Name)>| owner.is_some_and(|(t, c)| t == table.name && columns.contains(&c));
        let standing = self.sequences.values().filter(|known| owned(known.def.owned_by)).map(|known| known.def.name);
        let generators = table.columns.iter().filter(|known| columns.contains(&known.def.name));
        standing.chain(generators.filter_map(|known| Some(known.def.generator.as_ref()?.sequence))).collect()
    }

    /// What keeps a function, type or sequence from being dropped, as the end of a sentence.
    pub(crate) fn user_of(&self, object: Name) -> Option<String> {
        let of_view = || {
            self.views().find_map(|view| {
                let trigger = view.triggers.iter().find(|trigger| trigger.function == object);
                let executed =
                    trigger.map(|it| format!("is executed by trigger `{}` of view `{}`", it.name, view.name));
                executed.or_else(|| view.names(object).then(|| format!("is used in view `{}`", view.name)))
            })
        };
        let of_table = self.tables().find_map(|table| {
            if let Some(trigger) = table.triggers.iter().find(|known| known.def.function == object) {
                let (name, since) = (trigger.def.name, trigger.since);
                return Some(format!("is executed by trigger `{name}` of table `{}`, since {since}", table.name));
            }
            let named = |sql: &Sql| sql.objects().any(|name| name == object);
            let (what, name, _) = table.expressions().find(|(_, _, sql)| named(sql))?;
            Some(format!("is used in {what} `{name}` of table `{}`", table.name))
        });
        let of_domain = || {
            let domain = self.domains().find(|domain| domain.names(object))?;
            Some(format!("is used in domain `{}`", domain.name))
        };
        of_table.or_else(of_view).or_else(of_domain)
    }

    /// The function that takes or returns a type.
    pub(crate) fn function_over(&self, ty: Name) -> Option<Name> {
        let is = |other: &Type| other.name == ty;
        let uses = |function: &&super::Function| {
            function.returns.types().any(is) || function.args.iter().any(|arg| is(&arg.ty))
        };
        self.functions().find(uses).map(|function| function.name)
    }
}
