//! What a chain requires of its database is looked for before the first statement of a run upwards.

use pkmig_schema::Requirement;
use sqlx::{PgConnection, Row};

use super::Migrator;
use super::install::Install;
use crate::{Error, Prefix, RequiredChain, pinned};
use pkmig_sql::{Context, ident, literal};

/// Refuses a run in a database that lacks what the chain requires, and says all that is missing.
pub(super) async fn check(migrator: &Migrator, context: &Context, connection: &mut PgConnection) -> Result<(), Error> {
    let mut missing = objects(migrator.chain.requirements(), context, connection).await?;
    for required in migrator.chain.required_chains() {
        missing.extend(chain(required, connection).await?);
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Error::MissingRequirements { chain: migrator.chain.name, missing }),
    }
}

/// Something to look for: what it is called, and when it is there.
type Question = (String, String);

async fn objects(
    requirements: &[Requirement],
    context: &Context,
    connection: &mut PgConnection,
) -> Result<Vec<String>, Error> {
    let questions: Vec<Question> = requirements.iter().flat_map(|requirement| ask(requirement, context)).collect();
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = questions.iter().map(|(text, there)| format!("({}, {there})", literal(text))).collect();
    let sql = format!("SELECT text FROM (VALUES {}) AS v (text, there) WHERE NOT there", rows.join(", "));
    let rows = pinned::rows(&sql, connection).await.map_err(Error::Connection)?;
    rows.iter().map(|row| row.try_get(0).map_err(Error::Connection)).collect()
}

fn ask(requirement: &Requirement, context: &Context) -> Vec<Question> {
    match requirement {
        Requirement::Role(name) => {
            let there = format!("EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {})", literal(name));
            vec![(requirement.to_string(), there)]
        }
        Requirement::Function { schema, name, args } => {
            let types = args.iter().map(|ty| context.ty(ty).to_string()).collect::<Vec<_>>().join(", ");
            let signature = literal(&format!("{}.{}({types})", ident(schema), ident(name)));
            vec![(requirement.to_string(), format!("to_regprocedure({signature}) IS NOT NULL"))]
        }
        Requirement::Table { schema, name, columns } => {
            let table = format!("to_regclass({})", literal(&format!("{}.{}", ident(schema), ident(name))));
            let column = |(column, ty): &(&'static str, pkmig_schema::Type)| {
                let there = format!(
                    "{table} IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = {table} \
                     AND attname = {} AND NOT attisdropped AND atttypid = to_regtype({}))",
                    literal(column),
                    literal(&context.bare_type(ty).to_string())
                );
                (format!("column {column}: {ty} of table {schema}.{name}"), there)
            };
            let itself = (format!("table {schema}.{name}"), format!("{table} IS NOT NULL"));
            std::iter::once(itself).chain(columns.iter().map(column)).collect()
        }
    }
}

/// What to say of another chain that has not come far enough.
async fn chain(required: &RequiredChain, connection: &mut PgConnection) -> Result<Option<String>, Error> {
    let RequiredChain { chain, at, prefix } = required;
    let installed = Install::read(chain, &Prefix::new(*prefix)?, connection).await?.version;
    Ok((installed < *at).then(|| match installed.0 {
        0 => format!("chain {} at {at} in schema {prefix}, where it is not installed", chain.name),
        _ => format!("chain {} at {at} in schema {prefix}, where it is at {installed}", chain.name),
    }))
}
