//! A PostgreSQL of one's own: a server, persistent or throw-away, and databases for tests.

#![cfg(unix)]

pub mod server;
pub mod testing;
