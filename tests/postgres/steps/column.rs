//! Columns: add, drop, rename, type, null, default.

use crate::support::walk;

mod added {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table users { id: bigserial primary_key }
            create_table t { id: integer, price: integer not_null }
        }
    }
    pkmig::migration! {
        V02 "columns of every kind" {
            add_column t.{a, b}: timestamp(0);
            add_column t.name: varchar(20) not_null default("it's") comment("a 'name'");
            add_column t.user_id: bigint references(users.id, on_delete: set_null);
            add_column t.code: text unique check("code <> ''");
            add_column t.serial: bigserial;
            add_column t.number: integer identity(always);
            add_column t.twice: integer generated("price * 2");
            add_column t.sorted: text collate("C");
            add_column t.maybe: integer if_not_exists;
        }
    }
    pkmig::migration! {
        V03 "history has these already" {
            add_column t.name: varchar(20) not_null default("it's") if_not_exists;
            drop_column t.gone if_exists;
            rename_column t.gone => away if_exists;
            set_not_null t.gone if_exists;
            drop_not_null t.{gone, gone2} if_exists;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "added" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn columns_are_added_with_all_that_belongs_to_them() {
    walk(
        &added::CHAIN,
        r#"
        CREATE TABLE users (id bigserial PRIMARY KEY);
        CREATE TABLE t (
            id integer, price integer NOT NULL, a timestamp(0), b timestamp(0),
            name varchar(20) NOT NULL DEFAULT 'it''s',
            user_id bigint REFERENCES users (id) ON DELETE SET NULL,
            code text UNIQUE CHECK (code <> ''),
            serial bigserial,
            number integer GENERATED ALWAYS AS IDENTITY,
            twice integer GENERATED ALWAYS AS (price * 2) STORED,
            sorted text COLLATE "C",
            maybe integer
        );
        COMMENT ON COLUMN t.name IS 'a ''name'''
        "#,
    )
    .await;
}

mod dropped {
    pkmig::migration! {
        V01 "columns with things on them" {
            create_table track { id: integer }
            create_table users { id: bigserial primary_key, email: text unique }
            create_table t {
                id: bigserial primary_key,
                user_email: text references(users.email) comment("whose"),
                a: integer check("a > 0"),
                b: integer identity(by_default),
                c: numeric generated("a * 2"),
                d: varchar(10) not_null default("x") collate("C"),
                index t_a_d (a, d),
                index t_partial (id) where("d IS NOT NULL"),
                index t_expression ("lower(user_email)"),
            }
        }
    }
    pkmig::migration! {
        V02 "a generated column, then others" {
            drop_column t.c;
            drop_column t.{a, b};
        }
    }
    pkmig::migration! {
        V03 "a column that another table refers to, and the rest" {
            drop_column users.email cascade;
            drop_column t.{user_email, d};
        }
    }
    pkmig::chain! {
        pub static CHAIN: "dropped" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn dropped_columns_come_back_with_all_that_belongs_to_them() {
    walk(&dropped::CHAIN, "CREATE TABLE users (id bigserial PRIMARY KEY); CREATE TABLE t (id bigserial PRIMARY KEY)")
        .await;
}

mod renamed {
    pkmig::migration! {
        V01 "columns" {
            create_table track { id: integer }
            create_table t {
                a: integer not_null default(1),
                b: text,
                c: bigserial,
                check ("a > 0"),
                unique (a, b),
                index t_lower ("lower(b)") where("a > 1"),
                index t_both (a, b),
            }
            create_table r { a: integer, b: text, foreign_key (a, b) references t (a, b) }
        }
    }
    pkmig::migration! {
        V02 "b makes room for a" {
            rename_column t.b => z;
            rename_column t.a => b;
            rename_column t.c => a;
        }
    }
    pkmig::migration! {
        V03 "two names in a row" {
            rename_column t.z => y;
            rename_column t.y => x;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "renamed" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn columns_are_renamed_in_a_row() {
    walk(
        &renamed::CHAIN,
        r"
        CREATE TABLE t (a integer NOT NULL DEFAULT 1, b text, c bigserial, CHECK (a > 0), UNIQUE (a, b));
        CREATE INDEX t_lower ON t (lower(b)) WHERE a > 1;
        CREATE INDEX t_both ON t (a, b);
        CREATE TABLE r (a integer, b text, FOREIGN KEY (a, b) REFERENCES t (a, b));
        ALTER TABLE t RENAME b TO x; ALTER TABLE t RENAME a TO b; ALTER TABLE t RENAME c TO a
        ",
    )
    .await;
}

mod altered {
    pkmig::migration! {
        V01 "columns" {
            create_table track { id: integer }
            create_enum mood { "sad", "ok" }
            create_table t {
                id: serial primary_key,
                a: integer not_null default(1),
                b: text default("12"),
                c: varchar(10),
                d: text,
                e: timestamp(0) not_null,
                f: text not_null default("sad"),
                number: bigserial,
                index t_c (c),
            }
        }
    }
    pkmig::migration! {
        V02 "other types" {
            set_type t.a: bigint;
            drop_default t.b;
            set_type t.b: integer using("b::integer") down_using("b::text");
            set_type t.c: text down_using("left(c, 10)");
            set_type t.e: timestamptz using("e AT TIME ZONE 'UTC'") down_using("e AT TIME ZONE 'UTC'");
            drop_default t.f;
            set_type t.f: mood using("f::@.mood") down_using("f::text");
        }
    }
    pkmig::migration! {
        V03 "other rules" {
            set_not_null t.d;
            drop_not_null t.{a, e};
            set_default t.a = -5;
            set_default t.d = "it's $pkmig$";
            set_default t.e = now();
            set_default t.c = sql("upper('x')");
            set_default t.f = "ok";
            drop_default t.number;
        }
    }
    pkmig::migration! {
        V04 "once more in one version" {
            set_default t.a = 6;
            set_default t.a = 7;
            drop_not_null t.d;
            set_not_null t.d;
            set_type t.c: varchar(30);
            rename_column t.c => cc;
            set_type t.cc: varchar(40);
            add_column t.g: varchar(10) default("g");
            set_type t.g: text;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "altered" tracked_by track { V01, V02, V03, V04 }
    }
}

#[tokio::test]
async fn types_nulls_and_defaults_change_and_change_back() {
    walk(
        &altered::CHAIN,
        r"
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE TABLE t (
            id serial PRIMARY KEY, a bigint DEFAULT 7, b integer, cc varchar(40) DEFAULT upper('x'),
            d text NOT NULL DEFAULT 'it''s $pkmig$', e timestamptz DEFAULT now(), f mood NOT NULL DEFAULT 'ok',
            number bigserial, g varchar(10) DEFAULT 'g'
        );
        ALTER TABLE t ALTER g TYPE text; ALTER TABLE t ALTER number DROP DEFAULT;
        CREATE INDEX t_c ON t (cc)
        ",
    )
    .await;
}

mod filled_and_dropped {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table t { id: serial primary_key, old: text }
            create_table u { id: serial primary_key, t_id: integer, old: text }
        }
    }
    pkmig::migration! {
        V02 "a column is filled from another, which goes" {
            add_column t.new: text;
            backfill t.new = "upper(t.old)" where("t.new IS NULL");
            backfill u.old = "o.old" from("@.t AS o") where("o.id = u.t_id AND u.old IS NULL");
            delete_rows t where("old = 'x'") down_noop("gone");
            execute "UPDATE @.t SET new = old WHERE new IS NULL" when("SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('@.t') AND attname = 'old' AND NOT attisdropped") down_noop("nothing");
            drop_column t.old;
            set_not_null t.new;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "filled" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_backfill_from_a_column_that_goes_later_runs_once() {
    walk(
        &filled_and_dropped::CHAIN,
        "CREATE TABLE t (id serial PRIMARY KEY, new text NOT NULL);
         CREATE TABLE u (id serial PRIMARY KEY, t_id integer, old text)",
    )
    .await;
}
