//! The ledger as the program tells of it, and the options of a session.

use crate::place::{Database, command, run};

#[test]
fn why_the_ledger_says_nothing_is_told() {
    let database = Database::new();
    let state = || database.pkmig(&["status", "--json"]).json()["ledger"]["state"].clone();
    let shown = || database.pkmig(&["ledger"]).succeeds();
    assert_eq!(shown(), "phoenix_kit in schema public: this database has no ledger\n");
    assert_eq!(state(), "missing");
    database.pkmig(&["up", "--to", "2"]).succeeds();
    assert_eq!(state(), "read");
    assert_eq!(
        database.pkmig(&["--no-ledger", "ledger"]).succeeds(),
        "phoenix_kit in schema public: the ledger is disabled\n"
    );
    database.execute("ALTER TABLE pkmig.pkmig_ledger DROP COLUMN hash");
    assert!(shown().contains("the ledger cannot be read: column \"hash\" does not exist"), "{}", shown());
    assert_eq!(state(), "unreadable");
    let up = database.pkmig(&["up", "--to", "4", "--json"]).json();
    assert!(up["unwritten"].as_str().is_some_and(|why| why.contains("column \"hash\"")), "{up}");
    let up = database.pkmig(&["up", "--to", "6"]);
    up.succeeds();
    assert_eq!(up.stderr.matches("the ledger was not written: ").count(), 1, "{}", up.stderr);
    database.execute("COMMENT ON TABLE pkmig.pkmig_ledger IS NULL");
    assert_eq!(state(), "untrusted");
    database.pkmig(&["verify"]).succeeds();
}

#[test]
fn what_acts_on_a_terminal_is_written_out() {
    let database = Database::new();
    database.pkmig(&["up", "--to", "2"]).succeeds();
    database.execute(r#"CREATE TABLE U&"a\001B[2J\000Aextra  table b" ()"#);
    let verified = database.pkmig(&["verify"]).succeeds();
    assert!(verified.contains(r"table a\u{1b}[2J\nextra  table b"), "{verified:?}");
    database.execute(r"UPDATE pkmig.pkmig_ledger SET program = E'evil\x1b]0;t\x07\nV9', role = U&'\202Ereversed'");
    let ledger = database.pkmig(&["ledger"]).succeeds();
    assert!(ledger.contains(r"evil\u{1b}]0;t\u{7}\nV9, \u{202e}reversed"), "{ledger:?}");
    let status = database.pkmig(&["--prefix", "x\u{1b}[2J\ny", "status"]).succeeds();
    assert!(status.starts_with(r"phoenix_kit in schema x\u{1b}[2J\ny: not installed"), "{status:?}");
    let error = database.pkmig(&["--prefix", "x\u{1b}[2J", "verify"]).fails(1);
    assert!(error.contains(r"schema `x\u{1b}[2J`"), "{error:?}");
    assert!(![verified, ledger, status, error].concat().contains(['\u{1b}', '\u{7}', '\u{202e}']));
    // What a program reads is as it is.
    let script = database.pkmig(&["--prefix", "x\u{7}", "sql", "--to", "1"]).succeeds();
    assert!(script.contains("\"x\u{7}\""));
}

#[test]
fn options_of_a_session_come_from_the_environment_too() {
    let database = Database::new();
    let with = |name: &str, value: &str, arguments: &[&str]| {
        run(command(arguments).env("DATABASE_URL", &database.url).env(name, value))
    };
    with("PKMIG_NO_LEDGER", "1", &["up", "--to", "2"]).succeeds();
    assert_eq!(database.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'pkmig'"), 0);
    with("PKMIG_NO_LEDGER", "false", &["up", "--to", "3"]).succeeds();
    assert_eq!(database.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'pkmig'"), 1);
    let script = with("PKMIG_STATEMENT_TIMEOUT", "90s", &["sql"]).succeeds();
    assert!(script.contains("\nSET statement_timeout = '90000ms';\n"), "{}", &script[..2000]);
    assert!(
        script.contains("\nSET TimeZone = 'UTC'; -- else a timestamp") && script.trim_end().ends_with(';'),
        "{}",
        &script[..2000]
    );
    with("PKMIG_STATEMENT_TIMEOUT", "90", &["status"]).fails(2);
}
