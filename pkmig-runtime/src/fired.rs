//! Triggers of the host that a plan would fire, and whose functions use the search path of whoever fires them.

use pkmig_schema::Version;

use pkmig_sql::shown;

/// A trigger outside the chain, on a table whose rows a version writes, or an event trigger. Its function sets no `search_path`,
/// so it runs under that of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The first version that fires it.
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
    /// A description.
    pub fn what(&self) -> String {
        let Self { table, trigger, function, owner, .. } = self;
        let on = match table {
            Some(table) => format!("trigger `{trigger}` of table `{table}`"),
            None => format!("event trigger `{trigger}`"),
        };
        format!("{on} runs function {function} of role `{owner}`, which sets no search_path")
    }
}

/// Why the run was refused.
pub(crate) const MESSAGE: &str = "triggers outside the chain would run under the search path of versions, and may not find what \
     they name; nothing was done";

/// A line for each.
pub(crate) fn details(fired: &[Fired]) -> Vec<String> {
    let line = |one: &Fired| format!("{}: {}", one.version, one.what());
    fired.iter().map(|one| format!("detail: {}", shown::line(&line(one)))).collect()
}

/// What to do.
pub(crate) fn help(fired: &[Fired]) -> String {
    let alter: Vec<_> =
        fired.iter().map(|one| format!("ALTER FUNCTION {} SET search_path = …", one.function)).collect();
    format!(
        "name the schemas that they need: {}; or let versions keep the session's path (`--host-path`, `Migrator::host_path`)",
        alter.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_and_owner_are_told_with_what_mends_it() {
        let table = Some("notes".to_owned());
        let (trigger, function, owner) = ("audit".to_owned(), "public.audit()".to_owned(), "host".to_owned());
        let fired = [Fired { version: Version(2), table, trigger, function, owner }];
        let expected = "detail: V2: trigger `audit` of table `notes` runs function public.audit() of role `host`, which sets no \
            search_path";
        assert_eq!(details(&fired), [expected]);
        assert!(help(&fired).contains("ALTER FUNCTION public.audit() SET search_path = …; or"));
    }
}
