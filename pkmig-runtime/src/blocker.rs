//! The sessions that a run waits for.

use std::fmt;

use pkmig_sql::shown;

/// A session that holds what a run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// Its process id, for `pg_terminate_backend`.
    pub process: i32,
    /// Its role.
    pub role: String,
    /// Its `application_name`.
    pub application: String,
    /// When its transaction began, as in `2026-01-31T12:00:00Z`, if the running role may see it.
    pub since: Option<String>,
    /// The table and the lock mode; none if it is another run of the same chain.
    pub table: Option<(String, String)>,
}

impl Blocker {
    /// All of them in one line, or `none` if there are none.
    pub fn listed(blockers: &[Self], none: &str) -> String {
        match blockers.is_empty() {
            true => none.to_owned(),
            false => blockers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        }
    }
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { process, role, application, since, table } = self;
        write!(f, "process {process} of role `{}`", shown::line(role))?;
        if !application.is_empty() {
            write!(f, " ({})", shown::line(application))?;
        }
        if let Some(since) = since {
            write!(f, ", in a transaction since {since}")?;
        }
        match table {
            Some((table, mode)) => write!(f, ", holds {mode} on table `{}`", shown::line(table)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_it_is_told_in_one_line() {
        let table = Some(("notes".to_owned(), "RowExclusiveLock".to_owned()));
        let (role, application) = ("app".to_owned(), "psql\u{1b}[2J".to_owned());
        let blocker = Blocker { process: 42, role, application, since: Some("2026-01-31T12:00:00Z".to_owned()), table };
        let expected = "process 42 of role `app` (psql\\u{1b}[2J), in a transaction since 2026-01-31T12:00:00Z, \
            holds RowExclusiveLock on table `notes`";
        assert_eq!(blocker.to_string(), expected);
        let bare = Blocker { application: String::new(), since: None, table: None, ..blocker };
        assert_eq!(Blocker::listed(&[bare], "somebody"), "process 42 of role `app`");
        assert_eq!(Blocker::listed(&[], "somebody"), "somebody");
    }
}
