//! Folders that are ours, files in them, and the lock that keeps two programs apart.

use std::fs::{self, DirBuilder, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::Account;
use super::error::Error::{File, Folder, Locked, NoDataFolder, NotOurs};
use super::{DATA_VARIABLE, Error, THROWAWAY_VARIABLE};

/// How long another program may hold the lock: it may be fetching PostgreSQL over a slow line.
const PATIENCE: Duration = Duration::from_secs(300);

/// A [`File`] error, for `map_err`.
pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |why| File { action, path, why }
}

/// The folder of persistent servers and fetched binaries; it need not exist. If it does, nobody else can put programs or
/// data into it.
pub(super) fn data_folder(account: &Account) -> Result<PathBuf, Error> {
    let folder = usual_data_folder(account)?;
    check_data_folder(account, &folder).map(|()| folder)
}

fn usual_data_folder(account: &Account) -> Result<PathBuf, Error> {
    if let Some(named) = std::env::var_os(DATA_VARIABLE).filter(|named| !named.is_empty()) {
        return std::path::absolute(&named).map_err(failed("find", Path::new(&named)));
    }
    let usual = directories::ProjectDirs::from("", "", "pkmig").map(|folders| folders.data_local_dir().to_owned());
    match usual {
        // Root's home is closed to everybody else on most systems (mode 0700), so the user the server runs as
        // could not reach its own data there.
        Some(usual) if account.blocked(&usual).is_some() => Ok(PathBuf::from("/var/lib/pkmig")),
        Some(usual) => Ok(usual),
        None if account.is_root() => Ok(PathBuf::from("/var/lib/pkmig")),
        None => Err(NoDataFolder),
    }
}

/// Makes a folder of ours, closed to others; root's can be searched by the server's user, though not listed.
pub(super) fn make(account: &Account, folder: &Path) -> Result<(), Error> {
    if folder.is_dir() {
        return Ok(());
    }
    let mode = if account.is_root() { 0o711 } else { 0o700 };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(folder)
        .and_then(|()| fs::set_permissions(folder, PermissionsExt::from_mode(mode)))
        .map_err(failed("make", folder))
}

/// Makes a folder the user can move by setting `variable`, and checks that the server's user can reach it.
pub(super) fn make_place(account: &Account, folder: &Path, variable: &'static str) -> Result<(), Error> {
    make(account, folder).map_err(|error| match error {
        File { path, why, .. } => Folder { folder: path, why, variable },
        other => other,
    })?;
    account.reach(folder, variable)
}

/// Makes a folder that belongs to the server's user.
pub(super) fn make_given(account: &Account, folder: &Path, mode: u32) -> Result<(), Error> {
    match DirBuilder::new().mode(mode).create(folder) {
        Ok(()) => account.give(folder),
        Err(why) if why.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(why) => Err(failed("make", folder)(why)),
    }
}

/// The folder of throw-away servers, one for each user, made where it is missing.
///
/// The place is shared with everybody (/tmp), so a folder that somebody else put there first is refused.
pub(super) fn temporary(account: &Account) -> Result<PathBuf, Error> {
    let mut place = std::env::var_os(THROWAWAY_VARIABLE).map_or_else(std::env::temp_dir, PathBuf::from);
    if account.blocked(&place).is_some() {
        place = PathBuf::from("/tmp");
    }
    let folder = place.join(format!("pkmig-{}", account.tag()));
    make_place(account, &folder, THROWAWAY_VARIABLE)?;
    let meta = fs::symlink_metadata(&folder).map_err(failed("read", &folder))?;
    check_ours(account, &folder, &meta, THROWAWAY_VARIABLE).map(|()| folder)
}

/// One that is not there is nobody's.
fn check_data_folder(account: &Account, folder: &Path) -> Result<(), Error> {
    match fs::metadata(folder) {
        Ok(meta) => check_ours(account, folder, &meta, DATA_VARIABLE),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(()),
        Err(why) => Err(failed("read", folder)(why)),
    }
}

fn check_ours(account: &Account, folder: &Path, meta: &fs::Metadata, variable: &'static str) -> Result<(), Error> {
    match meta.is_dir() && meta.uid() == account.user() && meta.mode() & 0o022 == 0 {
        true => Ok(()),
        false => Err(NotOurs { folder: folder.to_owned(), variable }),
    }
}

/// A name nobody has used for a folder in `parent` that is to be renamed when complete; the lock must be held.
///
/// Remains of programs that were killed meanwhile are removed, as far as that goes: their `initdb` may still be
/// writing there, which is why a name is never used twice.
pub(super) fn unfinished(parent: &Path) -> Result<PathBuf, Error> {
    for entry in fs::read_dir(parent).map_err(failed("list", parent))?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "new") {
            let _ = fs::remove_dir_all(path);
        }
    }
    Ok(parent.join(format!("{}.new", random(8)?)))
}

/// Removes a folder with all it holds; one that is not there is fine.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(why) if why.kind() != ErrorKind::NotFound => Err(failed("remove", folder)(why)),
        _ => Ok(()),
    }
}

/// Writes a file that only the server's user (and root) can read.
pub(super) fn write_secret(account: &Account, path: &Path, text: &str) -> Result<(), Error> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(failed("write", path))?;
    account.give(path)
}

/// Reads a file as text without the white space around it.
pub(super) fn read(path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path).map_err(failed("read", path))?;
    Ok(text.trim().to_owned())
}

/// As many random bytes as asked for, in hexadecimal, from the system.
pub(super) fn random(bytes: u64) -> Result<String, Error> {
    let source = Path::new("/dev/urandom");
    let mut buffer = Vec::new();
    fs::File::open(source)
        .and_then(|file| file.take(bytes).read_to_end(&mut buffer))
        .map_err(failed("read", source))?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Held until dropped: no other program is past the same lock file.
#[derive(Debug)]
pub(super) struct Lock {
    // Dropping the file unlocks it, and so does the end of the process.
    _file: fs::File,
}

impl Lock {
    /// Waits for the lock file `lock` in `folder`.
    pub(super) fn take(folder: &Path) -> Result<Self, Error> {
        Self::take_within(folder, PATIENCE)
    }

    fn take_within(folder: &Path, patience: Duration) -> Result<Self, Error> {
        let path = folder.join("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed("open", &path))?;
        let asked = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if asked.elapsed() < patience => {
                    sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Locked { path, seconds: patience.as_secs() });
                }
                Err(TryLockError::Error(why)) => return Err(failed("lock", &path)(why)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let second = Lock::take_within(folder.path(), Duration::from_millis(30));
        assert!(matches!(second, Err(Locked { .. })));
        drop(first);
        Lock::take_within(folder.path(), Duration::from_millis(30)).unwrap();
    }

    #[test]
    fn what_was_left_unfinished_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let first = unfinished(folder.path()).unwrap();
        fs::create_dir_all(first.join("base")).unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let second = unfinished(folder.path()).unwrap();
        assert_ne!(first, second);
        assert!(!first.exists() && folder.path().join("data").exists());
    }

    #[test]
    fn a_data_folder_that_others_can_write_to_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let account = Account::current().unwrap();
        check_data_folder(&account, folder.path()).unwrap();
        check_data_folder(&account, &folder.path().join("not there")).unwrap();
        for mode in [0o777, 0o770, 0o702] {
            fs::set_permissions(folder.path(), PermissionsExt::from_mode(mode)).unwrap();
            let error = check_data_folder(&account, folder.path()).unwrap_err();
            assert!(matches!(error, NotOurs { variable: DATA_VARIABLE, .. }), "{mode:o}: {error}");
        }
    }

    #[test]
    fn a_secret_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let secret = random(16).unwrap();
        assert_eq!(secret.len(), 32);
        write_secret(&Account::current().unwrap(), &path, &secret).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap(), secret);
    }
}
