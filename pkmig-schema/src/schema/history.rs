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
    /// An index.
    Index,
    /// An enum type.
    Enum,
    /// A sequence.
    Sequence,
    /// A function.
    Function,
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Dropped(Version),
    Renamed(Name, Version),
}

/// The last thing that happened to each name which is gone. Objects that belong to no table stand under their own name.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    fates: BTreeMap<(Kind, Name, Name), Fate>,
}

impl History {
    pub(super) fn dropped(&mut self, kind: Kind, table: Name, name: Name, version: Version) {
        self.fates.insert((kind, table, name), Fate::Dropped(version));
    }

    pub(super) fn renamed(&mut self, kind: Kind, table: Name, from: Name, to: Name, version: Version) {
        if kind == Kind::Table {
            self.follow_table(from, to);
        }
        self.fates.insert((kind, table, from), Fate::Renamed(to, version));
    }

    /// What a table has lost is remembered under the table's new name.
    fn follow_table(&mut self, from: Name, to: Name) {
        for kind in [Kind::Column, Kind::Constraint] {
            let lost = self.fates.extract_if((kind, from, "")..=(kind, from, "\u{10ffff}"), |_, _| true);
            let moved: Vec<_> = lost.map(|((_, _, name), fate)| ((kind, to, name), fate)).collect();
            self.fates.extend(moved);
        }
    }

    /// The end of a sentence that says `name` is not there: empty where it never was.
    pub(crate) fn fate(&self, kind: Kind, table: Name, name: Name) -> String {
        match self.fates.get(&(kind, table, name)) {
            Some(Fate::Dropped(version)) => format!(": it was dropped in {version}"),
            Some(Fate::Renamed(to, version)) => format!(": it was renamed to `{to}` in {version}"),
            None => String::new(),
        }
    }
}
