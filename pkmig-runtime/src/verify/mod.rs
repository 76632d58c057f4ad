//! Whether a live schema is what the model says: both sides as PostgreSQL prints them, and what differs.
//!
//! `catalog` reads a schema generically, by one query for all kinds of object; `canonical` knows which texts of
//! PostgreSQL's mean the same; `compare` finds what differs. How the expected side is made is the migrator's work:
//! [`Migrator::verify`](crate::Migrator::verify).

mod canonical;
mod catalog;
mod compare;
mod fit;
mod names;
mod privilege;

use std::fmt;

use pkmig_schema::{Grant, Version};

use crate::Prefix;
pub use catalog::{Catalog, Own};
pub use compare::compare;
pub(crate) use fit::Stages;
pub(crate) use names::{Found, Holder};
use pkmig_sql::shown;

/// What a comparison of an install with the model of its version has shown.
#[derive(Debug, Clone)]
pub struct Verification {
    /// The chain's name.
    pub chain: &'static str,
    /// The prefix.
    pub prefix: Prefix,
    /// The stamped version, whose model the install was compared with.
    pub version: Version,
    /// All that differs: what stands in or on tables first, table by table.
    pub differences: Vec<Difference>,
    /// The running role.
    pub role: String,
    /// What of it belongs to another role than the running one.
    pub owners: Vec<OtherOwner>,
}

/// A table, view or function of an install that belongs to another role than the running one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherOwner {
    /// The object.
    pub object: Object,
    /// Its owner.
    pub owner: String,
    /// Whether the running role is a member of the owner, or the owner was named as trusted. A run touches nothing else.
    pub trusted: bool,
}

impl Verification {
    /// Whether everything that the version declares is there as declared. What is there beside it does not count.
    pub fn is_clean(&self) -> bool {
        self.drift().next().is_none()
    }

    /// What belongs to a role that is not trusted: a run would refuse to touch it.
    pub fn untrusted(&self) -> impl Iterator<Item = &OtherOwner> {
        self.owners.iter().filter(|other| !other.trusted)
    }

    /// What is missing or not as declared.
    pub fn drift(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.kind != DifferenceKind::Extra)
    }

    /// What the version does not know: the host application's own, mostly.
    pub fn extras(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.kind == DifferenceKind::Extra)
    }
}

/// An object that is not as the model says. Displayed in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The object.
    pub object: Object,
    /// What is the matter with it.
    pub kind: DifferenceKind,
}

/// How an object differs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// It is declared and not there. What stands on a missing table is not listed.
    Missing,
    /// It is there and not declared. What stands on an extra table is not listed.
    Extra,
    /// It is there, and a property of it is another one.
    Different {
        /// The property, in PostgreSQL's words: `type`, `default`, `definition`, `labels`, `body`, …
        what: String,
        /// What is declared, as PostgreSQL prints it, with `@.` for the prefix; none where nothing is.
        expected: Option<String>,
        /// What is there.
        found: Option<String>,
    },
}

/// An object of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its kind.
    pub kind: ObjectKind,
    /// The table that it belongs to.
    pub table: Option<String>,
    /// Its name; a function's with the types of its arguments; of privileges, which ones, and whose: `select to app`.
    pub name: String,
    /// Of privileges that the version declares: what grants them.
    pub grant: Option<Grant>,
}

/// The kinds of object that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// An extension, which belongs to the database.
    Extension,
    /// An enum type.
    Enum,
    /// A domain.
    Domain,
    /// A function or procedure.
    Function,
    /// A table.
    Table,
    /// A foreign table.
    ForeignTable,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A column of a table.
    Column,
    /// A constraint of a table.
    Constraint,
    /// An index that backs no constraint.
    Index,
    /// A trigger.
    Trigger,
    /// A policy of row level security.
    Policy,
    /// A sequence.
    Sequence,
    /// Privileges of a role on a table, a function or the schema.
    Privilege,
}

impl ObjectKind {
    /// All of them, with PostgreSQL's words.
    pub(crate) const ALL: [(Self, &'static str); 15] = [
        (Self::Extension, "extension"),
        (Self::Enum, "enum"),
        (Self::Domain, "domain"),
        (Self::Function, "function"),
        (Self::Table, "table"),
        (Self::ForeignTable, "foreign table"),
        (Self::View, "view"),
        (Self::MaterializedView, "materialized view"),
        (Self::Column, "column"),
        (Self::Constraint, "constraint"),
        (Self::Index, "index"),
        (Self::Trigger, "trigger"),
        (Self::Policy, "policy"),
        (Self::Sequence, "sequence"),
        (Self::Privilege, "privilege"),
    ];

    /// Whether two tables can each have one of the same name.
    fn is_named_within_its_table(self) -> bool {
        matches!(self, Self::Column | Self::Constraint | Self::Trigger | Self::Policy)
    }

    /// Whether other objects stand on it.
    fn is_relation(self) -> bool {
        matches!(self, Self::Table | Self::ForeignTable | Self::View | Self::MaterializedView)
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(kind, _)| kind == self).map_or("object", |(_, word)| word);
        f.write_str(word)
    }
}

impl Object {
    /// Of any kind but privileges.
    pub fn new(kind: ObjectKind, table: Option<String>, name: String) -> Self {
        Self { kind, table, name, grant: None }
    }

    /// The table that it is shown with: its own name, if it is one.
    pub fn group(&self) -> Option<&str> {
        if self.kind.is_relation() { Some(&self.name) } else { self.table.as_deref() }
    }
}

/// ``column `title` of table `notes` ``
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, shown::line(&self.name))?;
        self.table.iter().try_for_each(|table| write!(f, " of table `{}`", shown::line(table)))
    }
}

/// ``missing: index `notes_title_idx` of table `notes` ``
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.word(), self.object)?;
        self.kind.details().map_or(Ok(()), |details| write!(f, ": {details}"))
    }
}

impl DifferenceKind {
    /// `missing`, `extra` or `different`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Different { .. } => "different",
        }
    }

    /// `type: expected text, found integer`, in one line.
    pub fn details(&self) -> Option<String> {
        let Self::Different { what, expected, found } = self else { return None };
        let (expected, found) = excerpts(expected.as_deref().unwrap_or("none"), found.as_deref().unwrap_or("none"));
        Some(format!("{what}: expected {expected}, found {found}"))
    }
}

/// The longest text that is shown whole.
const LONG: usize = 120;

/// Two texts in one line each; long ones from a little before the place where they part.
fn excerpts(one: &str, two: &str) -> (String, String) {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = (line(one), line(two));
    // What differs may be the white space itself.
    let (one, two) = if lines.0 == lines.1 { (format!("{one:?}"), format!("{two:?}")) } else { lines };
    let common = one.chars().zip(two.chars()).take_while(|(one, two)| one == two).count();
    let skipped = if one.len().max(two.len()) > LONG { common.saturating_sub(LONG / 4) } else { 0 };
    let excerpt = |text: &str| {
        let part: String = text.chars().skip(skipped).take(LONG).collect();
        let (before, rest) = (skipped > 0, text.chars().nth(skipped + LONG).is_some());
        let part = shown::line(&part);
        format!("{}{part}{}", if before { "..." } else { "" }, if rest { "..." } else { "" })
    };
    (excerpt(&one), excerpt(&two))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_reads_in_one_line() {
        let object = Object::new(ObjectKind::Column, Some("t".into()), "c".into());
        let missing = Difference { object: object.clone(), kind: DifferenceKind::Missing };
        assert_eq!(missing.to_string(), "missing: column `c` of table `t`");
        let kind = DifferenceKind::Different { what: "default".into(), expected: Some("now()".into()), found: None };
        let different = Difference { object, kind };
        assert_eq!(different.to_string(), "different: column `c` of table `t`: default: expected now(), found none");
    }

    #[test]
    fn long_texts_are_shown_where_they_part() {
        assert_eq!(excerpts("a\n  b", "a c"), ("a b".into(), "a c".into()));
        assert_eq!(excerpts("a b", "a  b"), ("\"a b\"".into(), "\"a  b\"".into()));
        let (one, two) = excerpts(&("é".repeat(200) + "1"), &("é".repeat(200) + "2" + &"x".repeat(200)));
        assert_eq!(one, format!("...{}1", "é".repeat(30)));
        assert!(two.starts_with(&format!("...{}2x", "é".repeat(30))) && two.ends_with("x..."), "{two}");
    }
}
