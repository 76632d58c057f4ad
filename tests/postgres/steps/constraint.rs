//! Constraints: add, validate, drop, rename.

use crate::support::walk;

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
