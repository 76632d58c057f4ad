//! Domains.

use std::fmt;

use super::name::{Expression, Ident, Qualified, TypeName};

/// `CREATE DOMAIN`
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateDomain {
    pub name: Qualified,
    pub ty: TypeName,
    pub default: Option<Expression>,
    pub not_null: bool,
    pub checks: Vec<(Ident, Expression)>,
}

impl fmt::Display for CreateDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE DOMAIN {} AS {}", self.name, self.ty)?;
        if let Some(default) = &self.default {
            write!(f, " DEFAULT {default}")?;
        }
        f.write_str(if self.not_null { " NOT NULL" } else { "" })?;
        self.checks.iter().try_for_each(|(name, check)| write!(f, " CONSTRAINT {name} CHECK ({check})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_printed_with_all_that_it_has() {
        let domain = CreateDomain {
            name: Qualified { schema: Ident::new("s"), name: Ident::new("a\"b") },
            ty: TypeName::new("varchar(20)"),
            default: None,
            not_null: false,
            checks: Vec::new(),
        };
        assert_eq!(domain.to_string(), "CREATE DOMAIN \"s\".\"a\"\"b\" AS varchar(20)");
        for text in ["'$$'", "E'\\n'", "'{}'", "'%'", "' NOT NULL'", "'CHECK ('"] {
            let check = |name: &str| (Ident::new(name), Expression::new(format!("VALUE <> {text}")));
            let default = Some(Expression::new(text));
            let domain =
                CreateDomain { default, not_null: true, checks: vec![check("c"), check(text)], ..domain.clone() };
            assert_eq!(
                domain.to_string(),
                format!(
                    "CREATE DOMAIN \"s\".\"a\"\"b\" AS varchar(20) DEFAULT {text} NOT NULL \
                     CONSTRAINT \"c\" CHECK (VALUE <> {text}) CONSTRAINT \"{text}\" CHECK (VALUE <> {text})"
                )
            );
        }
    }
}
