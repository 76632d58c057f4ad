//! Which database is meant.

use std::process::Command;

use crate::place::{Database, command, run};

/// The program without anything that names a database, in a folder of its own.
fn bare(folder: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    for name in ["PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE", "PGSERVICEFILE"] {
        command.env_remove(name);
    }
    command.current_dir(folder).env("PKMIG_DATA_DIR", folder.join("data")).env("HOME", folder);
    command
}

#[test]
fn what_only_looks_starts_no_server_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    for line in [&["status"][..], &["ledger"], &["plan"], &["verify"], &["repair", "--dry-run"], &["heal"]] {
        let message = run(&mut bare(folder.path(), line)).fails(1);
        assert!(
            message.starts_with("error: no database is named, and the private PostgreSQL server is not running"),
            "{message}"
        );
    }
    assert!(!folder.path().join("data").exists());
}

#[test]
fn the_variables_of_psql_name_a_database() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    database.pkmig(&["up", "--to", "2"]).succeeds();
    let url = url::Url::parse(&database.url).unwrap();
    let (host, port) = (url.host_str().unwrap().replace("%2F", "/"), url.port().unwrap_or(5432).to_string());
    let (user, name) = (url.username().to_owned(), url.path().trim_start_matches('/').to_owned());
    let password = url.password().unwrap_or_default().to_owned();
    let here = |shown: String| assert!(shown.starts_with("phoenix_kit in schema public: at V2"), "{shown}");

    let by_variables =
        [("PGHOST", &host), ("PGPORT", &port), ("PGUSER", &user), ("PGDATABASE", &name), ("PGPASSWORD", &password)];
    here(run(bare(folder.path(), &["status"]).envs(by_variables)).succeeds());

    let service = format!(
        "[other]\nhost=nowhere.invalid\n[notes]\nhost={host}\nport={port}\nuser={user}\ndbname={name}\npassword={password}\n"
    );
    let file = folder.path().join("service.conf");
    std::fs::write(&file, service).unwrap();
    let by_service = |name: &str| {
        let mut command = bare(folder.path(), &["status"]);
        run(command.env("PGSERVICE", name).env("PGSERVICEFILE", &file))
    };
    here(by_service("notes").succeeds());
    let message = by_service("none").fails(2);
    assert!(message.contains("no service `none` is defined in ") && message.contains("service.conf"), "{message}");

    std::fs::write(folder.path().join(".env"), format!("DATABASE_URL={}\n", database.url)).unwrap();
    here(run(&mut bare(folder.path(), &["status"])).succeeds());
    std::fs::write(folder.path().join(".env"), "what is this secret\n").unwrap();
    let message = run(&mut bare(folder.path(), &["status"])).fails(2);
    assert!(message.contains("the file `.env` cannot be read") && !message.contains("secret"), "{message}");
}

#[test]
fn an_unreachable_database_of_the_environment_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let by = [
        ("PGHOST", "127.0.0.1"),
        ("PGPORT", "1"),
        ("PGUSER", "app"),
        ("PGPASSWORD", "hunter2"),
        ("PGDATABASE", "notes"),
    ];
    let message = run(bare(folder.path(), &["up"]).envs(by)).fails(1);
    assert!(
        message.contains("note: the database is postgres://app@127.0.0.1:1/notes") && !message.contains("hunter2"),
        "{message}"
    );
}

#[test]
fn a_role_may_be_taken_on() {
    let database = Database::new();
    let name = database.text("SELECT current_database()::text");
    let role = format!("{name}_owner");
    let prepare = format!(
        "CREATE ROLE {role}; GRANT CREATE ON DATABASE {name} TO {role}; CREATE EXTENSION citext; CREATE EXTENSION pgcrypto"
    );
    database.execute(&prepare);
    database.execute(&format!("CREATE SCHEMA theirs AUTHORIZATION {role}"));
    let up = ["--as", &role, "--prefix", "theirs", "up", "--to", "1"];
    database.pkmig(&up).succeeds();
    let owner = "SELECT tableowner::text FROM pg_tables WHERE schemaname = 'theirs' LIMIT 1";
    assert_eq!(database.text(owner), role);
    let message = database.pkmig(&["--prefix", "theirs", "up", "--to", "2"]).fails(1);
    assert!(message.contains(&format!("`--as {role}`")), "{message}");
    let verified = database.pkmig(&["--prefix", "theirs", "verify"]).answers(3);
    assert!(verified.0.contains("untrusted  table ") && verified.1.contains("--trust-owner"), "{verified:?}");
    database.pkmig(&["--trust-owner", &role, "--prefix", "theirs", "up", "--to", "2"]).succeeds();
    let verified = database.pkmig(&["--trust-owner", &role, "--prefix", "theirs", "verify"]).succeeds();
    assert!(verified.contains("    trusted    table "), "{verified}");
    database.execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
}

#[test]
fn the_hashes_of_versions_are_lines_for_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let hashes = run(&mut bare(folder.path(), &["--chain", "erp", "hashes"])).succeeds();
    assert_eq!(hashes.lines().count(), 13);
    let first = hashes.lines().next().unwrap();
    assert!(first.starts_with("erp V1 ") && first.len() == "erp V1 ".len() + 64, "{first}");
}
