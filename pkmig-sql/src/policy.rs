//! Row level security and policies.

use pkmig_schema::{Known, Name, Policy, Sql};

use super::guard::{Condition, Object};
use super::shape::{Expectation, PROBE};
use super::statement::Statement;
use super::table::dropped;
use super::writer::{Context, ident};
use super::{Lowered, Place};

/// `CREATE POLICY`, whole. `name` is quoted.
fn create(context: &Context, table: &str, name: &str, policy: &Policy) -> String {
    let mut sql = format!("CREATE POLICY {name} ON {}", context.qualified(table));
    sql.push_str(if policy.restrictive { " AS RESTRICTIVE" } else { "" });
    sql.push_str(&format!(" FOR {}", policy.command.word().to_uppercase()));
    sql.push_str(&match &*policy.roles {
        [] => " TO PUBLIC".to_owned(),
        roles => format!(" TO {}", context.list(roles)),
    });
    let clause = |word: &str, text: &Option<Sql>| match text {
        Some(text) => format!(" {word} ({})", context.sql(text)),
        None => String::new(),
    };
    sql.push_str(&clause("USING", &policy.using));
    sql.push_str(&clause("WITH CHECK", &policy.with_check));
    sql
}

/// That the table has the policy as it is declared.
pub(super) fn expectation(context: &Context, table: &str, policy: &Policy) -> Expectation {
    let statement = create(context, table, &ident(PROBE), policy);
    Expectation::Policy(table.to_owned(), policy.name.to_owned(), statement)
}

fn object(table: &str, policy: &str) -> Object {
    Object::Policy(table.to_owned(), policy.to_owned())
}

impl Place<'_> {
    /// `ENABLE`, `DISABLE`, `FORCE` or `NO FORCE`, where the table does not have it so.
    pub(super) fn row_security(&self, table: Name, word: &str) -> Lowered {
        let differs = match word {
            "ENABLE" => "NOT relrowsecurity",
            "DISABLE" => "relrowsecurity",
            "FORCE" => "NOT relforcerowsecurity",
            _ => "relforcerowsecurity",
        };
        let lookup = self.context.lookup(table);
        let query = format!("SELECT FROM pg_catalog.pg_class WHERE oid = to_regclass({lookup}) AND {differs}");
        let statement = self.alter_table(table, &format!("{word} ROW LEVEL SECURITY"));
        Lowered::when(Condition::Returns(query), vec![statement])
    }

    pub(super) fn create_policy(&self, table: Name, policy: &Policy) -> Lowered {
        let name = self.context.ident(policy.name);
        let statement = Statement::Written(create(self.context, table, &name, policy));
        let at_end = self.policy_at_end(table, policy.name);
        let mut when = vec![Condition::Missing(object(table, policy.name))];
        when.extend(at_end.and_then(|(end_table, known)| self.not_yet_named(table, policy.name, end_table, known)));
        when.extend(self.is_left(table, policy));
        if at_end.is_none() {
            when.extend(self.not_yet_called_otherwise(table));
        }
        let otherwise = at_end.map(|(table, known)| expectation(self.context, table, &known.def));
        Lowered::when(Condition::All(when), vec![statement]).otherwise(otherwise.into_iter().collect())
    }

    /// Made anew every time: it becomes as declared whatever was there.
    pub(super) fn replace_policy(&self, table: Name, policy: &Policy) -> Lowered {
        let (name, on) = (self.context.ident(policy.name), self.context.qualified(table));
        let statements = vec![
            Statement::Written(format!("DROP POLICY IF EXISTS {name} ON {on}")),
            Statement::Written(create(self.context, table, &name, policy)),
        ];
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
        let (name, on) = (self.context.ident(policy), self.context.qualified(table));
        let drop = Statement::Written(format!("DROP POLICY {name} ON {on}"));
        Lowered::when(dropped(object(table, policy), taker), vec![drop])
    }

    pub(super) fn rename_policy(&self, table: Name, from: Name, to: Name) -> Lowered {
        let (name, on, new) = (self.context.ident(from), self.context.qualified(table), self.context.ident(to));
        let rename = Statement::Written(format!("ALTER POLICY {name} ON {on} RENAME TO {new}"));
        let exists = Condition::Exists(object(table, from));
        // Where another policy has taken the old name since, only the new one tells whether this was done.
        let end = self.name_at_end(table).and_then(|name| self.end.table(name));
        let when = match end.and_then(|end| end.policy(from)) {
            Some(_) => Condition::All(vec![exists, Condition::Missing(object(table, to))]),
            None => exists,
        };
        let otherwise =
            self.policy_at_end(table, to).map(|(table, known)| expectation(self.context, table, &known.def));
        Lowered::when(when, vec![rename]).otherwise(otherwise.into_iter().collect())
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
