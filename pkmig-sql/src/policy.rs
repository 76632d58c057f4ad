//! Row level security and policies.

use pkmig_schema::{Known, Name, Policy};

use super::guard::{Condition, Object};
use super::shape::{Expectation, PROBE};
use super::table::dropped;
use super::writer::Context;
use super::{Lowered, Place};
use crate::ddl::{CreatePolicy, DropPolicy, Ident, RenamePolicy, Role, RowSecurityAction, TableAction};

/// The statement that makes a policy.
fn create(context: &Context, table: &str, policy: &Policy) -> CreatePolicy {
    let roles: Vec<_> = policy.roles.iter().map(|role| Role::Named(context.ident(role))).collect();
    CreatePolicy {
        name: context.ident(policy.name),
        table: context.qualified(table),
        restrictive: policy.restrictive,
        command: policy.command,
        roles: if roles.is_empty() { vec![Role::Public] } else { roles },
        using: policy.using.as_ref().map(|sql| context.sql(sql)),
        with_check: policy.with_check.as_ref().map(|sql| context.sql(sql)),
    }
}

/// That the table has the policy as it is declared.
pub(super) fn expectation(context: &Context, table: &str, policy: &Policy) -> Expectation {
    let probe = CreatePolicy { name: Ident::new(PROBE), ..create(context, table, policy) };
    Expectation::Policy(table.to_owned(), policy.name.to_owned(), Box::new(probe))
}

fn object(table: &str, policy: &str) -> Object {
    Object::Policy(table.to_owned(), policy.to_owned())
}

impl Place<'_> {
    /// `ENABLE`, `DISABLE`, `FORCE` or `NO FORCE`, where the table does not have it so.
    pub(super) fn row_security(&self, table: Name, action: RowSecurityAction) -> Lowered {
        let statement = self.alter_table(table, TableAction::RowSecurity(action));
        Lowered::when(Condition::NotYet(table.to_owned(), action), vec![statement])
    }

    pub(super) fn create_policy(&self, table: Name, policy: &Policy) -> Lowered {
        let at_end = self.policy_at_end(table, policy.name);
        let mut when = vec![Condition::Missing(object(table, policy.name))];
        when.extend(at_end.and_then(|(end_table, known)| self.not_yet_named(table, policy.name, end_table, known)));
        when.extend(self.is_left(table, policy));
        if at_end.is_none() {
            when.extend(self.not_yet_called_otherwise(table));
        }
        let otherwise = at_end.map(|(table, known)| expectation(self.context, table, &known.def));
        Lowered::when(Condition::All(when), vec![create(self.context, table, policy).into()])
            .otherwise(otherwise.into_iter().collect())
    }

    /// Made anew every time: it becomes as declared whatever was there.
    pub(super) fn replace_policy(&self, table: Name, policy: &Policy) -> Lowered {
        let drop = DropPolicy { if_exists: true, ..self.dropping(table, policy.name) };
        let statements = vec![drop.into(), create(self.context, table, policy).into()];
        let mut when = Vec::new();
        let at_end = self.policy_at_end(table, policy.name);
        when.extend(at_end.and_then(|(end_table, known)| self.not_yet_named(table, policy.name, end_table, known)));
        when.extend(self.is_left(table, policy));
        if at_end.is_none() {
            when.extend(self.not_yet_called_otherwise(table));
        }
        match when.is_empty() {
            true => Lowered::always(statements),
            false => Lowered::when(Condition::All(when), statements),
        }
    }

    pub(super) fn drop_policy(&self, table: Name, policy: Name) -> Lowered {
        let taker = self.name_at_end(table).and_then(|name| {
            let id = self.end.table(name)?.policy(policy)?.id;
            let policies = &self.before.table(table)?.policies;
            policies.iter().find(|known| known.id == id).map(|taker| object(table, taker.def.name))
        });
        Lowered::when(dropped(object(table, policy), taker), vec![self.dropping(table, policy).into()])
    }

    fn dropping(&self, table: Name, policy: Name) -> DropPolicy {
        DropPolicy { name: self.context.ident(policy), table: self.context.qualified(table), if_exists: false }
    }

    pub(super) fn rename_policy(&self, table: Name, from: Name, to: Name) -> Lowered {
        let (name, new) = (self.context.ident(from), self.context.ident(to));
        let rename = RenamePolicy { name, table: self.context.qualified(table), to: new };
        let exists = Condition::Exists(object(table, from));
        // Where another policy has taken the old name since, only the new one tells whether this was done.
        let end = self.name_at_end(table).and_then(|name| self.end.table(name));
        let when = match end.and_then(|end| end.policy(from)) {
            Some(_) => Condition::All(vec![exists, Condition::Missing(object(table, to))]),
            None => exists,
        };
        let otherwise =
            self.policy_at_end(table, to).map(|(table, known)| expectation(self.context, table, &known.def));
        Lowered::when(when, vec![rename.into()]).otherwise(otherwise.into_iter().collect())
    }

    /// The policy that the version ends with, and the name of its table then.
    fn policy_at_end(&self, table: Name, policy: Name) -> Option<(Name, &Known<Policy>)> {
        let id = self.after.table(table)?.policy(policy)?.id;
        let table = self.end.table(self.name_at_end(table)?)?;
        Some((table.name, table.policies.iter().find(|known| known.id == id)?))
    }

    /// What must hold for a policy not to be there yet under the name that the version ends with.
    fn not_yet_named(&self, table: Name, name: Name, end_table: Name, end: &Known<Policy>) -> Option<Condition> {
        let taken = self.before.table(table).is_some_and(|before| before.policy(end.def.name).is_some());
        let renamed = end.def.name != name || end_table != table;
        (renamed && !taken).then(|| Condition::Missing(object(end_table, end.def.name)))
    }

    /// What must hold for the policy's expressions to be understood still.
    fn is_left(&self, table: Name, policy: &Policy) -> Vec<Condition> {
        self.all_is_left(table, &[], &policy.expressions().collect::<Vec<_>>())
    }
}
