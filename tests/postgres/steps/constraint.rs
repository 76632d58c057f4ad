//! Constraints: add, validate, drop, rename.

use crate::support::{ask, database, run, walk};

mod added {
    pkmig::migration! {
        V01 "tables without constraints" {
            create_table track { id: integer }
            create_table p { id: integer not_null, code: text, a: integer }
            create_table c { p_id: integer, p_code: text, n: integer not_null, m: integer not_null }
        }
    }
    pkmig::migration! {
        V02 "named and unnamed ones" {
            add_primary_key p (id);
            add_unique p (code);
            add_unique p p_a_key2 (a, code);
            add_check p ("a > 0");
            add_check p ("a < 100 AND code <> 'it''s'");
            add_check p positive ("a <> 50") not_valid;
            add_primary_key c c_key (n, m);
            add_foreign_key c (p_id) references p (id) on_delete cascade;
            add_foreign_key c (p_id) references p (id) on_update set_null;
            add_foreign_key c by_code (p_code) references p (code) on_delete set_default not_valid;
        }
    }
    pkmig::migration! {
        V03 "history has these already" {
            add_check p positive ("a <> 50") if_not_exists;
            drop_constraint p gone if_exists;
        }
    }
    pkmig::migration! {
        V04 "validated and renamed" {
            validate_constraint p positive;
            rename_constraint p positive => negative;
            rename_constraint c c_key => c_pkey;
            validate_constraint c by_code;
        }
    }
    pkmig::migration! {
        V05 "dropped" {
            drop_constraint p negative;
            drop_constraint c by_code;
            drop_constraint p p_code_key;
            drop_constraint p p_pkey cascade;
            drop_constraint c c_pkey;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "added" tracked_by track { V01, V02, V03, V04, V05 }
    }
}

#[tokio::test]
async fn constraints_are_added_validated_renamed_and_dropped() {
    walk(
        &added::CHAIN,
        r"
        CREATE TABLE p (id integer NOT NULL, code text, a integer, CONSTRAINT p_a_key2 UNIQUE (a, code),
            CHECK (a > 0), CHECK (a < 100 AND code <> 'it''s'));
        CREATE TABLE c (p_id integer, p_code text, n integer NOT NULL, m integer NOT NULL)
        ",
    )
    .await;
}

mod keys {
    pkmig::migration! {
        V01 "two keys of the same columns" {
            create_table track { id: integer }
            create_table p { id: integer not_null, code: text not_null unique, unique p_id_key (id) }
            create_table c { p_id: integer references(p.id, on_delete: cascade) comment("which") }
            add_primary_key p p_pkey (id);
            create_unique_index p_code_idx on p (code);
        }
    }
    pkmig::migration! {
        V02 "a foreign key that rests on the younger one" {
            create_table d { p_id: integer references(p.id), p_code: text references(p.code) }
        }
    }
    pkmig::migration! {
        V03 "the older ones go" {
            drop_constraint p p_id_key;
            drop_constraint p p_code_key;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "keys" tracked_by track { V01, V02, V03 }
    }
}

/// Which of two keys a foreign key rests on depends on what came first. Whichever goes, the foreign keys move: the
/// install's own, those of others, and those that are not valid yet.
#[tokio::test]
async fn a_key_goes_whichever_the_foreign_keys_rest_on() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = keys::CHAIN.migrator().baseline(false);
    let theirs = "
        CREATE SCHEMA host;
        CREATE TABLE host.mine (p integer CONSTRAINT theirs REFERENCES public.p (id) ON UPDATE SET NULL, code text);
        COMMENT ON CONSTRAINT theirs ON host.mine IS 'it''s theirs';
        INSERT INTO host.mine VALUES (1, 'nowhere');
        ALTER TABLE host.mine ADD CONSTRAINT loose FOREIGN KEY (code) REFERENCES public.p (code) NOT VALID";
    migrator.up_to(2, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1); INSERT INTO d VALUES (1, 'a')").await;
    run(connection, theirs).await;
    // As a restored dump has them: each foreign key rests on a key of its own choice.
    run(
        connection,
        "ALTER TABLE c DROP CONSTRAINT c_p_id_fkey; ALTER TABLE p DROP CONSTRAINT p_pkey; ALTER TABLE p ADD CONSTRAINT p_pkey PRIMARY KEY (id);
         ALTER TABLE c ADD CONSTRAINT c_p_id_fkey FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE",
    )
    .await;
    let foreign_keys = "SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid) || coalesce(obj_description(oid), ''), '; ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f'";
    let before = ask(connection, foreign_keys).await;
    assert!(before.contains("loose FOREIGN KEY (code) REFERENCES p(code) NOT VALID; theirs FOREIGN KEY (p) REFERENCES p(id) ON UPDATE SET NULL"), "{before}");
    for _ in 0..2 {
        migrator.up(&mut *connection).await.unwrap();
        assert_eq!(ask(connection, foreign_keys).await, before);
        migrator.down_to(2, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, foreign_keys).await, before);
    }
}

mod rekeyed {
    pkmig::migration! {
        V01 "keys and what rests on them" {
            create_table track { id: integer }
            create_table a { id: bigint, q: bigint, primary_key (id, q) }
            create_table b { a_id: bigint, a_q: bigint }
            add_foreign_key b b_fk (a_id, a_q) references a (id, q);
            create_table p { id: bigint primary_key, patch: integer, code: text unique }
            create_table c { p_id: bigint references(p.id), patch: integer, code: text references(p.code) }
        }
    }
    pkmig::migration! {
        V02 "other keys under the same names" {
            drop_constraint b b_fk;
            drop_constraint a a_pkey;
            add_primary_key a (q, id);
            add_foreign_key b b_fk2 (a_q, a_id) references a (q, id);
            drop_constraint c c_p_id_fkey;
            drop_constraint p p_pkey;
            add_primary_key p (id, patch);
            drop_constraint c c_code_fkey;
            drop_constraint p p_code_key;
            add_unique p p_code_key (code, patch);
            add_foreign_key c c_code_of (code, patch) references p (code, patch) not_valid;
        }
    }
    pkmig::migration! {
        V03 "the same key again, to which another foreign key points" {
            drop_constraint b b_fk2;
            drop_constraint a a_pkey;
            add_primary_key a (q, id);
            add_foreign_key b b_fk3 (a_q, a_id) references a (q, id);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "rekeyed" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn a_key_takes_the_name_of_the_one_that_was_dropped() {
    walk(
        &rekeyed::CHAIN,
        r"
        CREATE TABLE a (id bigint NOT NULL, q bigint NOT NULL, PRIMARY KEY (q, id));
        CREATE TABLE b (a_id bigint, a_q bigint, CONSTRAINT b_fk3 FOREIGN KEY (a_q, a_id) REFERENCES a (q, id));
        CREATE TABLE p (id bigint, patch integer, code text, PRIMARY KEY (id, patch), CONSTRAINT p_code_key UNIQUE (code, patch));
        CREATE TABLE c (p_id bigint, patch integer, code text);
        ALTER TABLE c ADD CONSTRAINT c_code_of FOREIGN KEY (code, patch) REFERENCES p (code, patch) NOT VALID",
    )
    .await;
}

mod other_column {
    pkmig::migration! {
        V01 "a key" {
            create_table track { id: integer }
            create_table t { id: integer primary_key, uuid: uuid not_null }
        }
    }
    pkmig::migration! {
        V02 "the same key by its names, over another column" {
            drop_constraint t t_pkey;
            rename_column t.id => old_id;
            rename_column t.uuid => id;
            add_primary_key t (id);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "other column" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_key_over_another_column_of_the_same_name_is_made() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = other_column::CHAIN.migrator().baseline(false).prefix("acme");
    let of = "SELECT string_agg(format_type(atttypid, atttypmod), ',') FROM pg_constraint JOIN pg_attribute \
              ON attrelid = conrelid AND attnum = ANY (conkey) WHERE conrelid = 'acme.t'::regclass AND contype = 'p'";
    for (version, ty) in [(1, "integer"), (2, "uuid")] {
        migrator.up_to(version, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, of).await, ty);
    }
    migrator.down_to(1, &mut *connection).await.unwrap();
    assert_eq!(ask(connection, of).await, "integer");
}
