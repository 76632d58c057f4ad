-- What a host has set on objects that are made anew, a row for each: the place of the object, the statement that sets it again, and what it is.
WITH anew (place, kind, relation, name, commented) AS (VALUES {anew}),
space AS (SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname = {schema}),
relation AS (
  SELECT a.*, s.nspname, c.oid AS relid, c.relreplident, pg_catalog.format('%I.%I', s.nspname, c.relname) AS qualified,
      pg_catalog.format('%I.%I', s.nspname, a.name) AS itself
    FROM anew a CROSS JOIN space s
    JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = a.relation
),
-- An index, also where it is a constraint's.
index AS (
  SELECT r.*, i.oid AS indexid, i.reltablespace, i.reloptions, x.indisreplident, x.indisclustered
    FROM relation r
    JOIN pg_catalog.pg_index x ON x.indrelid = r.relid
    JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid AND i.relname = r.name
    WHERE r.kind = 'index' OR r.kind = 'constraint' AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
      WHERE k.conrelid = r.relid AND k.conname = r.name AND k.contype NOT IN ('p', 'u', 'x'))
),
constrained AS (
  SELECT r.*, k.oid AS conid, k.contype FROM relation r
    JOIN pg_catalog.pg_constraint k ON k.conrelid = r.relid AND k.conname = r.name
    WHERE r.kind = 'constraint'
),
fired AS (
  SELECT r.*, t.oid AS triggerid, t.tgenabled FROM relation r
    JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.relid AND t.tgname = r.name AND NOT t.tgisinternal
    WHERE r.kind = 'trigger'
),
called AS (
  SELECT a.*, f.oid AS functionid, f.procost, f.prorows, f.proretset, f.proparallel, f.proleakproof, f.prosupport, l.lanname,
      pg_catalog.format('%I.%I(%s)', s.nspname, f.proname, pg_catalog.pg_get_function_identity_arguments(f.oid)) AS signature
    FROM anew a CROSS JOIN space s
    JOIN pg_catalog.pg_proc f ON f.pronamespace = s.oid AND f.proname = a.name
    JOIN pg_catalog.pg_language l ON l.oid = f.prolang
    WHERE a.kind = 'function' AND f.prokind = 'f'
),
extension AS (
  SELECT d.classid, d.objid, e.extname FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.deptype = 'x' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
)
SELECT place, statement, what FROM (
SELECT place, 1 AS rank, pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', qualified, name) AS statement,
    'it is the replica identity of its table' AS what
  FROM index WHERE indisreplident AND relreplident = 'i'
UNION ALL
SELECT place, 2, pg_catalog.format('ALTER TABLE %s CLUSTER ON %I', qualified, name), 'its table is clustered on it'
  FROM index WHERE indisclustered
UNION ALL
SELECT place, 3, pg_catalog.format('ALTER INDEX %s SET TABLESPACE %I', itself, t.spcname), 'it has a tablespace of its own'
  FROM index JOIN pg_catalog.pg_tablespace t ON t.oid = reltablespace
UNION ALL
SELECT place, 4, pg_catalog.format('ALTER %s %s SET (%I = %L)', o.word, o.itself, option.option_name, option.option_value),
    'it has storage parameters or options'
  FROM (
    SELECT place, 'INDEX' AS word, itself, reloptions FROM index
    UNION ALL
    SELECT r.place, 'VIEW', r.qualified, c.reloptions FROM relation r JOIN pg_catalog.pg_class c ON c.oid = r.relid
      WHERE r.kind = 'view') AS o
  CROSS JOIN LATERAL pg_catalog.pg_options_to_table(o.reloptions) AS option
UNION ALL
SELECT place, 5, pg_catalog.format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', itself, a.attnum, a.attstattarget),
    'a statistics target is set for it'
  FROM index JOIN pg_catalog.pg_attribute a ON a.attrelid = indexid WHERE a.attnum > 0 AND a.attstattarget >= 0
UNION ALL
SELECT place, 6, pg_catalog.format('ALTER INDEX %s DEPENDS ON EXTENSION %I', itself, e.extname), 'it depends on an extension'
  FROM index JOIN extension e ON e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = indexid
UNION ALL
SELECT place, 6, pg_catalog.format('ALTER TRIGGER %I ON %s DEPENDS ON EXTENSION %I', name, qualified, e.extname),
    'it depends on an extension'
  FROM fired JOIN extension e ON e.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND e.objid = triggerid
UNION ALL
SELECT place, 6, pg_catalog.format('ALTER FUNCTION %s DEPENDS ON EXTENSION %I', signature, e.extname), 'it depends on an extension'
  FROM called JOIN extension e ON e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = functionid
UNION ALL
-- The comment of a constraint's index is never the version's.
SELECT i.place, 7, pg_catalog.format('COMMENT ON INDEX %s IS %L', i.itself, d.description), 'it has a comment'
  FROM index i JOIN pg_catalog.pg_description d ON d.objoid = i.indexid AND d.objsubid = 0
    AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
  WHERE i.kind = 'constraint' OR NOT i.commented
UNION ALL
SELECT place, 7, pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', name, qualified, d.description), 'it has a comment'
  FROM constrained JOIN pg_catalog.pg_description d ON d.objoid = conid AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
  WHERE NOT commented
UNION ALL
SELECT place, 7, pg_catalog.format('COMMENT ON TRIGGER %I ON %s IS %L', name, qualified, d.description), 'it has a comment'
  FROM fired JOIN pg_catalog.pg_description d ON d.objoid = triggerid AND d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
  WHERE NOT commented
UNION ALL
SELECT place, 8, pg_catalog.format('ALTER TABLE %s %s TRIGGER %I', qualified,
    CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, name),
    'somebody has set when it fires'
  FROM fired WHERE tgenabled <> 'O'
UNION ALL
-- The triggers of a foreign key have names that nobody knows before it is made.
SELECT place, 9, NULL, 'somebody has set when its triggers fire'
  FROM constrained WHERE EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgconstraint = conid AND t.tgenabled <> 'O')
UNION ALL
SELECT place, 10, pg_catalog.format('ALTER FUNCTION %s COST %s', signature, procost), 'somebody has set its cost'
  FROM called WHERE procost <> CASE WHEN lanname IN ('c', 'internal') THEN 1 ELSE 100 END
UNION ALL
SELECT place, 10, pg_catalog.format('ALTER FUNCTION %s ROWS %s', signature, prorows), 'somebody has set its number of rows'
  FROM called WHERE proretset AND prorows <> 1000
UNION ALL
SELECT place, 10, pg_catalog.format('ALTER FUNCTION %s PARALLEL %s', signature, CASE proparallel WHEN 's' THEN 'SAFE' ELSE 'RESTRICTED' END),
    'somebody has set its parallel mode'
  FROM called WHERE proparallel <> 'u'
UNION ALL
SELECT place, 10, pg_catalog.format('ALTER FUNCTION %s LEAKPROOF', signature), 'somebody has made it leakproof'
  FROM called WHERE proleakproof
UNION ALL
SELECT place, 10, pg_catalog.format('ALTER FUNCTION %s SUPPORT %s', signature, prosupport::pg_catalog.regproc), 'somebody has given it a support function'
  FROM called WHERE prosupport <> 0
) AS kept ORDER BY place, rank, statement
