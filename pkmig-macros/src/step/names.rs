//! Names and lists of names.

use pkmig_schema::name::MAX_BYTES;
use pkmig_schema::{List, Name, TableRef};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token};

use super::{list, parenthesized};
use crate::context::Context;

/// A name: an identifier, or anything in quotes.
pub(crate) fn name(input: ParseStream, context: &Context) -> syn::Result<Name> {
    let quoted = input.peek(LitStr);
    let (text, span) = if quoted {
        let literal: LitStr = input.parse()?;
        (literal.value(), literal.span())
    } else {
        let ident = input.call(Ident::parse_any).map_err(|e| syn::Error::new(e.span(), "expected a name"))?;
        (ident.unraw().to_string(), ident.span())
    };
    if text.is_empty() || text == "@" {
        return Err(syn::Error::new(span, "a name cannot be empty"));
    }
    if text.contains('\0') {
        return Err(syn::Error::new(span, "a name cannot contain a NUL character"));
    }
    if text.len() > MAX_BYTES {
        let message =
            format!("name too long: `{text}` has {} bytes, and PostgreSQL cuts names at {MAX_BYTES}", text.len());
        context.error(span, message);
    }
    Ok(match context.table_of_loop(&text).filter(|_| !quoted) {
        Some(table) => context.keep(table.to_owned(), span),
        None => context.keep(text, span),
    })
}

/// One name, or several in braces: `a`, `{a, b}`.
pub(crate) fn names(input: ParseStream, context: &Context) -> syn::Result<Vec<Name>> {
    if !input.peek(syn::token::Brace) {
        return Ok(vec![name(input, context)?]);
    }
    let inner;
    syn::braced!(inner in input);
    list(&inner, |input| name(input, context))
}

/// Tables and columns: `t.c`, `t.{a, b}`, `{t, u}.c`, one pair for each.
pub(super) fn columns(input: ParseStream, context: &Context) -> syn::Result<Vec<(Name, Name)>> {
    let tables = names(input, context)?;
    columns_of(&tables, input, context)
}

/// What follows the tables: `.c`, `.{a, b}`.
pub(super) fn columns_of(tables: &[Name], input: ParseStream, context: &Context) -> syn::Result<Vec<(Name, Name)>> {
    input.parse::<Token![.]>().map_err(|e| syn::Error::new(e.span(), "expected `.` and a column"))?;
    let columns = names(input, context)?;
    Ok(tables.iter().flat_map(|table| columns.iter().map(|column| (*table, *column))).collect())
}

/// A table of the prefix, `users`, or of another schema, `auth.users`.
pub(super) fn table_ref(input: ParseStream, context: &Context) -> syn::Result<TableRef> {
    let first = name(input, context)?;
    if !input.peek(Token![.]) {
        return Ok(TableRef::own(first));
    }
    input.parse::<Token![.]>()?;
    Ok(TableRef { schema: Some(first), name: name(input, context)? })
}

/// `(a, b)`: each name once.
pub(super) fn name_list(input: ParseStream, context: &Context) -> syn::Result<List<Name>> {
    let names = parenthesized(input, |inner| list(inner, |input| name(input, context)))?;
    for (index, name) in names.iter().enumerate() {
        if let Some(span) = context.span(name).filter(|_| names[..index].contains(name)) {
            context.error(span, format!("`{name}` is listed twice"));
        }
    }
    Ok(List::Owned(names))
}

/// `=> new`
pub(super) fn arrow(input: ParseStream, context: &Context) -> syn::Result<Name> {
    input.parse::<Token![=>]>().map_err(|e| syn::Error::new(e.span(), "expected `=>` and the new name"))?;
    name(input, context)
}

/// A name, unless the parenthesis of a list follows at once: then PostgreSQL gives one.
pub(super) fn optional_name(input: ParseStream, context: &Context) -> syn::Result<Name> {
    if input.peek(syn::token::Paren) { Ok(pkmig_schema::name::UNNAMED) } else { name(input, context) }
}
