-- The lines of `of_model`, as the catalog has them. Texts are shown in one line; absent is empty.
WITH space AS (SELECT * FROM pg_namespace WHERE nspname = {schema}),
relation AS (SELECT * FROM pg_class WHERE relnamespace = (SELECT oid FROM space)),
-- An enum of the schema goes by its bare name.
typed AS (
  SELECT t.oid, CASE
      WHEN e.typnamespace = (SELECT oid FROM space) THEN e.typname || '[]'
      WHEN t.typnamespace = (SELECT oid FROM space) THEN t.typname::text
    END AS own
  FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typlen = -1 AND t.typcategory = 'A'
)
SELECT array_to_string(kind || facts, ' | ', '') FROM (
SELECT 'table' AS kind, ARRAY[relname::text,
    concat_ws(' ', (relpersistence = 'u')::text, relrowsecurity::text, relforcerowsecurity::text),
    CASE WHEN relname <> 'track' THEN replace(obj_description(oid, 'pg_class'), E'\n', '\n') END] AS facts
  FROM relation WHERE relkind IN ('r', 'p')
UNION ALL
SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, ARRAY[relname::text,
    (SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
    replace(obj_description(oid, 'pg_class'), E'\n', '\n')]
  FROM relation c WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'column', ARRAY[relname::text, attname::text, coalesce(own, format_type(atttypid, atttypmod)),
    CASE WHEN attnotnull THEN 'not null' ELSE 'null' END,
    CASE WHEN attidentity = 'a' THEN 'always' WHEN attidentity = 'd' THEN 'by default' WHEN attgenerated <> '' THEN 'generated'
      WHEN atthasdef THEN 'default' END,
    (SELECT collname FROM pg_collation k WHERE k.oid = attcollation AND attcollation <> typcollation),
    replace(col_description(c.oid, attnum), E'\n', '\n')]
  FROM relation c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
  JOIN pg_type t ON t.oid = atttypid JOIN typed ON typed.oid = atttypid
  WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 'constraint', ARRAY[relname::text, conname::text,
    CASE contype WHEN 'p' THEN 'primary_key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign_key' ELSE 'exclude' END,
    CASE WHEN contype IN ('p', 'u', 'f') THEN (SELECT string_agg(attname, ',' ORDER BY place)
      FROM unnest(conkey) WITH ORDINALITY AS key (num, place) JOIN pg_attribute ON attrelid = conrelid AND attnum = num) END,
    CASE WHEN contype = 'f' THEN format('%s (%s) %s %s', (SELECT f.relname FROM pg_class f WHERE f.oid = confrelid),
      (SELECT string_agg(attname, ',' ORDER BY place)
        FROM unnest(confkey) WITH ORDINALITY AS key (num, place) JOIN pg_attribute ON attrelid = confrelid AND attnum = num),
      CASE confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END, CASE confupdtype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END) END,
    CASE WHEN convalidated THEN 'valid' ELSE 'not valid' END,
    replace(obj_description(k.oid, 'pg_constraint'), E'\n', '\n')]
  FROM relation c JOIN pg_constraint k ON conrelid = c.oid AND contype IN ('p', 'u', 'c', 'f', 'x')
UNION ALL
SELECT 'index', ARRAY[c.relname::text, i.relname::text, amname::text,
    (SELECT string_agg(concat_ws(' ', coalesce(attname, '(expression)'),
        CASE WHEN amname = 'btree' AND indoption[place - 1] & 1 = 1 THEN 'desc' END,
        CASE WHEN amname = 'btree' AND indoption[place - 1] & 2 = 2 THEN 'nulls first' END), ',' ORDER BY place)
      FROM unnest(indkey) WITH ORDINALITY AS key (num, place)
      LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = num AND num <> 0 WHERE place <= indnkeyatts),
    (SELECT string_agg(attname, ',' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY AS key (num, place)
      JOIN pg_attribute ON attrelid = indrelid AND attnum = num WHERE place > indnkeyatts),
    concat_ws(' ', indisunique::text, (indpred IS NOT NULL)::text, coalesce(to_jsonb(x) ->> 'indnullsnotdistinct', 'false')),
    replace(obj_description(i.oid, 'pg_class'), E'\n', '\n')]
  FROM relation c JOIN pg_index x ON indrelid = c.oid JOIN pg_class i ON i.oid = indexrelid JOIN pg_am ON pg_am.oid = i.relam
  WHERE c.relkind IN ('r', 'p', 'm') AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid AND contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'trigger', ARRAY[relname::text, tgname::text, concat_ws(' ',
      CASE WHEN tgtype & 2 = 2 THEN 'before' WHEN tgtype & 64 = 64 THEN 'instead_of' ELSE 'after' END,
      concat_ws(',', CASE WHEN tgtype & 4 = 4 THEN 'insert' END, CASE WHEN tgtype & 8 = 8 THEN 'delete' END,
        CASE WHEN tgtype & 16 = 16 THEN 'update' END, CASE WHEN tgtype & 32 = 32 THEN 'truncate' END),
      CASE WHEN tgtype & 1 = 1 THEN 'row' ELSE 'statement' END,
      coalesce((SELECT string_agg(attname, ',' ORDER BY attname COLLATE "C") FROM unnest(tgattr) AS num
        JOIN pg_attribute ON attrelid = tgrelid AND attnum = num), '')),
    CASE WHEN tgqual IS NOT NULL THEN 'when' END, proname::text, replace(obj_description(g.oid, 'pg_trigger'), E'\n', '\n')]
  FROM relation c JOIN pg_trigger g ON tgrelid = c.oid AND NOT tgisinternal JOIN pg_proc p ON p.oid = tgfoid
UNION ALL
SELECT 'policy', ARRAY[relname::text, polname::text,
    CASE polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END,
    CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
    (SELECT string_agg(coalesce(rolname, 'public'), ',' ORDER BY rolname COLLATE "C") FROM unnest(polroles) AS r LEFT JOIN pg_roles ON pg_roles.oid = r),
    concat_ws(' ', (polqual IS NOT NULL)::text, (polwithcheck IS NOT NULL)::text)]
  FROM relation c JOIN pg_policy y ON polrelid = c.oid
UNION ALL
SELECT 'enum', ARRAY[typname::text, (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)]
  FROM pg_type t WHERE typtype = 'e' AND typnamespace = (SELECT oid FROM space)
UNION ALL
SELECT 'domain', ARRAY[typname::text, coalesce((SELECT own FROM typed WHERE typed.oid = typbasetype), format_type(typbasetype, typtypmod)),
    typnotnull::text, (typdefaultbin IS NOT NULL)::text,
    (SELECT string_agg(conname, ',' ORDER BY conname COLLATE "C") FROM pg_constraint WHERE contypid = t.oid AND contype = 'c')]
  FROM pg_type t WHERE typtype = 'd' AND typnamespace = (SELECT oid FROM space)
UNION ALL
SELECT 'sequence', ARRAY[c.relname::text, format_type(seqtypid, NULL), seqstart::text, seqincrement::text,
    (SELECT o.relname || '.' || attname FROM pg_depend d JOIN pg_class o ON o.oid = refobjid
      JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i'))]
  FROM relation c JOIN pg_sequence ON seqrelid = c.oid
UNION ALL
SELECT 'function', ARRAY[proname::text,
    (SELECT string_agg(concat_ws(' ', proargnames[place], coalesce(own, format_type(arg, NULL))), ',' ORDER BY place)
      FROM unnest(proargtypes) WITH ORDINALITY AS a (arg, place) JOIN typed ON typed.oid = arg),
    CASE WHEN 't' = ANY (proargmodes) THEN 'table'
      ELSE concat(CASE WHEN proretset THEN 'set of ' END, coalesce((SELECT own FROM typed WHERE typed.oid = prorettype), format_type(prorettype, NULL))) END,
    lanname::text,
    concat_ws(' ', CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END, proisstrict::text, prosecdef::text),
    replace(obj_description(p.oid, 'pg_proc'), E'\n', '\n')]
  FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE pronamespace = (SELECT oid FROM space)
UNION ALL
SELECT 'privilege', ARRAY[of, name, lower(privilege_type), CASE grantee WHEN 0 THEN 'public' ELSE (SELECT rolname::text FROM pg_roles WHERE oid = grantee) END]
  FROM (
    SELECT 'table' AS of, relname::text AS name, relowner AS owner, relacl AS acl FROM relation WHERE relkind IN ('r', 'p')
    UNION ALL SELECT 'function', proname, proowner, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc
      WHERE pronamespace = (SELECT oid FROM space)
    UNION ALL SELECT 'schema', '', nspowner, nspacl FROM space
  ) AS object, aclexplode(acl) WHERE grantee <> owner
) AS lines
