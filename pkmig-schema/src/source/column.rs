//! Columns, and what stands among their attributes.

use std::fmt;

use super::Writer;
use super::words::{serial, ty};
use crate::name::{UNNAMED, literal, written};
use crate::{
    Column, Constraint, ConstraintKind, GeneratorKind, Index, IndexKey, Name, NullsOrder, ReferentialAction, TableRef,
};

/// A column with the constraints and indexes that are written as its attributes.
pub(super) struct Attributed<'a> {
    pub(super) column: &'a Column,
    pub(super) constraints: Vec<&'a Constraint>,
    pub(super) indexes: Vec<&'a Index>,
}

impl Writer {
    /// `name: type` and the attributes.
    pub(super) fn column(self, it: &Attributed<'_>) -> Vec<String> {
        let Attributed { column, constraints, indexes } = it;
        let keys = constraints.iter().take_while(|it| is_key(it)).count();
        let (keys, others) = constraints.split_at(keys);
        let mut words = vec![format!("{}: {}", written(column.name), column_type(column))];
        let implied = column.generator.is_some() || constraints.iter().any(|it| is_primary(it));
        words.extend((column.not_null && !implied).then(|| "not_null".to_owned()));
        words.extend(keys.iter().filter_map(|it| self.attribute(it)));
        words.extend(column.default.iter().map(|value| format!("default({})", self.value(value))));
        words.extend(self.sql_in("generated", column.generated.as_ref()));
        words.extend(others.iter().filter_map(|it| self.attribute(it)));
        words.extend(column.collation.map(|collation| format!("collate({})", literal(collation))));
        words.extend(column.comment.map(|comment| format!("comment({})", literal(comment))));
        words.extend(indexes.iter().map(|it| if it.unique { "unique_index" } else { "index" }.to_owned()));
        words
    }

    /// The word for a constraint that a column can bring along.
    fn attribute(self, constraint: &Constraint) -> Option<String> {
        Some(match &constraint.kind {
            ConstraintKind::PrimaryKey { .. } => "primary_key".to_owned(),
            ConstraintKind::Unique { .. } => "unique".to_owned(),
            ConstraintKind::Check { expression } => format!("check({})", self.sql(expression)),
            ConstraintKind::ForeignKey { table, references, on_delete, on_update, .. } => {
                let mut parts = vec![format!("{}.{}", table, written(references.first()?))];
                parts.extend(action(*on_delete).map(|action| format!("on_delete: {action}")));
                parts.extend(action(*on_update).map(|action| format!("on_update: {action}")));
                parts.extend((constraint.name != UNNAMED).then(|| format!("name: {}", written(constraint.name))));
                format!("references({})", parts.join(", "))
            }
            ConstraintKind::Exclude(_) => return None,
        })
    }
}

fn column_type(column: &Column) -> String {
    match column.generator.as_ref().map(|generator| generator.kind) {
        Some(GeneratorKind::Serial) => serial(&column.ty),
        Some(GeneratorKind::Always) => format!("{} identity(always)", ty(&column.ty)),
        Some(GeneratorKind::ByDefault) => format!("{} identity(by_default)", ty(&column.ty)),
        None => ty(&column.ty),
    }
}

fn is_primary(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::PrimaryKey { .. })
}

fn is_key(constraint: &Constraint) -> bool {
    constraint.kind.key().is_some()
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schema.iter().try_for_each(|schema| write!(f, "{}.", written(schema)))?;
        f.write_str(&written(self.name))
    }
}

/// The word for an action, where it is not the one that goes without saying.
pub(super) fn action(action: ReferentialAction) -> Option<&'static str> {
    let known = ReferentialAction::ALL.iter().find(|(known, ..)| *known == action);
    known.filter(|_| action != ReferentialAction::NoAction).map(|(_, word, _)| *word)
}

/// Spreads constraints over columns, as far as they can be attributes and come back in the same order. The rest stays where it is.
pub(super) fn constraints_at<'a>(
    columns: &[Column],
    all: &'a [Constraint],
) -> (Vec<Vec<&'a Constraint>>, &'a [Constraint]) {
    spread(columns, all, |constraint, so_far| {
        let name = constraint_column(constraint)?;
        let place = columns.iter().position(|column| column.name == name)?;
        let once = is_key(constraint);
        let twice = |known: &&Constraint| is_key(known) && is_primary(known) == is_primary(constraint);
        let fits = !is_primary(constraint) || columns[place].not_null;
        (fits && !(once && so_far[place].iter().any(twice))).then_some(place)
    })
}

/// The column that a constraint can be an attribute of.
fn constraint_column(constraint: &Constraint) -> Option<Name> {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } if constraint.name == UNNAMED => {
            only(columns)
        }
        ConstraintKind::Check { expression } if constraint.name == UNNAMED => {
            let first = expression.idents().next()?;
            expression.idents().all(|name| name == first).then_some(first)
        }
        ConstraintKind::ForeignKey { columns, references, .. } if references.len() == 1 => only(columns),
        _ => None,
    }
}

fn only(columns: &[Name]) -> Option<Name> {
    if let [column] = columns { Some(column) } else { None }
}

/// The same of indexes: those without a name on one column, of which nothing else is said.
pub(super) fn indexes_at<'a>(columns: &[Column], all: &'a [Index]) -> (Vec<Vec<&'a Index>>, &'a [Index]) {
    spread(columns, all, |index, so_far| {
        let plain = plain_column(index).filter(|_| index.name == UNNAMED && index.method == "btree")?;
        let bare = index.include.is_empty() && index.predicate.is_none() && !index.nulls_not_distinct;
        let place = columns.iter().position(|column| column.name == plain)?;
        let twice = so_far[place].iter().any(|known: &&Index| known.unique == index.unique);
        (bare && !twice).then_some(place)
    })
}

/// The column that an index is on, if it is one alone and neither order nor operator class is said.
pub(super) fn plain_column(index: &Index) -> Option<Name> {
    match &*index.columns {
        [key] if key.opclass.is_none() && !key.descending && key.nulls.is_none() => match key.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        },
        _ => None,
    }
}

/// Gives items to columns one after the other until one has no `place`, or one before that of its predecessor.
fn spread<'a, T>(
    columns: &[Column],
    items: &'a [T],
    place: impl Fn(&T, &[Vec<&'a T>]) -> Option<usize>,
) -> (Vec<Vec<&'a T>>, &'a [T]) {
    let mut spread = vec![Vec::new(); columns.len()];
    let mut last = 0;
    for (index, item) in items.iter().enumerate() {
        match place(item, &spread).filter(|place| *place >= last) {
            Some(place) => {
                spread[place].push(item);
                last = place;
            }
            None => return (spread, &items[index..]),
        }
    }
    (spread, &[])
}

/// `nulls_first`, `nulls_last`
pub(super) fn nulls(order: NullsOrder) -> &'static str {
    match order {
        NullsOrder::First => "nulls_first",
        NullsOrder::Last => "nulls_last",
    }
}
