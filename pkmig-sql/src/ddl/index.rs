//! `CREATE INDEX`, `ALTER INDEX` and `DROP INDEX`. sea-query has no word for an operator class with an order, for where
//! nulls stand, or for `CONCURRENTLY`.

use std::fmt;

use super::name::{Expression, Ident, Idents, Qualified, list};

/// `CREATE INDEX`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateIndex {
    /// Its name; its schema is that of the table.
    pub name: Ident,
    /// The table.
    pub table: Qualified,
    /// Whether it refuses equal keys.
    pub unique: bool,
    /// Whether writers are not locked out.
    pub concurrently: bool,
    /// Its method.
    pub method: IndexMethod,
    /// Its keys.
    pub keys: Vec<Key>,
    /// The columns that it carries along.
    pub include: Option<Idents>,
    /// Whether two nulls are equal.
    pub nulls_not_distinct: bool,
    /// Which rows it is over.
    pub predicate: Option<Expression>,
}

/// An access method, with ` USING` before it; PostgreSQL's default, btree, is not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexMethod(pub Option<Ident>);

impl fmt::Display for IndexMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|method| write!(f, " USING {method}"))
    }
}

/// A key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What is indexed.
    pub of: KeyOf,
    /// The operator class, with its schema where an extension brings it.
    pub opclass: Option<(Option<Ident>, Ident)>,
    /// Whether it is `DESC`.
    pub descending: bool,
    /// Where nulls stand, if it is not where the direction puts them.
    pub nulls: Option<&'static str>,
}

/// What is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum KeyOf {
    Column(Ident),
    Expression(Expression),
}

impl fmt::Display for KeyOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) => name.fmt(f),
            Self::Expression(expression) => write!(f, "({expression})"),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.of.fmt(f)?;
        match &self.opclass {
            Some((Some(schema), opclass)) => write!(f, " {schema}.{opclass}")?,
            Some((None, opclass)) => write!(f, " {opclass}")?,
            None => {}
        }
        f.write_str(if self.descending { " DESC" } else { "" })?;
        self.nulls.iter().try_for_each(|nulls| write!(f, " NULLS {nulls}"))
    }
}

impl fmt::Display for CreateIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unique = if self.unique { "UNIQUE " } else { "" };
        let concurrently = if self.concurrently { "CONCURRENTLY " } else { "" };
        write!(f, "CREATE {unique}INDEX {concurrently}{} ON {}{} (", self.name, self.table, self.method)?;
        list(f, &self.keys)?;
        f.write_str(")")?;
        self.include.iter().try_for_each(|include| write!(f, " INCLUDE ({include})"))?;
        f.write_str(if self.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" })?;
        self.predicate.iter().try_for_each(|predicate| write!(f, " WHERE {predicate}"))
    }
}

/// `ALTER INDEX … RENAME TO`
#[derive(Debug, Clone)]
pub struct RenameIndex {
    /// The index.
    pub index: Qualified,
    /// Its new name.
    pub to: Ident,
}

impl fmt::Display for RenameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ALTER INDEX {} RENAME TO {}", self.index, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_an_index_are_left_as_they_are() {
        for text in ["$$ON$$", r"E'it\'s'", "'{table}'", "'%' IS NOT NULL", "'a\nb'"] {
            let key = Key {
                of: KeyOf::Expression(Expression::new(text)),
                opclass: Some((Some(Ident::new("public")), Ident::new("gin_trgm_ops"))),
                descending: true,
                nulls: Some("LAST"),
            };
            let index = CreateIndex {
                name: Ident::new(text),
                table: Qualified { schema: Ident::new("p"), name: Ident::new("{name}") },
                unique: true,
                concurrently: true,
                method: IndexMethod(Some(Ident::new("gist"))),
                keys: vec![
                    key.clone(),
                    Key { of: KeyOf::Column(Ident::new("c")), opclass: None, descending: false, nulls: None },
                ],
                include: Some(Idents(vec![Ident::new("d")])),
                nulls_not_distinct: true,
                predicate: Some(Expression::new(text)),
            };
            let name = Ident::new(text);
            let expected = |name: &Ident, table: &str| {
                format!(
                    "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} USING \"gist\" (({text}) \"public\".\"gin_trgm_ops\" DESC \
                     NULLS LAST, \"c\") INCLUDE (\"d\") NULLS NOT DISTINCT WHERE {text}"
                )
            };
            assert_eq!(index.to_string(), expected(&name, "\"p\".\"{name}\""));
            let (other, table) = (Ident::new("probe"), Qualified { schema: Ident::new("q"), name: Ident::new("t") });
            assert_eq!(
                CreateIndex { name: other.clone(), table, ..index }.to_string(),
                expected(&other, "\"q\".\"t\"")
            );
        }
    }
}
