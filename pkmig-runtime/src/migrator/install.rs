//! What is known of an install before anything is done: one query.

use std::collections::BTreeMap;

use pkmig_schema::step::Change;
use pkmig_schema::{Migration, Name, ObjectKind, Version};
use sqlx::{PgConnection, Row};

use super::Migrator;
use crate::{Chain, Error, Misfit, MisfitKind, Prefix, pinned};
use pkmig_sql::{Context, literal};

/// An install as its database shows it.
pub(super) struct Install {
    /// The stamped version; V0 where the stamp is no version, or there is none.
    pub version: Version,
    /// The comment of the tracking table, which is the stamp.
    pub comment: Option<String>,
    /// Whether its schema exists.
    pub schema_exists: bool,
    /// Whether the tracking table is there, and has no comment.
    pub is_unstamped: bool,
    /// Whether the stamp stands there alone: no table is there that every install of its version has beside the stamped one.
    pub is_alone: bool,
    /// The extensions of the database and the schemas that they live in.
    extensions: BTreeMap<String, String>,
}

impl Install {
    /// Reads an install whose stamp is a version, or that has none.
    ///
    /// # Errors
    /// If the stamp is something else.
    pub(super) async fn read(
        chain: &'static Chain,
        prefix: &Prefix,
        connection: &mut PgConnection,
    ) -> Result<Self, Error> {
        let install = Self::read_any(chain, prefix, connection).await?;
        match &install.comment {
            Some(comment) if version(comment).is_none() => Err(Error::NotAVersion {
                table: Context::new(prefix).qualified(chain.tracked_by).to_string(),
                comment: comment.clone(),
            }),
            _ => Ok(install),
        }
    }

    /// Reads an install, whatever its stamp is.
    pub(super) async fn read_any(
        chain: &'static Chain,
        prefix: &Prefix,
        connection: &mut PgConnection,
    ) -> Result<Self, Error> {
        // Written as plain catalog joins: on a fresh connection every function looked up costs.
        let context = Context::new(prefix);
        let (since, lasting) = lasting(chain);
        let names: Vec<_> = lasting.iter().map(|name| literal(&context.name(name))).collect();
        let sql = format!(
            "SELECT (SELECT d.description FROM pg_catalog.pg_class c JOIN pg_catalog.pg_description d \
             ON d.objoid = c.oid AND d.classoid = 1259 AND d.objsubid = 0 \
             WHERE c.relnamespace = n.oid AND c.relname = {1}), n.oid IS NOT NULL, \
             (SELECT string_agg(e.extname || '=' || s.nspname, E'\\n') FROM pg_catalog.pg_extension e \
             JOIN pg_catalog.pg_namespace s ON s.oid = e.extnamespace), \
             NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname IN ({2})), \
             EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = {1}) \
             FROM (VALUES (1)) AS one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = {0}",
            literal(prefix.as_str()),
            literal(chain.tracked_by),
            if names.is_empty() { "NULL".to_owned() } else { names.join(", ") }
        );
        let row = pinned::row(&sql, connection).await.map_err(Error::Connection)?;
        let get = |index| row.try_get::<Option<String>, _>(index).map_err(Error::Connection);
        let extensions = get(2)?.unwrap_or_default();
        let extensions = extensions.lines().filter_map(|line| line.split_once('='));
        let comment = get(0)?;
        let version = comment.as_deref().and_then(version).unwrap_or(Version(0));
        let none: bool = row.try_get(3).map_err(Error::Connection)?;
        Ok(Self {
            version,
            is_unstamped: comment.is_none() && row.try_get(4).map_err(Error::Connection)?,
            comment,
            is_alone: none && !names.is_empty() && version >= since,
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

    /// Whether it is stamped with a version that this release of the library knows.
    pub(super) fn is_stamped(&self, chain: &'static Chain, prefix: &Prefix) -> bool {
        self.version > Version(0) && self.known_version(chain, prefix).is_ok()
    }

    /// The error that what is there speaks against the stamp.
    pub(super) fn misfit(&self, chain: &Chain, prefix: &Prefix, kind: MisfitKind, evidence: Vec<String>) -> Error {
        Error::Misfit(Box::new(Misfit {
            chain: chain.name,
            prefix: prefix.clone(),
            tracked_by: chain.tracked_by,
            stamp: self.comment.clone(),
            stamped: self.version,
            kind,
            evidence,
        }))
    }

    /// Where the SQL runs.
    pub(super) fn context(&self, migrator: &Migrator, prefix: &Prefix) -> Context {
        migrator.context(prefix).extensions(self.extensions.clone())
    }

    pub(super) fn has_extension(&self, name: &str) -> bool {
        self.extensions.contains_key(name)
    }
}

/// Tables that the chain makes early and that stay under their names, and the version that has made them all: a few, because
/// every run asks for them.
fn lasting(chain: &'static Chain) -> (Version, Vec<Name>) {
    let of = |it: &'static Migration| it.steps.iter().filter_map(move |step| Some((it.version, step.effect()?)));
    let effects = || chain.migrations().iter().copied().flat_map(of);
    let tables = || effects().filter(|(_, effect)| effect.object.kind == ObjectKind::Table);
    let stays = |name: Name| !tables().any(|(_, effect)| effect.object.name == name && effect.frees_its_name());
    let made = tables().filter(|(_, effect)| effect.change == Change::Create);
    let made =
        made.map(|(version, effect)| (version, effect.object.name)).filter(|(_, name)| *name != chain.tracked_by);
    let lasting: Vec<_> = made.filter(|(_, name)| stays(name)).take(3).collect();
    let since = lasting.iter().map(|(version, _)| *version).max().unwrap_or_default();
    (since, lasting.into_iter().map(|(_, name)| name).collect())
}

/// The version that a comment is.
fn version(comment: &str) -> Option<Version> {
    comment.trim().parse().ok().map(Version)
}
