//! Sessions that end after any statement of any version.
//!
//! One install goes version by version. At each, the session ends after the first statement, after the second, and so on; the server
//! must have lost nothing and kept nothing. The physical versions of the rows in catalogs and tables show what ended sessions left,
//! which is cheap; a full comparison shows that the version then succeeds.

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::cut::{Cut, Marked, SURVIVED};
use super::dice::Dice;
use super::install::Install;
use super::snapshot::{Extent, Snapshot};
use super::{Case, During, Outcome, Stop};
use pkmig_runtime::{Direction, Rehearsal};
use pkmig_sql::{ident, literal};

/// Behind every statement of every version: the version before it is there, and the next run makes the version.
///
/// # Errors
/// What is lost or half done, behind which statement.
pub async fn a_session_that_ends_behind_any_statement_loses_nothing(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let mut ended = 0;
    for version in case.suite.versions() {
        install.go(case.suite.previous(version)).await?;
        let then = (version, reference.at(version)?, Extent::Unnumbered);
        ended += through(&mut install, Direction::Up, then).await?;
    }
    Ok(ended_sessions(case, ended))
}

/// The same on the way down, from the newest version to the lowest that can be reached.
///
/// # Errors
/// What is lost or half done, behind which statement.
pub async fn a_session_that_ends_behind_any_statement_of_a_down_loses_nothing(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    install.go(case.suite.chain().latest().0).await?;
    let mut ended = 0;
    let floor = case.suite.floor()?;
    for version in case.suite.versions().into_iter().rev().filter(|version| *version > floor) {
        install.go(version).await?;
        let previous = case.suite.previous(version);
        let then = (previous, reference.at(previous)?, Extent::Schema);
        ended += through(&mut install, Direction::Down, then).await?;
    }
    Ok(ended_sessions(case, ended))
}

fn ended_sessions(case: Case, ended: u32) -> String {
    let sample = case.suite.sampled();
    let sampled = sample.map_or_else(String::new, |sample| format!(", after at most {sample} statements of a version"));
    format!("{ended} sessions ended{sampled}, 0 lost or half applied")
}

/// The version that a run leads to, what it holds, and how much of that is compared.
type Then<'a> = (u32, &'a Snapshot, Extent);

/// Ends sessions behind every statement of the next version, then runs it. Says how many sessions have ended.
async fn through(install: &mut Install, direction: Direction, then: Then<'_>) -> Result<u32, Stop> {
    let migrator = install.migrator.clone();
    let rehearsal = migrator.rehearse(direction, &mut install.connection).await;
    let rehearsal = rehearsal.during(|| format!("the run to V{}", then.0))?;
    let marked = Marked::new(&rehearsal);
    let ended = match marked.is_one_transaction() {
        true => in_place(install, &rehearsal, &marked).await?,
        false => in_copies(install, &rehearsal, &marked, then).await?,
    };
    finish(install, then, || format!("V{} after {ended} sessions that ended during the run", then.0)).await?;
    Ok(ended)
}

/// A normal run, and whether it has come to all it should.
async fn finish(install: &mut Install, then: Then<'_>, what: impl Fn() -> String) -> Result<(), Stop> {
    let (version, expected, extent) = then;
    install.go(version).await?;
    install.expect(expected, extent, what).await
}

/// How many sessions leave so many dead rows in the catalogs that they are cleared away before the next version.
const MANY: u32 = 50;

/// A version that is one transaction leaves nothing behind, so all its sessions can end in one database.
async fn in_place(install: &mut Install, rehearsal: &Rehearsal<'_>, marked: &Marked<'_>) -> Result<u32, Stop> {
    let before = fingerprint(install).await?;
    let (mut doomed, mut dice, mut ended) = (install.session().await?, Dice::new(), Vec::new());
    for cut in marked.cuts(install.suite.sampled(), &mut dice) {
        if ends(rehearsal, marked, cut, &mut doomed).await? {
            ended.push(cut);
            doomed = install.session().await?;
        }
    }
    drop(doomed);
    install.alone().await?;
    if fingerprint(install).await? != before {
        let places = ended.iter().map(|cut| format!("\n  {}", at(rehearsal, marked, *cut))).collect::<String>();
        return Err(Stop::Fault(format!("sessions have ended, {dice}, but parts of the version remain:{places}")));
    }
    let ended = u32::try_from(ended.len()).unwrap_or(u32::MAX);
    if ended >= MANY {
        let clear = "VACUUM pg_catalog.pg_attribute, pg_catalog.pg_class, pg_catalog.pg_type, pg_catalog.pg_depend, \
                     pg_catalog.pg_index, pg_catalog.pg_constraint, pg_catalog.pg_trigger, pg_catalog.pg_attrdef";
        install.execute(clear.to_owned()).await?;
    }
    Ok(ended)
}

/// A version of several transactions leaves those that are done: each time in a copy, from where the next run goes on.
async fn in_copies(
    install: &mut Install,
    rehearsal: &Rehearsal<'_>,
    marked: &Marked<'_>,
    then: Then<'_>,
) -> Result<u32, Stop> {
    let stamped = install.version().await?;
    let (mut dice, mut ended) = (Dice::new(), 0);
    for cut in marked.cuts(install.suite.sampled(), &mut dice) {
        let mut copy = install.copy().await?;
        let mut doomed = copy.session().await?;
        ended += u32::from(ends(rehearsal, marked, cut, &mut doomed).await?);
        drop(doomed);
        let at = || at(rehearsal, marked, cut);
        copy.alone().await?;
        if copy.version().await? != stamped {
            return Err(Stop::Fault(format!("{}: the session has ended, but the version is recorded", at())));
        }
        finish(&mut copy, then, || format!("the run after a session that ended at {}", at())).await?;
    }
    Ok(ended)
}

/// Sends the version up to a place. Whether the session has ended there: a guard may have passed over the statement.
async fn ends(
    rehearsal: &Rehearsal<'_>,
    marked: &Marked<'_>,
    cut: Cut,
    doomed: &mut PgConnection,
) -> Result<bool, Stop> {
    let sent = rehearsal.send(&marked.ending(cut), doomed).await;
    let code = sent.as_ref().err().and_then(sqlx::Error::as_database_error).and_then(|error| error.code());
    match (sent.is_ok(), code.as_deref()) {
        // admin_shutdown (manual appendix A)
        (_, Some("57P01")) => Ok(true),
        (true, _) if matches!(cut, Cut::Part(_)) => Ok(true),
        (_, Some(SURVIVED)) => Ok(false),
        _ => {
            let how = sent.map_or_else(|error| error.to_string(), |()| "the session has not ended".to_owned());
            Err(Stop::Fault(format!("{}: {how}", at(rehearsal, marked, cut))))
        }
    }
}

fn at(rehearsal: &Rehearsal<'_>, marked: &Marked<'_>, cut: Cut) -> String {
    let way = if rehearsal.planned.direction == Direction::Up { "" } else { "the down of " };
    format!("{way}{}, {}", rehearsal.planned.migration.version, marked.place(cut))
}

/// The physical versions of all that the database holds.
async fn fingerprint(install: &mut Install) -> Result<String, Stop> {
    let tables = format!(
        "SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = {} AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0 ORDER BY 1",
        literal(&install.prefix)
    );
    let found = sqlx::raw_sql(AssertSqlSafe(tables)).fetch_all(&mut install.connection).await;
    let found = found.during(|| "the tables that have rows".to_owned())?;
    let mut parts = vec![format!("({})", include_str!("fingerprint.sql"))];
    parts.extend(found.iter().filter_map(|row| row.try_get::<String, _>(0).ok()).map(|table| {
        // A session that ended may have left pages in it, but no rows.
        format!(
            "(SELECT {} || count(*) || '/' || sum(hashtext(xmin::text || ctid::text)) FROM {}.{})",
            literal(&format!("{table}: ")),
            ident(&install.prefix),
            ident(&table)
        )
    }));
    install.text(&format!("SELECT concat_ws(E'\\n', {})", parts.join(", "))).await
}
