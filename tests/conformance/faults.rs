//! Chains whose steps do not do what they say, as raw SQL can, and the checks that find them.

use pkmig::conformance::{Case, Outcome, Stop, Suite, checks};

/// Declares a chain of two versions: notes, and what is at fault.
macro_rules! fault {
    ($module:ident: $suite:ident { $($step:tt)+ }) => {
        mod $module {
            pkmig::migration! {
                V01 "notes" {
                    create_table notes { id: bigserial primary_key, body: text }
                    create_sequence counter;
                    seed notes (body) unless_exists(body) { ("first"), ("second") }
                }
            }
            pkmig::migration! { V02 "the fault" { $($step)+ } }
            pkmig::chain! {
                pub(super) static CHAIN: "faulty" tracked_by notes { V01, V02 }
            }
        }

        static $suite: std::sync::LazyLock<Suite> = std::sync::LazyLock::new(|| Suite::new(&$module::CHAIN));
    };
}

/// Stops with the message of a check that has found a fault. Panics if it has found none.
async fn found(suite: &'static Suite, check: impl AsyncFnOnce(Case) -> Outcome) -> String {
    match check(Case::new(suite, "conformance::faults")).await {
        Err(Stop::Fault(message)) => message,
        other => panic!("the fault was not found: {other:?}"),
    }
}

/// Panics if a message lacks a text.
fn says(message: &str, texts: &[&str]) {
    for text in texts {
        assert!(message.contains(text), "{text:?} is not said: {message}");
    }
}

fault!(twice: TWICE {
    execute "INSERT INTO @.notes (body) VALUES ('again')" idempotent down "DELETE FROM @.notes WHERE body = 'again'";
});

#[tokio::test]
async fn raw_sql_that_is_not_idempotent() {
    let message = found(&TWICE, checks::every_version_can_be_run_twice).await;
    says(&message, &["V2 run twice: ", "\n  extra: row of notes: ", "\"body\": \"again\""]);
}

fault!(seed: SEED {
    seed notes (body) unless_exists(body) { (sql("gen_random_uuid()::text")) }
});

#[tokio::test]
async fn a_seed_that_never_finds_its_row() {
    let message = found(&SEED, checks::every_version_can_be_run_twice).await;
    says(&message, &["V2 run twice: ", "\n  extra: row of notes: "]);
}

fault!(lossy: LOSSY {
    execute "UPDATE @.notes SET body = upper(body)" idempotent down "UPDATE @.notes SET body = 'lost'";
});

#[tokio::test]
async fn a_down_that_loses_what_it_says_it_brings_back() {
    let message = found(&LOSSY, checks::every_version_goes_up_and_down_and_up_again).await;
    says(
        &message,
        &["the down of V2: ", "\n  missing: row of notes: ", "\"first\"", "\n  extra: row of notes: ", "\"lost\""],
    );
}

fault!(left: LEFT {
    execute "CREATE INDEX IF NOT EXISTS notes_raw ON @.notes (body)" idempotent down "SELECT 1";
});

#[tokio::test]
async fn a_down_that_leaves_something_there() {
    let message = found(&LEFT, checks::every_version_goes_up_and_down_and_up_again).await;
    says(&message, &["the down of V2: ", "\n  extra: index `notes_raw` of table `notes`"]);
}

fault!(other: OTHER {
    execute "ALTER TABLE @.notes ALTER body SET DEFAULT 'none'" idempotent down "ALTER TABLE @.notes ALTER body DROP DEFAULT";
});

#[tokio::test]
async fn raw_sql_that_changes_what_is_declared() {
    let message = found(&OTHER, checks::every_version_is_as_declared).await;
    says(
        &message,
        &["V2: not as declared\n  different: column `body` of table `notes`: default: expected none, found 'none'"],
    );
}

fault!(neighbour: NEIGHBOUR {
    execute r"DO $$ DECLARE place regclass; BEGIN
        FOR place IN SELECT oid FROM pg_class WHERE relname = 'notes' AND relkind = 'r' LOOP
            EXECUTE format('UPDATE %s SET body = body || ''!''', place);
        END LOOP;
    END $$" unless("SELECT FROM @.notes WHERE body LIKE '%!'") lossy_down "UPDATE @.notes SET body = rtrim(body, '!')";
});

#[tokio::test]
async fn a_step_that_reaches_into_another_install() {
    let message = found(&NEIGHBOUR, checks::installs_do_not_touch_each_other).await;
    says(
        &message,
        &["schema `Conformance` while schema `public` goes up: ", "\n  missing: row of notes: ", "\"first!\""],
    );
    says(&message, &["\n  extra: row of notes: ", "\"first!!\""]);
}

fault!(drawn: DRAWN {
    add_column notes.code: bigint;
    execute "UPDATE @.notes SET code = nextval('@.counter') WHERE code IS NULL" idempotent down_noop("the column goes");
});

#[tokio::test]
async fn what_a_transaction_does_not_take_back() {
    let message = found(&DRAWN, checks::a_session_that_ends_behind_any_statement_loses_nothing).await;
    says(&message, &["V2 after ", " sessions that ended during the run", "\n  missing: row of notes: ", "\"code\": 1"]);
}

fault!(outside: OUTSIDE {
    execute r"DO $$ BEGIN EXECUTE 'CREATE TABLE IF NOT EXISTS public.notes_too (id integer)'; END $$" idempotent
        down r"DO $$ BEGIN EXECUTE 'DROP TABLE IF EXISTS public.notes_too'; END $$";
});

#[tokio::test]
async fn a_step_that_needs_rights_beyond_the_schema() {
    let message = found(&OUTSIDE, checks::a_role_that_owns_only_its_schema_is_enough).await;
    says(
        &message,
        &["_owner`: V2 failed and was rolled back: permission denied for schema public", "\nstep: execute "],
    );
}

fault!(held: HELD {
    execute "SELECT pg_advisory_lock(1)" idempotent down_noop("it is of the session");
});

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_the_session_behind_a_pooler() {
    match checks::a_pooler_in_transaction_mode_may_stand_between(Case::new(&HELD, "conformance::faults")).await {
        Err(Stop::Fault(message)) => says(&message, &["through a pooler"]),
        Err(Stop::Skipped(why)) => pkmig::testing::skip(&format!("a_lock_of_the_session_behind_a_pooler: {why}")),
        other => panic!("the fault was not found: {other:?}"),
    }
}
