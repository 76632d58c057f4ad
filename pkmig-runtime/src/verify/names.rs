//! What a schema holds under the names that a chain knows: one query for names only, which costs a fraction of what
//! `catalog.sql` does.

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::step::Change;
use pkmig_schema::{ObjectKind, Schema, Step};
use sqlx::{PgConnection, Row};

use super::CatalogObject;
use super::property::unknown;
use crate::{Chain, pinned};
use pkmig_sql::trust::own_roles;
use pkmig_sql::{Context, literal};

/// What is there under names of a chain.
#[derive(Debug)]
pub(crate) struct Found {
    /// The running role.
    pub(crate) role: String,
    /// The comment of the tracking table.
    pub(crate) stamp: Option<String>,
    /// The names of all objects.
    pub(crate) names: BTreeSet<CatalogObject>,
    /// The tables and views, by name.
    pub(crate) relations: BTreeMap<String, Holder>,
    /// The functions, by name.
    pub(crate) functions: BTreeMap<String, Holder>,
}

/// A table, view or function under a name of the chain, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// What it is.
    pub(crate) kind: ObjectKind,
    /// Its owner.
    pub(crate) owner: String,
    /// Whether that is the running role, one that it is a member of, or one that was named.
    pub(crate) is_own: bool,
    /// Whether it is a superuser, who needs no trigger to get at the rights of others.
    pub(crate) is_superuser: bool,
}

impl Holder {
    /// Whether what it does may be done with the rights of the running role.
    pub(crate) fn is_trusted(&self) -> bool {
        self.is_own || self.is_superuser
    }
}

impl Found {
    /// The tables and views that a schema declares and that are there, with their holders.
    pub(crate) fn declared<'a>(
        &'a self,
        schema: &'a Schema,
        context: &'a Context,
    ) -> impl Iterator<Item = (&'a String, &'a Holder)> {
        let names = schema.tables().map(|it| it.name).chain(schema.views().map(|it| it.name));
        names.filter_map(|name| self.relations.get_key_value(&context.name(name)))
    }

    /// Reads what the prefix holds.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub(crate) async fn read(
        chain: &Chain,
        context: &Context,
        connection: &mut PgConnection,
    ) -> Result<Self, sqlx::Error> {
        let sql = sql(chain, context);
        let mut found = Self {
            role: String::new(),
            stamp: None,
            names: BTreeSet::new(),
            relations: BTreeMap::new(),
            functions: BTreeMap::new(),
        };
        for row in pinned::rows(&sql, connection).await? {
            let kind: &str = row.try_get(0)?;
            if kind == "asked" {
                (found.stamp, found.role) = (row.try_get(2)?, row.try_get(3)?);
                continue;
            }
            let kind = ObjectKind::of_word(kind).ok_or_else(|| unknown("kind of object", kind))?;
            let name: String = row.try_get(2)?;
            if let Some(owner) = row.try_get::<Option<String>, _>(3)? {
                let holder = Holder { kind, owner, is_own: row.try_get(4)?, is_superuser: row.try_get(5)? };
                match kind {
                    // Of several of one name, one that is somebody else's counts.
                    ObjectKind::Function if found.functions.get(&name).is_some_and(|known| !known.is_trusted()) => {}
                    ObjectKind::Function => drop(found.functions.insert(name.clone(), holder)),
                    _ => drop(found.relations.insert(name.clone(), holder)),
                }
            }
            found.names.insert(CatalogObject::new(kind.unpartitioned(), row.try_get(1)?, name));
        }
        Ok(found)
    }
}

fn sql(chain: &Chain, context: &Context) -> String {
    let (mut relations, mut others) = (BTreeSet::from([context.name(chain.tracked_by)]), BTreeSet::new());
    let steps = chain.migrations().iter().flat_map(|migration| migration.steps.iter());
    for effect in steps.filter_map(Step::effect) {
        let names = [effect.object.name, effect.after().name].map(|name| context.name(name));
        match effect.what() {
            // What early installs had, too.
            (Change::Create | Change::Drop | Change::Rename(_), ObjectKind::Table)
            | (Change::Create | Change::Rename(_), ObjectKind::View) => relations.extend(names),
            (Change::Create, ObjectKind::Enum | ObjectKind::Domain | ObjectKind::Sequence | ObjectKind::Function) => {
                others.extend(names)
            }
            _ => {}
        }
    }
    let list = |names: BTreeSet<String>| {
        let names = names.iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ");
        format!("ARRAY[{names}]::pg_catalog.name[]")
    };
    format!(
        "WITH RECURSIVE asked (schema, tracked, relations, others) AS (SELECT {}::pg_catalog.name, {}::pg_catalog.name, {}, {}),\n{},\n{}",
        literal(context.prefix().as_str()),
        literal(&context.name(chain.tracked_by)),
        list(relations),
        list(others),
        own_roles(context.trusted()),
        include_str!("names.sql")
    )
}
