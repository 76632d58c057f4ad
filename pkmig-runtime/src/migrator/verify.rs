//! Compares an install with the model of its version.
//!
//! The model is made in a schema of its own, in a transaction that is rolled back, and PostgreSQL prints both sides. So
//! types and expressions compare as PostgreSQL understands them, and nothing stays behind, however it ends.

use std::time::{SystemTime, UNIX_EPOCH};

use pkmig_schema::{Name, ObjectKind, Schema, Step, Version, baseline};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::install::Install;
use super::send::lock_among_runners;
use super::session::Session;
use super::transaction::Transaction;
use super::{Migrator, preflight, waiting};
use crate::repair::Model;
use crate::verify::{
    Catalog, CatalogObject, Difference, DifferenceKind, Found, Holder, OtherOwner, Own, Verification, compare,
};
use crate::{Error, MissingRight, Prefix, pinned};
use pkmig_sql::{Context, LOCKED, Sharing, ident, lower, session};

pub(super) async fn verify(migrator: &Migrator, connection: &mut PgConnection) -> Result<Verification, Error> {
    let prefix = migrator.checked_prefix()?;
    let mut transaction = Transaction::begin(connection).await?;
    let verified = within(migrator, &prefix, &mut transaction).await;
    let verified = transaction.end(verified, false).await;
    waiting::told(migrator, &Context::new(&prefix), verified, connection).await
}

async fn within(migrator: &Migrator, prefix: &Prefix, connection: &mut PgConnection) -> Result<Verification, Error> {
    let chain = migrator.chain;
    settle(migrator, prefix, Sharing::Shared, connection).await?;
    let install = Install::read(chain, prefix, connection).await?;
    let version = install.known_version(chain, prefix)?;
    if version == Version(0) {
        return Err(migrator.not_installed(prefix));
    }
    compared(migrator, &install, prefix, version, connection).await
}

/// Compares an install with the model of a version, within a transaction that holds the lock among runners. Of what it
/// makes nothing stays.
pub(super) async fn compared(
    migrator: &Migrator,
    install: &Install,
    prefix: &Prefix,
    version: Version,
    connection: &mut PgConnection,
) -> Result<Verification, Error> {
    let mut savepoint = Transaction::savepoint(connection).await?;
    let compared = differences(migrator, install, prefix, version, &mut savepoint).await;
    let differences = savepoint.end(compared, false).await?;
    let (role, owners) = owners(migrator, &install.context(migrator, prefix), version, connection).await?;
    Ok(Verification { chain: migrator.chain.name, prefix: prefix.clone(), version, differences, role, owners })
}

/// The running role, and what of an install belongs to another one.
async fn owners(
    migrator: &Migrator,
    context: &Context,
    version: Version,
    connection: &mut PgConnection,
) -> Result<(String, Vec<OtherOwner>), Error> {
    let found = Found::read(migrator.chain, context, connection).await.map_err(Error::Connection)?;
    let schema = migrator.chain.schema_at(version);
    let functions = schema.functions().filter_map(|it| found.functions.get_key_value(&context.name(it.name)));
    let others = found.declared(schema, context).chain(functions).filter(|(_, holder)| holder.owner != found.role);
    let other = |(name, holder): (&String, &Holder)| {
        let object = CatalogObject::new(holder.kind.unpartitioned(), None, name.clone());
        OtherOwner { object, owner: holder.owner.clone(), trusted: holder.is_trusted() }
    };
    let others = others.map(other).collect();
    Ok((found.role, others))
}

async fn differences(
    migrator: &Migrator,
    install: &Install,
    prefix: &Prefix,
    version: Version,
    connection: &mut PgConnection,
) -> Result<Vec<Difference>, Error> {
    let scratch = scratch(connection).await?;
    let schema = migrator.chain.schema_at(version);
    let context = install.context(migrator, prefix).in_schema(&scratch);
    preflight::path::check(migrator, &context, connection).await?;
    let path = migrator.path(&context);
    let made = pinned::rows_under(&path, &sql(schema, install, &context), connection).await;
    made.map_err(|error| not_comparable(version, error))?;
    let own = Own::new(&[prefix.as_str(), scratch.as_str()]);
    let mut expected = Catalog::read(&scratch, &own, connection).await.map_err(Error::Connection)?;
    expected.declare_privileges(schema, &context);
    let model = Model::new(schema, &context);
    expected.keep_comments(|object| model.declares_comment(object));
    let found = Catalog::read(prefix.as_str(), &own, connection).await.map_err(Error::Connection)?;
    let missing = schema.extensions().filter(|name| !install.has_extension(name)).map(missing_extension);
    Ok(missing.chain(compare(&expected, &found)).collect())
}

/// Sets what the transaction needs, and waits until no run is at work, so that stamp and schema belong together. The lock
/// ends with the transaction; if that is the host's, the session has to be restored before.
pub(super) async fn settle(
    migrator: &Migrator,
    prefix: &Prefix,
    sharing: Sharing,
    connection: &mut PgConnection,
) -> Result<Session, Error> {
    let lock =
        lock_among_runners(migrator.chain.name, &Context::new(prefix), migrator.runner_timeout, sharing, Vec::new());
    let pins = migrator.own_pins();
    let mut message = session::local(&pins);
    // What was set is asked behind the pin of the search path, and before the rest is set.
    message.insert(message.len() - 1, session::asked());
    message.push(lock);
    let settled = sqlx::raw_sql(AssertSqlSafe(message.join(";\n"))).fetch_all(connection).await;
    let code = |error: &sqlx::Error| Some(error.as_database_error()?.code()?.into_owned());
    match settled {
        Ok(rows) => {
            let session = Session::settings(&rows)?;
            match sharing {
                Sharing::Exclusive => session.fires().map(|()| session),
                Sharing::Shared => Ok(session),
            }
        }
        Err(error) => Err(match code(&error).as_deref() {
            Some(LOCKED) => {
                let (chain, prefix) = (migrator.chain.name, prefix.clone());
                Error::Locked { chain, prefix, waited: migrator.runner_timeout, blockers: Vec::new() }
            }
            // active_sql_transaction (manual appendix A): a host's, whose level cannot be changed any more.
            Some("25001") => Error::Isolation,
            _ => Error::Connection(error),
        }),
    }
}

/// The name of the schema to make the model in. No other session has the same one at the same time.
async fn scratch(connection: &mut PgConnection) -> Result<String, Error> {
    let sql = "SELECT pg_backend_pid(), current_user::text, current_database()::text, \
               has_database_privilege(current_database(), 'CREATE')";
    let row = pinned::row(sql, connection).await.map_err(Error::Connection)?;
    let text = |index| row.try_get::<String, _>(index).map_err(Error::Connection);
    if !row.try_get::<bool, _>(3).map_err(Error::Connection)? {
        let (role, database) = (text(1)?, text(2)?);
        let help = format!(
            "the version is created in a separate schema for comparison, and rolled back: GRANT CREATE ON DATABASE {} TO {}, \
             or verify as a role that may",
            ident(&database),
            ident(&role)
        );
        let missing = vec![MissingRight { right: "CREATE", object: format!("database `{database}`"), help }];
        return Err(Error::Privileges { role, missing });
    }
    let process: i32 = row.try_get(0).map_err(Error::Connection)?;
    // A name that nobody can have taken beforehand.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    Ok(format!("pkmig_verify_{process}_{now:x}"))
}

/// For the making of the scratch schema.
const MAKING: &str = "SET LOCAL check_function_bodies = off; SET LOCAL client_min_messages = warning";

/// The SQL that makes a schema where nothing is, without guards.
fn sql(schema: &Schema, install: &Install, context: &Context) -> String {
    let mut sql = format!("{MAKING};\nCREATE SCHEMA {}", ident(context.schema()));
    let mut moments = baseline::replayed(schema);
    // The database has them mostly, and creating one needs more rights than the rest.
    moments.retain(|moment| !matches!(moment.step, Step::CreateExtension { name } if install.has_extension(name)));
    for statement in lower(&moments, context).iter().flat_map(|guarded| &guarded.statements) {
        sql.push_str(";\n");
        sql.push_str(&statement.to_sql(""));
    }
    sql
}

fn missing_extension(name: Name) -> Difference {
    let object = CatalogObject::new(ObjectKind::Extension, None, name.to_owned());
    Difference { object, kind: DifferenceKind::Missing }
}

fn not_comparable(version: Version, source: sqlx::Error) -> Error {
    match source {
        sqlx::Error::Database(_) => Error::NotComparable { version, source },
        source => Error::Connection(source),
    }
}
