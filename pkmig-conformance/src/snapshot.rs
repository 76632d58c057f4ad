//! What an install holds: its catalog, privileges and rows, so that two moments of installs in schemas of one name compare.

use std::fmt::Display;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Stop;
use pkmig_runtime::verify::{Catalog, Difference, DifferenceKind, Own, compare};
use pkmig_sql::{ident, literal};

/// How many differences a message lists.
const SHOWN: usize = 12;

/// What a schema holds at a moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    catalog: Catalog,
    privileges: Vec<String>,
    rows: Vec<Line>,
}

/// A row as JSON behind its table, without what differs from install to install.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    /// Without the numbers that sequences gave it.
    unnumbered: String,
    whole: String,
}

/// How far two snapshots are compared, the furthest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// Schema and rows.
    Everything,
    /// Schema and rows, but for numbers from sequences: what raw SQL or a session that ended has drawn is not given back.
    Unnumbered,
    /// The schema: rows were lost on the way, and the versions say so.
    Schema,
}

impl Snapshot {
    pub(super) async fn read(schema: &str, connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        sqlx::raw_sql("SET search_path = pg_catalog").execute(&mut *connection).await?;
        // Both sides carry the name of the same schema, so nothing has to be taken out.
        let catalog = Catalog::read(schema, &Own::new(&[]), connection).await?.without_privileges();
        let sql = include_str!("privileges.sql").replace("{schema}", &literal(schema));
        let mut privileges = texts(sql, connection).await?;
        privileges.sort();
        let rows = rows(schema, connection).await?;
        sqlx::raw_sql("RESET search_path").execute(&mut *connection).await?;
        Ok(Self { catalog, privileges, rows })
    }

    /// What another one holds otherwise, a line each.
    fn differences(&self, found: &Self, extent: Extent) -> Vec<String> {
        let mut all: Vec<String> = differences(&self.catalog, &found.catalog).iter().map(ToString::to_string).collect();
        all.extend(lines(&self.privileges, &found.privileges));
        match extent {
            Extent::Everything => all.extend(lines(&self.rows(|row| &row.whole), &found.rows(|row| &row.whole))),
            Extent::Unnumbered => {
                all.extend(lines(&self.rows(|row| &row.unnumbered), &found.rows(|row| &row.unnumbered)));
            }
            Extent::Schema => {}
        }
        all
    }

    fn rows(&self, text: impl Fn(&Line) -> &str) -> Vec<&str> {
        let mut rows: Vec<_> = self.rows.iter().map(text).collect();
        rows.sort_unstable();
        rows
    }

    /// Whether another one holds the same, rows and all.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.differences(other, Extent::Everything).is_empty()
    }

    /// Stops where another one is not the same.
    pub(super) fn expect(&self, found: &Self, extent: Extent, what: impl FnOnce() -> String) -> Result<(), Stop> {
        let all = self.differences(found, extent);
        if all.is_empty() {
            return Ok(());
        }
        let more = if all.len() > SHOWN { format!("\n  and {} more", all.len() - SHOWN) } else { String::new() };
        let shown = all.iter().take(SHOWN).map(|line| format!("\n  {line}")).collect::<String>();
        Err(Stop::Fault(format!("{}: differs from running the versions one by one{shown}{more}", what())))
    }
}

/// All that differs, whether a version declares it or not: `compare` by itself leaves a host its comments.
fn differences(expected: &Catalog, found: &Catalog) -> Vec<Difference> {
    if expected == found {
        return Vec::new();
    }
    let mut all = compare(expected, found);
    let undeclared = compare(found, expected).into_iter().filter_map(|Difference { object, kind }| match kind {
        DifferenceKind::Different { property, expected: found, found: expected } => {
            Some(Difference { object, kind: DifferenceKind::Different { property, expected, found } })
        }
        _ => None,
    });
    let undeclared: Vec<_> = undeclared.filter(|difference| !all.contains(difference)).collect();
    all.extend(undeclared);
    all
}

/// The lines that only one side has; both are sorted.
fn lines<T: Ord + Display>(expected: &[T], found: &[T]) -> Vec<String> {
    let (mut expected, mut found) = (expected.iter().peekable(), found.iter().peekable());
    let mut only = Vec::new();
    loop {
        match (expected.peek(), found.peek()) {
            (Some(one), Some(other)) if one == other => {
                expected.next();
                found.next();
            }
            (Some(one), other) if other.is_none_or(|other| one < other) => {
                only.push(format!("missing: {one}"));
                expected.next();
            }
            (_, Some(other)) => {
                only.push(format!("extra: {other}"));
                found.next();
            }
            (_, None) => return only,
        }
    }
}

/// The rows of all tables.
async fn rows(schema: &str, connection: &mut PgConnection) -> Result<Vec<Line>, sqlx::Error> {
    let tables = include_str!("tables.sql").replace("{schema}", &literal(schema));
    let mut selects = Vec::new();
    for table in sqlx::raw_sql(AssertSqlSafe(tables)).fetch_all(&mut *connection).await? {
        let (table, numbered): (&str, &str) = (table.try_get(0)?, table.try_get(1)?);
        let (name, place) = (literal(&format!("row of {table}: ")), format!("{}.{}", ident(schema), ident(table)));
        let unnumbered = format!("(to_jsonb(t) - {}::text[])", literal(numbered));
        selects.push(format!("SELECT {name} || {unnumbered}::text, {name} || to_jsonb(t)::text FROM {place} AS t"));
    }
    if selects.is_empty() {
        return Ok(Vec::new());
    }
    let found = sqlx::raw_sql(AssertSqlSafe(selects.join(" UNION ALL "))).fetch_all(connection).await?;
    let line =
        |row: &sqlx::postgres::PgRow| Ok(Line { unnumbered: masked(row.try_get(0)?), whole: masked(row.try_get(1)?) });
    found.iter().map(line).collect()
}

async fn texts(sql: String, connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// A row without the uuids and times that were made when it was: they are no two installs' same.
fn masked(row: &str) -> String {
    let mut out = String::with_capacity(row.len());
    for part in row.split_inclusive('"') {
        let text = part.trim_end_matches('"');
        match () {
            () if is_uuid(text) => out.push_str("<uuid>\""),
            () if is_time(text) => out.push_str("<time>\""),
            () => out.push_str(part),
        }
    }
    out
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// As JSON has it: `2026-01-31T12:00:00`, and more.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 19 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-' && bytes[10] == b'T'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_install_makes_anew_is_masked() {
        let row = r#"row of t: {"id": 1, "at": "2026-01-31T12:00:00.1+00:00", "a": "b", "u": "0190f5a8-0000-7000-8000-000000000000"}"#;
        assert_eq!(masked(row), r#"row of t: {"id": 1, "at": "<time>", "a": "b", "u": "<uuid>"}"#);
    }

    #[test]
    fn lines_of_one_side_are_found_however_often_they_stand_there() {
        let texts = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        assert_eq!(lines(&texts("abbd"), &texts("abcd")), ["missing: b", "extra: c"]);
        assert_eq!(lines(&texts("ab"), &texts("")), ["missing: a", "missing: b"]);
        assert_eq!(lines(&texts(""), &texts("aa")), ["extra: a", "extra: a"]);
        assert_eq!(lines(&texts("ab"), &texts("ab")), [""; 0]);
    }
}
