-- What a database has written into its catalogs for objects that did not come with it: how many rows, and which versions of
-- them. Two that are the same have seen no committed change of the schema between them.
SELECT concat_ws(' ',
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_namespace),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_class WHERE oid >= 16384),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_attribute WHERE attrelid >= 16384),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_attrdef),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_constraint WHERE oid >= 16384),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_index WHERE indexrelid >= 16384),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_trigger),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_policy),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_rewrite WHERE oid >= 16384),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_sequence),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_type WHERE oid >= 16384),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_enum),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_proc WHERE oid >= 16384),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_extension),
  (SELECT count(*) || '/' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0) FROM pg_catalog.pg_description WHERE objoid >= 16384))
