//! Rows as facts: without what differs from install to install, and which row points at which.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use regex_lite::{Captures, Regex};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::catalog::quoted;
use crate::reference::{json, literal};

type Row = Map<String, Value>;
/// The rows of each table that has any, as sorted texts.
pub(crate) type Facts = BTreeMap<String, Vec<String>>;

/// Texts that are longer are somebody's wording.
const LONG: usize = 40;
/// Tables whose rows the chain brings along.
const SEEDED: [&str; 7] =
    ["settings", "role_permissions", "storage_dimensions", "payment_options", "user_roles", "currencies", "buckets"];

/// The rows of a schema.
pub(crate) struct Rows {
    tables: Vec<(String, BTreeMap<String, String>, Vec<Row>)>,
    uuid: Regex,
    time: Regex,
}

impl Rows {
    pub(crate) async fn of(connection: &mut PgConnection, schema: &str) -> Self {
        let name = literal(schema);
        let sql = format!("SELECT coalesce(jsonb_agg(tablename), '[]')::text FROM pg_tables WHERE schemaname = {name}");
        let mut tables = Vec::new();
        for table in json(connection, sql).await.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let of = format!("{}.{}", quoted(schema), quoted(table));
            let rows = format!("SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM {of} AS t");
            let rows: Vec<Row> = serde_json::from_value(json(connection, rows).await).unwrap();
            let types = format!(
                "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute \
                 WHERE attrelid = {}::regclass AND attnum > 0 AND NOT attisdropped",
                literal(&of)
            );
            let types: Vec<(String, String)> =
                sqlx::query_as(AssertSqlSafe(types)).fetch_all(&mut *connection).await.unwrap();
            if !rows.is_empty() {
                tables.push((table.to_owned(), types.into_iter().collect(), rows));
            }
        }
        let uuid = r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b";
        let time = r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?";
        Self { tables, uuid: Regex::new(uuid).unwrap(), time: Regex::new(time).unwrap() }
    }

    /// Every row with its uuids, times and long texts masked.
    pub(crate) fn masked(&self) -> Facts {
        let mut facts = Facts::new();
        for (table, types, rows) in &self.tables {
            let masked = rows.iter().map(|row| {
                let masked = row.iter().map(|(column, value)| (column.clone(), self.fact(&types[column], value)));
                Value::Object(masked.collect())
            });
            facts.insert(table.clone(), texts(masked));
        }
        facts
    }

    /// What every row is called, and what its uuids point at. A row is called after its table and a hash of what is
    /// left of it without uuids and times.
    pub(crate) fn links(&self) -> Facts {
        let names = self.names();
        let mut facts = Facts::new();
        for (table, types, rows) in &self.tables {
            let linked = rows.iter().map(|row| {
                let linked = row.iter().filter_map(|(column, value)| {
                    Some((column.clone(), self.link(table, column, &types[column], value, &names)?))
                });
                let name = ("@".to_owned(), self.name(table, types, row).into());
                Value::Object(linked.chain([name]).collect())
            });
            facts.insert(table.clone(), texts(linked));
        }
        facts
    }

    fn names(&self) -> HashMap<&str, String> {
        let mut names = HashMap::new();
        for (table, types, rows) in &self.tables {
            let key = ["uuid", "id"].into_iter().find(|key| types.get(*key).is_some_and(|ty| ty == "uuid"));
            let Some(key) = key else { continue };
            names.extend(rows.iter().filter_map(|row| Some((row[key].as_str()?, self.name(table, types, row)))));
        }
        names
    }

    fn name(&self, table: &str, types: &BTreeMap<String, String>, row: &Row) -> String {
        let kept =
            row.iter().filter(|(column, _)| !["uuid", "timestamp"].iter().any(|ty| types[*column].starts_with(ty)));
        let content = kept.map(|(column, value)| (column.clone(), self.fact(&types[column], value))).collect();
        format!("{table}:{}", &hash(&text(&Value::Object(content)))[..10])
    }

    fn link(&self, table: &str, column: &str, ty: &str, value: &Value, names: &HashMap<&str, String>) -> Option<Value> {
        let key = ty == "uuid" && ["uuid", "id"].contains(&column);
        if value.is_null() || key {
            return None;
        }
        if ty.starts_with("uuid") || self.uuid.is_match(&value.to_string()) {
            return Some(each_text(value, &|text| {
                self.uuid.replace_all(text, |at: &Captures| target(&at[0], names)).into()
            }));
        }
        let own = !SEEDED.iter().any(|seeded| table == format!("phoenix_kit_{seeded}"));
        let long = value.as_str().is_some_and(|text| text.chars().count() > LONG);
        let masked = self.mask(ty, value);
        (own && long).then(|| format!("sha256:{}", &hash(masked.as_str().unwrap_or_default())[..16]).into())
    }

    fn fact(&self, ty: &str, value: &Value) -> Value {
        let masked = self.mask(ty, value);
        match masked.as_str().is_some_and(|text| text.chars().count() > LONG) {
            true => "<text>".into(),
            false => masked,
        }
    }

    fn mask(&self, ty: &str, value: &Value) -> Value {
        match () {
            () if value.is_null() => Value::Null,
            () if ty.starts_with("uuid") => "<uuid>".into(),
            () if ["timestamp", "date", "time"].iter().any(|time| ty.starts_with(time)) => "<time>".into(),
            () => {
                each_text(value, &|text| self.time.replace_all(&self.uuid.replace_all(text, "<uuid>"), "<time>").into())
            }
        }
    }
}

/// What a uuid points at. The uuids that the example's own rows were given show themselves.
fn target(uuid: &str, names: &HashMap<&str, String>) -> String {
    match names.get(uuid.to_lowercase().as_str()) {
        Some(name) => name.clone(),
        None if &uuid[8..24] == "-0000-7000-8000-" => format!("<dangling: {uuid}>"),
        None => "<dangling>".to_owned(),
    }
}

fn each_text(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => change(text).into(),
        Value::Array(items) => items.iter().map(|item| each_text(item, change)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), each_text(value, change))).collect(),
        other => other.clone(),
    }
}

/// The rows of a reference, in the same form.
pub(crate) fn facts(json: &str) -> Facts {
    let tables: BTreeMap<String, Vec<Value>> = serde_json::from_str(json).unwrap();
    tables.into_iter().map(|(table, rows)| (table, texts(rows.into_iter()))).collect()
}

fn texts(rows: impl Iterator<Item = Value>) -> Vec<String> {
    let mut texts: Vec<String> = rows.map(|row| text(&row)).collect();
    texts.sort();
    texts
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// JSON as the references hash it: keys in order, spaces behind commas and colons, ASCII only.
fn text(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Array(items) => format!("[{}]", joined(items.iter().map(text).collect())),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            let field = |(key, value): (&String, &Value)| format!("{}: {}", text(&key.as_str().into()), text(value));
            format!("{{{}}}", joined(fields.into_iter().map(field).collect()))
        }
        other => other.to_string().chars().map(ascii).collect(),
    }
}

fn ascii(c: char) -> String {
    match c.is_ascii() {
        true => c.to_string(),
        false => c.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |mut out, unit| {
            let _ = write!(out, "\\u{unit:04x}");
            out
        }),
    }
}
