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
mod object;
mod privilege;
mod property;

use std::borrow::Cow;
use std::fmt;

use pkmig_schema::{Grant, ObjectKind, Version};

use crate::Prefix;
pub use catalog::{Catalog, Own};
pub use compare::compare;
pub(crate) use fit::Stages;
pub(crate) use names::{Found, Holder};
pub use object::CatalogObject;
use pkmig_sql::shown;
pub use property::{Property, PropertyValue, Validity};

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
    pub object: CatalogObject,
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
        self.differences.iter().filter(|difference| !difference.kind.is_extra())
    }

    /// What the version does not know: the host application's own, mostly.
    pub fn extras(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.kind.is_extra())
    }
}

/// An object that is not as the model says. Displayed in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The object.
    pub object: CatalogObject,
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
        /// The property.
        property: Property,
        /// What is declared; none where nothing is.
        expected: Option<PropertyValue>,
        /// What is there.
        found: Option<PropertyValue>,
    },
    /// A role has not all the privileges on it that are declared.
    NotGranted {
        /// What it lacks, in PostgreSQL's words.
        privileges: Vec<String>,
        /// The role, or `public`.
        role: String,
        /// What grants them, if it is a version that declares them.
        grant: Option<Grant>,
    },
    /// A role has privileges on it that are not declared.
    Granted {
        /// What it has beyond the declared ones, in PostgreSQL's words.
        privileges: Vec<String>,
        /// The role, or `public`.
        role: String,
    },
}

impl Difference {
    /// What differs, in a word: the object's kind, or `privilege`.
    pub fn kind_of_object(&self) -> &'static str {
        self.object_kind().map_or("privilege", ObjectKind::word)
    }

    /// The kind of the object, if it is itself what differs.
    fn object_kind(&self) -> Option<ObjectKind> {
        self.kind.privileges().is_none().then_some(self.object.kind)
    }

    /// The table that what differs belongs to.
    pub fn table(&self) -> Option<&str> {
        match self.object_kind() {
            Some(_) => self.object.of.as_deref(),
            None => self.object.group(),
        }
    }

    /// The object's name; of privileges, which ones, and whose: `select to app`.
    pub fn name(&self) -> Cow<'_, str> {
        let Some((privileges, role)) = self.kind.privileges() else { return self.object.full_name().into() };
        let tail = match self.object.kind {
            ObjectKind::Schema => " on the schema".to_owned(),
            ObjectKind::Function => format!(" on function {}", self.object.full_name()),
            _ => String::new(),
        };
        format!("{} to {role}{tail}", privileges.join(", ")).into()
    }
}

/// ``missing: index `notes_title_idx` of table `notes` ``
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.kind.word())?;
        object::write(f, self.kind_of_object(), &self.name(), self.table())?;
        self.kind.details().map_or(Ok(()), |details| write!(f, ": {details}"))
    }
}

impl DifferenceKind {
    /// `missing`, `extra` or `different`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing | Self::NotGranted { .. } => "missing",
            Self::Extra | Self::Granted { .. } => "extra",
            Self::Different { .. } => "different",
        }
    }

    /// Whether it is there and not declared.
    pub fn is_extra(&self) -> bool {
        matches!(self, Self::Extra | Self::Granted { .. })
    }

    /// The privileges that it is about, and whose they are.
    fn privileges(&self) -> Option<(&[String], &str)> {
        match self {
            Self::NotGranted { privileges, role, .. } | Self::Granted { privileges, role } => Some((privileges, role)),
            _ => None,
        }
    }

    /// `type: expected text, found integer`, in one line.
    pub fn details(&self) -> Option<String> {
        let Self::Different { property, expected, found } = self else { return None };
        let text =
            |value: &Option<PropertyValue>| value.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        let (expected, found) = excerpts(&text(expected), &text(found));
        Some(format!("{property}: expected {expected}, found {found}"))
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
        let object = CatalogObject::new(ObjectKind::Column, Some("t".into()), "c".into());
        let missing = Difference { object: object.clone(), kind: DifferenceKind::Missing };
        assert_eq!(missing.to_string(), "missing: column `c` of table `t`");
        let expected = Some(PropertyValue::Text("now()".into()));
        let kind = DifferenceKind::Different { property: Property::Default, expected, found: None };
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
