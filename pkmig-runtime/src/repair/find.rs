//! The objects of the model by the names that the catalog has for them.

use pkmig_schema::repair::Part;
use pkmig_schema::step::CommentTarget;
use pkmig_schema::{Column, Function, Name, Schema, Table};

use crate::verify::{Object, ObjectKind};
use pkmig_sql::{Context, ident};

/// A version's model, and where it is installed: names that begin with the prefix are other ones there.
#[derive(Clone, Copy)]
pub(super) struct Model<'a> {
    pub(super) schema: &'a Schema,
    pub(super) context: &'a Context,
}

impl<'a> Model<'a> {
    /// The part of the model that an object is; of a sequence, only one that stands by itself.
    pub(super) fn part(self, object: &Object) -> Option<Part> {
        let name = object.name.as_str();
        let relation = || object.table.as_deref().and_then(|table| self.relation(table));
        Some(match object.kind {
            ObjectKind::Extension => Part::Extension(self.schema.extensions().find(|known| *known == name)?),
            ObjectKind::Enum => Part::Enum(self.named(self.schema.enums().map(|it| it.name), name)?),
            ObjectKind::Domain => Part::Domain(self.named(self.schema.domains().map(|it| it.name), name)?),
            ObjectKind::Function => Part::Function(self.function(name)?.name),
            ObjectKind::Table => Part::Table(self.table(name)?.name),
            ObjectKind::View | ObjectKind::MaterializedView => {
                Part::View(self.named(self.schema.views().map(|view| view.name), name)?)
            }
            ObjectKind::Sequence => Part::Sequence(self.named(self.schema.sequences().map(|it| it.name), name)?),
            ObjectKind::Column => Part::Column(relation()?, self.column(object)?.1.name),
            ObjectKind::Constraint => {
                let table = self.schema.table(relation()?)?;
                let names = table.constraints.iter().map(|known| known.def.name);
                Part::Constraint(table.name, self.named(names, name)?)
            }
            ObjectKind::Policy => {
                let table = self.schema.table(relation()?)?;
                Part::Policy(table.name, self.named(table.policies.iter().map(|known| known.def.name), name)?)
            }
            ObjectKind::Index => {
                let relation = relation()?;
                let of_table = self.schema.table(relation).into_iter().flat_map(|table| &table.indexes);
                let of_view = self.schema.view(relation).into_iter().flat_map(|view| view.indexes.iter());
                let names = of_table.map(|known| known.def.name).chain(of_view.map(|index| index.name));
                Part::Index(relation, self.named(names, name)?)
            }
            ObjectKind::Trigger => {
                let relation = relation()?;
                let of_table = self.schema.table(relation).into_iter().flat_map(|table| &table.triggers);
                let of_view = self.schema.view(relation).into_iter().flat_map(|view| view.triggers.iter());
                let names = of_table.map(|known| known.def.name).chain(of_view.map(|trigger| trigger.name));
                Part::Trigger(relation, self.named(names, name)?)
            }
            ObjectKind::ForeignTable | ObjectKind::Privilege => return None,
        })
    }

    /// The column that an object is, with its table's name.
    pub(super) fn column(self, object: &Object) -> Option<(Name, &'a Column)> {
        let table = self.table(object.table.as_deref()?)?;
        let column = table.columns.iter().find(|known| self.context.name(known.def.name) == object.name)?;
        Some((table.name, &column.def))
    }

    /// The column that a sequence fills, with its table's name.
    pub(super) fn filled_by(self, sequence: &str) -> Option<(Name, &'a Column)> {
        let fills = |column: &&Column| {
            column.generator.as_ref().is_some_and(|generator| self.context.name(generator.sequence) == sequence)
        };
        self.schema.tables().find_map(|table| {
            let mut columns = table.columns.iter().map(|known| &known.def);
            Some((table.name, columns.find(fills)?))
        })
    }

    /// What a comment stands on.
    pub(super) fn commented(self, part: Part) -> Option<(CommentTarget, Option<Name>)> {
        let schema = self.schema;
        Some(match part {
            Part::Table(table) => (CommentTarget::Table(table), schema.table(table)?.comment),
            Part::View(view) => (CommentTarget::View(view), schema.view(view)?.comment),
            Part::Function(name) => (CommentTarget::Function(name), schema.function_comment(name)),
            Part::Column(table, name) => {
                (CommentTarget::Column(table, name), schema.table(table)?.column(name)?.def.comment)
            }
            Part::Constraint(table, name) => {
                (CommentTarget::Constraint(table, name), schema.table(table)?.constraint(name)?.def.comment)
            }
            Part::Index(relation, name) => {
                let of_table = schema.table(relation).and_then(|table| Some(&table.index(name)?.def));
                let index = of_table.or_else(|| schema.view(relation)?.index(name))?;
                (CommentTarget::Index(name), index.comment)
            }
            Part::Trigger(relation, name) => {
                let of_table = schema.table(relation).and_then(|table| Some(&table.trigger(name)?.def));
                let trigger = of_table.or_else(|| schema.view(relation)?.trigger(name))?;
                (CommentTarget::Trigger(relation, name), trigger.comment)
            }
            Part::Extension(_) | Part::Enum(_) | Part::Domain(_) | Part::Sequence(_) | Part::Policy(..) => return None,
        })
    }

    pub(super) fn table(self, name: &str) -> Option<&'a Table> {
        self.schema.tables().find(|table| self.context.name(table.name) == name)
    }

    /// The chain's functions are not overloaded: the types of the arguments need not be looked at.
    pub(super) fn function(self, signature: &str) -> Option<&'a Function> {
        let (name, _) = signature.rsplit_once('(')?;
        self.schema.functions().find(|function| {
            let known = self.context.name(function.name);
            known == name || ident(&known) == name
        })
    }

    fn relation(self, name: &str) -> Option<Name> {
        let views = self.schema.views().map(|view| view.name);
        self.named(self.schema.tables().map(|table| table.name).chain(views), name)
    }

    fn named(self, mut names: impl Iterator<Item = Name>, found: &str) -> Option<Name> {
        names.find(|name| self.context.name(name) == found)
    }
}
