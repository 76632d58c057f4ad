//! The settings of a session that decide what a version writes or how long it may take: one list, each with its value and
//! its reason, and its text for every way of sending.
//!
//! `search_path` comes first, because what is named without its schema is found by it: a function, an operator or a type that
//! somebody has planted in a schema of the session's path would run with the rights of whoever runs pkmig (CVE-2018-1058).
//! What is sent before it is pinned names the schema of every function and operator. Our own questions are asked under
//! a [`Path`] of PostgreSQL's own; versions under one with the schemas of the chain's extensions in it, because an author's
//! expression finds their operators by it.
//!
//! A setting belongs to the transaction wherever there is one, so that nothing of it stays in a session that a pooler hands
//! on. Left as the host has them: `default_tablespace`, `default_table_access_method` and `default_toast_compression`,
//! which say where its rows lie; `default_text_search_config` and `lc_monetary`, by which it reads what was written;
//! `row_security`, which chains force that seed under it; `default_transaction_read_only`, because writing into what is
//! meant to be read is an error. `session_replication_role` is asked, because an ordinary role may not even set it to what
//! it is.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::time::Duration;

use super::trust;
use super::writer::{ident, literal};
use crate::ddl::{Expression, Ident, Reset};
use crate::plpgsql::{Block, Node, Raise};

/// A setting, and what it is while a version runs.
struct Setting {
    name: &'static str,
    value: &'static str,
    /// What the session's own value would do.
    reason: &'static str,
    /// Whether it decides how a text is read that a statement holds.
    reads: bool,
    /// Whether a script for psql sets it, too.
    scripted: bool,
}

const fn written(name: &'static str, value: &'static str, reason: &'static str) -> Setting {
    Setting { name, value, reason, reads: false, scripted: true }
}

const fn read(name: &'static str, value: &'static str, reason: &'static str) -> Setting {
    Setting { name, value, reason, reads: true, scripted: true }
}

/// For the connection that a migrator runs on: sqlx cannot ask whether its server is still there, so the server asks.
const fn watched(name: &'static str, value: &'static str) -> Setting {
    let reason = "a session whose client is gone would keep its locks for hours";
    Setting { name, value, reason, reads: false, scripted: false }
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
    Setting {
        name: "transaction_timeout",
        value: "0",
        reason: "a version that waits for its turn would be killed (PostgreSQL 17)",
        reads: false,
        scripted: false,
    },
    watched("tcp_keepalives_idle", "60"),
    watched("tcp_keepalives_interval", "10"),
    watched("tcp_keepalives_count", "6"),
    watched("tcp_user_timeout", "2min"),
];

/// Others that a transaction of ours changes, and that a host's must have back.
const CHANGED: [&str; 7] = [
    "search_path",
    "client_connection_check_interval",
    "lock_timeout",
    "statement_timeout",
    "row_security",
    "max_parallel_maintenance_workers",
    "client_min_messages",
];

/// The search path of versions: PostgreSQL's own objects come first. By default, that of our own questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// The schemas of the chain's extensions, which come next.
    pub schemas: BTreeSet<String>,
    /// What the host's path finds comes then, where that is wanted.
    pub host: Option<String>,
    /// The prefix, where functions of the chain take arguments: it is not on the path, but whoever may create another function
    /// of the same name there could have that one called.
    pub called: Option<String>,
}

impl Path {
    /// The schemas in which nobody else may create anything.
    pub(super) fn watched(&self) -> impl Iterator<Item = &String> {
        self.schemas.iter().chain(&self.called)
    }

    /// Whether there are any.
    pub fn is_watched(&self) -> bool {
        self.watched().next().is_some()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.iter().filter(|path| !path.is_empty()).cloned();
        let schemas: String =
            self.schemas.iter().map(|name| ident(name)).chain(host).map(|it| format!("{it}, ")).collect();
        // Temporary objects are named, because unnamed they would come first (manual, section 20.11.1).
        write!(f, "pg_catalog, {schemas}pg_temp")
    }
}

/// Pins the search path until the transaction ends, and has no statement be killed for its time, which the session means for its
/// own: three statements without a row. What both were is kept in settings of ours, which a pooler hands on no more than that.
pub fn pin(path: &Path) -> [String; 3] {
    let keep = KEPT.map(|name| {
        format!("pg_catalog.set_config('pkmig.{name}', pg_catalog.current_setting('{name}'), true) IS NULL")
    });
    [
        format!("SELECT WHERE {}", keep.join(" OR ")),
        format!("SET LOCAL search_path = {path}"),
        "SET LOCAL statement_timeout = 0".to_owned(),
    ]
}

/// Gives back what was kept.
pub fn unpin() -> String {
    let back = KEPT.map(|name| {
        format!("pg_catalog.set_config('{name}', pg_catalog.current_setting('pkmig.{name}'), true) IS NULL")
    });
    format!("SELECT WHERE {}", back.join(" OR "))
}

/// The settings that are kept, each as `pkmig.` and its name.
const KEPT: [&str; 2] = ["search_path", "statement_timeout"];

/// The value of the setting `pin.name`, where some are kept.
fn value() -> String {
    let kept = KEPT.map(|name| format!("'{name}'")).join(", ");
    format!(
        "pg_catalog.current_setting(CASE WHEN pin.name IN ({kept}) THEN 'pkmig.' || pin.name ELSE pin.name END, true)"
    )
}

/// How many rows a step that fills them in batches has filled, as a query, for the session that it ran in: a setting of the session
/// is committed with each batch.
pub const FILLED_ROWS: &str = "SELECT coalesce(pg_catalog.current_setting('pkmig.filled', true), '0')";

/// What every transaction begins with: under another level, a version that another runner has applied while this one
/// waited for the lock would not be seen, and applied once more.
pub const READ_COMMITTED: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// What differs from chain to chain, and from run to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins {
    /// The search path.
    pub path: Path,
    /// How long it waits.
    pub time_outs: TimeOuts,
}

/// How long a session waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOuts {
    /// For a lock.
    pub lock: Duration,
    /// For the end of what is sent at once; zero is for ever.
    pub statement: Duration,
}

/// Before the statements of a message that is a transaction of its own, or within one: statements without a row, the settings last. What
/// runs behind them is not subject to a time-out that the session came with: PostgreSQL sets its clock anew for the next
/// statement.
pub fn local(pins: &Pins) -> Vec<String> {
    let mut body = inside(pins);
    body.push(look_for_the_client());
    let settings = Block::plain("pkmig", body).to_string();
    std::iter::once(READ_COMMITTED.to_owned()).chain(pin(&Path::default())).chain([settings]).collect()
}

/// Has the server look, while it is at work, whether its client is still there. PostgreSQL 13 does not know it, and some
/// operating systems refuse it (manual, section 20.3.2).
fn look_for_the_client() -> Node {
    let set = Expression::new("pg_catalog.set_config('client_connection_check_interval', '10s', true)");
    Node::Try { body: vec![Node::Perform(set)], when: &["OTHERS"], then: vec![Node::Null] }
}

/// Within a block, at the beginning of a transaction.
pub(super) fn inside(pins: &Pins) -> Vec<Node> {
    let lock = milliseconds(pins.time_outs.lock);
    let timed = [("lock_timeout", lock.as_str()), ("statement_timeout", "0")];
    let path = literal(&pins.path.to_string());
    let path = Node::Perform(Expression::new(format!("pg_catalog.set_config('search_path', {path}, true)")));
    [path, set(PINNED.iter().map(|it| (it.name, it.value)).chain(timed), true)].into()
}

/// The time-out of statements, once the lock among runners is held: who only waits for another is not to be killed.
pub fn statement_timeout(time_outs: TimeOuts) -> Option<Node> {
    let time = milliseconds(time_outs.statement);
    let set = format!("pg_catalog.set_config('statement_timeout', '{time}', true)");
    (!time_outs.statement.is_zero()).then(|| Node::Perform(Expression::new(set)))
}

/// What differs from the list in a session whose next statement has to stand alone, in no transaction: name, value, what it is
/// to be, the process, and whether the session has set it for itself, as rows. `reads` is whether the statement holds texts that are read by the session's settings.
pub fn differing(pins: &Pins, reads: bool) -> String {
    format!(
        "SELECT pin.name, {0}, value, pg_catalog.pg_backend_pid(), kept.reset_val IS DISTINCT FROM {0} \
         FROM (VALUES {1}) AS pin (name, value) LEFT JOIN pg_catalog.pg_settings kept ON kept.name = pin.name WHERE {0} <> value",
        value(),
        pairs(alone(&pins.path.to_string(), &milliseconds(pins.time_outs.statement), reads), "")
    )
}

/// What such a statement needs: its end is waited for, and its text is read as it was written. All that is ours in it
/// names its schema, so it is only for an author's expression that the search path counts.
fn alone<'a>(path: &'a str, statement: &'a str, reads: bool) -> impl Iterator<Item = (&'a str, &'a str)> {
    // What a block of its own sets by itself comes too late for its text.
    let needed = move |it: &&Setting| {
        it.name == "standard_conforming_strings" || it.name == "transaction_timeout" || reads && it.reads
    };
    let path = Some(("search_path", path)).filter(|_| reads);
    PINNED.iter().filter(needed).map(|it| (it.name, it.value)).chain([("statement_timeout", statement)]).chain(path)
}

/// Sets values for the session of a process, and for no other that a pooler may have put in its place. What has none is reset.
pub fn borrowed(process: i32, values: &[(String, Option<String>)]) -> String {
    let resets = values.iter().filter(|(_, value)| value.is_none());
    let resets = resets.map(|(name, _)| Node::Sql(Reset(Ident::new(name)).into()));
    let values = values.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)));
    let other = Expression::new(format!("pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) {process}"));
    let raise = Raise::exception(["the pooler switched to another session".into()], super::POOLED);
    let body = [Node::when(other, vec![raise.into()]), set(values, false)].into_iter().chain(resets);
    Block::plain("pkmig", body.collect()).to_string()
}

/// What a transaction of somebody else's has set, as rows of name and value, where the search path is pinned.
pub fn asked() -> String {
    // The last one is never changed, only looked at.
    let names = PINNED.iter().map(|it| it.name).chain(CHANGED).chain(["session_replication_role"]);
    let names = names.map(|name| format!("('{name}')")).collect::<Vec<_>>().join(", ");
    format!("SELECT name, {0} FROM (VALUES {names}) AS pin (name) WHERE {0} IS NOT NULL", value())
}

/// Writes them back, for the rest of that transaction.
pub fn restored(values: &[(String, String)]) -> String {
    let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Block::plain("pkmig", vec![set(values, true)]).to_string()
}

/// The head of a script for psql. It begins no transaction: the script's owner may want it in one (`psql -1`), and then
/// it is that one whose level is set.
pub fn head(pins: &Pins, trusted: &[String]) -> String {
    let own = Path::default();
    let mut text = format!("SET search_path = {own}; -- else what others have planted on it would be called\n");
    text.push_str(
        "SET client_min_messages = 'error';\nSET TRANSACTION ISOLATION LEVEL READ COMMITTED;\nRESET client_min_messages;\n\
         SET default_transaction_isolation = 'read committed';\n",
    );
    let statement = milliseconds(pins.time_outs.statement);
    for Setting { name, value, reason, .. } in PINNED.iter().filter(|it| it.scripted) {
        let _ = writeln!(text, "SET {name} = {}; -- else {reason}", literal(value));
    }
    let _ = writeln!(text, "SET statement_timeout = {};", literal(&statement));
    if pins.path.is_watched() {
        let _ = writeln!(text, "{};\nSET search_path = {};", trust::refuse(&pins.path, trusted), pins.path);
    }
    text + "SET pkmig.script = 'on';\n\
        DO $pkmig$\nBEGIN\n  IF pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL THEN\n    \
        SET transaction_timeout = 0;\n  END IF;\n  \
        IF pg_catalog.current_setting('session_replication_role') <> 'origin' THEN\n    \
        RAISE EXCEPTION 'session_replication_role is %: triggers and foreign keys would not be enforced', \
        pg_catalog.current_setting('session_replication_role') USING HINT = 'SET session_replication_role = origin';\n  \
        END IF;\nEND\n$pkmig$;\n"
}

/// The end of a script for psql: it says what could not be written to the ledger, and gives the settings back.
pub fn tail() -> String {
    let mut text = String::from(
        "\nDO $pkmig$\nBEGIN\n  IF pg_catalog.current_setting('pkmig.unwritten', true) <> '' THEN\n    \
         RAISE WARNING 'the ledger was not written: %', pg_catalog.current_setting('pkmig.unwritten', true);\n  END IF;\n  \
         IF pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL THEN\n    RESET transaction_timeout;\n  \
         END IF;\nEND\n$pkmig$;\n",
    );
    let names = PINNED.iter().filter(|it| it.scripted).map(|it| it.name);
    let others =
        ["pkmig.unwritten", "pkmig.script", "default_transaction_isolation", "statement_timeout", "search_path"];
    for name in others.into_iter().chain(names) {
        let _ = writeln!(text, "RESET {name};");
    }
    text
}

/// Sets what differs. A name that the server does not know has no value.
fn set<'a>(values: impl Iterator<Item = (&'a str, &'a str)>, local: bool) -> Node {
    let listed = pairs(values, "\n      ");
    match listed.is_empty() {
        true => Node::Null,
        false => Node::Perform(Expression::new(format!(
            "pg_catalog.set_config(name, value, {local}) FROM (VALUES {listed}) AS pin (name, value)\n    \
             WHERE pg_catalog.current_setting(name, true) OPERATOR(pg_catalog.<>) value"
        ))),
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

    fn none() -> Pins {
        let time_outs = TimeOuts { lock: Duration::from_secs(5), statement: Duration::ZERO };
        Pins { path: Path { schemas: BTreeSet::from(["My-Schema".to_owned()]), ..Path::default() }, time_outs }
    }

    #[test]
    fn every_way_of_sending_sets_the_same_values() {
        let inside = Block::plain("x", inside(&none())).to_string();
        let (local, head, tail) = (local(&none()).concat(), head(&none(), &[]), tail());
        for Setting { name, value, scripted, .. } in PINNED {
            for block in [&local, &inside] {
                assert!(block.contains(&format!("('{name}', '{value}')")), "{name}: {block}");
            }
            let [set, reset] = [format!("SET {name} = '{value}'; -- "), format!("RESET {name};\n")];
            let (set, reset) = match *name {
                // Not every server has it.
                "transaction_timeout" => {
                    ("SET transaction_timeout = 0;\n".to_owned(), "RESET transaction_timeout;".to_owned())
                }
                _ if !scripted => {
                    assert!(!head.contains(name) && !tail.contains(name), "{name}: {head}{tail}");
                    continue;
                }
                _ => (set, reset),
            };
            assert!(head.contains(&set) && tail.contains(&reset), "{name}: {head}{tail}");
            assert!(asked().contains(&format!("('{name}')")), "{name}");
        }
    }

    #[test]
    fn the_search_path_is_pinned_before_anything_is_found_by_it() {
        let expected = "'search_path', 'pg_catalog, \"My-Schema\", pg_temp'";
        let inside = Block::plain("x", inside(&none())).to_string();
        assert!(inside.starts_with(&format!("DO $x$\nBEGIN\n  PERFORM pg_catalog.set_config({expected}, true);")));
        let head = super::head(&none(), &[]);
        assert!(head.starts_with("SET search_path = pg_catalog, pg_temp;"), "{head}");
        assert!(head.contains("END\n$pkmig$;\nSET search_path = pg_catalog, \"My-Schema\", pg_temp;"), "{head}");
        assert!(!super::head(&Pins { path: Path::default(), ..none() }, &[]).contains("aclexplode"));
        assert!(tail().contains("RESET search_path;\n"));
        assert_eq!(local(&none())[1..4], pin(&Path::default()));
    }

    #[test]
    fn a_statement_that_stands_alone_reads_its_texts_as_they_were_written() {
        let (plain, reading) = (differing(&none(), false), differing(&none(), true));
        assert!(!plain.contains("TimeZone") && plain.contains("('statement_timeout', '0')"), "{plain}");
        assert!(reading.contains("('TimeZone', 'UTC')") && !reading.contains("bytea_output"), "{reading}");
        let path = "('search_path', 'pg_catalog, \"My-Schema\", pg_temp')";
        assert!(reading.contains(path) && !plain.contains("'search_path', 'pg"), "{reading}");
    }

    #[test]
    fn a_time_is_within_what_postgresql_takes() {
        assert_eq!(milliseconds(Duration::ZERO), "0");
        assert_eq!(milliseconds(Duration::from_millis(1500)), "1500ms");
        assert_eq!(milliseconds(Duration::MAX), "2147483647ms");
    }
}
