//! The server of one process: made in a moment from a template, gone with its owner.
//!
//! `initdb` takes a good part of a second, so it runs once per machine and version, into a template; every server is a copy of it.
//! A shell, the watchdog, owns the server and its folder. It holds the reading end of a pipe whose writing end only
//! the owner has, so the kernel tells it that the owner is gone, however that came to be.
//!
//! A server listens on a socket in its own folder and on no port: there is none to find, and none to be taken.

use std::fs;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;
use super::cluster::PATIENCE;
use super::error::Error::{Program, Start};
use super::fetch::find_or_fetch;
use super::folder::{self, failed};
use super::pid_file::{Phase, PidFile};
use super::process::tail;
use super::template::Template;
use super::{Error, blocking};
use pkmig_sql::ident;

/// `$1` is the template, `$2` the server's folder, the rest its command. The template's copy is `data` in it. Whoever knows
/// its name gets to the socket, as a pooler does that runs as somebody else, and is asked for the password there.
///
/// SIGQUIT is PostgreSQL's "immediate shutdown", which also removes shared memory. But a shell starts its background
/// processes with SIGQUIT ignored, so before the server has set its own handlers only the SIGTERM after it works;
/// once they are set, SIGTERM means no more than is happening already.
const WATCHDOG: &str = r#"
umask 077
exec 3<&0 </dev/null
template=$1 folder=$2
shift 2
mkdir -m 711 "$folder" && cp -RP "$template" "$folder/data" || { rm -rf "$folder"; exit 1; }
"$@" 3<&- &
server=$!
(
    read -r line <&3
    kill -QUIT "$server"
    kill -TERM "$server"
) 2>/dev/null &
reader=$!
wait "$server"
kill "$reader" 2>/dev/null
rm -rf "$folder"
wait
"#;

/// The number in the name of its socket.
const PORT: u16 = 5432;

/// What speeds tests up and would lose data in a crash, which here nobody would miss.
const SETTINGS: [&str; 13] = [
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=32MB",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "wal_init_zero=off",
    "wal_recycle=off",
    "autovacuum=off",
    "jit=off",
    "logging_collector=off",
];

/// A server for tests, which stops and removes itself when dropped or when its process ends, even by `kill -9`.
#[derive(Debug)]
pub struct Throwaway {
    password: String,
    version: String,
    /// It holds the socket, and the data in a folder of theirs.
    folder: PathBuf,
    watchdog: Child,
    log: fs::File,
}

impl Throwaway {
    /// Starts a server with an empty database `postgres` and returns when it serves.
    ///
    /// # Errors
    /// No PostgreSQL on the machine and none to be fetched, a temporary folder that cannot be used, a server that
    /// does not start: each [`Error`] says what to do.
    pub async fn start() -> Result<Self, Error> {
        let account = blocking(Account::current).await?;
        let binaries = find_or_fetch(&account).await?;
        blocking(move || Self::start_with(&account, &binaries)).await
    }

    /// The same for callers without async; it may be called within a runtime too, whose worker it then blocks.
    ///
    /// # Errors
    /// Those of [`Throwaway::start`], and a runtime that cannot be made.
    pub fn start_blocking() -> Result<Self, Error> {
        let start = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let failed = |why| Program { program: "an async runtime".into(), why };
            runtime.map_err(failed)?.block_on(Self::start())
        };
        // A thread of its own, because a runtime must not be started within another one.
        std::thread::scope(|scope| match scope.spawn(start).join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }

    /// The connection URL of a database on this server, with user and password; the database `postgres` is there.
    pub fn url(&self, database: &str) -> String {
        super::url(&self.folder.to_string_lossy(), PORT, &self.password, database)
    }

    /// PostgreSQL's version: `15.4`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        read_log(&self.log)
    }

    /// Stops and removes the server, as dropping it does, without blocking an async worker meanwhile.
    pub async fn stop(self) {
        blocking(move || drop(self)).await;
    }

    fn start_with(account: &Account, binaries: &Binaries) -> Result<Self, Error> {
        let home = folder::temporary(account)?;
        let mut template = Template::find_or_make(account, binaries, &home)?;
        loop {
            match Self::launch(account, binaries, &home, &template) {
                // What cleans temporary folders by age may have taken files out of an old template.
                Err(Start { .. }) if !template.made => {
                    template = Template::make(account, binaries, &home, Some(&template))?;
                }
                result => return result,
            }
        }
    }

    fn launch(account: &Account, binaries: &Binaries, home: &Path, template: &Template) -> Result<Self, Error> {
        let servers = home.join("servers");
        folder::make_given(account, &servers, 0o711)?;
        let folder = servers.join(folder::random(8)?);
        // A file without a name: readable here, written by the server, and nothing to remove.
        let log = tempfile::tempfile().map_err(failed("make a log file in", &std::env::temp_dir()))?;
        let output = || log.try_clone().map_err(failed("share a log file in", &std::env::temp_dir()));
        let mut command = account.command("sh");
        command.args(["-c", WATCHDOG, "pkmig-watchdog"]);
        command.arg(template.folder.join("data")).arg(&folder);
        command.arg(binaries.program("postgres")).arg("-D").arg(folder.join("data"));
        command.arg("-c").arg(format!("port={PORT}"));
        // A list, whose elements are quoted as names are.
        command.arg("-c").arg(format!("unix_socket_directories={}", ident(&folder.to_string_lossy())));
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // A group of its own: Ctrl-C at a terminal reaches the owner, and only through its end the server.
        command.process_group(0).stdin(Stdio::piped()).stdout(output()?).stderr(output()?);
        let watchdog = command.spawn().map_err(|why| Program { program: "sh".into(), why })?;
        let password = template.password.clone();
        let version = binaries.version.clone();
        let mut server = Self { password, version, folder, watchdog, log };
        server.wait_until_it_serves()?;
        Ok(server)
    }

    fn wait_until_it_serves(&mut self) -> Result<(), Error> {
        let began = Instant::now();
        loop {
            if PidFile::read(&self.folder.join("data")).is_some_and(|file| file.phase == Phase::Ready) {
                return Ok(());
            }
            let why = match self.watchdog.try_wait() {
                Ok(Some(_)) => "it ended".to_owned(),
                Ok(None) if began.elapsed() < PATIENCE => {
                    sleep(Duration::from_millis(2));
                    continue;
                }
                Ok(None) => format!("it was not ready after {} seconds", PATIENCE.as_secs()),
                Err(why) => why.to_string(),
            };
            return Err(Start { folder: self.folder.clone(), why, log: tail(&self.log()) });
        }
    }
}

impl Drop for Throwaway {
    /// Closes the pipe, and waits until the watchdog has stopped and removed everything.
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        // An error would mean that there is nothing left to wait for.
        let _ = self.watchdog.wait();
    }
}

/// Reads from the beginning without moving the position, which the server's own writing shares.
fn read_log(log: &fs::File) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(count) = log.read_at(&mut buffer, bytes.len() as u64)
        && count > 0
    {
        bytes.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
