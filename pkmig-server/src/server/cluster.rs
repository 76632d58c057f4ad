//! One persistent cluster: its folder, making it, starting and stopping its server.
//!
//! The folder `postgres-15` holds `data` (PostgreSQL's own), `server.log`, `password` and `port`. It belongs to the
//! caller; what is in it belongs to the user the server runs as, which for root is another one.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;
use super::error::Error::{Init, Start, Stop};
use super::folder::{self, failed};
use super::pid_file::{self, Phase, PidFile};
use super::process::{free_port, is_free, port_was_taken, printed, run, tail};
use super::{Error, ROLE};

/// How long a server may take to start (it may have a crash to recover from) or to stop.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How many ports are tried, should other programs be quicker each time.
const PORTS: u32 = 5;

/// A cluster, existing or about to.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
    account: Account,
}

impl Cluster {
    /// The cluster of a major version.
    pub(super) fn new(account: &Account, data_folder: &Path, major: u32) -> Self {
        let folder = data_folder.join(format!("postgres-{major}"));
        let account = account.of_owner(&folder.join("data"));
        Self { folder, major, account }
    }

    /// The clusters that exist, newest version first.
    pub(super) fn existing(account: &Account, data_folder: &Path) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(data_folder) else {
            return Vec::new();
        };
        let mut majors: Vec<u32> = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix("postgres-")?.parse().ok())
            .collect();
        majors.sort_unstable_by(|a, b| b.cmp(a));
        let clusters = majors.into_iter().map(|major| Self::new(account, data_folder, major));
        clusters.filter(Self::exists).collect()
    }

    /// PostgreSQL's own folder.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The superuser's password.
    pub(super) fn password(&self) -> Result<String, Error> {
        folder::read(&self.folder.join("password"))
    }

    /// A password file for libpq (manual 15, section 34.16), for the server on this port.
    pub(super) fn pass_file(&self, port: u16, password: &str) -> Result<PathBuf, Error> {
        let (path, line) = (self.folder.join("pgpass"), format!("127.0.0.1:{port}:*:{ROLE}:{password}\n"));
        if !fs::read_to_string(&path).is_ok_and(|text| text == line) {
            folder::write_secret(&self.account, &path, &line)?;
        }
        Ok(path)
    }

    /// True once it has been made; it is renamed into place, so it is complete.
    fn exists(&self) -> bool {
        self.data().join("PG_VERSION").is_file()
    }

    /// Makes the cluster where it does not exist.
    pub(super) fn make(&self, binaries: &Binaries) -> Result<(), Error> {
        if self.exists() {
            return Ok(());
        }
        folder::make(&self.account, &self.folder)?;
        let password = self.folder.join("password");
        folder::write_secret(&self.account, &password, &folder::random(16)?)?;
        let new = folder::unfinished(&self.folder)?;
        folder::make_given(&self.account, &new, 0o700)?;
        initdb(&self.account, binaries, &new, &password, Auth::Scram)?;
        fs::rename(&new, self.data()).map_err(failed("rename", &new))
    }

    /// The port of the server, if it is alive.
    ///
    /// One that starts is waited for, one that stops too.
    pub(super) fn running(&self) -> Result<Option<u16>, Error> {
        let asked = Instant::now();
        loop {
            match PidFile::of_running(&self.data()) {
                Some(PidFile { phase: Phase::Ready, port: Some(port), .. }) => {
                    return Ok(Some(port));
                }
                None => return Ok(None),
                Some(_) if asked.elapsed() < PATIENCE => sleep(Duration::from_millis(20)),
                Some(file) => {
                    let phase = if file.phase == Phase::Stopping { "stopping" } else { "starting" };
                    let why = format!("process {} is {phase} since {} s", file.pid, PATIENCE.as_secs());
                    return Err(self.not_started(why, 0));
                }
            }
        }
    }

    /// Starts the server, on the port it had before where that is free, and waits until it serves on
    /// the port returned.
    ///
    /// `pg_ctl` puts the server into a session of its own, so it outlives this program and its terminal.
    pub(super) fn start(&self, binaries: &Binaries) -> Result<u16, Error> {
        pid_file::disown(&self.account, &self.data());
        let saved = self.folder.join("port");
        let before = fs::read_to_string(&saved).ok().and_then(|text| text.trim().parse().ok());
        let mut port = match before.filter(|port| is_free(*port)) {
            Some(port) => port,
            None => free_port()?,
        };
        let mut tries = 1;
        loop {
            match self.start_on(binaries, port) {
                Ok(()) => break,
                Err(error) if port_was_taken(&error) && tries < PORTS => {
                    tries += 1;
                    port = free_port()?;
                }
                Err(error) => return Err(error),
            }
        }
        fs::write(&saved, format!("{port}\n")).map_err(failed("write", &saved))?;
        Ok(port)
    }

    fn start_on(&self, binaries: &Binaries, port: u16) -> Result<(), Error> {
        let log = self.log();
        if !log.exists() {
            folder::write_secret(&self.account, &log, "")?;
        }
        let before = fs::metadata(&log).map_or(0, |meta| meta.len());
        let options = format!("-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''");
        let mut start = self.account.command(binaries.program("pg_ctl"));
        start.args(["start", "-s", "-w", "-t", &PATIENCE.as_secs().to_string(), "-o", &options]);
        let output = run(start.arg("-D").arg(self.data()).arg("-l").arg(&log))?;
        if output.status.success() {
            return Ok(());
        }
        // The rest of what it prints says to look at the log, which is shown anyway.
        let printed = printed(&output);
        let why = printed.lines().next().unwrap_or("pg_ctl failed");
        Err(self.not_started(why.to_owned(), before))
    }

    /// The error of a failed start, with what the log has gained since it was `before` bytes long.
    fn not_started(&self, why: String, before: u64) -> Error {
        let log = fs::read(self.log()).unwrap_or_default();
        let new = log.get(usize::try_from(before).unwrap_or(0)..).unwrap_or(&log);
        Start { folder: self.folder.clone(), why, log: tail(&String::from_utf8_lossy(new)) }
    }

    /// Stops the server, ending sessions (`SIGINT`, "fast shutdown"). False if none was running.
    ///
    /// The signal is sent by hand, not by `pg_ctl`, so that a server can be stopped whose programs are gone.
    pub(super) fn stop(&self) -> Result<bool, Error> {
        let Some(file) = PidFile::of_running(&self.data()) else {
            return Ok(false);
        };
        let mut kill = self.account.command("sh");
        run(kill.args(["-c", "kill -INT \"$1\"", "sh", &file.pid.to_string()]))?;
        let asked = Instant::now();
        while PidFile::of_running(&self.data()).is_some_and(|now| now.pid == file.pid) {
            if asked.elapsed() > PATIENCE {
                let (folder, log) = (self.folder.clone(), self.log());
                return Err(Stop { folder, pid: file.pid, seconds: PATIENCE.as_secs(), log });
            }
            sleep(Duration::from_millis(20));
        }
        Ok(true)
    }
}

/// How clients show who they are, and with it how precious the data are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth {
    /// The password is never sent.
    Scram,
    /// The password is sent as it is, over loopback, which saves the client thousands of hashes per connection.
    /// Nothing is flushed to disk.
    Throwaway,
}

/// Runs `initdb` into an empty folder of the server's user.
///
/// The locale is `C.UTF-8`, alike on every machine and with the case of all letters known; where the system has
/// none (older macOS), `C`.
pub(super) fn initdb(
    account: &Account,
    binaries: &Binaries,
    folder: &Path,
    password: &Path,
    auth: Auth,
) -> Result<(), Error> {
    let mut output = String::new();
    for locale in ["C.UTF-8", "C"] {
        let mut initdb = account.command(binaries.program("initdb"));
        initdb.args(["-U", ROLE, "-E", "UTF8", "--locale", locale]);
        match auth {
            Auth::Scram => initdb.arg("--auth=scram-sha-256"),
            Auth::Throwaway => initdb.args(["--auth=password", "--no-sync", "--wal-segsize=1"]),
        };
        let done = run(initdb.arg("--pwfile").arg(password).arg("-D").arg(folder))?;
        if done.status.success() {
            return Ok(());
        }
        output = tail(&printed(&done));
    }
    Err(Init { folder: folder.to_owned(), output })
}
