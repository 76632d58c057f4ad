//! What a schema holds, as PostgreSQL prints it.

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::ObjectKind;
use sqlx::{PgConnection, Row};

use super::CatalogObject;
use super::privilege::Grants;
use super::property::{Property, PropertyValue, parts, unknown};
use crate::pinned;
use pkmig_sql::{ident, literal};

/// The objects of a schema with their properties.
#[derive(Debug, Default, PartialEq)]
pub struct Catalog {
    /// By what they are known by.
    pub(super) entries: BTreeMap<CatalogObject, Entry>,
    /// What has been granted on them.
    pub(super) grants: Grants,
}

#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) object: CatalogObject,
    pub(super) properties: BTreeMap<Property, PropertyValue>,
}

impl Catalog {
    /// Reads a schema. The `own` names of schemas are written `@.` in it, so that the objects of two schemas compare.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn read(schema: &str, own: &Own, connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let sql = include_str!("catalog.sql").replace("{schema}", &literal(schema));
        let mut catalog = Self::default();
        for row in pinned::rows(&sql, connection).await? {
            let (kind, what): (&str, &str) = (row.try_get("kind")?, row.try_get("what")?);
            let object = CatalogObject {
                kind: ObjectKind::of_word(kind).ok_or_else(|| unknown("kind of object", kind))?,
                of: row.try_get("of")?,
                name: row.try_get("name")?,
                signature: row.try_get::<Option<&str>, _>("signature")?.map(|signature| own.anonymous(signature)),
            };
            match what {
                "privileges" | "owner privileges" => {
                    let owner = what == "owner privileges";
                    catalog.grants.add(&object, row.try_get("value")?, parts(&row)?, owner);
                }
                _ => {
                    let property = Property::of_word(what).ok_or_else(|| unknown("property", what))?;
                    catalog.add(object, property, property.value(&row, |text| own.anonymous(text))?);
                }
            }
        }
        Ok(catalog)
    }

    /// Without the privileges: for who compares all there are, not only those of objects that a version speaks of.
    #[cfg(feature = "rehearsal")]
    pub fn without_privileges(self) -> Self {
        Self { grants: Grants::default(), ..self }
    }

    /// Takes away the comments of objects that are not to have any: an event trigger may have commented on them.
    pub(crate) fn keep_comments(&mut self, declared: impl Fn(&CatalogObject) -> bool) {
        for entry in self.entries.values_mut().filter(|entry| !declared(&entry.object)) {
            entry.properties.remove(&Property::Comment);
        }
    }

    /// The names of what it holds.
    pub(crate) fn names(&self) -> BTreeSet<CatalogObject> {
        self.entries.values().map(|entry| entry.object.by_name()).collect()
    }

    pub(super) fn add(&mut self, object: CatalogObject, property: Property, value: PropertyValue) {
        let entry = self.entries.entry(object.clone().identity());
        entry.or_insert_with(|| Entry { object, properties: BTreeMap::new() }).properties.insert(property, value);
    }
}

/// The names of the schemas whose objects are to compare, as they stand in SQL before a name.
#[derive(Debug)]
pub struct Own {
    /// The longest first.
    qualifiers: Vec<String>,
}

impl Own {
    /// Of these schemas.
    pub fn new(schemas: &[&str]) -> Self {
        let mut qualifiers: Vec<_> = schemas.iter().flat_map(|schema| qualifiers(schema)).collect();
        qualifiers.sort_by_key(|qualifier| (std::cmp::Reverse(qualifier.len()), qualifier.clone()));
        qualifiers.dedup();
        Self { qualifiers }
    }

    /// The text with `@.` for these schemas.
    fn anonymous(&self, text: &str) -> String {
        if self.qualifiers.is_empty() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let begins =
                !out.ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '$' | '"' | '.'));
            let found = self.qualifiers.iter().find(|qualifier| begins && rest.starts_with(qualifier.as_str()));
            match found {
                Some(_) => out.push_str("@."),
                None => out.push(c),
            }
            rest = &rest[found.map_or(c.len_utf8(), String::len)..];
        }
        out
    }
}

/// A schema's name before a dot, quoted and bare; in a literal its quotes are doubled, and its backslashes may be.
fn qualifiers(schema: &str) -> Vec<String> {
    let bare = schema.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && schema.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    let names = [Some(ident(schema)), bare.then(|| schema.to_owned())];
    let mut qualifiers = Vec::new();
    for mut name in names.into_iter().flatten() {
        // A name stands in three literals, one in the other, at the most.
        for _ in 0..=3 {
            qualifiers.push(format!("{name}."));
            qualifiers.push(format!("{}.", name.replace('\\', "\\\\")));
            name = name.replace('\'', "''");
        }
    }
    qualifiers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schemas_name_is_found_wherever_a_name_may_stand() {
        let own = Own::new(&["My-Schema", "pkmig_verify_1"]);
        for (text, expected) in [
            ("nextval('\"My-Schema\".s'::regclass)", "nextval('@.s'::regclass)"),
            ("REFERENCES pkmig_verify_1.t(id)", "REFERENCES @.t(id)"),
            ("SELECT \"pkmig_verify_1\".\"t\"", "SELECT @.\"t\""),
            ("xpkmig_verify_1.t", "xpkmig_verify_1.t"),
            ("a.pkmig_verify_1.t", "a.pkmig_verify_1.t"),
            ("My-Schema.t", "My-Schema.t"),
        ] {
            assert_eq!(own.anonymous(text), expected);
        }
    }

    #[test]
    fn quotes_in_it_are_doubled_in_literals() {
        let own = Own::new(&["a'b\"c\\d"]);
        for text in [
            "\"a'b\"\"c\\d\".t",
            "'\"a''b\"\"c\\d\".t'",
            "E'\"a''b\"\"c\\\\d\".t'",
            "'EXECUTE ''\"a''''b\"\"c\\d\".t'''",
        ] {
            let found = own.anonymous(text);
            assert!(found.contains("@.t") && !found.contains('b'), "{text}: {found}");
        }
    }
}
