//! A private PostgreSQL server, persistent or throw-away, and databases for tests.

#![cfg(unix)]

pub mod server;
pub mod testing;
