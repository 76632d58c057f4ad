//! The ledger: a table of the database, outside of every prefix, in which each stamped version leaves a line.
//!
//! It is a record and nothing hangs on it: where it is not there, or the role may not write to it, a version runs as well
//! without. Its comment says that it is ours and of which format.

use super::{Context, dollar_quoted, ident, literal};

/// The schema of the ledger.
const SCHEMA: &str = "pkmig";
/// The table.
const TABLE: &str = "pkmig_ledger";
/// The beginning of its comment: a later format says another number.
const FORMAT: &str = "pkmig ledger 1";

/// What has happened to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entering {
    /// It was applied.
    Up,
    /// It was left.
    Down,
    /// It came with a fresh install, made at once.
    Baseline,
    /// What it lacked was added.
    Repair,
    /// The stamp was set to what the schema shows.
    Heal,
    /// An install made by other means was taken over.
    Adopt,
}

impl Entering {
    /// All of them, with their words.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Up, "up"),
        (Self::Down, "down"),
        (Self::Baseline, "baseline"),
        (Self::Repair, "repair"),
        (Self::Heal, "heal"),
        (Self::Adopt, "adopt"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(entering, _)| *entering == self).map_or("", |(_, word)| word)
    }
}

/// A line for a version: its number and its hash.
pub(crate) type Line = (u32, String);

/// Whether the ledger is there and the role has the privilege, as a condition. Names are joined and not looked up, because looking
/// into a schema that is closed to the role is an error.
pub(crate) fn open_for(privilege: &str) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{SCHEMA}' \
         AND c.relname = '{TABLE}' AND obj_description(c.oid, 'pg_class') LIKE '{FORMAT}%' AND has_schema_privilege(n.oid, 'USAGE') \
         AND has_table_privilege(c.oid, '{privilege}'))"
    )
}

/// Writes lines where the ledger is open for it: one line of a block.
pub(crate) fn enter(chain: &str, context: &Context, entering: Entering, lines: &[Line]) -> String {
    let row = |(version, hash): &Line| {
        let (chain, prefix) = (literal(chain), literal(context.prefix().as_str()));
        format!("({chain}, {prefix}, {version}, '{}', '{hash}')", entering.word())
    };
    let rows = lines.iter().map(row).collect::<Vec<_>>().join(", ");
    format!(
        "  IF {} THEN INSERT INTO {} (chain, prefix, version, direction, hash) VALUES {rows}; END IF;\n",
        open_for("INSERT"),
        table()
    )
}

/// The same as a statement of its own.
pub(crate) fn statement(chain: &str, context: &Context, entering: Entering, lines: &[Line]) -> String {
    let body = format!("\nBEGIN\n{}END\n", enter(chain, context, entering, lines));
    // A prefix may hold the end of the quote.
    format!("DO {}", dollar_quoted(&body, "pkmig"))
}

/// Makes the ledger where it is missing and the role may make it: a statement for a transaction that goes on. Two runners may be
/// about it at once; the one that comes second finds it made.
pub(crate) fn create() -> String {
    let (schema, table) = (ident(SCHEMA), table());
    format!(
        "DO $pkmig$\nBEGIN\n  \
         IF to_regnamespace('{SCHEMA}') IS NULL AND has_database_privilege(current_database(), 'CREATE') THEN\n    \
         CREATE SCHEMA {schema};\n  END IF;\n  \
         IF EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = '{SCHEMA}' AND has_schema_privilege(n.oid, 'CREATE') \
         AND has_schema_privilege(n.oid, 'USAGE') AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid \
         AND c.relname = '{TABLE}')) THEN\n    \
         CREATE TABLE {table} (\n      \
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n      \
         chain text NOT NULL,\n      prefix text NOT NULL,\n      version integer NOT NULL,\n      \
         direction text NOT NULL,\n      hash text NOT NULL,\n      \
         started timestamptz NOT NULL DEFAULT transaction_timestamp(),\n      \
         took interval NOT NULL DEFAULT clock_timestamp() - transaction_timestamp(),\n      \
         program text NOT NULL DEFAULT coalesce(nullif(current_setting('pkmig.program', true), ''), current_setting('application_name')),\n      \
         role text NOT NULL DEFAULT current_user\n    );\n    \
         COMMENT ON TABLE {table} IS '{FORMAT}: what pkmig has done in this database; nothing reads it but people and pkmig status';\n  \
         END IF;\n\
         EXCEPTION WHEN duplicate_schema OR duplicate_table OR unique_violation OR lock_not_available OR insufficient_privilege THEN\n  \
         NULL;\nEND\n$pkmig$"
    )
}

/// Says which program writes, for the rest of the transaction.
pub(crate) fn written_by(program: &str) -> String {
    format!("PERFORM set_config('pkmig.program', {}, true);", literal(program))
}

/// The lines of an install, oldest first: version, word, hash, start (RFC 3339), milliseconds, program, role.
pub(crate) fn read(chain: &str, prefix: &str) -> String {
    format!(
        "SELECT version, direction, hash, to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), \
         (1000 * extract(epoch FROM took))::bigint, program, role FROM {} WHERE chain = {} AND prefix = {} ORDER BY id",
        table(),
        literal(chain),
        literal(prefix)
    )
}

fn table() -> String {
    format!("{}.{}", ident(SCHEMA), ident(TABLE))
}
