//! `verify`: what differs between an install and the model of its version.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use super::Subject;
use super::database::{Database, Place};
use super::error::Failure;
use super::ledger;
use pkmig_runtime::verify::{Difference, DifferenceKind, OtherOwner, PropertyValue, Verification};
use pkmig_sql::shown;

/// Shows what differs. It fails if something is missing or not as declared, but not for what is extra.
pub(super) async fn verify(subject: &Subject, place: &Place<'_>, json: bool) -> Result<(), Failure> {
    let (mut connection, _, url) = place.connect().await?.parts();
    let failure = |error| Database::failure(&url, error);
    let verified = subject.migrator.verify(&mut connection).await.map_err(failure)?;
    let known = subject.migrator.ledger(&mut connection).await.map_err(failure)?;
    let notes = ledger::notes(&known, subject.chain).iter().map(|note| format!("{note}\n")).collect::<String>();
    match json {
        true => place.output.json(&Report::new(&verified, ledger::edited(&known, subject.chain)))?,
        false => place.output.print(&(shown(&verified) + &notes))?,
    }
    match verified.drift().count() {
        0 if verified.untrusted().next().is_some() => Err(Failure::Untrusted { program: place.program.clone() }),
        0 => Ok(()),
        count => Err(Failure::Drift { version: verified.version, count, program: place.program.clone() }),
    }
}

/// A line for each difference under its table, and a line that sums them up.
pub(super) fn shown(verified: &Verification) -> String {
    let Verification { chain, prefix, version, differences, owners, .. } = verified;
    let (drift, extras) = (verified.drift().count(), verified.extras().count());
    let mut text = format!("{chain} in schema {prefix}, {version}: ");
    let _ = match (drift, extras) {
        (0, 0) => writeln!(text, "as declared"),
        (0, extras) => writeln!(text, "as declared; {extras} not declared"),
        (drift, 0) => writeln!(text, "{}", differing(drift)),
        (drift, extras) => writeln!(text, "{}; {extras} not declared", differing(drift)),
    };
    let mut group = None;
    for difference in differences {
        let of = difference.object.group();
        if group != Some(of) {
            let _ = writeln!(
                text,
                "\n{}",
                of.map_or_else(|| "not part of a table".to_owned(), |table| format!("table {table}"))
            );
            group = Some(of);
        }
        let _ = writeln!(text, "    {}", line(difference));
    }
    if !owners.is_empty() {
        text.push_str("\nowned by other roles\n");
    }
    for OtherOwner { object, owner, trusted } in owners {
        let how = if *trusted { "trusted" } else { "untrusted" };
        let _ = writeln!(
            text,
            "    {how:<9}  {} {}: owned by {}",
            object.kind,
            shown::line(&object.name),
            shown::line(owner)
        );
    }
    text
}

/// `different  column body: type: expected text, found integer`
fn line(difference: &Difference) -> String {
    let details = difference.kind.details().map(|details| format!(": {details}")).unwrap_or_default();
    let (kind, name) = (difference.kind_of_object(), difference.name());
    format!("{:<9}  {kind} {}{details}", difference.kind.word(), shown::line(&name))
}

/// `1 difference`, `2 differences`.
pub(super) fn differing(count: usize) -> String {
    if count == 1 { "1 difference".to_owned() } else { format!("{count} differences") }
}

/// What the comparison has shown.
#[derive(Debug, Serialize)]
struct Report<'a> {
    chain: &'static str,
    prefix: &'a str,
    version: u32,
    clean: bool,
    edited: Vec<u32>,
    differences: Vec<DifferenceReport<'a>>,
    owners: Vec<OwnerReport<'a>>,
}

#[derive(Debug, Serialize)]
struct OwnerReport<'a> {
    kind: &'static str,
    name: &'a str,
    owner: &'a str,
    trusted: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct DifferenceReport<'a> {
    difference: &'static str,
    kind: &'static str,
    table: Option<&'a str>,
    name: Cow<'a, str>,
    what: Option<&'static str>,
    expected: Option<String>,
    found: Option<String>,
}

impl<'a> Report<'a> {
    fn new(verified: &'a Verification, edited: Vec<u32>) -> Self {
        Self {
            chain: verified.chain,
            prefix: verified.prefix.as_str(),
            version: verified.version.0,
            clean: verified.is_clean(),
            edited,
            differences: DifferenceReport::all(verified),
            owners: verified.owners.iter().map(OwnerReport::new).collect(),
        }
    }
}

impl<'a> OwnerReport<'a> {
    fn new(other: &'a OtherOwner) -> Self {
        let OtherOwner { object, owner, trusted } = other;
        Self { kind: object.kind.word(), name: &object.name, owner, trusted: *trusted }
    }
}

impl<'a> DifferenceReport<'a> {
    pub(super) fn all(verified: &'a Verification) -> Vec<Self> {
        verified.differences.iter().map(Self::new).collect()
    }

    fn new(difference: &'a Difference) -> Self {
        let (what, expected, found) = match &difference.kind {
            DifferenceKind::Different { property, expected, found } => {
                let text = |value: &Option<PropertyValue>| value.as_ref().map(ToString::to_string);
                (Some(property.word()), text(expected), text(found))
            }
            _ => (None, None, None),
        };
        Self {
            difference: difference.kind.word(),
            kind: difference.kind_of_object(),
            table: difference.table(),
            name: difference.name(),
            what,
            expected,
            found,
        }
    }
}

#[cfg(test)]
mod tests {
    use pkmig_schema::{ObjectKind, Version};

    use super::*;
    use pkmig_runtime::Prefix;
    use pkmig_runtime::verify::{CatalogObject, Property};

    fn difference(kind: ObjectKind, table: Option<&str>, name: &str, what: DifferenceKind) -> Difference {
        Difference { object: CatalogObject::new(kind, table.map(str::to_owned), name.to_owned()), kind: what }
    }

    fn verification(differences: Vec<Difference>) -> Verification {
        Verification {
            chain: "notes",
            prefix: Prefix::default(),
            version: Version(3),
            differences,
            role: "app".to_owned(),
            owners: Vec::new(),
        }
    }

    #[test]
    fn differences_are_listed_by_table() {
        let expected = Some(PropertyValue::Text("text".to_owned()));
        let other = DifferenceKind::Different { property: Property::Type, expected, found: None };
        let verified = verification(vec![
            difference(ObjectKind::Index, Some("notes"), "notes_idx", DifferenceKind::Missing),
            difference(ObjectKind::Column, Some("notes"), "body", other),
            difference(ObjectKind::Table, None, "theirs", DifferenceKind::Extra),
            difference(ObjectKind::Function, None, "touch()", DifferenceKind::Missing),
        ]);
        let expected = "notes in schema public, V3: 3 differences; 1 not declared\n\n\
            table notes\n    missing    index notes_idx\n    different  column body: type: expected text, found none\n\n\
            table theirs\n    extra      table theirs\n\n\
            not part of a table\n    missing    function touch()\n";
        assert_eq!(shown(&verified), expected);
    }

    #[test]
    fn nothing_to_tell_is_one_line() {
        assert_eq!(shown(&verification(Vec::new())), "notes in schema public, V3: as declared\n");
        let extra = difference(ObjectKind::Column, Some("notes"), "a", DifferenceKind::Extra);
        let expected = "notes in schema public, V3: as declared; 1 not declared\n\n\
            table notes\n    extra      column a\n";
        assert_eq!(shown(&verification(vec![extra])), expected);
    }

    fn mallorys(kind: ObjectKind, name: &str) -> OtherOwner {
        let object = CatalogObject::new(kind, None, name.to_owned());
        OtherOwner { object, owner: "mallory".to_owned(), trusted: false }
    }

    #[test]
    fn other_owners_are_listed_by_themselves() {
        let mut verified = verification(Vec::new());
        verified.owners = vec![mallorys(ObjectKind::Table, "notes"), mallorys(ObjectKind::Function, "touch")];
        verified.owners[1].trusted = true;
        let expected = "notes in schema public, V3: as declared\n\nowned by other roles\n    \
            untrusted  table notes: owned by mallory\n    trusted    function touch: owned by mallory\n";
        assert_eq!(shown(&verified), expected);
    }

    #[test]
    fn the_json_names_everything() {
        let mut verified = verification(vec![difference(ObjectKind::Sequence, None, "s", DifferenceKind::Extra)]);
        verified.owners.push(mallorys(ObjectKind::Function, "f"));
        let expected = r#"{"chain":"notes","prefix":"public","version":3,"clean":true,"edited":[2],"differences":[{"difference":"extra","kind":"sequence","table":null,"name":"s","what":null,"expected":null,"found":null}],"owners":[{"kind":"function","name":"f","owner":"mallory","trusted":false}]}"#;
        assert_eq!(serde_json::to_string(&Report::new(&verified, vec![2])).unwrap(), expected);
    }
}
