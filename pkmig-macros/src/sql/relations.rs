//! The tables and functions that a text names without `@.`: which of them live outside of the prefix, and which would be
//! looked for in whatever search_path there is.

use std::collections::HashSet;

use squawk_syntax::{SyntaxKind as S, SyntaxNode};

use super::columns::folded;

/// PostgreSQL's own schemas, which are everywhere.
const EVERYWHERE: [&str; 2] = ["pg_catalog", "information_schema"];

/// An object with a schema before it.
pub(super) struct Qualified {
    /// Where it stands, schema and all.
    pub(super) node: SyntaxNode,
    pub(super) schema: String,
    pub(super) name: String,
    /// Whether it is called; else it is a table.
    pub(super) function: bool,
}

/// The tables and called functions that are written with a schema other than PostgreSQL's own.
pub(super) fn qualified(root: &SyntaxNode) -> Vec<Qualified> {
    let found = root.descendants().filter_map(|node| {
        let (node, function) = match node.kind() {
            S::RELATION_NAME_REF => (node.first_child()?, false),
            S::CALL_EXPR if node.children().any(|it| it.kind() == S::ARG_LIST) => {
                (node.first_child().filter(|it| it.kind() == S::FIELD_EXPR)?, true)
            }
            _ => return None,
        };
        let [schema, name] = names(&node)?.try_into().ok()?;
        (!EVERYWHERE.contains(&schema.as_str())).then_some(Qualified { node, schema, name, function })
    });
    found.collect()
}

/// The tables that have no schema, and are neither made by the text itself nor one of PostgreSQL's catalogs.
pub(super) fn bare(root: &SyntaxNode) -> Vec<(String, SyntaxNode)> {
    let own: HashSet<String> = root.descendants().filter_map(|node| own_name(&node)).collect();
    let found = root.descendants().filter(|node| node.kind() == S::RELATION_NAME_REF).filter_map(|node| {
        let [name] = names(&node.first_child()?)?.try_into().ok()?;
        let known = own.contains(&name) || name.starts_with("pg_");
        (!known).then_some((name, node))
    });
    found.collect()
}

/// What a text names itself: WITH queries and tables that it makes for itself.
fn own_name(node: &SyntaxNode) -> Option<String> {
    match node.kind() {
        S::CTE_NAME => folded(node.first_token()?.text()),
        S::CREATE_TABLE | S::CREATE_TABLE_AS => {
            let path = node.descendants().find(|it| it.kind() == S::PATH)?;
            folded(path.last_token()?.text())
        }
        _ => None,
    }
}

/// The parts of `a.b`.
fn names(node: &SyntaxNode) -> Option<Vec<String>> {
    let parts = node.descendants().filter(|it| matches!(it.kind(), S::NAME_REF | S::PATH_SEGMENT_REF));
    parts.map(|it| folded(it.first_token()?.text())).collect()
}
