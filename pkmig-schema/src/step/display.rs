//! A step in one line, as it is written in the language: comments in SQL, plans, errors and logs show it.

use std::fmt;

use super::{CommentTarget, Condition, ConflictAction, Execute, LabelPosition, Lookup, Source, Step, Taken};
use crate::name::written as name;
use crate::{
    Column, Constraint, ConstraintKind, Exclusion, ExclusionElement, GeneratorKind, Grant, Index, IndexColumn,
    IndexKey, Literal, NullsOrder, Policy, PolicyCommand, Sql, TableRef, Trigger, TriggerEvent, TriggerLevel, Type,
    Value,
};

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exists = |yes: &bool| if *yes { " if_exists" } else { "" };
        let not_exists = |yes: &bool| if *yes { " if_not_exists" } else { "" };
        let cascading = |yes: &bool| if *yes { " cascade" } else { "" };
        match self {
            Self::CreateTable { def, if_not_exists } => {
                let unlogged = if def.unlogged { " unlogged" } else { "" };
                write!(f, "create_table {}{}{unlogged} {{ … }}", name(def.name), not_exists(if_not_exists))
            }
            Self::DropTable { table, if_exists, cascade } => {
                write!(f, "drop_table {}{}{}", name(table), exists(if_exists), cascading(cascade))
            }
            Self::RenameTable { from, to, if_exists } => {
                write!(f, "rename_table {} => {}{}", name(from), name(to), exists(if_exists))
            }
            Self::AddColumn { table, column, constraints, if_not_exists } => {
                write!(f, "add_column {}.{column}", name(table))?;
                constraints.iter().try_for_each(|constraint| write!(f, " {}", attribute(constraint)))?;
                f.write_str(not_exists(if_not_exists))
            }
            Self::DropColumn { table, column, if_exists, cascade } => {
                write!(f, "drop_column {}.{}{}{}", name(table), name(column), exists(if_exists), cascading(cascade))
            }
            Self::RenameColumn { table, from, to, if_exists } => {
                write!(f, "rename_column {}.{} => {}{}", name(table), name(from), name(to), exists(if_exists))
            }
            Self::SetType { table, column, ty, using, down_using } => {
                write!(f, "set_type {}.{}: {ty}", name(table), name(column))?;
                using.iter().try_for_each(|sql| write!(f, " using({:?})", sql.to_string()))?;
                down_using.iter().try_for_each(|sql| write!(f, " down_using({:?})", sql.to_string()))
            }
            Self::SetNotNull { table, column, if_exists } => {
                write!(f, "set_not_null {}.{}{}", name(table), name(column), exists(if_exists))
            }
            Self::DropNotNull { table, column, if_exists } => {
                write!(f, "drop_not_null {}.{}{}", name(table), name(column), exists(if_exists))
            }
            Self::SetDefault { table, column, value } => {
                write!(f, "set_default {}.{} = {value}", name(table), name(column))
            }
            Self::DropDefault { table, column } => write!(f, "drop_default {}.{}", name(table), name(column)),
            Self::AddConstraint { table, constraint, if_not_exists } => {
                let keyword = constraint.kind.words().0;
                write!(f, "add_{keyword} {} {constraint}{}", name(table), not_exists(if_not_exists))
            }
            Self::ValidateConstraint { table, constraint } => {
                write!(f, "validate_constraint {} {}", name(table), name(constraint))
            }
            Self::DropConstraint { table, constraint, if_exists, cascade } => {
                let tail = (exists(if_exists), cascading(cascade));
                write!(f, "drop_constraint {} {}{}{}", name(table), name(constraint), tail.0, tail.1)
            }
            Self::RenameConstraint { table, from, to } => {
                write!(f, "rename_constraint {} {} => {}", name(table), name(from), name(to))
            }
            Self::CreateIndex { table, index, concurrently, if_not_exists } => {
                let keyword = if index.unique { "create_unique_index" } else { "create_index" };
                let spaced = if index.name.is_empty() { String::new() } else { format!(" {}", name(index.name)) };
                write!(f, "{keyword}{spaced} on {} {index}", name(table))?;
                f.write_str(if *concurrently { " concurrently" } else { "" })?;
                f.write_str(not_exists(if_not_exists))
            }
            Self::DropIndex { index, if_exists } => write!(f, "drop_index {}{}", name(index), exists(if_exists)),
            Self::RenameIndex { from, to, if_exists } => {
                write!(f, "rename_index {} => {}{}", name(from), name(to), exists(if_exists))
            }
            Self::EnableRowLevelSecurity { table } => write!(f, "enable_row_level_security {}", name(table)),
            Self::DisableRowLevelSecurity { table } => write!(f, "disable_row_level_security {}", name(table)),
            Self::ForceRowLevelSecurity { table } => write!(f, "force_row_level_security {}", name(table)),
            Self::NoForceRowLevelSecurity { table } => write!(f, "no_force_row_level_security {}", name(table)),
            Self::CreatePolicy { table, policy, replace } => {
                let keyword = if *replace { "replace_policy" } else { "create_policy" };
                write!(f, "{keyword} {} on {}{policy}", name(policy.name), name(table))
            }
            Self::DropPolicy { table, policy, if_exists } => {
                write!(f, "drop_policy {} on {}{}", name(policy), name(table), exists(if_exists))
            }
            Self::RenamePolicy { table, from, to } => {
                write!(f, "rename_policy {} {} => {}", name(table), name(from), name(to))
            }
            Self::Grant(grant) => write!(f, "grant {} on {} to {}", words(grant), grant.on, roles(&grant.roles)),
            Self::Revoke(grant) => write!(f, "revoke {} on {} from {}", words(grant), grant.on, roles(&grant.roles)),
            Self::CreateEnum { def } => write!(f, "create_enum {} {{ {} }}", name(def.name), quoted(&def.labels)),
            Self::AddEnumValue { name: of, label, position } => {
                write!(f, "add_enum_value {} {label:?}", name(of))?;
                match position {
                    Some(LabelPosition::Before(other)) => write!(f, " before {other:?}"),
                    Some(LabelPosition::After(other)) => write!(f, " after {other:?}"),
                    None => Ok(()),
                }
            }
            Self::DropEnum { name: of } => write!(f, "drop_enum {}", name(of)),
            Self::CreateSequence { def } => write!(f, "create_sequence {}", name(def.name)),
            Self::DropSequence { name: of, if_exists } => write!(f, "drop_sequence {}{}", name(of), exists(if_exists)),
            Self::CreateExtension { name: of } => write!(f, "create_extension {}", name(of)),
            Self::CreateFunction { def, replace } => {
                let keyword = if *replace { "create_or_replace_function" } else { "create_function" };
                let args: Vec<_> = def.args.iter().map(|arg| format!("{}: {}", name(arg.name), arg.ty)).collect();
                write!(f, "{keyword} {}({}) {{ … }}", name(def.name), args.join(", "))
            }
            Self::DropFunction { name: of, args, if_exists } => {
                let args: Vec<_> = args.iter().map(ToString::to_string).collect();
                write!(f, "drop_function {}({}){}", name(of), args.join(", "), exists(if_exists))
            }
            Self::CreateTrigger { table, trigger } => {
                write!(f, "create_trigger {} on {} {trigger}", name(trigger.name), name(table))
            }
            Self::DropTrigger { table, trigger, if_exists } => {
                write!(f, "drop_trigger {} on {}{}", name(trigger), name(table), exists(if_exists))
            }
            Self::CommentOn { target, text } => {
                write!(f, "comment_on {target} ")?;
                match text {
                    Some(text) => write!(f, "{text:?}"),
                    None => f.write_str("null"),
                }
            }
            Self::Seed(seed) => {
                let keys = list(&seed.on_conflict.columns);
                let conflict = match &seed.on_conflict.action {
                    ConflictAction::DoNothing => format!("on_conflict({keys}) do_nothing"),
                    ConflictAction::DoUpdate(columns) => format!("on_conflict({keys}) do_update({})", list(columns)),
                    ConflictAction::UnlessExists => format!("unless_exists({keys})"),
                };
                write!(f, "seed {} ({}) {conflict} {{ … }}", name(seed.table), list(&seed.columns))
            }
            Self::DeleteSeed(seed) => {
                write!(f, "delete the rows of: seed {} ({}) {{ … }}", name(seed.table), list(&seed.columns))
            }
            Self::DeleteRows(rows) => {
                write!(f, "delete_rows {} where({:?})", name(rows.table), one_line(&rows.predicate.to_string()))
            }
            Self::Backfill(fill) => write!(f, "backfill {}.{} = {}", name(fill.table), name(fill.column), fill.source),
            Self::RenameValue(step) => {
                let pairs: Vec<_> = step.values.iter().map(|(from, to)| format!("{from:?} => {to:?}")).collect();
                write!(f, "rename_value {}.{} {{ {} }}", name(step.table), name(step.column), pairs.join(", "))?;
                f.write_str(match step.taken {
                    Taken::Keep => " on_conflict do_nothing",
                    Taken::Delete => " on_conflict do_delete",
                })
            }
            Self::Execute(execute) => {
                write!(f, "execute {:?}", one_line(&execute.sql.to_string()))?;
                match &execute.condition {
                    Condition::Idempotent => f.write_str(" idempotent"),
                    Condition::Unless(_) => f.write_str(" unless(…)"),
                    Condition::When(_) => f.write_str(" when(…)"),
                    Condition::WhenColumn(table, column) => {
                        write!(f, " when(column {}.{})", name(table), name(column))
                    }
                }
            }
            Self::OnDown { step: Self::Execute(Execute { sql, .. }) } => {
                write!(f, "on_down {:?}", one_line(&sql.to_string()))
            }
            Self::OnDown { step } => write!(f, "on_down {step}"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expression { value, .. } => write!(f, "{:?}", one_line(&value.to_string())),
            Self::Lookup(Lookup { table, column, key, by }) => {
                write!(f, "{}.{} on({} = {})", name(table), name(column), name(key), name(by))
            }
        }
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|text| name(text)).collect::<Vec<_>>().join(", ")
}

/// One role, or several in parentheses.
fn roles(roles: &[&str]) -> String {
    if let [role] = roles { name(role) } else { format!("({})", list(roles)) }
}

/// The privileges that are granted.
fn words(grant: &Grant) -> String {
    grant.privileges.iter().map(|privilege| privilege.word()).collect::<Vec<_>>().join(", ")
}

fn quoted(labels: &[&str]) -> String {
    labels.iter().map(|label| format!("{label:?}")).collect::<Vec<_>>().join(", ")
}

/// SQL in one line of at most sixty characters.
fn one_line(sql: &str) -> String {
    let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

fn attribute(constraint: &Constraint) -> String {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => "primary_key".to_owned(),
        ConstraintKind::Unique { .. } => "unique".to_owned(),
        ConstraintKind::Check { expression } => format!("check({:?})", one_line(&expression.to_string())),
        ConstraintKind::Exclude(exclusion) => format!("exclude {exclusion}"),
        ConstraintKind::ForeignKey { table, references, .. } => {
            format!("references({table}.{})", list(references))
        }
    }
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schema.iter().try_for_each(|schema| write!(f, "{}.", name(schema)))?;
        f.write_str(&name(self.name))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&name(self.name))?;
        if !self.modifiers.is_empty() {
            write!(f, "({})", self.modifiers.join(", "))?;
        }
        f.write_str(if self.array { "[]" } else { "" })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(Literal::Text(text)) => write!(f, "{text:?}"),
            Self::Literal(literal) => f.write_str(literal.text()),
            Self::Sql(sql) => write!(f, "sql({:?})", sql.to_string()),
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", name(self.name), self.ty)?;
        match self.generator.as_ref().map(|generator| generator.kind) {
            Some(GeneratorKind::Serial) => f.write_str(" (serial)")?,
            Some(GeneratorKind::Always) => f.write_str(" identity(always)")?,
            Some(GeneratorKind::ByDefault) => f.write_str(" identity(by_default)")?,
            None => {}
        }
        f.write_str(if self.not_null { " not_null" } else { "" })?;
        self.default.iter().try_for_each(|value| write!(f, " default({value})"))?;
        self.generated.iter().try_for_each(|sql| write!(f, " generated({:?})", sql.to_string()))?;
        self.collation.iter().try_for_each(|collation| write!(f, " collate({collation:?})"))
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(f, "{} ", name(self.name))?;
        }
        match &self.kind {
            ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => {
                write!(f, "({})", list(columns))?;
            }
            ConstraintKind::Check { expression } => write!(f, "({:?})", one_line(&expression.to_string()))?,
            ConstraintKind::Exclude(exclusion) => write!(f, "{exclusion}")?,
            ConstraintKind::ForeignKey { columns, table, references, .. } => {
                write!(f, "({}) references {table} ({})", list(columns), list(references))?;
            }
        }
        f.write_str(if self.validated { "" } else { " not_valid" })
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let element = |it: &ExclusionElement| format!("{} with {:?}", it.column, it.operator);
        let elements: Vec<_> = self.elements.iter().map(element).collect();
        write!(f, "using {} ({})", self.method, elements.join(", "))?;
        self.predicate.iter().try_for_each(|sql| write!(f, " where({:?})", one_line(&sql.to_string())))
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<_> = self.columns.iter().map(ToString::to_string).collect();
        write!(f, "({})", columns.join(", "))?;
        if self.method != "btree" {
            write!(f, " using {}", self.method)?;
        }
        if !self.include.is_empty() {
            write!(f, " include ({})", list(&self.include))?;
        }
        f.write_str(if self.nulls_not_distinct { " nulls_not_distinct" } else { "" })?;
        self.predicate.iter().try_for_each(|sql| write!(f, " where({:?})", one_line(&sql.to_string())))
    }
}

impl fmt::Display for IndexColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            IndexKey::Column(column) => f.write_str(&name(column))?,
            IndexKey::Expression(sql) => write!(f, "{:?}", one_line(&sql.to_string()))?,
        }
        self.opclass.iter().try_for_each(|opclass| write!(f, " {opclass}"))?;
        f.write_str(if self.descending { " desc" } else { "" })?;
        f.write_str(match self.nulls {
            Some(NullsOrder::First) => " nulls_first",
            Some(NullsOrder::Last) => " nulls_last",
            None => "",
        })
    }
}

/// What follows the name of a policy and its table, each part with a space before it.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.restrictive { " restrictive" } else { "" })?;
        if self.command != PolicyCommand::All {
            write!(f, " for {}", self.command.word())?;
        }
        if !self.roles.is_empty() {
            write!(f, " to {}", roles(&self.roles))?;
        }
        let text = |sql: &Sql| one_line(&sql.to_string());
        self.using.iter().try_for_each(|sql| write!(f, " using({:?})", text(sql)))?;
        self.with_check.iter().try_for_each(|sql| write!(f, " with_check({:?})", text(sql)))
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events: Vec<_> = self.events.iter().map(ToString::to_string).collect();
        write!(f, "{} {}", self.timing.words().0, events.join(" or "))?;
        f.write_str(match self.level {
            TriggerLevel::Row => " for_each row",
            TriggerLevel::Statement => "",
        })?;
        self.condition.iter().try_for_each(|sql| write!(f, " when({:?})", one_line(&sql.to_string())))?;
        write!(f, " execute {}({})", name(self.function), quoted(&self.arguments))
    }
}

impl fmt::Display for TriggerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Update(columns) if !columns.is_empty() => write!(f, "update of ({})", list(columns)),
            event => f.write_str(event.word()),
        }
    }
}

impl fmt::Display for CommentTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(table) => write!(f, "table {}", name(table)),
            Self::Column(table, column) => write!(f, "column {}.{}", name(table), name(column)),
            Self::Index(index) => write!(f, "index {}", name(index)),
            Self::Constraint(table, constraint) => write!(f, "constraint {} {}", name(table), name(constraint)),
            Self::Trigger(table, trigger) => write!(f, "trigger {} {}", name(table), name(trigger)),
            Self::Function(function) => write!(f, "function {}", name(function)),
        }
    }
}
