//! What a schema holds, as lines of text that two installs can be compared by.

use sqlx::{PgConnection, Row};

/// A name as it stands in SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The catalog of a schema and its rows, one line for each object and row. The schema's own name, generated uuids and
/// times are taken out; the order of columns does not count.
pub(crate) async fn of(connection: &mut PgConnection, schema: &str) -> Vec<String> {
    let quoted = quoted(schema);
    // With quotes and schemas taken out, a name is the same wherever the schema stands in the search path.
    let bare = schema.replace('"', "");
    // What extensions bring stands in `public` for every install.
    let shared =
        |text: String| EXTENSIONS.iter().fold(text, |text, name| text.replace(&format!("public.{name}"), name));
    let plain = |text: &str| shared(text.replace('"', "").replace(&format!("{bare}."), ""));
    sqlx::raw_sql("SET search_path = ''").execute(&mut *connection).await.unwrap();
    let catalog = sqlx::query(CATALOG).bind(schema).fetch_all(&mut *connection).await.unwrap();
    let mut lines: Vec<String> = catalog.iter().map(|row| plain(row.get("line"))).collect();
    let tables: Vec<String> = sqlx::query_scalar(TABLES).bind(schema).fetch_all(&mut *connection).await.unwrap();
    let select = |table: &String| format!("SELECT '{table}', to_jsonb(t)::text FROM {quoted}.\"{table}\" AS t");
    if !tables.is_empty() {
        let sql = tables.iter().map(select).collect::<Vec<_>>().join(" UNION ALL ");
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await.unwrap();
        lines.extend(rows.iter().map(|row| format!("row of {}: {}", row.get::<&str, _>(0), masked(row.get(1)))));
    }
    lines.iter_mut().for_each(|line| *line = line.replace(&format!("{bare}_phoenix_kit"), "@_phoenix_kit"));
    sqlx::raw_sql("RESET search_path").execute(&mut *connection).await.unwrap();
    lines.sort();
    lines
}

/// Types and operators of the extensions that the chains use.
const EXTENSIONS: [&str; 5] = ["citext", "gin_trgm_ops", "gist_", "geometry", "geography"];

/// The tables that may have rows: one without a page has none.
const TABLES: &str = "
    SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0 AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
    ORDER BY 1";

// Comments are looked up by their index: obj_description() starts a query of its own for each object.
const CATALOG: &str = r#"
    WITH place AS (SELECT oid, nspowner, nspacl, quote_ident(nspname) AS quoted FROM pg_namespace WHERE nspname = $1),
      ours AS (SELECT c.* FROM pg_class c JOIN place ON place.oid = c.relnamespace
        WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e'))
    SELECT format('table %s %s %s', relname, relpersistence, (SELECT description FROM pg_description WHERE (objoid, classoid, objsubid) = (oid, 'pg_class'::regclass, 0))) AS line
      FROM ours WHERE relkind = 'r'
    UNION ALL
    SELECT format('row level security of %s forced %s', relname, relforcerowsecurity)
      FROM ours WHERE relkind = 'r' AND (relrowsecurity OR relforcerowsecurity)
    UNION ALL
    SELECT format('policy %s on %s %s for %s to %s using %s check %s %s', p.polname, c.relname, p.polpermissive, p.polcmd,
        (SELECT string_agg(coalesce(r.rolname, 'public'), ',' ORDER BY r.rolname) FROM unnest(p.polroles) AS u (role)
         LEFT JOIN pg_roles r ON r.oid = u.role),
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), (SELECT description FROM pg_description WHERE (objoid, classoid, objsubid) = (p.oid, 'pg_policy'::regclass, 0)))
      FROM ours c JOIN pg_policy p ON p.polrelid = c.oid
    UNION ALL
    SELECT format('%s %s %s %s', CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, relname,
        pg_get_viewdef(oid), (SELECT description FROM pg_description WHERE (objoid, classoid, objsubid) = (oid, 'pg_class'::regclass, 0)))
      FROM ours WHERE relkind IN ('v', 'm')
    UNION ALL
    SELECT format('column %s.%s %s %s default %s %s %s comment %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, (SELECT description FROM pg_description WHERE (objoid, classoid, objsubid) = (c.oid, 'pg_class'::regclass, a.attnum)))
      FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind = 'r'
    UNION ALL
    SELECT format('constraint %s.%s %s %s', c.relname, k.conname, pg_get_constraintdef(k.oid), (SELECT description FROM pg_description WHERE (objoid, classoid, objsubid) = (k.oid, 'pg_constraint'::regclass, 0)))
      FROM ours c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype <> 'n'
    UNION ALL
    SELECT format('index %s valid %s %s', pg_get_indexdef(x.indexrelid), x.indisvalid, (SELECT description FROM pg_description WHERE (objoid, classoid, objsubid) = (x.indexrelid, 'pg_class'::regclass, 0)))
      FROM ours c JOIN pg_index x ON x.indrelid = c.oid
    UNION ALL
    SELECT format('trigger %s enabled %s %s', pg_get_triggerdef(t.oid), t.tgenabled, (SELECT description FROM pg_description WHERE (objoid, classoid, objsubid) = (t.oid, 'pg_trigger'::regclass, 0)))
      FROM ours c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT format('sequence %s %s %s %s', c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement)
      FROM ours c JOIN pg_sequence s ON s.seqrelid = c.oid
    UNION ALL
    SELECT format('enum %s %s', t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder))
      FROM place JOIN pg_type t ON t.typnamespace = place.oid JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname
    UNION ALL
    SELECT format('function %s(%s) %s definer %s %s %s', p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
        p.prosecdef, replace(array_to_string(p.proconfig, ' '), quoted, '@'),
        md5(replace(replace(p.prosrc, '"' || replace($1, '"', '""') || '".', ''), quoted || '.', '')))
      FROM place JOIN pg_proc p ON p.pronamespace = place.oid
      WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    UNION ALL
    SELECT format('grant %s on %s to %s', a.privilege_type, object, coalesce(r.rolname, 'public'))
      FROM (
        SELECT 'the schema' AS object, nspowner AS owner, nspacl AS acl FROM place
        UNION ALL SELECT relname::text, relowner, relacl FROM ours
        UNION ALL SELECT relname || '.' || attname, relowner, attacl FROM ours JOIN pg_attribute ON attrelid = ours.oid
        UNION ALL SELECT p.oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
          FROM place JOIN pg_proc p ON p.pronamespace = place.oid
          WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
      ) AS granted, aclexplode(acl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
      -- What initdb grants on the schema public is not an install's doing.
      WHERE a.grantee <> owner AND NOT (object = 'the schema' AND EXISTS (
        SELECT FROM place JOIN pg_init_privs i ON i.objoid = place.oid, aclexplode(i.initprivs) AS initial
        WHERE (initial.grantee, initial.privilege_type) = (a.grantee, a.privilege_type)))"#;

/// A row without what differs from install to install.
fn masked(row: &str) -> String {
    let digit = |c: char| c.is_ascii_hexdigit();
    let mut out = String::new();
    for part in row.split_inclusive('"') {
        let text = part.trim_end_matches('"');
        let uuid = text.len() == 36 && text.chars().all(|c| digit(c) || c == '-');
        let time = text.len() >= 19 && text.as_bytes()[10] == b'T' && text.starts_with("20");
        match (uuid, time) {
            (true, _) => out.push_str("<uuid>\""),
            (_, true) => out.push_str("<time>\""),
            _ => out.push_str(part),
        }
    }
    out
}

/// Panics with the lines that only one side has.
#[track_caller]
pub(crate) fn assert_same(what: &str, expected: &[String], found: &[String]) {
    if expected == found {
        return;
    }
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|line| !other.contains(line)).cloned().collect()
    };
    let (missing, extra) = (only(expected, found), only(found, expected));
    assert!(
        missing.is_empty() && extra.is_empty() && expected.len() == found.len(),
        "{what}\nmissing: {missing:#?}\nextra: {extra:#?}"
    );
}
