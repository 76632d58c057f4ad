-- Everything that a schema holds, a row for each property of each object, but for what belongs to an extension. Printed
-- under an empty search_path, so that every name that is not PostgreSQL's own carries its schema. A value of several parts has
-- them in `parts`; of privileges, which may be on the schema, too, `value` is the role.
WITH space AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {schema}),
foreign_object AS (
  SELECT classid, objid FROM pg_catalog.pg_depend
  WHERE deptype = 'e' AND refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
),
relation AS (
  SELECT *, CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind
  FROM pg_catalog.pg_class c WHERE relnamespace = (SELECT oid FROM space)
    AND NOT EXISTS (SELECT FROM foreign_object
      WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = c.oid)
),
-- Looked up by the index of the catalog: obj_description() starts a query of its own for each object.
comment AS NOT MATERIALIZED (
  SELECT objoid, classoid, objsubid, description FROM pg_catalog.pg_description
)
SELECT * FROM (
SELECT c.kind,
    NULL::text AS of, c.relname::text AS name, NULL::text AS signature, p.what, p.value, p.parts
  FROM relation c
  CROSS JOIN LATERAL (VALUES
    ('persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' ELSE 'permanent' END, NULL),
    ('row level security', '', array_remove(
      ARRAY[CASE WHEN c.relrowsecurity THEN 'enabled' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END], NULL)),
    ('definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, NULL),
    ('options', CASE WHEN c.relkind = 'v' THEN array_to_string(c.reloptions, ', ') END, NULL),
    ('comment', (SELECT description FROM comment WHERE objoid = c.oid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_class'::pg_catalog.regclass), NULL)) AS p (what, value, parts)
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
UNION ALL
SELECT 'column', c.relname, a.attname, NULL, p.what, p.value, NULL
  FROM relation c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  CROSS JOIN LATERAL (VALUES
    ('type', format_type(a.atttypid, a.atttypmod)),
    ('nullability', CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END),
    ('default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END),
    ('generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END),
    ('identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END),
    ('collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::pg_catalog.regcollation::text END),
    ('comment', (SELECT description FROM comment WHERE objoid = c.oid AND objsubid = a.attnum
      AND classoid = 'pg_catalog.pg_class'::pg_catalog.regclass))) AS p (what, value)
  WHERE c.relkind IN ('r', 'p', 'f')
UNION ALL
SELECT 'constraint', c.relname, k.conname, NULL, p.what, p.value, NULL
  FROM relation c
  JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x')
  CROSS JOIN LATERAL (VALUES
    ('definition', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')),
    ('validity', CASE WHEN k.convalidated THEN 'valid' ELSE 'NOT VALID' END),
    ('enforcement', CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_trigger
      WHERE tgconstraint = k.oid AND tgenabled IN ('D', 'R')) THEN 'disabled' ELSE 'enabled' END),
    ('comment', (SELECT description FROM comment WHERE objoid = k.oid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass))) AS p (what, value)
UNION ALL
SELECT 'index', c.relname, i.relname, NULL, p.what, p.value, NULL
  FROM relation c
  JOIN pg_catalog.pg_index x ON x.indrelid = c.oid
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  CROSS JOIN LATERAL (VALUES
    -- Storage parameters, which it prints as here, are the host's.
    ('definition', CASE WHEN i.reloptions IS NULL THEN pg_get_indexdef(x.indexrelid)
      ELSE replace(pg_get_indexdef(x.indexrelid), ' WITH (' || (SELECT string_agg(quote_ident(option_name) || '='
          || CASE WHEN quote_ident(option_value) = option_value THEN option_value ELSE quote_literal(option_value) END, ', ')
        FROM pg_catalog.pg_options_to_table(i.reloptions)) || ')', '') END),
    ('validity', CASE WHEN x.indisvalid AND x.indisready THEN 'valid' ELSE 'INVALID' END),
    ('comment', (SELECT description FROM comment WHERE objoid = x.indexrelid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_class'::pg_catalog.regclass))) AS p (what, value)
  -- The index of a constraint is looked at as the constraint.
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
    WHERE k.conindid = x.indexrelid AND k.conrelid = x.indrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'trigger', c.relname, t.tgname, NULL, p.what, p.value, NULL
  FROM relation c
  JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
  CROSS JOIN LATERAL (VALUES
    ('definition', pg_get_triggerdef(t.oid)),
    ('enforcement', CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'enabled' END),
    ('comment', (SELECT description FROM comment WHERE objoid = t.oid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass))) AS p (what, value)
UNION ALL
SELECT 'policy', c.relname, y.polname, NULL, p.what, p.value, NULL
  FROM relation c
  JOIN pg_catalog.pg_policy y ON y.polrelid = c.oid
  CROSS JOIN LATERAL (VALUES
    ('command', CASE y.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
      ELSE 'all' END),
    ('mode', CASE WHEN y.polpermissive THEN 'permissive' ELSE 'restrictive' END),
    ('roles', (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE role::pg_catalog.regrole::text END, ', '
      ORDER BY role::pg_catalog.regrole::text) FROM unnest(y.polroles) AS role)),
    ('using', pg_get_expr(y.polqual, y.polrelid)),
    ('with check', pg_get_expr(y.polwithcheck, y.polrelid)),
    ('comment', (SELECT description FROM comment WHERE objoid = y.oid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass))) AS p (what, value)
UNION ALL
SELECT 'sequence', o.relname, c.relname, NULL, p.what, p.value, NULL
  FROM relation c
  JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
  LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_catalog.pg_class o ON o.oid = d.refobjid
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  CROSS JOIN LATERAL (VALUES
    ('type', format_type(s.seqtypid, NULL)),
    ('start', s.seqstart::text),
    ('increment', s.seqincrement::text),
    ('range', s.seqmin || ' to ' || s.seqmax || CASE WHEN s.seqcycle THEN ', cycling' ELSE '' END),
    ('owner', quote_ident(o.relname) || '.' || quote_ident(a.attname))) AS p (what, value)
UNION ALL
SELECT 'enum', NULL, t.typname, NULL, p.what, p.value, p.parts
  FROM pg_catalog.pg_type t
  CROSS JOIN LATERAL (VALUES
    ('labels', '', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)),
    ('comment', (SELECT description FROM comment WHERE objoid = t.oid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_type'::pg_catalog.regclass), NULL)) AS p (what, value, parts)
  WHERE t.typtype = 'e' AND t.typnamespace = (SELECT oid FROM space)
    AND NOT EXISTS (SELECT FROM foreign_object
      WHERE classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND objid = t.oid)
UNION ALL
SELECT 'domain', NULL, t.typname, NULL, p.what, p.value, NULL
  FROM pg_catalog.pg_type t
  CROSS JOIN LATERAL (VALUES
    ('type', format_type(t.typbasetype, t.typtypmod)),
    ('nullability', CASE WHEN t.typnotnull THEN 'not null' ELSE 'null' END),
    ('default', pg_get_expr(t.typdefaultbin, 0)),
    ('checks', (SELECT string_agg(quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid), ', ' ORDER BY c.conname)
      FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c')),
    ('comment', (SELECT description FROM comment WHERE objoid = t.oid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_type'::pg_catalog.regclass))) AS p (what, value)
  WHERE t.typtype = 'd' AND t.typnamespace = (SELECT oid FROM space)
    AND NOT EXISTS (SELECT FROM foreign_object
      WHERE classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND objid = t.oid)
UNION ALL
SELECT 'function', NULL, f.proname, format('%I(%s)', f.proname, oidvectortypes(f.proargtypes)), p.what, p.value, NULL
  FROM pg_catalog.pg_proc f
  JOIN pg_catalog.pg_language l ON l.oid = f.prolang
  CROSS JOIN LATERAL (VALUES
    ('kind', CASE f.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window function'
      ELSE 'function' END),
    ('arguments', pg_get_function_arguments(f.oid)),
    ('result', pg_get_function_result(f.oid)),
    ('language', l.lanname::text),
    ('volatility', CASE f.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END),
    ('strictness', CASE WHEN f.proisstrict THEN 'strict' ELSE 'called on null' END),
    ('security', CASE WHEN f.prosecdef THEN 'definer' ELSE 'invoker' END),
    ('settings', array_to_string(f.proconfig, ', ')),
    ('body', f.prosrc),
    ('comment', (SELECT description FROM comment WHERE objoid = f.oid AND objsubid = 0
      AND classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass))) AS p (what, value)
  WHERE f.pronamespace = (SELECT oid FROM space)
    AND NOT EXISTS (SELECT FROM foreign_object
      WHERE classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND objid = f.oid)
UNION ALL
SELECT o.kind, NULL, o.name, o.signature, CASE WHEN a.grantee = o.owner THEN 'owner privileges' ELSE 'privileges' END,
    coalesce(r.rolname::text, 'public'), array_agg(lower(a.privilege_type))
  FROM (
    SELECT kind, relname::text AS name, NULL AS signature, relowner AS owner, relacl AS acl FROM relation
      WHERE relkind IN ('r', 'p', 'f', 'v', 'm')
    UNION ALL
    SELECT 'function', proname, format('%I(%s)', proname, oidvectortypes(proargtypes)), proowner, coalesce(proacl, acldefault('f', proowner))
      FROM pg_catalog.pg_proc f WHERE pronamespace = (SELECT oid FROM space) AND NOT EXISTS (SELECT FROM foreign_object
        WHERE classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND objid = f.oid)
    UNION ALL
    SELECT 'schema', '', NULL, nspowner, nspacl FROM pg_catalog.pg_namespace WHERE oid = (SELECT oid FROM space)) AS o
  CROSS JOIN LATERAL aclexplode(o.acl) AS a
  LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
  GROUP BY o.kind, o.name, o.signature, o.owner, a.grantee, r.rolname
) AS property
WHERE value IS NOT NULL
