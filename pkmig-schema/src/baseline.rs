//! A schema made in one go, without the history that led to it.
//!
//! The steps are the inverse of dropping everything, so a kind of object that has a way back has a place here, too. Rows
//! are not modelled and not made.

use crate::inverse::structural;
use crate::replay::{Moment, steps};
use crate::{Schema, Step};

/// The steps that make `schema` where nothing is, in an order in which PostgreSQL can run them: extensions, types and
/// functions, then the tables, the older ones first, then the foreign keys that point ahead.
///
/// A function comes before the tables that its body names: PostgreSQL must be told not to look into bodies
/// (`check_function_bodies`, manual section 20.11).
pub fn baseline(schema: &Schema) -> Vec<Step> {
    let extensions = schema.extensions().map(|name| Step::CreateExtension { name });
    // OK because a type fails to turn back only where a column is there already.
    let objects = structural(schema, &Schema::default(), None).unwrap_or_default();
    extensions.chain(objects).collect()
}

/// The same, replayed: each step with the schema on both sides of it.
pub fn replayed(schema: &Schema) -> Vec<Moment> {
    let mut made = Schema::requiring(&schema.requirements);
    made.begin(schema.version);
    steps(&mut made, baseline(schema))
}
