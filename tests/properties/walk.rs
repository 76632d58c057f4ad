//! A chain on a real server: up, down, up again, every version of it twice each way, and after each run a look at
//! everything.

use pkmig::schema::name::intern;
use pkmig::schema::step::Change;
use pkmig::schema::{Class, Name, ObjectKind, Step, Table, Value, Version};
use pkmig::testing::Database;
use pkmig::{Chain, Direction, Migrator};
use sqlx::PgConnection;

use crate::facts;
use crate::gene::Gene;
use crate::support::{ask, quoted, run, stamp};
use crate::world::{ROLES, TRACK, grow};

/// The extensions that chains may use, where the server has them.
const EXTENSIONS: &str = "'btree_gist', 'citext', 'hstore', 'ltree', 'pg_trgm'";

/// A database with what the chains require.
async fn database() -> Database {
    let database = Database::create().await.unwrap();
    let connection = &mut database.connect().await.unwrap();
    for role in ROLES {
        let sql =
            format!("DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$", quoted(role));
        run(connection, &sql).await;
    }
    for name in extensions(connection).await {
        run(connection, &format!("CREATE EXTENSION {} SCHEMA public", quoted(name))).await;
    }
    database
}

async fn extensions(connection: &mut PgConnection) -> Vec<Name> {
    let names =
        ask(connection, &format!("SELECT name FROM pg_available_extensions WHERE name IN ({EXTENSIONS}) ORDER BY 1"))
            .await;
    names.lines().map(intern).collect()
}

/// What walks chains, one after the other. It has a database of its own: an index that is built concurrently waits for
/// every other transaction in its database.
pub(crate) struct Walker {
    pub(crate) place: u8,
    database: Database,
    connection: Option<PgConnection>,
    extensions: &'static [Name],
    server: u32,
    walked: u32,
    /// How many of the chains had a baseline.
    pub(crate) baselines: u32,
}

impl Walker {
    pub(crate) async fn new(place: usize) -> Self {
        let database = database().await;
        let mut connection = database.connect().await.unwrap();
        let version = ask(&mut connection, "SHOW server_version_num").await;
        Self {
            place: u8::try_from(place).unwrap(),
            database,
            extensions: extensions(&mut connection).await.leak(),
            connection: None,
            server: version.parse::<u32>().unwrap() / 10_000,
            walked: 0,
            baselines: 0,
        }
    }

    /// Walks the chain that grows from `genes`. How many steps it has.
    pub(crate) async fn walk(&mut self, genes: &[Gene]) -> Result<usize, String> {
        let chain = grow(genes, self.extensions, self.server)
            .map_err(|broken| format!("{}\n{}", broken.what, shown(broken.chain)))?;
        if self.connection.is_none() {
            self.connection = Some(self.database.connect().await.unwrap());
        }
        let connection = self.connection.as_mut().unwrap();
        self.walked += 1;
        // One in a while has a name that must be quoted and escaped wherever it stands.
        let odd = if self.walked.is_multiple_of(4) { "O'dd \"%s\" $pkmig$ " } else { "p" };
        let prefix = format!("{odd}{}_{}", self.place, self.walked);
        let fresh = format!("{prefix} fresh");
        let mut walk = Walk { chain, migrator: migrator(chain, &prefix), connection, prefix: &prefix };
        let walked = match walk.whole().await {
            Ok(rows) => {
                // The newest version each other time.
                let latest = chain.latest().0;
                let version = if self.walked.is_multiple_of(2) { latest } else { 1 + self.walked % latest };
                walk.fresh(version, &rows[version as usize], &fresh).await
            }
            Err(why) => Err(why),
        };
        if walked.is_err() {
            // A transaction may be open.
            self.connection = Some(self.database.connect().await.unwrap());
        }
        let connection = self.connection.as_mut().unwrap();
        for prefix in [&prefix, &fresh] {
            run(connection, &format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(prefix))).await;
        }
        if self.walked.is_multiple_of(32) {
            // Nobody else does, and the catalog's tables would be ever longer to read.
            run(connection, "VACUUM").await;
        }
        self.baselines += u32::from(walked.map_err(|why| format!("{why}\n{}", shown(chain)))?);
        Ok(chain.migrations().iter().map(|migration| migration.steps.len()).sum())
    }
}

fn migrator(chain: &'static Chain, prefix: &str) -> Migrator {
    chain.migrator().baseline(false).prefix(prefix).allow_data_loss(true)
}

/// A chain as it would be written.
fn shown(chain: &Chain) -> String {
    pkmig::schema::source::versions(chain.migrations().iter().copied())
}

struct Walk<'a> {
    chain: &'static Chain,
    migrator: Migrator,
    connection: &'a mut PgConnection,
    prefix: &'a str,
}

impl Walk<'_> {
    /// Up and down and up again. The rows of each version.
    async fn whole(&mut self) -> Result<Vec<String>, String> {
        let latest = self.chain.latest().0;
        let mut rows = vec![String::new()];
        for version in 1..=latest {
            self.up(version).await?;
            rows.push(self.rows(version).await);
            self.again(version, &rows[version as usize]).await?;
            self.look(version, "up").await?;
        }
        let lowest = self.lowest(latest);
        let mut lossless = true;
        for version in (lowest..latest).rev() {
            lossless &= self.class(version + 1)?.keeps_rows();
            let down = self.migrator.down_to(version, &mut *self.connection).await;
            down.map_err(|error| format!("down to V{version}: {}", chained(&error)))?;
            if version == 0 {
                break;
            }
            self.look(version, "down").await?;
            let left = self.rows(version).await;
            if lossless {
                same(&left, &rows[version as usize], "rows, after the down to", version)?;
            }
            self.down_again(version, &left).await?;
        }
        self.up(latest).await.map_err(|why| format!("again, after the down: {why}"))?;
        self.look(latest, "up again").await?;
        if lossless {
            same(&self.rows(latest).await, &rows[latest as usize], "rows, again at", latest)?;
        }
        Ok(rows)
    }

    /// A fresh install by baseline, beside the other one, holds the same as that, and goes down. False where there is no
    /// baseline.
    async fn fresh(&mut self, version: u32, rows: &str, prefix: &str) -> Result<bool, String> {
        if self.chain.check_baseline(Version(version)).is_err() {
            return Ok(false);
        }
        let migrator = migrator(self.chain, prefix).baseline(true);
        let mut fresh = Walk { chain: self.chain, migrator, connection: &mut *self.connection, prefix };
        fresh.up(version).await.map_err(|why| format!("by baseline: {why}"))?;
        fresh.look(version, "by baseline").await?;
        same(&fresh.rows(version).await, rows, "rows, by baseline", version)?;
        let lowest = fresh.lowest(version);
        let down = fresh.migrator.down_to(lowest, &mut *fresh.connection).await;
        down.map_err(|error| format!("from a baseline down to V{lowest}: {}", chained(&error)))?;
        if lowest > 0 {
            fresh.look(lowest, "down from a baseline").await?;
        }
        // Whatever the versions say of their way back, all goes at once.
        fresh.up(version).await.map_err(|why| format!("again: {why}"))?;
        let uninstall = fresh.migrator.down_to(0, &mut *fresh.connection).await;
        uninstall.map_err(|error| format!("V{version} taken away: {}", chained(&error)))?;
        let left = format!(
            "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace({0}) UNION ALL \
             SELECT proname::text FROM pg_proc WHERE pronamespace = to_regnamespace({0}) UNION ALL \
             SELECT typname::text FROM pg_type WHERE typnamespace = to_regnamespace({0})",
            literal(&format!("\"{}\"", prefix.replace('"', "\"\"")))
        );
        same(&ask(fresh.connection, &left).await, "", "what is left of", version)?;
        Ok(true)
    }

    async fn up(&mut self, version: u32) -> Result<(), String> {
        let up = self.migrator.up_to(version, &mut *self.connection).await;
        up.map(|_| ()).map_err(|error| format!("up to V{version}: {}", chained(&error)))
    }

    /// Run a second time, a version changes nothing.
    async fn again(&mut self, version: u32, rows: &str) -> Result<(), String> {
        if version > 1 && self.can_run_twice(version, Direction::Up) {
            stamp(self.connection, self.prefix, version - 1).await;
            self.up(version).await.map_err(|why| format!("a second time: {why}"))?;
            if self.leaves_its_seeds(version) {
                same(&self.rows(version).await, rows, "rows, a second time", version)?;
            }
        }
        Ok(())
    }

    /// Nor does its way back to `version`.
    async fn down_again(&mut self, version: u32, rows: &str) -> Result<(), String> {
        if self.can_run_twice(version + 1, Direction::Down) {
            stamp(self.connection, self.prefix, version + 1).await;
            let down = self.migrator.down_to(version, &mut *self.connection).await;
            down.map_err(|error| format!("a second time: down to V{version}: {}", chained(&error)))?;
            self.look(version, "down a second time").await?;
            same(&self.rows(version).await, rows, "rows, after a second down to", version)?;
        }
        Ok(())
    }

    /// Whether no name that raw SQL speaks of is gone at the end of the version: that is for its author to think of.
    fn can_run_twice(&self, version: u32, direction: Direction) -> bool {
        let steps = self.chain.migration(Version(version)).map_or(&[][..], |migration| migration.steps);
        let takes_names = |step: &Step| {
            let named = |kind| matches!(kind, ObjectKind::Table | ObjectKind::View | ObjectKind::Column);
            step.effect().filter(|effect| named(effect.object.kind)).is_some_and(|effect| match effect.change {
                Change::Rename(_) => true,
                Change::Drop => direction == Direction::Up,
                Change::Create => direction == Direction::Down,
                _ => false,
            })
        };
        let is_raw = |step: &Step| match step {
            Step::Execute(_) => true,
            Step::OnDown { step } => direction == Direction::Down && matches!(step, Step::Execute(_)),
            _ => false,
        };
        let speaks_of_names = steps.iter().any(is_raw) && steps.iter().any(takes_names);
        let fills = direction == Direction::Up && fills_what_it_tries(steps);
        !speaks_of_names && !fills
    }

    /// Whether no step of a version takes away or changes the rows that a seed of it is to find again.
    fn leaves_its_seeds(&self, version: u32) -> bool {
        let steps = self.chain.migration(Version(version)).map_or(&[][..], |migration| migration.steps);
        let changes = |step: &Step| {
            matches!(step, Step::DeleteRows(_) | Step::Backfill(_) | Step::RenameValue(_) | Step::DropColumn { .. })
        };
        !steps.iter().any(changes) || !steps.iter().any(|step| matches!(step, Step::Seed(_)))
    }

    /// The catalog is as the model says: as PostgreSQL prints both, and as the model's own data have it.
    async fn look(&mut self, version: u32, way: &str) -> Result<(), String> {
        let verified = self.migrator.verify(&mut *self.connection).await;
        let verified = verified.map_err(|error| format!("V{version}, {way}: {}", chained(&error)))?;
        let differences: Vec<_> = verified.differences.iter().map(ToString::to_string).collect();
        if !differences.is_empty() {
            return Err(format!("V{version}, {way}: verify: {}", differences.join("\n")));
        }
        let expected = facts::of_model(self.chain.schema_at(Version(version)), self.prefix);
        same(&facts::of_catalog(self.connection, self.prefix).await, &expected, &format!("facts, {way}"), version)
    }

    /// The rows of the tables that seeds of the chain have given some, the columns by name.
    async fn rows(&mut self, version: u32) -> String {
        let steps = self.chain.migrations().iter().flat_map(|migration| migration.steps);
        if !steps.clone().any(|step| matches!(step, Step::Seed(_))) {
            return String::new();
        }
        let schema = self.chain.schema_at(Version(version));
        let query = |table: &Table| {
            let from = format!("{}.{}", quoted(self.prefix), quoted(table.name));
            // A call gives something else each time.
            let called = table.columns.iter().filter(|known| matches!(known.def.default, Some(Value::Sql(_))));
            let called = called.map(|known| format!(" - {}", literal(known.def.name))).collect::<String>();
            format!("SELECT {} || ': ' || (to_jsonb(x){called})::text FROM {from} AS x", literal(table.name))
        };
        let queries: Vec<_> = schema.tables().map(query).collect();
        ask(self.connection, &queries.join(" UNION ALL ")).await
    }

    fn class(&self, version: u32) -> Result<Class, String> {
        let plan = self.migrator.script(version, version - 1).map_err(|error| error.to_string())?;
        Ok(plan.iter().map(|planned| planned.class).max().unwrap_or(Class::Lossless))
    }

    /// The lowest version that `from` can go down to.
    fn lowest(&self, from: u32) -> u32 {
        (0..=from).rev().take_while(|version| self.migrator.script(from, *version).is_ok()).last().unwrap_or(from)
    }
}

/// Whether a version brings rows into tables of which it takes a column of its own away again: no key would come to such a
/// column over the rows, and nothing that stays says that it was there.
fn fills_what_it_tries(steps: &[Step]) -> bool {
    let tried = |step: &Step| match step {
        Step::DropColumn { column, .. } => steps.iter().any(|made| match made {
            Step::AddColumn { column: added, .. } => added.name == *column,
            Step::RenameColumn { to, .. } => to == column,
            _ => false,
        }),
        _ => false,
    };
    steps.iter().any(|step| matches!(step, Step::Seed(_))) && steps.iter().any(tried)
}

/// An error with all that it comes from.
fn chained(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text += &format!(": {inner}");
        source = inner.source();
    }
    text
}

/// The lines that only one side has, if there are any.
fn same(found: &str, expected: &str, what: &str, version: u32) -> Result<(), String> {
    let only = |one: &str, other: &str, sign: &str| -> String {
        let mut rest: Vec<&str> = other.lines().collect();
        let mut lines = String::new();
        for line in one.lines() {
            match rest.iter().position(|known| *known == line) {
                Some(place) => drop(rest.swap_remove(place)),
                None => lines += &format!("{sign} {line}\n"),
            }
        }
        lines
    };
    let lines = only(expected, found, "-") + &only(found, expected, "+");
    if lines.is_empty() { Ok(()) } else { Err(format!("{what} V{version}:\n{lines}")) }
}

/// The table whose comment is the version.
pub(crate) const UNCOMPARED: Name = TRACK;

/// A text as it stands in SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
