//! Everything that a history has made, taken away at once.
//!
//! That is no walk of downs: what a version cannot bring back, or what a type does not turn back into, is in nobody's way
//! where all goes. What the last schema holds is dropped by the inverse of a baseline, backwards. Before that, raw SQL that
//! undoes raw SQL is run, newest first, because the model does not see what it takes away.

use crate::down::inverse::inverse;
use crate::replay::{Moment, Replayed, replay, steps};
use crate::step::{Condition, Execute, Tail};
use crate::{
    Class, Down, Known, Migration, Name, ObjectKind, Piece, Policy, Report, Requirement, Schema, Sql, Step, Table,
    Version, baseline,
};

/// What takes a history away.
#[derive(Debug, Clone)]
pub struct Uninstall {
    /// Its steps, with the schema on both sides of each: raw SQL first.
    pub moments: Vec<Moment>,
    /// Raw SQL of downs that is left out.
    pub not_run: Vec<NotRun>,
    /// Whether raw SQL says that it does not bring everything back. What the model drops had not been there before.
    pub class: Class,
}

/// Raw SQL of a down that cannot be run, because the last schema lacks what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// The version.
    pub version: Version,
    /// The step in one line.
    pub step: String,
    /// What is not there any more.
    pub gone: Name,
}

/// The way from the last schema of a history to nothing.
pub fn uninstall<'a>(requirements: &[Requirement], migrations: impl IntoIterator<Item = &'a Migration>) -> Uninstall {
    let mut schema = Schema::requiring(requirements);
    let mut versions = Vec::new();
    for migration in migrations {
        let replayed = replay(&schema, migration, &mut Report::default());
        schema = replayed.after.clone();
        versions.push((migration, replayed));
    }
    let (mut all, mut not_run, mut class) = (Vec::new(), Vec::new(), Class::Lossless);
    for (migration, replayed) in versions.iter().rev() {
        for (raw, then) in raw_downs(migration, replayed) {
            match raw.with_names_of(then, &schema) {
                Ok(raw) => all.push(Step::Execute(raw)),
                Err(gone) => {
                    not_run.push(NotRun { version: migration.version, step: Step::Execute(raw).to_string(), gone });
                }
            }
        }
        let tails = replayed.moments.iter().filter_map(|moment| match &moment.step {
            Step::Execute(execute) => Some(execute.tail.class()),
            _ => None,
        });
        // Nothing is left that could not be brought back.
        class = tails.map(|class| class.min(Class::Lossy)).fold(class, Class::max);
    }
    all.extend(drops(&schema));
    let mut now = schema;
    now.begin(now.version);
    Uninstall { moments: steps(&mut now, all), not_run, class }
}

/// The raw SQL of a version's down, in the order in which the down has it, with the schema that it was written for. What
/// restores the rows of a table is left out: the table goes. So are typed steps on rows.
fn raw_downs<'a>(migration: &Migration, version: &'a Replayed) -> Vec<(Execute, &'a Schema)> {
    if let Down::Written(written) = migration.down {
        let raw = written.iter().filter_map(|step| match step {
            Step::Execute(execute) => Some((execute.clone(), &version.after)),
            _ => None,
        });
        return raw.collect();
    }
    let raw = version.moments.iter().rev().filter_map(|moment| {
        let raw = match &moment.step {
            Step::Execute(execute) => Execute {
                sql: execute.tail.sql()?.clone(),
                condition: Condition::Idempotent,
                on_fresh: None,
                tail: Tail::OF_A_DOWN,
            },
            Step::OnDown { step: Step::Execute(execute) } => execute.clone(),
            _ => return None,
        };
        Some((raw, &moment.after))
    });
    raw.collect()
}

impl Execute {
    /// The same with the names that objects of an earlier moment have now.
    ///
    /// # Errors
    /// The first that is gone.
    fn with_names_of(&self, then: &Schema, now: &Schema) -> Result<Self, Name> {
        let follow = |sql: &Sql| -> Result<Sql, Name> {
            let mut sql = sql.clone();
            for piece in sql.pieces.to_mut() {
                if let Piece::Object { name, .. } = piece {
                    *name = now_called(then, now, name).ok_or(*name)?;
                }
            }
            Ok(sql)
        };
        let condition = match &self.condition {
            Condition::Idempotent => Condition::Idempotent,
            Condition::Unless(query) => Condition::Unless(follow(query)?),
            Condition::When(query) => Condition::When(follow(query)?),
            Condition::WhenColumn(table, column) => {
                let table = now_called(then, now, table).ok_or(*table)?;
                Condition::WhenColumn(table, column)
            }
        };
        Ok(Self { sql: follow(&self.sql)?, condition, ..self.clone() })
    }
}

/// What an object of an earlier moment is called now, if it is there still.
fn now_called(then: &Schema, now: &Schema, name: Name) -> Option<Name> {
    if let Some(table) = then.table(name) {
        return now.same_table(name, table.id).map(|table| table.name);
    }
    if let Some(index) = then.table_of_index(name).and_then(|table| table.index(name)) {
        let mut indexes = now.tables().flat_map(|table| &table.indexes);
        return indexes.find(|known| known.id == index.id).map(|known| known.def.name);
    }
    now.same_view(then, name).map(|view| view.name).or_else(|| now.has_object(name).then_some(name))
}

/// What takes a schema away, in an order that PostgreSQL can run without `CASCADE`.
fn drops(schema: &Schema) -> Vec<Step> {
    let made = baseline::replayed(schema);
    let undone = made.iter().rev().flat_map(|moment| {
        // OK because whatever makes a schema at once can be taken away again.
        inverse(&moment.step, &moment.before, &moment.after).unwrap_or_default()
    });
    let mut drops = policies_on_views(schema);
    let others: Vec<_> = undone.filter(|step| needs_a_step(step) && !drops.contains(step)).collect();
    drops.extend(others);
    // A policy may ask a view, and a view shows tables.
    drops.sort_by_key(|step| match step {
        Step::DropPolicy { .. } => 0,
        Step::DropView { .. } => 1,
        _ => 2,
    });
    drops
}

/// Whether nothing else takes it along: what belongs to a table, view or function goes with that.
fn needs_a_step(step: &Step) -> bool {
    match step {
        Step::DropTable { .. }
        | Step::DropView { .. }
        | Step::DropFunction { .. }
        | Step::DropEnum { .. }
        | Step::DropDomain { .. }
        | Step::DropSequence { .. }
        // A foreign key to a table that goes first, a default that draws from a sequence of another table, a policy that
        // speaks of another one.
        | Step::DropConstraint { .. }
        | Step::DropDefault { .. }
        | Step::DropPolicy { .. } => true,
        Step::Revoke(grant) => grant.on.kind == ObjectKind::Schema,
        _ => false,
    }
}

/// The policies that keep a view from going, although they go with their table.
fn policies_on_views(schema: &Schema) -> Vec<Step> {
    let asks = |sql: &Sql| sql.objects().any(|name| schema.view(name).is_some());
    let asking = schema.policies().filter(|(_, policy)| policy.def.expressions().any(asks));
    let drop = |(table, policy): (&Table, &Known<Policy>)| Step::DropPolicy {
        table: table.name,
        policy: policy.def.name,
        if_exists: false,
    };
    asking.map(drop).collect()
}
