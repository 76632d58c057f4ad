//! Triggers of the host's that the plan fires and that find names by the search path.

use std::collections::BTreeMap;

use pkmig_schema::{Table, Version};
use sqlx::{PgConnection, Row};

use crate::migrator::Migrator;
use crate::plan::PlannedVersion;
use crate::{Error, Fired, pinned};
use pkmig_sql::{Context, literal};

/// Those on tables whose rows the plan writes, with the first version that does, and event triggers, with the first version.
pub(in crate::migrator) async fn of(
    migrator: &Migrator,
    context: &Context,
    planned: &[PlannedVersion],
    connection: &mut PgConnection,
) -> Result<Vec<Fired>, Error> {
    let Some(first) = planned.first().map(|version| version.migration.version) else { return Ok(Vec::new()) };
    let mut written: BTreeMap<String, Version> = BTreeMap::new();
    for version in planned {
        for table in version.statements.iter().flat_map(|one| &one.rows_of) {
            written.entry(context.name(table)).or_insert(version.migration.version);
        }
    }
    let rows = pinned::rows(&query(context, written.keys()), connection).await.map_err(Error::Connection)?;
    let mut fired = Vec::new();
    for row in rows {
        let get = |index| row.try_get::<Option<String>, _>(index).map_err(Error::Connection);
        let (table, trigger) = (get(0)?, get(1)?.unwrap_or_default());
        if table.as_ref().is_some_and(|table| is_own(migrator, context, table, &trigger)) {
            continue;
        }
        let version = table.as_ref().and_then(|table| written.get(table).copied()).unwrap_or(first);
        let (function, owner) = (get(2)?.unwrap_or_default(), get(3)?.unwrap_or_default());
        fired.push(Fired { version, table, trigger, function, owner });
    }
    Ok(fired)
}

/// Refuses a plan that fires a trigger which may not find what it names. An event trigger is only told: it fires at the first
/// statement, and what it does not find is an error by which nothing stays.
pub(in crate::migrator) fn check(migrator: &Migrator, fired: Vec<Fired>) -> Result<(), Error> {
    let fired: Vec<_> = fired.into_iter().filter(|one| one.table.is_some()).collect();
    match migrator.host_path || fired.is_empty() {
        true => Ok(()),
        false => Err(Error::HostTriggers { fired }),
    }
}

/// Whether a version of the chain has made it.
fn is_own(migrator: &Migrator, context: &Context, table: &str, trigger: &str) -> bool {
    let made = |known: &Table| {
        context.name(known.name) == table && known.triggers.iter().any(|it| context.name(it.def.name) == trigger)
    };
    migrator.chain.schemas().iter().any(|schema| schema.tables().any(made))
}

/// Functions in C need no path.
fn query<'a>(context: &Context, tables: impl Iterator<Item = &'a String>) -> String {
    let tables = tables.map(|table| literal(table)).collect::<Vec<_>>().join(", ");
    let unset = "l.lanname NOT IN ('c', 'internal') AND NOT EXISTS (SELECT FROM pg_catalog.unnest(p.proconfig) AS setting \
                 WHERE pg_catalog.starts_with(setting, 'search_path='))";
    let function =
        "p.oid::pg_catalog.regprocedure::pg_catalog.text, pg_catalog.pg_get_userbyid(p.proowner)::pg_catalog.text";
    format!(
        "SELECT c.relname::pg_catalog.text, t.tgname::pg_catalog.text, {function}
FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE n.nspname = {} AND c.relname = ANY (ARRAY[{tables}]::pg_catalog.name[]) AND NOT t.tgisinternal
  AND t.tgenabled IN ('O', 'A') AND {unset}
UNION ALL
SELECT NULL, e.evtname::pg_catalog.text, {function}
FROM pg_catalog.pg_event_trigger e
  JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE e.evtenabled IN ('O', 'A') AND {unset}
ORDER BY 1, 2",
        literal(context.schema())
    )
}
