-- The names of what a schema holds under the names that a chain knows, which `asked` holds: a row each. Of relations and
-- functions who owns them, whether that is one of the roles in `own`, and whether it is a superuser.
space AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = (SELECT schema FROM asked)),
relation AS MATERIALIZED (
  SELECT oid, relname, relkind, relowner FROM pg_catalog.pg_class
  WHERE relnamespace = (SELECT oid FROM space) AND relname = ANY ((SELECT relations FROM asked)::pg_catalog.name[]) AND relkind IN ('r', 'p', 'f', 'v', 'm')
)
SELECT 'asked', NULL::pg_catalog.text, (
    SELECT d.description FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 1259 AND d.objsubid = 0
    WHERE c.relnamespace = (SELECT oid FROM space) AND c.relname = (SELECT tracked FROM asked)),
  CURRENT_USER::pg_catalog.text, false, false
UNION ALL
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
      WHEN 'p' THEN 'partitioned table' ELSE 'table' END,
    NULL, c.relname, r.rolname, c.relowner IN (SELECT role FROM own), r.rolsuper
  FROM relation c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
UNION ALL
SELECT 'column', c.relname, a.attname, NULL, false, false
  FROM pg_catalog.pg_attribute a JOIN relation c ON c.oid = a.attrelid
  WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', c.relname, k.conname, NULL, false, false
  FROM pg_catalog.pg_constraint k JOIN relation c ON c.oid = k.conrelid
  WHERE k.contype IN ('p', 'u', 'f', 'c', 'x')
UNION ALL
SELECT 'index', c.relname, i.relname, NULL, false, false
  FROM pg_catalog.pg_index x JOIN relation c ON c.oid = x.indrelid
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
      WHERE k.conindid = x.indexrelid AND k.conrelid = x.indrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'trigger', c.relname, t.tgname, NULL, false, false
  FROM pg_catalog.pg_trigger t JOIN relation c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy', c.relname, y.polname, NULL, false, false
  FROM pg_catalog.pg_policy y JOIN relation c ON c.oid = y.polrelid
UNION ALL
SELECT 'sequence', c.relname, s.relname, NULL, false, false
  FROM pg_catalog.pg_depend d JOIN relation c ON c.oid = d.refobjid
  JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  WHERE d.refclassid = 1259 AND d.classid = 1259 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
UNION ALL
SELECT 'sequence', NULL, s.relname, NULL, false, false
  FROM pg_catalog.pg_class s
  WHERE s.relnamespace = (SELECT oid FROM space) AND s.relname = ANY ((SELECT others FROM asked)::pg_catalog.name[]) AND s.relkind = 'S'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 1259 AND d.objid = s.oid
      AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT CASE t.typtype WHEN 'e' THEN 'enum' ELSE 'domain' END, NULL, t.typname, NULL, false, false
  FROM pg_catalog.pg_type t
  WHERE t.typnamespace = (SELECT oid FROM space) AND t.typname = ANY ((SELECT others FROM asked)::pg_catalog.name[]) AND t.typtype IN ('e', 'd')
UNION ALL
SELECT DISTINCT 'function', NULL, f.proname, r.rolname, f.proowner IN (SELECT role FROM own), r.rolsuper
  FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_roles r ON r.oid = f.proowner
  WHERE f.pronamespace = (SELECT oid FROM space) AND f.proname = ANY ((SELECT others FROM asked)::pg_catalog.name[])
