//! Databases in the field: sessions with unusual settings, recorded versions that are missing or wrong, objects of the host, writers
//! that have not committed yet, and other installs at the same moment.

use std::time::{Duration, Instant};

use pkmig_schema::Version;

use super::install::Install;
use super::sample;
use super::snapshot::Extent::{Everything, Unnumbered};
use super::{Case, During, Outcome, Stop};
use pkmig_runtime::Error;
use pkmig_sql::ident;

/// How long a run may take to meet a lock.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a session may have set: the isolation level, how texts are read and printed, where names are found, how long a statement
/// may take.
const SETTINGS: [&str; 2] = [
    "SET default_transaction_isolation = 'serializable'; SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'SQL, DMY'; \
     SET IntervalStyle = 'sql_standard'; SET search_path = nowhere, pg_catalog; SET statement_timeout = '20ms'",
    "SET default_transaction_isolation = 'repeatable read'; SET standard_conforming_strings = off; SET search_path = ''; \
     SET bytea_output = 'escape'; SET extra_float_digits = -15; SET check_function_bodies = off",
];

/// What the session has set changes neither the schema nor a row.
///
/// # Errors
/// What differs, under which settings.
pub async fn settings_of_the_session_change_nothing(case: Case) -> Outcome {
    let (reference, latest) = (case.suite.reference().await?, case.suite.chain().latest().0);
    for (settings, baseline) in SETTINGS.into_iter().zip([false, true]) {
        let mut install = case.suite.install().await?;
        install.migrator = install.migrator.baseline(baseline);
        install.execute(settings.to_owned()).await?;
        // What looks at it needs a session of its own.
        let own = install.session().await?;
        let mut theirs = std::mem::replace(&mut install.connection, own);
        let run = install.migrator.up(&mut theirs).await;
        run.during(|| format!("all versions after `{settings}`"))?;
        install.expect(reference.at(latest)?, Everything, || format!("after `{settings}`")).await?;
    }
    Ok(format!("{} sessions", SETTINGS.len()))
}

/// An install whose stamp is gone or no version is refused, up and down, as it is; `adopt` and `heal` bring it back. One that is
/// set back by hand is refused or comes to what it was.
///
/// # Errors
/// What a run has done to it.
pub async fn a_stamp_that_is_gone_or_wrong_costs_nothing(case: Case) -> Outcome {
    let (mut install, latest) = (newest(case).await?, case.suite.chain().latest().0);
    let there = install.snapshot().await?;
    let table = install.context()?.qualified(case.suite.chain().tracked_by);
    let careful = install.migrator.clone().allow_data_loss(false);
    for stamp in ["NULL", "'x'", "'-1'", "'99999999'"] {
        install.execute(format!("COMMENT ON TABLE {table} IS {stamp}")).await?;
        for target in [latest, 0] {
            let up = careful.up_to(target, &mut install.connection).await;
            let down = careful.down_to(target, &mut install.connection).await;
            let refused = |run: &Result<_, Error>| {
                matches!(
                    run,
                    Err(Error::Misfit(_)
                        | Error::NotAVersion { .. }
                        | Error::NewerThanChain { .. }
                        | Error::UpBelow { .. }
                        | Error::DownAbove { .. })
                )
            };
            // Where nothing seems to be installed there is nothing to leave.
            let idle = down.as_ref().is_ok_and(|run| run.applied.is_empty());
            if !(refused(&up) || up.as_ref().is_ok_and(|run| run.applied.is_empty())) || !(refused(&down) || idle) {
                return Err(Stop::Fault(format!(
                    "the stamp is {stamp}, and a run to V{target} goes: {up:?}, {down:?}"
                )));
            }
        }
        match stamp {
            "NULL" => careful.adopt(None, &mut install.connection).await.map(drop),
            _ => careful.heal(&mut install.connection).await.map(drop),
        }
        .during(|| format!("the comment {stamp}"))?;
        let run = careful.up(&mut install.connection).await;
        run.during(|| format!("up after the comment {stamp} was mended"))?;
        install.expect(&there, Unnumbered, || format!("the comment was {stamp}")).await?;
    }
    for back in case.suite.versions().into_iter().filter(|version| *version < latest) {
        install.stamp(back).await?;
        if careful.up(&mut install.connection).await.is_err() {
            install.stamp(latest).await?;
        }
        install.expect(&there, Unnumbered, || format!("the comment was V{back}")).await?;
    }
    Ok("4 wrong comments, and every earlier version".to_owned())
}

/// A view of the host's on every table: an uninstall is refused before its first statement.
///
/// # Errors
/// What it has done all the same.
pub async fn what_a_host_has_on_the_tables_is_not_lost(case: Case) -> Outcome {
    let (mut install, latest) = (newest(case).await?, case.suite.chain().latest().0);
    let context = install.context()?;
    install.execute("CREATE SCHEMA host_of_pkmig".to_owned()).await?;
    let schema = case.suite.chain().schema_at(Version(latest));
    let mut views = 0;
    for table in schema.tables() {
        let (view, table) = (ident(&format!("view_{views}")), context.qualified(table.name));
        install.execute(format!("CREATE VIEW host_of_pkmig.{view} AS SELECT * FROM {table}")).await?;
        views += 1;
    }
    let there = install.snapshot().await?;
    match install.migrator.down_to(0, &mut install.connection).await {
        Err(Error::Dependents { .. }) => {}
        other => {
            return Err(Stop::Fault(format!(
                "views of the host's depend on all tables, and an uninstall ends with {other:?}"
            )));
        }
    }
    install.expect(&there, Everything, || "an uninstall that was refused".to_owned()).await?;
    Ok(format!("{views} views"))
}

/// Rows that somebody commits while an uninstall waits for their tables are not lost.
///
/// # Errors
/// That they are, or how the run ended instead.
pub async fn rows_that_are_committed_meanwhile_are_not_lost(case: Case) -> Outcome {
    let (mut install, latest) = (newest(case).await?, case.suite.chain().latest().0);
    let (schema, context) = (case.suite.chain().schema_at(Version(latest)), install.context()?);
    // A row that the server does not take ends a transaction, so the tables that take one are found out beforehand.
    let tried = sample::fill(schema, &context, &mut install.connection).await.during(|| "sample rows".to_owned())?;
    let with_rows: Vec<_> = schema.tables().filter(|table| !tried.without.contains_key(table.name)).collect();
    let Some(table) = with_rows.last() else { return Ok("no table takes a sample row".to_owned()) };
    let name = context.qualified(table.name);
    let mut writer = install.session().await?;
    let hold = format!("BEGIN; UPDATE {name} SET {0} = {0}", ident(&context.name(table.columns[0].def.name)));
    sqlx::raw_sql(sqlx::AssertSqlSafe(hold.clone())).execute(&mut writer).await.during(|| hold)?;
    let careful = install.migrator.clone().allow_data_loss(false).lock_timeout(PATIENCE);
    let mut session = install.session().await?;
    let run = tokio::spawn(async move { careful.down_to(0, &mut session).await });
    let waiting = "SELECT count(*)::text FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let began = Instant::now();
    while !run.is_finished() && install.text(waiting).await? == "0" && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sqlx::raw_sql("COMMIT").execute(&mut writer).await.during(|| "a writer's commit".to_owned())?;
    match run.await.during(|| "a run".to_owned())? {
        Err(Error::DataLoss { .. }) => {}
        other => return Err(Stop::Fault(format!("table {name} holds rows, but the uninstall ended with {other:?}"))),
    }
    if install.text(&format!("SELECT (count(*) > 0)::text FROM {name}")).await? != "true" {
        return Err(Stop::Fault(format!("the rows of table {name} are lost")));
    }
    Ok(format!("{} tables with rows", with_rows.len()))
}

/// Two installs that begin at the same moment in a database that has neither their schemas nor their extensions.
///
/// # Errors
/// Which of them failed.
pub async fn two_installs_at_once_make_what_they_share_once(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let latest = case.suite.chain().latest().0;
    let mut runs = Vec::new();
    for prefix in [install.prefix.clone(), "another_install".to_owned()] {
        let (migrator, mut session) = (case.suite.migrator(&prefix), install.session().await?);
        runs.push((prefix, tokio::spawn(async move { migrator.up(&mut session).await })));
    }
    for (prefix, run) in runs {
        run.await.during(|| "a runner".to_owned())?.during(|| format!("schema `{prefix}` next to another one"))?;
    }
    install.expect(reference.at(latest)?, Everything, || "beside another install".to_owned()).await?;
    Ok("2 installs".to_owned())
}

/// An install at the newest version, by the shortest way.
async fn newest(case: Case) -> Result<Install, Stop> {
    let mut install = case.suite.install().await?;
    let migrator = install.migrator.clone().baseline(true);
    migrator.up(&mut install.connection).await.during(|| "a fresh install".to_owned())?;
    Ok(install)
}
