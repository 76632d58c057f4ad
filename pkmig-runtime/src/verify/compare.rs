//! What differs between the catalog that is expected and the one that is found.

use std::collections::BTreeSet;

use pkmig_schema::ObjectKind;

use super::canonical::same;
use super::catalog::{Catalog, Entry};
use super::property::{Property, PropertyValue, Validity};
use super::{CatalogObject, Difference, DifferenceKind};

/// All differences, those of and on a table together.
pub fn compare(expected: &Catalog, found: &Catalog) -> Vec<Difference> {
    let (gone, new) = (relations(expected, found), relations(found, expected));
    let missing = only(expected, found, &gone).map(|object| (object, DifferenceKind::Missing));
    let extra = only(found, expected, &new).map(|object| (object, DifferenceKind::Extra));
    // An index or sequence may be there still, with a table of another name.
    let entries = expected.entries.iter().filter(|(_, entry)| !stands_on(&entry.object, &gone));
    let both = entries.filter_map(|(key, entry)| Some((entry, found.entries.get(key)?)));
    let different = both.flat_map(|(expected, found)| changed(expected, found).map(|kind| (&expected.object, kind)));
    let all = missing.chain(different).chain(extra);
    let mut differences: Vec<_> = all.map(|(object, kind)| Difference { object: object.clone(), kind }).collect();
    differences.extend(
        expected.grants.compare(&found.grants, |on| on.kind == ObjectKind::Schema || found.entries.contains_key(on)),
    );
    // The sort is stable: of one kind of object, what is missing comes first.
    differences.sort_by_cached_key(|difference| {
        let group = difference.object.group().map(str::to_owned);
        (
            group.is_none(),
            group,
            difference.object_kind().is_none(),
            difference.object_kind(),
            difference.name().into_owned(),
        )
    });
    differences
}

/// The names of the tables and views that only one side has.
fn relations<'a>(one: &'a Catalog, other: &Catalog) -> BTreeSet<&'a str> {
    let only =
        one.entries.iter().filter(|(key, entry)| entry.object.kind.has_parts() && !other.entries.contains_key(*key));
    only.map(|(_, entry)| entry.object.name.as_str()).collect()
}

fn stands_on(object: &CatalogObject, relations: &BTreeSet<&str>) -> bool {
    object.of.as_deref().is_some_and(|table| relations.contains(table))
}

/// The objects that only one side has, but for those that stand on these `relations`, which only it has, too.
fn only<'a>(one: &'a Catalog, other: &Catalog, relations: &BTreeSet<&str>) -> impl Iterator<Item = &'a CatalogObject> {
    let objects = one.entries.iter().filter(|(key, _)| !other.entries.contains_key(*key));
    objects.map(|(_, entry)| &entry.object).filter(|object| !stands_on(object, relations))
}

fn changed<'a>(expected: &'a Entry, found: &'a Entry) -> impl Iterator<Item = DifferenceKind> + use<'a> {
    let properties: BTreeSet<_> = expected.properties.keys().chain(found.properties.keys()).copied().collect();
    properties.into_iter().filter_map(|property| {
        let (expected, found) = (expected.properties.get(&property), found.properties.get(&property));
        let differs = is_declared(property, expected) && !is_same(property, expected, found);
        differs.then(|| DifferenceKind::Different { property, expected: expected.cloned(), found: found.cloned() })
    })
}

/// Whether two values say the same of an object.
fn is_same(property: Property, one: Option<&PropertyValue>, two: Option<&PropertyValue>) -> bool {
    match (one, two) {
        (Some(PropertyValue::Text(one)), Some(PropertyValue::Text(two))) => same(property, one, two),
        _ => one == two,
    }
}

/// Whether the version has said it. A host may comment on what nobody has commented on (so the stamp is no difference,
/// either), and validate what was left to be validated.
fn is_declared(property: Property, expected: Option<&PropertyValue>) -> bool {
    match property {
        Property::Comment => expected.is_some(),
        Property::Validity => expected != Some(&PropertyValue::Validity(Validity::NotValid)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(rows: &[(ObjectKind, &str, &str, Property, &str)]) -> Catalog {
        let mut catalog = Catalog::default();
        for &(kind, table, name, property, value) in rows {
            let table = (!table.is_empty()).then(|| table.to_owned());
            let value = match property {
                Property::Validity => PropertyValue::Validity(Validity::of_word(value).unwrap()),
                _ => PropertyValue::Text(value.to_owned()),
            };
            catalog.add(CatalogObject::new(kind, table, name.to_owned()), property, value);
        }
        catalog
    }

    fn shown(expected: &Catalog, found: &Catalog) -> Vec<String> {
        compare(expected, found).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_stands_on_a_table_that_one_side_lacks_is_not_listed() {
        let table = catalog(&[
            (ObjectKind::Table, "", "t", Property::Persistence, "permanent"),
            (ObjectKind::Column, "t", "c", Property::Type, "text"),
            (ObjectKind::Index, "t", "i", Property::Definition, "…"),
        ]);
        assert_eq!(shown(&table, &Catalog::default()), ["missing: table `t`"]);
        assert_eq!(shown(&Catalog::default(), &table), ["extra: table `t`"]);
    }

    #[test]
    fn an_index_on_another_table_is_the_same_index() {
        let on = |table: &str| catalog(&[(ObjectKind::Index, table, "i", Property::Definition, table)]);
        assert_eq!(shown(&on("a"), &on("b")), ["different: index `i` of table `a`: definition: expected a, found b"]);
        let of = |table: &str| catalog(&[(ObjectKind::Column, table, "c", Property::Type, "text")]);
        assert_eq!(shown(&of("a"), &of("b")), ["missing: column `c` of table `a`", "extra: column `c` of table `b`"]);
    }

    #[test]
    fn what_nobody_has_declared_is_no_difference() {
        let with = |comment: &str, validity: &str| {
            let mut rows = vec![(ObjectKind::Constraint, "t", "k", Property::Validity, validity)];
            rows.extend((!comment.is_empty()).then_some((
                ObjectKind::Constraint,
                "t",
                "k",
                Property::Comment,
                comment,
            )));
            catalog(&rows)
        };
        assert_eq!(shown(&with("", "NOT VALID"), &with("a", "valid")), [""; 0]);
        let expected = [
            "different: constraint `k` of table `t`: comment: expected a, found none",
            "different: constraint `k` of table `t`: validity: expected valid, found NOT VALID",
        ];
        assert_eq!(shown(&with("a", "valid"), &with("", "NOT VALID")), expected);
    }
}
