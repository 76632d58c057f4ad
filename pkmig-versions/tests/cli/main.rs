//! The `pkmig` program as a user meets it, on a real PostgreSQL: the one at `DATABASE_URL`, or else a throw-away one.
#![cfg(unix)]
// Clippy does not take functions beside the tests for tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../chain/catalog.rs"]
mod catalog;
mod ledger;
mod place;
mod repair;
mod target;

use std::io::Read as _;
use std::process::Stdio;

use catalog::assert_same;
use pkmig::server::Throwaway;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use place::{Database, pkmig};

fn latest() -> u32 {
    PHOENIX_KIT.latest().0
}

#[test]
fn up_applies_every_version_and_then_has_nothing_to_do() {
    let database = Database::new();
    let first = database.pkmig(&["up"]).succeeds();
    assert!(first.starts_with(&format!("V{}  all versions at once  ", latest())), "{first}");
    assert!(first.contains(&format!("\n{0} versions applied at once: V0 → V{0} in ", latest())), "{first}");
    let again = database.pkmig(&["up"]).succeeds();
    assert_eq!(again, format!("nothing to do: phoenix_kit in schema public is at V{}\n", latest()));
    let quiet = database.pkmig(&["-q", "up", "--prefix", "quiet"]);
    assert_eq!((quiet.succeeds(), quiet.stderr.as_str()), (String::new(), ""));
}

#[test]
fn up_applies_the_versions_one_by_one_where_that_is_asked_for() {
    let database = Database::new();
    let first = database.pkmig(&["up", "--no-baseline", "--to", "2"]).succeeds();
    assert!(first.contains("V1  users, tokens and roles  "), "{first}");
    assert!(first.contains("\n2 versions applied: V0 → V2 in "), "{first}");
}

#[test]
fn a_baseline_runs_through_psql_any_number_of_times() {
    let database = Database::new();
    let script = database.pkmig(&["sql", "--baseline", "--to", "20"]).succeeds();
    database.psql(&script);
    database.psql(&script);
    assert_eq!(database.version(), 20);
    assert!(database.pkmig(&["verify"]).succeeds().contains("V20: as declared"));
    let language = database.pkmig(&["sql", "--baseline", "--language", "--to", "20"]).succeeds();
    assert!(language.starts_with("pkmig::migration! {\n    V20 "), "{language}");
}

#[test]
fn status_is_told_to_people_and_to_programs() {
    let database = Database::new();
    let before = database.pkmig(&["status"]).succeeds();
    assert!(before.starts_with("phoenix_kit in schema public: not installed"), "{before}");
    assert_eq!(database.pkmig(&["status", "--json"]).json()["state"], "not_installed");
    database.pkmig(&["up", "--to", "V3"]).succeeds();
    let status = database.pkmig(&["status", "--json"]).json();
    assert_eq!((&status["state"], &status["version"]), (&"behind".into(), &3.into()));
    assert_eq!((&status["latest"], &status["pending"][0]["version"]), (&latest().into(), &4.into()));
    let shown = database.pkmig(&["status"]).succeeds();
    assert!(shown.contains("at V3; the newest is V") && shown.contains("\n  V4    "), "{shown}");
    assert_eq!(database.pkmig(&["status", "--json", "--prefix", "other"]).json()["version"], 0);
    database.execute("COMMENT ON TABLE phoenix_kit IS '9999'");
    assert_eq!(database.pkmig(&["status", "--json"]).json()["state"], "newer");
    assert!(database.pkmig(&["up"]).fails(1).contains("at V9999, which this release does not know"));
}

#[test]
fn down_stops_before_rows_until_their_loss_is_allowed() {
    let database = Database::new();
    database.pkmig(&["up", "--to", "3"]).succeeds();
    database.execute("INSERT INTO phoenix_kit_settings (key, value) VALUES ('cli_test', '1')");
    let refused = database.pkmig(&["down", "--to", "2"]).fails(1);
    assert!(refused.contains("error: ") && refused.contains("table `phoenix_kit_settings` ("), "{refused}");
    assert!(refused.contains("\nhelp: ") && refused.contains("--allow-data-loss"), "{refused}");
    assert_eq!(database.version(), 3);
    let done = database.pkmig(&["down", "--to", "2", "--allow-data-loss"]).succeeds();
    assert!(done.contains("V3 down  settings  ") && done.contains("\n1 version reverted: V3 → V2 in "), "{done}");
    assert_eq!(database.version(), 2);
    let result = database.pkmig(&["down", "--to=0", "--allow-data-loss", "--json"]).json();
    assert_eq!((&result["from"], &result["to"], &result["direction"]), (&2.into(), &0.into(), &"down".into()));
    // All at once: an uninstall is no walk of downs.
    assert_eq!(result["applied"].as_array().unwrap().len(), 1);
    assert_eq!((&result["applied"][0]["version"], &result["applied"][0]["versions"]), (&2.into(), &2.into()));
}

#[test]
fn plan_shows_what_would_run_and_runs_nothing() {
    let database = Database::new();
    let up = database.pkmig(&["plan", "--to", "2"]).succeeds();
    assert!(
        up.starts_with("phoenix_kit in schema public: V0 → V2, 2 versions\n\nall versions up to V2 at once\n"),
        "{up}"
    );
    assert!(up.contains("    create_table phoenix_kit_users "), "{up}");
    assert_eq!(database.version(), 0);
    database.pkmig(&["up", "--to", "3"]).succeeds();
    let down = database.pkmig(&["plan", "--to", "1"]).succeeds();
    assert!(down.contains("\nV3 down, lossless  settings\n"), "{down}");
    assert!(down.contains("\n  drops table phoenix_kit_settings and its rows\n"), "{down}");
    let plan = database.pkmig(&["plan", "--to", "1", "--json"]).json();
    assert_eq!((&plan["direction"], &plan["versions"][0]["version"]), (&"down".into(), &3.into()));
    assert_eq!(plan["versions"][0]["class"], "lossless");
    assert_eq!(plan["rights"][0], serde_json::json!({ "right": "CREATE", "on": "the schema" }));
    assert!(down.contains("\nneeds\n    USAGE and CREATE on the schema"), "{down}");
    assert!(plan["versions"][0].get("sql").is_none());
    assert!(database.pkmig(&["plan", "--json", "--sql"]).json()["versions"][0]["sql"].is_string());
    assert_eq!(database.pkmig(&["plan", "--to", "3"]).succeeds().lines().count(), 1);
    database.execute(
        "CREATE VIEW host_settings AS SELECT key FROM phoenix_kit_settings; \
         CREATE INDEX host_index ON phoenix_kit_settings (value)",
    );
    let down = database.pkmig(&["plan", "--to", "0"]).succeeds();
    assert!(down.contains("\nuninstall of all versions up to V3\n"), "{down}");
    assert!(down.contains("  blocked: view `public.host_settings` of role `"), "{down}");
    assert!(down.contains("  index `public.host_index` of role `"), "{down}");
    assert!(down.contains("\n  stays: schema `public`, extension `citext`"), "{down}");
    let plan = database.pkmig(&["plan", "--to", "0", "--json"]).json();
    let effect = |name: &str| {
        let mut dependents = plan["versions"][0]["dependents"].as_array().unwrap().iter();
        dependents.find(|one| one["name"] == name).map(|one| one["effect"].clone())
    };
    assert_eq!(effect("public.host_settings"), Some("blocks".into()));
    assert_eq!(effect("public.host_index"), Some("goes".into()));
    let refused = database.pkmig(&["down", "--to", "0", "--allow-data-loss"]).fails(1);
    assert!(refused.contains("view `public.host_settings` of role `"), "{refused}");
    assert_eq!(database.version(), 3);
    database.execute("DROP VIEW host_settings; DROP INDEX host_index");
    database.psql(&database.pkmig(&["plan", "--to", "1", "--sql"]).succeeds());
    assert_eq!(database.version(), 1);
}

#[test]
fn verify_tells_drift_by_its_exit_code() {
    let database = Database::new();
    assert!(database.pkmig(&["verify"]).fails(1).contains("is not installed in schema `public`"));
    database.pkmig(&["up", "--to", "5"]).succeeds();
    let clean = database.pkmig(&["verify"]).succeeds();
    assert_eq!(clean, "phoenix_kit in schema public, V5: as declared\n");
    database.execute("ALTER TABLE phoenix_kit_settings ADD remark text; CREATE TABLE theirs (a text)");
    let extra = database.pkmig(&["verify"]).succeeds();
    assert!(extra.contains("as declared; 2 not declared\n\ntable "), "{extra}");
    assert!(
        extra.contains("\n    extra      column remark\n") && extra.contains("\n    extra      table theirs\n"),
        "{extra}"
    );
    assert_eq!(database.pkmig(&["verify", "--json"]).json()["clean"], true);

    database.execute("ALTER TABLE phoenix_kit_settings DROP value");
    let (drift, error) = database.pkmig(&["verify"]).answers(3);
    assert!(
        drift.contains(", V5: 1 difference; 2 not declared") && drift.contains("\n    missing    column value\n"),
        "{drift}"
    );
    assert!(error.starts_with("error: the schema differs from what V5 declares: 1 difference\nhelp: "), "{error}");
    assert!(error.contains("`pkmig repair --dry-run`"), "{error}");
    let (json, _) = database.pkmig(&["verify", "--json"]).answers(3);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["clean"], &json["version"]), (&false.into(), &5.into()));
    let missing = json["differences"].as_array().unwrap().iter().find(|one| one["difference"] == "missing").unwrap();
    assert_eq!((&missing["kind"], &missing["name"]), (&"column".into(), &"value".into()));
    database.execute("COMMENT ON TABLE phoenix_kit IS '9999'");
    assert!(database.pkmig(&["verify"]).fails(1).contains("at V9999, which this release does not know"));
}

#[test]
fn a_script_runs_through_psql_any_number_of_times() {
    a_script_runs_twice_through_psql("public");
}

#[test]
fn a_script_for_a_schema_of_any_name_runs_through_psql_any_number_of_times() {
    a_script_runs_twice_through_psql("x\"\n; SELECT 1/0 --");
}

/// Up, half of the way down, and the rest: each leads to what a run of the program leads to, and a second time changes nothing.
fn a_script_runs_twice_through_psql(prefix: &str) {
    let database = Database::new();
    database.pkmig(&["up", "--prefix", "migrated"]).succeeds();
    let migrated = database.catalog("migrated");
    database.pkmig(&["down", "--to", "5", "--prefix", "migrated", "--allow-data-loss"]).succeeds();
    let migrated_half = database.catalog("migrated");
    let holds = |expected: &[String]| assert_same(prefix, expected, &database.catalog(prefix));
    let up = pkmig(&["sql", "--from", "0", "--to", &latest().to_string(), "--prefix", prefix]).succeeds();
    let half = pkmig(&["sql", "--down", "--to", "5", "--prefix", prefix]).succeeds();
    let rest = pkmig(&["sql", "--down", "--from", "5", "--prefix", prefix]).succeeds();
    for (script, expected) in [(up, &migrated), (half, &migrated_half), (rest, &Vec::new())] {
        database.psql(&script);
        holds(expected);
        database.psql(&script);
        holds(expected);
    }
}

#[test]
fn a_script_of_all_downs_asks_for_leave() {
    let database = Database::new();
    database.psql(&pkmig(&["sql"]).succeeds());
    let down = pkmig(&["sql", "--down"]).succeeds();
    let held = database.psql_fails(&down);
    // Nothing but a uuid of its own tells these rows from others: the keys that they were seeded by are gone.
    assert!(held.contains("would drop data: table `phoenix_kit_role_permissions` (25 rows)\n"), "{held}");
    database.psql(&format!("SET pkmig.allow_data_loss = on;\n{down}"));
    assert_same("the whole way down", &[], &database.catalog("public"));
}

#[test]
fn any_name_of_a_schema_works() {
    let database = Database::new();
    for prefix in ["My-Schema", "naïve", "select", "a\"b", "a'b", "a b", "$pkmig$", "-x"] {
        let option = format!("--prefix={prefix}");
        let target = if prefix == "a'b" { latest() } else { 12 };
        database.pkmig(&["up", &option, "--to", &target.to_string()]).succeeds();
        let status = database.pkmig(&[&option, "status", "--json"]).json();
        assert_eq!((&status["prefix"], &status["version"]), (&prefix.into(), &target.into()));
    }
    for prefix in ["My-Schema", "a\"b", "$pkmig$"] {
        database.pkmig(&["down", "--to", "0", "--allow-data-loss", "--schema", prefix]).succeeds();
    }
    let left = database.pkmig(&["status", "--json", "--prefix", "select"]).json();
    assert_eq!(left["version"], 12, "one install's down leaves the others alone");
}

#[test]
fn what_is_asked_wrongly_is_told_with_exit_code_2() {
    let chain = pkmig(&["--chain", "phenix_kit", "status"]).fails(2);
    assert!(chain.contains("possible values: phoenix_kit") && chain.contains("similar value exists"), "{chain}");
    for prefix in ["", "pg_toast", "information_schema", &"x".repeat(64)] {
        assert!(pkmig(&["status", "--prefix", prefix]).fails(2).starts_with("error: the prefix "), "{prefix}");
    }
    for line in [vec![], vec!["down"], vec!["up", "--to", "-1"], vec!["sql", "--from", "3", "--to", "1"]] {
        pkmig(&line).fails(2);
    }
    for url in ["", "mysql://u:hunter2@h/db", "postgres://u:hunter2@h:port/db", "host=h password=hunter2"] {
        let message = pkmig(&["--database-url", url, "status"]).fails(2);
        assert!(!message.contains("hunter2") && message.contains("\nhelp: pass postgres://"), "{message}");
    }
    let stray = pkmig(&["up", "postgres://u:hunter2@h/db"]).fails(2);
    assert!(!stray.contains("hunter2") && stray.contains("unexpected argument 'postgres://***@h/db'"), "{stray}");
}

#[test]
fn what_the_chain_does_not_find_is_told_at_once() {
    // A server of the test's own: roles belong to the server.
    let server = Throwaway::start_blocking().unwrap();
    let url = server.url("postgres");
    let refused = pkmig(&["--database-url", &url, "--chain", "clone_memoria", "up", "--prefix", "acme"]).fails(1);
    let missing = "role authenticated; function auth.uid()";
    assert!(refused.starts_with("error: ") && refused.contains(missing) && refused.contains("\nhelp: "), "{refused}");
    let status = pkmig(&["--database-url", &url, "--chain", "clone_memoria", "status", "--json"]).json();
    assert_eq!(status["state"], "not_installed");
}

#[test]
fn a_version_above_the_chain_is_refused() {
    let database = Database::new();
    let above = (latest() + 1).to_string();
    for line in [vec!["up", "--to", &above], vec!["down", "--to", &above], vec!["plan", "--to", &above]] {
        let message = database.pkmig(&line).fails(1);
        assert!(
            message.contains(&format!("has no V{above}: its newest version is V{}\nhelp: ", latest())),
            "{message}"
        );
    }
    assert!(pkmig(&["sql", "--to", &above]).fails(1).contains("has no V"));
    database.pkmig(&["up", "--to", "2"]).succeeds();
    assert!(database.pkmig(&["up", "--to", "1"]).fails(1).contains("`down --to 1` goes back"));
    assert!(database.pkmig(&["down", "--to", "3"]).fails(1).contains("`up --to 3` goes there"));
}

#[test]
fn a_server_that_does_not_answer_is_named_without_the_password() {
    let message = pkmig(&["--database-url", "postgres://me:hunter2@127.0.0.1:1/app", "up"]).fails(1);
    assert!(message.starts_with("error: no server answers: ") && message.contains("\nhelp: "), "{message}");
    assert!(message.contains("postgres://me:***@127.0.0.1:1/app") && !message.contains("hunter2"), "{message}");
}

#[test]
fn a_database_that_is_not_there_is_named() {
    let database = Database::new();
    let mut url = url::Url::parse(&database.url).unwrap();
    url.set_path("/pkmig_cli_never_made");
    let message = pkmig(&["--database-url", url.as_str(), "status"]).fails(1);
    assert!(message.contains("\"pkmig_cli_never_made\" does not exist (SQLSTATE 3D000)\nhelp: "), "{message}");
    let help = pkmig(&["--help"]).succeeds();
    assert!(help.contains("DATABASE_URL"), "{help}");
}

#[test]
fn the_help_does_not_show_the_url_of_the_environment() {
    let help = place::command(&["--help"]).env("DATABASE_URL", "postgres://u:hunter2@h/db").output().unwrap();
    assert!(help.status.success() && !String::from_utf8_lossy(&help.stdout).contains("hunter2"));
}

#[test]
fn chains_and_completions_need_no_database() {
    assert!(pkmig(&["chains"]).succeeds().starts_with("phoenix_kit  "));
    assert_eq!(pkmig(&["chains", "--json"]).json()[0]["latest"], latest());
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = pkmig(&["completions", shell]).succeeds();
        assert!(script.contains("--allow-data-loss") || script.contains("allow-data-loss"), "{shell}: {script}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child = place::command(&["sql"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut beginning = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut beginning).unwrap();
    let output = place::ended(child);
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// Whether this program, and with it what it starts, is not to end with its terminal.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 1 == 1)
}

#[test]
fn a_run_that_is_interrupted_leaves_nothing_behind_on_the_server() {
    let database = Database::new();
    database.pkmig(&["up", "--to", "7"]).succeeds();
    let mut lock = database.session();
    lock.execute("BEGIN; LOCK TABLE phoenix_kit_users IN ACCESS EXCLUSIVE MODE");
    let arguments = ["--database-url", &database.url, "up"];
    let ours = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pkmig'";
    let mut signals = vec!["-INT", "-TERM"];
    match hangup_is_ignored() {
        true => pkmig::testing::left_out("SIGHUP: it is ignored here (nohup)"),
        false => signals.push("-HUP"),
    }
    for signal in signals {
        let child = place::command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        database.until(&format!("SELECT count(*) {ours} AND wait_event_type = 'Lock'"), 1);
        let kill = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let output = place::ended(child);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{signal}: {message}");
        assert!(message.starts_with("error: interrupted: V8 was rolled back\nhelp: "), "{signal}: {message}");
        assert_eq!(database.number(&format!("SELECT count(*) {ours} AND state = 'active'")), 0);
    }
    lock.execute("ROLLBACK");
    assert_eq!(database.version(), 7);
    database.pkmig(&["up"]).succeeds();
}

#[test]
fn a_verification_that_is_interrupted_leaves_nothing_behind_on_the_server() {
    let database = Database::new();
    database.pkmig(&["up"]).succeeds();
    let scratch = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pkmig_verify%'";
    let ours =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pkmig'";
    // The first statement that makes an index waits; the schema is made by then.
    let mut lock = database.session();
    lock.execute("BEGIN; LOCK TABLE pg_catalog.pg_index IN EXCLUSIVE MODE");
    let arguments = ["--database-url", &database.url, "verify"];
    let child = place::command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    database.until(&format!("{ours} AND wait_event_type = 'Lock'"), 1);
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success() && !place::ended(child).status.success());
    lock.execute("ROLLBACK");
    database.until(ours, 0);
    assert_eq!(database.number(scratch), 0);
    database.pkmig(&["verify"]).succeeds();
}

#[test]
fn a_server_of_ones_own_that_was_never_made_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &[&str]| place::run(place::command(line).env("PKMIG_DATA_DIR", folder.path()));
    assert_eq!(run(&["server", "status", "--json"]).json()["state"], "none");
    assert!(run(&["server", "status"]).succeeds().starts_with("none yet"));
    assert_eq!(run(&["server", "stop"]).succeeds(), "no server was running\n");
}
