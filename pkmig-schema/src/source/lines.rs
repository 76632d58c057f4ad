//! What stands behind the name of a constraint, an index, a policy, a trigger or a function.

use super::Writer;
use super::column::{action, nulls};
use super::layout::Line;
use super::words::{list, literals, one_or_list, parenthesized, ty};
use crate::name::{UNNAMED, literal, written};
use crate::{
    Constraint, ConstraintKind, Exclusion, Function, FunctionArg, Index, IndexColumn, IndexKey, Policy, PolicyCommand,
    Returns, Trigger, TriggerEvent, TriggerLevel,
};

impl Writer {
    /// The name, if there is one, and what is demanded.
    pub(super) fn constraint(self, constraint: &Constraint) -> Vec<String> {
        let mut words: Vec<_> = (constraint.name != UNNAMED).then(|| written(constraint.name)).into_iter().collect();
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => {
                words.push(format!("({})", list(columns)));
            }
            ConstraintKind::Check { expression } => words.push(format!("({})", self.sql(expression))),
            ConstraintKind::Exclude(exclusion) => words.extend(self.exclusion(exclusion)),
            ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update } => {
                words.push(format!("({})", list(columns)));
                words.push(format!("references {} ({})", table, list(references)));
                words.extend(action(*on_delete).map(|action| format!("on_delete {action}")));
                words.extend(action(*on_update).map(|action| format!("on_update {action}")));
            }
        }
        words
    }

    fn exclusion(self, exclusion: &Exclusion) -> Vec<String> {
        let elements = exclusion.elements.iter();
        let elements = elements.map(|it| format!("{} with {}", self.key(&it.column), literal(it.operator)));
        let elements = elements.collect::<Vec<_>>().join(", ");
        let mut words = vec![format!("using {}", exclusion.method), format!("({elements})")];
        words.extend(self.sql_in("where", exclusion.predicate.as_ref()));
        words
    }

    /// `(keys)` and what is said of them.
    pub(super) fn index(self, index: &Index) -> Vec<String> {
        let keys: Vec<_> = index.columns.iter().map(|key| self.key(key)).collect();
        let mut words = vec![format!("({})", keys.join(", "))];
        words.extend(self.index_options(index));
        words
    }

    /// What follows the keys of an index.
    pub(super) fn index_options(self, index: &Index) -> Vec<String> {
        let mut words = Vec::new();
        words.extend((index.method != "btree").then(|| format!("using {}", index.method)));
        words.extend((!index.include.is_empty()).then(|| format!("include ({})", list(&index.include))));
        words.extend(index.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
        words.extend(self.sql_in("where", index.predicate.as_ref()));
        words
    }

    fn key(self, key: &IndexColumn) -> String {
        let mut words = match &key.key {
            // In the quotes that such a name needs it would be read as an expression, so it is written as one.
            IndexKey::Column(name) if !reads_as_name(name) => literal(&format!("\"{}\"", name.replace('"', "\"\""))),
            IndexKey::Column(name) => written(name),
            IndexKey::Expression(sql) => self.sql(sql),
        };
        let order = key.nulls.map(nulls);
        for word in key.opclass.into_iter().chain(key.descending.then_some("desc")).chain(order) {
            words = format!("{words} {word}");
        }
        words
    }

    /// What follows the name of a policy and its table.
    pub(super) fn policy(self, policy: &Policy) -> Vec<String> {
        let mut words = Vec::new();
        words.extend(policy.restrictive.then(|| "restrictive".to_owned()));
        words.extend((policy.command != PolicyCommand::All).then(|| format!("for {}", policy.command.word())));
        words.extend((!policy.roles.is_empty()).then(|| format!("to {}", one_or_list(&policy.roles))));
        words.extend(self.sql_in("using", policy.using.as_ref()));
        words.extend(self.sql_in("with_check", policy.with_check.as_ref()));
        words
    }

    /// What follows the name of a trigger and its table.
    pub(super) fn trigger(self, trigger: &Trigger) -> Vec<String> {
        let events: Vec<_> = trigger.events.iter().map(event).collect();
        let mut words = vec![format!("{} {}", trigger.timing.words().0, events.join(" or "))];
        words.extend((trigger.level == TriggerLevel::Row).then(|| "for_each row".to_owned()));
        words.extend(self.sql_in("when", trigger.condition.as_ref()));
        words.push(format!("execute {}({})", written(trigger.function), literals(&trigger.arguments).join(", ")));
        words
    }

    pub(super) fn function(self, def: &Function, replace: bool) -> Line {
        let args: Vec<_> = def.args.iter().map(|arg| self.argument(arg)).collect();
        let settings = def.settings.iter().map(|(name, value)| format!("set {} = {}", written(name), literal(value)));
        Line::new(if replace { "create_or_replace_function" } else { "create_function" })
            .words(parenthesized(&written(def.name), args))
            .words((!self.brief).then(|| format!("returns {}", returns(&def.returns))))
            .words((!self.brief).then(|| format!("language {}", def.language)))
            .flag(!self.brief && def.volatility != "volatile", def.volatility)
            .flag(!self.brief && def.strict, "strict")
            .flag(!self.brief && def.security_definer, "security_definer")
            .words(settings.filter(|_| !self.brief))
            .block(vec![Line::new(self.sql(&def.body))])
    }

    fn argument(self, arg: &FunctionArg) -> String {
        let default = arg.default.iter().filter(|_| !self.brief).map(|sql| format!(" default({})", self.sql(sql)));
        format!("{}: {}{}", written(arg.name), ty(&arg.ty), default.collect::<String>())
    }
}

/// Whether a name in quotes stays one where an expression in quotes can stand.
pub(super) fn reads_as_name(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn event(event: &TriggerEvent) -> String {
    match event {
        TriggerEvent::Update(columns) if !columns.is_empty() => format!("update of {}", one_or_list(columns)),
        event => event.word().to_owned(),
    }
}

fn returns(returns: &Returns) -> String {
    match returns {
        Returns::Type(of) => ty(of),
        Returns::Void => "void".to_owned(),
        Returns::Trigger => "trigger".to_owned(),
        Returns::SetOf(of) => format!("setof {}", ty(of)),
        Returns::Table(columns) => {
            let columns: Vec<_> = columns.iter().map(|(name, of)| format!("{}: {}", written(name), ty(of))).collect();
            format!("table ({})", columns.join(", "))
        }
    }
}
