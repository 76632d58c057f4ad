//! postmaster.pid: what a running server writes about itself into its data folder.
//!
//! Its lines are, since PostgreSQL 10: process, data folder, start time, port, socket folder, listen address, shared
//! memory key, status (src/include/utils/pidfile.h).

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use super::account::Account;

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PidFile {
    /// The server's process.
    pub(super) pid: u32,
    /// The port, once it is known.
    pub(super) port: Option<u16>,
    /// How far it is.
    pub(super) phase: Phase,
}

/// How far a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Starting,
    Ready,
    Stopping,
}

impl PidFile {
    /// Reads the file in a data folder; nothing where there is none or it says nothing.
    pub(super) fn read(data: &Path) -> Option<Self> {
        parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    /// The same, but only of a server that is alive and works in this folder: a crash or a power cut leaves the file behind,
    /// and its number may be another server's by now.
    pub(super) fn of_running(data: &Path) -> Option<Self> {
        Self::read(data).filter(|file| is_postgres(file.pid) && works_in(file.pid, data))
    }
}

/// Gives a file left behind by a dead server a process number that no process has.
///
/// PostgreSQL takes over a file whose process is gone, but not one whose number another program has by now, or whose
/// process is dead but still in the table. The file itself must stay: by the shared memory key in it PostgreSQL tells
/// whether sessions of the dead server are still writing (CreateLockFile in miscinit.c).
pub(super) fn disown(account: &Account, data: &Path) {
    let path = data.join("postmaster.pid");
    if PidFile::of_running(data).is_none()
        && let Ok(text) = fs::read_to_string(&path)
        && let Some((_, rest)) = text.split_once('\n')
    {
        // Written by the folder's owner, so that a link in its place cannot lead root elsewhere. Where it cannot be
        // written, the server has the last word.
        let mut write = account.command("sh");
        write.args(["-c", "printf '%s\\n%s' \"$1\" \"$2\" >\"$3\"", "sh"]);
        let _ = write.args([&i32::MAX.to_string(), rest]).arg(&path).status();
    }
}

fn parse(text: &str) -> Option<PidFile> {
    let mut lines = text.lines();
    // A negative number is a single-user session, which serves nobody.
    let pid = lines.next()?.trim().parse().ok()?;
    let port = lines.nth(2).and_then(|line| line.trim().parse().ok());
    let phase = match lines.nth(3).map(str::trim) {
        Some("ready" | "standby") => Phase::Ready,
        Some("stopping") => Phase::Stopping,
        _ => Phase::Starting,
    };
    Some(PidFile { pid, port, phase })
}

/// True if the process lives and is a PostgreSQL server: after a reboot the number may be any program's, and one
/// that was killed stays in the table until its parent takes note.
fn is_postgres(pid: u32) -> bool {
    let (state, name) = if Path::new("/proc/self/stat").exists() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // `4711 (postgres) S 1 …` (manual page proc_pid_stat(5))
        let Some((name, rest)) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')) else {
            return false;
        };
        (rest.to_owned(), name.to_owned())
    } else {
        let ps = Command::new("ps").args(["-o", "stat=", "-o", "comm=", "-p", &pid.to_string()]).output();
        let line = ps.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let line = line.unwrap_or_default();
        let (state, name) = line.trim().split_once(' ').unwrap_or_default();
        (state.to_owned(), name.to_owned())
    };
    // Some systems' `ps` answers with the whole path.
    let program = name.trim().rsplit('/').next();
    !state.trim_start().starts_with('Z') && matches!(program, Some("postgres" | "postmaster"))
}

/// True if this is the working folder of the process, as its data folder is a server's (ChangeToDataDir in miscinit.c).
///
/// Of another user's process one is not told, and it is no server of ours.
fn works_in(pid: u32, data: &Path) -> bool {
    let Ok(own) = fs::metadata(data) else { return false };
    let works = if Path::new("/proc/self/cwd").exists() {
        fs::metadata(format!("/proc/{pid}/cwd"))
    } else {
        let lsof = Command::new("lsof").args(["-a", "-d", "cwd", "-Fn", "-p", &pid.to_string()]).output();
        let lines = lsof.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        fs::metadata(lines.lines().find_map(|line| line.strip_prefix('n')).unwrap_or_default())
    };
    works.is_ok_and(|works| (works.dev(), works.ino()) == (own.dev(), own.ino()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Stdio;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_running_server_is_read() {
        let text = "4711\n/data\n1700000000\n54321\n\n127.0.0.1\n  1234 56\nready   \n";
        let expected = PidFile { pid: 4711, port: Some(54321), phase: Phase::Ready };
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn a_file_half_written_is_a_server_that_starts() {
        let expected = PidFile { pid: 4711, port: None, phase: Phase::Starting };
        assert_eq!(parse("4711\n/data\n"), Some(expected.clone()));
        assert_eq!(parse("4711"), Some(expected));
        let starting = parse("1\n/d\n2\n3\n\n127.0.0.1\n  1 2\nstarting\n").unwrap();
        assert_eq!((starting.port, starting.phase), (Some(3), Phase::Starting));
        let stopping = parse("1\n/d\n2\n3\n\n127.0.0.1\n  1 2\nstopping\n").unwrap();
        assert_eq!(stopping.phase, Phase::Stopping);
    }

    #[test]
    fn what_is_no_server_is_nothing() {
        assert_eq!(parse(""), None);
        assert_eq!(parse("-4711\n/data\n"), None);
        assert_eq!(parse("x\n"), None);
    }

    // Elsewhere a script goes by the name of its shell.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_is_dead_but_in_the_table_is_no_server() {
        let link = tempfile::tempdir().unwrap();
        let sleep = link.path().join("postgres");
        fs::write(&sleep, "#!/bin/sh\nread line\n").unwrap();
        fs::set_permissions(&sleep, PermissionsExt::from_mode(0o700)).unwrap();
        let mut child = Command::new(&sleep).stdin(Stdio::piped()).spawn().unwrap();
        let alive = is_postgres(child.id());
        drop(child.stdin.take());
        std::thread::sleep(Duration::from_millis(200));
        let dead = is_postgres(child.id());
        child.wait().unwrap();
        assert_eq!((alive, dead), (true, false));
    }

    /// `server stop` would end it.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_server_of_that_number_that_works_in_another_folder_is_not_ours() {
        let (bin, ours, theirs) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let program = bin.path().join("postgres");
        fs::write(&program, "#!/bin/sh\nread line\n").unwrap();
        fs::set_permissions(&program, PermissionsExt::from_mode(0o700)).unwrap();
        let start = || Command::new(&program).stdin(Stdio::piped()).current_dir(theirs.path()).spawn();
        // A writer in another thread may hold the script open for a moment (ETXTBSY).
        let mut child =
            (0..50).find_map(|_| start().inspect_err(|_| std::thread::sleep(Duration::from_millis(20))).ok());
        let child = child.as_mut().unwrap();
        for folder in [ours.path(), theirs.path()] {
            fs::write(folder.join("postmaster.pid"), format!("{}\n", child.id())).unwrap();
        }
        let found = [ours.path(), theirs.path()].map(|folder| PidFile::of_running(folder).is_some());
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(found, [false, true]);
    }

    #[test]
    fn another_program_of_that_number_is_no_server() {
        assert!(!is_postgres(std::process::id()));
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("postmaster.pid"), format!("{}\n", std::process::id())).unwrap();
        assert!(PidFile::read(data.path()).is_some());
        assert_eq!(PidFile::of_running(data.path()), None);
        let account = Account::current().unwrap();
        account.give(data.path()).unwrap();
        account.give(&data.path().join("postmaster.pid")).unwrap();
        disown(&account, data.path());
        assert_eq!(PidFile::read(data.path()).unwrap().pid, i32::MAX.unsigned_abs());
    }
}
