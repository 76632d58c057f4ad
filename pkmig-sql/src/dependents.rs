//! Questions to the catalog about what goes: what else goes with it, what stands in its way, and how many locks that takes.

use pkmig_schema::ObjectRef;

use super::Context;
use super::writer::literal;
use crate::going::Going;

/// What stands on what goes: the place of the latter, the effect (`blocks`, `cascade`, `goes`), what kind of object it is, its schema,
/// the relation that it is or is on, its own name, how many arguments it takes, PostgreSQL's words for its kind and for
/// itself, its owner, and the index that a foreign key rests on.
pub fn dependents<'a>(going: impl Iterator<Item = &'a Going>, context: &Context) -> String {
    format!("{}{}{}", asked(going, context), include_str!("gone.sql"), include_str!("dependents.sql"))
}

/// How many locks it takes to drop all this, how many others are held, how many the server keeps for sure, and for each of
/// how many processes it does. Each object takes one (`AcquireDeletionLock` in PostgreSQL's `dependency.c`).
pub fn locks<'a>(going: impl Iterator<Item = &'a Going>, context: &Context) -> String {
    let processes = ["max_connections", "max_prepared_transactions", "autovacuum_max_workers", "max_worker_processes"]
        .into_iter()
        .chain(["max_wal_senders"])
        .map(|setting| format!("pg_catalog.current_setting('{setting}')::pg_catalog.int8"))
        .collect::<Vec<_>>()
        .join(" + ");
    // `NLOCKENTS` in `lock.c`: all processes, and the launcher of autovacuum. The manual leaves some of them out (section 20.12).
    format!(
        "{}{} SELECT (SELECT count(*) FROM (SELECT DISTINCT classid, objid FROM gone) AS one), \
         (SELECT count(*) FROM pg_catalog.pg_locks WHERE NOT fastpath AND locktype <> 'virtualxid'), \
         {processes} + 1, pg_catalog.current_setting('max_locks_per_transaction')::pg_catalog.int8",
        asked(going, context),
        include_str!("gone.sql")
    )
}

/// What goes, a row each, by its place.
fn asked<'a>(going: impl Iterator<Item = &'a Going>, context: &Context) -> String {
    let rows = going.enumerate().map(|(place, going)| {
        let ObjectRef { kind, of, name } = going.object;
        let text = |name| literal(&context.name(name));
        let or_null = |text: Option<String>| text.unwrap_or_else(|| "NULL".to_owned());
        let (whole, part) = (text(of.unwrap_or(name)), or_null(of.map(|_| text(name))));
        let ty = or_null(going.args.as_deref().or(going.retyped.as_deref()).map(literal));
        let (retypes, cascades) = (going.retyped.is_some(), going.cascade);
        format!("({place}, '{kind}', {whole}, {part}, {ty}, {retypes}, {cascades})")
    });
    format!(
        "WITH RECURSIVE space AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {}),\n\
         asked (place, kind, name, part, type, retypes, cascades) AS (\n  SELECT place, kind, name, part::pg_catalog.text, \
         type::pg_catalog.text, retypes, cascades FROM (VALUES {}) AS v (place, kind, name, part, type, retypes, cascades)\n),\n",
        literal(context.prefix().as_str()),
        rows.collect::<Vec<_>>().join(",\n    ")
    )
}
