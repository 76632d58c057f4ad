//! What is there already: as declared it is taken, other than declared it stops the version, and nothing has changed.

use pkmig::schema::Version;

use crate::support::{ask, catalog, database, failed, run, same};

mod chain {
    pkmig::migration! {
        V01 "the table of the version" {
            create_table track { id: integer }
        }
    }
    pkmig::migration! {
        V02 "objects that a host may have" {
            create_enum mood { "sad", "ok" }
            create_table owners { id: bigint primary_key, code: text unique }
            create_table items {
                id: bigserial primary_key,
                name: varchar(50) not_null default("x"),
                amount: integer default(0),
                mood: mood,
                owner_id: bigint references(owners.id, on_delete: cascade),
                unique items_name_key (name),
                check items_amount_check ("amount >= 0 AND name <> 'it''s'"),
                index items_owner_index (owner_id, amount desc),
                index items_expression ("lower(name)") where("amount > 1"),
                unique_index items_unique (name, amount),
            }
        }
    }
    pkmig::migration! {
        V03 "parts that a host may have" {
            add_column items.note: text not_null default("-");
            add_column items.code: text references(owners.code, on_delete: set_null) check("code <> ''");
            add_check items items_note_check ("note <> 'x'") not_valid;
            add_foreign_key items items_by_code (note) references owners (code) not_valid;
            create_index items_note on items (note) include (id);
            rename_column items.amount => quantity;
            set_type items.name: text;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "guards" tracked_by track { V01, V02, V03 }
    }
}

/// What V2 makes.
const HOST: &str = "
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE owners (id bigint PRIMARY KEY, code text UNIQUE);
CREATE TABLE items (
    id bigserial PRIMARY KEY,
    name varchar(50) NOT NULL DEFAULT 'x',
    amount integer DEFAULT 0,
    mood mood,
    owner_id bigint,
    CONSTRAINT items_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE,
    CONSTRAINT items_name_key UNIQUE (name),
    CONSTRAINT items_amount_check CHECK (amount >= 0 AND name <> 'it''s')
);
CREATE INDEX items_owner_index ON items (owner_id, amount DESC);
CREATE INDEX items_expression ON items (lower(name)) WHERE amount > 1;
CREATE UNIQUE INDEX items_unique ON items (name, amount);
";

/// What V3 adds before its renames.
const MORE: &str = "
ALTER TABLE items ADD note text NOT NULL DEFAULT '-',
    ADD code text,
    ADD CONSTRAINT items_code_fkey FOREIGN KEY (code) REFERENCES owners (code) ON DELETE SET NULL,
    ADD CONSTRAINT items_code_check CHECK (code <> ''),
    ADD CONSTRAINT items_note_check CHECK (note <> 'x') NOT VALID,
    ADD CONSTRAINT items_by_code FOREIGN KEY (note) REFERENCES owners (code) NOT VALID;
CREATE INDEX items_note ON items (note) INCLUDE (id);
";

/// Runs `host` in the prefix after V1, and the chain after it, which may have what it finds there.
async fn after(host: &str) -> Result<(), (String, String)> {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = chain::CHAIN.migrator().baseline(false).prefix("acme").take_over(["owners", "items"]);
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, &format!("SET search_path = acme, public; {host}; RESET search_path")).await;
    let before = catalog(connection, "acme").await;
    let run = migrator.up(&mut *connection).await;
    if run.is_ok() {
        return Ok(());
    }
    let failed = failed(run);
    assert_eq!(failed.sqlstate, "PKM03", "{failed}");
    let stamped = migrator.version(&mut *connection).await.unwrap();
    assert_eq!(stamped, Version(failed.version.0 - 1));
    if failed.version == Version(2) {
        same(&catalog(connection, "acme").await, &before, "a refused version");
    }
    assert!(failed.report().contains("\nhelp: "), "{failed}");
    let told = (format!("{} {}", failed.version, failed.step.clone().unwrap_or_default()), failed.message.clone());
    // A logger that prints an error and its sources prints PostgreSQL's message once, in lines that end where they should.
    let error = pkmig::Error::Failed(failed.into());
    let (shown, source) = (error.to_string(), std::error::Error::source(&error).unwrap());
    assert!(shown.lines().count() == 1 && !shown.contains(&told.1), "{shown}");
    assert!(source.to_string().starts_with(&told.1) && source.source().is_none(), "{source}");
    assert!(error.report().contains(&told.1), "{}", error.report());
    assert!(error.help().is_some_and(|help| error.report().ends_with(&format!("\nhelp: {help}"))));
    Err(told)
}

#[tokio::test]
async fn what_is_there_as_declared_is_taken() {
    assert_eq!(after(HOST).await, Ok(()));
    assert_eq!(after(&format!("{HOST}{MORE}")).await, Ok(()));
}

mod changed_later {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table notes { id: integer, body: text, title: text }
        }
    }
    pkmig::migration! {
        V02 "what is there already, and changes after it" {
            create_table notes if_not_exists { id: integer, body: text }
            add_column notes.title: text if_not_exists;
            set_not_null notes.{body, title};
            rename_column notes.id => number;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "changed_later" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn what_history_has_may_be_changed_later_in_the_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = changed_later::CHAIN.migrator().baseline(false).prefix("acme");
    migrator.up(&mut *connection).await.unwrap();
    let whole = catalog(connection, "acme").await;
    crate::support::stamp(connection, "acme", 1).await;
    migrator.up(&mut *connection).await.unwrap();
    same(&catalog(connection, "acme").await, &whole, "run twice");
}

#[tokio::test]
async fn columns_indexes_and_constraints_of_the_host_do_not_matter() {
    let more = "ALTER TABLE items ADD theirs text, ADD CHECK (amount < 1000); CREATE INDEX ON items (mood);
        ALTER TYPE mood ADD VALUE 'theirs'";
    assert_eq!(after(&format!("{HOST}{more}")).await, Ok(()));
}

#[tokio::test]
async fn a_foreign_key_or_check_may_be_valid_earlier_than_declared() {
    assert_eq!(after(&format!("{HOST}{}", MORE.replace(" NOT VALID", ""))).await, Ok(()));
}

#[tokio::test]
async fn parts_that_are_not_there_are_made() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = chain::CHAIN.migrator().baseline(false).prefix("acme");
    migrator.up(&mut *connection).await.unwrap();
    let whole = catalog(connection, "acme").await;
    for (missing, version) in [
        ("DROP INDEX acme.items_owner_index, acme.items_expression", 1),
        ("ALTER TABLE acme.items DROP code", 2),
        ("ALTER TABLE acme.items DROP CONSTRAINT items_code_fkey, DROP CONSTRAINT items_code_check", 2),
        ("ALTER TABLE acme.items DROP CONSTRAINT items_note_check; DROP INDEX acme.items_note", 2),
        ("DROP TABLE acme.items", 1),
    ] {
        if version == 1 {
            migrator.down_to(2, &mut *connection).await.unwrap();
        }
        run(connection, missing).await;
        crate::support::stamp(connection, "acme", version).await;
        migrator.up(&mut *connection).await.unwrap_or_else(|error| panic!("{missing}: {error}"));
        same(&catalog(connection, "acme").await, &whole, missing);
    }
}

/// One test for each way in which an object can be other than declared.
macro_rules! stops {
    ($($test:ident: $from:literal => $to:literal, $step:literal, $message:literal;)*) => { $(
        #[tokio::test]
        async fn $test() {
            let whole = format!("{HOST}{MORE}");
            let host = whole.replacen($from, $to, 1);
            assert_ne!(host, whole, "the host's objects");
            let (step, message) = after(&host).await.unwrap_err();
            assert_eq!((step.as_str(), message.as_str()), ($step, $message));
        }
    )* };
}

stops! {
    a_column_of_another_type: "name varchar(50)" => "name varchar(40)",
        "V2 create_table items { ... }",
        "table \"acme\".\"items\" is not as declared: column name: expected character varying(50) not null default \
         'x', found character varying(40) not null default 'x'";
    a_column_that_is_nullable: "name varchar(50) NOT NULL" => "name varchar(50)",
        "V2 create_table items { ... }",
        "table \"acme\".\"items\" is not as declared: column name: expected character varying(50) not null default \
         'x', found character varying(50) default 'x'";
    a_column_with_another_default: "integer DEFAULT 0" => "integer DEFAULT 1",
        "V2 create_table items { ... }",
        "table \"acme\".\"items\" is not as declared: column amount: expected integer default 0, found integer default 1";
    a_column_without_its_default: "integer DEFAULT 0" => "integer",
        "V2 create_table items { ... }",
        "table \"acme\".\"items\" is not as declared: column amount: expected integer default 0, found integer";
    a_column_that_is_not_there: "mood mood," => "",
        "V2 create_table items { ... }",
        "table \"acme\".\"items\" is not as declared: column mood: expected mood, found none";
    a_serial_that_is_none: "id bigserial" => "id bigint",
        "V2 create_table items { ... }",
        "table \"acme\".\"items\" is not as declared: column id: expected bigint not null default nextval(..., \
         found bigint not null";
    an_added_column_of_another_type: "ADD code text" => "ADD code varchar(9)",
        "V3 add_column items.code: text references(owners.code, on_delete: set_null) check(\"code <> ''\")",
        "table \"acme\".\"items\" is not as declared: column code: expected text, found character varying(9)";
    an_added_column_with_another_default: "DEFAULT '-'" => "DEFAULT '+'",
        "V3 add_column items.note: text not_null default(\"-\")",
        "table \"acme\".\"items\" is not as declared: column note: expected text not null default '-', \
         found text not null default '+'";
    an_enum_that_lacks_a_value: "'sad', 'ok'" => "'sad', 'well'",
        "V2 create_enum mood { \"sad\", \"ok\" }",
        "enum \"acme\".\"mood\" is not as declared: it lacks ok";
    a_unique_constraint_on_other_columns: "UNIQUE (name)" => "UNIQUE (amount)",
        "V2 create_table items { ... }",
        "constraint items_name_key of table \"acme\".\"items\" is not as declared: expected unique (name), found unique (amount)";
    a_constraint_that_is_not_there: ",\n    CONSTRAINT items_name_key UNIQUE (name)" => "",
        "V2 create_table items { ... }",
        "constraint items_name_key of table \"acme\".\"items\" is not as declared: expected unique (name), found none";
    a_constraint_of_another_kind: "UNIQUE (name)" => "CHECK (name <> '')",
        "V2 create_table items { ... }",
        "constraint items_name_key of table \"acme\".\"items\" is not as declared: expected unique (name), \
         found CHECK (((name)::text <> ''::text))";
    a_check_with_another_text: "amount >= 0" => "amount > 0",
        "V2 create_table items { ... }",
        "constraint items_amount_check of table \"acme\".\"items\" is not as declared: expected CHECK (((amount >= 0) AND \
         ((name)::text <> 'it''s'::text))), found CHECK (((amount > 0) AND ((name)::text <> 'it''s'::text)))";
    a_check_that_is_not_valid: "AND name <> 'it''s')\n);" => "AND name <> 'it''s') NO INHERIT\n);",
        "V2 create_table items { ... }",
        "constraint items_amount_check of table \"acme\".\"items\" is not as declared: expected CHECK (((amount >= 0) AND \
         ((name)::text <> 'it''s'::text))), found CHECK (((amount >= 0) AND ((name)::text <> 'it''s'::text))) NO INHERIT";
    a_foreign_key_with_another_action: "ON DELETE CASCADE" => "ON DELETE SET NULL",
        "V2 create_table items { ... }",
        "constraint items_owner_id_fkey of table \"acme\".\"items\" is not as declared: expected foreign key (owner_id) \
         references owners (id) on delete cascade, found foreign key (owner_id) references owners (id) on delete set null";
    a_foreign_key_to_another_table: "REFERENCES owners (id) ON DELETE CASCADE" => "REFERENCES items (id) ON DELETE CASCADE",
        "V2 create_table items { ... }",
        "constraint items_owner_id_fkey of table \"acme\".\"items\" is not as declared: expected foreign key (owner_id) \
         references owners (id) on delete cascade, found foreign key (owner_id) references items (id) on delete cascade";
    an_added_foreign_key_that_is_not_valid: "(code) ON DELETE SET NULL" => "(code) ON DELETE SET NULL NOT VALID",
        "V3 add_column items.code: text references(owners.code, on_delete: set_null) check(\"code <> ''\")",
        "constraint items_code_fkey of table \"acme\".\"items\" is not as declared: expected foreign key (code) references \
         owners (code) on delete set null, found foreign key (code) references owners (code) on delete set null NOT VALID";
    an_added_check_with_another_text: "note <> 'x'" => "note <> 'y'",
        "V3 add_check items items_note_check (\"note <> 'x'\") not_valid",
        "constraint items_note_check of table \"acme\".\"items\" is not as declared: expected CHECK ((note <> 'x'::text)) NOT \
         VALID, found CHECK ((note <> 'y'::text)) NOT VALID";
    an_index_on_other_columns: "(owner_id, amount DESC)" => "(owner_id, name DESC)",
        "V2 create_table items { ... }",
        "index \"acme\".\"items_owner_index\" is not as declared: expected btree (owner_id, amount DESC), found btree \
         (owner_id, name DESC)";
    an_index_in_another_order: "(owner_id, amount DESC)" => "(owner_id, amount)",
        "V2 create_table items { ... }",
        "index \"acme\".\"items_owner_index\" is not as declared: expected btree (owner_id, amount DESC), found btree \
         (owner_id, amount)";
    an_index_on_another_table: "items_owner_index ON items (owner_id, amount DESC)" => "items_owner_index ON owners (id)",
        "V2 create_table items { ... }",
        "index \"acme\".\"items_owner_index\" is not as declared: expected btree (owner_id, amount DESC), found btree (id) \
         on table acme.owners";
    an_index_that_is_not_unique: "CREATE UNIQUE INDEX items_unique" => "CREATE INDEX items_unique",
        "V2 create_table items { ... }",
        "index \"acme\".\"items_unique\" is not as declared: expected unique btree (name, amount), found btree (name, amount)";
    an_index_for_other_rows: "WHERE amount > 1" => "WHERE amount > 2",
        "V2 create_table items { ... }",
        "index \"acme\".\"items_expression\" is not as declared: expected btree (lower((name)::text)) WHERE (amount > 1), \
         found btree (lower((name)::text)) WHERE (amount > 2)";
    an_index_that_is_a_table: "CREATE INDEX items_note ON items (note) INCLUDE (id)" => "CREATE TABLE items_note ()",
        "V3 create_index items_note on items (note) include (id)",
        "index \"acme\".\"items_note\" is not as declared: expected btree (note) INCLUDE (id), found none";
}

#[tokio::test]
async fn an_index_that_is_invalid_stops_the_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = chain::CHAIN.migrator().baseline(false).take_over(["owners", "items"]);
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, &HOST.replace("CREATE UNIQUE INDEX items_unique ON items (name, amount);", "")).await;
    run(connection, "ALTER TABLE items DROP CONSTRAINT items_name_key; INSERT INTO items DEFAULT VALUES; INSERT INTO items DEFAULT VALUES").await;
    let build = "CREATE UNIQUE INDEX CONCURRENTLY items_unique ON items (name, amount)";
    sqlx::raw_sql(build).execute(&mut *connection).await.unwrap_err();
    run(connection, "UPDATE items SET name = id; ALTER TABLE items ADD CONSTRAINT items_name_key UNIQUE (name)").await;
    let failed = failed(migrator.up(&mut *connection).await);
    let expected = "index \"public\".\"items_unique\" is not as declared: expected unique btree (name, amount), found \
                    unique btree (name, amount) (invalid)";
    assert_eq!(failed.message, expected);
    assert_eq!(ask(connection, "SELECT obj_description('track'::regclass)").await, "1");
}

mod objects {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
        }
    }
    pkmig::migration! {
        V02 "a table whose name a view of the host has" {
            create_table things { id: integer primary_key }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "objects" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_view_or_sequence_of_the_name_is_no_table() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = objects::CHAIN.migrator().baseline(false).take_over(["things"]);
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, "CREATE VIEW things AS SELECT 1 AS id").await;
    let error = migrator.up(&mut *connection).await.unwrap_err().report();
    assert!(error.contains("cannot take over what is in schema `public`: `things` is a view\n"), "{error}");
    run(connection, "DROP VIEW things").await;
    for (make, drop) in [
        ("CREATE SEQUENCE things", "DROP SEQUENCE things"),
        ("CREATE TABLE other (id integer primary key); CREATE INDEX things ON other (id)", "DROP TABLE other"),
        ("CREATE TABLE things (id integer NOT NULL)", "DROP TABLE things"),
        ("CREATE TYPE things AS (id integer)", "DROP TYPE things"),
    ] {
        run(connection, make).await;
        let failed = failed(migrator.up(&mut *connection).await);
        assert_eq!(failed.step.as_deref(), Some("create_table things { ... }"), "{make}: {failed}");
        run(connection, drop).await;
    }
    migrator.up(&mut *connection).await.unwrap();
}
