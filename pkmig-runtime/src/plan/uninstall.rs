//! An uninstall: everything is dropped at once.

use pkmig_schema::down::uninstall::{NotRun, Uninstall};
use pkmig_schema::{Requirement, Schema, Version};

use super::{PlannedVersion, Planner, take_along};
use crate::plan::data_at_risk::Past;
use crate::plan::privileges::rights;
use pkmig_sql::going::Goings;
use pkmig_sql::shown;
use pkmig_sql::{self as sql, Direction, Outcome, Own};

/// What an uninstall leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What stays: the schema, extensions, and what the chain requires of others.
    pub stays: Vec<String>,
    /// Raw SQL of downs that is not run, and why.
    pub not_run: Vec<String>,
}

impl Left {
    /// What stands above its SQL.
    pub(super) fn heading(&self, version: Version) -> String {
        let mut text = format!(
            "-- uninstall of all versions up to {version}\n-- stays: {}\n",
            shown::line(&self.stays.join(", "))
        );
        self.not_run.iter().for_each(|one| text.push_str(&format!("-- not run: {}\n", shown::line(one))));
        text
    }
}

impl Planner<'_> {
    /// The uninstall of all versions up to `from`; nothing if there is none.
    pub(super) fn uninstall(&self, from: Version) -> Option<PlannedVersion> {
        let migration = self.chain.migrations().iter().rfind(|migration| migration.version <= from)?;
        let Uninstall { moments, not_run, class } = self.chain.uninstall(from);
        let start = self.chain.schema_at(from);
        let own = Own { rows: self.chain.own_rows(), version: from };
        let statements = sql::uninstall::statements(&moments, own, self.context);
        let mut past = Past::new(self.context, Some((start, own)));
        let mut goings = Goings::new(start);
        self.chain.replay(Version(0), from).for_each(|(it, replayed)| goings.hear(Direction::Down, it, &replayed));
        let gone = self.chain.migrations().iter().filter(|migration| migration.version <= from).rev();
        let leaves = gone.map(|migration| (migration.version.0, crate::hash::hash(migration))).collect();
        let target = sql::Version { previous: 0, leaves, ..self.target(migration, Direction::Down, &moments) };
        let not_run = not_run.iter().map(|one| {
            let NotRun { version, step, gone } = one;
            format!("{version}: `{step}`, because `{gone}` no longer exists")
        });
        let (mut drops, mut asks) = (Vec::new(), Vec::new());
        for found in moments.iter().map(|moment| past.pass(moment)) {
            drops.extend(found.dropped);
            asks.extend(found.ask);
        }
        let segments = sql::version(&target, &statements, &Outcome::default());
        let mut planned = PlannedVersion {
            uninstall: Some(Left { stays: self.stays(start), not_run: not_run.collect() }),
            versions: self.chain.between(Version(0), from),
            drops,
            asks,
            rights: rights(&moments, start, self.chain),
            going: goings.of(&moments),
            ..PlannedVersion::new(migration, (Direction::Down, class), (statements, segments), &self.pins.path)
        };
        take_along(std::slice::from_mut(&mut planned), start, Version(0), own, self.context);
        Some(planned)
    }

    /// What an uninstall of a schema leaves to others.
    fn stays(&self, schema: &Schema) -> Vec<String> {
        let extensions = schema.extensions().map(|name| format!("extension `{name}`"));
        let required = self.chain.requirements().iter().map(|requirement| match requirement {
            Requirement::Role(name) => format!("role `{name}`"),
            Requirement::Function { schema, name, .. } => format!("function `{schema}.{name}`"),
            Requirement::Table { schema, name, .. } => format!("table `{schema}.{name}`"),
        });
        let chains = self.chain.required_chains().iter().map(|required| format!("chain `{}`", required.chain.name));
        let prefix = std::iter::once(format!("schema `{}`", self.context.prefix()));
        prefix.chain(extensions).chain(required).chain(chains).collect()
    }
}
