//! A private PostgreSQL server: PostgreSQL itself, started from binaries that are found on the machine or downloaded once.
//!
//! [`Persistent`] keeps its data under the user's data folder and outlives the program; [`Throwaway`] belongs to
//! one process, serves its tests, and is removed when that process ends, however it ends. The first listens on a free port of
//! 127.0.0.1, the second on a socket; both ask for a password that only the owner of the folder can read.
//!
//! This module finds and downloads binaries, chooses the account the server runs as, and manages folders, locks, start and stop.
//! It knows nothing about migrations.
//!
//! Unix only: accounts, signals, the shell's `cp`, `rm` and `kill` are used throughout.
//!
//! | variable | meaning |
//! |---|---|
//! | `PKMIG_PG_BIN` | the folder that holds `initdb`, `pg_ctl` and `postgres`; nothing else is looked at |
//! | `PKMIG_DATA_DIR` | the folder of persistent servers and downloaded binaries |
//! | `PKMIG_THROWAWAY_DIR` | the folder of throw-away servers; by default `TMPDIR`, or `/tmp` |

mod account;
mod binaries;
mod cluster;
mod error;
mod fetch;
mod folder;
mod home;
mod persistent;
mod pid_file;
mod process;
mod template;
mod throwaway;

pub use error::Error;
pub use persistent::{Persistent, State, Status};
pub use throwaway::Throwaway;

/// The environment variable that names the folder of PostgreSQL's programs.
pub const BIN_VARIABLE: &str = "PKMIG_PG_BIN";

/// The environment variable that names the folder of persistent servers and fetched binaries.
pub const DATA_VARIABLE: &str = "PKMIG_DATA_DIR";

/// The environment variable that names the folder of throw-away servers.
pub const THROWAWAY_VARIABLE: &str = "PKMIG_THROWAWAY_DIR";

/// The role every server here is made with: its superuser.
const ROLE: &str = "postgres";

/// The connection URL of a database on a server of ours. The host may be the folder of a socket (manual 15, 34.1.1.2).
fn url(host: &str, port: u16, password: &str, database: &str) -> String {
    format!("postgres://{ROLE}:{password}@{}:{port}/{}", escaped(host), escaped(database))
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Runs what blocks (files, processes) away from the async workers.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        // The task is never cancelled, so the only way here is a panic, which goes on where it would have gone.
        Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn url_escapes_what_names_may_hold() {
        let escaped = "postgres://postgres:ab12@127.0.0.1:5432/a%20b%2F%C3%BC%3F";
        assert_eq!(url("127.0.0.1", 5432, "ab12", "a b/ü?"), escaped);
        assert_eq!(url("/tmp/a", 1, "p", "pkmig_1"), "postgres://postgres:p@%2Ftmp%2Fa:1/pkmig_1");
    }
}
