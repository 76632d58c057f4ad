//! Triggers: create, drop, what goes with their tables and columns; and that they fire.

use crate::support::{ask, catalog, database, failed, quoted, run, same, walk};

mod triggers {
    pkmig::migration! {
        V01 "triggers of every kind" {
            create_table track { id: integer }
            create_table log { id: bigserial primary_key, what: text not_null, who: text }
            create_function touch() returns trigger language plpgsql {
                "BEGIN NEW.updated_at := now(); RETURN NEW; END"
            }
            create_function note_it() returns trigger language plpgsql {
                r#"
                BEGIN
                    INSERT INTO @.log (what, who) VALUES (TG_OP || ' ' || TG_LEVEL, TG_ARGV[0]);
                    RETURN NULL;
                END
                "#
            }
            create_table notes {
                id: bigint primary_key,
                body: text,
                words: integer,
                "Shown as": text,
                updated_at: timestamptz,

                trigger notes_touch before update of (body, "Shown as") for_each row
                    when("OLD.body IS DISTINCT FROM NEW.body OR NEW.\"Shown as\" = 'it''s'") execute touch(),
                trigger "notes log" after insert or update or delete execute note_it("it's \\ naïve", "b"),
            }
            create_table tags { id: bigint primary_key, updated_at: timestamptz }
        }
    }
    pkmig::migration! {
        V02 "more, and comments" {
            create_trigger touched on {notes, tags} before insert or update for_each row execute touch();
            create_trigger emptied on tags after truncate for_each statement execute note_it("tags");
            comment_on trigger tags emptied "says who emptied it";
            comment_on trigger notes "notes log" "one line a statement";
        }
    }
    pkmig::migration! {
        V03 "renames are followed" {
            rename_column notes.body => "The text";
            rename_table notes => letters;
            drop_trigger touched on {letters, tags};
            drop_trigger missing on tags if_exists;
            create_trigger late on tags after delete for_each row when("OLD.id > 0") execute note_it();
            rename_column tags.id => uuid;
        }
    }
    pkmig::migration! {
        V04 "what goes along" {
            drop_column letters."Shown as" cascade;
            drop_table tags;
            create_or_replace_function note_it() returns trigger language plpgsql {
                "BEGIN INSERT INTO @.log (what) VALUES ('-'); RETURN NULL; END"
            }
            create_trigger again on letters after delete for_each row execute note_it();
        }
    }
    pkmig::chain! {
        pub static CHAIN: "triggers" tracked_by track { V01, V02, V03, V04 }
    }
}

#[tokio::test]
async fn triggers_are_made_dropped_and_come_back() {
    walk(
        &triggers::CHAIN,
        r#"
        CREATE TABLE log (id bigserial PRIMARY KEY, what text NOT NULL, who text);
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.updated_at := now(); RETURN NEW; END';
        CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO "log" (what) VALUES (''-''); RETURN NULL; END';
        CREATE TABLE letters (id bigint CONSTRAINT notes_pkey PRIMARY KEY, "The text" text, words integer, updated_at timestamptz);
        CREATE TRIGGER "notes log" AFTER INSERT OR UPDATE OR DELETE ON letters
            EXECUTE FUNCTION note_it('it''s \ naïve', 'b');
        COMMENT ON TRIGGER "notes log" ON letters IS 'one line a statement';
        CREATE TRIGGER again AFTER DELETE ON letters FOR EACH ROW EXECUTE FUNCTION note_it()
        "#,
    )
    .await;
}

#[tokio::test]
async fn a_trigger_fires_on_what_it_is_declared_for() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    triggers::CHAIN.migrator().baseline(false).prefix("acme").up_to(2, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO acme.notes (id, body) VALUES (1, 'a'), (2, 'b')").await;
    run(connection, "UPDATE acme.notes SET updated_at = NULL").await;
    run(connection, "ALTER TABLE acme.notes DISABLE TRIGGER touched; UPDATE acme.notes SET updated_at = NULL").await;
    run(connection, "UPDATE acme.notes SET words = 1; UPDATE acme.notes SET body = 'c' WHERE id = 1").await;
    let touched = "SELECT string_agg(id::text, ',') FROM acme.notes WHERE updated_at IS NOT NULL";
    assert_eq!(ask(connection, touched).await, "1", "only the row whose body is another");
    run(connection, "TRUNCATE acme.tags").await;
    let log = "SELECT concat_ws(' ', what, who) FROM acme.log ORDER BY id";
    let update = "UPDATE STATEMENT it's \\ naïve";
    let expected = ["INSERT STATEMENT it's \\ naïve", update, update, update, update, "TRUNCATE STATEMENT tags"];
    assert_eq!(ask(connection, log).await, expected.join("\n"));
}

/// Makes a trigger by hand where V2 wants one, and runs V2.
async fn host_has(sql: &str) -> Result<(), String> {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = triggers::CHAIN.migrator().baseline(false).prefix("My \"odd\" one");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, &sql.replace("$prefix$", &quoted("My \"odd\" one"))).await;
    let before = catalog(connection, "My \"odd\" one").await;
    let up = migrator.up_to(2, &mut *connection).await;
    if up.is_ok() {
        return Ok(());
    }
    same(&catalog(connection, "My \"odd\" one").await, &before, "after a refusal");
    let failed = failed(up);
    assert_eq!(failed.sqlstate, "PKM03", "{failed:?}");
    Err(failed.message.clone())
}

#[tokio::test]
async fn a_trigger_that_is_there_as_declared_is_taken() {
    let made = "CREATE TRIGGER emptied AFTER TRUNCATE ON $prefix$.tags EXECUTE FUNCTION $prefix$.note_it('tags')";
    assert_eq!(host_has(made).await, Ok(()));
}

#[tokio::test]
async fn a_trigger_that_is_there_and_other_stops_the_version() {
    let stops = |found: &str| {
        Err(format!(
            "trigger emptied of \"My \"\"odd\"\" one\".\"tags\" is not as declared: expected AFTER TRUNCATE FOR EACH \
             STATEMENT execute note_it(tags\\000), found {found}"
        ))
    };
    let make = |what: &str| format!("CREATE TRIGGER emptied {what}");
    let other = make("AFTER TRUNCATE ON $prefix$.tags EXECUTE FUNCTION $prefix$.note_it('Tags')");
    assert_eq!(host_has(&other).await, stops("AFTER TRUNCATE FOR EACH STATEMENT execute note_it(Tags\\000)"));
    let other = make("BEFORE TRUNCATE ON $prefix$.tags EXECUTE FUNCTION $prefix$.note_it('tags')");
    assert_eq!(host_has(&other).await, stops("BEFORE TRUNCATE FOR EACH STATEMENT execute note_it(tags\\000)"));
    let disabled = "CREATE TRIGGER emptied AFTER TRUNCATE ON $prefix$.tags EXECUTE FUNCTION $prefix$.note_it('tags'); \
                    ALTER TABLE $prefix$.tags DISABLE TRIGGER emptied";
    let found = "AFTER TRUNCATE FOR EACH STATEMENT execute note_it(tags\\000) (disabled)";
    assert_eq!(host_has(disabled).await, stops(found));
}

mod conditions {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table notes { id: bigint, body: text }
            create_function keep() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
        }
    }
    pkmig::migration! {
        V02 "a condition" {
            create_trigger keeps on notes before update for_each row when("NEW.body <> old.body AND NEW IS NOT NULL") execute keep();
        }
    }
    pkmig::chain! {
        pub static CHAIN: "conditions" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_condition_is_compared_as_postgresql_prints_it() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = conditions::CHAIN.migrator().baseline(false).prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    let make = |condition: &str| {
        format!(
            "CREATE TRIGGER keeps BEFORE UPDATE ON acme.notes FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION acme.keep()"
        )
    };
    run(connection, &make("NEW.body <> OLD.body")).await;
    let failed = failed(migrator.up(&mut *connection).await);
    let expected = "trigger keeps of \"acme\".\"notes\" is not as declared: \
        expected BEFORE UPDATE FOR EACH ROW WHEN (((new.body <> old.body) AND (new.* IS NOT NULL))) execute keep(), \
        found BEFORE UPDATE FOR EACH ROW WHEN ((new.body <> old.body)) execute keep()";
    assert_eq!(failed.message, expected);
    run(connection, "DROP TRIGGER keeps ON acme.notes").await;
    run(connection, &make("(new.body) <> (old.\"body\") and (new is not null)")).await;
    migrator.up(&mut *connection).await.unwrap();
}
