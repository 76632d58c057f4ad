//! `repair`, `heal` and `adopt`.

use crate::place::Database;

#[test]
fn a_repair_says_what_it_does_and_its_exit_code_what_is_left() {
    let database = Database::new();
    assert!(database.pkmig(&["repair"]).fails(1).contains("is not installed in schema `public`"));
    database.pkmig(&["up", "--to", "5"]).succeeds();
    assert!(
        database.pkmig(&["repair"]).succeeds().starts_with("phoenix_kit in schema public, V5: nothing to repair\n")
    );
    database.execute(
        "ALTER TABLE phoenix_kit_user_roles DROP description; DELETE FROM phoenix_kit_user_roles WHERE name = 'Admin';
         DROP INDEX phoenix_kit_users_email_index",
    );
    let planned = database.pkmig(&["repair", "--dry-run"]).succeeds();
    assert!(planned.starts_with("phoenix_kit in schema public, V5: 3 repairs to do\n    add_column "), "{planned}");
    assert!(planned.contains("\n        ALTER TABLE \"public\".\"phoenix_kit_user_roles\" ADD COLUMN"), "{planned}");
    let (drift, error) = database.pkmig(&["verify"]).answers(3);
    assert!(drift.contains("missing    column description") && error.contains("repair --dry-run"), "{drift}{error}");
    let done = database.pkmig(&["repair"]).succeeds();
    assert!(done.starts_with("phoenix_kit in schema public, V5: 3 repairs done\n    add_column "), "{done}");
    assert!(done.contains("\n    seed phoenix_kit_user_roles of V1: 1 row\n"), "{done}");
    database.pkmig(&["verify"]).succeeds();

    database.execute("ALTER TABLE phoenix_kit_settings ALTER value TYPE varchar(9), ALTER key DROP NOT NULL");
    database.execute("INSERT INTO phoenix_kit_settings (key, value) VALUES (NULL, '')");
    let (planned, error) = database.pkmig(&["repair", "--dry-run"]).answers(3);
    assert!(planned.contains("V5: 1 repair to do, 1 not repaired\n"), "the dry run ends as the run: {planned}");
    assert!(error.starts_with("error: 1 difference needs manual action"), "{error}");
    let (shown, error) = database.pkmig(&["repair"]).answers(3);
    assert!(
        shown.contains("V5: 1 repair done, 1 not repaired\n    set_type phoenix_kit_settings.value: varchar(255)\n"),
        "{shown}"
    );
    assert!(
        shown.contains("\nnot repaired: set_not_null phoenix_kit_settings.key\n    column \"key\" of relation"),
        "{shown}"
    );
    assert!(
        shown.contains("\n    help: these rows violate it: SELECT * FROM \"public\".\"phoenix_kit_settings\" WHERE "),
        "{shown}"
    );
    assert!(error.starts_with("error: 1 difference needs manual action\nhelp: "), "{error}");
    let (json, _) = database.pkmig(&["repair", "--json"]).answers(3);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["clean"], &json["dry_run"], &json["version"]), (&false.into(), &false.into(), &5.into()));
    assert_eq!(json["left"][0]["what"], "set_not_null phoenix_kit_settings.key");
    assert_eq!(json["differences"][0]["what"], "nullability");
}

#[test]
fn a_stamp_is_healed_and_a_schema_without_one_is_adopted() {
    let database = Database::new();
    assert!(database.pkmig(&["adopt"]).fails(1).contains("is not installed in schema `public`"));
    database.pkmig(&["up", "--to", "3"]).succeeds();
    assert!(database.pkmig(&["heal"]).succeeds().starts_with("phoenix_kit in schema public is V3, as recorded\n"));
    database.execute("COMMENT ON TABLE phoenix_kit IS '1'");
    let planned = database.pkmig(&["heal", "--dry-run"]).succeeds();
    assert!(
        planned.starts_with("phoenix_kit in schema public is V3, not V1: would be recorded\n    has table "),
        "{planned}"
    );
    assert_eq!(database.version(), 1);
    let healed = database.pkmig(&["heal"]).succeeds();
    assert!(healed.starts_with("phoenix_kit in schema public is V3, not V1: recorded\n    has table "), "{healed}");
    assert_eq!(database.version(), 3);
    assert!(database.pkmig(&["adopt"]).fails(1).contains("is already recorded at V3"));

    database.execute("COMMENT ON TABLE phoenix_kit IS NULL; CREATE TABLE theirs (a text)");
    let adopted = database.pkmig(&["adopt", "--json"]).json();
    assert_eq!((&adopted["stamped"], &adopted["version"], &adopted["clean"]), (&0.into(), &3.into(), &true.into()));
    assert_eq!(database.version(), 3);
    database.execute("COMMENT ON TABLE phoenix_kit IS NULL; ALTER TABLE phoenix_kit_user_roles DROP description");
    let (differences, error) = database.pkmig(&["adopt", "--at", "3"]).answers(3);
    assert!(differences.contains("V3: 1 difference; 1 not declared\n"), "{differences}");
    assert!(error.contains("help: `repair --at 3` adds what is missing, and records the version"), "{error}");
    let (json, _) = database.pkmig(&["adopt", "--json"]).answers(3);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["version"], &json["closest"]), (&serde_json::Value::Null, &3.into()));
    database.pkmig(&["repair", "--at", "3"]).succeeds();
    assert_eq!(database.version(), 3);
}
