//! What a chain grows from: a list of decisions, any of which can be left out.

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// One decision: what kind of step, and which one. It is read against the schema that the ones before it have made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gene {
    pub(crate) kind: u32,
    pub(crate) seed: u64,
    /// Whether the version ends behind it.
    pub(crate) ends: bool,
}

/// Lists of genes, mostly short ones.
#[derive(Debug)]
pub(crate) struct Genes {
    pub(crate) most: u32,
}

impl Strategy for Genes {
    type Tree = Cut;
    type Value = Vec<Gene>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        // Every eighth chain may be as long as allowed, the others an eighth of that.
        let most = if rng.next_u32().is_multiple_of(8) { self.most } else { self.most / 8 };
        let count = 1 + rng.next_u32() % most.max(1);
        let versions = 2 + rng.next_u32() % 6;
        let mut gene =
            || Gene { kind: rng.next_u32(), seed: rng.next_u64(), ends: (rng.next_u32() % count) < versions };
        let genes: Vec<Gene> = (0..count).map(|_| gene()).collect();
        Ok(Cut { part: genes.len().div_ceil(2), at: 0, before: genes.clone(), genes, shorter: false })
    }
}

/// A list that is cut down: halves are left out, then quarters, and so on, at last single genes, again and again until
/// none of them can go.
#[derive(Debug)]
pub(crate) struct Cut {
    genes: Vec<Gene>,
    before: Vec<Gene>,
    /// How many are left out at once, and from where on.
    part: usize,
    at: usize,
    /// Whether anything could go since it began at the front.
    shorter: bool,
}

impl Cut {
    fn cut(&mut self) -> bool {
        while self.at >= self.genes.len() {
            if self.part <= 1 && !self.shorter {
                return false;
            }
            (self.part, self.at, self.shorter) = (self.part.div_ceil(2).min(self.genes.len()), 0, false);
            if self.genes.is_empty() {
                return false;
            }
        }
        self.before.clone_from(&self.genes);
        let end = (self.at + self.part).min(self.genes.len());
        self.genes.drain(self.at..end);
        true
    }
}

impl ValueTree for Cut {
    type Value = Vec<Gene>;

    fn current(&self) -> Vec<Gene> {
        self.genes.clone()
    }

    /// It failed: what was left out did not matter.
    fn simplify(&mut self) -> bool {
        self.shorter |= self.genes.len() < self.before.len();
        self.cut()
    }

    /// It did not fail: that was needed.
    fn complicate(&mut self) -> bool {
        self.genes.clone_from(&self.before);
        self.at += self.part;
        self.cut()
    }
}
