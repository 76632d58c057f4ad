//! What is SQL, but has no place in a migration.

use squawk_syntax::{SyntaxKind as S, SyntaxNode};

/// Where statements stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the version itself.
    Version,
    /// In a DO block, which runs with the version.
    Do,
    /// In a function, which runs later.
    Function,
}

const TRANSACTION: &str = "a version already runs in a transaction: remove this";
const OUTSIDE: &str = "this cannot run inside a transaction, as a version does: run it outside of migrations";
const CONCURRENTLY: &str = "this cannot run inside a transaction, as a version does: use `create_index … concurrently`, or leave out CONCURRENTLY";
const SEARCH_PATH: &str = "SQL here must not depend on search_path: write `@.name`";
const COPY: &str = "a migration has no standard input or output: write the rows as a `seed`";

/// Every statement that has no place where it stands, and why.
pub(super) fn broken(root: &SyntaxNode, place: Place) -> Vec<(String, SyntaxNode)> {
    let found = root.descendants().filter_map(|node| rule(&node, place).map(|message| (message.to_owned(), node)));
    found.collect()
}

fn rule(node: &SyntaxNode, place: Place) -> Option<&'static str> {
    let runs_here = place != Place::Function;
    match node.kind() {
        S::BEGIN
        | S::COMMIT_TRANSACTION
        | S::ROLLBACK_TRANSACTION
        | S::SAVEPOINT_CREATE
        | S::ROLLBACK_TO_SAVEPOINT
        | S::RELEASE_SAVEPOINT
        | S::PREPARE_TRANSACTION
        | S::COMMIT_PREPARED
        | S::ROLLBACK_PREPARED
        | S::PLPGSQL_COMMIT_STMT
        | S::PLPGSQL_ROLLBACK_STMT
            if runs_here =>
        {
            Some(TRANSACTION)
        }
        S::VACUUM
        | S::CREATE_DATABASE
        | S::DROP_DATABASE
        | S::CREATE_TABLESPACE
        | S::DROP_TABLESPACE
        | S::CREATE_SUBSCRIPTION
        | S::ALTER_SYSTEM
        | S::REINDEX_TARGET_DATABASE
        | S::REINDEX_TARGET_SYSTEM
        | S::DISCARD_ALL
            if runs_here =>
        {
            Some(OUTSIDE)
        }
        S::CREATE_INDEX
        | S::DROP_INDEX
        | S::REINDEX_TARGET_INDEX
        | S::REINDEX_TARGET_TABLE
        | S::REINDEX_TARGET_SCHEMA
        | S::DETACH_CONCURRENTLY
            if runs_here && has_token(node, S::CONCURRENTLY_KW) =>
        {
            Some(CONCURRENTLY)
        }
        S::COPY_STDIN | S::COPY_STDOUT => Some(COPY),
        S::SET_SCHEMA_VALUE => Some(SEARCH_PATH),
        S::CONFIG_PARAMETER_REF if is_search_path(node) && !is_harmless(node) => Some(SEARCH_PATH),
        S::CALL_EXPR if sets_search_path(node) => Some(SEARCH_PATH),
        _ => None,
    }
}

fn has_token(node: &SyntaxNode, kind: S) -> bool {
    node.children_with_tokens().any(|it| it.kind() == kind)
}

fn is_search_path(name: &SyntaxNode) -> bool {
    let name = name.text().to_string();
    name.trim_matches('"').eq_ignore_ascii_case("search_path")
}

/// A function with an empty search_path depends on none: that is how `security definer` is made safe.
fn is_harmless(name: &SyntaxNode) -> bool {
    let option = name.ancestors().take(3).find(|it| matches!(it.kind(), S::SET_FUNC_OPTION | S::RESET_FUNC_OPTION));
    let value = name.next_sibling().filter(|it| it.kind() == S::TO_CONFIG_VALUE);
    let (Some(_), Some(value)) = (option, value) else {
        return false;
    };
    value.children().all(|it| {
        let text = it.text().to_string().to_ascii_lowercase();
        matches!(text.trim_matches(['\'', '"']), "" | "pg_catalog" | "pg_temp")
    })
}

fn sets_search_path(call: &SyntaxNode) -> bool {
    let mut parts = call.children();
    let name = parts.next().and_then(|it| it.last_token());
    let arguments = parts.find(|it| it.kind() == S::ARG_LIST);
    name.is_some_and(|it| it.text().trim_matches('"').eq_ignore_ascii_case("set_config"))
        && arguments
            .and_then(|it| it.first_child())
            .is_some_and(|it| it.text().to_string().trim_matches('\'').eq_ignore_ascii_case("search_path"))
}

/// An object where PostgreSQL takes no schema. `objects` are places in a text that stands behind `lead` bytes of frame.
pub(super) fn misplaced(
    root: &SyntaxNode,
    lead: usize,
    objects: impl Iterator<Item = usize>,
) -> Option<(String, usize)> {
    let mut objects = objects;
    objects.find_map(|at| {
        let offset = u32::try_from(at + lead).ok()?;
        let token = root.token_at_offset(offset.into()).right_biased()?;
        let mut above = token
            .parent_ancestors()
            .skip_while(|it| matches!(it.kind(), S::PATH | S::PATH_REF | S::PATH_SEGMENT | S::PATH_SEGMENT_REF));
        let (name, owner) = (above.next()?, above.next()?);
        let message = match (name.kind(), owner.kind()) {
            (S::INDEX, S::CREATE_INDEX) => {
                "an index is created in its table's schema: write its bare name, or use `create_index`"
            }
            (S::CONSTRAINT_NAME_REF, _) => "a constraint belongs to its table: write its bare name",
            (_, renaming) if format!("{renaming:?}").ends_with("RENAME_TO") => {
                "a rename stays in the schema: write the new name without `@.`, or use a `rename_…` step"
            }
            _ => return None,
        };
        Some((message.to_owned(), at))
    })
}
