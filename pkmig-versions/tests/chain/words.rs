//! What facts leave out, in the words of our own chain: bodies of functions, comments, long texts.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::catalog::of;
use crate::catalog::quoted;
use crate::reference::{json, literal};
use crate::{execute, go, phoenix_kit};

/// The schema that our own chain is installed in meanwhile.
const OURS: &str = "ours";

/// The words of our own chain at a version.
pub(crate) struct Words {
    functions: BTreeMap<String, String>,
    comments: BTreeMap<String, String>,
}

impl Words {
    /// Installs our own chain up to a version and reads it. [`Words::forget`] takes it away again.
    pub(crate) async fn at(version: u32, connection: &mut PgConnection) -> Self {
        go(&phoenix_kit(OURS), version, connection).await;
        Self { functions: pairs(FUNCTIONS, connection).await, comments: pairs(COMMENTS, connection).await }
    }

    /// Takes our own chain away again, and says what its schema held.
    pub(crate) async fn forget(self, connection: &mut PgConnection) -> Vec<String> {
        let catalog = of(connection, OURS).await;
        execute(connection, &format!("DROP SCHEMA {OURS} CASCADE")).await;
        catalog
    }

    /// The statement that makes a function, with `@` for the schema.
    pub(crate) fn function(&self, signature: &str) -> &str {
        self.functions.get(signature).unwrap_or_else(|| panic!("our chain has no function {signature}"))
    }

    /// The comment on a table or on `table.column`.
    pub(crate) fn comment(&self, of: &str) -> &str {
        self.comments.get(of).unwrap_or_else(|| panic!("our chain has no comment on {of}"))
    }

    /// A row with its long texts, which are those of our row that is the same in all that is known.
    pub(crate) async fn texts(
        &self,
        table: &str,
        row: &Map<String, Value>,
        connection: &mut PgConnection,
    ) -> Map<String, Value> {
        let (mut whole, mut known) = (row.clone(), row.clone());
        known.retain(|_, value| !value.as_str().is_some_and(|text| text.starts_with('<')));
        if row.values().any(|value| value == "<text>") {
            let known = literal(&Value::Object(known).to_string());
            let sql =
                format!("SELECT to_jsonb(t)::text FROM {OURS}.{} AS t WHERE to_jsonb(t) @> {known}", quoted(table));
            let ours = json(connection, sql).await;
            for (column, value) in whole.iter_mut().filter(|(_, value)| *value == "<text>") {
                *value = ours[column].clone();
            }
        }
        whole
    }
}

async fn pairs(sql: &str, connection: &mut PgConnection) -> BTreeMap<String, String> {
    let sql = sql.replace("{ours}", OURS);
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap();
    rows.into_iter().collect()
}

const FUNCTIONS: &str = r#"
    SELECT proname || '(' || pg_get_function_identity_arguments(oid) || ')',
           regexp_replace(pg_get_functiondef(oid), '"?\m{ours}\M"?\.', '@.', 'g')
    FROM pg_proc WHERE pronamespace = '{ours}'::regnamespace"#;

const COMMENTS: &str = "
    SELECT c.relname || coalesce('.' || a.attname, ''), d.description
    FROM pg_class c JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE c.relnamespace = '{ours}'::regnamespace";
