//! The objects of the model by the names that the catalog has for them.

use std::collections::BTreeMap;

use pkmig_schema::{Column, Name, ObjectKind, ObjectRef, Schema};

use crate::verify::CatalogObject;
use pkmig_sql::Context;

/// A version's model, and where it is installed: names that begin with the prefix are other ones there.
pub(crate) struct Model<'a> {
    pub(super) schema: &'a Schema,
    pub(super) context: &'a Context,
    objects: BTreeMap<CatalogObject, ObjectRef>,
}

impl<'a> Model<'a> {
    pub(crate) fn new(schema: &'a Schema, context: &'a Context) -> Self {
        let named = |object| (CatalogObject::of(object, schema, context).identity(), object);
        Self { schema, context, objects: schema.objects().map(named).collect() }
    }

    /// The object of the model.
    pub(super) fn object(&self, object: &CatalogObject) -> Option<ObjectRef> {
        self.objects.get(&object.by_name().identity()).copied()
    }

    /// Whether the version declares a comment of the object.
    pub(crate) fn declares_comment(&self, object: &CatalogObject) -> bool {
        self.object(object).is_some_and(|object| self.schema.comment(object).is_some())
    }

    /// The column of the model, with its table's name.
    pub(super) fn column(&self, object: ObjectRef) -> Option<&'a Column> {
        Some(&self.schema.table(object.of?)?.column(object.name)?.def)
    }

    /// The column that a sequence fills, with its table's name.
    pub(super) fn filled_by(&self, sequence: ObjectRef) -> Option<(Name, &'a Column)> {
        let table = self.schema.table(sequence.of.filter(|_| sequence.kind == ObjectKind::Sequence)?)?;
        let fills = |it: &&Column| it.generator.as_ref().is_some_and(|generator| generator.sequence == sequence.name);
        Some((table.name, table.columns.iter().map(|known| &known.def).find(fills)?))
    }
}
