//! An install with rows in it, and what a test asks it.

use pkmig::testing::Database;
use pkmig::{Chain, Migrator};
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::chains::{database_for, migrator};
use crate::{catalog, execute, go};

/// An install in the prefix `acme`, and a session that finds its tables without their prefix.
pub(crate) struct Install {
    connection: PgConnection,
    migrator: Migrator,
    _database: Database,
}

impl Install {
    /// A fresh install of a chain at a version.
    pub(crate) async fn of(chain: &'static Chain, version: u32) -> Self {
        let prepared = database_for("a test", &[chain]).await;
        let (database, mut connection) = prepared.expect("the server has what every PostgreSQL comes with");
        execute(&mut connection, "SET search_path = acme, public; SET TimeZone = 'UTC'").await;
        let mut install = Self { connection, migrator: migrator(chain, "acme"), _database: database };
        install.go(version).await;
        install
    }

    /// A fresh install of the reference chain at a version.
    pub(crate) async fn at(version: u32) -> Self {
        Self::of(&PHOENIX_KIT, version).await
    }

    /// An install that is brought to the version before `version`, given rows, and brought to `version`.
    pub(crate) async fn around(version: u32, before: &str) -> Self {
        let mut install = Self::at(version - 1).await;
        install.execute(before).await;
        install.go(version).await;
        install
    }

    /// Goes to a version, whichever way it lies.
    pub(crate) async fn go(&mut self, version: u32) {
        go(&self.migrator, version, &mut self.connection).await;
    }

    /// Why it cannot go to the newest version. Panics if it can.
    pub(crate) async fn stopped(&mut self) -> String {
        self.migrator.up(&mut self.connection).await.unwrap_err().report()
    }

    /// Why it cannot go down to a version. Panics if it can.
    pub(crate) async fn refusal(&mut self, version: u32) -> String {
        self.migrator.down_to(version, &mut self.connection).await.unwrap_err().report()
    }

    pub(crate) async fn execute(&mut self, sql: &str) {
        execute(&mut self.connection, sql).await;
    }

    /// How many rows a statement changes.
    pub(crate) async fn changed(&mut self, sql: &str) -> u64 {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await;
        done.unwrap_or_else(|e| panic!("{sql}: {e}")).rows_affected()
    }

    /// What PostgreSQL says against a statement. Panics if it takes it.
    pub(crate) async fn refused(&mut self, sql: &str) -> String {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await;
        done.expect_err(sql).to_string()
    }

    /// What the schema holds, by `catalog::of`.
    pub(crate) async fn catalog(&mut self) -> Vec<String> {
        let catalog = catalog::of(&mut self.connection, "acme").await;
        execute(&mut self.connection, "SET search_path = acme, public").await;
        catalog
    }

    /// A query's rows, each as a JSON object.
    pub(crate) async fn rows(&mut self, sql: &str) -> Vec<String> {
        let sql = format!("SELECT row_to_json(x)::text FROM ({sql}) AS x");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_all(&mut self.connection).await;
        rows.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// A query's rows: the columns of each as texts, with `|` between them and `-` for null.
    pub(crate) async fn fields(&mut self, sql: &str) -> Vec<String> {
        let sql = format!(
            "SELECT (SELECT string_agg(coalesce(value, '-'), '|' ORDER BY place)
                FROM json_each_text(row_to_json(x)) WITH ORDINALITY AS field (name, value, place)) FROM ({sql}) AS x"
        );
        let rows = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_all(&mut self.connection).await;
        rows.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// A query's one value, as text.
    pub(crate) async fn value(&mut self, sql: &str) -> String {
        let sql = format!("SELECT ({sql})::text");
        let value = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(&mut self.connection).await;
        value.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }
}
