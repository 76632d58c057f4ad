//! Enum types: create, add a value, drop.

use pkmig_schema::step::LabelPosition;
use pkmig_schema::{Enum, Name};
use sea_query::extension::postgres;

use super::guard::{Condition, Object};
use super::script::Transaction;
use super::shape::Expectation;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn create_enum(&self, def: &Enum) -> Lowered {
        let mut create = postgres::Type::create();
        let labels = def.labels.iter().map(|label| sea_query::Alias::new(*label));
        create.as_enum(self.context.table(def.name)).values(labels);
        let labels = def.labels.iter().map(|label| (*label).to_owned()).collect();
        Lowered::when(Condition::Missing(Object::Type(def.name.to_owned())), vec![create.into()])
            .otherwise(vec![Expectation::Enum(def.name.to_owned(), labels)])
    }

    pub(super) fn add_enum_value(&self, name: Name, label: Name, position: Option<&LabelPosition>) -> Lowered {
        let mut alter = postgres::Type::alter().name(self.context.table(name)).add_value(sea_query::Alias::new(label));
        alter = match position {
            Some(LabelPosition::Before(other)) => alter.before(sea_query::Alias::new(*other)),
            Some(LabelPosition::After(other)) => alter.after(sea_query::Alias::new(*other)),
            None => alter,
        };
        let missing = Condition::Missing(Object::EnumValue(name.to_owned(), label.to_owned()));
        let mut lowered = Lowered::when(missing, vec![alter.into()]);
        if self.end.enumeration(name).is_none() {
            // The version drops it later: the second time, it is gone.
            lowered.only_when(Condition::Exists(Object::Type(name.to_owned())));
        }
        // A new value cannot be used in the transaction that adds it (manual, ALTER TYPE).
        lowered.transaction = Transaction::OfItsOwn;
        lowered
    }

    pub(super) fn drop_enum(&self, name: Name) -> Lowered {
        let mut drop = postgres::Type::drop();
        drop.name(self.context.table(name));
        Lowered::when(Condition::Exists(Object::Type(name.to_owned())), vec![drop.into()])
    }
}
