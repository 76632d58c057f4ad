//! Row level security around the steps on rows: a row that it hides would be neither filled nor deleted, and nobody would
//! be told. With `row_security` off PostgreSQL raises an error instead (manual, section 20.11); the owner of a table on
//! which it is forced lifts it for as long.
//!
//! Only the language's own steps on rows are meant. Raw SQL may want the policies.

use pkmig_schema::Step;
use pkmig_schema::step::Source;

use super::template::Template;
use super::writer::Context;
use crate::ddl::Expression;
use crate::plpgsql::Node;

/// The tables of the prefix whose rows a step reads or writes.
pub(super) fn rows_of(step: &Step) -> Vec<String> {
    let mut tables = match step {
        Step::Seed(seed) | Step::DeleteSeed(seed) => {
            let values = seed.rows.iter().flat_map(|row| row.iter()).filter_map(super::data::sql_of);
            std::iter::once(seed.table).chain(values.flat_map(|sql| sql.objects())).collect()
        }
        Step::DeleteRows(rows) => std::iter::once(rows.table).chain(rows.predicate.objects()).collect(),
        Step::RenameValue(values) => vec![values.table],
        Step::Backfill(fill) => {
            let mut tables = vec![fill.table];
            match &fill.source {
                Source::Expression { value, from } => {
                    tables.extend([Some(value), from.as_ref()].into_iter().flatten().flat_map(|sql| sql.objects()));
                }
                Source::Lookup(lookup) => tables.push(lookup.table),
            }
            tables.extend(fill.predicate.iter().flat_map(|sql| sql.objects()));
            tables
        }
        _ => Vec::new(),
    };
    tables.sort_unstable();
    tables.dedup();
    tables.into_iter().map(str::to_owned).collect()
}

/// What has no row of these tables hidden from the statements that follow.
pub(super) fn lift(tables: &[String], context: &Context) -> Node {
    Node::call(Template::Lift, vec![Expression::array(tables.iter().map(|table| context.lookup(table)))])
}

/// What puts that back.
pub(super) fn put_back() -> Node {
    Node::call(Template::PutBack, Vec::new())
}
