//! Questions to the catalog about what goes: what else goes with it, what stands in its way, and how many locks that takes.

use super::Context;
use super::writer::literal;
use crate::going::{Going, Object};

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
        let text = |text: &str| literal(&context.name(text));
        let none = || "NULL".to_owned();
        let (kind, name, part, ty) = match &going.object {
            Object::Table(name) => ("table", text(name), none(), none()),
            Object::View(name) => ("view", text(name), none(), none()),
            Object::Sequence(name) => ("sequence", text(name), none(), none()),
            Object::Index(name) => ("index", text(name), none(), none()),
            Object::Type(name) | Object::Domain(name) => ("type", text(name), none(), none()),
            Object::Function(name, args) => ("function", text(name), none(), literal(&args.join(", "))),
            Object::Constraint(table, name) => ("constraint", text(table), text(name), none()),
            Object::Column(table, name) => {
                ("column", text(table), text(name), going.retyped.as_deref().map_or_else(none, literal))
            }
        };
        let (retypes, cascades) = (going.retyped.is_some(), going.cascade);
        format!("({place}, '{kind}', {name}, {part}, {ty}, {retypes}, {cascades})")
    });
    format!(
        "WITH RECURSIVE space AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {}),\n\
         asked (place, kind, name, part, type, retypes, cascades) AS (\n  SELECT place, kind, name, part::pg_catalog.text, \
         type::pg_catalog.text, retypes, cascades FROM (VALUES {}) AS v (place, kind, name, part, type, retypes, cascades)\n),\n",
        literal(context.prefix().as_str()),
        rows.collect::<Vec<_>>().join(",\n    ")
    )
}
