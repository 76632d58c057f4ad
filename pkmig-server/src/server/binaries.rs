//! Where PostgreSQL's programs are, and which version they are.
//!
//! `initdb` and `postgres` are rarely on PATH (Debian keeps one folder per version), so the usual places are
//! looked at too.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::Error::BadBinaries;
use super::process::{printed, run};
use super::{BIN_VARIABLE, Error};

/// What a folder must hold to be of use.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// The first version whose `initdb` takes the options we give.
const OLDEST: u32 = 11;

/// A folder of PostgreSQL's programs that work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    /// The folder.
    pub(super) folder: PathBuf,
    /// The whole version: `15.4`.
    pub(super) version: String,
    /// The part of it that data folders depend on: `15`.
    pub(super) major: u32,
}

impl Binaries {
    /// The path of a program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Looks at a folder; the error says what is wrong with it.
    pub(super) fn inspect(account: &Account, folder: &Path) -> Result<Self, String> {
        if let Some(missing) = PROGRAMS.iter().find(|name| !folder.join(name).is_file()) {
            return Err(format!("it has no program `{missing}`"));
        }
        // Run as the server's user, this also finds folders that are closed to that user.
        let mut postgres = account.command(folder.join("postgres"));
        let output = run(postgres.arg("--version")).map_err(|error| error.report())?;
        let answer = printed(&output);
        let (version, major) =
            parse_version(&answer).ok_or_else(|| format!("`postgres --version` printed: {answer}"))?;
        if major < OLDEST {
            return Err(format!("PostgreSQL {version} is too old; {OLDEST} or later will do"));
        }
        Ok(Self { folder: folder.to_owned(), version, major })
    }
}

/// The folder the user named, if any; then nothing else is looked at.
pub(super) fn named(account: &Account) -> Result<Option<Binaries>, Error> {
    let Some(folder) = std::env::var_os(BIN_VARIABLE).filter(|folder| !folder.is_empty()) else {
        return Ok(None);
    };
    let bad = |why: String| BadBinaries { folder: PathBuf::from(&folder), why };
    let absolute = std::path::absolute(&folder).map_err(|why| bad(why.to_string()))?;
    Binaries::inspect(account, &absolute).map(Some).map_err(bad)
}

/// The folders to look at on this machine, best first.
pub(super) fn usual_folders(data_folder: Option<&Path>) -> Vec<PathBuf> {
    let fetched = data_folder.map(fetched_folder);
    candidates(std::env::var_os("PATH").as_deref(), Path::new("/"), fetched.as_deref())
}

/// Where fetched binaries are kept, a folder for each version.
pub(super) fn fetched_folder(data_folder: &Path) -> PathBuf {
    data_folder.join("binaries")
}

/// The folders that work, each inspected when it is asked for.
pub(super) fn usable(account: &Account, folders: &[PathBuf]) -> impl Iterator<Item = Binaries> {
    folders.iter().filter_map(|folder| match Binaries::inspect(account, folder) {
        Ok(binaries) => Some(binaries),
        Err(why) => {
            tracing::debug!(folder = %folder.display(), why, "not a folder of PostgreSQL's programs");
            None
        }
    })
}

/// Folders worth a look under `root`, best first.
fn candidates(path: Option<&OsStr>, root: &Path, fetched: Option<&Path>) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(path) = path {
        // A relative entry would mean another folder for programs that run elsewhere.
        folders.extend(std::env::split_paths(path).filter(|folder| folder.is_absolute()));
    }
    folders.extend(numbered(&root.join("usr/lib/postgresql"), ""));
    folders.extend(numbered(&root.join("usr"), "pgsql-"));
    folders.push(root.join("usr/local/pgsql/bin"));
    folders.extend(numbered(&root.join("opt/homebrew/opt"), "postgresql@"));
    folders.extend(numbered(&root.join("usr/local/opt"), "postgresql@"));
    if let Some(fetched) = fetched {
        folders.extend(numbered(fetched, ""));
    }
    folders.retain(|folder| PROGRAMS.iter().all(|program| folder.join(program).is_file()));
    folders
}

/// The `bin` folders of installations side by side (`<parent>/<prefix><version>/bin`), newest first.
fn numbered(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.strip_prefix(prefix)?;
            let numbers = version.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
            Some((numbers, path.join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// Reads `postgres (PostgreSQL) 15.4 (Debian 15.4-1)`.
fn parse_version(answer: &str) -> Option<(String, u32)> {
    let version = answer.strip_prefix("postgres (PostgreSQL) ")?.split_whitespace().next()?;
    let digits = version.split(|letter: char| !letter.is_ascii_digit()).next()?;
    Some((version.to_owned(), digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(folder: &Path) -> PathBuf {
        std::fs::create_dir_all(folder).unwrap();
        for program in PROGRAMS {
            std::fs::write(folder.join(program), "").unwrap();
        }
        folder.to_owned()
    }

    #[test]
    fn versions_are_read() {
        let read = |text| parse_version(text);
        assert_eq!(read("postgres (PostgreSQL) 15.4 (Debian 15.4-1)"), Some(("15.4".into(), 15)));
        assert_eq!(read("postgres (PostgreSQL) 18beta2"), Some(("18beta2".into(), 18)));
        assert_eq!(read("postgres (PostgreSQL) 17devel"), Some(("17devel".into(), 17)));
        assert_eq!(read("sh: postgres: not found"), None);
    }

    #[test]
    fn path_comes_first_then_the_newest_of_each_place() {
        let top = tempfile::tempdir().unwrap();
        let root = top.path();
        let nine = install(&root.join("usr/lib/postgresql/9.6/bin"));
        let fifteen = install(&root.join("usr/lib/postgresql/15/bin"));
        let source = install(&root.join("usr/local/pgsql/bin"));
        let brewed = install(&root.join("opt/homebrew/opt/postgresql@16/bin"));
        let red_hat = install(&root.join("usr/pgsql-14/bin"));
        let fetched = install(&root.join("data/binaries/17.5.0/bin"));
        let older = install(&root.join("data/binaries/17.4.0/bin"));
        let own = install(&root.join("own"));
        std::fs::create_dir_all(root.join("usr/lib/postgresql/17/bin")).unwrap();
        let path = std::env::join_paths([root.join("nothing"), own.clone()]).unwrap();
        assert_eq!(
            candidates(Some(&path), root, Some(&root.join("data/binaries"))),
            [own, fifteen, nine, red_hat, source, brewed, fetched, older]
        );
        assert_eq!(candidates(None, &root.join("nothing"), None), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_folder_without_programs_is_told_why() {
        let top = tempfile::tempdir().unwrap();
        let account = Account::current().unwrap();
        let why = Binaries::inspect(&account, top.path()).unwrap_err();
        assert_eq!(why, "it has no program `initdb`");
    }
}
