//! A version as SQL: one DO block with its guarded steps in it, and what cannot stand in one.
//!
//! The same text runs through the migrator and, from `pkmig sql`, through psql: every block asks for itself whether its
//! version has been applied.

use std::ops::Range;

use super::outcome::Outcome;
use super::security::{lift, put_back};
use super::session::{self, Pins, READ_COMMITTED};
use super::writer::literal;
use super::{Context, Entering, Guarded, ISOLATED, Statement, ledger};
use crate::ddl::{Comment, CreateSchema, Drop, Droppable, Expression, Ident, LockMode, LockTable, On};
use crate::plpgsql::{Block, Declaration, If, Node, Part, Raise};

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
    pub owned: Option<Node>,
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
pub fn lock_key(chain: &str, context: &Context) -> Expression {
    let name = literal(&format!("pkmig {chain} {}", context.prefix().as_str()));
    Expression::new(format!("hashtextextended({name}, 0)"))
}

/// The version that the comment of the tracking table holds; 0 where there is none.
pub fn current_version(tracked_by: &str, context: &Context) -> Expression {
    let table = context.lookup(tracked_by);
    Expression::new(format!("coalesce(obj_description(to_regclass({table}), 'pg_class'), '0')"))
}

/// The statement that stamps a version.
pub fn stamp(tracked_by: &str, version: u32, context: &Context) -> Statement {
    Comment { on: On::Table(context.qualified(tracked_by)), text: Some(version.to_string()) }.into()
}

/// Makes the schema where it is missing. Behind the lock it is looked for in the table: what a function knows of it may be from
/// before.
pub(super) fn create_schema(context: &Context) -> Node {
    let name = Ident::new(context.prefix().as_str());
    let lookup = Expression::literal(&name.to_string());
    let row = format!("SELECT FROM pg_catalog.pg_namespace WHERE nspname = {}", literal(name.as_str()));
    let lock = lock_shared("schema", name.as_str());
    let create = Node::Sql(CreateSchema(name).into());
    Node::when(
        Expression::new(format!("to_regnamespace({lookup}) IS NULL")),
        vec![Node::Perform(lock), Node::when(Expression::new(format!("NOT EXISTS ({row})")), vec![create])],
    )
}

/// The lock of whoever makes something that installs share, where it is missing: the one that comes second finds it made.
pub(super) fn lock_shared(kind: &str, name: &str) -> Expression {
    let name = literal(&format!("pkmig {kind} {name}"));
    Expression::new(format!("pg_advisory_xact_lock(hashtextextended({name}, 0))"))
}

/// Has PostgreSQL take the bodies of functions as they are, until the transaction ends (manual section 20.11).
pub(super) fn accept_bodies() -> Node {
    Node::Perform(Expression::new("set_config('check_function_bodies', 'off', true)"))
}

/// Stops where the transaction would not see what is committed while it waits for the lock.
fn isolation() -> Node {
    let raise = Raise::exception(["the transaction is not READ COMMITTED".into()], ISOLATED);
    Node::when(
        Expression::new("pg_catalog.current_setting('transaction_isolation') <> 'read committed'"),
        vec![raise.using("HINT", Expression::literal(READ_COMMITTED)).into()],
    )
}

/// Takes the lock among runners, and reads the version under it: one read before it may be the one that the lock's last
/// holder has just left. So it is in a transaction that goes on seeing what it saw at its beginning.
pub(super) fn read_version(chain: &str, tracked_by: &str, context: &Context) -> [Node; 3] {
    [
        isolation(),
        Node::Perform(Expression::new(format!("pg_advisory_xact_lock({})", lock_key(chain, context)))),
        Node::Assign(CURRENT, current_version(tracked_by, context)),
    ]
}

/// The variable that holds the version that is there.
const CURRENT: &str = "pkmig_version";

/// Its declaration.
pub(super) const CURRENT_DECLARED: Declaration = Declaration::Variable(CURRENT, "integer", None);

/// Stops where it is not the version's turn.
pub(super) fn not_its_turn(what: String) -> Node {
    Raise::exception([Part::Text(what), Expression::new(CURRENT).into()], super::MOVED).into()
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
        owned: Option<&Node>,
        outcome: Option<&Outcome>,
    ) -> Segment {
        let entry = outcome.filter(|_| self.ledger).map(|_| self.entry());
        let mut declare = vec![CURRENT_DECLARED];
        if entry.is_some() {
            declare.push(Declaration::Lines(ledger::declaration(self.chain, self.context)));
        }
        let mut body = self.question();
        if self.create_schema && self.previous == 0 && self.direction == Direction::Up {
            body.push(create_schema(self.context));
        }
        body.extend(owned.cloned());
        if self.brings_functions_back(guarded) {
            body.push(accept_bodies());
        }
        for one in unchecked {
            body.push(Node::Step(one.step));
            if let Transaction::Outside { index, .. } = &one.transaction {
                body.push(self.built(index));
            }
            body.extend(one.otherwise.iter().flat_map(|it| it.nodes(self.context)));
        }
        body.extend(self.steps(guarded));
        if let Some(outcome) = outcome {
            body.extend(outcome.nodes(self.context));
            body.push(Node::Comment("record the version".to_owned()));
            body.extend(self.stamp());
            body.extend(entry);
        }
        let printed = Block { tag: "pkmig", declare, body }.print("");
        Segment { sql: printed.sql, lines: printed.lines, kind: SegmentKind::Block }
    }

    /// The statements of the steps, each behind the step in words; row level security is lifted around those on rows.
    fn steps(&self, guarded: &[&Guarded]) -> Vec<Node> {
        let rows_of = runs_on_rows(guarded);
        let (mut nodes, mut step) = (Vec::new(), None);
        for (place, one) in guarded.iter().enumerate() {
            if step.replace(one.step) != Some(one.step) {
                nodes.push(Node::Comment(one.text.clone()));
            }
            nodes.push(Node::Step(one.step));
            let begins = rows_of.iter().find(|(run, _)| run.start == place);
            nodes.extend(begins.map(|(_, tables)| lift(tables, self.context)));
            nodes.extend(self.guarded(one));
            if rows_of.iter().any(|(run, _)| run.end == place + 1) {
                nodes.push(put_back());
            }
        }
        nodes
    }

    /// Leaves the block where the version has been run already, and stops where it is not its turn.
    fn question(&self) -> Vec<Node> {
        let (number, previous, chain) = (self.number, self.previous, self.chain);
        let (done, early, why) = match self.direction {
            // It is written for this version: another one holds other objects.
            _ if !self.leaves.is_empty() => {
                ("= 0".to_owned(), format!("<> {number}"), format!("this uninstalls V{number}, but {chain} is at V"))
            }
            Direction::Up => (
                format!(">= {number}"),
                format!("< {previous}"),
                format!("V{number} comes after V{previous}, but {chain} is at V"),
            ),
            Direction::Down => {
                (format!("< {number}"), format!("> {number}"), format!("cannot revert V{number} while {chain} is at V"))
            }
        };
        let is = |what: String| Expression::new(format!("{CURRENT} {what}"));
        let turn = If {
            arms: vec![(is(done), vec![Node::Return]), (is(early), vec![not_its_turn(why)])],
            otherwise: Vec::new(),
        };
        let read = read_version(chain, self.tracked_by, self.context);
        read.into_iter().chain([Node::If(turn)]).collect()
    }

    /// Whether a body among the statements was accepted once. It may name what a later statement brings back.
    fn brings_functions_back(&self, guarded: &[&Guarded]) -> bool {
        let is_function = |statement: &Statement| matches!(statement, Statement::CreateFunction(_));
        self.derived && guarded.iter().flat_map(|one| &one.statements).any(is_function)
    }

    fn guarded(&self, one: &Guarded) -> Vec<Node> {
        let mut then: Vec<Node> = one.statements.iter().cloned().map(Node::Sql).collect();
        let Some(when) = &one.when else { return then };
        let when = when.render(self.context);
        if let Some(message) = &one.still {
            let raise = Raise::exception([Part::Text(message.clone())], super::DIFFERS);
            then.push(Node::when(when.clone(), vec![raise.into()]));
        }
        let otherwise = one.otherwise.iter().flat_map(|it| it.nodes(self.context)).collect();
        vec![Node::If(If { arms: vec![(when, then)], otherwise })]
    }

    /// Puts the version into the comment of the tracking table; below V1 there is no such table any more.
    fn stamp(&self) -> Option<Node> {
        let version = match self.direction {
            Direction::Up => self.number,
            Direction::Down => self.previous,
        };
        (version != 0).then(|| Node::Sql(stamp(self.tracked_by, version, self.context)))
    }

    /// The version's line in the ledger.
    fn entry(&self) -> Node {
        let entering = match self.direction {
            Direction::Up => Entering::Up,
            Direction::Down => Entering::Down,
        };
        match self.leaves.as_slice() {
            [] => ledger::enter(self.chain, self.context, entering, &[(self.number, self.hash.clone())]),
            versions => ledger::enter(self.chain, self.context, entering, versions),
        }
    }

    /// Whether it is this version's turn, and what the guard asks holds, as a condition.
    fn its_turn(&self, when: Option<&super::Condition>) -> Expression {
        let current = current_version(self.tracked_by, self.context);
        let expected = if self.direction == Direction::Up { self.previous } else { self.number };
        let when = when.map(|when| format!(" AND {}", when.render(self.context))).unwrap_or_default();
        Expression::new(format!("{current}::integer = {expected}{when}"))
    }

    /// Stops where another session is about an index, or has just failed to make it: then the version is tried again.
    fn built(&self, index: &str) -> Node {
        let message = [
            "index ".into(),
            Part::Value(self.context.lookup(index)),
            " is not valid: it is being built, or its build failed".into(),
        ];
        Node::when(self.invalid(index), vec![Raise::exception(message, BUSY).into()])
    }

    /// Whether an index is there that is not valid, as a condition.
    fn invalid(&self, index: &str) -> Expression {
        let lookup = self.context.lookup(index);
        Expression::new(format!(
            "EXISTS (SELECT FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({lookup}) AND NOT indisvalid)"
        ))
    }

    /// Whether another session builds an index of a table.
    fn building(&self, table: &str) -> Expression {
        Expression::new(format!(
            "EXISTS (SELECT FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid) \
             WHERE l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
             AND l.relation = to_regclass({}) AND l.mode = 'ShareUpdateExclusiveLock' \
             AND l.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'autovacuum worker')",
            self.context.lookup(table)
        ))
    }

    /// What goes before an index that is made without locking writers out. One that is not valid was left behind by a
    /// build that failed, and goes (manual, CREATE INDEX, Building Indexes Concurrently), unless the build is still
    /// under way in another session. The pause lets a runner that has just been here begin with its build.
    fn before_outside(&self, one: &Guarded, table: &str, index: &str) -> Segment {
        let busy = ["another session builds an index of table ".into(), Part::Value(self.context.lookup(table))];
        let table_name = self.context.qualified(table);
        let lock = LockTable { table: table_name, mode: LockMode::ShareUpdateExclusive, nowait: true };
        let drop = Drop::plain(Droppable::Index, self.context.qualified(index));
        let drop = Node::when(self.invalid(index), vec![Node::Sql(drop.into())]);
        let mut body = self.question();
        body.extend([
            Node::Perform(Expression::new("pg_sleep(0.05)")),
            Node::when(self.building(table), vec![Raise::exception(busy, BUSY).into()]),
            Node::when(self.invalid(index), vec![Node::Sql(lock.into()), drop]),
        ]);
        let block = Block { tag: "pkmig", declare: vec![CURRENT_DECLARED], body };
        let sql = format!("-- {}\n{block}", one.text);
        Segment { sql, lines: vec![(0, one.step)], kind: SegmentKind::BeforeStatements }
    }

    /// The statements for such an index.
    fn outside(&self, one: &Guarded, reads: bool) -> Segment {
        let statement = |(place, statement): (usize, &Statement)| {
            let turn = self.its_turn(one.when.as_ref().filter(|_| place == 0));
            format!("SELECT {} AS statement WHERE {turn}", literal(&statement.to_sql("")))
        };
        let sql = one.statements.iter().enumerate().map(statement).collect::<Vec<_>>().join("\nUNION ALL ");
        Segment { sql, lines: vec![(0, one.step)], kind: SegmentKind::Statements { reads } }
    }

    /// A statement over a batch of rows, repeated and committed until it changes nothing more. Runners take turns, and
    /// each asks every time whether another one has stamped the version. Each transaction sets for itself what it needs,
    /// its level before it has looked at anything: a condition between the commit and that would be a look. A statement whose rows stay to be filled would
    /// never end: it is stopped once it has filled more rows than the table can have.
    fn batches(&self, one: &Guarded, table: &str) -> Segment {
        let text = Expression::new;
        let told =
            |filled: &str| Node::Perform(text(format!("pg_catalog.set_config('pkmig.filled', {filled}, false)")));
        let table = self.context.qualified(table);
        let most = format!("coalesce(pkmig_left, (SELECT 2 * count(*) + 1000 FROM {table}))");
        let endless = format!("{}: its where still matches the rows that it has filled", one.text);
        let lock = lock_key(self.chain, self.context);
        let turn = self.its_turn(one.when.as_ref());
        let mut round = vec![Node::Commit, Node::ReadCommitted];
        round.extend(session::inside(self.pins));
        round.extend([
            Node::ExitWhen(text("pkmig_rows = 0".to_owned())),
            Node::Perform(text(format!("pg_advisory_xact_lock({lock})"))),
            Node::ExitWhen(text(format!("NOT ({turn})"))),
            Node::Assign("pkmig_left", text(most)),
            lift(&one.rows_of, self.context),
        ]);
        round.extend(one.statements.iter().cloned().map(Node::Sql));
        round.extend([
            Node::RowCount("pkmig_rows"),
            put_back(),
            Node::Assign("pkmig_left", text("pkmig_left - pkmig_rows".to_owned())),
            Node::Assign("pkmig_filled", text("pkmig_filled + pkmig_rows".to_owned())),
            told("pkmig_filled::pg_catalog.text"),
            Node::when(text("pkmig_left < 0".to_owned()), vec![Raise::error(endless).into()]),
        ]);
        let declare = [("pkmig_rows", None), ("pkmig_left", None), ("pkmig_filled", Some("0"))];
        let block = Block {
            tag: "pkmig",
            declare: declare.map(|(name, value)| Declaration::Variable(name, "bigint", value)).into(),
            body: vec![Node::Comment(one.text.clone()), told("'0'"), Node::Loop(round)],
        };
        Segment { sql: block.to_string(), lines: vec![(0, one.step)], kind: SegmentKind::Batches }
    }
}

/// The SQLSTATE of what another session holds: lock_not_available (manual appendix A). It is tried again.
const BUSY: &str = "55P03";
