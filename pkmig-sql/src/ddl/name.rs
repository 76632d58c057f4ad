//! Names and texts as statements hold them. Each is quoted when it is printed, and only then.

use std::fmt;

/// A name, in the database's own spelling. Printed in double quotes (manual section 4.1.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ident(String);

impl Ident {
    /// Takes the name as it is.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

impl From<&Ident> for sea_query::Alias {
    fn from(name: &Ident) -> Self {
        Self::new(name.as_str())
    }
}

/// An object with its schema: `"schema"."name"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Qualified {
    /// Its schema.
    pub schema: Ident,
    /// Its name.
    pub name: Ident,
}

impl fmt::Display for Qualified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

impl Qualified {
    /// As sea-query takes it.
    pub(crate) fn aliases(&self) -> (sea_query::Alias, sea_query::Alias) {
        ((&self.schema).into(), (&self.name).into())
    }
}

/// Names in a row: `"a", "b"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Idents(pub Vec<Ident>);

impl fmt::Display for Idents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, &self.0)
    }
}

/// SQL that is no statement: an expression of the chain with its names filled in, or one of ours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expression(String);

impl Expression {
    /// Takes what the chain says, or what one of our questions does.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As sea-query takes it.
    pub(crate) fn custom(&self) -> sea_query::Expr {
        sea_query::Expr::cust(self.0.clone())
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A type, with its schema where that is not PostgreSQL's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeName(String);

impl TypeName {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A function as `COMMENT`, `GRANT` and `DROP` name it: `"schema"."f"(text, integer)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// Its name.
    pub name: Qualified,
    /// The types of its arguments.
    pub args: Vec<TypeName>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        list(f, &self.args)?;
        f.write_str(")")
    }
}

/// Writes things with commas between them.
pub(super) fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, all: &[T]) -> fmt::Result {
    for (place, one) in all.iter().enumerate() {
        f.write_str(if place == 0 { "" } else { ", " })?;
        one.fmt(f)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_when_it_is_printed() {
        for name in ["$$", "E''", "{}", "%", " IS NOT NULL", "it's", "a\nb", "select", "naïve"] {
            assert_eq!(Ident::new(name).to_string(), format!("\"{name}\""));
        }
        let odd = Qualified { schema: Ident::new("a\"b"), name: Ident::new("c.d") };
        assert_eq!(odd.to_string(), "\"a\"\"b\".\"c.d\"");
        let args = ["text", "integer"].map(TypeName::new).to_vec();
        assert_eq!(Signature { name: odd, args }.to_string(), "\"a\"\"b\".\"c.d\"(text, integer)");
    }
}
