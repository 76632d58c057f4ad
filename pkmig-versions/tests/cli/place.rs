//! Databases to work in, and the program run on them.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use pkmig::testing;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tokio::runtime::{Builder, Runtime};

use crate::catalog;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, without the caller's database and colours.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pkmig"));
    command.args(arguments).env_remove("DATABASE_URL").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
    command
}

/// Runs the program without a database.
pub(crate) fn pkmig(arguments: &[&str]) -> Answer {
    run(&mut command(arguments))
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Answer {
    let output = command.output().unwrap();
    Answer {
        line: format!("{command:?}"),
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Waits until a program has ended that prints less than a pipe holds.
pub(crate) fn ended(mut child: Child) -> Output {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it does not end within {PATIENCE:?}: {:?}", child.wait_with_output());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

/// What the program answered.
pub(crate) struct Answer {
    line: String,
    code: Option<i32>,
    stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// Its standard output.
    pub(crate) fn succeeds(&self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}\n{}", self.line, self.stdout, self.stderr);
        self.stdout.clone()
    }

    /// Its standard error.
    pub(crate) fn fails(&self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}\n{}\n{}", self.line, self.stdout, self.stderr);
        assert_eq!(self.stdout, "", "{}: what fails prints no result", self.line);
        self.stderr.clone()
    }

    /// Its standard output and error, where an answer is a failure.
    pub(crate) fn answers(&self, code: i32) -> (String, String) {
        assert_eq!(self.code, Some(code), "{}\n{}\n{}", self.line, self.stdout, self.stderr);
        (self.stdout.clone(), self.stderr.clone())
    }

    /// Its standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.succeeds()).unwrap()
    }
}

/// A database of a test's own, gone with the test.
pub(crate) struct Database {
    pub(crate) url: String,
    _database: testing::Database,
}

impl Database {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(testing::Database::create()).unwrap();
        Self { url: database.url().to_owned(), _database: database }
    }

    /// Runs the program on it.
    pub(crate) fn pkmig(&self, arguments: &[&str]) -> Answer {
        run(command(arguments).env("DATABASE_URL", &self.url))
    }

    /// The version installed in `public`.
    pub(crate) fn version(&self) -> u64 {
        self.pkmig(&["status", "--json"]).json()["version"].as_u64().unwrap()
    }

    pub(crate) fn session(&self) -> Session {
        Session::new(&self.url)
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.session().execute(sql);
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        let Session { runtime, mut connection } = self.session();
        let row = runtime.block_on(sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(&mut connection)).unwrap();
        row.get(0)
    }

    pub(crate) fn text(&self, sql: &str) -> String {
        let Session { runtime, mut connection } = self.session();
        let row = runtime.block_on(sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(&mut connection)).unwrap();
        row.get(0)
    }

    /// Waits until a question is answered so.
    pub(crate) fn until(&self, question: &str, answer: i64) {
        let began = Instant::now();
        loop {
            let found = self.number(question);
            if found == answer {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "after {PATIENCE:?} still {found}, not {answer}: {question}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What a schema holds.
    pub(crate) fn catalog(&self, schema: &str) -> Vec<String> {
        let Session { runtime, mut connection } = self.session();
        runtime.block_on(catalog::of(&mut connection, schema))
    }

    /// Runs a script through psql, as `pkmig sql` says it should be.
    pub(crate) fn psql(&self, script: &str) {
        self.through_psql(script).unwrap_or_else(|error| panic!("{error}"));
    }

    /// What psql says of a script that fails.
    pub(crate) fn psql_fails(&self, script: &str) -> String {
        self.through_psql(script).unwrap_err()
    }

    fn through_psql(&self, script: &str) -> Result<(), String> {
        let mut psql = Command::new(psql(self));
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d", &self.url]);
        let mut child = psql.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        // A script that fails is not read to its end; psql's own message says why.
        let _ = child.stdin.take().unwrap().write_all(script.as_bytes());
        let output = child.wait_with_output().unwrap();
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }
}

/// A connection for a test's own statements.
pub(crate) struct Session {
    runtime: Runtime,
    connection: PgConnection,
}

impl Session {
    fn new(url: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let connection = runtime.block_on(PgConnection::connect(url)).unwrap();
        Self { runtime, connection }
    }

    pub(crate) fn execute(&mut self, sql: &str) {
        self.runtime.block_on(sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection)).unwrap();
    }
}

/// psql beside the server's programs, or on PATH.
fn psql(database: &Database) -> PathBuf {
    static PSQL: OnceLock<PathBuf> = OnceLock::new();
    let find = || {
        let Session { runtime, mut connection } = database.session();
        let folder = sqlx::raw_sql("SELECT setting FROM pg_catalog.pg_config WHERE name = 'BINDIR'");
        let folder = runtime.block_on(folder.fetch_one(&mut connection)).ok().map(|row| row.get::<String, _>(0));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = folder.map(PathBuf::from).into_iter().chain(std::env::split_paths(&path));
        let found = folders.map(|folder| folder.join("psql")).find(|psql| psql.is_file());
        found.expect("these tests need psql, beside the server's programs or on PATH: install PostgreSQL's client")
    };
    PSQL.get_or_init(find).clone()
}
