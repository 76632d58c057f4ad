//! Tests for any chain against a real PostgreSQL server: [`conformance!`] generates them.
//!
//! Each test has its own database and puts installs of the chain through what happens in the field: every version up, down and up
//! again, and twice; several installs in one database; sessions that end after any statement; killed programs; concurrent runners;
//! roles with few privileges; poolers; rows of users in all tables; sessions with unusual settings, wrong recorded versions, objects
//! and writers of the host. At the end each test compares the schema and its rows with those that the undisturbed versions make one
//! by one.
//!
//! This crate owns the tests, what they compare and what they report. Databases come from [`testing`](pkmig_server::testing), the
//! catalog from [`verify`](pkmig_runtime::verify).

#![cfg(unix)]

mod apart;
pub mod checks;
mod cut;
mod dice;
mod install;
mod interrupted;
mod killed;
mod pooler;
mod role;
mod rows;
mod runners;
mod sample;
mod snapshot;
mod suite;
mod unlucky;
mod used;
mod versions;

use std::fmt;

use pkmig_server::testing::skip;
pub use suite::Suite;

/// How a check ends: with what it has done, in a few words, or with what stopped it.
pub type Outcome = Result<String, Stop>;

/// Why a check did not finish.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stop {
    /// The chain is at fault: which version, which statement, what differs.
    Fault(String),
    /// The server or the machine lacks something. With `PKMIG_NO_SKIPS` set, the test fails.
    Skipped(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(what) => f.write_str(what),
            Self::Skipped(why) => write!(f, "skipped: {why}"),
        }
    }
}

impl Stop {
    /// Adds to a fault how to repeat it.
    fn with(self, dice: &dice::Dice) -> Self {
        match self {
            Self::Fault(what) => Self::Fault(format!("{what}\n{dice}")),
            skipped => skipped,
        }
    }
}

/// Adds what was being done when something failed.
trait During<T> {
    fn during(self, what: impl FnOnce() -> String) -> Result<T, Stop>;
}

impl<T, E: Told> During<T> for Result<T, E> {
    fn during(self, what: impl FnOnce() -> String) -> Result<T, Stop> {
        self.map_err(|error| Stop::Fault(format!("{}: {}", what(), error.told())))
    }
}

/// An error in full, with its cause.
trait Told {
    fn told(&self) -> String;
}

macro_rules! told {
    ($how:ident: $($error:ty),*) => {
        $(impl Told for $error {
            fn told(&self) -> String {
                self.$how()
            }
        })*
    };
}

told!(report: pkmig_runtime::Error, pkmig_server::testing::Error);
told!(to_string: pkmig_runtime::PrefixError, sqlx::Error, std::io::Error, tokio::task::JoinError, url::ParseError);

impl<T> Told for std::sync::PoisonError<T> {
    fn told(&self) -> String {
        self.to_string()
    }
}

/// A check that runs as a test: the chain, and the test's own name, by which its program can be started again.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    suite: &'static Suite,
    test: &'static str,
}

impl Case {
    /// A check of a suite within the test of that name: `module_path!()`, two colons and the function's name.
    pub fn new(suite: &'static Suite, test: &'static str) -> Self {
        Self { suite, test }
    }

    /// Runs a check as a test, unless the suite is brief: one of what happens around the versions, which depends on the chain
    /// least.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn run_unless_brief(self, check: impl AsyncFnOnce(Case) -> Outcome) {
        if !self.suite.is_brief() {
            self.run(check);
        }
    }

    /// Runs a check as a test: panics where the chain is at fault, and says past the harness what is skipped.
    ///
    /// # Panics
    /// If the chain is at fault, and with `PKMIG_NO_SKIPS` set also where something is skipped.
    pub fn run(self, check: impl AsyncFnOnce(Case) -> Outcome) {
        // OK because without a runtime there is nothing to test with.
        #[allow(clippy::expect_used)]
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        if let Some(url) = interrupted::asked_to_be_killed() {
            return runtime.block_on(interrupted::until_killed(self.suite, &url));
        }
        self.suite.tell_what_is_left_out();
        let (chain, test) = (self.suite.chain().name, self.test);
        match runtime.block_on(check(self)) {
            Ok(done) => println!("{chain}: {test}: {done}"),
            Err(Stop::Fault(what)) => panic!("{chain}: {what}"),
            Err(Stop::Skipped(why)) => skip(&format!("{test} of {chain}: {why}")),
        }
    }
}

/// Makes a module of tests for a chain, each against a PostgreSQL of its own kind: in `tests/conformance.rs`, with the
/// feature `embedded`,
///
/// ```ignore
/// pkmig::conformance!(notes::migrations::NOTES);
/// ```
///
/// Several chains stand in a module each. Options follow the chain:
///
/// ```ignore
/// mod comments {
///     pkmig::conformance!(comments::COMMENTS, prefix = "comments", setup = "CREATE SCHEMA auth; …");
/// }
/// ```
///
/// | option | meaning |
/// |---|---|
/// | `setup` | SQL that makes what the chain requires of others: roles, tables, functions. It runs once for a database; roles, which belong to the server, may be there already. Chains that it requires are installed without a word |
/// | `prefix` | the schema that is tested most; `Conformance`, if nothing is said |
/// | `stops` | how many versions, evenly spread, the walks stop at, and one walk of jumps for three; all by default, and with `PKMIG_FULL` set |
/// | `sample` | behind how many statements of a version sessions end, others in each run; all by default. That the others are in the same transaction is tested anyway. Also, 5 runs for 16 end at random moments unless `PKMIG_FULL` is set |
/// | `brief` | `true` leaves out the tests of what happens around the versions (settings, runners, interruptions, roles, hosts, several installs), unless `PKMIG_FULL` is set: for a long chain beside shorter ones that go through them |
#[macro_export]
macro_rules! conformance {
    ($chain:expr $(, $option:ident = $value:expr)* $(,)?) => {
        static SUITE: ::std::sync::LazyLock<$crate::Suite> =
            ::std::sync::LazyLock::new(|| $crate::Suite::new(&$chain)$(.$option($value))*);
        $crate::__conformance_tests! { run
            every_version_goes_up_and_down_and_up_again
            every_version_can_be_run_twice
            every_version_is_as_declared
            rows_of_users_stay_or_their_loss_is_asked_for
            all_ways_lead_to_the_same_schema
        }
        $crate::__conformance_tests! { run_unless_brief
            rows_of_users_stay_when_sessions_are_terminated
            installs_do_not_touch_each_other
            a_session_that_ends_behind_any_statement_loses_nothing
            a_session_that_ends_behind_any_statement_of_a_down_loses_nothing
            a_program_that_is_killed_loses_nothing
            a_connection_that_is_dropped_loses_nothing
            a_session_that_is_terminated_loses_nothing
            two_runners_at_once_apply_each_version_once
            sixteen_runners_at_once_apply_each_version_once
            a_runner_with_a_lower_target_disturbs_nobody
            a_role_that_owns_only_its_schema_is_enough
            a_pooler_in_transaction_mode_may_stand_between
            settings_of_the_session_change_nothing
            a_stamp_that_is_gone_or_wrong_costs_nothing
            what_a_host_has_on_the_tables_is_not_lost
            rows_that_are_committed_meanwhile_are_not_lost
            two_installs_at_once_make_what_they_share_once
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($run:ident $($check:ident)+) => {
        $(
            #[test]
            fn $check() {
                $crate::Case::new(&SUITE, concat!(module_path!(), "::", stringify!($check)))
                    .$run($crate::checks::$check);
            }
        )+
    };
}
