//! Literals, expressions and SQL text.

use pkmig_schema::{List, Literal, Name, Piece, Sql, Value};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Lit, LitStr, Token};

use super::names::name;
use super::parenthesized;
use crate::context::Context;
use crate::sql::{self, Kind};

/// A default or a seed's value: a literal, `now()`, `@.f()`, `sql("…")`.
pub(super) fn value(input: ParseStream, context: &Context) -> syn::Result<Value> {
    let at = input.span();
    if input.peek(Token![@]) {
        return own_call(input, context);
    }
    if input.peek(Token![-]) {
        input.parse::<Token![-]>()?;
        let (Lit::Int(_) | Lit::Float(_)) = input.fork().parse()? else {
            return Err(input.error("expected a number"));
        };
        let number: Lit = input.parse()?;
        let text = format!("-{}", digits(&number));
        return Ok(Value::Literal(Literal::Number(context.keep(text, number.span()))));
    }
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        let span = literal.span();
        return Ok(Value::Literal(match &literal {
            Lit::Str(text) => Literal::Text(context.keep(text.value(), span)),
            Lit::Bool(value) => Literal::Bool(context.keep(value.value.to_string(), span)),
            Lit::Int(_) | Lit::Float(_) => Literal::Number(context.keep(digits(&literal), span)),
            _ => return Err(syn::Error::new(span, "expected a text, a number, true, false, null or a call")),
        }));
    }
    let word = input.call(Ident::parse_any).map_err(|_| syn::Error::new(at, "expected a value"))?;
    if word == "null" {
        return Ok(Value::Literal(Literal::Null(context.keep("null".to_owned(), word.span()))));
    }
    if word == "sql" {
        return parenthesized(input, |inner| sql_text(inner, context, Kind::Expression)).map(Value::Sql);
    }
    call(input, context, &word)
}

fn digits(number: &Lit) -> String {
    number.to_token_stream().to_string().replace('_', "")
}

/// `now()`: a function of PostgreSQL, or of an extension.
fn call(input: ParseStream, context: &Context, word: &Ident) -> syn::Result<Value> {
    if !input.peek(syn::token::Paren) {
        let help = "put a text in quotes, write a call with parentheses, any other expression as sql(\"…\")";
        return Err(syn::Error::new(word.span(), format!("`{word}` is not a value\nhelp: {help}")));
    }
    let arguments = arguments(input)?;
    let text = context.keep(format!("{}({arguments})", word.unraw()), word.span());
    Ok(Value::Sql(Sql { pieces: List::Owned(vec![Piece::Text(text)]) }))
}

/// `@.f()`: a function of the chain.
fn own_call(input: ParseStream, context: &Context) -> syn::Result<Value> {
    input.parse::<Token![@]>()?;
    input.parse::<Token![.]>()?;
    let name = name(input, context)?;
    let arguments = arguments(input)?;
    let text = context.keep(format!("({arguments})"), input.span());
    Ok(Value::Sql(Sql { pieces: List::Owned(vec![Piece::Object { name, depth: 0 }, Piece::Text(text)]) }))
}

/// Literal arguments, as SQL.
fn arguments(input: ParseStream) -> syn::Result<String> {
    let inner;
    syn::parenthesized!(inner in input);
    let mut arguments = Vec::new();
    while !inner.is_empty() {
        arguments.push(match inner.parse()? {
            Lit::Str(text) => format!("'{}'", text.value().replace('\'', "''")),
            Lit::Bool(value) => value.value.to_string(),
            number @ (Lit::Int(_) | Lit::Float(_)) => digits(&number),
            other => {
                return Err(syn::Error::new(
                    other.span(),
                    "an argument is a text, a number, true or false\nhelp: write sql(\"…\") for anything else",
                ));
            }
        });
        if !inner.is_empty() {
            inner.parse::<Token![,]>()?;
        }
    }
    Ok(arguments.join(", "))
}

/// SQL text in quotes, read at once: a mistake in it is shown at the literal.
pub(super) fn sql_text(input: ParseStream, context: &Context, kind: Kind) -> syn::Result<Sql> {
    let literal: LitStr = input.parse().map_err(|e| syn::Error::new(e.span(), "expected SQL in quotes"))?;
    Ok(read_sql(&literal, context, kind))
}

/// See [`sql_text`].
pub(super) fn read_sql(literal: &LitStr, context: &Context, kind: Kind) -> Sql {
    read_sql_about(literal, context, kind, "")
}

/// The same of a text about the table `about`.
pub(super) fn read_sql_about(literal: &LitStr, context: &Context, kind: Kind, about: &str) -> Sql {
    let span = literal.span();
    let text = literal.value();
    let keep = |text: String| -> Name { context.keep(text, span) };
    let pieces = match sql::parse(&text, kind, about) {
        Ok(pieces) => pieces
            .into_iter()
            .map(|piece| match piece {
                sql::Piece::Text(text) => Piece::Text(keep(text)),
                sql::Piece::Ident(name) => Piece::Ident(keep(name)),
                sql::Piece::Column { name, tables, open } => {
                    Piece::Column { name: keep(name), tables: tables.into_iter().map(keep).collect(), open }
                }
                sql::Piece::Qualifier(name) => Piece::Qualifier(keep(name)),
                sql::Piece::Call(name) => Piece::Call(keep(name)),
                sql::Piece::Outside { schema, name, function } => {
                    Piece::Outside { schema: keep(schema), name: keep(name), function }
                }
                sql::Piece::Object { name, depth } => {
                    let name = context.table_of_loop(&name).map_or(name, str::to_owned);
                    Piece::Object { name: keep(name), depth }
                }
            })
            .collect(),
        Err(mistake) => {
            context.error(span, complaint(&text, &mistake));
            Vec::new()
        }
    };
    Sql { pieces: List::Owned(pieces) }
}

/// What is wrong with a text, and where: its line, if there are several, and what stands there.
fn complaint(text: &str, mistake: &sql::Mistake) -> String {
    let offset = text.floor_char_boundary(mistake.offset);
    let line = match text.trim().contains('\n') {
        true => format!(", in line {} of the text", text[..offset].matches('\n').count() + 1),
        false => String::new(),
    };
    let message = &mistake.message;
    // A syntax error says itself what it is at.
    if message.starts_with("syntax error") {
        return format!("invalid SQL: {message}{line}");
    }
    let rest: String = text[offset..].lines().next().unwrap_or_default().chars().take(30).collect();
    let at = if rest.trim().is_empty() { String::new() } else { format!(", at `{}`", rest.trim_end()) };
    format!("{message}{at}{line}")
}

/// `using("…")`: SQL in parentheses behind a word.
pub(super) fn sql_in(input: ParseStream, context: &Context, word: &str, kind: Kind) -> syn::Result<Option<Sql>> {
    match super::take(input, word)? {
        true => parenthesized(input, |inner| sql_text(inner, context, kind)).map(Some),
        false => Ok(None),
    }
}
