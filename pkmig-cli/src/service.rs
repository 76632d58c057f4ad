//! The connection service file, which sqlx does not read (manual, section 34.17).

use std::path::PathBuf;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::error::Failure;

/// What the service that `PGSERVICE` names says, over what the environment says.
pub(super) fn apply(options: PgConnectOptions) -> Result<PgConnectOptions, Failure> {
    let name = std::env::var("PGSERVICE").unwrap_or_default();
    let files: Vec<PathBuf> = files().collect();
    for file in &files {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        if let Some(settings) = section(&text, &name) {
            return settings.into_iter().try_fold(options, |options, (key, value)| {
                set(options, key, value)
                    .map_err(|why| Failure::Service(format!("service `{name}` of {}: {why}", file.display())))
            });
        }
    }
    let files = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" or ");
    Err(Failure::Service(format!("no service `{name}` is defined in {files}")))
}

/// The files that may define it, the user's first.
fn files() -> impl Iterator<Item = PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = variable("HOME").map(|home| home.join(".pg_service.conf"));
    let system = variable("PGSYSCONFDIR").unwrap_or_else(|| PathBuf::from("/etc/postgresql-common"));
    variable("PGSERVICEFILE").or(home).into_iter().chain([system.join("pg_service.conf")])
}

/// The settings of a section.
fn section<'a>(text: &'a str, name: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let header = |line: &'a str| line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.skip_while(|line| header(line) != Some(name));
    lines.next()?;
    let settings = lines.take_while(|line| header(line).is_none());
    Some(
        settings
            .map(|line| line.split_once('=').unwrap_or((line, "")))
            .map(|(key, value)| (key.trim(), value.trim()))
            .collect(),
    )
}

fn set(options: PgConnectOptions, key: &str, value: &str) -> Result<PgConnectOptions, String> {
    Ok(match key {
        "host" | "hostaddr" => options.host(value),
        "port" => options.port(value.parse().map_err(|_| format!("`{value}` is not a port"))?),
        "dbname" => options.database(value),
        "user" => options.username(value),
        "password" => options.password(value),
        "sslmode" => options.ssl_mode(value.parse::<PgSslMode>().map_err(|error| error.to_string())?),
        "sslrootcert" => options.ssl_root_cert(value),
        "sslcert" => options.ssl_client_cert(value),
        "sslkey" => options.ssl_client_key(value),
        // They say what this program says by itself, or how long to wait, and not where the database is.
        "application_name" | "connect_timeout" | "keepalives" | "client_encoding" => options,
        other => return Err(format!("`{other}` is not supported")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# databases\n[test]\nhost=localhost\n\n[notes]\nhost = db.example\nport=5433\ndbname=notes\n# who\nuser=app\n[other]\nport=1\n";

    #[test]
    fn a_service_is_found_by_its_name() {
        let found = section(FILE, "notes").unwrap();
        assert_eq!(found, [("host", "db.example"), ("port", "5433"), ("dbname", "notes"), ("user", "app")]);
        assert_eq!(section(FILE, "none"), None);
    }

    #[test]
    fn a_setting_that_is_not_understood_is_an_error() {
        let options = PgConnectOptions::new_without_pgpass();
        assert_eq!(set(options.clone(), "port", "5433").unwrap().get_port(), 5433);
        assert!(set(options.clone(), "port", "x").is_err());
        assert!(set(options, "service", "x").unwrap_err().contains("`service`"));
    }
}
