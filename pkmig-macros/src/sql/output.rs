//! What a view's query gives: the names of its columns.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as S, SyntaxNode};

use super::columns::folded;

/// The names of the columns, or the first one that has none of its own. A `*` is none anywhere: PostgreSQL takes the
/// columns of that moment for it, and a view that is made again would show others.
pub(super) fn columns(root: &SyntaxNode) -> Result<Vec<String>, (String, SyntaxNode)> {
    let star = root.descendants().filter(|node| node.kind() == S::TARGET).find(is_star);
    if let Some(star) = star {
        let message = "`*` would mean the columns at the moment of creation: list the columns";
        return Err((message.to_owned(), star));
    }
    let Some(select) = root.children().find_map(|node| first_select(&node)) else {
        return Err(("expected a query: a view begins with SELECT".to_owned(), root.clone()));
    };
    let list = select.children().find(|it| it.kind() == S::SELECT_CLAUSE);
    let list = list.and_then(|it| it.children().find(|it| it.kind() == S::TARGET_LIST));
    let targets: Vec<_> = list.into_iter().flat_map(|it| it.children()).filter(|it| it.kind() == S::TARGET).collect();
    if targets.is_empty() {
        return Err(("this view has no columns".to_owned(), select));
    }
    let named =
        |target: SyntaxNode| name(&target).ok_or_else(|| ("this column has no name: add `AS name`".to_owned(), target));
    targets.into_iter().map(named).collect()
}

fn is_star(target: &SyntaxNode) -> bool {
    let star = |node: &SyntaxNode| node.children_with_tokens().any(|it| it.kind() == S::STAR);
    star(target) || target.children().any(|it| it.kind() == S::FIELD_EXPR && star(&it))
}

/// The query whose columns are named after: of a UNION the first.
fn first_select(node: &SyntaxNode) -> Option<SyntaxNode> {
    match node.kind() {
        S::SELECT => Some(node.clone()),
        S::COMPOUND_SELECT | S::PAREN_SELECT => node.children().find_map(|it| first_select(&it)),
        _ => None,
    }
}

/// The name behind AS, or that of a plain column.
fn name(target: &SyntaxNode) -> Option<String> {
    if let Some(alias) = ast::Target::cast(target.clone())?.as_name() {
        return folded(alias.name()?.syntax().first_token()?.text());
    }
    let value = target.first_child()?;
    match value.kind() {
        S::NAME_REF => folded(value.first_token()?.text()),
        S::FIELD_EXPR => folded(value.children().nth(1).filter(|it| it.kind() == S::NAME_REF)?.first_token()?.text()),
        _ => None,
    }
}
