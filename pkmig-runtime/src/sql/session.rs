//! The settings of a session that decide what a version writes or how long it may take: one list, each with its value and
//! its reason, and its text for every way of sending.
//!
//! A setting belongs to the transaction wherever there is one, so that nothing of it stays in a session that a pooler hands
//! on. Left as the host has them: `default_tablespace`, `default_table_access_method` and `default_toast_compression`,
//! which say where its rows lie; `default_text_search_config` and `lc_monetary`, by which it reads what was written;
//! `row_security`, which chains force that seed under it; `default_transaction_read_only`, because writing into what is
//! meant to be read is an error. `session_replication_role` is asked, because an ordinary role may not even set it to what
//! it is. `search_path` is the session's.

use std::fmt::Write as _;
use std::time::Duration;

use super::writer::{dollar_quoted, literal};

/// A setting, and what it is while a version runs.
struct Setting {
    name: &'static str,
    value: &'static str,
    /// What the session's own value would do.
    reason: &'static str,
    /// Whether it decides how a text is read that a statement holds.
    reads: bool,
}

const fn written(name: &'static str, value: &'static str, reason: &'static str) -> Setting {
    Setting { name, value, reason, reads: false }
}

const fn read(name: &'static str, value: &'static str, reason: &'static str) -> Setting {
    Setting { name, value, reason, reads: true }
}

/// Settings that any role may set. One that the server lacks is passed over.
const PINNED: &[Setting] = &[
    read("standard_conforming_strings", "on", "a backslash in a literal would be an escape"),
    read("backslash_quote", "safe_encoding", "E'\\'' would be an error, or end the literal in some encodings"),
    read("TimeZone", "UTC", "a timestamp becomes a timestamptz by it, and a date becomes a moment"),
    read("timezone_abbreviations", "Default", "EST is Australia's in another set"),
    read("DateStyle", "ISO, MDY", "01/02/2026 is in February by another, and dates become texts by it"),
    read("IntervalStyle", "postgres", "the sign of '-1 2:03' is read by it, and intervals become texts"),
    read("transform_null_equals", "off", "x = NULL would be x IS NULL"),
    read("array_nulls", "on", "'{NULL}' would hold the text NULL"),
    read("xmloption", "content", "a fragment would be refused as a document"),
    written("xmlbinary", "base64", "bytea in XML is written by it"),
    written("bytea_output", "hex", "bytea becomes text by it"),
    written("extra_float_digits", "1", "a float would become a text that is another float"),
    written("gin_fuzzy_search_limit", "0", "rows that an index finds would be left out at random"),
    written("quote_all_identifiers", "off", "what is there is compared as PostgreSQL prints it"),
    written("check_function_bodies", "on", "a function that cannot run would be made all the same"),
    written("plpgsql.extra_errors", "none", "a body that compiles elsewhere would be an error"),
    written("idle_in_transaction_session_timeout", "0", "the session would end between two statements"),
    written("transaction_timeout", "0", "a version that waits for its turn would be killed (PostgreSQL 17)"),
];

/// Others that a transaction of ours changes, and that a host's must have back.
const CHANGED: [&str; 5] =
    ["lock_timeout", "statement_timeout", "row_security", "max_parallel_maintenance_workers", "client_min_messages"];

/// What every transaction begins with: under another level, a version that another runner has applied while this one
/// waited for the lock would not be seen, and applied once more.
pub(crate) const READ_COMMITTED: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// How long a session waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeOuts {
    /// For a lock.
    pub lock: Duration,
    /// For the end of what is sent at once; zero is for ever.
    pub statement: Duration,
}

/// Before the statements of a message that is a transaction of its own, or within one: two statements. What runs behind
/// them is not subject to a time-out that the session came with: PostgreSQL sets its clock anew for the next statement.
pub(crate) fn local(time_outs: TimeOuts) -> [String; 2] {
    let body = format!("\nBEGIN\n{}END\n", inside(time_outs, "  "));
    [READ_COMMITTED.to_owned(), format!("DO {}", dollar_quoted(&body, "pkmig"))]
}

/// Within a block, at the beginning of a transaction.
pub(super) fn inside(time_outs: TimeOuts, indent: &str) -> String {
    let lock = milliseconds(time_outs.lock);
    let timed = [("lock_timeout", lock.as_str()), ("statement_timeout", "0")];
    set(PINNED.iter().map(|it| (it.name, it.value)).chain(timed), true, indent)
}

/// The time-out of statements, once the lock among runners is held: who only waits for another is not to be killed.
pub(crate) fn statement_timeout(time_outs: TimeOuts) -> String {
    match time_outs.statement.is_zero() {
        true => String::new(),
        false => format!(
            "PERFORM pg_catalog.set_config('statement_timeout', '{}', true);",
            milliseconds(time_outs.statement)
        ),
    }
}

/// What differs from the list in a session whose next statement has to stand alone, in no transaction: name, value and the
/// process, as rows. `reads` is whether the statement holds texts that are read by the session's settings.
pub(crate) fn differing(time_outs: TimeOuts, reads: bool) -> String {
    format!(
        "SELECT name, pg_catalog.current_setting(name, true), value, pg_catalog.pg_backend_pid() FROM (VALUES {}) AS pin (name, value) \
         WHERE pg_catalog.current_setting(name, true) <> value",
        pairs(alone(&milliseconds(time_outs.statement), reads), "")
    )
}

/// What such a statement needs: its end is waited for, and its text is read as it was written.
fn alone(statement: &str, reads: bool) -> impl Iterator<Item = (&str, &str)> {
    // What a block of its own sets by itself comes too late for its text.
    let needed = move |it: &&Setting| {
        it.name == "standard_conforming_strings" || it.name == "transaction_timeout" || reads && it.reads
    };
    PINNED.iter().filter(needed).map(|it| (it.name, it.value)).chain([("statement_timeout", statement)])
}

/// Sets values for the session of a process, and for no other that a pooler may have put in its place.
pub(crate) fn borrowed(process: i32, values: &[(String, String)]) -> String {
    let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = format!(
        "\nBEGIN\n  IF pg_catalog.pg_backend_pid() <> {process} THEN\n    \
         RAISE EXCEPTION 'a pooler has handed out another session' USING ERRCODE = '{}';\n  END IF;\n{}END\n",
        super::POOLED,
        set(values, false, "  ")
    );
    format!("DO {}", dollar_quoted(&body, "pkmig"))
}

/// What a transaction of somebody else's has set, as rows of name and value.
pub(crate) fn asked() -> String {
    // The last one is never changed, only looked at.
    let names = PINNED.iter().map(|it| it.name).chain(CHANGED).chain(["session_replication_role"]);
    let names = names.map(|name| format!("('{name}')")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT name, pg_catalog.current_setting(name, true) FROM (VALUES {names}) AS pin (name) \
         WHERE pg_catalog.current_setting(name, true) IS NOT NULL"
    )
}

/// Writes them back, for the rest of that transaction.
pub(crate) fn restored(values: &[(String, String)]) -> String {
    let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    format!("DO {}", dollar_quoted(&format!("\nBEGIN\n{}END\n", set(values, true, "  ")), "pkmig"))
}

/// The head of a script for psql. It begins no transaction: the script's owner may want it in one (`psql -1`), and then
/// it is that one whose level is set.
pub(crate) fn head(time_outs: TimeOuts) -> String {
    let mut text = String::from(
        "SET client_min_messages = 'error';\nSET TRANSACTION ISOLATION LEVEL READ COMMITTED;\nRESET client_min_messages;\n\
         SET default_transaction_isolation = 'read committed';\n",
    );
    let statement = milliseconds(time_outs.statement);
    for Setting { name, value, reason, .. } in PINNED.iter().filter(|it| it.name != "transaction_timeout") {
        let _ = writeln!(text, "SET {name} = {}; -- else {reason}", literal(value));
    }
    let _ = writeln!(text, "SET statement_timeout = {};", literal(&statement));
    text + "SET pkmig.script = 'on';\n\
        DO $pkmig$\nBEGIN\n  IF pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL THEN\n    \
        SET transaction_timeout = 0;\n  END IF;\n  \
        IF pg_catalog.current_setting('session_replication_role') <> 'origin' THEN\n    \
        RAISE EXCEPTION 'session_replication_role is %: triggers and foreign keys would be passed over', \
        pg_catalog.current_setting('session_replication_role') USING HINT = 'SET session_replication_role = origin';\n  \
        END IF;\nEND\n$pkmig$;\n"
}

/// The end of a script for psql: it says what could not be written to the ledger, and gives the settings back.
pub(crate) fn tail() -> String {
    let mut text = String::from(
        "\nDO $pkmig$\nBEGIN\n  IF pg_catalog.current_setting('pkmig.unwritten', true) <> '' THEN\n    \
         RAISE WARNING 'the ledger was not written: %', pg_catalog.current_setting('pkmig.unwritten', true);\n  END IF;\n  \
         IF pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL THEN\n    RESET transaction_timeout;\n  \
         END IF;\nEND\n$pkmig$;\n",
    );
    let names = PINNED.iter().map(|it| it.name).filter(|name| *name != "transaction_timeout");
    for name in ["pkmig.unwritten", "pkmig.script", "default_transaction_isolation", "statement_timeout"]
        .into_iter()
        .chain(names)
    {
        let _ = writeln!(text, "RESET {name};");
    }
    text
}

/// Sets what differs. A name that the server does not know has no value.
fn set<'a>(values: impl Iterator<Item = (&'a str, &'a str)>, local: bool, indent: &str) -> String {
    let listed = pairs(values, &format!("\n{indent}    "));
    match listed.is_empty() {
        true => format!("{indent}NULL;\n"),
        false => format!(
            "{indent}PERFORM pg_catalog.set_config(name, value, {local}) FROM (VALUES {listed}) AS pin (name, value)\n\
             {indent}  WHERE pg_catalog.current_setting(name, true) <> value;\n"
        ),
    }
}

fn pairs<'a>(values: impl Iterator<Item = (&'a str, &'a str)>, before: &str) -> String {
    let pair = |(name, value): (&str, &str)| format!("{before}({}, {})", literal(name), literal(value));
    values.map(pair).collect::<Vec<_>>().join(", ")
}

/// A time as PostgreSQL prints it if it is no whole number of seconds, so that what is set already compares as equal.
fn milliseconds(time: Duration) -> String {
    match time.as_millis() {
        0 => "0".to_owned(),
        // More than PostgreSQL takes is for ever.
        millis => format!("{}ms", millis.min(2_147_483_647)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: TimeOuts = TimeOuts { lock: Duration::from_secs(5), statement: Duration::ZERO };

    #[test]
    fn every_way_of_sending_sets_the_same_values() {
        let (local, head, tail, inside) = (local(NONE).concat(), head(NONE), tail(), inside(NONE, ""));
        for Setting { name, value, .. } in PINNED {
            for block in [&local, &inside] {
                assert!(block.contains(&format!("('{name}', '{value}')")), "{name}: {block}");
            }
            let [set, reset] = [format!("SET {name} = '{value}'; -- "), format!("RESET {name};\n")];
            let (set, reset) = match *name {
                // Not every server has it.
                "transaction_timeout" => {
                    ("SET transaction_timeout = 0;\n".to_owned(), "RESET transaction_timeout;".to_owned())
                }
                _ => (set, reset),
            };
            assert!(head.contains(&set) && tail.contains(&reset), "{name}: {head}{tail}");
            assert!(asked().contains(&format!("('{name}')")), "{name}");
        }
    }

    #[test]
    fn a_statement_that_stands_alone_reads_its_texts_as_they_were_written() {
        let (plain, reading) = (differing(NONE, false), differing(NONE, true));
        assert!(!plain.contains("TimeZone") && plain.contains("('statement_timeout', '0')"), "{plain}");
        assert!(reading.contains("('TimeZone', 'UTC')") && !reading.contains("bytea_output"), "{reading}");
    }

    #[test]
    fn a_time_is_within_what_postgresql_takes() {
        assert_eq!(milliseconds(Duration::ZERO), "0");
        assert_eq!(milliseconds(Duration::from_millis(1500)), "1500ms");
        assert_eq!(milliseconds(Duration::MAX), "2147483647ms");
    }
}
