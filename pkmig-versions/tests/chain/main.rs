//! The chains on a real PostgreSQL: what each does to rows, beside the others, and against its reference. What any chain is
//! tested for is in `tests/conformance.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

mod base_mcp;
mod baseline;
mod catalog;
mod chains;
mod clone_memoria;
mod data;
mod erp;
mod install;
mod loss;
mod messages;
mod reference;
mod repair;
mod rights;
mod rows;
mod takeover;
mod takeover_data;
mod takeover_drift;
mod together;
mod verify;
mod words;

use pkmig::testing::{Database, full, left_out};
use pkmig::{Migrator, Run};
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::OnceCell;

/// A migrator of the reference chain that may drop what a test has put in.
fn phoenix_kit(prefix: &str) -> Migrator {
    chains::migrator(&PHOENIX_KIT, prefix)
}

/// Goes to a version, whichever way it lies.
async fn go(migrator: &Migrator, target: u32, connection: &mut PgConnection) -> Run {
    let version = migrator.version(&mut *connection).await.unwrap().0;
    let run = match target >= version {
        true => migrator.up_to(target, &mut *connection).await,
        false => migrator.down_to(target, &mut *connection).await,
    };
    run.unwrap_or_else(|error| panic!("from V{version} to V{target}: {error}"))
}

async fn database() -> (Database, PgConnection) {
    let database = Database::create().await.unwrap();
    let connection = database.connect().await.unwrap();
    (database, connection)
}

/// The versions that a walk stops at: of a chain of more than ten every fourth, of one of more than a hundred every 32nd, and the
/// newest, unless `PKMIG_FULL` is set.
fn versions(chain: &pkmig::Chain) -> Vec<u32> {
    let latest = chain.latest().0;
    let distance = match latest {
        _ if full() => 1,
        ..=10 => 1,
        11..=100 => 4,
        _ => 32,
    };
    let some: Vec<u32> = (1..latest).step_by(distance).chain([latest]).collect();
    if distance > 1 {
        left_out(&format!("{}: a baseline at {} of {latest} versions", chain.name, some.len()));
    }
    some
}

/// Whether a test that takes the longest chain through all its versions time and again is asked for, by `PKMIG_FULL`. Says what is
/// left out otherwise.
fn asked_for(what: &str) -> bool {
    if !full() {
        left_out(&format!("phoenix_kit: {what}"));
    }
    full()
}

/// Those of a list whose turn it is: every eighth one, unless `PKMIG_FULL` is set.
fn turns<T>(all: impl IntoIterator<Item = T>, first: usize) -> impl Iterator<Item = T> {
    all.into_iter().enumerate().filter(move |(turn, _)| full() || turn % 8 == first).map(|(_, one)| one)
}

/// The catalog of a fresh install of all versions.
async fn latest() -> &'static [String] {
    static LATEST: OnceCell<Vec<String>> = OnceCell::const_new();
    let install = || async {
        let (_database, mut connection) = database().await;
        go(&phoenix_kit("fresh"), PHOENIX_KIT.latest().0, &mut connection).await;
        catalog::of(&mut connection, "fresh").await
    };
    LATEST.get_or_init(install).await
}

async fn execute(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}
