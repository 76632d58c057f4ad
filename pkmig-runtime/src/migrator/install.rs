//! What is known of an install before anything is done: one query.

use std::collections::BTreeMap;

use pkmig_schema::Version;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::sql::{Context, literal};
use crate::{Chain, Error, Prefix};

/// An install as its database shows it.
pub(super) struct Install {
    /// The stamped version.
    pub version: Version,
    /// Whether its schema exists.
    pub schema_exists: bool,
    /// The extensions of the database and the schemas that they live in.
    extensions: BTreeMap<String, String>,
}

impl Install {
    pub(super) async fn read(
        chain: &'static Chain,
        prefix: &Prefix,
        connection: &mut PgConnection,
    ) -> Result<Self, Error> {
        // Written as plain catalog joins: on a fresh connection every function looked up costs.
        let sql = format!(
            "SELECT (SELECT d.description FROM pg_catalog.pg_class c JOIN pg_catalog.pg_description d \
             ON d.objoid = c.oid AND d.classoid = 1259 AND d.objsubid = 0 \
             WHERE c.relnamespace = n.oid AND c.relname = {1}), n.oid IS NOT NULL, \
             (SELECT string_agg(e.extname || '=' || s.nspname, E'\\n') FROM pg_catalog.pg_extension e \
             JOIN pg_catalog.pg_namespace s ON s.oid = e.extnamespace) \
             FROM (VALUES (1)) AS one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = {0}",
            literal(prefix.as_str()),
            literal(chain.tracked_by)
        );
        let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await.map_err(Error::Connection)?;
        let get = |index| row.try_get::<Option<String>, _>(index).map_err(Error::Connection);
        let extensions = get(2)?.unwrap_or_default();
        let extensions = extensions.lines().filter_map(|line| line.split_once('='));
        let comment = get(0)?;
        Ok(Self {
            version: version(chain, prefix, comment)?,
            schema_exists: row.try_get(1).map_err(Error::Connection)?,
            extensions: extensions.map(|(name, schema)| (name.to_owned(), schema.to_owned())).collect(),
        })
    }

    /// The version, if this release of the library knows it.
    pub(super) fn known_version(&self, chain: &'static Chain, prefix: &Prefix) -> Result<Version, Error> {
        let (current, latest) = (self.version, chain.latest());
        match chain.bridge() {
            _ if current > latest => {
                Err(Error::NewerThanChain { chain: chain.name, prefix: prefix.clone(), current, latest })
            }
            Some(bridge) if Version(0) < current && current < chain.first() => {
                let (chain, first, prefix) = (chain.name, chain.first(), prefix.clone());
                Err(Error::BelowFloor { chain, prefix, current, first, bridge })
            }
            _ => Ok(current),
        }
    }

    /// Where the SQL runs.
    pub(super) fn context(&self, prefix: &Prefix) -> Context {
        Context::new(prefix).extensions(self.extensions.clone())
    }

    pub(super) fn has_extension(&self, name: &str) -> bool {
        self.extensions.contains_key(name)
    }
}

fn version(chain: &'static Chain, prefix: &Prefix, comment: Option<String>) -> Result<Version, Error> {
    let Some(comment) = comment else { return Ok(Version(0)) };
    match comment.trim().parse() {
        Ok(number) => Ok(Version(number)),
        Err(_) => Err(Error::NotAVersion { table: Context::new(prefix).qualified(chain.tracked_by), comment }),
    }
}
