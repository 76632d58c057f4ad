//! `server`: the private PostgreSQL server.

use super::args::ServerCommand;
use super::database::Place;
use super::error::Failure;

/// Stops it, says where it runs, or prints its URL.
#[cfg(unix)]
pub(super) async fn answer(command: ServerCommand, place: &Place<'_>) -> Result<(), Failure> {
    use pkmig_server::server::Persistent;
    match command {
        ServerCommand::Stop => {
            let stopped = Persistent::stop().await?;
            place.output.say(if stopped { "stopped" } else { "no server was running" })
        }
        ServerCommand::Status { json } => unix::status(place, json).await,
        ServerCommand::Url => {
            use super::database::DATABASE;
            let server = Persistent::start_or_find().await?;
            place.output.print_as_it_is(&format!("{}\n", server.url(DATABASE)))
        }
        ServerCommand::Env => {
            use super::database::DATABASE;
            let server = Persistent::start_or_find().await?;
            let environment = server.environment(DATABASE).map(|(name, value)| export(name, &value));
            place.output.print_as_it_is(&environment.concat())
        }
    }
}

/// A line for the shell that sets a variable. Nothing is special within single quotes but the quote (POSIX, section 2.2.2).
#[cfg(unix)]
fn export(name: &str, value: &str) -> String {
    format!("export {name}='{}'\n", value.replace('\'', r"'\''"))
}

/// There is no private server on this system.
#[cfg(not(unix))]
pub(super) async fn answer(_: ServerCommand, _: &Place<'_>) -> Result<(), Failure> {
    Err(Failure::NoServer)
}

#[cfg(unix)]
mod unix {
    use std::path::PathBuf;

    use serde::Serialize;

    use super::{Failure, Place};
    use pkmig_server::server::{Persistent, State};

    /// What is known of the server.
    #[derive(Debug, Default, Serialize)]
    struct Report {
        state: &'static str,
        version: Option<u32>,
        pid: Option<u32>,
        port: Option<u16>,
        folder: Option<PathBuf>,
        log: Option<PathBuf>,
    }

    pub(super) async fn status(place: &Place<'_>, json: bool) -> Result<(), Failure> {
        let report = match Persistent::status().await? {
            None => Report { state: "none", ..Report::default() },
            Some(status) => {
                let (state, pid, port) = match status.state {
                    State::Running { pid, port } => ("running", Some(pid), port),
                    State::Stopped => ("stopped", None, None),
                };
                let (folder, log) = (Some(status.folder), Some(status.log));
                Report { state, version: Some(status.version), pid, port, folder, log }
            }
        };
        if json {
            return place.output.json(&report);
        }
        place.output.print(&text(&report, &place.program))
    }

    fn text(report: &Report, program: &str) -> String {
        let (Some(version), Some(folder), Some(log)) = (report.version, &report.folder, &report.log) else {
            return format!("none yet: `{program} --private-server up` creates one\n");
        };
        let running = match (report.pid, report.port) {
            (Some(pid), Some(port)) => format!("is running on 127.0.0.1, port {port}, as process {pid}"),
            (Some(pid), None) => format!("is starting, as process {pid}"),
            _ => "is not running".to_owned(),
        };
        let mut text =
            format!("PostgreSQL {version} {running}\n  folder  {}\n  log     {}\n", folder.display(), log.display());
        if report.pid.is_some() {
            text.push_str(&format!("  psql    eval \"$({program} server env)\"; psql\n"));
        }
        text
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::export;

    #[test]
    fn a_quote_in_a_path_is_nothing_but_one() {
        assert_eq!(export("PGPASSFILE", "/a'b; c"), "export PGPASSFILE='/a'\\''b; c'\n");
    }
}
