//! Privileges: grant and revoke.

use pkmig_schema::{Grant, List, Name, ObjectKind, ObjectRef, Privilege, Step, Type};
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
    let grant = |(on, args): (ObjectRef, List<Type>)| {
        let privileges = List::Owned(known(&words, on.kind)?);
        Ok(Grant { privileges, on, args, roles: roles.clone() })
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
fn known(words: &[syn::Ident], on: ObjectKind) -> syn::Result<Vec<Privilege>> {
    let mut found = Vec::new();
    for word in words {
        let text = word.to_string();
        let fits = Privilege::on(on);
        let meant: Vec<Privilege> = fits.iter().copied().filter(|it| text == "all" || text == it.word()).collect();
        if meant.is_empty() {
            let what = format!("{on} privilege");
            return Err(unknown(word.span(), &what, &text, fits.iter().map(|it| it.word()).chain(["all"])));
        }
        if meant.iter().any(|privilege| found.contains(privilege)) {
            return Err(syn::Error::new(word.span(), format!("duplicate privilege `{text}`")));
        }
        found.extend(meant);
    }
    Ok(found)
}

/// What the privileges are on; of a function with the types of its arguments.
fn targets(input: ParseStream, context: &Context) -> syn::Result<Vec<(ObjectRef, List<Type>)>> {
    if take(input, "schema")? {
        if !peek(input, "to") && !peek(input, "from") {
            return Err(input.error("`schema` takes no name: it is the prefix"));
        }
        return Ok(vec![(ObjectRef::schema(), List::default())]);
    }
    if take(input, "function")? {
        let name = name(input, context)?;
        return Ok(vec![(ObjectRef::new(ObjectKind::Function, name), argument_types(input, context)?)]);
    }
    if !take(input, "table")? {
        let kinds = ["table", "function", "schema"];
        return Err(expected(input, "expected `table`, `function` or `schema`", &kinds));
    }
    let on = |table| (ObjectRef::new(ObjectKind::Table, table), List::default());
    Ok(names(input, context)?.into_iter().map(on).collect())
}

/// `role`, or `(role, role)`; `public` among them.
fn roles(input: ParseStream, context: &Context) -> syn::Result<List<Name>> {
    match input.peek(syn::token::Paren) {
        true => name_list(input, context),
        false => Ok(List::Owned(vec![name(input, context)?])),
    }
}
