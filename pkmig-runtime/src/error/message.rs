//! The one line of an error: what is wrong and where. What caused it and what to do next stand elsewhere.

use std::fmt;

use super::{Edit, Error, Failed, MissingRight, cause};
use crate::{Direction, dependent, fired, open_path};
use pkmig_sql::shown;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names from the database are in it, and they may hold anything.
        f.write_str(&shown::line(&self.message()))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = self.step.as_ref().map(|step| format!(" at `{step}`")).unwrap_or_default();
        let text = format!("{} failed{step} and was rolled back (SQLSTATE {})", self.what(), self.sqlstate);
        f.write_str(&shown::line(&text))
    }
}

impl Failed {
    /// `V3`, `the down of V3` or `the uninstall of V3`.
    pub fn what(&self) -> String {
        match self.direction {
            Direction::Up => self.version.to_string(),
            Direction::Down if self.uninstall => format!("the uninstall of {}", self.version),
            Direction::Down => format!("the down of {}", self.version),
        }
    }
}

impl Error {
    pub(super) fn message(&self) -> String {
        match self {
            Self::Prefix(error) => error.to_string(),
            Self::AboveChain { chain, target, latest } => {
                format!("`{chain}` has no {target}: its newest version is {latest}")
            }
            Self::BeforeChain { chain, target, first } => format!("`{chain}` has no {target}: it begins with {first}"),
            Self::BelowFloor { chain, prefix, current, first, .. } => {
                format!("`{chain}` in schema `{prefix}` is at {current}, but this release begins with {first}")
            }
            Self::UpBelow { chain, prefix, target, current } => {
                format!("cannot go up to {target}: `{chain}` in schema `{prefix}` is at {current}")
            }
            Self::DownAbove { chain, prefix, target, current } => {
                format!("cannot go down to {target}: `{chain}` in schema `{prefix}` is at {current}")
            }
            Self::NewerThanChain { chain, prefix, current, latest } => format!(
                "`{chain}` in schema `{prefix}` is at {current}, which this release does not know: its newest version is \
                 {latest}"
            ),
            Self::NotAVersion { table, comment } => {
                format!("the comment of table {table} should be a version number, but is {comment:?}")
            }
            Self::Misfit(misfit) => misfit.to_string(),
            Self::NotInstalled { chain, prefix, tracked_by } => format!(
                "`{chain}` is not installed in schema `{prefix}`: table `{tracked_by}` does not exist, or its comment holds no \
                 version"
            ),
            Self::NotComparable { version, .. } => format!("could not create the schema of {version} to compare with"),
            Self::Stamped { chain, prefix, version } => {
                format!("`{chain}` in schema `{prefix}` is already recorded at {version}")
            }
            Self::NoFit { verification, .. } => format!(
                "schema `{}` does not match any version of `{}`: it comes closest to {}, of which something is missing or \
                 different",
                verification.prefix, verification.chain, verification.version
            ),
            Self::NotRepaired { step, .. } => format!("the repair failed at `{step}` and was rolled back"),
            Self::MissingSchema { prefix } => format!("schema `{prefix}` does not exist, and creating it is disabled"),
            Self::MissingExtension { extension, version } => {
                format!("extension `{extension}`, which {version} creates, is not available on this server")
            }
            Self::ServerTooOld { version, word, needs, server } => {
                format!("{version} uses `{word}`, which needs PostgreSQL {needs}; this server is {server}")
            }
            Self::MissingRequirements { chain, missing } => {
                format!("`{chain}` requires what this database does not have: {}", missing.join("; "))
            }
            Self::Privileges { role, missing } => {
                let lacks = |it: &MissingRight| format!("{} on {}", it.right, it.object);
                format!("role `{role}` lacks {}", missing.iter().map(lacks).collect::<Vec<_>>().join("; "))
            }
            Self::Locked { chain, prefix, waited, .. } => {
                format!("another run of `{chain}` in schema `{prefix}` has not finished within {waited:?}")
            }
            Self::NoBaseline { chain, why } => format!("`{chain}` has no baseline: {why}"),
            Self::NothingToFold { chain } => format!("`{chain}` has no baseline at V0, which is empty"),
            Self::Irreversible { version, why } => format!("{version} is irreversible: {why}"),
            Self::Isolation => {
                "the given transaction is not READ COMMITTED: it would not see what other runs commit".to_owned()
            }
            Self::ReplicationRole { role } => format!(
                "`session_replication_role` is `{role}` in this session: triggers and foreign keys would not be enforced"
            ),
            Self::DataLoss { version, holding, reverted: None } => {
                format!("going down would drop data, first in {version}: {}", holding.join(", "))
            }
            Self::DataLoss { version, holding, .. } => {
                format!("the down of {version} would drop data and was rolled back: {}", holding.join(", "))
            }
            Self::NotCounted { version, table, .. } => format!(
                "could not count the rows of table `{table}` that the down of {version} would lose; nothing was done"
            ),
            Self::OpenPath { chain, open } => open_path::message(chain, open),
            Self::Edited { chain, prefix, edits } => {
                let versions = edits.iter().map(|Edit { version, .. }| version.to_string()).collect::<Vec<_>>();
                format!(
                    "{} of `{chain}` in schema `{prefix}` was edited after it had been applied, or two versions share its \
                     number",
                    versions.join(", ")
                )
            }
            Self::HostTriggers { .. } => fired::MESSAGE.to_owned(),
            Self::Dependents { .. } => dependent::MESSAGE.to_owned(),
            Self::TooManyLocks { version, needed, held, .. } => format!(
                "the uninstall of {version} needs about {needed} locks, and {held} are held: more than the server has room for"
            ),
            Self::Unfilled { version, table, column } => format!(
                "the down of {version} brings back column `{table}.{column}`, which is not_null without a default, but table \
                 `{table}` has rows"
            ),
            Self::Unknown { version, direction, .. } => match direction {
                Direction::Up => format!("the connection ended while {version} was running"),
                Direction::Down => format!("the connection ended while the down of {version} was running"),
            },
            Self::NotInTransaction { version, step } => {
                format!("{version} cannot run in a transaction: `{step}` has to be committed on its own")
            }
            Self::Failed(failed) => failed.to_string(),
            Self::Connection(error) => cause::of(error).what,
        }
    }
}
