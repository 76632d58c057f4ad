//! Who may create objects in a schema on the search path of versions.

use pkmig_sql::ident;
use pkmig_sql::shown;

/// A role that may create objects in a schema which a chain's expressions are read by, without being trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTo {
    /// The schema, in which an extension of the chain lives or is to live.
    pub schema: String,
    /// The role; `PUBLIC` is everybody.
    pub role: String,
    /// Whether it owns the schema.
    pub owns: bool,
}

impl OpenTo {
    /// Who may do what.
    fn who(&self) -> String {
        let Self { schema, role, owns } = self;
        match (owns, &**role) {
            (true, _) => format!("schema `{schema}` belongs to role `{role}`"),
            (false, "PUBLIC") => format!("everybody may create objects in schema `{schema}`"),
            (false, _) => format!("role `{role}` may create objects in schema `{schema}`"),
        }
    }

    /// What to do about it.
    fn help(&self) -> String {
        let Self { schema, role, owns } = self;
        let schema = ident(schema);
        match (owns, &**role) {
            (true, _) => format!(
                "run as `{role}` (`--as`), or trust it (`--trust-owner`, `Migrator::trust_owners`): it can do what you can"
            ),
            (false, "PUBLIC") => format!("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"),
            (false, _) => {
                format!("REVOKE CREATE ON SCHEMA {schema} FROM {}, or trust it (`--trust-owner`)", ident(role))
            }
        }
    }
}

/// Who they are, why that matters, and what to do.
pub(crate) fn message(chain: &str, open: &[OpenTo]) -> String {
    let (who, help): (Vec<_>, Vec<_>) = open.iter().map(|open| (open.who(), open.help())).unzip();
    format!(
        "{}: what is planted there could run with your rights, because the versions of `{chain}` call \
         what they find there. Nothing was done\nhelp: {}",
        shown::line(&who.join("; ")),
        shown::line(&help.join("; "))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_holds_an_end_of_line_is_written_out() {
        let open = OpenTo { schema: "public".to_owned(), role: "a\nhelp: \\! rm".to_owned(), owns: false };
        assert_eq!(message("notes", &[open]).lines().count(), 2);
    }

    #[test]
    fn each_is_told_with_what_closes_it() {
        let open = |role: &str, owns| OpenTo { schema: "public".to_owned(), role: role.to_owned(), owns };
        let text = message("notes", &[open("PUBLIC", false), open("app", true)]);
        assert!(
            text.starts_with(
                "everybody may create objects in schema `public`; schema `public` belongs to role `app`: "
            )
        );
        let help = text.lines().last().unwrap_or_default();
        assert!(
            help.starts_with("help: REVOKE CREATE ON SCHEMA \"public\" FROM PUBLIC; run as `app` (`--as`)"),
            "{help}"
        );
    }
}
