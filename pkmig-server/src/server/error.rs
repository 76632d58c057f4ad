//! What can go wrong with a private server, each with what to do next.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

/// Why a server could not be found, started or stopped.
///
/// `Display` is one line: what failed, and where. [`source`](std::error::Error::source) is the system's error, which that line
/// does not repeat; [`help`](Self::help) says what to do next; [`report`](Self::report) is all of them in a few lines.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There are no PostgreSQL programs on the machine, and none could be downloaded.
    #[error("no PostgreSQL programs found on this machine, and downloading {wanted} failed: {why}")]
    NoBinaries {
        /// The folders that were looked at.
        looked_in: String,
        /// What was to be downloaded, and from where.
        wanted: String,
        /// Why the download failed.
        why: String,
    },

    /// The folder the user named cannot be used.
    #[error("`PKMIG_PG_BIN` names `{folder}`, which cannot be used: {why}")]
    BadBinaries {
        /// The folder named.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// The program runs as root, and there is nobody else to run the server as.
    #[error("PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a user `nobody`")]
    NoAccount,

    /// The user has no home, so no data folder either.
    #[error("this user has no home folder to keep a server's data in")]
    NoDataFolder,

    /// The data folder cannot be created.
    #[error("could not create `{folder}`")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's answer.
        #[source]
        why: io::Error,
        /// The environment variable that moves the folder.
        variable: &'static str,
    },

    /// The server's account cannot reach a folder.
    #[error("the server runs as `{account}`, which may not search `{blocked}` and so cannot reach `{folder}`")]
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
    #[error("`{folder}` belongs to another user or is writable by others, so nothing in it can be trusted")]
    NotOurs {
        /// The folder.
        folder: PathBuf,
        /// The environment variable that moves the folder.
        variable: &'static str,
    },

    /// A file or folder could not be read or written.
    #[error("could not {action} `{path}`")]
    File {
        /// What was tried: a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        #[source]
        why: io::Error,
    },

    /// A program could not be run at all.
    #[error("could not run `{program}`")]
    Program {
        /// The program.
        program: PathBuf,
        /// The system's answer.
        #[source]
        why: io::Error,
    },

    /// Another program holds the lock for too long.
    #[error("another program has held `{path}` for {seconds} seconds")]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },

    /// `initdb` failed.
    #[error("initdb could not create a PostgreSQL cluster in `{folder}`")]
    Init {
        /// The folder of the cluster.
        folder: PathBuf,
        /// What initdb printed.
        output: String,
    },

    /// The server did not start.
    #[error("PostgreSQL did not start in `{folder}`: {why}")]
    Start {
        /// The folder of the cluster.
        folder: PathBuf,
        /// What was observed.
        why: String,
        /// The last lines of the server's log.
        log: String,
    },

    /// The server runs, but a connection to it failed.
    #[error("PostgreSQL runs in `{folder}`, but does not serve on port {port}")]
    NotServing {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The port it listens on.
        port: u16,
        /// The log file.
        log: PathBuf,
        /// What the connection ended with.
        #[source]
        why: sqlx::Error,
    },

    /// The server did not stop.
    #[error("PostgreSQL in `{folder}` (process {pid}) has not stopped after {seconds} seconds")]
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

impl Error {
    /// What to do next, one line for each possibility, without the word `help`.
    pub fn help(&self) -> Vec<String> {
        const RUNNING: &str = "use a server that is already running: --database-url, or `DATABASE_URL`";
        match self {
            Self::NoBinaries { .. } => vec![
                "install PostgreSQL's server package (`postgresql` in most package managers)".to_owned(),
                "or set `PKMIG_PG_BIN` to the folder that holds `initdb`, `pg_ctl` and `postgres`".to_owned(),
                format!("or {RUNNING}"),
            ],
            Self::BadBinaries { .. } => vec![
                "set it to the folder that holds `initdb`, `pg_ctl` and `postgres`, or unset it to look elsewhere"
                    .to_owned(),
            ],
            Self::NoAccount => vec![format!("run as another user, or {RUNNING}")],
            Self::NoDataFolder => vec!["set `PKMIG_DATA_DIR` to a folder".to_owned()],
            Self::Folder { variable, .. } => vec![format!("set `{variable}` to a folder that you may write to")],
            Self::OutOfReach { blocked, variable, .. } => {
                vec![format!("set `{variable}` to a folder outside `{}`", blocked.display())]
            }
            Self::NotOurs { variable, .. } => vec![format!(
                "make it writable by you alone (`chmod go-w`), or set `{variable}` to a folder of your own"
            )],
            Self::Locked { path, .. } => {
                vec![format!("find out what holds it (`fuser {}`), or wait and try again", path.display())]
            }
            Self::NotServing { log, .. } | Self::Stop { log, .. } => vec![format!("its log is `{}`", log.display())],
            Self::File { .. } | Self::Program { .. } | Self::Init { .. } | Self::Start { .. } => Vec::new(),
        }
    }

    /// The whole of it in lines: what failed and why, what the server's programs printed, and lines that begin with `help: `.
    pub fn report(&self) -> String {
        let mut lines = vec![self.source().map_or_else(|| self.to_string(), |why| format!("{self}: {why}"))];
        match self {
            Self::NoBinaries { looked_in, .. } => lines.push(format!("looked in: {looked_in}")),
            Self::Init { output, .. } => lines.push(format!("initdb printed:\n{output}")),
            Self::Start { log, .. } => lines.push(format!("the end of its log:\n{log}")),
            _ => {}
        }
        lines.extend(self.help().iter().map(|help| format!("help: {help}")));
        lines.join("\n")
    }
}
