//! What throw-away servers are copied from: one cluster per version, in the folder for temporary files.

use std::fs;
use std::path::{Path, PathBuf};

use super::Error;
use super::account::Account;
use super::binaries::Binaries;
use super::cluster::{Auth, initdb};
use super::folder::{self, Lock, failed};

/// Part of the template's name; to be raised when what goes into a template changes.
const TEMPLATE: u32 = 1;

/// A cluster fresh from `initdb`, to be copied.
pub(super) struct Template {
    /// Holds `data` and `password`.
    pub(super) folder: PathBuf,
    /// The superuser's password in every copy.
    pub(super) password: String,
    /// True if it was made just now.
    pub(super) made: bool,
}

impl Template {
    /// Finds the template of a version, or makes it.
    pub(super) fn find_or_make(account: &Account, binaries: &Binaries, home: &Path) -> Result<Self, Error> {
        match Self::find(binaries, home) {
            Some(template) => Ok(template),
            None => Self::make(account, binaries, home, None),
        }
    }

    fn find(binaries: &Binaries, home: &Path) -> Option<Self> {
        let folder = home.join(format!("template-{}-{TEMPLATE}", binaries.version));
        let password = folder::read(&folder.join("password")).ok()?;
        Some(Self { folder, password, made: false })
    }

    /// Makes the template, or finds that another program just did. A `broken` one is replaced.
    pub(super) fn make(
        account: &Account,
        binaries: &Binaries,
        home: &Path,
        broken: Option<&Self>,
    ) -> Result<Self, Error> {
        let _lock = Lock::take(home)?;
        if let Some(found) = Self::find(binaries, home)
            && broken.is_none_or(|broken| broken.password != found.password)
        {
            return Ok(found);
        }
        let folder = home.join(format!("template-{}-{TEMPLATE}", binaries.version));
        let new = folder::unfinished(home)?;
        folder::make(account, &new)?;
        let secret = new.join("password");
        folder::write_secret(account, &secret, &folder::random(16)?)?;
        let data = new.join("data");
        folder::make_given(account, &data, 0o700)?;
        initdb(account, binaries, &data, &secret, Auth::Throwaway)?;
        folder::remove(&folder)?;
        fs::rename(&new, &folder).map_err(failed("rename", &new))?;
        let password = folder::read(&folder.join("password"))?;
        Ok(Self { folder, password, made: true })
    }
}
