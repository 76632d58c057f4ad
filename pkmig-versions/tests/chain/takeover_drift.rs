//! Databases that the original left, and in which something is not as it was left: what goes on then is repaired, or it
//! stops and says where; what no later version touches stays as it is.

use pkmig::Error;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::PgConnection;

use crate::catalog::of;
use crate::reference::Reference;
use crate::words::Words;
use crate::{database, execute, latest, phoenix_kit, turns};

/// What was done to an install that the original left at a version, with `@` for the schema, and the lines of the
/// catalog that are missing and extra at the end. All else has been repaired.
struct Drift {
    version: u32,
    sql: &'static str,
    missing: &'static [&'static str],
    extra: &'static [&'static str],
}

const DRIFTS: &[Drift] = &[
    Drift {
        version: 1,
        sql: "ALTER TABLE @.phoenix_kit_user_role_assignments DROP COLUMN is_active",
        missing: &[],
        extra: &[],
    },
    Drift {
        version: 40,
        sql: "ALTER TABLE @.phoenix_kit_admin_notes DROP COLUMN uuid;
              ALTER TABLE @.phoenix_kit_users ALTER COLUMN uuid DROP NOT NULL, ALTER COLUMN uuid DROP DEFAULT;
              DROP INDEX @.phoenix_kit_users_uuid_idx",
        missing: &[],
        extra: &[],
    },
    Drift { version: 40, sql: "ALTER TABLE @.phoenix_kit_users ALTER COLUMN uuid TYPE text", missing: &[], extra: &[] },
    Drift {
        version: 55,
        sql: "ALTER TABLE @.phoenix_kit_email_templates DROP COLUMN created_by_user_uuid;
              ALTER TABLE @.phoenix_kit_webhook_events DROP COLUMN uuid;
              ALTER TABLE @.phoenix_kit_comments DROP CONSTRAINT fk_comments_user;
              ALTER TABLE @.phoenix_kit_role_permissions ADD COLUMN role_uuid uuid",
        missing: &[],
        extra: &[],
    },
    Drift {
        version: 56,
        sql: "ALTER TABLE @.phoenix_kit_role_permissions DROP COLUMN role_uuid, DROP COLUMN granted_by_uuid",
        missing: &[],
        extra: &[],
    },
    Drift {
        version: 62,
        sql: "ALTER TABLE @.phoenix_kit_email_events DROP CONSTRAINT fk_email_events_email_log_uuid;
              ALTER TABLE @.phoenix_kit_email_logs ALTER COLUMN uuid DROP DEFAULT;
              ALTER TABLE @.phoenix_kit_email_logs ALTER COLUMN uuid TYPE text;
              ALTER TABLE @.phoenix_kit_ai_prompts ALTER COLUMN uuid DROP NOT NULL;
              ALTER TABLE @.phoenix_kit_posts DROP CONSTRAINT fk_posts_user_uuid",
        missing: &[
            "fk_posts_user_uuid",
            "fk_email_events_email_log_uuid",
            "phoenix_kit_email_logs.uuid uuid t default uuid_generate_v7()",
        ],
        extra: &["phoenix_kit_email_logs.uuid uuid t default  "],
    },
    Drift {
        version: 100,
        sql: "ALTER TABLE @.phoenix_kit_users DROP CONSTRAINT phoenix_kit_users_account_type_check,
                ADD COLUMN of_the_host text;
              ALTER TABLE @.phoenix_kit_shop_carts ALTER COLUMN status SET DEFAULT 'open'",
        missing: &["phoenix_kit_users_account_type_check", "phoenix_kit_shop_carts.status"],
        extra: &["of_the_host text", "default 'open'"],
    },
];

#[tokio::test]
async fn a_drift_is_repaired_or_stays_as_it_was() {
    let (_database, mut connection) = database().await;
    for Drift { version, sql, missing, extra } in turns(DRIFTS, 1) {
        let words = Words::at(*version, &mut connection).await;
        left_with(sql, *version, &words, &mut connection).await;
        words.forget(&mut connection).await;
        phoenix_kit("drifted").up(&mut connection).await.unwrap_or_else(|e| panic!("V{version}: {e}"));
        let found = of(&mut connection, "drifted").await;
        for (lines, named) in between(latest().await, &found).iter().zip([missing, extra]) {
            assert_eq!(lines.len(), named.len(), "V{version}: {lines:#?}");
            assert!(named.iter().all(|name| lines.iter().any(|line| line.contains(name))), "V{version}: {lines:#?}");
        }
        execute(&mut connection, "DROP SCHEMA drifted CASCADE").await;
    }
}

/// The version at which an install was left, what was done to it, the version that stops, and what its error names.
const STOPS: &[(u32, &str, u32, &[&str])] = &[
    (
        1,
        "ALTER TABLE @.phoenix_kit_users DROP COLUMN confirmed_at",
        58,
        &["phoenix_kit_users", "column confirmed_at", "found none"],
    ),
    (
        20,
        "ALTER TABLE @.phoenix_kit_files ADD COLUMN user_file_checksum text",
        26,
        &["phoenix_kit_files", "user_file_checksum", "found text"],
    ),
    (20, "ALTER TABLE @.phoenix_kit_files DROP COLUMN checksum", 24, &["\"checksum\" does not exist"]),
    (40, "DROP FUNCTION @.uuid_generate_v7() CASCADE", 43, &["column \"uuid\" of relation \"phoenix_kit_settings\""]),
    (
        55,
        "ALTER TABLE @.phoenix_kit_role_permissions ADD COLUMN role_uuid text",
        56,
        &["phoenix_kit_role_permissions", "column role_uuid: expected uuid, found text"],
    ),
    (
        62,
        "DROP INDEX @.phoenix_kit_post_tag_assignments_post_id_tag_id_index",
        73,
        &["phoenix_kit_post_tag_assignments_post_uuid_tag_uuid_index", "found none"],
    ),
    (
        62,
        "DROP INDEX @.phoenix_kit_post_media_post_id_position_index;
         CREATE INDEX phoenix_kit_post_media_post_id_position_index ON @.phoenix_kit_post_media (position)",
        73,
        &[
            "phoenix_kit_post_media_post_uuid_position_index",
            "expected unique btree (post_uuid, position)",
            "found btree (position)",
        ],
    ),
    (
        62,
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '@.phoenix_kit_users_uuid_idx'::regclass",
        72,
        &["no unique constraint", "\"phoenix_kit_users\""],
    ),
    (62, "DROP TABLE @.phoenix_kit_ai_prompts CASCADE", 73, &["phoenix_kit_ai_prompts\" does not exist"]),
    (74, "DROP TABLE @.phoenix_kit_publishing_posts CASCADE", 88, &["phoenix_kit_publishing_posts\" does not exist"]),
    (120, "DROP TABLE @.phoenix_kit_projects CASCADE", 125, &["phoenix_kit_projects\" does not exist"]),
];

#[tokio::test]
async fn a_drift_stops_the_version_that_meets_it() {
    if !crate::asked_for("drifts that stop a version") {
        return;
    }
    let (_database, mut connection) = database().await;
    for drifts in STOPS.chunk_by(|one, other| one.0 == other.0) {
        let words = Words::at(drifts[0].0, &mut connection).await;
        for (version, drift, stop, named) in drifts {
            left_with(drift, *version, &words, &mut connection).await;
            let error = phoenix_kit("drifted").up(&mut connection).await.unwrap_err();
            let Error::Failed(failed) = &error else { panic!("{error}") };
            assert_eq!(failed.version.0, *stop, "{error}");
            named.iter().for_each(|name| assert!(failed.message.contains(name), "`{name}` is not named: {error}"));
            assert_eq!(phoenix_kit("drifted").version(&mut connection).await.unwrap().0, stop - 1);
            execute(&mut connection, "DROP SCHEMA drifted CASCADE").await;
        }
        words.forget(&mut connection).await;
    }
}

/// The other way, too: what V73 has renamed is another index when it is renamed back.
#[tokio::test]
async fn a_drift_stops_the_way_down() {
    let (_database, mut connection) = database().await;
    let migrator = phoenix_kit("drifted");
    migrator.up_to(73, &mut connection).await.unwrap();
    let index = "phoenix_kit_post_media_post_uuid_position_index";
    let drift =
        format!("DROP INDEX drifted.{index}; CREATE INDEX {index} ON drifted.phoenix_kit_post_media (position)");
    execute(&mut connection, &drift).await;
    let error = migrator.down_to(72, &mut connection).await.unwrap_err();
    let Error::Failed(failed) = &error else { panic!("{error}") };
    assert!(failed.message.contains("index \"drifted\".\"phoenix_kit_post_media_post_id_position_index\""), "{error}");
    assert!(failed.step.as_deref().is_some_and(|step| step.starts_with("rename_index")), "{error}");
    assert_eq!(migrator.version(&mut connection).await.unwrap().0, 73);
}

/// Builds what the original left at a version, but for the drift. Between two references our own chain goes on from
/// the first.
async fn left_with(drift: &str, version: u32, words: &Words, connection: &mut PgConnection) {
    let reference = Reference::at(if version == 56 { 55 } else { version });
    reference.build(words, connection, "drifted").await;
    phoenix_kit("drifted").up_to(version, &mut *connection).await.unwrap();
    execute(connection, &drift.replace("@.", "drifted.")).await;
}

/// The lines that only the first one has, and those that only the second one has.
fn between(one: &[String], other: &[String]) -> [Vec<String>; 2] {
    let only = |one: &[String], other: &[String]| one.iter().filter(|line| !other.contains(line)).cloned().collect();
    [only(one, other), only(other, one)]
}

/// What one run over all versions leaves behind is stamped as V136 and is not V136: nothing is to be done, and the
/// drift is found.
#[tokio::test]
async fn a_single_run_is_recognised_as_drift() {
    let (_database, mut connection) = database().await;
    let words = Words::at(PHOENIX_KIT.latest().0, &mut connection).await;
    Reference::of_a_single_run().build(&words, &mut connection, "public").await;
    words.forget(&mut connection).await;
    let migrator = phoenix_kit("public");
    assert!(migrator.up(&mut connection).await.unwrap().applied.is_empty());
    let verification = migrator.verify(&mut connection).await.unwrap();
    assert_eq!(verification.version, PHOENIX_KIT.latest());
    let lines: Vec<String> = verification.differences.iter().map(ToString::to_string).collect();
    let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    let counted = ["missing: constraint", "different: column", "different: constraint", "extra: "].map(count);
    assert_eq!((counted, verification.drift().count(), lines.len()), ([67, 46, 1, 2], 114, 116), "{lines:#?}");
}

/// What one run over all versions leaves out is left out for good: the original does not repair it later on, and neither
/// does our own chain. The stamp is that of the steps that were run, and all versions to come can be run.
#[tokio::test]
async fn what_a_single_run_left_out_stays_out() {
    if !crate::asked_for("what a single run of the original left out") {
        return;
    }
    let (_database, mut connection) = database().await;
    let words = Words::at(PHOENIX_KIT.latest().0, &mut connection).await;
    Reference::of_a_single_run().build(&words, &mut connection, "single").await;
    words.forget(&mut connection).await;
    let single = of(&mut connection, "single").await;
    assert!(phoenix_kit("single").up(&mut connection).await.unwrap().applied.is_empty());
    let [missing, extra] = between(latest().await, &single);
    // 46 columns that are not `not null` and one foreign key with another action are on both sides.
    assert_eq!((missing.len(), extra.len()), (46 + 1 + 67, 46 + 1 + 2));
    for version in [62, 120] {
        let words = Words::at(version, &mut connection).await;
        left_with(&drift_of_a_single_run(version, &missing), version, &words, &mut connection).await;
        words.forget(&mut connection).await;
        phoenix_kit("drifted").up(&mut connection).await.unwrap();
        let found = of(&mut connection, "drifted").await;
        crate::catalog::assert_same(&format!("a single run that ended at V{version}"), &single, &found);
        execute(&mut connection, "DROP SCHEMA drifted CASCADE").await;
    }
}

/// The statements that leave out of an install what a single run leaves out of it.
fn drift_of_a_single_run(version: u32, missing: &[String]) -> String {
    let mut sql: String = missing.iter().map(|line| without(line)).collect();
    sql.push_str(match version {
        // V72 brings three of the keys back, one of them with another action.
        ..72 => {
            "ALTER TABLE @.phoenix_kit_comments_likes DROP CONSTRAINT fk_comments_likes_user_uuid;
             ALTER TABLE @.phoenix_kit_comments_dislikes DROP CONSTRAINT fk_comments_dislikes_user_uuid;"
        }
        72.. => {
            "ALTER TABLE @.phoenix_kit_comments ADD CONSTRAINT fk_comments_user_uuid
               FOREIGN KEY (user_uuid) REFERENCES @.phoenix_kit_users (uuid) ON DELETE CASCADE;"
        }
    });
    sql + "ALTER TABLE @.phoenix_kit_users ADD COLUMN preferred_locale varchar(10);
           CREATE INDEX phoenix_kit_users_preferred_locale_index ON @.phoenix_kit_users (preferred_locale)"
}

/// The statement that leaves out what a line of the catalog says.
fn without(line: &str) -> String {
    let mut words = line.split(' ');
    let (kind, name) = (words.next(), words.next().and_then(|name| name.split_once('.')));
    match (kind, name) {
        (Some("column"), Some((table, column))) => {
            format!("ALTER TABLE @.{table} ALTER COLUMN {column} DROP NOT NULL;")
        }
        (Some("constraint"), Some((table, constraint))) => {
            format!("ALTER TABLE @.{table} DROP CONSTRAINT {constraint};")
        }
        _ => panic!("neither a column nor a constraint: {line}"),
    }
}
