//! Running PostgreSQL's programs, the ends of their logs, and free ports.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};

use super::Error;
use super::error::Error::Program;
use super::folder::failed;

/// How many lines of a log an error shows.
const TAIL: usize = 20;

/// What PostgreSQL logs when the port was taken between our asking for a free one and its start.
const PORT_TAKEN: &str = "could not create any TCP/IP sockets";

/// Runs a program to its end and catches what it prints.
pub(super) fn run(command: &mut Command) -> Result<Output, Error> {
    command.output().map_err(|why| Program { program: command.get_program().into(), why })
}

/// What a program printed, both streams.
pub(super) fn printed(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text.trim().to_owned()
}

/// The last lines of a log, indented.
pub(super) fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.trim_end().lines().collect();
    let shown = &lines[lines.len().saturating_sub(TAIL)..];
    if shown.is_empty() {
        return "    (empty)".to_owned();
    }
    shown.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// True if a server did not start because of its port, so that another port may do.
pub(super) fn port_was_taken(error: &Error) -> bool {
    matches!(error, Error::Start { log, .. } if log.contains(PORT_TAKEN))
}

/// A port of 127.0.0.1 that is free at this moment.
pub(super) fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(failed("find a free port on", Path::new("127.0.0.1")))
}

/// True if a server could listen on this port of 127.0.0.1 at this moment.
pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_shown_from_its_end() {
        let log: String = (0..30).map(|line| format!("line {line}\n")).collect();
        let shown = tail(&log);
        assert!(shown.starts_with("    line 10\n"), "{shown}");
        assert!(shown.ends_with("    line 29"), "{shown}");
        assert_eq!(tail(""), "    (empty)");
    }

    #[test]
    fn a_taken_port_is_told_apart() {
        let start = |log: &str| Error::Start { folder: "/f".into(), why: "w".into(), log: log.into() };
        assert!(port_was_taken(&start("FATAL:  could not create any TCP/IP sockets")));
        assert!(!port_was_taken(&start("FATAL:  out of memory")));
    }

    #[test]
    fn a_port_in_use_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(!is_free(listener.local_addr().unwrap().port()));
        // Somebody else may take one meanwhile, but not all of them.
        assert!((0..20).any(|_| is_free(free_port().unwrap())));
    }
}
