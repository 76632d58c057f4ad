//! No version is stamped on a lie: what a version changes is compared before the stamp. Found other than declared, the
//! version is rolled back whole.

use pkmig::Migrator;
use pkmig::schema::Version;
use sqlx::PgConnection;

use crate::support::{catalog, database, failed, run, same};

mod chain {
    pkmig::migration! {
        V01 "one object for each kind of change" {
            create_table track { id: integer }
            create_enum mood { "sad", "ok" }
            create_table owners { id: bigint primary_key, code: text unique }
            create_table old_name { id: bigint primary_key, label: text not_null }
            create_table secured { id: bigint primary_key }
            create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
            create_table items {
                id: bigint primary_key,
                a: integer,
                b: text,
                c: varchar(20) not_null default("x"),
                d: text not_null,
                e: text default("e"),
                f: text,
                g: integer not_null,
                owner: bigint references(owners.id, on_delete: cascade),
                unused: text,
                unique items_b_key (b),
                check items_a_check ("a > 0"),
                index items_plain (a, b desc),
                index items_partial (a) where("b <> ''"),
                index items_unused (unused),
                row_level_security,
                policy sees for select using("a > 1"),
                trigger items_touch before update of (a) execute touch(),
            }
            add_check items items_later ("g > 0") not_valid;
            create_view shown as "SELECT i.id, i.a FROM @.items i";
            create_view dropped as "SELECT i.id FROM @.items i";
        }
    }
    pkmig::migration! {
        V02 "all of them changed" {
            rename_index items_plain => items_renamed;
            rename_index items_partial => items_part;
            rename_constraint items items_b_key => items_unique_b;
            rename_constraint items items_a_check => items_positive;
            validate_constraint items items_later;
            rename_policy items sees => may_see;
            rename_column items.owner => owner_id;
            set_not_null items.b;
            drop_not_null items.d;
            set_default items.f = "f";
            drop_default items.e;
            set_type items.g: bigint;
            set_type items.c: text;
            rename_column items.a => amount;
            drop_column items.unused;
            enable_row_level_security secured;
            force_row_level_security secured;
            rename_table old_name => new_name;
            drop_view dropped;
        }
    }
    pkmig::migration! {
        V03 "another value" {
            add_enum_value mood "well";
            irreversible("an enum keeps its values");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "outcome" tracked_by track { V01, V02, V03 }
    }
}

/// An install at a version, and something done to it.
async fn lie(version: u32, lie: &str, connection: &mut PgConnection) -> (Migrator, String) {
    let migrator = chain::CHAIN.migrator().prefix("acme");
    migrator.up_to(version, &mut *connection).await.unwrap();
    run(connection, &format!("SET search_path = acme, public; {lie}; RESET search_path")).await;
    let found = catalog(connection, "acme").await;
    (migrator, found)
}

/// Goes from one version to another after `lie`, and tells the step and the message of the version that stops.
async fn found(from: u32, to: u32, sql: &str) -> (String, String) {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let (migrator, before) = lie(from, sql, connection).await;
    let run = match from < to {
        true => migrator.up_to(to, &mut *connection).await,
        false => migrator.down_to(to, &mut *connection).await,
    };
    let failed = failed(run);
    assert_eq!(failed.sqlstate, "PKM03", "{failed}");
    assert_eq!(failed.detail, None);
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(from));
    same(&catalog(connection, "acme").await, &before, "rolled back");
    // Columns of the only table are printed with its name up to PostgreSQL 15.
    (failed.step.unwrap_or_default(), failed.message.replace(" i.", " ").replace("(i.", "("))
}

/// One test for each lie: what was done to the install at a version, where it goes, the step that is named and the
/// message.
macro_rules! stops {
    ($($test:ident: $from:literal -> $to:literal, $lie:literal, $step:literal, $message:literal;)*) => { $(
        #[tokio::test]
        async fn $test() {
            let (step, message) = found($from, $to, $lie).await;
            assert_eq!((step.as_str(), message.as_str()), ($step, $message));
        }
    )* };
}

stops! {
    an_index_renamed: 1 -> 2, "DROP INDEX items_plain; CREATE INDEX items_plain ON items (b)",
        "rename_index items_plain => items_renamed",
        "index \"acme\".\"items_renamed\" is not as declared: expected btree (amount, b DESC), found btree (b)";
    a_partial_index_renamed: 1 -> 2, "DROP INDEX items_partial; CREATE INDEX items_partial ON items (a)",
        "rename_index items_partial => items_part",
        "index \"acme\".\"items_part\" is not as declared: expected btree (amount) WHERE (b <> ''::text), found btree (amount)";
    a_key_renamed: 1 -> 2, "ALTER TABLE items DROP CONSTRAINT items_b_key, ADD CONSTRAINT items_b_key UNIQUE (d)",
        "rename_constraint items items_b_key => items_unique_b",
        "constraint items_unique_b of table \"acme\".\"items\" is not as declared: expected unique (b), found unique (d)";
    a_check_renamed: 1 -> 2, "ALTER TABLE items DROP CONSTRAINT items_a_check, ADD CONSTRAINT items_a_check CHECK (a > 1)",
        "rename_constraint items items_a_check => items_positive",
        "constraint items_positive of table \"acme\".\"items\" is not as declared: expected CHECK ((amount > 0)), found CHECK ((amount > 1))";
    a_check_validated: 1 -> 2, "ALTER TABLE items DROP CONSTRAINT items_later, ADD CONSTRAINT items_later CHECK (g > 1) NOT VALID",
        "validate_constraint items items_later",
        "constraint items_later of table \"acme\".\"items\" is not as declared: expected CHECK ((g > 0)), found CHECK ((g > 1))";
    a_foreign_key_over_a_column_renamed: 1 -> 2,
        "ALTER TABLE items DROP CONSTRAINT items_owner_fkey, ADD CONSTRAINT items_owner_fkey FOREIGN KEY (owner) REFERENCES owners (id)",
        "rename_column items.owner => owner_id",
        "constraint items_owner_fkey of table \"acme\".\"items\" is not as declared: expected foreign key (owner_id) references owners (id) on delete cascade, found foreign key (owner_id) references owners (id)";
    a_policy_renamed: 1 -> 2, "ALTER POLICY sees ON items USING (a > 2)",
        "rename_policy items sees => may_see",
        "policy may_see of table \"acme\".\"items\" is not as declared: expected for select to public using ((amount > 1)), found for select to public using ((amount > 2))";
    a_column_renamed: 1 -> 2, "ALTER TABLE items ALTER owner SET DEFAULT 1",
        "rename_column items.owner => owner_id",
        "table \"acme\".\"items\" is not as declared: column owner_id: expected bigint, found bigint default 1";
    a_column_made_not_null: 1 -> 2, "ALTER TABLE items ALTER b TYPE varchar(9)",
        "set_not_null items.b",
        "table \"acme\".\"items\" is not as declared: column b: expected text not null, found character varying(9) not null";
    a_column_made_nullable: 1 -> 2, "ALTER TABLE items ALTER d SET DEFAULT 'd'",
        "drop_not_null items.d",
        "table \"acme\".\"items\" is not as declared: column d: expected text, found text default 'd'";
    a_column_with_a_new_default: 1 -> 2, "ALTER TABLE items ALTER f SET NOT NULL",
        "set_default items.f = \"f\"",
        "table \"acme\".\"items\" is not as declared: column f: expected text default 'f', found text not null default 'f'";
    a_column_without_its_default: 1 -> 2, "ALTER TABLE items ALTER e TYPE varchar(9)",
        "drop_default items.e",
        "table \"acme\".\"items\" is not as declared: column e: expected text, found character varying(9)";
    a_column_of_another_type: 1 -> 2, "ALTER TABLE items ALTER g DROP NOT NULL",
        "set_type items.g: bigint",
        "table \"acme\".\"items\" is not as declared: column g: expected bigint not null, found bigint";
    two_columns_at_once: 1 -> 2, "ALTER TABLE items ALTER g DROP NOT NULL, ALTER d SET DEFAULT 'd'",
        "drop_not_null items.d",
        "table \"acme\".\"items\" is not as declared: column d: expected text, found text default 'd'; table \"acme\".\"items\" is not as declared: column g: expected bigint not null, found bigint";
    an_index_that_does_not_go_with_its_column: 1 -> 2, "DROP INDEX items_unused; CREATE INDEX items_unused ON items (f)",
        "drop_column items.unused",
        "index \"acme\".\"items_unused\" is still there";
    a_table_that_asks_its_policies: 1 -> 2, "DROP TABLE secured",
        "enable_row_level_security secured",
        "row level security of table \"acme\".\"secured\" is not as declared: expected enabled, forced, found no table";
    a_table_renamed: 1 -> 2, "ALTER TABLE old_name ALTER label DROP NOT NULL",
        "rename_table old_name => new_name",
        "table \"acme\".\"new_name\" is not as declared: column label: expected text not null, found text";
    a_trigger_over_a_column_renamed: 1 -> 2,
        "DROP TRIGGER items_touch ON items; CREATE TRIGGER items_touch AFTER UPDATE OF a ON items FOR EACH ROW EXECUTE FUNCTION touch()",
        "rename_column items.a => amount",
        "trigger items_touch of \"acme\".\"items\" is not as declared: expected BEFORE UPDATE OF amount FOR EACH STATEMENT execute touch(), found AFTER UPDATE OF amount FOR EACH ROW execute touch()";
    a_view_over_a_column_renamed: 1 -> 2, "CREATE OR REPLACE VIEW shown AS SELECT i.id, i.a FROM items i WHERE i.a > 0",
        "rename_column items.a => amount",
        "view \"acme\".\"shown\" is not as declared: expected view SELECT id, amount AS a FROM acme.items i;, found view SELECT id, amount AS a FROM acme.items i WHERE (amount > 0);";
    a_view_that_is_a_table: 1 -> 2, "DROP VIEW dropped; CREATE TABLE dropped (id bigint)",
        "drop_view dropped",
        "view \"acme\".\"dropped\" is still there";
    an_index_named_as_before: 2 -> 1, "DROP INDEX items_renamed; CREATE INDEX items_renamed ON items (b)",
        "rename_index items_renamed => items_plain",
        "index \"acme\".\"items_plain\" is not as declared: expected btree (a, b DESC), found btree (b)";
    a_column_typed_as_before: 2 -> 1, "ALTER TABLE items ALTER g DROP NOT NULL",
        "set_type items.g: integer",
        "table \"acme\".\"items\" is not as declared: column g: expected integer not null, found integer";
    a_check_named_as_before: 2 -> 1,
        "ALTER TABLE items DROP CONSTRAINT items_positive, ADD CONSTRAINT items_positive CHECK (amount > 1)",
        "rename_constraint items items_positive => items_a_check",
        "constraint items_a_check of table \"acme\".\"items\" is not as declared: expected CHECK ((a > 0)), found CHECK ((a > 1))";
    a_policy_named_as_before: 2 -> 1, "ALTER POLICY may_see ON items USING (amount > 2)",
        "rename_policy items may_see => sees",
        "policy sees of table \"acme\".\"items\" is not as declared: expected for select to public using ((a > 1)), found for select to public using ((a > 2))";
    a_table_named_as_before: 2 -> 1, "ALTER TABLE new_name ALTER label DROP NOT NULL",
        "rename_table new_name => old_name",
        "table \"acme\".\"old_name\" is not as declared: column label: expected text not null, found text";
}

#[tokio::test]
async fn what_is_as_declared_is_stamped() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let (migrator, _) = lie(1, "ALTER TABLE items ADD theirs text; CREATE INDEX ON items (theirs)", connection).await;
    migrator.up(&mut *connection).await.unwrap();
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(3));
}

/// A new value is committed by itself before the rest of the version.
#[tokio::test]
async fn an_enum_that_lacks_an_earlier_value_is_found() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let (migrator, _) = lie(2, "DROP TYPE mood; CREATE TYPE mood AS ENUM ('ok')", connection).await;
    let failed = failed(migrator.up(&mut *connection).await);
    assert_eq!(failed.message, "enum \"acme\".\"mood\" is not as declared: it lacks sad");
    assert_eq!(failed.step.as_deref(), Some("add_enum_value mood \"well\""));
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(2));
}

mod optional {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table old_name { id: bigint, a: text, b: text, c: text not_null }
        }
    }
    pkmig::migration! {
        V02 "changes of what need not be there" {
            rename_column old_name.a => z if_exists;
            set_not_null old_name.b if_exists;
            drop_not_null old_name.c if_exists;
            rename_table old_name => new_name if_exists;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "optional" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn what_need_not_be_there_is_compared_where_it_is() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = optional::CHAIN.migrator().prefix("acme");
    for (lie, column) in [
        ("ALTER TABLE acme.old_name DROP a", None),
        ("ALTER TABLE acme.old_name DROP b, DROP c", None),
        ("DROP TABLE acme.old_name", None),
        (
            "ALTER TABLE acme.old_name ALTER a TYPE varchar(9)",
            Some("column z: expected text, found character varying(9)"),
        ),
        (
            "ALTER TABLE acme.old_name ALTER b SET DEFAULT 'b'",
            Some("column b: expected text not null, found text not null default 'b'"),
        ),
        ("ALTER TABLE acme.old_name ALTER id TYPE integer", Some("column id: expected bigint, found integer")),
    ] {
        migrator.up_to(1, &mut *connection).await.unwrap();
        run(connection, lie).await;
        let result = migrator.up(&mut *connection).await;
        match column {
            None => assert!(result.is_ok(), "{lie}: {result:?}"),
            Some(column) => {
                let failed = failed(result);
                let expected = format!("table \"acme\".\"new_name\" is not as declared: {column}");
                assert_eq!((failed.sqlstate.as_str(), failed.message), ("PKM03", expected));
            }
        }
        run(connection, "DROP SCHEMA acme CASCADE").await;
    }
}
