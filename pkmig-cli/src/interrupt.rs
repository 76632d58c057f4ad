//! Ctrl-C during a run: the version in flight is cancelled, so that it is rolled back before the program leaves.
//!
//! Otherwise the server would continue: it notices a lost client only at the end of a statement, and until then the version holds its
//! locks, and may still be recorded.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection, Row as _};

use pkmig_runtime::pinned;

/// How long a run may take to end after it was cancelled.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two attempts: one between versions meets nothing to cancel.
const PAUSE: Duration = Duration::from_millis(50);

/// The server's process behind a connection.
pub(super) async fn backend(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql("SELECT pg_catalog.pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}

/// Returns when the user asks to stop: Ctrl-C, SIGTERM, or the end of the terminal.
pub(super) async fn requested() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = if hangup_is_ignored() { None } else { signal(SignalKind::hangup()).ok() };
        let hung_up = async {
            match hangup {
                Some(mut hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                Ok(()) = tokio::signal::ctrl_c() => return,
                Some(()) = terminate.recv() => return,
                Some(()) = hung_up => return,
                else => {}
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler the system ends the program itself.
        std::future::pending::<()>().await;
    }
}

/// Whether `nohup` has started the program: a handler would take the end of the terminal for a wish.
#[cfg(unix)]
fn hangup_is_ignored() -> bool {
    // A mask of signals in hexadecimal, SIGHUP the lowest (manual page proc_pid_status(5)). Other systems do not tell.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| mask.trim().chars().last()?.to_digit(16)).is_some_and(|digit| digit & 1 == 1)
}

/// Cancels what the process runs until `run` ends, and returns what it ended with; nothing if it did not end in time,
/// or if the user asked again.
pub(super) async fn cancel<T>(options: &PgConnectOptions, backend: i32, run: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        result = run => Some(result),
        () = requested() => None,
        () = tokio::time::sleep(PATIENCE) => None,
        () = keep_cancelling(options, backend) => None,
    }
}

async fn keep_cancelling(options: &PgConnectOptions, backend: i32) {
    let Ok(mut connection) = options.connect().await else {
        // The run may still end by itself; how long that may take is known to the caller.
        return std::future::pending().await;
    };
    // Behind a pooler the process may by now serve somebody else, who has another application_name.
    let sql = format!(
        "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity \
         WHERE pid = {backend} AND application_name = 'pkmig' AND state = 'active'"
    );
    loop {
        // One that fails is followed by the next.
        let _ = pinned::rows(&sql, &mut connection).await;
        tokio::time::sleep(PAUSE).await;
    }
}
