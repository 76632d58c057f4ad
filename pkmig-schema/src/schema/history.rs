//! What became of names: dropped in Vn, renamed to X in Vn.

use std::collections::BTreeMap;

use crate::{Name, Version};

/// The kinds of object whose fate is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A table.
    Table,
    /// A column of a table.
    Column,
    /// A constraint of a table.
    Constraint,
    /// A policy of a table.
    Policy,
    /// An index.
    Index,
    /// An enum type.
    Enum,
    /// A sequence.
    Sequence,
    /// A function.
    Function,
    /// A trigger of a table.
    Trigger,
}

impl Kind {
    /// The kinds that have a name space of their own, and may be meant by `@.name`.
    pub(crate) const OF_THE_SCHEMA: [Self; 5] = [Self::Table, Self::Function, Self::Enum, Self::Sequence, Self::Index];

    /// The kinds whose names are a table's own.
    const OF_A_TABLE: [Self; 4] = [Self::Column, Self::Constraint, Self::Policy, Self::Trigger];

    pub(super) fn is_of_a_table(self) -> bool {
        Self::OF_A_TABLE.contains(&self)
    }
}

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
    fates: BTreeMap<(Kind, Name, Name), Fate>,
    moments: usize,
}

impl History {
    pub(super) fn dropped(&mut self, kind: Kind, table: Name, name: Name, version: Version) {
        self.record((kind, table, name), None, version);
    }

    pub(super) fn renamed(&mut self, kind: Kind, table: Name, from: Name, to: Name, version: Version) {
        if kind == Kind::Table {
            self.follow_table(from, to);
        }
        self.record((kind, table, from), Some(to), version);
    }

    fn record(&mut self, key: (Kind, Name, Name), renamed_to: Option<Name>, version: Version) {
        self.moments += 1;
        self.fates.insert(key, Fate { renamed_to, version, moment: self.moments });
    }

    /// What a table has lost is remembered under the table's new name.
    fn follow_table(&mut self, from: Name, to: Name) {
        for kind in Kind::OF_A_TABLE {
            let lost = self.fates.extract_if((kind, from, "")..=(kind, from, "\u{10ffff}"), |_, _| true);
            let moved: Vec<_> = lost.map(|((_, _, name), fate)| ((kind, to, name), fate)).collect();
            self.fates.extend(moved);
        }
    }

    /// The end of a sentence that says `name` is not there: empty where it never was.
    pub(crate) fn fate(&self, kind: Kind, table: Name, name: Name) -> String {
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
        history.renamed(Kind::Index, "a", "a", "b", Version(2));
        history.renamed(Kind::Index, "b", "b", "c", Version(3));
        history.dropped(Kind::Index, "c", "c", Version(4));
        let fate = history.fate(Kind::Index, "a", "a");
        assert_eq!(fate, ": it was renamed to `b` in V2, then renamed to `c` in V3, then dropped in V4");
    }

    #[test]
    fn a_name_that_came_back_and_went_again_is_followed_from_its_last_end() {
        let mut history = History::default();
        history.renamed(Kind::Index, "a", "a", "b", Version(2));
        history.renamed(Kind::Index, "b", "b", "a", Version(2));
        history.renamed(Kind::Index, "a", "a", "b", Version(2));
        assert_eq!(history.fate(Kind::Index, "a", "a"), ": it was renamed to `b` in V2");
    }

    #[test]
    fn the_columns_of_a_renamed_table_are_looked_for_in_its_new_name() {
        let mut history = History::default();
        history.dropped(Kind::Column, "notes", "body", Version(2));
        history.renamed(Kind::Table, "notes", "notes", "letters", Version(3));
        assert_eq!(history.fate(Kind::Column, "letters", "body"), ": it was dropped in V2");
        assert_eq!(history.fate(Kind::Column, "notes", "body"), "");
    }
}
