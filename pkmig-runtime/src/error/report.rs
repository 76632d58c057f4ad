//! An error told in full, to whoever reads a terminal.

use pkmig_schema::Version;

use super::{Edit, Error, Failed, cause};
use crate::{Direction, Misfit, dependent, fired};
use pkmig_sql::shown;

impl Error {
    /// The whole of it in lines: what is wrong and why, then `step:`, `detail:` and `note:`, and at last `help:`.
    ///
    /// It holds what [`source`](std::error::Error::source) and [`help`](Self::help) say, too.
    ///
    /// ```
    /// # use pkmig_runtime::{Error, PrefixError};
    /// let error = Error::from(PrefixError::Reserved("pg_temp".to_owned()));
    /// assert_eq!(
    ///     error.report(),
    ///     "the prefix `pg_temp` is one of PostgreSQL's own schemas\n\
    ///      help: choose a name that does not begin with `pg_` and is not `information_schema`"
    /// );
    /// ```
    pub fn report(&self) -> String {
        let first = match self {
            Self::Failed(failed) => return failed.report(),
            Self::Misfit(misfit) => return misfit.report(),
            Self::NotRepaired { source, .. } => format!("the repair was rolled back: {}", cause::of(source).line()),
            Self::Connection(error) => cause::of(error).line(),
            other => match other.wrapped() {
                Some(source) => format!("{}: {}", other.message(), cause::of(source).line()),
                None => other.message(),
            },
        };
        let first = match self {
            // PostgreSQL's message may have several lines.
            Self::NotRepaired { .. } | Self::Connection(_) => shown::lines(&first),
            _ => shown::line(&first),
        };
        joined(&first, self.details(), self.help())
    }

    /// What stands between the message and the help.
    fn details(&self) -> Vec<String> {
        match self {
            Self::NotRepaired { step, .. } => vec![format!("step: {step}")],
            Self::Locked { blockers, .. } => blockers.iter().map(|it| detail(&format!("it is {it}"))).collect(),
            Self::DataLoss { reverted: Some(reverted), .. } => {
                let late = "note: the rows were added after the run had begun".to_owned();
                std::iter::once(late).chain(before(reverted, false)).collect()
            }
            Self::Edited { edits, .. } => edits.iter().map(edited).collect(),
            Self::HostTriggers { fired } => fired::details(fired),
            Self::Dependents { dependents } => dependent::details(dependents),
            Self::Unknown { in_transaction: true, .. } => {
                vec!["note: the given transaction is rolled back, with everything done in it".to_owned()]
            }
            Self::Unknown { version, direction, applied, found, .. } => {
                let outcome = format!("note: {}", outcome(*version, *direction, *found));
                std::iter::once(outcome).chain(before(applied, false)).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Failed {
    /// The whole of it in lines, as [`Error::report`].
    pub fn report(&self) -> String {
        let Self { message, sqlstate, .. } = self;
        let first = format!("{} failed and was rolled back: {message} (SQLSTATE {sqlstate})", self.what());
        let step = self.step.iter().map(|step| format!("step: {step}"));
        let more = self.detail.iter().chain(&self.left).map(|more| format!("detail: {}", shown::lines(more)));
        let details = step.chain(more).chain(before(&self.applied, self.in_transaction)).collect();
        joined(&shown::lines(&first), details, self.help.clone())
    }
}

impl Misfit {
    /// The whole of it in lines, as [`Error::report`].
    pub fn report(&self) -> String {
        let details = self.evidence.iter().map(|line| detail(line)).collect();
        joined(&self.to_string(), details, Some(shown::line(&self.help()).into_owned()))
    }
}

fn joined(first: &str, details: Vec<String>, help: Option<String>) -> String {
    let help = help.map(|help| format!("help: {help}"));
    std::iter::once(first.to_owned()).chain(details).chain(help).collect::<Vec<_>>().join("\n")
}

fn detail(text: &str) -> String {
    format!("detail: {}", shown::line(text))
}

fn edited(Edit { version, applied, now, started, program }: &Edit) -> String {
    detail(&format!("{version} was {applied} when {program} applied it at {started}, and is {now}"))
}

/// What became of the versions that ran before.
fn before(applied: &[Version], in_transaction: bool) -> Option<String> {
    let (first, last) = (applied.first()?, applied.last()?);
    let (which, was, stays) = match first == last {
        true => (first.to_string(), "was", "stays"),
        false => (format!("{first} to {last}"), "were", "stay"),
    };
    Some(match in_transaction {
        true => {
            format!("note: {which} {was} done before it in the given transaction, and {stays} if that is committed")
        }
        false => format!("note: {which} {was} done before it and {stays}"),
    })
}

/// What is known of a version during which the connection ended.
fn outcome(version: Version, direction: Direction, found: Option<Version>) -> String {
    let done = match direction {
        Direction::Up => "applied",
        Direction::Down => "reverted",
    };
    match found {
        Some(found) if (found >= version) == (direction == Direction::Up) => {
            format!("it was {done}: the installed version is {found}")
        }
        Some(found) => format!("it was not {done}: the installed version is {found}"),
        None => format!("it was either {done} or rolled back as a whole; the answer did not arrive"),
    }
}
