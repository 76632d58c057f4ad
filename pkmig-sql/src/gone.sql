-- All that goes with what is asked about: what PostgreSQL drops without a word (dependencies of the kinds `a`, `i`, `P` and
-- `S`; manual section 53.18), and what a CASCADE takes. An object goes with its parts, a column with those of the tables that
-- inherit it.
family (place, relid) AS (
  SELECT a.place, c.oid FROM asked a JOIN pg_catalog.pg_class c ON c.relname = a.name::pg_catalog.name
    AND c.relnamespace = (SELECT oid FROM space) WHERE a.kind = 'column'
  UNION
  SELECT f.place, i.inhrelid FROM family f JOIN pg_catalog.pg_inherits i ON i.inhparent = f.relid
),
seed (place, classid, objid, objsubid, retypes, cascades) AS (
  SELECT a.place, 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid, 0, a.retypes, a.cascades
    FROM asked a JOIN pg_catalog.pg_class c ON c.relname = a.name::pg_catalog.name
      AND c.relnamespace = (SELECT oid FROM space)
    WHERE CASE a.kind WHEN 'table' THEN c.relkind IN ('r', 'p') WHEN 'view' THEN c.relkind IN ('v', 'm')
      WHEN 'sequence' THEN c.relkind = 'S' WHEN 'index' THEN c.relkind IN ('i', 'I') ELSE false END
  UNION ALL
  SELECT a.place, 'pg_catalog.pg_class'::pg_catalog.regclass, t.attrelid, t.attnum, a.retypes, a.cascades
    FROM asked a JOIN family f ON f.place = a.place
    JOIN pg_catalog.pg_attribute t ON t.attrelid = f.relid AND t.attname = a.part::pg_catalog.name AND NOT t.attisdropped
    JOIN pg_catalog.pg_class c ON c.oid = t.attrelid
    WHERE CASE WHEN a.retypes THEN t.attinhcount > 0 OR a.type = pg_catalog.replace(pg_catalog.regexp_replace(
        pg_catalog.format_type(t.atttypid, t.atttypmod), '^("([^"]|"")+"|\w+)\.', ''), '"', '')
      ELSE c.relname = a.name::pg_catalog.name AND c.relnamespace = (SELECT oid FROM space)
        OR NOT t.attislocal AND t.attinhcount = 1 END
  UNION ALL
  SELECT a.place, 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0, a.retypes, a.cascades
    FROM asked a JOIN pg_catalog.pg_class c ON c.relname = a.name::pg_catalog.name
      AND c.relnamespace = (SELECT oid FROM space)
    JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.conname = a.part::pg_catalog.name
    WHERE a.kind = 'constraint'
  UNION ALL
  SELECT a.place, 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0, a.retypes, a.cascades
    FROM asked a JOIN pg_catalog.pg_proc p ON p.proname = a.name::pg_catalog.name
      AND p.pronamespace = (SELECT oid FROM space)
    WHERE a.kind = 'function' AND a.type = (SELECT coalesce(pg_catalog.string_agg(pg_catalog.replace(
        pg_catalog.regexp_replace(pg_catalog.format_type(arg, NULL), '^("([^"]|"")+"|\w+)\.', ''), '"', ''), ', '
        ORDER BY place), '') FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) WITH ORDINALITY AS args (arg, place))
  UNION ALL
  SELECT a.place, 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0, a.retypes, a.cascades
    FROM asked a JOIN pg_catalog.pg_type t ON t.typname = a.name::pg_catalog.name
      AND t.typnamespace = (SELECT oid FROM space)
    WHERE a.kind IN ('enum', 'domain')
),
gone (place, classid, objid, objsubid, cascades, taken) AS (
  SELECT place, classid, objid, objsubid, cascades, false FROM seed WHERE NOT retypes
  UNION
  SELECT g.place, n.classid, n.objid, n.objsubid, g.cascades, n.taken FROM gone g CROSS JOIN LATERAL (
    SELECT d.classid, d.objid, d.objsubid, g.taken OR d.deptype = 'n' AS taken FROM pg_catalog.pg_depend d
      WHERE d.refclassid = g.classid AND d.refobjid = g.objid AND (g.objsubid = 0 OR d.refobjsubid = g.objsubid)
        AND (d.deptype IN ('a', 'i', 'P', 'S') OR g.cascades AND d.deptype = 'n')
    UNION ALL
    -- A part is dropped with its whole: the rule of a view with the view.
    SELECT d.refclassid, d.refobjid, d.refobjsubid, true FROM pg_catalog.pg_depend d
      WHERE g.taken AND d.classid = g.classid AND d.objid = g.objid AND d.objsubid = g.objsubid AND d.deptype = 'i'
  ) AS n
)
