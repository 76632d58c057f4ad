-- The tables of a schema that may have rows, but for those of extensions: a table without a page has none. With each, the
-- columns that hold numbers from sequences, its own or those of the rows that it refers to.
WITH RECURSIVE drawn (relation, attribute) AS (
  SELECT d.refobjid, d.refobjsubid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  UNION
  SELECT f.adrelid, f.adnum::integer FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend d ON d.objid = f.oid
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
  UNION
  SELECT k.conrelid, pair.attribute::integer FROM drawn JOIN pg_catalog.pg_constraint k ON k.confrelid = drawn.relation
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair (attribute, target)
    WHERE k.contype = 'f' AND pair.target = drawn.attribute
)
SELECT c.relname::text, coalesce((
    SELECT array_agg(a.attname) FROM drawn JOIN pg_catalog.pg_attribute a ON a.attrelid = relation AND a.attnum = attribute
    WHERE relation = c.oid), '{}')::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
    WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = c.oid AND deptype = 'e')
