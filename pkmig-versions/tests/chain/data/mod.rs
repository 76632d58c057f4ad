//! Rows in before a version, rows out after it, and after its down.
//!
//! What is expected is written out, never computed by the SQL under test: what PhoenixKit itself made of the same rows.
//! Where PhoenixKit stops with an error, the test says so.

mod catalogues;
mod documents;
mod early;
mod integrations;
mod media;
mod projects;
mod publishing;
mod references;
mod renames;
mod settings;
mod shop;
mod staff;
mod translations;
mod uuids;

use crate::install::Install;

const USERS: &str = "INSERT INTO phoenix_kit_users (email, hashed_password, inserted_at, updated_at) VALUES ";
