//! Where a session can end within a version: after each of its statements, after its comment, and between its parts.

use super::dice::Dice;
use pkmig_runtime::{PlannedVersion, Rehearsal};
use pkmig_sql::ddl::Expression;
use pkmig_sql::plpgsql::{Node, Raise};
use pkmig_sql::{Guarded, SegmentKind, Transaction, literal};

/// Ends the session that says it. The sleep is where PostgreSQL notices, before anything is committed.
const END: &str = "pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()), pg_catalog.pg_sleep(60)";
/// The SQLSTATE of a version that has come to its end, and is rolled back: its guards have passed over the statement.
pub(super) const SURVIVED: &str = "PKM05";

/// A place where a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Behind a statement, counted from 0.
    Statement(usize),
    /// Behind the stamp, before the transaction is committed.
    Stamp,
    /// Behind a part that is committed by itself.
    Part(usize),
}

/// The setting in which the marks of a version keep its transaction.
const TRANSACTION: &str = "pkmig_conformance.transaction";

/// A version with a mark behind each of its statements.
pub(super) struct Marked<'a> {
    rehearsal: &'a Rehearsal<'a>,
    /// The version with all of its marks.
    version: PlannedVersion,
    /// The step of each mark.
    steps: Vec<String>,
}

impl<'a> Marked<'a> {
    pub(super) fn new(rehearsal: &'a Rehearsal<'a>) -> Self {
        let mut steps = Vec::new();
        let one_transaction = rehearsal.planned.segments.len() == 1;
        let statements = marked(rehearsal, |number, one| {
            debug_assert_eq!(number, steps.len());
            steps.push(one.text.clone());
            mark(one_transaction)
        });
        Self { rehearsal, version: rehearsal.with(statements), steps }
    }

    /// Whether all of it is one transaction: a session that ends within it leaves nothing behind.
    pub(super) fn is_one_transaction(&self) -> bool {
        self.version.segments.len() == 1
    }

    /// Every place where a session can end; of the places behind statements no more than `sample`, evenly spread from a
    /// random one on.
    pub(super) fn cuts(&self, sample: Option<usize>, dice: &mut Dice) -> Vec<Cut> {
        let all = self.steps.len();
        let some = sample.map_or(all, |sample| sample.min(all));
        let first = dice.below(all.checked_div(some).unwrap_or_default());
        let statements = (0..some).map(move |place| Cut::Statement(first + place * all / some));
        let parts = (0..self.version.segments.len() - 1).map(Cut::Part);
        statements.chain([Cut::Stamp]).chain(parts).collect()
    }

    /// The place in words.
    pub(super) fn place(&self, cut: Cut) -> String {
        match cut {
            Cut::Statement(number) => {
                format!("after statement {} of {}, `{}`", number + 1, self.steps.len(), self.steps[number])
            }
            Cut::Stamp => "after its comment, before the commit".to_owned(),
            Cut::Part(number) => format!("after part {} of {}", number + 1, self.version.segments.len()),
        }
    }

    /// The version that ends its session there. One that does not come there is rolled back at its end.
    pub(super) fn ending(&self, cut: Cut) -> PlannedVersion {
        let mut segments = self.version.segments.clone();
        match cut {
            Cut::Statement(number) => {
                let one_transaction = self.is_one_transaction();
                let ends = |place, _: &Guarded| if place == number { end() } else { mark(one_transaction) };
                segments = self.rehearsal.with(marked(self.rehearsal, ends)).segments;
                let survived = format!("DO $$ BEGIN RAISE EXCEPTION 'survived' USING ERRCODE = '{SURVIVED}'; END $$");
                segments.last_mut().into_iter().for_each(|last| last.sql = format!("{};\n{survived}", last.sql));
            }
            Cut::Stamp => {
                segments.last_mut().into_iter().for_each(|last| last.sql = format!("{};\nSELECT {END}", last.sql));
            }
            Cut::Part(number) => segments.truncate(number + 1),
        }
        debug_assert!(segments.last().is_some_and(|last| cut != Cut::Stamp || last.kind == SegmentKind::Block));
        self.version.sent_as(Vec::new(), segments)
    }
}

/// The statements of a version, each with what `mark` puts behind it. What runs outside of a transaction runs alone: the
/// session ends behind it as behind a part.
fn marked(rehearsal: &Rehearsal<'_>, mut mark: impl FnMut(usize, &Guarded) -> Node) -> Vec<Guarded> {
    let mut number = 0;
    let mut with_marks = |one: &Guarded| {
        let mut one = one.clone();
        if !matches!(one.transaction, Transaction::Outside { .. }) {
            for statement in std::mem::take(&mut one.statements) {
                let mark = mark(number, &one);
                one.statements.extend([statement, mark.into()]);
                number += 1;
            }
        }
        one
    };
    rehearsal.planned.statements.iter().map(&mut with_marks).collect()
}

/// What ends the session.
fn end() -> Node {
    Node::Perform(Expression::new(END))
}

/// A statement of PL/pgSQL that changes nothing, not even `ROW_COUNT`. If the version is to be one transaction, it fails in
/// another one than the first mark: so what holds for a session that ends behind one statement holds for all.
fn mark(one_transaction: bool) -> Node {
    if !one_transaction {
        return Node::Null;
    }
    let setting = literal(TRANSACTION);
    let other = Expression::new(format!(
        "coalesce(nullif(pg_catalog.current_setting({setting}, true), ''), \
         pg_catalog.set_config({setting}, pg_catalog.pg_current_xact_id()::pg_catalog.text, false)) \
         OPERATOR(pg_catalog.<>) pg_catalog.pg_current_xact_id()::pg_catalog.text"
    ));
    let raise = Raise::error("another transaction than the first statement".to_owned());
    Node::when(other, vec![raise.into()])
}
