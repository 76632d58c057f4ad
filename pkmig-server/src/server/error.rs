//! What can go wrong with a server of one's own, each with what to do next.

use std::io;
use std::path::PathBuf;

/// Why a server could not be found, started or stopped.
///
/// The first line says what failed, where and why; lines that start with `help: ` say what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There are no PostgreSQL programs on the machine, and none could be fetched.
    #[error(
        "no PostgreSQL programs found on this machine, and fetching {wanted} failed: {why}\n\
         looked in: {looked_in}\n\
         help: install PostgreSQL's server package (`postgresql` in most package managers)\n\
         help: or set `PKMIG_PG_BIN` to the folder that holds `initdb`, `pg_ctl` and `postgres`\n\
         help: or use a server that runs already: --database-url, or `DATABASE_URL`"
    )]
    NoBinaries {
        /// The folders that were looked at.
        looked_in: String,
        /// What was to be fetched, and from where.
        wanted: String,
        /// Why the fetch failed.
        why: String,
    },

    /// The folder the user named cannot be used.
    #[error(
        "`PKMIG_PG_BIN` names `{folder}`, which cannot be used: {why}\n\
         help: set it to the folder that holds `initdb`, `pg_ctl` and `postgres`, or unset it to look elsewhere"
    )]
    BadBinaries {
        /// The folder named.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// The program runs as root, and there is nobody else to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a user `nobody`\n\
         help: run as another user, or use a server that runs already: --database-url, or `DATABASE_URL`"
    )]
    NoAccount,

    /// The user has no home, so no data folder either.
    #[error("this user has no home folder to keep a server's data in\nhelp: set `PKMIG_DATA_DIR` to a folder")]
    NoDataFolder,

    /// The data folder cannot be made.
    #[error("could not make `{folder}`: {why}\nhelp: set `{variable}` to a folder that you may write to")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's answer.
        why: io::Error,
        /// The environment variable that moves the folder.
        variable: &'static str,
    },

    /// The server's account cannot reach a folder.
    #[error(
        "the server runs as `{account}`, who may not search `{blocked}`, so `{folder}` is out of its reach\n\
         help: set `{variable}` to a folder outside of `{blocked}`"
    )]
    OutOfReach {
        /// The folder that was to be used.
        folder: PathBuf,
        /// The parent that is closed.
        blocked: PathBuf,
        /// The user the server runs as.
        account: String,
        /// The environment variable that moves the folder.
        variable: &'static str,
    },

    /// A folder of servers is somebody else's, or open to others.
    #[error(
        "`{folder}` belongs to another user or is writable by others, so nothing in it can be trusted\n\
         help: make it yours alone (`chmod go-w`), or set `{variable}` to a folder of your own"
    )]
    NotOurs {
        /// The folder.
        folder: PathBuf,
        /// The environment variable that moves the folder.
        variable: &'static str,
    },

    /// A file or folder could not be read or written.
    #[error("could not {action} `{path}`: {why}")]
    File {
        /// What was tried: a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        why: io::Error,
    },

    /// A program could not be run at all.
    #[error("could not run `{program}`: {why}")]
    Program {
        /// The program.
        program: PathBuf,
        /// The system's answer.
        why: io::Error,
    },

    /// Another program holds the lock for too long.
    #[error(
        "another program has held `{path}` for {seconds} seconds\n\
         help: see what holds it (`fuser {path}`), or wait and try again"
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },

    /// `initdb` failed.
    #[error("could not make a new PostgreSQL cluster in `{folder}`; initdb said:\n{output}")]
    Init {
        /// The folder of the cluster.
        folder: PathBuf,
        /// What initdb printed.
        output: String,
    },

    /// The server did not start.
    #[error("PostgreSQL did not start in `{folder}`: {why}\nthe end of its log:\n{log}")]
    Start {
        /// The folder of the cluster.
        folder: PathBuf,
        /// What was observed.
        why: String,
        /// The last lines of the server's log.
        log: String,
    },

    /// The server runs, but a connection to it failed.
    #[error(
        "PostgreSQL runs in `{folder}`, but does not serve on port {port}: {why}\n\
         help: its log is `{log}`"
    )]
    NotServing {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The port it listens on.
        port: u16,
        /// The log file.
        log: PathBuf,
        /// What the connection ended with.
        why: sqlx::Error,
    },

    /// The server did not stop.
    #[error(
        "PostgreSQL in `{folder}` (process {pid}) has not stopped after {seconds} seconds\n\
         help: its log is `{log}`"
    )]
    Stop {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The server's process.
        pid: u32,
        /// How long was waited.
        seconds: u64,
        /// The log file.
        log: PathBuf,
    },
}
