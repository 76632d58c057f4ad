//! Who holds what a run waits for: rows of the process, role, application, since when, table and mode.

use super::lock_key;
use super::writer::{Context, literal};

/// How many are told.
const MOST: usize = 5;

/// Those that hold a lock on a table of the prefix, the oldest transaction first. Readers count, because a version may need
/// a table for itself.
pub fn on_tables(context: &Context) -> String {
    format!(
        "SELECT {SESSION}, c.relname::pg_catalog.text, l.mode
{HOLDERS}
  JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm', 'v')
WHERE {HELD} AND l.locktype = 'relation'
  AND c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {})
ORDER BY l.mode IN ('AccessShareLock', 'RowShareLock'), a.xact_start, a.pid, c.relname LIMIT {MOST}",
        literal(context.schema())
    )
}

/// Those that hold the lock among runners of a chain.
pub fn on_runners(chain: &str, context: &Context) -> String {
    // A key of 64 bits stands in two halves (manual, section 54.12).
    format!(
        "SELECT {SESSION}, {NO_TABLE}
{HOLDERS}
WHERE {HELD} AND l.locktype = 'advisory' AND l.objsubid = 1
  AND (l.classid::bigint << 32) | l.objid::bigint = {}
ORDER BY a.xact_start, a.pid LIMIT {MOST}",
        lock_key(chain, context)
    )
}

/// Those whom a marked message waits for, behind a column that says whether it waits for a lock; no row where nobody runs it. Transactions
/// that have to be over before an index is made concurrently are waited for like locks (manual of CREATE INDEX, section
/// "Building Indexes Concurrently").
pub fn by_message(mark: &str) -> String {
    format!(
        "SELECT coalesce(m.wait_event_type = 'Lock', false), {SESSION}, {NO_TABLE}
FROM pg_catalog.pg_stat_activity m
  LEFT JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(m.pid)) AS before (pid) ON m.wait_event_type = 'Lock'
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = before.pid
WHERE {}
ORDER BY a.xact_start, a.pid LIMIT {MOST}",
        marked(mark)
    )
}

/// Cancels a marked message that waits, with a row if there was one.
pub fn cancel(mark: &str) -> String {
    let marked = marked(mark);
    format!(
        "SELECT pg_catalog.pg_cancel_backend(m.pid) FROM pg_catalog.pg_stat_activity m WHERE {marked} AND m.wait_event_type = 'Lock'"
    )
}

/// The session `m` runs a message that begins with a text.
fn marked(mark: &str) -> String {
    format!("m.state = 'active' AND pg_catalog.starts_with(m.query, {})", literal(mark))
}

/// The columns of a session. When its transaction began, of other roles' sessions only `pg_read_all_stats` may know.
const SESSION: &str = "a.pid, coalesce(a.usename::pg_catalog.text, ''), coalesce(a.application_name, ''), \
    pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

/// Where no table is meant.
const NO_TABLE: &str = "NULL::pg_catalog.text, NULL::pg_catalog.text";

/// Locks and the sessions that have to do with them.
const HOLDERS: &str = "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid";

/// That others hold them, in this database.
const HELD: &str = "l.granted AND l.pid <> pg_catalog.pg_backend_pid() \
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";
