//! The runtime on a real PostgreSQL: each test has a database of its own, on the server of `DATABASE_URL` or on a
//! throw-away one.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.
#![cfg(unix)]

mod baseline;
mod concurrently;
mod data;
mod data_loss;
mod dependents;
mod found;
mod guards;
mod ledger;
mod migrator;
mod outcome;
mod owners;
mod planted;
mod privileges;
mod prune;
mod refusals;
mod requires;
mod rights;
mod rows;
mod session;
mod shared;
mod stamp;
mod steps;
mod support;
mod surroundings;
mod texts;
mod told;
mod twice;
mod uninstall;
mod verify;
mod watch;
