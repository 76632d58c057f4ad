//! Failures of the command line: how they are shown, and their exit codes.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Style};

use super::redact::redact_in;
use pkmig_runtime::{Error, PrefixError};
use pkmig_sql::shown;

/// The exit code of what failed.
const FAILED: u8 = 1;
/// The exit code of what was asked wrongly: clap's.
const USAGE: u8 = 2;
/// The exit code of an install that is not as declared.
const DRIFT: u8 = 3;
/// The exit code of what was interrupted: a shell's for SIGINT.
const INTERRUPTED: u8 = 130;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The migrator's own.
    #[error("{}", .0.report())]
    Run(#[from] Error),
    /// The database was not reached.
    #[error("{}\nnote: the database is {url}", .source.report())]
    Unreached {
        /// What was met.
        source: Error,
        /// Its URL, redacted.
        url: String,
    },
    /// The prefix cannot be one.
    #[error("{}", Error::from(.0.clone()).report())]
    Prefix(PrefixError),
    /// What was given is not the URL of a database.
    #[error("{0}\nhelp: pass postgres://user:password@host:port/database by --database-url or `DATABASE_URL`")]
    Url(String),
    /// No database is named.
    #[error(
        "no database is named\nhelp: pass --database-url or set DATABASE_URL; PGSERVICE, PGHOST, PGDATABASE and the other \
         variables of psql work, too. To try things out, --private-server uses a private PostgreSQL server and starts it if \
         necessary"
    )]
    NoDatabase,
    /// The private server is not running.
    #[error(
        "no database is named, and the private PostgreSQL server is not running\nhelp: `{program} up` starts it and installs; \
         for another database pass --database-url, or set DATABASE_URL"
    )]
    NotRunning {
        /// The program's name.
        program: String,
    },
    /// The connection service file.
    #[error(
        "{0}\nhelp: `PGSERVICE` names a section of the connection service file (`PGSERVICEFILE`, or ~/.pg_service.conf)"
    )]
    Service(String),
    /// The private server.
    #[cfg(unix)]
    #[error("{}", .0.report())]
    Server(#[from] pkmig_server::server::Error),
    /// There is no private server on this system.
    #[cfg(not(unix))]
    #[error(
        "a private PostgreSQL server can be started on Unix only\n\
         help: use a server that is already running: --database-url, or `DATABASE_URL`"
    )]
    NoServer,
    /// The user stopped it.
    #[error("interrupted: {what}\nhelp: `{program} status` shows the version; run again to continue")]
    Interrupted {
        /// What has become of the run.
        what: String,
        /// The program's name.
        program: String,
    },
    /// The install is not as its version declares it.
    #[error(
        "the schema differs from what {version} declares: {}\nhelp: `{program} repair --dry-run` shows what a repair would do",
        super::verify::differing(*.count)
    )]
    Drift {
        /// The version.
        version: pkmig_schema::Version,
        /// How many differences.
        count: usize,
        /// The program's name.
        program: String,
    },
    /// Something of the install belongs to a role that is not trusted.
    #[error(
        "parts of the install belong to a role that is not trusted\nhelp: its triggers and functions would run with the privileges \
         of whoever runs `{program}`: run as that role (`--as`), trust it (`--trust-owner`), or change the owner (ALTER … OWNER \
         TO)"
    )]
    Untrusted {
        /// The program's name.
        program: String,
    },
    /// A repair has left something.
    #[error(
        "{} manual action\nhelp: follow the help of each, then run `{program} verify`",
        if *count == 1 { "1 difference needs".to_owned() } else { format!("{count} differences need") }
    )]
    Left {
        /// How much.
        count: usize,
        /// The program's name.
        program: String,
    },
    /// A program without a chain.
    #[error("this program has no chains")]
    NoChains,
    /// The async runtime.
    #[error("could not start the async runtime: {0}")]
    Runtime(io::Error),
    /// The file `.env`.
    #[error("the file `.env` cannot be read: {}", unread(.0))]
    Dotenv(dotenvy::Error),
    /// Standard output.
    #[error("could not write to standard output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            // Whoever reads has seen enough (`| head`).
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Self::Prefix(_) | Self::Url(_) | Self::NoDatabase | Self::Service(_) | Self::Dotenv(_) => USAGE,
            Self::Drift { .. } | Self::Untrusted { .. } | Self::Left { .. } | Self::Run(Error::NoFit { .. }) => DRIFT,
            Self::Interrupted { .. } => INTERRUPTED,
            _ => FAILED,
        }
    }
}

/// Why a file `.env` cannot be read. The line itself may hold a password.
fn unread(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(..) => "one of its lines is not NAME=value".to_owned(),
        error => error.to_string(),
    }
}

/// Shows a failure on standard error, without the secrets in it, and returns its exit code.
pub(super) fn report(failure: &Failure, secrets: &[&str]) -> ExitCode {
    let code = failure.code();
    if code != 0 {
        let text = redact_in(&shown::lines(&failure.to_string()), secrets);
        // Where standard error is closed there is nobody to tell; the exit code still says it.
        let _ = anstream::stderr().write_all(styled(&text).as_bytes());
    }
    ExitCode::from(code)
}

/// `error: …`, its words `help:`, `note:`, `step:` and `detail:` in colour.
fn styled(text: &str) -> String {
    let (error, label) = (AnsiColor::Red.on_default().bold(), AnsiColor::Cyan.on_default().bold());
    let mut shown = format!("{error}error:{error:#} ");
    for line in text.lines() {
        let word = ["help:", "note:", "step:", "detail:"].into_iter().find(|word| line.starts_with(word));
        match word {
            Some(word) => shown.push_str(&format!("{label}{word}{label:#}{}\n", &line[word.len()..])),
            None => shown.push_str(&format!("{line}\n")),
        }
    }
    shown
}

/// Shows what clap has to say, also the help and the version, and returns its exit code.
pub(super) fn usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let urls: Vec<&str> = arguments.iter().filter_map(|one| one.to_str()).filter(|one| one.contains("://")).collect();
    let styled = error.render().ansi().to_string();
    let shown = match error.use_stderr() {
        true => anstream::stderr().write_all(redact_in(&styled, &urls).as_bytes()),
        false => anstream::stdout().write_all(styled.as_bytes()),
    };
    match shown {
        Err(why) if !error.use_stderr() => report(&Failure::Output(why), &[]),
        _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE)),
    }
}

/// A style for what is of less interest.
pub(super) fn dimmed() -> Style {
    Style::new().dimmed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_failure() {
        assert_eq!(Failure::Output(io::ErrorKind::BrokenPipe.into()).code(), 0);
        assert_eq!(Failure::Output(io::ErrorKind::StorageFull.into()).code(), FAILED);
    }

    #[test]
    fn a_wrong_question_is_told_from_a_failure() {
        assert_eq!(Failure::Prefix(PrefixError::Empty).code(), USAGE);
        assert_eq!(Failure::Run(Error::Prefix(PrefixError::Empty)).code(), FAILED);
    }

    #[test]
    fn the_first_line_says_error_and_labels_stand_out() {
        let text = anstream::adapter::strip_str(&styled("it broke\nhelp: mend it")).to_string();
        assert_eq!(text, "error: it broke\nhelp: mend it\n");
        assert!(styled("a\nhelp: b").contains("\u{1b}["));
    }
}
