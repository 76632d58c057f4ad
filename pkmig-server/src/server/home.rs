//! The data folder of persistent servers, locked, and the choice of programs for what is in it.

use std::path::PathBuf;

use super::account::Account;
use super::binaries::{self, Binaries};
use super::cluster::Cluster;
use super::folder::{self, Lock};
use super::{DATA_VARIABLE, Error};

/// The data folder, locked: nobody else starts, stops or fetches meanwhile.
pub(super) struct Home {
    pub(super) account: Account,
    pub(super) folder: PathBuf,
    pub(super) lock: Lock,
}

impl Home {
    /// Makes the folder where it is missing, and waits for its lock.
    pub(super) fn open() -> Result<Self, Error> {
        let account = Account::current()?;
        let folder = folder::data_folder(&account)?;
        folder::make_place(&account, &folder, DATA_VARIABLE)?;
        let lock = Lock::take(&folder)?;
        Ok(Self { account, folder, lock })
    }

    /// The cluster that runs, of the wanted version where one is wanted, and its port.
    pub(super) fn running(self, wanted: Option<u32>) -> Result<(Self, Option<(Cluster, u16)>), Error> {
        let found = first_running(Cluster::existing(&self.account, &self.folder), wanted)?;
        Ok((self, found))
    }

    /// The programs to start with, and the version to fetch where there are none.
    pub(super) fn choose(self, named: Option<Binaries>) -> Result<(Self, Choice), Error> {
        if named.is_some() {
            return Ok((self, (named, None)));
        }
        let folders = binaries::usual_folders(Some(&self.folder));
        let usable: Vec<Binaries> = binaries::usable(&self.account, &folders).collect();
        let majors: Vec<u32> =
            Cluster::existing(&self.account, &self.folder).iter().map(|cluster| cluster.major).collect();
        Ok((self, pick(usable, &majors)))
    }
}

/// The programs chosen, or the version to fetch.
pub(super) type Choice = (Option<Binaries>, Option<u32>);

/// Prefers programs that fit data which exist: a newer PostgreSQL on the machine must not hide the user's data.
fn pick(usable: Vec<Binaries>, existing: &[u32]) -> Choice {
    let fits = |major: &u32| usable.iter().position(|binaries| binaries.major == *major);
    let index = existing.iter().find_map(fits).unwrap_or(0);
    if let (Some(binaries), Some(newest)) = (usable.get(index), existing.first())
        && !existing.contains(&binaries.major)
    {
        tracing::warn!(
            data = newest,
            programs = binaries.major,
            "no PostgreSQL programs for the data that exist, starting a new cluster"
        );
    }
    (usable.into_iter().nth(index), existing.first().copied())
}

/// The clusters that exist, without a lock and without making anything.
pub(super) fn clusters() -> Result<Vec<Cluster>, Error> {
    let account = Account::current()?;
    let folder = folder::data_folder(&account)?;
    Ok(Cluster::existing(&account, &folder))
}

/// The first of these clusters that runs, of the wanted version where one is wanted, and its port.
pub(super) fn first_running(clusters: Vec<Cluster>, wanted: Option<u32>) -> Result<Option<(Cluster, u16)>, Error> {
    for cluster in clusters {
        if wanted.is_none_or(|major| major == cluster.major)
            && let Some(port) = cluster.running()?
        {
            return Ok(Some((cluster, port)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(major: u32) -> Binaries {
        Binaries { folder: format!("/{major}").into(), version: format!("{major}.1"), major }
    }

    #[test]
    fn programs_that_fit_the_data_are_preferred() {
        let machine = || vec![programs(17), programs(15)];
        let major = |choice: Choice| choice.0.map(|binaries| binaries.major);
        assert_eq!(major(pick(machine(), &[])), Some(17));
        assert_eq!(major(pick(machine(), &[15])), Some(15));
        assert_eq!(major(pick(machine(), &[16, 15])), Some(15));
        assert_eq!(major(pick(machine(), &[14])), Some(17));
        assert_eq!(pick(Vec::new(), &[16, 14]), (None, Some(16)));
    }
}
