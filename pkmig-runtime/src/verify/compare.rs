//! What differs between the catalog that is expected and the one that is found.

use std::collections::BTreeSet;

use super::canonical::same;
use super::catalog::{Catalog, Entry};
use super::{Difference, DifferenceKind, Object};

/// All differences, those of and on a table together.
pub fn compare(expected: &Catalog, found: &Catalog) -> Vec<Difference> {
    let (gone, new) = (relations(expected, found), relations(found, expected));
    let missing = only(expected, found, &gone).map(|object| (object, DifferenceKind::Missing));
    let extra = only(found, expected, &new).map(|object| (object, DifferenceKind::Extra));
    // An index or sequence may be there still, with a table of another name.
    let entries = expected.entries.iter().filter(|(_, entry)| !stands_on(&entry.object, &gone));
    let both = entries.filter_map(|(key, entry)| Some((entry, found.entries.get(key)?)));
    let different = both.flat_map(|(expected, found)| {
        changed(expected, found).into_iter().map(|kind| (&expected.object, kind)).collect::<Vec<_>>()
    });
    let all = missing.chain(different).chain(extra);
    let mut differences: Vec<_> = all.map(|(object, kind)| Difference { object: object.clone(), kind }).collect();
    differences.extend(expected.grants.compare(&found.grants, |on| on.is_in(found)));
    // The sort is stable: of one kind of object, what is missing comes first.
    differences.sort_by_key(|difference| {
        let object = &difference.object;
        (object.group().is_none(), object.group().map(str::to_owned), object.kind, object.name.clone())
    });
    differences
}

/// The names of the tables and views that only one side has.
fn relations<'a>(one: &'a Catalog, other: &Catalog) -> BTreeSet<&'a str> {
    let only =
        one.entries.iter().filter(|(key, entry)| entry.object.kind.is_relation() && !other.entries.contains_key(*key));
    only.map(|(_, entry)| entry.object.name.as_str()).collect()
}

fn stands_on(object: &Object, relations: &BTreeSet<&str>) -> bool {
    object.table.as_deref().is_some_and(|table| relations.contains(table))
}

/// The objects that only one side has, but for those that stand on these `relations`, which only it has, too.
fn only<'a>(one: &'a Catalog, other: &Catalog, relations: &BTreeSet<&str>) -> impl Iterator<Item = &'a Object> {
    let objects = one.entries.iter().filter(|(key, _)| !other.entries.contains_key(*key));
    objects.map(|(_, entry)| &entry.object).filter(|object| !stands_on(object, relations))
}

fn changed(expected: &Entry, found: &Entry) -> Vec<DifferenceKind> {
    let whats: BTreeSet<_> = expected.properties.keys().chain(found.properties.keys()).collect();
    let differ = |what: &&String| {
        let (expected, found) = (text(expected, what), text(found, what));
        is_declared(what, expected) && !same(what, expected, found)
    };
    let kind = |what: &String| DifferenceKind::Different {
        what: what.clone(),
        expected: expected.properties.get(what).cloned(),
        found: found.properties.get(what).cloned(),
    };
    whats.into_iter().filter(differ).map(kind).collect()
}

fn text<'a>(entry: &'a Entry, what: &str) -> Option<&'a str> {
    entry.properties.get(what).map(String::as_str)
}

/// Whether the version has said it. A host may comment on what nobody has commented on (so the stamp is no difference,
/// either), and validate what was left to be validated.
fn is_declared(what: &str, expected: Option<&str>) -> bool {
    match what {
        "comment" => expected.is_some(),
        "validity" => expected != Some("NOT VALID"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::ObjectKind;

    fn catalog(rows: &[(ObjectKind, &str, &str, &str, &str)]) -> Catalog {
        let mut catalog = Catalog::default();
        for &(kind, table, name, what, value) in rows {
            let table = (!table.is_empty()).then(|| table.to_owned());
            catalog.add(Object::new(kind, table, name.to_owned()), what.to_owned(), value.to_owned());
        }
        catalog
    }

    fn shown(expected: &Catalog, found: &Catalog) -> Vec<String> {
        compare(expected, found).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_stands_on_a_table_that_one_side_lacks_is_not_listed() {
        let table = catalog(&[
            (ObjectKind::Table, "", "t", "persistence", "permanent"),
            (ObjectKind::Column, "t", "c", "type", "text"),
            (ObjectKind::Index, "t", "i", "definition", "…"),
        ]);
        assert_eq!(shown(&table, &Catalog::default()), ["missing: table `t`"]);
        assert_eq!(shown(&Catalog::default(), &table), ["extra: table `t`"]);
    }

    #[test]
    fn an_index_on_another_table_is_the_same_index() {
        let on = |table: &str| catalog(&[(ObjectKind::Index, table, "i", "definition", table)]);
        assert_eq!(shown(&on("a"), &on("b")), ["different: index `i` of table `a`: definition: expected a, found b"]);
        let of = |table: &str| catalog(&[(ObjectKind::Column, table, "c", "type", "text")]);
        assert_eq!(shown(&of("a"), &of("b")), ["missing: column `c` of table `a`", "extra: column `c` of table `b`"]);
    }

    #[test]
    fn what_nobody_has_declared_is_no_difference() {
        let with = |comment: &str, validity: &str| {
            let mut rows = vec![(ObjectKind::Constraint, "t", "k", "validity", validity)];
            rows.extend((!comment.is_empty()).then_some((ObjectKind::Constraint, "t", "k", "comment", comment)));
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
