//! Rows in before a version from V91 on, rows out after it, and after its down.
//!
//! What is expected is what PhoenixKit itself made of the same rows, written out. Where it stops
//! with an error, the test says so.

mod catalogues;
mod documents;
mod integrations;
mod media;
mod projects;
mod staff;

use pkmig::Migrator;
use pkmig::testing::Database;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::{database, execute, go, phoenix_kit};

/// An install in the prefix `acme`, and a session that finds its tables without their prefix.
struct Install {
    connection: PgConnection,
    migrator: Migrator,
    _database: Database,
}

impl Install {
    /// A fresh install at a version.
    async fn at(version: u32) -> Self {
        let (database, mut connection) = database().await;
        execute(&mut connection, "SET search_path = acme, public; SET TimeZone = 'UTC'").await;
        let mut install = Self { connection, migrator: phoenix_kit("acme"), _database: database };
        install.go(version).await;
        install
    }

    /// Goes to a version, whichever way it lies.
    async fn go(&mut self, version: u32) {
        go(&self.migrator, version, &mut self.connection).await;
    }

    async fn execute(&mut self, sql: &str) {
        execute(&mut self.connection, sql).await;
    }

    /// A query's rows: the columns of each as texts, with `|` between them and `-` for null.
    async fn rows(&mut self, sql: &str) -> Vec<String> {
        let sql = format!(
            "SELECT (SELECT string_agg(coalesce(value, '-'), '|' ORDER BY place)
                FROM json_each_text(row_to_json(x)) WITH ORDINALITY AS field (name, value, place)) FROM ({sql}) AS x"
        );
        let rows = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_all(&mut self.connection).await;
        rows.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }
}
