//! The steps of the language and what each does to the schema.
//!
//! One file per family of objects, as in PostgreSQL's manual; the same file names stand in `pkmig-macros/src/step/`
//! (tokens to step) and in `pkmig-sql/src/` (step to SQL). [`Step`] is matched exhaustively in every phase: a kind that lacks one does not compile.

mod backfill;
mod column;
mod comment;
mod constraint;
mod data;
mod domain;
mod effect;
mod enumeration;
mod extension;
mod fresh;
mod function;
mod grant;
mod index;
mod policy;
mod raw;
mod rename_value;
mod sequence;
mod set_type;
mod table;
#[cfg(test)]
mod tests;
mod trigger;
mod value;
mod view;

pub use backfill::{Backfill, Lookup, Source};
pub use data::{ConflictAction, DeleteRows, OnConflict, Seed};
pub use effect::{Change, Effect};
pub use enumeration::LabelPosition;
pub use fresh::OnFresh;
pub(crate) use function::lacks_default;
pub use raw::{Condition, Execute, Tail};
pub use rename_value::{RenameValue, Taken};
pub(crate) use value::missing_type;

use crate::{
    Class, Column, Constraint, Domain, Enum, Function, Grant, Index, List, Name, ObjectRef, Policy, Report, Schema,
    Sequence, Sql, TableDef, Trigger, Type, Value, View,
};

/// One line of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // The fields are the words of the language, described in docs/language.md.
pub enum Step {
    /// `create_table t { … }`
    CreateTable { def: TableDef, if_not_exists: bool },
    /// `drop_table t`
    DropTable { table: Name, if_exists: bool, cascade: bool },
    /// `rename_table a => b`
    RenameTable { from: Name, to: Name, if_exists: bool },

    /// `add_column t.c: type …`; the constraints are those of its attributes.
    AddColumn { table: Name, column: Column, constraints: List<Constraint>, if_not_exists: bool },
    /// `drop_column t.c`
    DropColumn { table: Name, column: Name, if_exists: bool, cascade: bool },
    /// `rename_column t.a => b`
    RenameColumn { table: Name, from: Name, to: Name, if_exists: bool },
    /// `set_type t.c: type`
    SetType {
        table: Name,
        column: Name,
        ty: Type,
        collation: Option<Name>,
        using: Option<Sql>,
        down_using: Option<Sql>,
    },
    /// `set_not_null t.c`
    SetNotNull { table: Name, column: Name, if_exists: bool },
    /// `drop_not_null t.c`
    DropNotNull { table: Name, column: Name, if_exists: bool },
    /// `set_default t.c = value`
    SetDefault { table: Name, column: Name, value: Value },
    /// `drop_default t.c`
    DropDefault { table: Name, column: Name },

    /// `add_primary_key`, `add_unique`, `add_check`, `add_foreign_key`, `add_exclude`
    AddConstraint { table: Name, constraint: Constraint, if_not_exists: bool },
    /// `validate_constraint t n`
    ValidateConstraint { table: Name, constraint: Name },
    /// `drop_constraint t n`
    DropConstraint { table: Name, constraint: Name, if_exists: bool, cascade: bool },
    /// `rename_constraint t a => b`
    RenameConstraint { table: Name, from: Name, to: Name },

    /// `create_index n on t (…)`, `create_unique_index`
    CreateIndex { table: Name, index: Index, concurrently: bool, if_not_exists: bool },
    /// `drop_index n`
    DropIndex { index: Name, if_exists: bool },
    /// `rename_index a => b`
    RenameIndex { from: Name, to: Name, if_exists: bool },

    /// `enable_row_level_security t`
    EnableRowLevelSecurity { table: Name },
    /// `disable_row_level_security t`
    DisableRowLevelSecurity { table: Name },
    /// `force_row_level_security t`
    ForceRowLevelSecurity { table: Name },
    /// `no_force_row_level_security t`
    NoForceRowLevelSecurity { table: Name },
    /// `create_policy n on t …`; `replace` for `replace_policy`.
    CreatePolicy { table: Name, policy: Policy, replace: bool },
    /// `drop_policy n on t`
    DropPolicy { table: Name, policy: Name, if_exists: bool },
    /// `rename_policy t a => b`
    RenamePolicy { table: Name, from: Name, to: Name },

    /// `grant select on table t to role`
    Grant(Grant),
    /// `revoke select on table t from role`
    Revoke(Grant),

    /// `create_enum n { "a", "b" }`
    CreateEnum { def: Enum },
    /// `add_enum_value n "c" after "b"`
    AddEnumValue { name: Name, label: Name, position: Option<LabelPosition> },
    /// `drop_enum n`
    DropEnum { name: Name },

    /// `create_domain n: type`
    CreateDomain { def: Domain },
    /// `drop_domain n`
    DropDomain { name: Name },

    /// `create_sequence n`
    CreateSequence { def: Sequence },
    /// `drop_sequence n`
    DropSequence { name: Name, if_exists: bool },

    /// `create_extension n`
    CreateExtension { name: Name },

    /// `create_function f(…) …`; `replace` for `create_or_replace_function`.
    CreateFunction { def: Function, replace: bool },
    /// `drop_function f(…)`
    DropFunction { name: Name, args: List<Type>, if_exists: bool },

    /// `create_view n as "…"`, `create_materialized_view`; `replace` for `create_or_replace_view`.
    CreateView { def: View, replace: bool },
    /// `drop_view n`, `drop_materialized_view n`
    DropView { view: Name, materialized: bool, if_exists: bool, cascade: bool },
    /// `rename_view a => b`, of a materialized view, too.
    RenameView { from: Name, to: Name, if_exists: bool },
    /// `refresh_materialized_view n`
    RefreshMaterializedView { view: Name, concurrently: bool },

    /// `create_trigger n on t …`
    CreateTrigger { table: Name, trigger: Trigger },
    /// `drop_trigger n on t`
    DropTrigger { table: Name, trigger: Name, if_exists: bool },

    /// `comment_on table t "…"`; no text takes the comment away.
    CommentOn { target: ObjectRef, text: Option<Name> },

    /// `seed t (…) … { rows }`
    Seed(Seed),
    /// What a seed's down does: its rows are deleted by key. Not a word of the language.
    DeleteSeed(Seed),
    /// `delete_rows t where("…")`
    DeleteRows(DeleteRows),
    /// `backfill t.c = "…"`
    Backfill(Backfill),
    /// `rename_value t.c { "a" => "b" } on_conflict …`
    RenameValue(RenameValue),

    /// `execute "…"`
    Execute(Execute),
    /// `on_down …`: a step on rows at this place on the way down, nothing on the way up.
    OnDown { step: &'static Step },
}

impl Step {
    /// Does to `schema` what the step's SQL does to the database, and reports what history contradicts.
    pub fn apply(&self, schema: &mut Schema, report: &mut Report) {
        match self {
            Self::CreateTable { def, if_not_exists } => table::create(schema, def, *if_not_exists, report),
            Self::DropTable { table, if_exists, cascade } => table::drop(schema, table, *if_exists, *cascade, report),
            Self::RenameTable { from, to, if_exists } => table::rename(schema, from, to, *if_exists, report),

            Self::AddColumn { table, column, constraints, if_not_exists } => {
                column::add(schema, table, column, constraints, *if_not_exists, report);
            }
            Self::DropColumn { table, column, if_exists, cascade } => {
                column::drop(schema, table, column, *if_exists, *cascade, report);
            }
            Self::RenameColumn { table, from, to, if_exists } => {
                column::rename(schema, table, from, to, *if_exists, report);
            }
            Self::SetType { table, column, ty, collation, using, .. } => {
                set_type::set(schema, table, column, (ty, *collation), using.as_ref(), report);
            }
            Self::SetNotNull { table, column, if_exists } => {
                column::set_not_null(schema, table, column, true, *if_exists, report);
            }
            Self::DropNotNull { table, column, if_exists } => {
                column::set_not_null(schema, table, column, false, *if_exists, report);
            }
            Self::SetDefault { table, column, value } => {
                column::set_default(schema, table, column, Some(value), report);
            }
            Self::DropDefault { table, column } => column::set_default(schema, table, column, None, report),

            Self::AddConstraint { table, constraint, if_not_exists } => {
                constraint::add_step(schema, table, constraint, *if_not_exists, report);
            }
            Self::ValidateConstraint { table, constraint } => constraint::validate(schema, table, constraint, report),
            Self::DropConstraint { table, constraint, if_exists, cascade } => {
                constraint::drop(schema, table, constraint, *if_exists, *cascade, report);
            }
            Self::RenameConstraint { table, from, to } => constraint::rename(schema, table, from, to, report),

            Self::CreateIndex { table, index, if_not_exists, .. } => {
                index::create_step(schema, table, index, *if_not_exists, report);
            }
            Self::DropIndex { index, if_exists } => index::drop(schema, index, *if_exists, report),
            Self::RenameIndex { from, to, if_exists } => index::rename(schema, from, to, *if_exists, report),

            Self::EnableRowLevelSecurity { table } => {
                policy::set_security(schema, table, |it| it.enabled = true, report)
            }
            Self::DisableRowLevelSecurity { table } => {
                policy::set_security(schema, table, |it| it.enabled = false, report);
            }
            Self::ForceRowLevelSecurity { table } => policy::set_security(schema, table, |it| it.forced = true, report),
            Self::NoForceRowLevelSecurity { table } => {
                policy::set_security(schema, table, |it| it.forced = false, report);
            }
            Self::CreatePolicy { table, policy, replace } => {
                policy::create_step(schema, table, policy, *replace, report);
            }
            Self::DropPolicy { table, policy, if_exists } => policy::drop(schema, table, policy, *if_exists, report),
            Self::RenamePolicy { table, from, to } => policy::rename(schema, table, from, to, report),

            Self::Grant(it) => grant::grant(schema, it, report),
            Self::Revoke(it) => grant::revoke(schema, it, report),

            Self::CreateEnum { def } => enumeration::create(schema, def, report),
            Self::AddEnumValue { name, label, position } => {
                enumeration::add_value(schema, name, label, position.as_ref(), report);
            }
            Self::DropEnum { name } => enumeration::drop(schema, name, report),

            Self::CreateDomain { def } => domain::create(schema, def, report),
            Self::DropDomain { name } => domain::drop(schema, name, report),

            Self::CreateSequence { def } => sequence::create(schema, def, report),
            Self::DropSequence { name, if_exists } => sequence::drop(schema, name, *if_exists, report),

            Self::CreateExtension { name } => extension::create(schema, name),

            Self::CreateFunction { def, replace } => function::create(schema, def, *replace, report),
            Self::DropFunction { name, args, if_exists } => function::drop(schema, name, args, *if_exists, report),

            Self::CreateView { def, replace } => view::create(schema, def, *replace, report),
            Self::DropView { view, materialized, if_exists, cascade } => {
                view::drop(schema, view, *materialized, *if_exists, *cascade, report);
            }
            Self::RenameView { from, to, if_exists } => view::rename(schema, from, to, *if_exists, report),
            Self::RefreshMaterializedView { view, concurrently } => view::refresh(schema, view, *concurrently, report),

            Self::CreateTrigger { table, trigger } => trigger::create(schema, table, trigger, report),
            Self::DropTrigger { table, trigger, if_exists } => {
                trigger::drop(schema, table, trigger, *if_exists, report);
            }

            Self::CommentOn { target, text } => comment::on(schema, *target, *text, report),

            Self::Seed(seed) => data::seed(schema, seed, report),
            Self::DeleteSeed(seed) => data::delete_seed(schema, seed, report),
            Self::DeleteRows(rows) => data::delete_rows(schema, rows, report),
            Self::Backfill(fill) => backfill::backfill(schema, fill, report),
            Self::RenameValue(values) => rename_value::rename(schema, values, report),
            Self::Execute(execute) => raw::execute(schema, execute, report),
            // The schema on the way down is at this place what it is on the way up, and a step on rows does not change it.
            Self::OnDown { step } => step.apply(schema, report),
        }
    }

    /// What its down can bring back, given the schema `before` and `after` it.
    pub fn class(&self, before: &Schema, after: &Schema) -> Class {
        match self {
            Self::DropTable { table, .. } if before.table(table).is_some() => Class::Lossy,
            Self::DropColumn { table, column, .. } => {
                match before.table(table).and_then(|table| table.column(column)) {
                    Some(known) if known.def.generated.is_none() => Class::Lossy,
                    _ => Class::Lossless,
                }
            }
            // The number it stood at is gone.
            Self::DropSequence { name, .. } if before.sequences.contains_key(name) => Class::Lossy,
            Self::SetType { using: Some(_), down_using: None, .. } => Class::Lossy,
            Self::SetType { table, column, ty, using: None, .. } => {
                let from = before.table(table).and_then(|table| table.column(column));
                match from.is_none_or(|from| from.def.ty.survives_as(ty)) {
                    true => Class::Lossless,
                    false => Class::Lossy,
                }
            }
            Self::AddEnumValue { name, .. } if before.created_here(before.enums.get(name)) => Class::Lossless,
            Self::AddEnumValue { .. } => Class::Irreversible,
            Self::DeleteRows(rows) => rows.tail.class().max(match rows.tail {
                Tail::Down(_) => Class::Lossless,
                _ => Class::Lossy,
            }),
            Self::Backfill(fill) => backfill::class(fill, after),
            Self::RenameValue(values) => values.class(),
            Self::Seed(seed) => data::seed_class(seed),
            Self::Execute(execute) => execute.tail.class(),
            Self::OnDown { step } => data::class_on_down(step, after),
            _ => Class::Lossless,
        }
    }
}
