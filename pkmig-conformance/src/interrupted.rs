//! Runs that end at random moments: the program is killed, the connection dropped, the session terminated.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection, Row};

use super::dice::Dice;
use super::install::{Install, to};
use super::snapshot::Extent;
use super::{Case, During, Outcome, Stop, Suite};
use pkmig_runtime::Error;

/// Holds the database in the program that is going to be killed.
const DATABASE: &str = "PKMIG_CONFORMANCE_RUN";
/// What that program says when it begins.
const READY: &str = "pkmig: ready";

/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a run ends.
#[derive(Debug, Clone, Copy)]
enum End {
    /// SIGKILL to its program.
    Program,
    /// The client goes away.
    Connection,
    /// Another session ends that of the run.
    Session,
}

/// The program is killed at random moments, and the next run goes on.
///
/// # Errors
/// What is lost or half done.
pub async fn a_program_that_is_killed_loses_nothing(case: Case) -> Outcome {
    interrupted(case, End::Program).await
}

/// The client's end of the connection is closed at random moments, and the next run goes on.
///
/// # Errors
/// What is lost or half done.
pub async fn a_connection_that_is_dropped_loses_nothing(case: Case) -> Outcome {
    interrupted(case, End::Connection).await
}

/// The session is terminated by another one at random moments, and the next run goes on.
///
/// # Errors
/// What is lost or half done.
pub async fn a_session_that_is_terminated_loses_nothing(case: Case) -> Outcome {
    interrupted(case, End::Session).await
}

async fn interrupted(case: Case, end: End) -> Outcome {
    let whole = case.suite.whole().await?;
    let mut dice = Dice::new();
    let mut cuts = 0;
    while cuts < case.suite.interruptions() {
        let mut install = case.suite.install().await?;
        let ended = until_done(&mut install, case, end, whole, &mut dice).await;
        // Each time the last run comes to its end.
        cuts += ended.map_err(|stop| stop.with(&dice))?;
    }
    Ok(format!("{cuts} runs ended, 0 lost or half applied"))
}

/// Runs, each ended at a random moment, until one comes to the newest version. Says how many were ended before.
async fn until_done(
    install: &mut Install,
    case: Case,
    end: End,
    whole: Duration,
    dice: &mut Dice,
) -> Result<u32, Stop> {
    let (reference, latest) = (case.suite.reference().await?, case.suite.chain().latest().0);
    let (mut ended, mut before) = (0, 0);
    // A version may take most of the whole time: where nothing gets done, more time is given.
    let mut longest = whole / 6;
    loop {
        let moment = dice.moment(longest);
        match end {
            End::Program => kill(install, case, moment)?,
            End::Connection => drop_connection(install, moment).await?,
            End::Session => {
                let run = terminate(install, latest, moment).await?;
                run.during(|| "a run whose session was terminated".to_owned())?;
            }
        }
        install.alone().await?;
        let version = install.version().await?;
        if version == before {
            longest += longest / 2;
        }
        if version == latest {
            break;
        }
        if let Some(there) = reference.get(version)
            && is_one_transaction(case.suite, version)?
        {
            let what = || format!("V{version}, where a run ended after {moment:?} ({end:?})");
            install.expect(there, Extent::Unnumbered, what).await?;
        }
        (ended, before) = (ended + 1, version);
    }
    install.go(latest).await?;
    install.expect(reference.at(latest)?, Extent::Unnumbered, || format!("the end ({end:?})")).await?;
    Ok(ended)
}

/// Whether nothing of the version that follows one is there before all of it is.
fn is_one_transaction(suite: &Suite, version: u32) -> Result<bool, Stop> {
    let next = suite.chain().migrations().iter().map(|it| it.version.0).find(|it| *it > version);
    let planned = next.map(|next| suite.migrator(suite.home()).script(version, next)).transpose();
    let planned = planned.during(|| format!("the version after V{version}"))?.unwrap_or_default();
    Ok(planned.iter().all(|version| version.segments.len() == 1))
}

async fn drop_connection(install: &Install, moment: Duration) -> Result<(), Stop> {
    let mut connection = install.session().await?;
    match tokio::time::timeout(moment, install.migrator.up(&mut connection)).await {
        Ok(done) => done.map(drop).during(|| "a run that finished".to_owned()),
        // Its connection is closed on the way out, without a word to the server.
        Err(_) => Ok(()),
    }
}

/// Goes to a version in a session that is terminated after a while. What else has ended the run, it says.
pub(super) async fn terminate(install: &mut Install, target: u32, moment: Duration) -> Result<Result<(), Error>, Stop> {
    let mut connection = install.session().await?;
    let pid = sqlx::raw_sql("SELECT pg_backend_pid()::text").fetch_one(&mut connection).await;
    let pid: String = pid.and_then(|row| row.try_get(0)).during(|| "the session's process".to_owned())?;
    let (migrator, from) = (install.migrator.clone(), install.version().await?);
    let run = tokio::spawn(async move { to(&migrator, from, target, &mut connection).await });
    tokio::time::sleep(moment).await;
    install.text(&format!("SELECT pg_terminate_backend({pid})::text")).await?;
    Ok(match run.await.during(|| "a run".to_owned())? {
        Ok(_) | Err(Error::Connection(_) | Error::Unknown { .. }) => Ok(()),
        // admin_shutdown (manual appendix A)
        Err(Error::Failed(failed)) if failed.sqlstate == "57P01" => Ok(()),
        Err(error) => Err(error),
    })
}

/// Starts this very program again with only this test, which goes up instead, and kills it.
fn kill(install: &Install, case: Case, moment: Duration) -> Result<(), Stop> {
    let what = || "this program, started again".to_owned();
    // The harness knows a test by its path within the crate.
    let test = case.test.split_once("::").map_or(case.test, |(_, test)| test);
    let mut command = Command::new(std::env::current_exe().during(what)?);
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(DATABASE, install.database().url());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().during(what)?;
    let ready = wait_until_ready(&mut child);
    if ready.is_ok() {
        std::thread::sleep(moment);
    }
    // One that has come to its end cannot be killed, and need not be.
    let _ = child.kill();
    child.wait().during(what)?;
    ready
}

/// Reads on in a thread of its own: what the program says later nobody waits for, but it must not stop it.
fn wait_until_ready(child: &mut Child) -> Result<(), Stop> {
    let Some(stderr) = child.stderr.take() else { return Ok(()) };
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        BufReader::new(stderr).lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
    });
    let (began, mut all) = (Instant::now(), String::new());
    while let Ok(line) = lines.recv_timeout(PATIENCE.saturating_sub(began.elapsed())) {
        if line.contains(READY) {
            return Ok(());
        }
        all.push_str(&line);
        all.push('\n');
    }
    Err(Stop::Fault(format!("this program, started again, does not reach its run: {all}")))
}

/// The database, in a program that is going to be killed.
pub(super) fn asked_to_be_killed() -> Option<String> {
    std::env::var(DATABASE).ok()
}

/// Goes up, in a program that is going to be killed.
pub(super) async fn until_killed(suite: &Suite, url: &str) {
    match PgConnection::connect(url).await {
        Ok(mut connection) => {
            eprintln!("{READY}");
            if let Err(error) = suite.migrator(suite.home()).up(&mut connection).await {
                eprintln!("{error}");
            }
        }
        Err(error) => eprintln!("{error}"),
    }
}
