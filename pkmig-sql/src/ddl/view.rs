//! Views and materialized views.

use std::fmt;

use super::drop::Droppable;
use super::name::{Expression, Ident, Idents, Qualified};

/// `CREATE VIEW`. The columns are named: a view keeps them where those of its tables are renamed. The query stands in
/// parentheses, because it may end in a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateView {
    pub name: Qualified,
    pub materialized: bool,
    pub or_replace: bool,
    pub columns: Idents,
    pub query: Expression,
    pub with_data: bool,
}

/// Which kind of view: the word of its statements.
pub(crate) fn view_kind(materialized: bool) -> Droppable {
    if materialized { Droppable::MaterializedView } else { Droppable::View }
}

impl fmt::Display for CreateView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_replace = if self.or_replace { " OR REPLACE" } else { "" };
        let kind = view_kind(self.materialized).words();
        let data = if self.materialized && !self.with_data { "\nWITH NO DATA" } else { "" };
        let (name, columns, query) = (&self.name, &self.columns, self.query.as_str().trim());
        write!(f, "CREATE{or_replace} {kind} {name} ({columns}) AS (\n{query}\n){data}")
    }
}

/// `REFRESH MATERIALIZED VIEW`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct RefreshView {
    pub view: Qualified,
    pub concurrently: bool,
}

impl fmt::Display for RefreshView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let concurrently = if self.concurrently { "CONCURRENTLY " } else { "" };
        write!(f, "REFRESH MATERIALIZED VIEW {concurrently}{}", self.view)
    }
}

/// `ALTER VIEW … RENAME TO`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct RenameView {
    pub view: Qualified,
    pub materialized: bool,
    pub to: Ident,
}

impl fmt::Display for RenameView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ALTER {} {} RENAME TO {}", view_kind(self.materialized).words(), self.view, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_of_either_kind_gets_another_name() {
        for name in ["$$", "{}", "%", " RENAME TO ", "it's", "a\nb"] {
            let view = Qualified { schema: Ident::new("s"), name: Ident::new(name) };
            let rename = RenameView { view, materialized: false, to: Ident::new("a\"b") };
            let expected = format!("ALTER VIEW \"s\".\"{name}\" RENAME TO \"a\"\"b\"");
            assert_eq!(rename.to_string(), expected);
            let materialized = RenameView { materialized: true, ..rename };
            assert_eq!(materialized.to_string(), expected.replacen("VIEW", "MATERIALIZED VIEW", 1));
        }
    }
}
