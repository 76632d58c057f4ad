//! Privileges: grant and revoke.

use pkmig_schema::{Grant, GrantTarget, List, Name, Privilege, Step};
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::names::{name, name_list, names};
use super::{argument_types, expect, expected, list, parenthesized, peek, take, unknown};
use crate::context::Context;

pub(super) fn parse_grant(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    Ok(parse(input, context, "to")?.into_iter().map(Step::Grant).collect())
}

pub(super) fn parse_revoke(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    Ok(parse(input, context, "from")?.into_iter().map(Step::Revoke).collect())
}

fn parse(input: ParseStream, context: &Context, direction: &str) -> syn::Result<Vec<Grant>> {
    let words = privileges(input)?;
    expect(input, "on")?;
    let targets = targets(input, context)?;
    expect(input, direction)?;
    let roles = roles(input, context)?;
    let grant = |on: GrantTarget| {
        let privileges = List::Owned(known(&words, &on)?);
        Ok(Grant { privileges, on, roles: roles.clone() })
    };
    targets.into_iter().map(grant).collect()
}

/// `select, insert`, with or without parentheses, or `all`.
fn privileges(input: ParseStream) -> syn::Result<Vec<syn::Ident>> {
    let word = |input: ParseStream| {
        let ident = input.call(syn::Ident::parse_any);
        ident.map_err(|e| syn::Error::new(e.span(), "expected a privilege such as `select`"))
    };
    if input.peek(syn::token::Paren) {
        return parenthesized(input, |inner| list(inner, word));
    }
    let mut words = vec![word(input)?];
    while input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        words.push(word(input)?);
    }
    Ok(words)
}

/// The privileges that these words mean on an object.
fn known(words: &[syn::Ident], on: &GrantTarget) -> syn::Result<Vec<Privilege>> {
    let mut found = Vec::new();
    for word in words {
        let text = word.to_string();
        let fits = on.privileges();
        let meant: Vec<Privilege> = fits.iter().copied().filter(|it| text == "all" || text == it.word()).collect();
        if meant.is_empty() {
            let what = match on {
                GrantTarget::Table(_) => "table privilege",
                GrantTarget::Function(..) => "function privilege",
                GrantTarget::Schema => "schema privilege",
            };
            return Err(unknown(word.span(), what, &text, fits.iter().map(|it| it.word()).chain(["all"])));
        }
        if meant.iter().any(|privilege| found.contains(privilege)) {
            return Err(syn::Error::new(word.span(), format!("duplicate privilege `{text}`")));
        }
        found.extend(meant);
    }
    Ok(found)
}

fn targets(input: ParseStream, context: &Context) -> syn::Result<Vec<GrantTarget>> {
    if take(input, "schema")? {
        if !peek(input, "to") && !peek(input, "from") {
            return Err(input.error("`schema` takes no name: it is the prefix"));
        }
        return Ok(vec![GrantTarget::Schema]);
    }
    if take(input, "function")? {
        let name = name(input, context)?;
        return Ok(vec![GrantTarget::Function(name, argument_types(input, context)?)]);
    }
    if !take(input, "table")? {
        let kinds = ["table", "function", "schema"];
        return Err(expected(input, "expected `table`, `function` or `schema`", &kinds));
    }
    Ok(names(input, context)?.into_iter().map(GrantTarget::Table).collect())
}

/// `role`, or `(role, role)`; `public` among them.
fn roles(input: ParseStream, context: &Context) -> syn::Result<List<Name>> {
    match input.peek(syn::token::Paren) {
        true => name_list(input, context),
        false => Ok(List::Owned(vec![name(input, context)?])),
    }
}
