//! What a host has set on an object that a repair makes anew, and that the model does not know: it is set again, or the object is left.

use pkmig_schema::{ObjectKind, ObjectRef};

use super::find::Model;
use super::{Mend, Unrepaired};
use pkmig_sql::literal;

/// What hangs on one of the objects.
pub(crate) struct Kept {
    /// The place of its mend.
    pub(crate) mend: usize,
    /// What sets it again; none, if nothing can.
    pub(crate) statement: Option<String>,
    /// What it is.
    pub(crate) what: String,
}

impl Kept {
    /// What is said of an object that is left because of it.
    pub(crate) fn left(&self, mend: &Mend) -> Unrepaired {
        let why = format!("{}, which a repair would lose, because it drops and creates the object again", self.what);
        let help = Some(format!("if it need not stay, run: {}", mend.statements.join("; ")));
        Unrepaired { text: mend.text.clone(), why, help }
    }
}

/// The query for what hangs on what is made anew: mend, statement, what. Nothing, if nothing is.
pub(crate) fn kept(model: &Model<'_>, mends: &[Mend]) -> Option<String> {
    use ObjectKind::{Constraint, Function, Index, Trigger, View};
    let kinds = [Index, Constraint, Trigger, View, Function];
    let anew = mends.iter().enumerate().filter_map(|(place, mend)| Some((place, mend.anew?)));
    let rows: Vec<_> = anew
        .filter(|(_, object)| kinds.contains(&object.kind))
        .map(|(place, object)| row(model, place, object))
        .collect();
    (!rows.is_empty())
        .then(|| format!(include_str!("keep.sql"), anew = rows.join(", "), schema = literal(model.context.schema())))
}

/// An object as the query takes it: mend, kind, table or view, name, and whether its comment is the version's.
fn row(model: &Model<'_>, place: usize, object: ObjectRef) -> String {
    let [relation, name] =
        [object.of.unwrap_or(object.name), object.name].map(|name| literal(&model.context.name(name)));
    let commented = model.schema.comment(object).is_some();
    format!("({place}, '{}', {relation}, {name}, {commented})", object.kind)
}
