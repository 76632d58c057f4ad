//! A role that owns nothing but its schema.

use pkmig_schema::Requirement;
use sqlx::{Connection, PgConnection};

use super::install::Install;
use super::{Case, During, Outcome, Stop};
use crate::sql::ident;

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
        return Err(Stop::Skipped("roles are made by superusers, and this one is none".to_owned()));
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
    let (latest, floor) = (install.suite.chain().latest().0, install.suite.floor()?);
    let url = install.database().url_for(role, "pkmig").during(|| "the URL of another role".to_owned())?;
    let mut connection = PgConnection::connect(&url).await.during(|| format!("a session of `{role}`"))?;
    let migrator = install.migrator.clone();
    migrator.up(&mut connection).await.during(|| format!("up as `{role}`"))?;
    install.verify(|| format!("installed by `{role}`")).await?;
    migrator.down_to(floor, &mut connection).await.during(|| format!("down to V{floor} as `{role}`"))?;
    migrator.up(&mut connection).await.during(|| format!("up again as `{role}`"))?;
    install.verify(|| format!("installed again by `{role}`")).await?;
    let foreign = install.text(&foreign(role, &install.prefix)).await?;
    if foreign != "0" {
        return Err(Stop::Fault(format!("{foreign} objects outside of its schema belong to `{role}`")));
    }
    Ok(format!("V{latest}, V{floor} and V{latest} again"))
}

/// How many relations, functions and schemas outside of a schema belong to a role.
fn foreign(role: &str, prefix: &str) -> String {
    let (role, prefix) = (crate::sql::literal(role), crate::sql::literal(prefix));
    format!(
        "SELECT count(*)::text FROM (SELECT relnamespace FROM pg_catalog.pg_class WHERE relowner::regrole::name = {role} \
         AND relkind <> 't' AND NOT relnamespace::regnamespace::text LIKE 'pg\\_toast%' \
         UNION ALL SELECT pronamespace FROM pg_catalog.pg_proc WHERE proowner::regrole::name = {role}) AS one (space) \
         WHERE space <> (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {prefix})"
    )
}

/// What a superuser says before: the schema, the extensions, and what the chain requires of others.
fn rights(role: &str, install: &Install) -> String {
    let (chain, role) = (install.suite.chain(), ident(role));
    let mut sql = format!(
        "REVOKE ALL ON SCHEMA public FROM public; CREATE SCHEMA {EXTENSIONS}; GRANT USAGE ON SCHEMA {EXTENSIONS} TO {role}; \
         CREATE SCHEMA {} AUTHORIZATION {role};\n",
        ident(&install.prefix)
    );
    for extension in chain.schema_at(chain.latest()).extensions() {
        sql.push_str(&format!("CREATE EXTENSION IF NOT EXISTS {} SCHEMA {EXTENSIONS} CASCADE;\n", ident(extension)));
    }
    for requirement in chain.requirements() {
        match requirement {
            Requirement::Table { schema, name, .. } => sql.push_str(&format!(
                "GRANT USAGE ON SCHEMA {0} TO {role}; GRANT SELECT, REFERENCES ON TABLE {0}.{1} TO {role};\n",
                ident(schema),
                ident(name)
            )),
            Requirement::Function { schema, .. } => sql.push_str(&format!(
                "GRANT USAGE ON SCHEMA {0} TO {role}; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {0} TO {role};\n",
                ident(schema)
            )),
            Requirement::Role(_) => {}
        }
    }
    for required in chain.required_chains() {
        sql.push_str(&format!(
            "GRANT USAGE ON SCHEMA {0} TO {role}; GRANT SELECT, REFERENCES ON ALL TABLES IN SCHEMA {0} TO {role};\n",
            ident(required.prefix)
        ));
    }
    sql
}
