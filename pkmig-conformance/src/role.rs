//! A role that owns nothing but its schema.

use pkmig_schema::Requirement;
use sqlx::{Connection, PgConnection};

use super::install::Install;
use super::{Case, During, Outcome, Stop};
use pkmig_sql::{ident, literal};

/// Where extensions live that were there before the install.
const EXTENSIONS: &str = "extensions";

/// Up, down and up again by a role that owns the schema of the install and has no right on `public`; extensions were made by
/// somebody else. What the chain requires it may refer to and read.
///
/// # Errors
/// What it may not do, or what is not as declared.
pub async fn a_role_that_owns_only_its_schema_is_enough(case: Case) -> Outcome {
    let mut install = case.suite.install().await?;
    if install.text("SELECT rolsuper::text FROM pg_catalog.pg_roles WHERE rolname = current_user").await? != "true" {
        return Err(Stop::Skipped("only superusers create roles, and this role is not one".to_owned()));
    }
    let role = format!("{}_owner", install.text("SELECT current_database()::text").await?);
    install.execute(format!("CREATE ROLE {} LOGIN PASSWORD 'pkmig'", ident(&role))).await?;
    let outcome = owned_by(&role, &mut install).await;
    // Roles belong to the server, and outlive the database.
    install.execute(format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", ident(&role))).await?;
    outcome
}

async fn owned_by(role: &str, install: &mut Install) -> Outcome {
    install.execute(rights(role, install)).await?;
    let (latest, low) = (install.suite.chain().latest().0, install.suite.low()?);
    let url = install.database().url_for(role, "pkmig").during(|| "the URL of another role".to_owned())?;
    let mut connection = PgConnection::connect(&url).await.during(|| format!("a session of `{role}`"))?;
    let migrator = install.migrator.clone();
    migrator.up(&mut connection).await.during(|| format!("up as `{role}`"))?;
    install.verify(|| format!("installed by `{role}`")).await?;
    migrator.down_to(low, &mut connection).await.during(|| format!("down to V{low} as `{role}`"))?;
    migrator.up(&mut connection).await.during(|| format!("up again as `{role}`"))?;
    install.verify(|| format!("installed again by `{role}`")).await?;
    let foreign = install.text(&foreign(role, &install.prefix)).await?;
    if foreign != "0" {
        return Err(Stop::Fault(format!("{foreign} objects outside of its schema belong to `{role}`")));
    }
    Ok(format!("V{latest}, V{low} and V{latest} again"))
}

/// How many relations, functions and schemas outside of a schema belong to a role.
fn foreign(role: &str, prefix: &str) -> String {
    let (role, prefix) = (literal(role), literal(prefix));
    format!(
        "SELECT count(*)::text FROM (SELECT relnamespace FROM pg_catalog.pg_class WHERE relowner::regrole::name = {role} \
         AND relkind <> 't' AND NOT relnamespace::regnamespace::text LIKE 'pg\\_toast%' \
         UNION ALL SELECT pronamespace FROM pg_catalog.pg_proc WHERE proowner::regrole::name = {role}) AS one (space) \
         WHERE space <> (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {prefix})"
    )
}

/// What a superuser says before: the schema, the extensions, and what the chain requires of others.
fn rights(role: &str, install: &Install) -> String {
    let chain = install.suite.chain();
    let (owner, prefix) = (ident(role), ident(&install.prefix));
    let mut sql = format!(
        "REVOKE ALL ON SCHEMA public FROM public; CREATE SCHEMA {prefix} AUTHORIZATION {owner}; CREATE SCHEMA {EXTENSIONS};\n"
    );
    for extension in chain.schema_at(chain.latest()).extensions() {
        sql.push_str(&format!("CREATE EXTENSION IF NOT EXISTS {} SCHEMA {EXTENSIONS} CASCADE;\n", ident(extension)));
    }
    sql.push_str(&to_use_extensions(role));
    let of_chains = chain.required_chains().iter().map(|required| {
        (required.prefix, format!("SELECT, REFERENCES ON ALL TABLES IN SCHEMA {}", ident(required.prefix)))
    });
    let required = chain.requirements().iter().filter_map(|requirement| match requirement {
        Requirement::Role(_) => None,
        Requirement::Table { schema, name, .. } => {
            Some((*schema, format!("SELECT, REFERENCES ON {}.{}", ident(schema), ident(name))))
        }
        Requirement::Function { schema, .. } => {
            Some((*schema, format!("EXECUTE ON ALL FUNCTIONS IN SCHEMA {}", ident(schema))))
        }
    });
    for (schema, right) in of_chains.chain(required) {
        sql.push_str(&format!("GRANT USAGE ON SCHEMA {} TO {owner}; GRANT {right} TO {owner};\n", ident(schema)));
    }
    sql
}

/// The right to name the types of extensions, wherever those live: a chain that is required may have made them.
fn to_use_extensions(role: &str) -> String {
    format!(
        "DO $$ DECLARE place regnamespace; BEGIN\n  FOR place IN SELECT DISTINCT extnamespace FROM pg_catalog.pg_extension \
         WHERE extname <> 'plpgsql' LOOP\n    EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', place, {});\n  END LOOP;\n\
         END $$;\n",
        literal(role)
    )
}
