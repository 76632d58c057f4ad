//! What a version means, in sixty-four digits: two versions have the same hash if they do the same.

use pkmig_schema::{Migration, Version};
use sha2::{Digest, Sha256};

use crate::Chain;

impl Chain {
    /// The hash of a version: of its steps and its way back, not of their text. Comments, layout and line ends do not matter, nor
    /// does the title; see "The hash of a version" in the language's reference.
    pub fn hash_at(&self, version: Version) -> Option<String> {
        self.migration(version).map(hash)
    }
}

/// See [`Chain::hash_at`].
pub(crate) fn hash(migration: &Migration) -> String {
    Sha256::digest(migration.canonical()).iter().map(|byte| format!("{byte:02x}")).collect()
}
