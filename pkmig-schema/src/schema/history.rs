//! What became of names: dropped in Vn, renamed to X in Vn.

use std::collections::BTreeMap;

use crate::{Name, ObjectKind, Version};

#[derive(Debug, Clone, Copy)]
struct Fate {
    renamed_to: Option<Name>,
    version: Version,
    /// Counts up through the whole history.
    moment: usize,
}

/// The last thing that happened to each name which is gone. Objects that belong to no table stand under their own name.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    fates: BTreeMap<(ObjectKind, Name, Name), Fate>,
    moments: usize,
}

impl History {
    pub(super) fn dropped(&mut self, kind: ObjectKind, table: Name, name: Name, version: Version) {
        self.record((kind, table, name), None, version);
    }

    pub(super) fn renamed(&mut self, kind: ObjectKind, table: Name, from: Name, to: Name, version: Version) {
        if kind.has_parts() {
            self.follow_relation(from, to);
        }
        self.record((kind, table, from), Some(to), version);
    }

    fn record(&mut self, key: (ObjectKind, Name, Name), renamed_to: Option<Name>, version: Version) {
        self.moments += 1;
        self.fates.insert(key, Fate { renamed_to, version, moment: self.moments });
    }

    /// What a table or view has lost is remembered under its new name.
    fn follow_relation(&mut self, from: Name, to: Name) {
        for kind in ObjectKind::OF_A_TABLE {
            let lost = self.fates.extract_if((kind, from, "")..=(kind, from, "\u{10ffff}"), |_, _| true);
            let moved: Vec<_> = lost.map(|((_, _, name), fate)| ((kind, to, name), fate)).collect();
            self.fates.extend(moved);
        }
    }

    /// The end of a sentence that says `name` is not there: empty where it never was.
    pub(crate) fn fate(&self, kind: ObjectKind, table: Name, name: Name) -> String {
        let (mut name, mut since) = (name, 0);
        let mut steps = Vec::new();
        let of = |name: Name| (kind, if kind.is_of_a_table() { table } else { name }, name);
        while let Some(fate) = self.fates.get(&of(name)).filter(|fate| fate.moment > since) {
            let version = fate.version;
            since = fate.moment;
            match fate.renamed_to {
                Some(to) => {
                    steps.push(format!("renamed to `{to}` in {version}"));
                    name = to;
                }
                None => {
                    steps.push(format!("dropped in {version}"));
                    break;
                }
            }
        }
        if steps.is_empty() { String::new() } else { format!(": it was {}", steps.join(", then ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_followed_through_all_renames() {
        let mut history = History::default();
        history.renamed(ObjectKind::Index, "a", "a", "b", Version(2));
        history.renamed(ObjectKind::Index, "b", "b", "c", Version(3));
        history.dropped(ObjectKind::Index, "c", "c", Version(4));
        let fate = history.fate(ObjectKind::Index, "a", "a");
        assert_eq!(fate, ": it was renamed to `b` in V2, then renamed to `c` in V3, then dropped in V4");
    }

    #[test]
    fn a_name_that_came_back_and_went_again_is_followed_from_its_last_end() {
        let mut history = History::default();
        history.renamed(ObjectKind::Index, "a", "a", "b", Version(2));
        history.renamed(ObjectKind::Index, "b", "b", "a", Version(2));
        history.renamed(ObjectKind::Index, "a", "a", "b", Version(2));
        assert_eq!(history.fate(ObjectKind::Index, "a", "a"), ": it was renamed to `b` in V2");
    }

    #[test]
    fn the_columns_of_a_renamed_table_are_looked_for_in_its_new_name() {
        let mut history = History::default();
        history.dropped(ObjectKind::Column, "notes", "body", Version(2));
        history.renamed(ObjectKind::Table, "notes", "notes", "letters", Version(3));
        assert_eq!(history.fate(ObjectKind::Column, "letters", "body"), ": it was dropped in V2");
        assert_eq!(history.fate(ObjectKind::Column, "notes", "body"), "");
    }
}
