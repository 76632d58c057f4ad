-- What others than the owner may do with a schema and what is in it, a line each, but for what belongs to an extension and
-- what initdb grants.
WITH space AS (SELECT oid, nspowner, nspacl FROM pg_catalog.pg_namespace WHERE nspname = {schema}),
granted (classid, oid, object, owner, acl) AS (
  SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, oid, 'the schema', nspowner, nspacl FROM space
  UNION ALL
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, relname::text, relowner, relacl
    FROM pg_catalog.pg_class c WHERE relnamespace = (SELECT oid FROM space) AND relacl IS NOT NULL
  UNION ALL
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, format('%I.%I', relname, attname), relowner, attacl
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    WHERE relnamespace = (SELECT oid FROM space) AND attacl IS NOT NULL
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, f.oid, format('%I(%s)', proname, oidvectortypes(proargtypes)), proowner,
      coalesce(proacl, acldefault('f', proowner))
    FROM pg_catalog.pg_proc f WHERE pronamespace = (SELECT oid FROM space)
)
SELECT format('privilege: %s on %s to %s', a.privilege_type, object, coalesce(r.rolname, 'public'))
FROM granted g, aclexplode(acl) AS a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> owner
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = g.classid AND d.objid = g.oid AND d.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_init_privs i, aclexplode(i.initprivs) AS initial
    WHERE (i.classoid, i.objoid) = (g.classid, g.oid)
    AND (initial.grantee, initial.privilege_type) = (a.grantee, a.privilege_type))
