//! Who holds what a run waits for: rows of the process, role, application, since when, table and mode.

use super::lock_key;
use super::writer::{Context, literal};

/// How many are told.
const MOST: usize = 5;

/// Those that hold a lock on a table of the prefix, the oldest transaction first. Readers count, because a version may need
/// a table for itself.
pub(crate) fn on_tables(context: &Context) -> String {
    format!(
        "SELECT a.pid, coalesce(a.usename::pg_catalog.text, ''), coalesce(a.application_name, ''), {SINCE},
  c.relname::pg_catalog.text, l.mode
FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm', 'v')
  JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {})
ORDER BY l.mode IN ('AccessShareLock', 'RowShareLock'), a.xact_start, a.pid, c.relname LIMIT {MOST}",
        literal(context.schema())
    )
}

/// Those that hold the lock among runners of a chain.
pub(crate) fn on_runners(chain: &str, context: &Context) -> String {
    // A key of 64 bits stands in two halves (manual, section 54.12).
    format!(
        "SELECT a.pid, coalesce(a.usename::pg_catalog.text, ''), coalesce(a.application_name, ''), {SINCE},
  NULL::pg_catalog.text, NULL::pg_catalog.text
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND (l.classid::bigint << 32) | l.objid::bigint = {}
ORDER BY a.xact_start, a.pid LIMIT {MOST}",
        lock_key(chain, context)
    )
}

/// When the transaction of a session began. Of other roles' sessions only `pg_read_all_stats` may know it.
const SINCE: &str = "pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
