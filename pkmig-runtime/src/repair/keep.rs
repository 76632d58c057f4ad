//! What a host has set on an object that a repair makes anew, and that the model does not know: it is set again, or the object is left.

use pkmig_schema::Schema;
use pkmig_schema::repair::Part;

use super::find::Model;
use super::{Mend, Unrepaired};
use pkmig_sql::{Context, literal};

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
pub(crate) fn kept(schema: &Schema, context: &Context, mends: &[Mend]) -> Option<String> {
    let model = Model { schema, context };
    let anew = mends.iter().enumerate().filter_map(|(place, mend)| Some((place, mend.anew?)));
    let rows: Vec<_> = anew.filter_map(|(place, part)| row(model, place, part)).collect();
    (!rows.is_empty())
        .then(|| format!(include_str!("keep.sql"), anew = rows.join(", "), schema = literal(context.schema())))
}

/// An object as the query takes it: mend, kind, table or view, name, and whether its comment is the version's.
fn row(model: Model<'_>, place: usize, part: Part) -> Option<String> {
    let (kind, relation, name) = match part {
        Part::Index(relation, name) => ("index", relation, name),
        Part::Constraint(table, name) => ("constraint", table, name),
        Part::Trigger(relation, name) => ("trigger", relation, name),
        Part::View(name) => ("view", name, name),
        Part::Function(name) => ("function", name, name),
        _ => return None,
    };
    let commented = model.commented(part).is_some_and(|(_, text)| text.is_some());
    let [kind, relation, name] =
        [kind.to_owned(), model.context.name(relation), model.context.name(name)].map(|text| literal(&text));
    Some(format!("({place}, {kind}, {relation}, {name}, {commented})"))
}
