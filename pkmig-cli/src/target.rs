//! Which database is meant: that of the URL, of a service, of psql's environment variables, or of the private server.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::error::Failure;
use super::redact::redact;
use super::service;
use pkmig_runtime::Error;

/// The variables that make psql connect elsewhere than to the server of this machine (manual, section 34.15).
const VARIABLES: [&str; 5] = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE"];

/// A database.
pub(super) enum Target {
    /// One that was named.
    Said {
        /// How to connect.
        options: Box<PgConnectOptions>,
        /// Its URL, redacted.
        url: String,
    },
    /// That of the private server.
    Private,
}

impl Target {
    /// Finds it: a URL first, then a service, then the variables of psql. The private server is only used on request.
    pub(super) fn find(url: Option<&str>, private: bool) -> Result<Self, Failure> {
        let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match url {
            Some(url) => Ok(Self::Said { options: Box::new(read(url)?), url: redact(url) }),
            None if set(&"PGSERVICE") => {
                let options = service::apply(PgConnectOptions::new())?;
                Ok(Self::said(options))
            }
            None if VARIABLES.iter().any(set) => Ok(Self::said(PgConnectOptions::new())),
            None if private => Ok(Self::Private),
            None => Err(Failure::NoDatabase),
        }
    }

    fn said(options: PgConnectOptions) -> Self {
        let options = ours(options);
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        let host =
            options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
        let url = format!("postgres://{}@{host}:{}/{database}", options.get_username(), options.get_port());
        Self::Said { options: Box::new(options), url }
    }
}

/// What every session of the program begins with. PgBouncer refuses a setting that it does not know, and versions set
/// `extra_float_digits` for themselves.
fn ours(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("pkmig").extra_float_digits(None)
}

/// Reads a URL.
pub(super) fn read(url: &str) -> Result<PgConnectOptions, Failure> {
    if url.trim().is_empty() {
        return Err(Failure::Url("the database URL is empty".to_owned()));
    }
    // The driver takes any scheme, and would speak PostgreSQL to what is another kind of server.
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(Failure::Url(format!("not the URL of a PostgreSQL database: {}", redact(url))));
    }
    match PgConnectOptions::from_str(url) {
        Ok(options) => Ok(ours(options)),
        Err(sqlx::Error::Configuration(why)) => {
            Err(Failure::Url(format!("the database URL {} is invalid: {why}", redact(url))))
        }
        Err(error) => Err(Failure::Unreached { source: Error::Connection(error), url: redact(url) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_url_of_postgresql_is_refused_without_showing_its_password() {
        for url in ["", " ", "mysql://u:secret@h/db", "host=h password=secret", "postgres://u:secret@h:x/db"] {
            let message = read(url).unwrap_err().to_string();
            assert!(!message.contains("secret") && message.contains("\nhelp: pass postgres://"), "{message}");
        }
    }

    #[test]
    fn where_nothing_is_named_nothing_is_meant() {
        if VARIABLES.iter().chain(&["PGSERVICE"]).any(|name| std::env::var_os(name).is_some()) {
            pkmig_server::testing::left_out("no database is named: a variable of psql is set here");
            return;
        }
        let Err(failure) = Target::find(None, false) else { panic!("nothing is named") };
        assert!(failure.to_string().starts_with("no database is named\nhelp: pass --database-url"), "{failure}");
        assert!(matches!(Target::find(None, true), Ok(Target::Private)));
        assert!(matches!(Target::find(Some("postgres://h/db"), true), Ok(Target::Said { .. })));
    }

    #[test]
    fn a_url_is_read() {
        let options = read("postgresql://me:pw@db.example:5433/app?application_name=x").unwrap();
        assert_eq!((options.get_host(), options.get_port(), options.get_database()), ("db.example", 5433, Some("app")));
        assert_eq!(options.get_application_name(), Some("pkmig"));
    }

    #[test]
    fn a_database_that_no_url_names_is_shown_as_one_without_its_password() {
        let options = PgConnectOptions::new_without_pgpass();
        let options = options.host("db.example").port(5433).username("app").password("secret").database("notes");
        let Target::Said { url, .. } = Target::said(options) else { panic!("it is said") };
        assert_eq!(url, "postgres://app@db.example:5433/notes");
    }
}
