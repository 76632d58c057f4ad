-- What stands on what goes, a row for each object. `effect` is `blocks` where PostgreSQL refuses the drop or the new type,
-- `cascade` where a CASCADE takes it, `goes` where it goes with what it belongs to.
, found (place, effect, classid, objid, objsubid) AS (
  SELECT g.place, 'blocks', d.classid, d.objid, d.objsubid FROM gone g JOIN pg_catalog.pg_depend d
    ON d.refclassid = g.classid AND d.refobjid = g.objid AND (g.objsubid = 0 OR d.refobjsubid = g.objsubid)
    WHERE d.deptype = 'n' AND NOT g.cascades
  UNION
  -- What ALTER COLUMN TYPE does not take along (`RememberAllDependentForRebuilding` in PostgreSQL's `tablecmds.c`).
  SELECT s.place, 'blocks', d.classid, d.objid, d.objsubid FROM seed s JOIN pg_catalog.pg_depend d
    ON d.refclassid = s.classid AND d.refobjid = s.objid AND d.refobjsubid = s.objsubid
    WHERE s.retypes AND (d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass,
        'pg_catalog.pg_publication_rel'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass)
      OR d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
        AND EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE oid = d.objid AND NOT tgisinternal)
      OR d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
        AND EXISTS (SELECT FROM pg_catalog.pg_attrdef WHERE oid = d.objid AND (adrelid, adnum) <> (s.objid, s.objsubid))
      OR d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.objid AND d.objsubid > 0)
  UNION
  -- Nor are rows rewritten that are values elsewhere (`find_composite_type_dependencies`).
  SELECT s.place, 'blocks', d.classid, d.objid, d.objsubid FROM seed s
    JOIN pg_catalog.pg_type t ON t.typrelid = s.objid
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
      AND d.refobjid IN (t.oid, t.typarray) AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid > 0
    JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'p', 'm')
    WHERE s.retypes AND d.deptype = 'n'
  UNION
  SELECT g.place, CASE WHEN g.taken THEN 'cascade' ELSE 'goes' END, g.classid, g.objid, g.objsubid FROM gone g
    WHERE g.taken OR (g.classid, g.objid, g.objsubid) NOT IN (SELECT classid, objid, objsubid FROM seed)
),
-- Parts by their wholes: the rule of a view, the trigger of a constraint, the column of what is no table.
whole (place, effect, classid, objid, objsubid) AS (
  SELECT f.place, f.effect,
      CASE WHEN w.oid IS NOT NULL THEN 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
        WHEN g.oid IS NOT NULL THEN 'pg_catalog.pg_constraint'::pg_catalog.regclass ELSE f.classid END,
      coalesce(w.ev_class, g.tgconstraint, f.objid),
      CASE WHEN w.oid IS NOT NULL OR g.oid IS NOT NULL OR c.relkind NOT IN ('r', 'p', 'f') THEN 0 ELSE f.objsubid END
    FROM found f
    LEFT JOIN pg_catalog.pg_rewrite w ON f.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = f.objid
      AND w.rulename = '_RETURN'
    LEFT JOIN pg_catalog.pg_trigger g ON f.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND g.oid = f.objid
      AND g.tgconstraint <> 0
    LEFT JOIN pg_catalog.pg_class c ON f.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = f.objid
    WHERE f.effect <> 'goes' OR w.oid IS NULL AND g.oid IS NULL
),
object AS (
  SELECT DISTINCT o.place, o.effect, o.classid, o.objid, o.objsubid,
      CASE WHEN c.oid IS NOT NULL AND o.objsubid > 0 THEN 'column' WHEN c.oid IS NOT NULL THEN 'relation'
        WHEN k.oid IS NOT NULL THEN 'constraint' WHEN g.oid IS NOT NULL THEN 'trigger' WHEN p.oid IS NOT NULL THEN 'policy'
        WHEN d.oid IS NOT NULL THEN 'default' WHEN f.oid IS NOT NULL THEN 'function' WHEN t.oid IS NOT NULL THEN 'type'
        ELSE 'other' END AS kind,
      coalesce(c.oid, nullif(k.conrelid, 0), g.tgrelid, p.polrelid, d.adrelid, w.ev_class, s.stxrelid, b.prrelid) AS relation,
      coalesce(a.attname, k.conname, g.tgname, p.polname, f.proname, t.typname)::pg_catalog.text AS name,
      coalesce(f.pronamespace, t.typnamespace, k.connamespace) AS namespace,
      coalesce(f.proowner, t.typowner, s.stxowner, u.pubowner) AS owner, f.pronargs, k.conindid
    FROM whole o
    LEFT JOIN pg_catalog.pg_class c ON o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = o.objid
    LEFT JOIN pg_catalog.pg_constraint k ON o.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = o.objid
    LEFT JOIN pg_catalog.pg_trigger g ON o.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND g.oid = o.objid
    LEFT JOIN pg_catalog.pg_policy p ON o.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND p.oid = o.objid
    LEFT JOIN pg_catalog.pg_attrdef d ON o.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.oid = o.objid
    LEFT JOIN pg_catalog.pg_rewrite w ON o.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = o.objid
    LEFT JOIN pg_catalog.pg_proc f ON o.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND f.oid = o.objid
    LEFT JOIN pg_catalog.pg_type t ON o.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = o.objid
    LEFT JOIN pg_catalog.pg_statistic_ext s ON o.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND s.oid = o.objid
    LEFT JOIN pg_catalog.pg_publication_rel b ON o.classid = 'pg_catalog.pg_publication_rel'::pg_catalog.regclass AND b.oid = o.objid
    LEFT JOIN pg_catalog.pg_publication u ON u.oid = b.prpubid
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = coalesce(c.oid, d.adrelid) AND a.attnum = coalesce(d.adnum, nullif(o.objsubid, 0))
    WHERE CASE o.effect
      -- What goes first, or with something that goes first, is in nobody's way.
      WHEN 'blocks' THEN NOT EXISTS (SELECT FROM gone h WHERE h.classid = o.classid AND h.objid = o.objid
        AND h.objsubid IN (0, o.objsubid) AND h.place <= o.place)
      WHEN 'cascade' THEN NOT EXISTS (SELECT FROM gone h WHERE h.classid = o.classid AND h.objid = o.objid
        AND h.objsubid IN (0, o.objsubid) AND NOT h.taken AND h.place <= o.place)
      ELSE NOT EXISTS (SELECT FROM gone h WHERE h.classid = o.classid AND h.objid = o.objid
        AND h.objsubid IN (0, o.objsubid) AND h.place < o.place)
        AND (c.relkind IN ('r', 'p', 'f', 'v', 'm', 'i', 'I', 'S') AND o.objsubid = 0 OR k.contype <> 'n' OR g.oid IS NOT NULL
          OR p.oid IS NOT NULL OR w.oid IS NOT NULL OR s.oid IS NOT NULL OR b.oid IS NOT NULL)
      END
      -- What is a part of something is not said beside it: the index of a key, the type of a table, where long values are kept.
      AND (o.effect = 'blocks' OR c.relnamespace IS DISTINCT FROM 'pg_toast'::pg_catalog.regnamespace AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = o.classid
        AND i.objid = o.objid AND i.objsubid = o.objsubid AND i.deptype = 'i'))
)
SELECT o.place, o.effect, o.kind, n.nspname::pg_catalog.text, c.relname::pg_catalog.text, o.name, o.pronargs::pg_catalog.int4,
    (pg_catalog.pg_identify_object(o.classid, o.objid, o.objsubid)).type,
    (pg_catalog.pg_identify_object(o.classid, o.objid, o.objsubid)).identity,
    pg_catalog.pg_get_userbyid(coalesce(o.owner, c.relowner, n.nspowner))::pg_catalog.text, key.relname::pg_catalog.text
  FROM object o
  LEFT JOIN pg_catalog.pg_class c ON c.oid = o.relation
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = coalesce(o.namespace, c.relnamespace)
  LEFT JOIN pg_catalog.pg_class key ON key.oid = nullif(o.conindid, 0) AND o.kind = 'constraint'
  ORDER BY o.place, o.effect, 8, 9
