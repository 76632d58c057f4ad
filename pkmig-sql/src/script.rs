//! A version as SQL: one DO block with its guarded steps in it, and what cannot stand in one.
//!
//! The same text runs through the migrator and, from `pkmig sql`, through psql: every block asks for itself whether its
//! version has been applied.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use super::outcome::Outcome;
use super::security::{lift, put_back};
use super::session::{self, Pins, READ_COMMITTED};
use super::shape::declarations;
use super::writer::{dollar_quoted, literal, raised};
use super::{Context, Entering, Guarded, ISOLATED, Statement, ledger};

/// How statements go with transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transaction {
    /// Among others, in the version's own.
    Inside,
    /// In one of their own, committed before what follows.
    OfItsOwn,
    /// In none: `CREATE INDEX CONCURRENTLY`, which can leave an invalid index behind.
    Outside {
        /// The table.
        table: String,
        /// The index.
        index: String,
        /// Whether its keys or its predicate hold texts that are read by the settings of the session.
        reads: bool,
    },
    /// In many: a batch of rows each.
    Batches {
        /// The table.
        table: String,
    },
}

/// The way a version is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Applied.
    Up,
    /// Left.
    Down,
}

/// A version on its way to SQL.
pub struct Version<'a> {
    /// The chain's name.
    pub chain: &'static str,
    /// The table whose comment holds the version.
    pub tracked_by: &'static str,
    /// Its number.
    pub number: u32,
    /// The number of the version that it follows; 0 before the first.
    pub previous: u32,
    /// Which way.
    pub direction: Direction,
    /// Whether its statements are derived: the inverses of its steps.
    pub derived: bool,
    /// The hash of its steps.
    pub hash: String,
    /// Of an uninstall: all the versions that go, newest first.
    pub leaves: Vec<ledger::Line>,
    /// Whether a missing schema is created.
    pub create_schema: bool,
    /// What the transaction of a batch has set.
    pub pins: &'a Pins,
    /// Whether it leaves a line in the ledger.
    pub ledger: bool,
    /// What asks whose it is what it works on.
    pub owned: Option<Statement>,
    /// Where it runs.
    pub context: &'a Context,
}

/// A part of a version that is sent at once.
#[derive(Debug, Clone)]
pub struct Segment {
    /// The SQL, without a last semicolon.
    pub sql: String,
    /// The lines at which steps begin, as PL/pgSQL counts them, and the steps.
    pub lines: Vec<(usize, usize)>,
    /// How it is sent.
    pub kind: SegmentKind,
}

/// How a segment is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentKind {
    /// A block that runs in one transaction, with whatever stands before and behind it in its message.
    Block,
    /// A block that commits by itself: it must be alone in its message.
    Batches,
    /// A block before such a query. It gives up where another session is about the same: then it is tried again.
    BeforeStatements,
    /// A query whose rows are statements to run, each alone in its message.
    Statements {
        /// Whether they hold texts that are read by the settings of the session.
        reads: bool,
    },
    /// Plain statements, which are one transaction with whatever stands before and behind them in their message.
    Plain,
}

/// How the lock among runners is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// By a run, which changes the version.
    Exclusive,
    /// By those who need it to stay.
    Shared,
}

impl Sharing {
    /// The function that takes the lock if it is free.
    pub fn try_lock(self) -> &'static str {
        match self {
            Self::Exclusive => "pg_try_advisory_xact_lock",
            Self::Shared => "pg_try_advisory_xact_lock_shared",
        }
    }
}

/// The key of the advisory lock of a chain in a prefix (manual section 9.27.10).
pub fn lock_key(chain: &str, context: &Context) -> String {
    format!("hashtextextended({}, 0)", literal(&format!("pkmig {chain} {}", context.prefix().as_str())))
}

/// The version that the comment of the tracking table holds; 0 where there is none.
pub fn current_version(tracked_by: &str, context: &Context) -> String {
    format!("coalesce(obj_description(to_regclass({}), 'pg_class'), '0')", context.lookup(tracked_by))
}

/// The statement that stamps a version.
pub fn stamp(tracked_by: &str, version: u32, context: &Context) -> String {
    format!("COMMENT ON TABLE {} IS '{version}'", context.qualified(tracked_by))
}

/// Makes the schema where it is missing. Behind the lock it is looked for in the table: what a function knows of it may be from
/// before.
pub(super) fn create_schema(context: &Context, indent: &str) -> String {
    let prefix = context.prefix().as_str();
    let (name, lock) = (super::ident(prefix), lock_shared("schema", prefix));
    format!(
        "{indent}IF to_regnamespace({}) IS NULL THEN\n{indent}  PERFORM {lock};\n\
         {indent}  IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = {}) THEN\n\
         {indent}    CREATE SCHEMA {name};\n{indent}  END IF;\n{indent}END IF;\n",
        literal(&name),
        literal(prefix)
    )
}

/// The lock of whoever makes something that installs share, where it is missing: the one that comes second finds it made.
pub(super) fn lock_shared(kind: &str, name: &str) -> String {
    format!("pg_advisory_xact_lock(hashtextextended({}, 0))", literal(&format!("pkmig {kind} {name}")))
}

/// Has PostgreSQL take the bodies of functions as they are, until the transaction ends (manual section 20.11).
pub(super) const ACCEPT_BODIES: &str = "PERFORM set_config('check_function_bodies', 'off', true);\n";

/// Stops where the transaction would not see what is committed while it waits for the lock.
pub(super) fn isolation() -> String {
    format!(
        "  IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN\n    \
         RAISE EXCEPTION 'the transaction is not READ COMMITTED' USING ERRCODE = '{ISOLATED}', \
         HINT = '{READ_COMMITTED}';\n  END IF;\n"
    )
}

/// The SQL of a version, in the order in which it is sent. The last segment looks at what it leaves, and stamps it.
pub fn version(version: &Version, guarded: &[Guarded], outcome: &Outcome) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut block: Vec<&Guarded> = Vec::new();
    // What a statement outside of a block has made is looked at by the block behind it.
    let mut unchecked: Vec<&Guarded> = Vec::new();
    // Asked by the first block, before anything else is done.
    if version.owned.is_some() && guarded.first().is_some_and(|one| one.transaction != Transaction::Inside) {
        segments.push(version.block(&[], &[], version.owned.as_ref(), None));
    }
    for one in guarded {
        if one.transaction == Transaction::Inside {
            block.push(one);
            continue;
        }
        if !block.is_empty() || !unchecked.is_empty() {
            let owned = version.owned.as_ref().filter(|_| segments.is_empty());
            segments.push(version.block(&std::mem::take(&mut block), &std::mem::take(&mut unchecked), owned, None));
        }
        match &one.transaction {
            Transaction::Outside { table, index, reads } => {
                segments.push(version.before_outside(one, table, index));
                segments.push(version.outside(one, *reads));
                unchecked.push(one);
            }
            Transaction::Batches { table } => segments.push(version.batches(one, table)),
            Transaction::Inside | Transaction::OfItsOwn => segments.push(version.block(&[one], &[], None, None)),
        }
    }
    let owned = version.owned.as_ref().filter(|_| segments.is_empty());
    segments.push(version.block(&block, &unchecked, owned, Some(outcome)));
    segments
}

/// The declarations of the templates that statements call.
fn templates<'a>(statements: impl Iterator<Item = &'a Statement>) -> String {
    let called: Vec<_> =
        statements.filter_map(|statement| Some((statement.template()?, statement.to_sql("")))).collect();
    let texts: String = called.iter().map(|(_, text)| text.as_str()).collect();
    let templates: BTreeSet<_> = called.iter().map(|(template, _)| *template).collect();
    templates.into_iter().map(|template| template.declaration(&texts)).collect()
}

/// The steps on rows that follow each other, by their places, with the tables of each run.
fn runs_on_rows(guarded: &[&Guarded]) -> Vec<(Range<usize>, Vec<String>)> {
    let mut runs: Vec<(Range<usize>, Vec<String>)> = Vec::new();
    for (place, one) in guarded.iter().enumerate().filter(|(_, one)| !one.rows_of.is_empty()) {
        match runs.last_mut() {
            Some((run, tables)) if run.end == place => {
                run.end += 1;
                tables.extend(one.rows_of.iter().filter(|table| !tables.contains(table)).cloned().collect::<Vec<_>>());
            }
            _ => runs.push((place..place + 1, one.rows_of.clone())),
        }
    }
    runs
}

impl Version<'_> {
    fn block(
        &self,
        guarded: &[&Guarded],
        unchecked: &[&Guarded],
        owned: Option<&Statement>,
        outcome: Option<&Outcome>,
    ) -> Segment {
        let mut body = String::from("\n");
        let mut lines = Vec::new();
        body.push_str("DECLARE\n  pkmig_version integer;\n");
        let checked = guarded.iter().filter(|one| one.when.is_some()).chain(unchecked);
        let expectations =
            checked.flat_map(|one| &one.otherwise).chain(outcome.iter().flat_map(|it| it.expectations()));
        body.push_str(&declarations(self.context, expectations, outcome.map_or(&[], |outcome| &outcome.many)));
        let variables: BTreeSet<_> =
            guarded.iter().flat_map(|one| &one.statements).filter_map(Statement::declares).collect();
        body.extend(variables);
        let entry = outcome.filter(|_| self.ledger).map(|_| self.entry());
        if entry.is_some() {
            body.push_str(&ledger::declaration(self.chain, self.context));
        }
        let rows_of = runs_on_rows(guarded);
        let around: Vec<_> = rows_of.iter().flat_map(|(_, tables)| [lift(tables, self.context), put_back()]).collect();
        body.push_str(&templates(guarded.iter().flat_map(|one| &one.statements).chain(&around).chain(owned)));
        body.push_str("BEGIN\n");
        body.push_str(&self.question());
        if self.create_schema && self.previous == 0 && self.direction == Direction::Up {
            body.push_str(&create_schema(self.context, "  "));
        }
        if let Some(owned) = owned {
            let _ = writeln!(body, "  {};", owned.to_sql(""));
        }
        if self.brings_functions_back(guarded) {
            let _ = write!(body, "  {ACCEPT_BODIES}");
        }
        for one in unchecked {
            lines.push((body.matches('\n').count() + 1, one.step));
            if let Transaction::Outside { index, .. } = &one.transaction {
                body.push_str(&self.built(index));
            }
            one.otherwise.iter().for_each(|it| body.push_str(&it.render(self.context, "  ")));
        }
        let mut step = None;
        for (place, one) in guarded.iter().enumerate() {
            if step.replace(one.step) != Some(one.step) {
                let _ = write!(body, "\n  -- {}\n", one.text);
            }
            lines.push((body.matches('\n').count() + 1, one.step));
            if let Some((_, tables)) = rows_of.iter().find(|(run, _)| run.start == place) {
                let _ = writeln!(body, "  {};", lift(tables, self.context).to_sql(""));
            }
            body.push_str(&self.guarded(one));
            if rows_of.iter().any(|(run, _)| run.end == place + 1) {
                let _ = writeln!(body, "  {};", put_back().to_sql(""));
            }
        }
        if let Some(outcome) = outcome {
            outcome.render(self.context, &mut body, &mut lines);
            body.push_str(&self.stamp());
            body.extend(entry);
        }
        body.push_str("END\n");
        Segment { sql: format!("DO {}", dollar_quoted(&body, "pkmig")), lines, kind: SegmentKind::Block }
    }

    /// Leaves the block where the version has been run already, and stops where it is not its turn. The version is
    /// read under the lock: one read before it may be the one that the lock's last holder has just left. So it is in a
    /// transaction that goes on seeing what it saw at its beginning.
    fn question(&self) -> String {
        let lock = lock_key(self.chain, self.context);
        let current = current_version(self.tracked_by, self.context);
        let (number, previous) = (self.number, self.previous);
        let (done, early, why) = match self.direction {
            // It is written for this version: another one holds other objects.
            _ if !self.leaves.is_empty() => (
                "= 0".to_owned(),
                format!("<> {number}"),
                format!("this uninstalls V{number}, but {} is at V%", raised(self.chain)),
            ),
            Direction::Up => (
                format!(">= {number}"),
                format!("< {previous}"),
                format!("V{number} comes after V{previous}, but {} is at V%", raised(self.chain)),
            ),
            Direction::Down => (
                format!("< {number}"),
                format!("> {number}"),
                format!("cannot revert V{number} while {} is at V%", raised(self.chain)),
            ),
        };
        let isolation = isolation();
        format!(
            "{isolation}  PERFORM pg_advisory_xact_lock({lock});\n  pkmig_version := {current};\n  IF pkmig_version {done} THEN\n    RETURN;\n  ELSIF pkmig_version \
             {early} THEN\n    RAISE EXCEPTION {}, pkmig_version USING ERRCODE = '{}';\n  END IF;\n",
            literal(&why),
            super::MOVED
        )
    }

    /// Whether a body among the statements was accepted once. It may name what a later statement brings back.
    fn brings_functions_back(&self, guarded: &[&Guarded]) -> bool {
        let is_function = |statement: &Statement| matches!(statement, Statement::CreateFunction(_));
        self.derived && guarded.iter().flat_map(|one| &one.statements).any(is_function)
    }

    fn guarded(&self, one: &Guarded) -> String {
        let statements = |indent: &str| -> String {
            one.statements.iter().map(|statement| format!("{indent}{};\n", statement.to_sql(indent))).collect()
        };
        let Some(when) = &one.when else { return statements("  ") };
        let mut text = format!("  IF {} THEN\n{}", when.render(self.context), statements("    "));
        if let Some(message) = &one.still {
            let (when, message) = (when.render(self.context), literal(&raised(message)));
            let _ = writeln!(
                text,
                "    IF {when} THEN\n      RAISE EXCEPTION {message} USING ERRCODE = '{}';\n    END IF;",
                super::DIFFERS
            );
        }
        if !one.otherwise.is_empty() {
            text.push_str("  ELSE\n");
            for expectation in &one.otherwise {
                text.push_str(&expectation.render(self.context, "    "));
            }
        }
        text.push_str("  END IF;\n");
        text
    }

    /// Puts the version into the comment of the tracking table; below V1 there is no such table any more.
    fn stamp(&self) -> String {
        let version = match self.direction {
            Direction::Up => self.number,
            Direction::Down => self.previous,
        };
        match version {
            0 => String::new(),
            version => format!("\n  {};\n", stamp(self.tracked_by, version, self.context)),
        }
    }

    /// The version's line in the ledger.
    fn entry(&self) -> String {
        let entering = match self.direction {
            Direction::Up => Entering::Up,
            Direction::Down => Entering::Down,
        };
        match self.leaves.as_slice() {
            [] => ledger::enter(self.chain, self.context, entering, &[(self.number, self.hash.clone())]),
            versions => ledger::enter(self.chain, self.context, entering, versions),
        }
    }

    /// Whether it is this version's turn, as a condition.
    fn its_turn(&self) -> String {
        let current = current_version(self.tracked_by, self.context);
        let expected = if self.direction == Direction::Up { self.previous } else { self.number };
        format!("{current}::integer = {expected}")
    }

    /// Stops where another session is about an index, or has just failed to make it: then the version is tried again.
    fn built(&self, index: &str) -> String {
        format!(
            "  IF {} THEN\n    RAISE EXCEPTION 'index % is not valid: it is being built, or its build failed', {} \
             USING ERRCODE = '55P03';\n  END IF;\n",
            self.invalid(index),
            self.context.lookup(index)
        )
    }

    /// Whether an index is there that is not valid, as a condition.
    fn invalid(&self, index: &str) -> String {
        let lookup = self.context.lookup(index);
        format!("EXISTS (SELECT FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({lookup}) AND NOT indisvalid)")
    }

    /// What goes before an index that is made without locking writers out. One that is not valid was left behind by a
    /// build that failed, and goes (manual, CREATE INDEX, Building Indexes Concurrently), unless the build is still
    /// under way in another session. The pause lets a runner that has just been here begin with its build.
    fn before_outside(&self, one: &Guarded, table: &str, index: &str) -> Segment {
        let name = self.context.qualified(index);
        let (table_lookup, table) = (self.context.lookup(table), self.context.qualified(table));
        let invalid = self.invalid(index);
        let body = format!(
            "\nDECLARE\n  pkmig_version integer;\nBEGIN\n{}  PERFORM pg_sleep(0.05);\n  \
             IF EXISTS (SELECT FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)\n      \
             WHERE l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())\n      \
             AND l.relation = to_regclass({table_lookup}) AND l.mode = 'ShareUpdateExclusiveLock'\n      \
             AND l.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'autovacuum worker') THEN\n    \
             RAISE EXCEPTION 'another session builds an index of table %', {table_lookup} USING ERRCODE = '55P03';\n  \
             END IF;\n  IF {invalid} THEN\n    LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;\n    \
             IF {invalid} THEN\n      DROP INDEX {name};\n    END IF;\n  END IF;\nEND\n",
            self.question()
        );
        let sql = format!("-- {}\nDO {}", one.text, dollar_quoted(&body, "pkmig"));
        Segment { sql, lines: vec![(0, one.step)], kind: SegmentKind::BeforeStatements }
    }

    /// The statements for such an index.
    fn outside(&self, one: &Guarded, reads: bool) -> Segment {
        let turn = self.its_turn();
        let when = one.when.iter().map(|when| format!(" AND {}", when.render(self.context))).collect::<String>();
        let statement = |(place, statement): (usize, &super::Statement)| {
            let condition = if place == 0 { when.as_str() } else { "" };
            format!("SELECT {} AS statement WHERE {turn}{condition}", literal(&statement.to_sql("")))
        };
        let sql = one.statements.iter().enumerate().map(statement).collect::<Vec<_>>().join("\nUNION ALL ");
        Segment { sql, lines: vec![(0, one.step)], kind: SegmentKind::Statements { reads } }
    }

    /// A statement over a batch of rows, repeated and committed until it changes nothing more. Runners take turns, and
    /// each asks every time whether another one has stamped the version. Each transaction sets for itself what it needs,
    /// its level before it has looked at anything: a condition between the commit and that would be a look. A statement whose rows stay to be filled would
    /// never end: it is stopped once it has filled more rows than the table can have.
    fn batches(&self, one: &Guarded, table: &str) -> Segment {
        let (turn, lock) = (self.its_turn(), lock_key(self.chain, self.context));
        let when = one.when.iter().map(|when| format!(" AND {}", when.render(self.context))).collect::<String>();
        let statements = one.statements.iter().map(|s| format!("    {};\n", s.to_sql("    "))).collect::<String>();
        let around = [lift(&one.rows_of, self.context), put_back()];
        let declared = templates(around.iter());
        let [lift, put_back] = around.map(|statement| statement.to_sql(""));
        let endless = format!("{}: its where still matches the rows that it has filled", one.text);
        let settings = session::inside(self.pins, "    ");
        let body = format!(
            "\nDECLARE\n  pkmig_rows bigint;\n  pkmig_left bigint;\n  pkmig_filled bigint := 0;\n{declared}BEGIN\n  -- {}\n  \
             PERFORM pg_catalog.set_config('pkmig.filled', '0', false);\n  LOOP\n    COMMIT;\n    {READ_COMMITTED};\n\
             {settings}    EXIT WHEN pkmig_rows = 0;\n    PERFORM pg_advisory_xact_lock({lock});\n    EXIT WHEN NOT ({turn}{when});\n    \
             pkmig_left := coalesce(pkmig_left, (SELECT 2 * count(*) + 1000 FROM {}));\n    {lift};\n{statements}    \
             GET DIAGNOSTICS pkmig_rows = ROW_COUNT;\n    {put_back};\n    pkmig_left := pkmig_left - pkmig_rows;\n    \
             pkmig_filled := pkmig_filled + pkmig_rows;\n    PERFORM pg_catalog.set_config('pkmig.filled', pkmig_filled::pg_catalog.text, false);\n    \
             IF pkmig_left < 0 THEN\n      RAISE EXCEPTION {};\n    END IF;\n  END LOOP;\nEND\n",
            one.text,
            self.context.qualified(table),
            literal(&raised(&endless))
        );
        let sql = format!("DO {}", dollar_quoted(&body, "pkmig"));
        Segment { sql, lines: vec![(0, one.step)], kind: SegmentKind::Batches }
    }
}
