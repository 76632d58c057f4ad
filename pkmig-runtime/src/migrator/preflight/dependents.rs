//! What others have that depends on what a plan takes away or retypes.

use pkmig_schema::{Schema, Version};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::super::Migrator;
use crate::dependent::{Dependent, Effect};
use crate::plan::PlannedVersion;
use crate::{Error, Prefix, pinned};
use pkmig_sql::going::Going;
use pkmig_sql::{self as sql, Context, Direction};

/// All that is not of the chain and stands on what the plan takes away or retypes, version by version. The chain's own
/// objects are not: what becomes of them the model has looked at.
pub(in crate::migrator) async fn of(
    migrator: &Migrator,
    prefix: &Prefix,
    context: &Context,
    planned: &[PlannedVersion],
    from: Version,
    connection: &mut PgConnection,
) -> Result<Vec<Dependent>, Error> {
    let all =
        || planned.iter().enumerate().flat_map(|(place, version)| version.going.iter().map(move |it| (place, it)));
    if all().next().is_none() {
        return Ok(Vec::new());
    }
    let query = sql::dependents(all().map(|(_, going)| going), context);
    let rows = pinned::rows(&query, connection).await.map_err(Error::Connection)?;
    let all: Vec<_> = all().collect();
    // A version may have been run in part, or as a whole without its stamp: then what it makes is there already.
    let next = planned.first().filter(|version| version.uninstall.is_none()).map(|version| match version.direction {
        Direction::Up => version.migration.version,
        Direction::Down => migrator.chain.previous(version.migration.version),
    });
    let schemas = [from, next.unwrap_or(from)].map(|version| migrator.chain.schema_at(version));
    let own = schemas.each_ref().map(|schema| Own { schema, context, prefix });
    let mut found = Vec::new();
    for row in rows {
        let row = Found::read(&row).map_err(Error::Connection)?;
        let going = usize::try_from(row.place).ok().and_then(|place| all.get(place));
        let Some((place, going)) =
            going.filter(|(_, going)| !own.iter().any(|own| own.has(&row)) && !moves(&row, going, context))
        else {
            continue;
        };
        let version = &planned[*place];
        found.push(Dependent {
            place: *place,
            version: version.migration.version,
            step: version.step(going.step).unwrap_or_default().to_owned(),
            on: going.to_string(),
            kind: row.type_name,
            name: row.identity,
            owner: row.owner,
            effect: match &*row.effect {
                "goes" => Effect::Goes,
                _ if going.raw => Effect::Unknown,
                "cascade" => Effect::Cascade,
                _ if going.retyped.is_some() => Effect::KeepsType,
                _ => Effect::Blocks,
            },
        });
    }
    Ok(found)
}

/// Refuses a plan that PostgreSQL would break off, or that would take along what is not the chain's.
pub(in crate::migrator) fn check(dependents: Vec<Dependent>) -> Result<(), Error> {
    let stops = |effect| matches!(effect, Effect::Blocks | Effect::KeepsType | Effect::Cascade);
    let dependents: Vec<_> = dependents.into_iter().filter(|one| stops(one.effect)).collect();
    match dependents.is_empty() {
        true => Ok(()),
        false => Err(Error::Dependents { dependents }),
    }
}

/// Whether it is a foreign key that the step makes anew on another key.
fn moves(row: &Found, going: &Going, context: &Context) -> bool {
    row.key.as_ref().is_some_and(|key| going.given_up.iter().any(|name| context.name(name) == *key))
}

/// An object that stands on another.
struct Found {
    /// The place of the other among what goes.
    place: i32,
    effect: String,
    kind: String,
    schema: Option<String>,
    /// The relation that it is, or is on.
    relation: Option<String>,
    name: Option<String>,
    args: Option<i32>,
    type_name: String,
    identity: String,
    owner: String,
    /// The index that a foreign key rests on.
    key: Option<String>,
}

impl Found {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            place: row.try_get(0)?,
            effect: row.try_get(1)?,
            kind: row.try_get(2)?,
            schema: row.try_get(3)?,
            relation: row.try_get(4)?,
            name: row.try_get(5)?,
            args: row.try_get(6)?,
            type_name: row.try_get::<Option<_>, _>(7)?.unwrap_or_default(),
            identity: row.try_get::<Option<_>, _>(8)?.unwrap_or_default(),
            owner: row.try_get::<Option<_>, _>(9)?.unwrap_or_default(),
            key: row.try_get(10)?,
        })
    }
}

/// The schema of the chain at a version.
struct Own<'a> {
    schema: &'a Schema,
    context: &'a Context,
    prefix: &'a Prefix,
}

impl Own<'_> {
    /// Whether the chain has made the object.
    fn has(&self, found: &Found) -> bool {
        if found.schema.as_deref() != Some(self.prefix.as_str()) {
            return false;
        }
        let is = |name: &str, of: Option<&str>| of == Some(&*self.context.name(name));
        let (relation, name) = (found.relation.as_deref(), found.name.as_deref());
        let table = self.schema.tables().find(|table| is(table.name, relation));
        let view = self.schema.views().find(|view| is(view.name, relation));
        let column = || table.and_then(|table| table.columns.iter().find(|known| is(known.def.name, name)));
        match &*found.kind {
            "relation" => self.has_relation(relation.unwrap_or_default()),
            "column" => column().is_some() || view.is_some(),
            "constraint" => table.is_some_and(|table| table.constraints.iter().any(|it| is(it.def.name, name))),
            "policy" => table.is_some_and(|table| table.policies.iter().any(|it| is(it.def.name, name))),
            "trigger" => {
                let of_table = table.is_some_and(|table| table.triggers.iter().any(|it| is(it.def.name, name)));
                of_table || view.is_some_and(|view| view.triggers.iter().any(|it| is(it.name, name)))
            }
            "default" => column().is_some_and(|known| {
                known.def.default.is_some() || known.def.generator.is_some() || known.def.generated.is_some()
            }),
            "function" => {
                let arguments = |function: &pkmig_schema::Function| i32::try_from(function.args.len()).ok();
                self.schema.functions().any(|it| is(it.name, name) && arguments(it) == found.args)
            }
            "type" => self
                .schema
                .enums()
                .map(|it| it.name)
                .chain(self.schema.domains().map(|it| it.name))
                .any(|it| is(it, name)),
            _ => false,
        }
    }

    /// A name that begins with the prefix is known to the model without it.
    fn has_relation(&self, name: &str) -> bool {
        let within = name.strip_prefix(self.prefix.as_str()).map(|rest| format!("@{rest}"));
        self.schema.has_relation(name) || within.is_some_and(|name| self.schema.has_relation(&name))
    }
}
