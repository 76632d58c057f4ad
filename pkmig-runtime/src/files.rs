//! What stands beside a chain in its folder: for the tests that `chain!` brings along.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pkmig_schema::Version;

use crate::Chain;

/// The file of the hashes that released versions have.
const RELEASED: &str = "released.hashes";

/// The version files in the folder that the chain does not list.
#[doc(hidden)]
pub fn unlisted_files(manifest: &str, file: &str, listed: &[&str]) -> Vec<String> {
    let entries =
        folder(manifest, file).and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut unlisted: Vec<String> = entries
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .filter(|stem| {
            let digits = stem.strip_prefix('v').unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && !listed.contains(&stem.as_str())
        })
        .collect();
    unlisted.sort();
    unlisted
}

/// The versions that are not what the file `released.hashes` in the folder says they were, a line each. Without that file there
/// is nothing to compare with.
#[doc(hidden)]
pub fn edited_files(manifest: &str, file: &str, chain: &Chain) -> Vec<String> {
    let released = folder(manifest, file).and_then(|folder| std::fs::read_to_string(folder.join(RELEASED)).ok());
    released.map(|released| edited(&released, chain)).unwrap_or_default()
}

/// `file!()` is relative to the folder that cargo was started for: the package or a workspace above it.
fn folder(manifest: &str, file: &str) -> Option<PathBuf> {
    let path = Path::new(manifest).ancestors().map(|folder| folder.join(file)).find(|path| path.is_file())?;
    path.parent().map(Path::to_path_buf)
}

/// What differs between lines of a chain, a version and its hash, and a chain.
fn edited(released: &str, chain: &Chain) -> Vec<String> {
    let mut known = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in released.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        // A chain's name may hold spaces.
        let mut words = line.rsplitn(3, ' ');
        let (hash, version, name) = (words.next(), words.next(), words.next());
        let number = version.and_then(|version| version.strip_prefix('V')?.parse().ok());
        match (name, number, hash) {
            (Some(name), Some(number), Some(hash)) if name == chain.name => drop(known.insert(Version(number), hash)),
            (Some(_), Some(_), Some(_)) => {}
            _ => wrong.push(format!("`{line}` is no line of a chain, a version and its hash")),
        }
    }
    wrong.extend(known.into_iter().filter_map(|(version, hash)| match chain.hash_at(version) {
        Some(now) if now == hash => None,
        // It stands for all the versions that were before it.
        Some(_) if chain.bridge().is_some() && version == chain.first() => None,
        Some(now) => Some(format!("{version} was {hash} when it was released, and is {now}")),
        None if version < chain.first() => None,
        None => Some(format!("{version} was released, and is gone")),
    }));
    wrong
}

impl Chain {
    /// The hashes of its versions as lines for the file `released.hashes`, which stands beside `chain!`.
    pub fn released_hashes(&self) -> String {
        let line = |migration: &&pkmig_schema::Migration| {
            format!("{} {} {}\n", self.name, migration.version, crate::hash::hash(migration))
        };
        self.migrations().iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_of_a_chain_a_version_and_its_hash() {
        static CHAIN: Chain = Chain::new("my notes", "notes", &[]);
        assert_eq!(edited("# comment\n\nother V1 abc\n", &CHAIN), Vec::<String>::new());
        assert_eq!(edited("my notes V1 abc", &CHAIN), ["V1 was released, and is gone"]);
        assert_eq!(edited("V1 abc", &CHAIN), ["`V1 abc` is no line of a chain, a version and its hash"]);
    }
}
