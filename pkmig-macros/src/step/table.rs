//! Tables: create, drop, rename.

use pkmig_schema::{List, RowSecurity, Step, TableDef};
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use super::names::{arrow, names};
use super::{column, constraint, expect, flags, index, names::name, peek, policy, take, text, trigger};
use crate::context::Context;

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let table = name(input, context)?;
    let flags = flags(input, &["if_not_exists", "unlogged"])?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the columns"));
    }
    let body;
    syn::braced!(body in input);
    let mut columns = Vec::new();
    let mut constraints = Vec::new();
    let mut indexes = Vec::new();
    let mut row_security = RowSecurity::default();
    let mut policies = Vec::new();
    let mut triggers = Vec::new();
    let mut comment = None;
    while !body.is_empty() {
        if is_column(&body) {
            let at = body.span();
            let name = name(&body, context)?;
            let mut defined = column::definition(&body, context, name)?.of_new_table(at)?;
            columns.push(defined.column);
            constraints.append(&mut defined.constraints);
            indexes.append(&mut defined.indexes);
        } else if peek(&body, "index") || peek(&body, "unique_index") {
            let unique = peek(&body, "unique_index");
            expect(&body, if unique { "unique_index" } else { "index" })?;
            let name = super::names::optional_name(&body, context)?;
            indexes.push(index::definition(&body, context, name, unique)?);
        } else if peek(&body, "row_level_security") {
            row_security = policy::security_of_table(&body)?;
        } else if peek(&body, "policy") {
            policies.push(policy::of_table(&body, context, table)?);
        } else if take(&body, "trigger")? {
            let name = name(&body, context)?;
            triggers.push(trigger::definition(&body, context, name)?);
        } else if peek(&body, "comment") {
            if comment.is_some() {
                return Err(body.error("duplicate `comment`"));
            }
            expect(&body, "comment")?;
            comment = Some(text(&body, context, "the comment")?);
        } else {
            constraints.push(constraint::of_table(&body, context)?);
        }
        if !body.is_empty() {
            body.parse::<Token![,]>().map_err(|e| syn::Error::new(e.span(), "expected `,`"))?;
        }
    }
    let def = TableDef {
        name: table,
        unlogged: flags.has("unlogged"),
        columns: List::Owned(columns),
        constraints: List::Owned(constraints),
        indexes: List::Owned(indexes),
        row_security,
        policies: List::Owned(policies),
        triggers: List::Owned(triggers),
        comment,
    };
    Ok(vec![Step::CreateTable { def, if_not_exists: flags.has("if_not_exists") }])
}

/// Whether a column stands here: a name and a colon.
fn is_column(input: ParseStream) -> bool {
    let ahead = input.fork();
    let named = match ahead.peek(LitStr) {
        true => ahead.parse::<LitStr>().is_ok(),
        false => ahead.call(<syn::Ident as syn::ext::IdentExt>::parse_any).is_ok(),
    };
    named && ahead.peek(Token![:]) && !ahead.peek(Token![::])
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let tables = names(input, context)?;
    let flags = flags(input, &["if_exists", "cascade"])?;
    let (if_exists, cascade) = (flags.has("if_exists"), flags.has("cascade"));
    Ok(tables.into_iter().map(|table| Step::DropTable { table, if_exists, cascade }).collect())
}

pub(super) fn parse_rename(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let from = name(input, context)?;
    let to = arrow(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(vec![Step::RenameTable { from, to, if_exists }])
}
