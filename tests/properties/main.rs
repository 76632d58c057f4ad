//! The model against PostgreSQL: what the checker accepts works there, after every version the catalog is what the model
//! says, every derived down leads back, a second run changes nothing either way, and a fresh install by baseline is the same.
//!
//! A chain grows from random genes (`gene`), each of which is a step of some kind over what the model has at that moment
//! (`steps`); it is kept if the checker accepts it (`world`). Then the chain is walked on a real server (`walk`), and what
//! the catalog holds is compared with the model, by [`Migrator::verify`](pkmig::Migrator::verify) and beside it by `facts`,
//! which knows nothing of how steps become SQL. A failure is cut down to the genes that it needs.
//!
//! `PKMIG_CHAINS` is the number of chains, `PKMIG_STEPS` the most genes of one, `PKMIG_SEED` what they are made from, and
//! `PKMIG_FAILURES` after how many failures each of the walkers gives up.
//!
//! ```sh
//! PKMIG_CHAINS=2000 PKMIG_SEED=1 cargo test --release -p pkmig --test properties -- --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.
#![cfg(unix)]

mod choice;
mod expressions;
mod facts;
mod gene;
mod names;
mod steps;
#[allow(dead_code)] // It is shared with the tests on PostgreSQL.
#[path = "../postgres/support.rs"]
mod support;
mod types;
mod walk;
mod world;

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::gene::{Gene, Genes};
use crate::walk::Walker;

/// How many chains are walked at once.
const WALKERS: usize = 4;

fn number(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn what_the_checker_accepts_works_and_leads_back() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (chains, steps, baselines) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let failures: Vec<String> = std::thread::scope(|scope| {
        let walkers: Vec<_> = (0..WALKERS)
            .map(|place| {
                let walker = runtime.block_on(Walker::new(place));
                scope.spawn(|| run(walker, &chains, &steps, &baselines))
            })
            .collect();
        walkers.into_iter().flat_map(|walker| walker.join().unwrap()).collect()
    });
    let [chains, steps, baselines] = [chains, steps, baselines].map(AtomicUsize::into_inner);
    println!("{chains} chains, {steps} steps, {baselines} baselines");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Walks this walker's part of the chains, and goes on after a few failures: each says something else, mostly.
fn run(walker: Walker, chains: &AtomicUsize, steps: &AtomicUsize, baselines: &AtomicUsize) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let walked = AtomicUsize::new(0);
    let cases = number("PKMIG_CHAINS", 60).div_ceil(WALKERS as u32);
    let config = Config { cases, max_shrink_iters: 4096, failure_persistence: None, ..Config::default() };
    let mut seed = [0; 32];
    seed[0] = walker.place;
    seed[1..5].copy_from_slice(&number("PKMIG_SEED", 0).to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let walker = std::cell::RefCell::new(walker);
    let strategy = Genes { most: number("PKMIG_STEPS", 160) };
    let mut failures = Vec::new();
    while failures.len() < number("PKMIG_FAILURES", 1) as usize && walked.load(Ordering::Relaxed) < cases as usize {
        let outcome = runner.run(&strategy, |genes: Vec<Gene>| {
            let taken = runtime.block_on(walker.borrow_mut().walk(&genes)).map_err(TestCaseError::fail)?;
            walked.fetch_add(1, Ordering::Relaxed);
            chains.fetch_add(1, Ordering::Relaxed);
            steps.fetch_add(taken, Ordering::Relaxed);
            Ok(())
        });
        match outcome {
            Ok(()) => break,
            Err(TestError::Fail(why, _)) | Err(TestError::Abort(why)) => failures.push(why.to_string()),
        }
    }
    baselines.fetch_add(walker.into_inner().baselines as usize, Ordering::Relaxed);
    failures
}
