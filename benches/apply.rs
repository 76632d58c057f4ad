//! A run against a real PostgreSQL, as a ratio to what it cannot beat: `psql -1 -f` of the same statements without
//! their guards, and `SELECT 1` on a fresh connection.
//!
//!     cargo bench -p pkmig-benches --bench apply
//!
//! Needs psql on the PATH. Both sides of a ratio are taken in turns in one run; times are medians.

#![allow(clippy::expect_used)] // A benchmark without a database has nothing to measure.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use pkmig::testing::Database;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::{Connection, PgConnection};
use tokio::runtime::Runtime;

/// The statements up to a version, as somebody would write them who runs them once.
fn unguarded(target: u32) -> String {
    let planned = PHOENIX_KIT.migrator().script(0, target).expect("a chain goes up");
    let statements = planned.iter().flat_map(|version| &version.statements).flat_map(|one| &one.statements);
    let mut sql: String = statements
        .map(|statement| match statement.to_sql("") {
            // Raw SQL is handed to EXECUTE: psql runs it as it is.
            text if text.starts_with("EXECUTE ") => {
                text.replace("EXECUTE $execute$", "").trim_end_matches("$execute$").to_owned() + ";\n"
            }
            text => text + ";\n",
        })
        .collect();
    sql.push_str(&format!("COMMENT ON TABLE public.{} IS '{target}';\n", PHOENIX_KIT.tracked_by));
    sql
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

fn apply(criterion: &mut Criterion) {
    // Above V36 there are steps for installs that were left incomplete: without its guard, a fresh one refuses them.
    let target = 36;
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("unguarded.sql");
    std::fs::write(&script, unguarded(target)).expect("a script");
    let psql = |database: &Database| {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", database.url(), "-f"]).arg(&script);
        assert!(command.stdout(Stdio::null()).status().expect("psql").success());
    };
    let up = |database: &Database| {
        runtime.block_on(async {
            let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
            PHOENIX_KIT.migrator().up_to(target, &mut connection).await.expect("a run");
        });
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut group = criterion.benchmark_group(format!("apply V1 to V{target}"));
    group.sample_size(10);
    group.bench_function("pkmig up", |b| b.iter_custom(|rounds| measure(&runtime, &mut ours, rounds, up)));
    group.bench_function("psql -1 -f, no guards", |b| {
        b.iter_custom(|rounds| measure(&runtime, &mut theirs, rounds, psql));
    });
    group.finish();
    // Once more in turns, so that both sides see the same machine.
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        measure(&runtime, &mut ours, 1, up);
        measure(&runtime, &mut theirs, 1, psql);
    }
    report(&format!("up to V{target} / psql -1 -f without guards"), median(ours), median(theirs));
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
