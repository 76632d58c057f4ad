//! A run against a real PostgreSQL, as a ratio to its peers: version by version to `psql -1 -f` of the same statements
//! without their guards, a baseline to `psql -1 -f` of a dump of what it makes, and nothing to do to `SELECT 1` on a
//! fresh connection.
//!
//!     cargo bench -p pkmig-benches --bench apply
//!
//! Needs psql and pg_dump on the PATH. Both sides of a ratio are taken in turns in one run; times are medians.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A benchmark without a database has nothing to measure.

#[path = "../pkmig-versions/tests/chain/catalog.rs"]
mod catalog;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use pkmig::PlannedVersion;
use pkmig::testing::Database;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::runtime::Runtime;

/// The statements that a fresh install needs, as somebody would write them who runs them once. Which ones these are is
/// recorded by a run: many steps repair what only some installs lack, and are not run on others.
fn unguarded(runtime: &Runtime, database: &Database) -> String {
    let planned = PHOENIX_KIT.migrator().script(0, PHOENIX_KIT.latest().0).expect("a chain goes up");
    let mut statements = Vec::new();
    let marked: Vec<String> = planned.iter().map(|version| marked(version, &mut statements)).collect();
    let ran: String = runtime.block_on(async {
        let mut connection = database.connect().await.expect("a connection");
        for version in marked {
            sqlx::raw_sql(AssertSqlSafe(version)).execute(&mut connection).await.expect("a version");
        }
        sqlx::query_scalar("SELECT current_setting('pkmig.ran')").fetch_one(&mut connection).await.expect("the record")
    });
    let ran = ran.split_whitespace().map(|place| &statements[place.parse::<usize>().expect("a place")]);
    let mut sql: String = ran.map(|statement| plain(statement)).collect();
    let (table, latest) = (PHOENIX_KIT.tracked_by, PHOENIX_KIT.latest().0);
    sql.push_str(&format!("COMMENT ON TABLE public.{table} IS '{latest}';\n"));
    sql
}

/// The SQL of a version that records which of its statements are run, by their places in `statements`.
fn marked(version: &PlannedVersion, statements: &mut Vec<String>) -> String {
    let sql = version.sql();
    let (mut marked, mut done) = (String::new(), 0);
    for one in &version.statements {
        let indent = if one.when.is_some() { "    " } else { "  " };
        for statement in &one.statements {
            let text = format!("{indent}{};\n", statement.to_sql(indent));
            let at = done + sql[done..].find(&text).expect("a version holds its statements in order");
            marked.push_str(&sql[done..at]);
            marked.push_str(&format!(
                "PERFORM set_config('pkmig.ran', concat(current_setting('pkmig.ran', true), ' {}'), false);\n{text}",
                statements.len()
            ));
            done = at + text.len();
            statements.push(statement.to_sql(""));
        }
    }
    marked + &sql[done..]
}

/// A statement as psql takes it: text for EXECUTE is written out, and what only PL/pgSQL can say keeps a block.
fn plain(statement: &str) -> String {
    let written = statement.strip_prefix("EXECUTE $execute$").and_then(|text| text.strip_suffix("$execute$"));
    match written {
        Some(text) => format!("{text};\n"),
        None if ["EXECUTE ", "PERFORM ", "IF "].iter().any(|word| statement.starts_with(word)) => {
            format!("DO $unguarded$ BEGIN {statement}; END $unguarded$;\n")
        }
        None => format!("{statement};\n"),
    }
}

/// Whether both ways lead to the same schema and rows: otherwise their times say nothing.
fn check(runtime: &Runtime, ours: impl Fn(&Database), theirs: impl Fn(&Database)) {
    let holds = |run: &dyn Fn(&Database)| {
        let database = runtime.block_on(Database::create()).expect("a database");
        run(&database);
        runtime.block_on(async {
            let mut connection = database.connect().await.expect("a connection");
            let lines = catalog::of(&mut connection, "public").await;
            lines.into_iter().map(|line| as_restored(&line)).collect::<Vec<_>>()
        })
    };
    catalog::assert_same("both ways", &holds(&ours), &holds(&theirs));
}

/// PostgreSQL reads back what it prints of a check with the casts at the values instead of at their array.
fn as_restored(line: &str) -> String {
    let casts = ["::character varying", "::text[]", "::text", "(", ")"];
    match line.starts_with("constraint ") {
        true => casts.iter().fold(line.to_owned(), |line, cast| line.replace(cast, "")),
        false => line.to_owned(),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Runs a measurement on a fresh database each time and keeps the times.
fn measure(runtime: &Runtime, times: &mut Vec<Duration>, rounds: u64, run: impl Fn(&Database)) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..rounds {
        let database = runtime.block_on(Database::create()).expect("a database");
        let start = Instant::now();
        run(&database);
        let took = start.elapsed();
        times.push(took);
        total += took;
    }
    total
}

/// A script that psql runs in one transaction.
struct Script {
    file: tempfile::NamedTempFile,
}

impl Script {
    fn new(sql: &str) -> Self {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), sql).expect("a script");
        Self { file }
    }

    fn run(&self, database: &Database) {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", database.url(), "-f"]).arg(self.file.path());
        assert!(command.stdout(Stdio::null()).status().expect("psql").success());
    }
}

/// What pg_dump makes of a database: its schema and its rows.
fn dump(database: &Database) -> String {
    let output = Command::new("pg_dump").args(["--no-owner", "--inserts", database.url()]).output().expect("pg_dump");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("a dump is text")
}

/// One of several ways to the same schema.
type Side<'a> = (&'a str, &'a dyn Fn(&Database));

fn apply(criterion: &mut Criterion) {
    let target = PHOENIX_KIT.latest().0;
    let runtime = Runtime::new().expect("a runtime");
    let up = |baseline: bool| {
        let (runtime, migrator) = (&runtime, PHOENIX_KIT.migrator().baseline(baseline));
        move |database: &Database| {
            runtime.block_on(async {
                let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
                migrator.up_to(target, &mut connection).await.expect("a run");
            });
        }
    };
    let (one_by_one, at_once) = (up(false), up(true));
    let recorded = runtime.block_on(Database::create()).expect("a database");
    let unguarded = Script::new(&unguarded(&runtime, &recorded));
    let dumped = runtime.block_on(Database::create()).expect("a database");
    at_once(&dumped);
    let dump = Script::new(&dump(&dumped));
    check(&runtime, &one_by_one, |database: &Database| unguarded.run(database));
    check(&runtime, &at_once, |database: &Database| dump.run(database));
    let sides: [Side<'_>; 4] = [
        ("up, version by version", &one_by_one),
        ("up, by baseline", &at_once),
        ("psql -1 -f, no guards", &|database: &Database| unguarded.run(database)),
        ("psql -1 -f of a dump", &|database: &Database| dump.run(database)),
    ];
    let mut group = criterion.benchmark_group(format!("V0 to V{target}"));
    group.sample_size(10);
    for (name, run) in &sides {
        group.bench_function(*name, |b| b.iter_custom(|rounds| measure(&runtime, &mut Vec::new(), rounds, run)));
    }
    group.finish();
    // Once more in turns, so that all sides see the same machine.
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..20 {
        for ((_, run), times) in sides.iter().zip(&mut times) {
            measure(&runtime, times, 1, run);
        }
    }
    let [one_by_one, at_once, unguarded, dump] = times.map(median);
    report(&format!("up to V{target}, version by version / psql -1 -f without guards"), one_by_one, unguarded);
    report(&format!("up to V{target} by baseline / psql -1 -f of a dump"), at_once, dump);
    report(&format!("up to V{target} by baseline / version by version"), at_once, one_by_one);
}

fn nothing_to_do(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let database = runtime.block_on(Database::create()).expect("a database");
    runtime.block_on(async {
        let mut connection = database.connect().await.expect("a connection");
        PHOENIX_KIT.migrator().up(&mut connection).await.expect("a run");
    });
    let up = || {
        runtime.block_on(async {
            let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
            PHOENIX_KIT.migrator().up(&mut connection).await.expect("a run");
        });
    };
    let select = || {
        runtime.block_on(async {
            let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
            sqlx::raw_sql("SELECT 1").execute(&mut connection).await.expect("an answer");
        });
    };
    let mut group = criterion.benchmark_group("nothing to do");
    group.bench_function("pkmig up", |b| b.iter(up));
    group.bench_function("SELECT 1", |b| b.iter(select));
    group.finish();
    let timed = |run: &dyn Fn()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let (ours, theirs): (Vec<_>, Vec<_>) = (0..200).map(|_| (timed(&up), timed(&select))).unzip();
    report("no-op up / SELECT 1 on a fresh connection", median(ours), median(theirs));
}

fn report(what: &str, ours: Duration, theirs: Duration) {
    println!("{what}: {:.2} ({ours:.2?} / {theirs:.2?})\n", ours.as_secs_f64() / theirs.as_secs_f64());
}

criterion_group!(benches, apply, nothing_to_do);
criterion_main!(benches);
