//! Indexes: definitions, and the steps on them.

use pkmig_schema::name::UNNAMED;
use pkmig_schema::types::METHODS;
use pkmig_schema::{Index, IndexColumn, IndexKey, List, Name, NullsOrder, Step};
use syn::LitStr;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::names::{arrow, columns_of, name, name_list, names};
use super::values::{read_sql, sql_in};
use super::{expect, flags, list, parenthesized, peek, take, unknown};
use crate::context::Context;
use crate::sql::Kind;

const ORDERS: &[&str] = &["asc", "desc", "nulls_first", "nulls_last"];

/// `(columns) using gin include (c) where("…")`, behind the name.
pub(super) fn definition(input: ParseStream, context: &Context, name: Name, unique: bool) -> syn::Result<Index> {
    let columns = parenthesized(input, |inner| list(inner, |input| key(input, context)))?;
    with_options(input, context, Index { name, unique, ..on(columns) })
}

/// An index on these keys, of which nothing else is said yet.
fn on(columns: Vec<IndexColumn>) -> Index {
    Index {
        name: UNNAMED,
        unique: false,
        method: "btree",
        columns: List::Owned(columns),
        include: List::Borrowed(&[]),
        predicate: None,
        nulls_not_distinct: false,
        comment: None,
    }
}

/// The attribute of a column: an index on it alone.
pub(super) fn of_column(column: Name, unique: bool) -> Index {
    Index { unique, ..on(vec![plain(IndexKey::Column(column))]) }
}

/// What stands behind the keys.
fn with_options(input: ParseStream, context: &Context, mut index: Index) -> syn::Result<Index> {
    loop {
        if take(input, "using")? {
            let at = input.span();
            index.method = method(input, context)?;
            if index.unique && index.method != "btree" {
                return Err(syn::Error::new(at, "a unique index is always a btree: remove `using`"));
            }
        } else if take(input, "include")? {
            index.include = name_list(input, context)?;
        } else if take(input, "nulls_not_distinct")? {
            index.nulls_not_distinct = true;
        } else if let Some(predicate) = sql_in(input, context, "where", Kind::Expression)? {
            index.predicate = Some(predicate);
        } else {
            return Ok(index);
        }
    }
}

/// The name of an index method.
pub(super) fn method(input: ParseStream, context: &Context) -> syn::Result<Name> {
    let method = input.call(syn::Ident::parse_any)?;
    let word = method.to_string();
    match METHODS.iter().any(|(known, _)| *known == word) {
        true => Ok(context.keep(word, method.span())),
        false => Err(unknown(method.span(), "index method", &word, METHODS.iter().map(|(known, _)| *known))),
    }
}

/// `column opclass desc nulls_last`, or an expression in quotes. Quotes around a mere identifier make it a column, as
/// everywhere in the language.
pub(super) fn key(input: ParseStream, context: &Context) -> syn::Result<IndexColumn> {
    let expression = input.fork().parse::<LitStr>().is_ok_and(|literal| !is_identifier(&literal.value()));
    let key = match expression {
        true => IndexKey::Expression(read_sql(&input.parse()?, context, Kind::Expression)),
        false => IndexKey::Column(name(input, context)?),
    };
    let mut column = plain(key);
    while !input.is_empty() && !input.peek(syn::Token![,]) && !peek(input, "with") {
        if take(input, "desc")? {
            column.descending = true;
        } else if take(input, "asc")? {
            column.descending = false;
        } else if take(input, "nulls_first")? {
            column.nulls = Some(NullsOrder::First);
        } else if take(input, "nulls_last")? {
            column.nulls = Some(NullsOrder::Last);
        } else {
            let at = input.span();
            let word = name(input, context)?;
            // All of PostgreSQL's and of the extensions' operator classes are named so.
            if !word.contains("_ops") {
                return Err(unknown(at, "order or operator class", word, ORDERS.iter().copied()));
            }
            column.opclass = Some(word);
        }
    }
    Ok(column)
}

fn plain(key: IndexKey) -> IndexColumn {
    IndexColumn { key, opclass: None, descending: false, nulls: None }
}

fn is_identifier(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_') && !text.starts_with(|c: char| c.is_ascii_digit())
}

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    create(input, context, false)
}

pub(super) fn parse_create_unique(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    create(input, context, true)
}

fn create(input: ParseStream, context: &Context, unique: bool) -> syn::Result<Vec<Step>> {
    // An index may itself be called `on`: then another `on` follows.
    let ahead = input.fork();
    let unnamed = take(&ahead, "on")? && !peek(&ahead, "on");
    let name_of_index = if unnamed { UNNAMED } else { name(input, context)? };
    expect(input, "on")?;
    let tables = names(input, context)?;
    let mut indexes = keyed(tables, input, context)?;
    let options = with_options(input, context, Index { name: name_of_index, unique, ..on(Vec::new()) })?;
    let flags = flags(input, &["concurrently", "if_not_exists"])?;
    let (concurrently, if_not_exists) = (flags.has("concurrently"), flags.has("if_not_exists"));
    if let Some(span) = context.span(name_of_index).filter(|_| indexes.len() > 1) {
        let message = format!("{} indexes cannot all be called `{name_of_index}`", indexes.len());
        context
            .error(span, format!("{message}\nhelp: remove the name: each gets the name that PostgreSQL would choose"));
        indexes.truncate(1);
    }
    let step = |(table, columns)| {
        let index = Index { columns: List::Owned(columns), ..options.clone() };
        Step::CreateIndex { table, index, concurrently, if_not_exists }
    };
    Ok(indexes.into_iter().map(step).collect())
}

/// The tables, each with the keys of an index: `t (a, b)` is one, `t.{a, b}` are two.
fn keyed(tables: Vec<Name>, input: ParseStream, context: &Context) -> syn::Result<Vec<(Name, Vec<IndexColumn>)>> {
    if input.peek(syn::Token![.]) {
        let column = |(table, column)| (table, vec![plain(IndexKey::Column(column))]);
        return Ok(columns_of(&tables, input, context)?.into_iter().map(column).collect());
    }
    let keys = parenthesized(input, |inner| list(inner, |input| key(input, context)))?;
    Ok(tables.into_iter().map(|table| (table, keys.clone())).collect())
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let indexes = names(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(indexes.into_iter().map(|index| Step::DropIndex { index, if_exists }).collect())
}

pub(super) fn parse_rename(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let from = name(input, context)?;
    let to = arrow(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(vec![Step::RenameIndex { from, to, if_exists }])
}
