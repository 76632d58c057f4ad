//! What is looked at before the first statement of a run: rights, extensions, and on the way down the data at stake.

use pkmig_schema::{Migration, Step};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Migrator;
use super::install::Install;
use crate::plan::PlannedVersion;
use crate::sql::{Context, Direction, ident, literal};
use crate::stake::{Dropped, Unfilled};
use crate::{Error, Prefix};

/// Refuses a run that would fail for want of a right or an extension.
pub(super) async fn check(
    migrator: &Migrator,
    install: &Install,
    prefix: &Prefix,
    planned: &[PlannedVersion],
    connection: &mut PgConnection,
) -> Result<(), Error> {
    if !install.schema_exists && !migrator.create_schema {
        return Err(Error::MissingSchema { prefix: prefix.clone() });
    }
    let (schema, ours) = (literal(prefix.as_str()), tables(migrator, install));
    let wanted = extensions(migrator.chain.migrations(), install, planned);
    let names = wanted.iter().map(|(name, _)| literal(name)).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT current_user::text, current_database()::text, \
         coalesce((SELECT has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE') \
         FROM pg_catalog.pg_namespace WHERE nspname = {schema}), has_database_privilege(current_database(), 'CREATE')), \
         (SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = {schema} AND c.relkind IN ('r', 'p') AND c.relname = ANY (ARRAY[{ours}]::name[]) \
         AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY 1 LIMIT 1), \
         (SELECT string_agg(wanted, E'\\n') FROM unnest(ARRAY[{names}]::text[]) AS wanted \
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = wanted)), \
         current_setting('server_version')"
    );
    let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await.map_err(Error::Connection)?;
    let text = |index| row.try_get::<Option<String>, _>(index).map_err(Error::Connection);
    let role = text(0)?.unwrap_or_default();
    check_server(&text(5)?.unwrap_or_default(), planned)?;
    if !row.try_get::<bool, _>(2).map_err(Error::Connection)? {
        let (kind, name) = match install.schema_exists {
            true => ("SCHEMA", prefix.as_str().to_owned()),
            false => ("DATABASE", text(1)?.unwrap_or_default()),
        };
        let rights = if install.schema_exists { "USAGE, CREATE" } else { "CREATE" };
        return Err(Error::Privilege {
            help: format!("GRANT {rights} ON {kind} {} TO {}", ident(&name), ident(&role)),
            right: "CREATE",
            object: format!("{} `{name}`", kind.to_lowercase()),
            role,
        });
    }
    if let Some(table) = text(3)? {
        let qualified = Context::new(prefix).qualified(&table);
        return Err(Error::Privilege {
            help: format!("ALTER TABLE {qualified} OWNER TO {}, or run as its owner", ident(&role)),
            right: "ownership",
            object: format!("table `{table}` of schema `{prefix}`"),
            role,
        });
    }
    let missing = text(4)?.unwrap_or_default();
    if let Some((extension, version)) = wanted.into_iter().find(|(name, _)| missing.lines().any(|line| line == name)) {
        return Err(Error::MissingExtension { extension, version });
    }
    Ok(())
}

/// Refuses what a server of this version does not know.
fn check_server(server: &str, planned: &[PlannedVersion]) -> Result<(), Error> {
    let major = server.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u32>().ok());
    let nulls_not_distinct = |step: &Step| match step {
        Step::CreateTable { def, .. } => def.indexes.iter().any(|index| index.nulls_not_distinct),
        Step::CreateIndex { index, .. } => index.nulls_not_distinct,
        _ => false,
    };
    let uses = |version: &&PlannedVersion| {
        version.direction == Direction::Up && version.migration.steps.iter().any(nulls_not_distinct)
    };
    match planned.iter().find(uses) {
        Some(version) if major.is_some_and(|major| major < 15) => Err(Error::ServerTooOld {
            version: version.migration.version,
            word: "nulls_not_distinct",
            needs: 15,
            server: server.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The extensions that the run would create.
fn extensions(
    migrations: &[&Migration],
    install: &Install,
    planned: &[PlannedVersion],
) -> Vec<(String, pkmig_schema::Version)> {
    let last = planned.iter().filter(|version| version.direction == Direction::Up).map(|it| it.migration.version).max();
    let up = migrations.iter().filter(|it| it.version > install.version && Some(it.version) <= last);
    up.flat_map(|migration| migration.steps.iter().map(move |step| (step, migration.version)))
        .filter_map(|(step, version)| match step {
            Step::CreateExtension { name } if !install.has_extension(name) => Some(((*name).to_owned(), version)),
            _ => None,
        })
        .collect()
}

/// The install's tables, as literals.
fn tables(migrator: &Migrator, install: &Install) -> String {
    let schema = migrator.chain.schema_at(install.version);
    schema.tables().map(|table| literal(table.name)).collect::<Vec<_>>().join(", ")
}

/// Which of these tables and columns are there and hold rows, values other than null for a column.
pub(super) async fn holding(
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
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *connection).await.map_err(Error::Connection)?;
        let index = |row: sqlx::postgres::PgRow| row.try_get::<i32, _>(0).map_err(Error::Connection);
        let indexes = rows.into_iter().map(index).collect::<Result<Vec<_>, _>>()?;
        indexes.into_iter().filter_map(|index| drops.get(usize::try_from(index).ok()?)).collect()
    };
    let mut holding = Vec::new();
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
        let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(&mut *connection).await.map_err(Error::Connection)?;
        let rows: i64 = row.try_get(0).map_err(Error::Connection)?;
        if rows > 0 {
            holding.push(format!("{shown} ({rows} row{})", if rows == 1 { "" } else { "s" }));
        }
    }
    holding.dedup();
    Ok(holding)
}

/// The first of these columns that is still to be made, in a table that has rows.
pub(super) async fn unfillable<'a>(
    context: &Context,
    columns: &'a [Unfilled],
    connection: &mut PgConnection,
) -> Result<Option<&'a Unfilled>, Error> {
    for unfilled in columns {
        let (table, column) = (context.qualified(&unfilled.table), literal(&unfilled.column));
        let sql = format!(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = to_regclass({0}) AND NOT EXISTS (SELECT FROM \
             pg_catalog.pg_attribute WHERE attrelid = to_regclass({0}) AND attname = {column} AND NOT attisdropped))",
            literal(&table)
        );
        if yes(sql, connection).await? && yes(format!("SELECT EXISTS (SELECT FROM {table})"), connection).await? {
            return Ok(Some(unfilled));
        }
    }
    Ok(None)
}

async fn yes(sql: String, connection: &mut PgConnection) -> Result<bool, Error> {
    let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await.map_err(Error::Connection)?;
    row.try_get(0).map_err(Error::Connection)
}
