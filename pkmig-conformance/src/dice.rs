//! Repeatable random moments and targets: a failure names the seed.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// The environment variable that holds the seed of a run to be repeated.
const SEED: &str = "PKMIG_SEED";

/// A generator of random numbers (SplitMix64).
pub(super) struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    pub(super) fn new() -> Self {
        let given = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Self { seed, state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let numbers = u64::from(high.saturating_sub(low)) + 1;
        // OK because it is below a number of 32 bits.
        low + u32::try_from(self.next() % numbers).unwrap_or_default()
    }

    /// A number below another one; 0 below 0.
    pub(super) fn below(&mut self, number: usize) -> usize {
        self.between(0, u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX)) as usize
    }

    /// One of some numbers; 0 of none.
    pub(super) fn one_of(&mut self, numbers: &[u32]) -> u32 {
        let last = u32::try_from(numbers.len()).unwrap_or(u32::MAX).saturating_sub(1);
        numbers.get(self.between(0, last) as usize).copied().unwrap_or_default()
    }

    /// A moment within a time.
    pub(super) fn moment(&mut self, within: Duration) -> Duration {
        Duration::from_micros(self.next() % u64::try_from(within.as_micros()).unwrap_or(u64::MAX).max(1))
    }
}

impl fmt::Display for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SEED}={}", self.seed)
    }
}
