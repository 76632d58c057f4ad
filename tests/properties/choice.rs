//! What a gene chooses: the same seed makes the same choices, however little of a chain is left.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A stream of choices.
pub(crate) struct Choice {
    seed: u64,
    drawn: u64,
}

impl Choice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.drawn += 1;
        hash(&(self.seed, self.drawn))
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    /// One of a fixed list.
    pub(crate) fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// One of what is there now. Each has a rank of its own, so that the choice stays when something else is not there
    /// any more: a chain that is cut down goes on failing for the same reason.
    pub(crate) fn one<T: Hash>(&mut self, candidates: impl IntoIterator<Item = T>) -> Option<T> {
        let salt = self.number();
        candidates.into_iter().max_by_key(|candidate| hash(&(salt, candidate)))
    }

    /// Up to `most` different ones of what is there now.
    pub(crate) fn some<T: Hash>(&mut self, most: usize, candidates: impl IntoIterator<Item = T>) -> Vec<T> {
        let salt = self.number();
        let count = 1 + self.below(most);
        let mut ranked: Vec<T> = candidates.into_iter().collect();
        ranked.sort_by_key(|candidate| std::cmp::Reverse(hash(&(salt, candidate))));
        ranked.truncate(count);
        ranked
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
