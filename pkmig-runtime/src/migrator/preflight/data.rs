//! The data that a down puts at stake, counted before it begins.
//!
//! It is counted again in each version, under its locks; here the whole plan is looked at, so that a run that would stop
//! in its midst does not begin. All of it is one transaction that is rolled back: row level security that is lifted for the
//! counting is never seen by others.

use pkmig_schema::Version;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::migrator::transaction::Transaction;
use crate::migrator::{Migrator, preflight};
use crate::plan::PlannedVersion;
use crate::plan::data_at_risk::{Dropped, Unfilled};
use crate::{Error, pinned};
use pkmig_sql::{Context, Direction, Path, ident, lifting, literal};

/// Finds out what the downs of a plan would lose, and what stays that they have seeded: `holds` and `stays`.
pub(in crate::migrator) async fn look(
    migrator: &Migrator,
    context: &Context,
    planned: &mut [PlannedVersion],
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let at_stake = |version: &PlannedVersion| {
        version.direction == Direction::Down && !(version.asks.is_empty() && version.unfilled.is_empty())
    };
    if !planned.iter().any(at_stake) {
        return Ok(());
    }
    let mut transaction = Transaction::begin(connection).await?;
    let at_stake = planned.iter_mut().filter(|version| at_stake(version));
    let counted = within(migrator, context, at_stake, &mut transaction).await;
    transaction.end(counted, false).await
}

async fn within(
    migrator: &Migrator,
    context: &Context,
    planned: impl Iterator<Item = &mut PlannedVersion>,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let timeout = format!("SET LOCAL lock_timeout = '{}ms'", migrator.lock_timeout.as_millis());
    sqlx::raw_sql(AssertSqlSafe(timeout)).execute(&mut *connection).await.map_err(Error::Connection)?;
    for version in planned {
        fills(context, version, connection).await?;
        count(migrator, context, version, connection).await?;
    }
    Ok(())
}

async fn count(
    migrator: &Migrator,
    context: &Context,
    version: &mut PlannedVersion,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let number = version.migration.version;
    let path = migrator.path(context);
    for ask in &version.asks {
        let error = |error| not_counted(number, &ask.table, error);
        if !migrator.allow_data_loss {
            add(&mut version.holds, &tell(&path, ask.question(context), connection).await.map_err(error)?);
        }
        if let Some(question) = ask.staying(context) {
            add(&mut version.stays, &tell(&path, question, connection).await.map_err(error)?);
        }
    }
    Ok(())
}

/// Adds the lines that are not there yet.
fn add(found: &mut Vec<String>, lines: &str) {
    for line in lines.lines() {
        if !found.iter().any(|one| one == line) {
            found.push(line.to_owned());
        }
    }
}

/// Refuses a plan that would lose what nobody has allowed to lose.
pub(in crate::migrator) fn refuse(planned: &[PlannedVersion]) -> Result<(), Error> {
    let mut losing = planned.iter().filter(|version| !version.holds.is_empty()).peekable();
    let Some(version) = losing.peek().map(|version| version.migration.version) else { return Ok(()) };
    let mut holding: Vec<String> = Vec::new();
    for one in losing.flat_map(|version| &version.holds) {
        if !holding.contains(one) {
            holding.push(one.clone());
        }
    }
    Err(Error::DataLoss { version, holding, reverted: None })
}

/// What a question leaves behind.
async fn tell(path: &Path, question: String, connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let begin = "SELECT pg_catalog.set_config('pkmig.found', '', true), \
                 pg_catalog.set_config('pkmig.allow_data_loss', 'off', true)";
    let message = format!("{begin};\n{question};\nSELECT pg_catalog.current_setting('pkmig.found')");
    let rows = pinned::rows_under(path, &message, connection).await?;
    rows.last().map_or_else(|| Ok(String::new()), |row| row.try_get(0))
}

/// Refuses a down that brings back a column which nothing fills, in a table that has rows.
async fn fills(context: &Context, version: &PlannedVersion, connection: &mut PgConnection) -> Result<(), Error> {
    let number = version.migration.version;
    for Unfilled { table, column } in &version.unfilled {
        if unfillable(context, table, column, connection).await.map_err(|error| not_counted(number, table, error))? {
            return Err(Error::Unfilled { version: number, table: table.clone(), column: column.clone() });
        }
    }
    Ok(())
}

/// Whether a column is still to be made, in a table that has rows.
async fn unfillable(
    context: &Context,
    table: &str,
    column: &str,
    connection: &mut PgConnection,
) -> Result<bool, sqlx::Error> {
    let qualified = context.qualified(table);
    let sql = format!(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass({0}) AND NOT EXISTS (SELECT FROM \
         pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass({0}) AND attname = {1} AND NOT attisdropped))",
        literal(&qualified.to_string()),
        literal(column)
    );
    if !yes(sql, connection).await? {
        return Ok(false);
    }
    let lifted = lifting(&[table.to_owned()], context);
    sqlx::raw_sql(AssertSqlSafe(lifted)).execute(&mut *connection).await?;
    yes(format!("SELECT EXISTS (SELECT FROM {qualified})"), connection).await
}

async fn yes(sql: String, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    pinned::row(&sql, connection).await?.try_get(0)
}

fn not_counted(version: Version, table: &str, source: sqlx::Error) -> Error {
    match source.as_database_error() {
        Some(_) => Error::NotCounted { version, table: table.to_owned(), source },
        None => Error::Connection(source),
    }
}

/// Which of these tables and columns are there and hold rows, values other than null for a column: for an up, whose stamp is
/// in doubt.
pub(in crate::migrator) async fn holding(
    migrator: &Migrator,
    context: &Context,
    drops: &[Dropped],
    connection: &mut PgConnection,
) -> Result<Vec<String>, Error> {
    let schema = literal(context.prefix().as_str());
    let there: Vec<&Dropped> = {
        let asked = drops.iter().enumerate().map(|(index, drop)| {
            let column = drop.column.as_deref().map_or_else(|| "NULL".to_owned(), literal);
            format!("({index}, {}, {column})", literal(&drop.table))
        });
        let asked = asked.collect::<Vec<_>>().join(", ");
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT d.index::int4 FROM (VALUES {asked}) AS d (index, name, attribute) \
             JOIN pg_catalog.pg_namespace n ON n.nspname = {schema} \
             JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = d.name::name \
             WHERE d.attribute IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_attribute a \
             WHERE a.attrelid = c.oid AND a.attname = d.attribute::name AND NOT a.attisdropped) ORDER BY 1"
        );
        let rows = pinned::rows(&sql, &mut *connection).await.map_err(Error::Connection)?;
        let index = |row: sqlx::postgres::PgRow| row.try_get::<i32, _>(0).map_err(Error::Connection);
        let indexes = rows.into_iter().map(index).collect::<Result<Vec<_>, _>>()?;
        indexes.into_iter().filter_map(|index| drops.get(usize::try_from(index).ok()?)).collect()
    };
    if !there.is_empty() {
        preflight::path::check(migrator, context, connection).await?;
    }
    let (mut holding, path) = (Vec::new(), migrator.path(context));
    for drop in there {
        let Dropped { table, column, rows } = drop;
        let (shown, filter) = match (column, rows) {
            (Some(column), _) => {
                (format!("column `{table}.{column}`"), format!(" WHERE {} IS NOT NULL", ident(column)))
            }
            (None, Some(condition)) => (format!("rows of table `{table}`"), format!(" WHERE {condition}")),
            (None, None) => (format!("table `{table}`"), String::new()),
        };
        let sql = format!("SELECT count(*) FROM {}{filter}", context.qualified(&drop.table));
        let counted = pinned::rows_under(&path, &sql, connection).await.map_err(Error::Connection)?;
        let row = counted.first().ok_or(Error::Connection(sqlx::Error::RowNotFound))?;
        let rows: i64 = row.try_get(0).map_err(Error::Connection)?;
        if rows > 0 {
            holding.push(format!("{shown} ({rows} row{})", if rows == 1 { "" } else { "s" }));
        }
    }
    holding.dedup();
    Ok(holding)
}
