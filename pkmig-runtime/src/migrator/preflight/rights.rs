//! The rights and extensions that a plan needs.

use pkmig_schema::{Migration, ObjectKind, Step};
use sqlx::{PgConnection, Row};

use crate::migrator::Migrator;
use crate::migrator::install::Install;
use crate::plan::PlannedVersion;
use crate::plan::privileges::{self, Right};
use crate::{Chain, Error, MissingRight, Prefix, pinned};
use pkmig_sql::{Context, Direction, ident, literal};

/// Refuses a run that would fail for want of a right or an extension, and names all the rights that are missing.
pub(in crate::migrator) async fn check(
    migrator: &Migrator,
    install: &Install,
    prefix: &Prefix,
    planned: &[PlannedVersion],
    connection: &mut PgConnection,
) -> Result<(), Error> {
    if !install.schema_exists && !migrator.create_schema {
        return Err(Error::MissingSchema { prefix: prefix.clone() });
    }
    let wanted = extensions(install, coming(migrator.chain, install, planned));
    let names = wanted.iter().map(|(name, _)| literal(name)).collect::<Vec<_>>().join(", ");
    let rights = privileges::together(planned.iter().flat_map(|version| &version.rights));
    let rights: Vec<_> = rights.into_iter().filter(|right| !has_extension(install, right)).collect();
    let questions = rights.iter().enumerate().map(|(index, right)| format!("({index}, {})", holds(right, prefix)));
    let sql = format!(
        "SELECT current_user::text, current_database()::text, \
         (SELECT string_agg(wanted, E'\\n') FROM unnest(ARRAY[{names}]::text[]) AS wanted \
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = wanted)), \
         (SELECT string_agg(index::text, ' ' ORDER BY index) FROM (VALUES {}) AS v (index, holds) WHERE NOT holds), \
         current_setting('server_version')",
        questions.collect::<Vec<_>>().join(", ")
    );
    let row = pinned::row(&sql, connection).await.map_err(Error::Connection)?;
    let text =
        |index| row.try_get::<Option<String>, _>(index).map(Option::unwrap_or_default).map_err(Error::Connection);
    check_server(&text(4)?, coming(migrator.chain, install, planned))?;
    let unavailable = text(2)?;
    if let Some((extension, version)) = wanted.into_iter().find(|(name, _)| unavailable.lines().any(|it| it == name)) {
        return Err(Error::MissingExtension { extension, version });
    }
    let (role, database, lacking) = (text(0)?, text(1)?, text(3)?);
    let lacking = lacking.split_whitespace().filter_map(|index| rights.get(index.parse::<usize>().ok()?));
    let place = Lacking { prefix, role: &role, database: (!install.schema_exists).then_some(&*database) };
    let missing: Vec<_> = lacking.map(|right| place.missing(right)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Error::Privileges { role, missing }),
    }
}

fn has_extension(install: &Install, right: &Right) -> bool {
    matches!(right, Right::Extension(name) if install.has_extension(name))
}

/// Whether the role has a right, as a condition that never raises and never is null. What is not there needs no right.
fn holds(right: &Right, prefix: &Prefix) -> String {
    let schema = literal(prefix.as_str());
    let in_catalog = |catalog: &str, column: &str, schema: &str, name: &str, test: &str| {
        format!(
            "coalesce((SELECT bool_or({test}) FROM pg_catalog.{catalog} o JOIN pg_catalog.pg_namespace n \
             ON n.oid = o.{column}namespace WHERE n.nspname = {schema} AND o.{column}name = {}), true)",
            literal(name)
        )
    };
    let on_table = |schema: &str, name: &str, privilege: &str| {
        in_catalog("pg_class", "rel", schema, name, &format!("has_table_privilege(o.oid, '{privilege}')"))
    };
    let of_schema = |schema: &str, test: &str, otherwise: &str| {
        format!("coalesce((SELECT {test} FROM pg_catalog.pg_namespace WHERE nspname = {schema}), {otherwise})")
    };
    let create = "has_database_privilege(current_database(), 'CREATE')";
    match right {
        Right::Create => {
            of_schema(&schema, "has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE')", create)
        }
        Right::Usage(other) => of_schema(&literal(other), "has_schema_privilege(oid, 'USAGE')", "true"),
        Right::OwnSchema => of_schema(&schema, "pg_has_role(nspowner, 'USAGE')", "true"),
        Right::Own(ObjectKind::Enum | ObjectKind::Domain, name) => {
            in_catalog("pg_type", "typ", &schema, name, "pg_has_role(o.typowner, 'USAGE')")
        }
        Right::Own(ObjectKind::Function, name) => {
            in_catalog("pg_proc", "pro", &schema, name, "pg_has_role(o.proowner, 'USAGE')")
        }
        Right::Own(_, name) => in_catalog("pg_class", "rel", &schema, name, "pg_has_role(o.relowner, 'USAGE')"),
        Right::References(other, name) => {
            let schema = other.as_ref().map_or_else(|| schema.clone(), |other| literal(other));
            on_table(&schema, name, "REFERENCES")
        }
        Right::Select(name) => on_table(&schema, name, "SELECT"),
        // A trusted extension may be created by whoever may create in the database (manual, CREATE EXTENSION). What a service lets
        // its administrators create, only the server can tell.
        Right::Extension(name) => format!(
            "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) OR EXISTS (SELECT FROM pg_catalog.pg_roles \
             WHERE rolname IN ({ADMINISTRATORS}) AND pg_has_role(oid, 'MEMBER')) OR coalesce((SELECT bool_or(NOT e.superuser \
             OR e.trusted) FROM pg_catalog.pg_available_extension_versions e JOIN pg_catalog.pg_available_extensions a \
             ON a.name = e.name AND a.default_version = e.version WHERE e.name = {}), true) AND {create}",
            literal(name)
        ),
    }
}

/// Roles of managed services whose members may create extensions without being superusers: of Amazon, Google (two), Microsoft,
/// DigitalOcean, Neon, Supabase, Aiven and Timescale.
const ADMINISTRATORS: &str = "'rds_superuser', 'cloudsqlsuperuser', 'alloydbsuperuser', 'azure_pg_admin', 'doadmin', \
     'neon_superuser', 'supabase_admin', 'avnadmin', 'tsdbadmin'";

/// Whom rights are missing, and where.
struct Lacking<'a> {
    prefix: &'a Prefix,
    role: &'a str,
    /// The database, where the schema is to be made in it.
    database: Option<&'a str>,
}

impl Lacking<'_> {
    /// What is missing, and what helps.
    fn missing(&self, right: &Right) -> MissingRight {
        let (context, role) = (Context::new(self.prefix), ident(self.role));
        let prefix = ident(self.prefix.as_str());
        let owner = |what: &str| format!("ALTER {what} OWNER TO {role}, or run as its owner");
        let grant = |what: String| format!("GRANT {what} TO {role}");
        let inside = format!("{} of schema `{}`", right.object(), self.prefix);
        let (object, help) = match right {
            Right::Create => match self.database {
                Some(database) => {
                    (format!("database `{database}`"), grant(format!("CREATE ON DATABASE {}", ident(database))))
                }
                None => (format!("schema `{}`", self.prefix), grant(format!("USAGE, CREATE ON SCHEMA {prefix}"))),
            },
            Right::Extension(name) => (right.object(), format!("CREATE EXTENSION {} as a superuser", ident(name))),
            Right::Usage(schema) => (right.object(), grant(format!("USAGE ON SCHEMA {}", ident(schema)))),
            Right::OwnSchema => (format!("schema `{}`", self.prefix), owner(&format!("SCHEMA {prefix}"))),
            Right::Own(kind, name) => {
                (inside, owner(&format!("{} {}", privileges::keyword(*kind).to_uppercase(), context.qualified(name))))
            }
            Right::References(Some(schema), name) => {
                (right.object(), grant(format!("REFERENCES ON {}.{}", ident(schema), ident(name))))
            }
            Right::References(None, name) => (inside, grant(format!("REFERENCES ON {}", context.qualified(name)))),
            Right::Select(name) => (inside, grant(format!("SELECT ON {}", context.qualified(name)))),
        };
        MissingRight { right: right.name(), object, help }
    }
}

/// The versions that the run would apply, those of a baseline too.
fn coming<'a>(
    chain: &'a Chain,
    install: &'a Install,
    planned: &[PlannedVersion],
) -> impl Iterator<Item = &'a Migration> + use<'a> {
    let last = planned.iter().filter(|version| version.direction == Direction::Up).map(|it| it.migration.version).max();
    let up = chain.migrations().iter().copied();
    up.filter(move |it| it.version > install.version && Some(it.version) <= last)
}

/// Refuses what a server of this version does not know.
fn check_server<'a>(server: &str, mut coming: impl Iterator<Item = &'a Migration>) -> Result<(), Error> {
    let major = server.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u32>().ok());
    let nulls_not_distinct = |step: &Step| match step {
        Step::CreateTable { def, .. } => def.indexes.iter().any(|index| index.nulls_not_distinct),
        Step::CreateIndex { index, .. } => index.nulls_not_distinct,
        _ => false,
    };
    match coming.find(|migration| migration.steps.iter().any(nulls_not_distinct)) {
        Some(migration) if major.is_some_and(|major| major < 15) => Err(Error::ServerTooOld {
            version: migration.version,
            word: "nulls_not_distinct",
            needs: 15,
            server: server.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The extensions that the run would create.
fn extensions<'a>(
    install: &Install,
    coming: impl Iterator<Item = &'a Migration>,
) -> Vec<(String, pkmig_schema::Version)> {
    let steps = coming.flat_map(|migration| migration.steps.iter().map(move |step| (step, migration.version)));
    let created = steps.filter_map(|(step, version)| match step {
        Step::CreateExtension { name } if !install.has_extension(name) => Some(((*name).to_owned(), version)),
        _ => None,
    });
    created.collect()
}
