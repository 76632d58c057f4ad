//! Rows in before a version, rows out after it, and after its down.
//!
//! What is expected is written out, never computed by the SQL under test.

mod early;
mod publishing;
mod references;
mod renames;
mod settings;
mod shop;
mod translations;
mod uuids;

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

    /// An install that is brought to the version before `version`, given rows, and brought to `version`.
    async fn around(version: u32, before: &str) -> Self {
        let mut install = Self::at(version - 1).await;
        install.execute(before).await;
        install.go(version).await;
        install
    }

    /// Goes to a version, whichever way it lies.
    async fn go(&mut self, version: u32) {
        go(&self.migrator, version, &mut self.connection).await;
    }

    /// Why it cannot go down to a version. Panics if it can.
    async fn refusal(&mut self, version: u32) -> String {
        self.migrator.down_to(version, &mut self.connection).await.unwrap_err().to_string()
    }

    async fn execute(&mut self, sql: &str) {
        execute(&mut self.connection, sql).await;
    }

    /// A query's rows, each as a JSON object.
    async fn rows(&mut self, sql: &str) -> Vec<String> {
        let sql = format!("SELECT row_to_json(x)::text FROM ({sql}) AS x");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_all(&mut self.connection).await;
        rows.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// A query's one value, as text.
    async fn value(&mut self, sql: &str) -> String {
        let sql = format!("SELECT ({sql})::text");
        let value = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(&mut self.connection).await;
        value.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }
}

const USERS: &str = "INSERT INTO phoenix_kit_users (email, hashed_password, inserted_at, updated_at) VALUES ";
