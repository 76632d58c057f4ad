//! Which names in an expression stand for columns.
//!
//! Every bare name may, except: a function's, a type's, a collation's, a parameter's (squawk tells these apart), both sides of a `.`,
//! the values without parentheses such as `current_user`, and what a subquery names itself. A bare name in a subquery
//! counts, because it may come from outside of it.

use std::ops::Range;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::{Found, Piece};

/// The columns in a tree whose text stands behind `lead` bytes of frame.
pub(super) fn of(root: &SyntaxNode, lead: usize) -> Vec<Found> {
    let own = own_names(root, lead);
    let is_own = |found: &Found| {
        let named = |name: &String| found.piece == Piece::Ident(name.clone());
        own.iter().any(|(name, scope)| named(name) && scope.contains(&found.range.start))
    };
    let columns = root.descendants().filter(may_be_column).filter_map(|node| column_at(&node, lead));
    columns.filter(|column| !is_own(column)).collect()
}

/// The columns of `NEW` and `OLD` in a trigger's condition, or the first thing in it that has no place there: a row
/// that the trigger does not have, a bare name, a query.
pub(super) fn of_rows(
    root: &SyntaxNode,
    lead: usize,
    new: bool,
    old: bool,
) -> Result<Vec<Found>, (String, SyntaxNode)> {
    let frame = root.descendants().find(|it| it.kind() == SyntaxKind::SELECT);
    if let Some(query) = root.descendants().find(|it| it.kind() == SyntaxKind::SELECT && Some(it) != frame.as_ref()) {
        return Err(("the condition of a trigger cannot contain a query: use the function".to_owned(), query));
    }
    let mut columns = Vec::new();
    for node in root.descendants().filter(may_be_row) {
        let name = node.first_token().and_then(|token| folded(token.text())).unwrap_or_default();
        let known = match name.as_str() {
            "new" => new,
            "old" => old,
            _ => {
                return Err((format!("write `NEW.{name}` or `OLD.{name}` in the condition of a trigger"), node));
            }
        };
        if !known {
            let row = name.to_ascii_uppercase();
            return Err((
                format!("`{row}` is not available in this trigger, because of its level or one of its events"),
                node,
            ));
        }
        let access = node.parent().filter(|it| it.kind() == SyntaxKind::FIELD_EXPR);
        columns.extend(access.and_then(|it| column_at(&it.last_child().filter(|it| *it != node)?, lead)));
    }
    Ok(columns)
}

/// A bare name that is no column's, or the first part of a dotted one.
fn may_be_row(node: &SyntaxNode) -> bool {
    match node.parent() {
        Some(access) if access.kind() == SyntaxKind::FIELD_EXPR => {
            let called = access.parent().is_some_and(|call| is_called(&access, &call));
            node.kind() == SyntaxKind::NAME_REF && access.first_child().as_ref() == Some(node) && !called
        }
        _ => may_be_column(node),
    }
}

fn column_at(node: &SyntaxNode, lead: usize) -> Option<Found> {
    let name = folded(node.first_token()?.text())?;
    let range = node.text_range();
    let start = usize::from(range.start()).checked_sub(lead)?;
    let end = usize::from(range.end()).checked_sub(lead)?;
    Some(Found { range: start..end, piece: Piece::Ident(name) })
}

pub(super) fn may_be_column(node: &SyntaxNode) -> bool {
    use SyntaxKind as S;
    let (S::NAME_REF, Some(parent)) = (node.kind(), node.parent()) else {
        return false;
    };
    match parent.kind() {
        S::FIELD_EXPR => return false,
        // The function's own name comes first, its arguments have a list of theirs.
        S::CALL_EXPR if is_called(node, &parent) => return false,
        _ => {}
    }
    !node.first_token().is_some_and(|it| {
        matches!(
            it.kind(),
            S::CURRENT_CATALOG_KW
                | S::CURRENT_DATE_KW
                | S::CURRENT_ROLE_KW
                | S::CURRENT_SCHEMA_KW
                | S::CURRENT_TIME_KW
                | S::CURRENT_TIMESTAMP_KW
                | S::CURRENT_USER_KW
                | S::LOCALTIME_KW
                | S::LOCALTIMESTAMP_KW
                | S::SESSION_USER_KW
                | S::SYSTEM_USER_KW
                | S::USER_KW
                // The second argument of normalize().
                | S::NFC_KW
                | S::NFD_KW
                | S::NFKC_KW
                | S::NFKD_KW
        )
    })
}

pub(super) fn is_called(name: &SyntaxNode, call: &SyntaxNode) -> bool {
    let has_arguments = call.children().any(|it| it.kind() == SyntaxKind::ARG_LIST);
    has_arguments && call.first_child().as_ref() == Some(name)
}

/// What subqueries name themselves, and where each such name holds: the aliases in FROM and the names of WITH queries.
pub(super) fn own_names(root: &SyntaxNode, lead: usize) -> Vec<(String, Range<usize>)> {
    use SyntaxKind as S;
    let names = root.descendants().filter(|it| match it.kind() {
        S::TABLE_ALIAS | S::CTE_NAME => true,
        S::COLUMN_NAME => it.parent().is_some_and(|it| it.kind() == S::COLUMN_LIST),
        _ => false,
    });
    let own = names.filter_map(|it| {
        let name = folded(it.first_token()?.text())?;
        let scope = it.ancestors().find(|it| it.kind() == S::SELECT)?.text_range();
        let place = |at: usize| at.saturating_sub(lead);
        Some((name, place(scope.start().into())..place(scope.end().into())))
    });
    own.collect()
}

/// A name as PostgreSQL folds it. One with Unicode escapes stays as it is written, because nobody names a column so.
pub(super) fn folded(token: &str) -> Option<String> {
    match token.strip_prefix('"') {
        Some(rest) => Some(rest.strip_suffix('"')?.replace("\"\"", "\"")),
        None => (!token.contains('"')).then(|| token.to_ascii_lowercase()),
    }
}
