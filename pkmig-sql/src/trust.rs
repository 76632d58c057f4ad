//! Whose objects may be called or written with the rights of the running role: its own, those of the roles that it is a
//! member of, and of those that somebody has named. A superuser is a member of no role by being one.

use pkmig_schema::replay::Moment;
use pkmig_schema::step::Change;
use pkmig_schema::{ObjectKind, Step};

use super::session::Path;
use super::template::Template;
use super::writer::{Context, dollar_quoted, literal};
use crate::ddl::Expression;
use crate::plpgsql::Node;

/// The trusted roles as a recursive query `own (role)`.
pub fn own_roles(named: &[String]) -> String {
    own_roles_among(&names(named))
}

/// The same, with the named ones as an array of names.
fn own_roles_among(named: &str) -> String {
    format!(
        "own (role) AS (
      SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user OR rolname = ANY ({named}::pg_catalog.name[])
      UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN own ON own.role = m.member)"
    )
}

/// An array of names, as a literal.
fn names<T: AsRef<str>>(names: &[T]) -> String {
    let quoted = |name: &T| format!("\"{}\"", name.as_ref().replace('\\', "\\\\").replace('"', "\\\""));
    literal(&format!("{{{}}}", names.iter().map(quoted).collect::<Vec<_>>().join(",")))
}

/// A block that refuses a search path on which somebody may create objects who is neither trusted nor a superuser.
pub(super) fn refuse(path: &Path, named: &[String]) -> String {
    let body = format!(
        "\nDECLARE\n  pkmig_open record;\nBEGIN\n  FOR pkmig_open IN\n{}\n  LOOP\n    \
         RAISE EXCEPTION 'role % may create objects in schema %, where this script looks up what it calls', \
         pkmig_open.role, pkmig_open.schema USING ERRCODE = '42501', \
         HINT = pg_catalog.format('REVOKE CREATE ON SCHEMA %I FROM %s, or run it as the owner of the schema', \
         pkmig_open.schema, pkmig_open.role);\n  END LOOP;\nEND\n",
        open_to(path, named)
    );
    format!("DO {}", dollar_quoted(&body, "pkmig"))
}

/// A query for who may create objects in the schemas that the names of a path may be found in, and is neither trusted nor a
/// superuser, who needs no such way: rows of the schema, the role, and whether it owns the schema.
pub fn open_to(path: &Path, named: &[String]) -> String {
    let schemas: Vec<_> = path.watched().collect();
    // pg_database_owner has one member, which is in no table (manual, section 22.5).
    format!(
        "WITH RECURSIVE {},
  trusted (role) AS (SELECT role FROM own UNION SELECT oid FROM pg_catalog.pg_roles WHERE rolsuper),
  safe (role) AS (SELECT role FROM trusted UNION SELECT r.oid FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
    WHERE r.rolname = 'pg_database_owner' AND d.datname = pg_catalog.current_database() AND d.datdba IN (SELECT role FROM trusted))
SELECT n.nspname::pg_catalog.text AS schema,
  CASE may.role WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(may.role)::pg_catalog.text END AS role,
  may.role = n.nspowner AS owns
FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL (
  SELECT n.nspowner AS role UNION SELECT a.grantee
  FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a WHERE a.privilege_type = 'CREATE') AS may
WHERE n.nspname = ANY ({}::pg_catalog.name[]) AND may.role NOT IN (SELECT role FROM safe) ORDER BY 1, 2",
        own_roles(named),
        names(&schemas)
    )
}

/// Stops a version before what somebody else owns, by these arguments: 1 the schema, 2 its relations, 3 its functions, 4 the roles
/// that are trusted beside one's own.
pub(super) fn owned_template(quote: &str) -> String {
    let own = own_roles_among("%4$L");
    format!(
        "  pkmig_owned CONSTANT pg_catalog.text := $template$DO {quote} DECLARE other record; BEGIN
    WITH RECURSIVE {own},
    space (oid) AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %1$L),
    found (name, owner) AS (
      SELECT 'relation ' || relname, relowner FROM pg_catalog.pg_class
        WHERE relnamespace = (SELECT oid FROM space) AND relname = ANY (%2$L::pg_catalog.name[])
      UNION ALL SELECT 'function ' || proname, proowner FROM pg_catalog.pg_proc
        WHERE pronamespace = (SELECT oid FROM space) AND proname = ANY (%3$L::pg_catalog.name[]))
    SELECT name, pg_catalog.pg_get_userbyid(owner) AS owner INTO other FROM found
      WHERE owner NOT IN (SELECT role FROM own UNION SELECT oid FROM pg_catalog.pg_roles WHERE rolsuper) ORDER BY 1 LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION '%% belongs to role %%, of which role %% is not a member', other.name, other.owner, current_user
        USING ERRCODE = 'PKM09', HINT = pg_catalog.format('run as %%I, or change its owner if you trust its contents', other.owner);
    END IF; END {quote} $template$;
"
    )
}

/// The statement that asks whose it is what the steps between these moments work on, if they do on anything.
pub fn owned(moments: &[Moment], context: &Context) -> Option<Node> {
    let (mut relations, mut functions) = (Vec::new(), Vec::new());
    for moment in moments {
        if let Step::Execute(execute) = &moment.step {
            relations.extend(execute.sql.objects());
        }
        let Some(effect) = moment.step.effect() else { continue };
        match effect.what() {
            (_, ObjectKind::Table) | (Change::Create | Change::Rename(_), ObjectKind::View) => {
                relations.push(effect.object.name);
            }
            (Change::Create, ObjectKind::Function) => functions.push(effect.object.name),
            _ => relations.extend(effect.object.of),
        }
    }
    if relations.is_empty() && functions.is_empty() {
        return None;
    }
    let list = |found: Vec<&str>| {
        let mut found: Vec<String> = found.into_iter().map(|name| context.name(name)).collect();
        found.sort_unstable();
        found.dedup();
        names(&found)
    };
    let [relations, functions] = [relations, functions].map(|found| Expression::new(list(found)));
    let trusted = Expression::new(names(context.trusted()));
    Some(Node::call(Template::Owned, vec![Expression::literal(context.schema()), relations, functions, trusted]))
}
