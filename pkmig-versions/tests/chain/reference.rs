//! Databases as the original left them, built from the facts in `tests/reference`.
//!
//! A kind of object that is not built here does not parse: a fact is never left out silently.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::catalog::quoted;
use crate::execute;
use crate::words::Words;

/// What the catalog of a database holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reference {
    pub(crate) version: String,
    extensions: Vec<String>,
    enums: BTreeMap<String, Enum>,
    functions: BTreeMap<String, Value>,
    sequences: BTreeMap<String, Sequence>,
    pub(crate) tables: BTreeMap<String, Table>,
    rows: BTreeMap<String, Vec<Map<String, Value>>>,
    #[serde(rename = "comments")]
    _comments: BTreeMap<String, Never>,
    #[serde(rename = "composites")]
    _composites: BTreeMap<String, Never>,
    #[serde(rename = "domains")]
    _domains: BTreeMap<String, Never>,
    #[serde(rename = "views")]
    _views: BTreeMap<String, Never>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enum {
    labels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sequence {
    #[serde(rename = "type")]
    ty: String,
    start: i64,
    min: i64,
    max: i64,
    increment: i64,
    cache: i64,
    cycle: bool,
    owned_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    column_order: Vec<String>,
    columns: BTreeMap<String, Column>,
    constraints: BTreeMap<String, Constraint>,
    pub(crate) indexes: BTreeMap<String, Index>,
    persistence: Option<String>,
    #[serde(default)]
    comment: bool,
    #[serde(rename = "policies")]
    _policies: BTreeMap<String, Never>,
    #[serde(rename = "triggers")]
    _triggers: BTreeMap<String, Never>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    #[serde(rename = "type")]
    ty: String,
    default: Option<String>,
    #[serde(default)]
    not_null: bool,
    #[serde(default)]
    comment: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Constraint {
    #[serde(rename = "type")]
    ty: String,
    definition: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Index {
    pub(crate) definition: String,
    backs_constraint: Option<String>,
    #[serde(rename = "unique")]
    _unique: bool,
}

/// What no reference has.
#[derive(Deserialize)]
enum Never {}

impl Reference {
    /// The database that was left at a version.
    pub(crate) fn at(version: u32) -> Self {
        Self::named(&format!("V{version:03}.json.gz"))
    }

    /// The database that one run over all versions left.
    pub(crate) fn of_a_single_run() -> Self {
        Self::named("single_run_V136.json.gz")
    }

    fn named(file: &str) -> Self {
        serde_json::from_str(&unpacked(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
    }

    /// Builds the database in a schema, with the words of our own chain at the same version.
    pub(crate) async fn build(&self, words: &Words, connection: &mut PgConnection, schema: &str) {
        let create = match schema {
            "public" => String::new(),
            _ => format!("CREATE SCHEMA {};", quoted(schema)),
        };
        let rows = self.rows(words, connection).await;
        let (functions, comments) = (self.functions(words), self.comments(words));
        let parts = [create, self.extensions(), self.types(), functions, self.tables(), rows, self.keys(), comments];
        // Types and operator classes of extensions are named without a schema.
        let sql = format!("SET search_path = public;{}RESET search_path", named(&parts.concat(), schema));
        execute(connection, &sql).await;
    }

    fn extensions(&self) -> String {
        self.extensions.iter().map(|name| format!("CREATE EXTENSION IF NOT EXISTS {};\n", quoted(name))).collect()
    }

    fn types(&self) -> String {
        let labels = |it: &Enum| it.labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
        self.enums
            .iter()
            .map(|(name, it)| format!("CREATE TYPE @.{} AS ENUM ({});\n", quoted(name), labels(it)))
            .collect()
    }

    fn functions(&self, words: &Words) -> String {
        self.functions.keys().map(|signature| format!("{};\n", words.function(signature))).collect()
    }

    fn tables(&self) -> String {
        let mut sql = String::new();
        for (name, it) in &self.sequences {
            let Sequence { ty, start, min, max, increment, cache, .. } = it;
            let cycle = if it.cycle { "CYCLE" } else { "NO CYCLE" };
            let _ = writeln!(
                sql,
                "CREATE SEQUENCE @.{} AS {ty} START {start} MINVALUE {min} MAXVALUE {max} INCREMENT {increment} CACHE {cache} {cycle};",
                quoted(name)
            );
        }
        self.tables.iter().for_each(|(name, table)| sql.push_str(&table.create(name)));
        for (name, it) in &self.sequences {
            let Some(column) = &it.owned_by else { continue };
            let _ = writeln!(sql, "ALTER SEQUENCE @.{} OWNED BY {column};", quoted(name));
        }
        sql
    }

    /// Indexes, keys and checks, and the foreign keys that rely on either. A foreign key relies on the oldest index that
    /// will do, and here that is never a primary key: those on uuids came last (V74).
    fn keys(&self) -> String {
        let indexes = self.tables.values().flat_map(|table| table.indexes.values());
        let indexes = indexes.filter(|index| index.backs_constraint.is_none());
        let indexes = indexes.map(|index| format!("{};\n", index.definition)).collect::<String>();
        [indexes, self.constraints(false), self.constraints(true)].concat()
    }

    fn constraints(&self, foreign: bool) -> String {
        let mut sql = String::new();
        for (table, it) in &self.tables {
            for (name, it) in it.constraints.iter().filter(|(_, it)| (it.ty == "foreign key") == foreign) {
                let _ = writeln!(
                    sql,
                    "ALTER TABLE @.{} ADD CONSTRAINT {} {};",
                    quoted(table),
                    quoted(name),
                    as_written(&it.definition)
                );
            }
        }
        sql
    }

    fn comments(&self, words: &Words) -> String {
        let mut sql = format!("COMMENT ON TABLE @.phoenix_kit IS '{}';\n", self.version);
        for (name, table) in &self.tables {
            if table.comment {
                let _ = writeln!(sql, "COMMENT ON TABLE @.{} IS {};", quoted(name), literal(words.comment(name)));
            }
            for (column, _) in table.columns.iter().filter(|(_, it)| it.comment) {
                let (of, text) =
                    (format!("@.{}.{}", quoted(name), quoted(column)), words.comment(&format!("{name}.{column}")));
                let _ = writeln!(sql, "COMMENT ON COLUMN {of} IS {};", literal(text));
            }
        }
        sql
    }

    /// The rows, and sequences behind their numbers.
    async fn rows(&self, words: &Words, connection: &mut PgConnection) -> String {
        let (mut sql, mut count) = (String::new(), 0);
        for (name, rows) in &self.rows {
            let mut whole = Vec::new();
            for row in rows {
                let mut row = words.texts(name, row, connection).await;
                row.values_mut().for_each(|value| unmask(value, &mut count));
                whole.push(Value::Object(row));
            }
            let (table, rows) = (quoted(name), literal(&Value::Array(whole).to_string()));
            let _ =
                writeln!(sql, "INSERT INTO @.{table} SELECT * FROM jsonb_populate_recordset(NULL::@.{table}, {rows});");
        }
        for (name, it) in &self.sequences {
            let Some((table, column)) = it.owned_by.as_ref().and_then(|of| of.rsplit_once('.')) else { continue };
            let _ = writeln!(
                sql,
                "SELECT setval('@.{}', max({column})) FROM {table} HAVING max({column}) > 0;",
                quoted(name)
            );
        }
        sql.push_str(&self.links());
        sql
    }

    /// Who holds the permissions, which the masked uuid of a role does not tell. It was the administrators from the
    /// version on that brought the table (V53), as long as roles had numbers.
    fn links(&self) -> String {
        match self.tables.get("phoenix_kit_role_permissions").is_some_and(|it| it.columns.contains_key("role_uuid")) {
            true => "UPDATE @.phoenix_kit_role_permissions SET role_uuid = r.uuid FROM @.phoenix_kit_user_roles r \
                     WHERE r.name = 'Admin';\n"
                .to_owned(),
            false => String::new(),
        }
    }
}

impl Table {
    fn create(&self, name: &str) -> String {
        let columns = self.column_order.iter().map(|name| self.columns[name].definition(name)).collect::<Vec<_>>();
        let unlogged = match self.persistence.as_deref() {
            None => "",
            Some("u") => "UNLOGGED ",
            Some(other) => panic!("table {name} with persistence {other}"),
        };
        format!("CREATE {unlogged}TABLE @.{} ({});\n", quoted(name), columns.join(", "))
    }
}

impl Column {
    fn definition(&self, name: &str) -> String {
        let default = self.default.as_ref().map(|default| format!(" DEFAULT {default}")).unwrap_or_default();
        format!("{} {}{default}{}", quoted(name), self.ty, if self.not_null { " NOT NULL" } else { "" })
    }
}

/// A text beside the references.
pub(crate) fn unpacked(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/phoenix_kit").join(file);
    let packed = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

/// Puts the name of the schema where `@` stands for it: before a dot, and in the name of one index.
fn named(sql: &str, schema: &str) -> String {
    let index = |rest: &str| rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let mut pieces = sql.split("@_phoenix_kit");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_at(index(piece));
        let _ = write!(out, "{}{rest}", quoted(&format!("{schema}_phoenix_kit{name}")));
    }
    out.replace("@.", &format!("{}.", quoted(schema)))
}

/// A check that compares a column with several texts as it was declared. The facts hold it in the form that a restored
/// dump has.
fn as_written(definition: &str) -> String {
    let Some((before, rest)) = definition.split_once(")::text = ANY (ARRAY[") else { return definition.to_owned() };
    let (list, after) = rest.split_once("])").unwrap_or_else(|| panic!("{definition}"));
    format!("{before}) IN ({}){}", list.replace("::text", ""), as_written(after))
}

/// Gives a masked value one of its own.
fn unmask(value: &mut Value, count: &mut u32) {
    match value.as_str() {
        Some("<time>") => *value = "2020-02-02T02:02:02".into(),
        Some("<uuid>") => {
            *count += 1;
            *value = format!("01900000-0000-4000-8000-{count:012x}").into();
        }
        _ => {}
    }
}

pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The one value of a query, which is JSON.
pub(crate) async fn json(connection: &mut PgConnection, sql: String) -> Value {
    let text: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap();
    serde_json::from_str(&text).unwrap()
}
