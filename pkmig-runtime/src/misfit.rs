//! Why a run does not begin: what the schema holds does not match the recorded version.

use std::fmt;

use pkmig_schema::{ObjectKind, Version};

use crate::Prefix;
use pkmig_sql::shown;

/// The schema does not match the recorded version, or holds objects that are not the chain's. Nothing was done.
#[derive(Debug, Clone)]
pub struct Misfit {
    /// The chain's name.
    pub chain: &'static str,
    /// The prefix.
    pub prefix: Prefix,
    /// The table whose comment holds the version.
    pub tracked_by: &'static str,
    /// Its comment, where it has one.
    pub stamp: Option<String>,
    /// The recorded version; `V0` if there is none.
    pub stamped: Version,
    /// What does not match.
    pub kind: MisfitKind,
    /// The evidence, in lines.
    pub evidence: Vec<String>,
}

/// What does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MisfitKind {
    /// The tracking table exists, but no version is recorded.
    Unstamped {
        /// The version that comes closest by the names.
        closest: Version,
    },
    /// The schema looks like a later version than the recorded one and the one after it.
    Behind {
        /// That version.
        like: Version,
    },
    /// Nothing that the recorded version declares exists except the tracking table.
    NotItsStamp,
    /// The schema may also be another version, and continuing from the recorded one would drop or overwrite data.
    Undecided {
        /// The other version.
        rival: Version,
        /// The tables and columns, with how many rows hold values.
        holding: Vec<String>,
    },
    /// Tables exist that the run would create.
    Taken {
        /// These tables.
        tables: Vec<Taken>,
    },
    /// Objects that the run would call, write or take over belong to an untrusted role, or are not ordinary tables.
    Untrusted {
        /// The running role.
        role: String,
        /// These tables, views and functions.
        tables: Vec<Taken>,
    },
    /// The run would drop data that the recorded version does not declare.
    Undeclared {
        /// The tables and columns, with how many rows hold values.
        holding: Vec<String>,
    },
}

/// An existing table, view or function with a name that a version creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its name.
    pub table: String,
    /// What it is.
    pub kind: ObjectKind,
    /// Its owner.
    pub owner: String,
    /// Whether that is the running role, a role that it is a member of, or one that was named as trusted.
    pub trusted: bool,
    /// The version that creates a table of that name.
    pub version: Version,
}

impl MisfitKind {
    /// A word for it: `unstamped`, `behind`, `not_its_stamp`, `undecided`, `taken`, `untrusted` or `undeclared`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unstamped { .. } => "unstamped",
            Self::Behind { .. } => "behind",
            Self::NotItsStamp => "not_its_stamp",
            Self::Undecided { .. } => "undecided",
            Self::Taken { .. } => "taken",
            Self::Untrusted { .. } => "untrusted",
            Self::Undeclared { .. } => "undeclared",
        }
    }

    /// The objects concerned.
    pub fn tables(&self) -> &[Taken] {
        match self {
            Self::Taken { tables } | Self::Untrusted { tables, .. } => tables,
            _ => &[],
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names from the database are in it, and they may hold anything.
        f.write_str(&shown::line(&self.what()))
    }
}

impl Misfit {
    /// The message.
    fn what(&self) -> String {
        let Self { chain, prefix, tracked_by, stamped, kind, .. } = self;
        let place = format!("`{chain}` in schema `{prefix}`");
        match kind {
            MisfitKind::Unstamped { closest } => format!(
                "table `{tracked_by}` exists in schema `{prefix}` without the comment that holds the version of `{chain}`; the schema \
                 comes closest to {closest}"
            ),
            MisfitKind::Behind { like } => {
                format!("{place} is recorded at {stamped}, but the schema looks like {like}")
            }
            MisfitKind::NotItsStamp => format!(
                "the comment of table `{tracked_by}` in schema `{prefix}` says {stamped}, but no other table that {stamped} of `{chain}` \
                 declares exists: the comment may belong to another program"
            ),
            MisfitKind::Undecided { rival, holding } => format!(
                "{place} is recorded at {stamped}, but may as well be {rival}, which has the same names; continuing from \
                 {stamped} would drop or overwrite {}",
                holding.join(", ")
            ),
            MisfitKind::Taken { tables } => format!(
                "schema `{prefix}` already has objects that `{chain}` would create: {}",
                listed(tables, |it| format!("{} `{}` of role `{}` ({})", it.kind, it.table, it.owner, it.version))
            ),
            MisfitKind::Untrusted { role, tables } => format!(
                "{}: {}",
                match tables.iter().all(|it| it.trusted) {
                    true => format!("`{chain}` cannot take over what is in schema `{prefix}`"),
                    false => format!("role `{role}` does not touch what other roles own in schema `{prefix}`"),
                },
                listed(tables, |it| match it.trusted {
                    false => format!(
                        "{} `{}` belongs to role `{}`, of which role `{role}` is not a member",
                        it.kind, it.table, it.owner
                    ),
                    true => format!("`{}` is a {}", it.table, it.kind),
                })
            ),
            MisfitKind::Undeclared { holding } => format!(
                "{place} would drop what {} does not declare: {}",
                if stamped.0 == 0 { "the chain has not created and".to_owned() } else { stamped.to_string() },
                holding.join(", ")
            ),
        }
    }

    /// What to do next.
    pub fn help(&self) -> String {
        let chain = self.chain;
        match &self.kind {
            MisfitKind::Unstamped { .. } => format!(
                "if it is an install of `{chain}`, `adopt` finds its version and records it, or `adopt --at N` if you know it; \
                 if the table belongs to another program, install `{chain}` in another schema"
            ),
            MisfitKind::Behind { .. } => {
                "`heal` finds the version and records it (`heal --dry-run` only shows it), or `heal --at N` if you know it"
                    .to_owned()
            }
            MisfitKind::NotItsStamp => format!(
                "if table `{}` belongs to another program, install `{chain}` in another schema; if the other tables were dropped, \
                 `repair` creates them again",
                self.tracked_by
            ),
            MisfitKind::Undecided { rival, .. } => {
                let (stamped, rival) = (self.stamped.0, rival.0);
                format!(
                    "name the right one: `heal --at {stamped}` or `heal --at {rival}`, which the ledger remembers; without a ledger, \
                     `--allow-data-loss` (`Migrator::allow_data_loss`) continues from {}",
                    self.stamped
                )
            }
            MisfitKind::Taken { tables } => {
                let names = tables.iter().map(|taken| taken.table.as_str()).collect::<Vec<_>>().join(",");
                let adopt = match self.stamped.0 {
                    0 => "; if they are from an earlier install of the chain, `repair --at N` adds what is missing and records the version",
                    _ => "; if the recorded version is wrong, `heal` finds the right one",
                };
                format!(
                    "rename them, or install `{chain}` in another schema; to take over tables that are as it declares them, use \
                     `--take-over {names}` (`Migrator::take_over`){adopt}"
                )
            }
            MisfitKind::Untrusted { tables, .. } => {
                let owner = tables.iter().find(|it| !it.trusted).map(|it| it.owner.as_str());
                let run = owner.map(|owner| {
                    format!(
                        "if `{owner}` installed `{chain}`, run as that role (`--as {owner}`), or trust it (`--trust-owner {owner}`, \
                         `Migrator::trust_owners`): its triggers and functions would run with your privileges; "
                    )
                });
                format!(
                    "{}if it belongs to another program, rename it, or install `{chain}` in another schema",
                    run.unwrap_or_default()
                )
            }
            MisfitKind::Undeclared { .. } => {
                "save it under another name first, or allow the loss (`--allow-data-loss`, `Migrator::allow_data_loss`)"
                    .to_owned()
            }
        }
    }
}

impl std::error::Error for Misfit {}

fn listed<T>(all: &[T], text: impl Fn(&T) -> String) -> String {
    all.iter().map(text).collect::<Vec<_>>().join("; ")
}
