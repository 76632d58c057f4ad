//! What installs share, and what versions others have edited.

use pkmig::{Chain, Error};

use crate::support::{ask, database, run};

mod tenants {
    pkmig::migration! {
        V01 "an extension" {
            create_extension citext;
            create_extension pg_trgm;
            create_table track { id: integer }
            create_table people { id: integer primary_key, email: citext unique }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "tenants" tracked_by track { V01 }
    }
}

mod others {
    pkmig::migration! {
        V01 "the same schema, the other order" {
            create_extension pg_trgm;
            create_extension citext;
            create_table track_of_others { id: integer }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "others" tracked_by track_of_others { V01 }
    }
}

/// Tenants of one chain and one of another, in the schema of the first of them, all at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_for_many_is_made_once() {
    for baseline in [true, false, true] {
        let database = database().await;
        let run = |chain: &'static Chain, prefix: String| {
            let database = database.url().to_owned();
            tokio::spawn(async move {
                let mut session = <sqlx::PgConnection as sqlx::Connection>::connect(&database).await.unwrap();
                chain.migrator().prefix(prefix).baseline(baseline).up(&mut session).await.map(drop)
            })
        };
        let mut runs: Vec<_> = (0..6).map(|tenant| run(&tenants::CHAIN, format!("tenant {tenant}"))).collect();
        runs.push(run(&others::CHAIN, "tenant 0".to_owned()));
        for run in runs {
            run.await.unwrap().unwrap();
        }
    }
}

mod edited {
    pkmig::migration! {
        V01 "edited since" {
            create_extension citext;
            create_extension pg_trgm;
            create_table track { id: integer }
            create_table people { id: integer primary_key, email: citext unique, name: text }
        }
    }
    pkmig::migration! {
        V02 "and what comes next" {
            add_column people.born: date;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "tenants" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_version_that_was_edited_since_stops_a_run() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    tenants::CHAIN.migrator().prefix("acme").program("host 1.0").up(&mut *connection).await.unwrap();
    let migrator = edited::CHAIN.migrator().prefix("acme");
    let refused = migrator.up(&mut *connection).await.unwrap_err();
    let hashes = [&tenants::CHAIN, &edited::CHAIN].map(|chain| chain.hash_at(pkmig::schema::Version(1)).unwrap());
    let told = refused.report();
    assert!(told.contains(&format!("V1 was {} when host 1.0 applied it at ", hashes[0])), "{told}");
    assert!(told.contains(&format!("and is {}", hashes[1])) && told.contains("--accept-edited"), "{told}");
    assert!(matches!(refused, Error::Edited { edits, .. } if edits.len() == 1));
    assert!(matches!(migrator.down_to(0, &mut *connection).await, Err(Error::Edited { .. })));
    migrator.clone().accept_edited(true).up(&mut *connection).await.unwrap();
    // A ledger that is not to be trusted, or not to be read, says nothing.
    run(connection, "COMMENT ON TABLE pkmig.pkmig_ledger IS NULL").await;
    migrator.clone().down_to(1, &mut *connection).await.unwrap();
    migrator.with_ledger(false).up(&mut *connection).await.unwrap();
}

#[tokio::test]
async fn an_extension_goes_where_the_host_wants_it() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA extensions").await;
    let migrator = tenants::CHAIN.migrator().prefix("acme").extension_schema("citext", "extensions");
    migrator.up(&mut *connection).await.unwrap();
    let places = "SELECT string_agg(extname || ' in ' || extnamespace::regnamespace::text, ', ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'";
    assert_eq!(ask(connection, places).await, "citext in extensions, pg_trgm in public");
    assert!(migrator.verify(&mut *connection).await.unwrap().is_clean());
}

mod triggers {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table notes { id: integer primary_key, body: text }
        }
    }
    pkmig::migration! {
        V02 "rows" {
            seed notes (id, body) on_conflict(id) do_nothing { (1, "a") }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "triggers" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_hosts_trigger_that_needs_another_path_is_told_and_not_fired() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = triggers::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    let host = "CREATE TABLE public.audit (line text);
        CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
          $$BEGIN INSERT INTO audit VALUES (NEW.body); RETURN NEW; END$$;
        CREATE TRIGGER noted AFTER INSERT ON acme.notes FOR EACH ROW EXECUTE FUNCTION public.note()";
    run(connection, host).await;
    let refused = migrator.up(&mut *connection).await.unwrap_err();
    let told = refused.report();
    assert!(told.contains("V2: trigger `noted` of table `notes` runs function public.note() of role `"), "{told}");
    assert!(told.contains("ALTER FUNCTION public.note() SET search_path = …"), "{told}");
    assert!(matches!(refused, Error::HostTriggers { fired } if fired.len() == 1));
    let planned = migrator.plan(None, &mut *connection).await.unwrap();
    assert_eq!(planned[0].fires.len(), 1);
    // What it takes is an operator's word, or a path of its own.
    let audit = "SELECT count(*)::text FROM public.audit";
    migrator.clone().host_path(true).up(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, audit).await, "1");
    migrator.clone().host_path(true).down_to(1, &mut *connection).await.unwrap();
    run(connection, "ALTER FUNCTION public.note() SET search_path = public").await;
    migrator.up(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, audit).await, "2");
}
