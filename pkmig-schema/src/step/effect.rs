//! What a step does to which object: the one place that knows it for each kind of step.
//!
//! Who asks what is made, dropped or renamed, whose owner may do it, or what it was called before reads this, and does not
//! know the kinds of step. What goes along with an object, and what an object becomes, the model says.

use super::{DeleteRows, Seed, Step};
use crate::step::{Backfill, RenameValue};
use crate::{Grant, Name, ObjectKind, ObjectRef};

/// What a step does to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// What it does.
    pub change: Change,
    /// To what, by the name that it has before the step, or is made with.
    pub object: ObjectRef,
}

/// What is done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is made, or replaced.
    Create,
    /// It is dropped.
    Drop,
    /// It gets this name.
    Rename(Name),
    /// It stays, and is another than before.
    Alter,
    /// Its rows are read or written; it stays what it is.
    Rows,
}

impl Effect {
    /// The object by the name that it has after the step, or is dropped with.
    pub fn after(&self) -> ObjectRef {
        match self.change {
            Change::Rename(to) => ObjectRef { name: to, ..self.object },
            _ => self.object,
        }
    }

    /// Whether nothing has the object's name any more.
    pub fn frees_its_name(&self) -> bool {
        matches!(self.change, Change::Drop | Change::Rename(_))
    }

    /// The kind of the object, and what is done.
    pub fn what(&self) -> (Change, ObjectKind) {
        (self.change, self.object.kind)
    }
}

impl Step {
    /// What it does. Nothing is known of raw SQL: it says by `@.name` what it speaks of. A step that runs on the way down only
    /// has the effect that it has there.
    pub fn effect(&self) -> Option<Effect> {
        use ObjectKind::{
            Column, Constraint, Domain, Enum, Extension, Function, Index, Policy, Sequence, Table, Trigger, View,
        };
        let of = |change, object| Some(Effect { change, object });
        let whole = |change, kind, name| of(change, ObjectRef::new(kind, name));
        let part = |change, kind, table, name| of(change, ObjectRef::part(kind, table, name));
        match self {
            Self::CreateTable { def, .. } => whole(Change::Create, Table, def.name),
            Self::DropTable { table, .. } => whole(Change::Drop, Table, table),
            Self::RenameTable { from, to, .. } => whole(Change::Rename(to), Table, from),
            Self::AddColumn { table, column, .. } => part(Change::Create, Column, table, column.name),
            Self::DropColumn { table, column, .. } => part(Change::Drop, Column, table, column),
            Self::RenameColumn { table, from, to, .. } => part(Change::Rename(to), Column, table, from),
            Self::SetType { table, column, .. }
            | Self::SetNotNull { table, column, .. }
            | Self::DropNotNull { table, column, .. }
            | Self::SetDefault { table, column, .. }
            | Self::DropDefault { table, column } => part(Change::Alter, Column, table, column),
            Self::AddConstraint { table, constraint, .. } => part(Change::Create, Constraint, table, constraint.name),
            Self::ValidateConstraint { table, constraint } => part(Change::Alter, Constraint, table, constraint),
            Self::DropConstraint { table, constraint, .. } => part(Change::Drop, Constraint, table, constraint),
            Self::RenameConstraint { table, from, to } => part(Change::Rename(to), Constraint, table, from),
            Self::CreateIndex { table, index, .. } => part(Change::Create, Index, table, index.name),
            Self::DropIndex { index, .. } => whole(Change::Drop, Index, index),
            Self::RenameIndex { from, to, .. } => whole(Change::Rename(to), Index, from),
            Self::EnableRowLevelSecurity { table }
            | Self::DisableRowLevelSecurity { table }
            | Self::ForceRowLevelSecurity { table }
            | Self::NoForceRowLevelSecurity { table } => whole(Change::Alter, Table, table),
            Self::CreatePolicy { table, policy, .. } => part(Change::Create, Policy, table, policy.name),
            Self::DropPolicy { table, policy, .. } => part(Change::Drop, Policy, table, policy),
            Self::RenamePolicy { table, from, to } => part(Change::Rename(to), Policy, table, from),
            Self::Grant(Grant { on, .. }) | Self::Revoke(Grant { on, .. }) => of(Change::Alter, *on),
            Self::CreateEnum { def } => whole(Change::Create, Enum, def.name),
            Self::AddEnumValue { name, .. } => whole(Change::Alter, Enum, name),
            Self::DropEnum { name } => whole(Change::Drop, Enum, name),
            Self::CreateDomain { def } => whole(Change::Create, Domain, def.name),
            Self::DropDomain { name } => whole(Change::Drop, Domain, name),
            Self::CreateSequence { def } => whole(Change::Create, Sequence, def.name),
            Self::DropSequence { name, .. } => whole(Change::Drop, Sequence, name),
            Self::CreateExtension { name } => whole(Change::Create, Extension, name),
            Self::CreateFunction { def, .. } => whole(Change::Create, Function, def.name),
            Self::DropFunction { name, .. } => whole(Change::Drop, Function, name),
            Self::CreateView { def, .. } => whole(Change::Create, View, def.name),
            Self::DropView { view, .. } => whole(Change::Drop, View, view),
            Self::RenameView { from, to, .. } => whole(Change::Rename(to), View, from),
            Self::RefreshMaterializedView { view, .. } => whole(Change::Rows, View, view),
            Self::CreateTrigger { table, trigger } => part(Change::Create, Trigger, table, trigger.name),
            Self::DropTrigger { table, trigger, .. } => part(Change::Drop, Trigger, table, trigger),
            Self::CommentOn { target, .. } => of(Change::Alter, *target),
            Self::Seed(Seed { table, .. })
            | Self::DeleteSeed(Seed { table, .. })
            | Self::DeleteRows(DeleteRows { table, .. })
            | Self::Backfill(Backfill { table, .. })
            | Self::RenameValue(RenameValue { table, .. }) => whole(Change::Rows, Table, table),
            Self::Execute(_) => None,
            Self::OnDown { step } => step.effect(),
        }
    }

    /// The table that it works on, if it is there before the step and after it.
    pub fn table(&self) -> Option<Name> {
        let effect = self.effect()?;
        match effect.what() {
            (Change::Alter | Change::Rows, ObjectKind::Table) => Some(effect.object.name),
            _ => effect.object.of,
        }
    }
}
