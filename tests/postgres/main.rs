//! The runtime on a real PostgreSQL: each test has a database of its own, on the server of `DATABASE_URL` or on a
//! throw-away one.

#![cfg(unix)]

mod concurrently;
mod data;
mod guards;
mod migrator;
mod refusals;
mod steps;
mod support;
mod surroundings;
