//! Who may create objects in a schema on the search path of versions.

use pkmig_sql::ident;

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
                "run as `{role}` (`--as`), or trust it (`--trust-owner`, `Migrator::trust_owners`): it then has your privileges"
            ),
            (false, "PUBLIC") => format!("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"),
            (false, _) => {
                format!("REVOKE CREATE ON SCHEMA {schema} FROM {}, or trust it (`--trust-owner`)", ident(role))
            }
        }
    }
}

/// Who they are, and why that matters.
pub(crate) fn message(chain: &str, open: &[OpenTo]) -> String {
    let who: Vec<_> = open.iter().map(OpenTo::who).collect();
    format!(
        "{}: objects that are created there could run with your privileges, because the versions of `{chain}` call what they \
         find there; nothing was done",
        who.join("; ")
    )
}

/// What to do.
pub(crate) fn help(open: &[OpenTo]) -> String {
    open.iter().map(OpenTo::help).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_line_break_stays_in_its_line() {
        let open = OpenTo { schema: "public".to_owned(), role: "a\nhelp: \\! rm".to_owned(), owns: false };
        let error = crate::Error::OpenPath { chain: "notes", open: vec![open] };
        assert_eq!(error.report().lines().count(), 2);
    }

    #[test]
    fn each_schema_is_named_with_what_closes_it() {
        let open = |role: &str, owns| OpenTo { schema: "public".to_owned(), role: role.to_owned(), owns };
        let open = [open("PUBLIC", false), open("app", true)];
        let expected = "everybody may create objects in schema `public`; schema `public` belongs to role `app`: ";
        assert!(message("notes", &open).starts_with(expected));
        let expected = "REVOKE CREATE ON SCHEMA \"public\" FROM PUBLIC; run as `app` (`--as`)";
        assert!(help(&open).starts_with(expected), "{}", help(&open));
    }
}
