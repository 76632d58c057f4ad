//! Row level security and policies.

use sqlx::PgConnection;

use crate::support::{ask, database, failed, run, walk_in};

/// Roles belong to the server, which other tests use at the same time, and other runs before.
pub(crate) async fn roles(connection: &mut PgConnection) {
    for role in ["pkmig_reader", "pkmig_writer"] {
        let create = format!(
            "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        run(connection, &create).await;
    }
}

mod kinds {
    pkmig::migration! {
        V01 "tables" {
            create_table track { id: integer }
            create_table spaces { id: integer primary_key, owner: text, "Shown as": text }
            create_table members { space_id: integer, name: text, role: text }
            create_function me() returns text language sql stable { "SELECT current_setting('app.me', true)" }
        }
    }
    pkmig::migration! {
        V02 "policies of every kind" {
            enable_row_level_security {spaces, members};
            force_row_level_security spaces;
            create_policy "owners see their spaces" on spaces for select to (pkmig_reader, pkmig_writer) using("owner = @.me()");
            create_policy "it's \"mine\"" on {spaces, members} for delete to public using("true");
            create_policy writes on spaces for insert to pkmig_writer with_check("owner = @.me() AND \"Shown as\" <> ''");
            create_policy never on spaces restrictive using("id > 0");
            create_policy changes on spaces for update using("owner = @.me()") with_check("owner IS NOT NULL");
            create_policy of_members on spaces for select using(
                "EXISTS (SELECT 1 FROM @.members m WHERE m.space_id = spaces.id AND m.name = @.me())"
            );
            create_policy of_spaces on members using(r"
                EXISTS (SELECT 1 FROM @.spaces WHERE spaces.id = members.space_id AND spaces.owner = @.me()
                    AND EXISTS (SELECT FROM @.members AS other WHERE other.role = spaces.owner AND space_id = id))
            ");
        }
    }
    pkmig::migration! {
        V03 "what they name is renamed, and so are they" {
            rename_table members => people;
            rename_column people.name => nick;
            rename_column spaces.owner => boss;
            rename_policy spaces "it's \"mine\"" => "all";
        }
    }
    pkmig::migration! {
        V04 "replaced and dropped" {
            replace_policy changes on spaces for all to pkmig_writer using("boss = 'x'");
            drop_policy writes on spaces;
            drop_policy gone on {spaces, people} if_exists;
            drop_policy of_members on spaces;
            create_policy of_members on spaces for select using("id IN (SELECT space_id FROM @.people)");
            disable_row_level_security people;
            no_force_row_level_security spaces;
        }
    }
    pkmig::migration! {
        V05 "a column and a table that policies name" {
            drop_column spaces.boss cascade;
            drop_table people cascade;
            create_table notes {
                id: integer,
                owner: text,
                row_level_security forced,
                policy "own" for all to pkmig_reader using("notes.owner = @.me()"),
                policy seen restrictive for select using("id IN (SELECT id FROM @.spaces)"),
            }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "kinds" tracked_by track {
            requires role {pkmig_reader, pkmig_writer};
            V01, V02, V03, V04, V05
        }
    }
}

#[tokio::test]
async fn policies_of_every_kind_are_made_dropped_and_come_back() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    roles(connection).await;
    let expected = "
        CREATE FUNCTION me() RETURNS text LANGUAGE sql STABLE AS $$SELECT current_setting('app.me', true)$$;
        CREATE TABLE spaces (id integer PRIMARY KEY, \"Shown as\" text);
        ALTER TABLE spaces ENABLE ROW LEVEL SECURITY;
        CREATE POLICY \"all\" ON spaces FOR DELETE USING (true);
        CREATE POLICY never ON spaces AS RESTRICTIVE USING (id > 0);
        CREATE TABLE notes (id integer, owner text);
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON notes TO pkmig_reader USING (owner = me());
        CREATE POLICY seen ON notes AS RESTRICTIVE FOR SELECT USING (id IN (SELECT id FROM spaces))";
    walk_in(connection, &kinds::CHAIN, expected).await;
}

mod behaviour {
    pkmig::migration! {
        V01 "notes, each seen by its owner" {
            create_table track { id: integer }
            create_table shares { note_id: integer not_null, reader: name not_null }
            create_table notes {
                id: integer primary_key,
                owner: name not_null default(sql("current_user")),
                body: text,
                row_level_security,
                policy owners using("owner = current_user"),
                policy readers for select using(
                    "EXISTS (SELECT FROM @.shares WHERE note_id = notes.id AND reader = current_user)"
                ),
                policy "no empty notes" restrictive for insert with_check("body <> ''"),
            }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "behaviour" tracked_by track { V01 }
    }
}

/// The ids that a role sees.
async fn seen(connection: &mut PgConnection, role: &str) -> String {
    run(connection, &format!("SET ROLE {role}")).await;
    let ids = ask(connection, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM acme.notes").await;
    run(connection, "RESET ROLE").await;
    ids
}

#[tokio::test]
async fn each_role_sees_and_writes_its_own_rows() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    roles(connection).await;
    let migrator = behaviour::CHAIN.migrator().prefix("acme");
    migrator.up(&mut *connection).await.unwrap();
    let leave = "GRANT USAGE ON SCHEMA acme TO public; GRANT SELECT, INSERT, UPDATE ON acme.notes TO public;
        GRANT SELECT ON acme.shares TO public";
    run(connection, leave).await;
    for (role, id) in [("pkmig_reader", 1), ("pkmig_writer", 2)] {
        let write = format!("SET ROLE {role}; INSERT INTO acme.notes (id, body) VALUES ({id}, 'x'); RESET ROLE");
        run(connection, &write).await;
    }
    assert_eq!(seen(connection, "pkmig_reader").await, "1");
    assert_eq!(seen(connection, "pkmig_writer").await, "2");
    run(connection, "INSERT INTO acme.shares VALUES (2, 'pkmig_reader')").await;
    assert_eq!(seen(connection, "pkmig_reader").await, "1 2");
    assert_eq!(seen(connection, "pkmig_writer").await, "2");

    // Shared, but not to be written.
    run(connection, "SET ROLE pkmig_reader; UPDATE acme.notes SET body = 'mine'; RESET ROLE").await;
    assert_eq!(ask(connection, "SELECT string_agg(body, ' ' ORDER BY id) FROM acme.notes").await, "mine x");
    let refused = ["(3, 'pkmig_writer', 'x')", "(3, 'pkmig_reader', '')"];
    for row in refused {
        let insert = format!("SET ROLE pkmig_reader; INSERT INTO acme.notes VALUES {row}");
        let error = sqlx::raw_sql(sqlx::AssertSqlSafe(insert)).execute(&mut *connection).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|it| it.code()).as_deref(), Some("42501"), "{error}");
        run(connection, "RESET ROLE").await;
    }
    migrator.allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
}

/// What V2 makes of the host's tables, with one thing that is other.
async fn after(policies: &str) -> Result<(), String> {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    roles(connection).await;
    let migrator = kinds::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, &format!("SET search_path = acme; {policies}; RESET search_path")).await;
    match migrator.up_to(2, &mut *connection).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let failed = failed::<()>(Err(error));
            assert_eq!(failed.sqlstate, "PKM03", "{failed}");
            Err(failed.message)
        }
    }
}

const HOST: &str = "CREATE POLICY of_members ON spaces FOR SELECT
    USING (EXISTS (SELECT 1 FROM members m WHERE m.space_id = spaces.id AND m.name = me()))";

#[tokio::test]
async fn a_policy_that_is_there_as_declared_is_taken() {
    assert_eq!(after(HOST).await, Ok(()));
    assert_eq!(after(&format!("{HOST}; CREATE POLICY theirs ON members USING (false)")).await, Ok(()));
}

#[tokio::test]
async fn a_policy_that_is_other_stops_the_version() {
    let other = [
        ("m.name = me()", "m.name <> me()"),
        ("FOR SELECT", "FOR ALL"),
        ("FOR SELECT", "AS RESTRICTIVE FOR SELECT"),
        ("FOR SELECT", "FOR SELECT TO pkmig_reader"),
        ("FOR SELECT", "FOR UPDATE"),
    ];
    for (from, to) in other {
        let error = after(&HOST.replace(from, to)).await.unwrap_err();
        assert!(error.starts_with("policy of_members of table \"acme\".\"spaces\" is not as declared: expected for select to public using (("), "{error}");
    }
    let error = after(&HOST.replace("FOR SELECT", "AS RESTRICTIVE TO pkmig_reader")).await.unwrap_err();
    let (_, found) = error.split_once(", found ").unwrap();
    assert!(found.starts_with("restrictive for all to pkmig_reader using (("), "{error}");
}
