//! Triggers of the host's that a plan would fire, and whose functions find names by the search path of whoever fires them.

use pkmig_schema::Version;

use pkmig_sql::shown;

/// A trigger that is not the chain's, on a table whose rows a version writes, or an event trigger. Its function sets no
/// `search_path`, so it runs under that of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The version that fires it first.
    pub version: Version,
    /// The table; none of an event trigger.
    pub table: Option<String>,
    /// The trigger.
    pub trigger: String,
    /// Its function, with its schema and the types of its arguments, as PostgreSQL prints it.
    pub function: String,
    /// The owner of the function.
    pub owner: String,
}

impl Fired {
    /// It in words.
    pub fn what(&self) -> String {
        let Self { table, trigger, function, owner, .. } = self;
        let on = match table {
            Some(table) => format!("trigger `{trigger}` of table `{table}`"),
            None => format!("event trigger `{trigger}`"),
        };
        format!("{on} runs function {function} of role `{owner}`, which sets no search_path")
    }
}

/// Why the run was refused, and what to do.
pub(crate) fn message(fired: &[Fired]) -> String {
    let line = |one: &Fired| format!("{}: {}", one.version, one.what());
    let lines: String = fired.iter().map(|one| format!("\n{}", shown::line(&line(one)))).collect();
    let alter: Vec<_> =
        fired.iter().map(|one| format!("ALTER FUNCTION {} SET search_path = …", one.function)).collect();
    format!(
        "triggers that are not the chain's would run under the search path of versions, where they may not find what they name, \
         and nothing was done{lines}\nhelp: name the schemas that they need: {}; or let versions keep the session's path \
         (`--host-path`, `Migrator::host_path`)",
        shown::line(&alter.join("; "))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_and_owner_are_told_with_what_mends_it() {
        let table = Some("notes".to_owned());
        let (trigger, function, owner) = ("audit".to_owned(), "public.audit()".to_owned(), "host".to_owned());
        let text = message(&[Fired { version: Version(2), table, trigger, function, owner }]);
        assert!(
            text.contains("V2: trigger `audit` of table `notes` runs function public.audit() of role `host`"),
            "{text}"
        );
        assert!(text.contains("ALTER FUNCTION public.audit() SET search_path = …; or"), "{text}");
    }
}
