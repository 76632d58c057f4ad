//! A repair loses nothing that a host has set on what it makes anew, and ends as its dry run has said.

use pkmig::Repair;
use sqlx::PgConnection;

use super::{CHAIN, installed};
use crate::support::{ask, run};

async fn repaired(connection: &mut PgConnection) -> Repair {
    CHAIN.migrator().prefix("acme").repair(connection).await.unwrap()
}

/// An event trigger comments every new table, those that a comparison makes, too.
#[tokio::test]
async fn the_stamp_stays_where_an_event_trigger_comments_new_tables() {
    let (_database, mut connection) = installed(&["acme"]).await;
    run(
        &mut connection,
        "CREATE FUNCTION commented() RETURNS event_trigger LANGUAGE plpgsql AS $f$
         DECLARE made record;
         BEGIN
           FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE object_type IN ('table', 'index') LOOP
             EXECUTE format('COMMENT ON %s %s IS %L', made.object_type, made.object_identity, 'made by somebody');
           END LOOP;
         END $f$;
         CREATE EVENT TRIGGER commented ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE INDEX') EXECUTE FUNCTION commented();
         COMMENT ON TABLE acme.hubs IS 'the host''s';
         DROP INDEX acme.things_lower",
    )
    .await;
    let repair = repaired(&mut connection).await;
    assert!(repair.is_complete(), "{:?}", repair.left);
    let done: Vec<_> = repair.done.iter().map(ToString::to_string).collect();
    assert!(done.len() == 1 && done[0].starts_with("create_index things_lower"), "{done:?}");
    assert_eq!(CHAIN.migrator().prefix("acme").version(&mut connection).await.unwrap(), CHAIN.latest());
    let comment = "SELECT obj_description('acme.hubs'::regclass, 'pg_class')";
    assert_eq!(ask(&mut connection, comment).await, "the host's");
    run(&mut connection, "DROP EVENT TRIGGER commented").await;
}

#[tokio::test]
async fn what_a_host_has_set_on_an_index_is_set_again() {
    let (_database, mut connection) = installed(&["acme"]).await;
    // Of the same names, and over other things.
    run(
        &mut connection,
        "ALTER TABLE acme.things DROP CONSTRAINT things_pkey CASCADE;
         ALTER TABLE acme.things ADD CONSTRAINT things_pkey PRIMARY KEY (id, name);
         ALTER TABLE acme.things REPLICA IDENTITY USING INDEX things_pkey;
         COMMENT ON CONSTRAINT things_pkey ON acme.things IS 'a key';
         COMMENT ON INDEX acme.things_pkey IS 'its index';
         ALTER INDEX acme.things_pkey SET (fillfactor = 70);
         DROP INDEX acme.things_lower;
         CREATE INDEX things_lower ON acme.things (upper(name));
         ALTER INDEX acme.things_lower SET (fillfactor = 60);
         ALTER INDEX acme.things_lower ALTER COLUMN 1 SET STATISTICS 321;
         ALTER INDEX acme.things_lower DEPENDS ON EXTENSION citext;
         COMMENT ON INDEX acme.things_lower IS 'it''s mine'",
    )
    .await;
    run(&mut connection, "CREATE INDEX on_hubs ON acme.hubs (id); ALTER TABLE acme.things CLUSTER ON things_pkey")
        .await;
    let set = "SELECT c.relname || ' ' || concat_ws(' ', indisreplident, indisclustered, reloptions, obj_description(c.oid, 'pg_class'),
            (SELECT max(attstattarget) FROM pg_attribute WHERE attrelid = c.oid AND attstattarget >= 0),
            (SELECT count(*) FROM pg_depend WHERE objid = c.oid AND deptype = 'x'),
            (SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conindid = c.oid AND conrelid = indrelid))
        FROM pg_class c JOIN pg_index ON indexrelid = c.oid WHERE relname IN ('things_pkey', 'things_lower') ORDER BY 1";
    let before = ask(&mut connection, set).await;
    let planned = CHAIN.migrator().prefix("acme").plan_repair(None, &mut connection).await.unwrap();
    assert_eq!(ask(&mut connection, set).await, before, "a plan changes nothing");
    let repair = repaired(&mut connection).await;
    assert!(repair.is_complete() && planned.is_complete(), "{:?}, {:?}", repair.left, repair.verification);
    assert_eq!(planned.done, repair.done, "a plan says what is done");
    assert_eq!(ask(&mut connection, set).await, before);
    let definition = "SELECT pg_get_indexdef('acme.things_lower'::regclass) LIKE '%lower%mood%'";
    assert_eq!(ask(&mut connection, &format!("SELECT ({definition})::text")).await, "true");
}

/// They are no difference, whatever PostgreSQL prints with a definition.
#[tokio::test]
async fn storage_parameters_of_an_index_are_no_difference() {
    let (_database, mut connection) = installed(&["acme"]).await;
    run(&mut connection, "ALTER INDEX acme.things_lower SET (fillfactor = 60, deduplicate_items = off)").await;
    assert_eq!(repaired(&mut connection).await.done, []);
}

/// PostgreSQL's own settings of a function, and the options of a view, go with `CREATE OR REPLACE`.
#[tokio::test]
async fn what_a_host_has_set_on_a_function_is_set_again() {
    let (_database, mut connection) = installed(&["acme"]).await;
    run(
        &mut connection,
        "CREATE OR REPLACE FUNCTION acme.busy() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT 1::bigint';
         ALTER FUNCTION acme.busy() COST 7 PARALLEL SAFE",
    )
    .await;
    assert!(repaired(&mut connection).await.is_complete());
    let set = "SELECT concat_ws(' ', procost, proparallel, prosrc LIKE '%things%') FROM pg_proc WHERE proname = 'busy'";
    assert_eq!(ask(&mut connection, set).await, "7 s t");
}

#[tokio::test]
async fn a_foreign_key_whose_triggers_a_host_has_set_is_left() {
    let (_database, mut connection) = installed(&["acme"]).await;
    run(
        &mut connection,
        "ALTER TABLE acme.pads DROP CONSTRAINT pads_thing_id_fkey;
         ALTER TABLE acme.pads ADD CONSTRAINT pads_thing_id_fkey FOREIGN KEY (thing_id) REFERENCES acme.things ON DELETE CASCADE;
         DO $$ DECLARE name text; BEGIN
           FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'acme.pads'::regclass LOOP
             EXECUTE format('ALTER TABLE acme.pads ENABLE ALWAYS TRIGGER %I', name);
           END LOOP;
         END $$",
    )
    .await;
    let repair = repaired(&mut connection).await;
    assert!(repair.done.is_empty() && !repair.is_complete(), "{:?}", repair.done);
    assert!(repair.left[0].why.starts_with("somebody has set when its triggers fire"), "{:?}", repair.left);
}

/// A host's key rests on a constraint that is not as declared.
#[tokio::test]
async fn a_dry_run_ends_as_the_repair() {
    let (_database, mut connection) = installed(&["acme"]).await;
    run(
        &mut connection,
        "ALTER TABLE acme.things DROP CONSTRAINT things_name_code, ADD CONSTRAINT things_name_code UNIQUE (name);
         CREATE TABLE acme.theirs (name text REFERENCES acme.things (name));
         ALTER TABLE acme.hubs DROP piece_id",
    )
    .await;
    let migrator = CHAIN.migrator().prefix("acme");
    let planned = migrator.plan_repair(None, &mut connection).await.unwrap();
    let repair = repaired(&mut connection).await;
    assert_eq!((&planned.done, &planned.left), (&repair.done, &repair.left));
    assert!(!planned.is_complete() && !repair.is_complete() && !repair.done.is_empty(), "{:?}", repair.left);
    let keys = "SELECT count(*)::text FROM pg_constraint WHERE conrelid = 'acme.theirs'::regclass AND contype = 'f'";
    assert_eq!(ask(&mut connection, keys).await, "1", "the host's key is there");
}
