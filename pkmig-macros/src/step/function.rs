//! Functions.

use pkmig_schema::{Function, FunctionArg, List, Name, Returns, Step, Type};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use super::names::name;
use super::types::plain_type;
use super::values::{read_sql, sql_text};
use super::{expect, flags, list, parenthesized, peek, take, text, unknown};
use crate::context::Context;
use crate::sql::Kind;

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    Ok(vec![Step::CreateFunction { def: definition(input, context)?, replace: false }])
}

pub(super) fn parse_replace(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    Ok(vec![Step::CreateFunction { def: definition(input, context)?, replace: true }])
}

fn definition(input: ParseStream, context: &Context) -> syn::Result<Function> {
    let name = name(input, context)?;
    let args = parenthesized(input, |inner| match inner.is_empty() {
        true => Ok(Vec::new()),
        false => list(inner, |input| argument(input, context)),
    })?;
    expect(input, "returns")?;
    let returns = returns(input, context)?;
    expect(input, "language")?;
    let language = input.call(syn::Ident::parse_any)?;
    let kind = match language.to_string().as_str() {
        "plpgsql" => Kind::PlpgsqlBody,
        "sql" => Kind::SqlBody,
        other => return Err(unknown(language.span(), "language", other, ["plpgsql", "sql"].into_iter())),
    };
    let language = context.keep(language.to_string(), language.span());
    let words = flags(input, &["volatile", "stable", "immutable", "strict", "security_definer"])?;
    let settings = settings(input, context)?;
    let volatility = ["stable", "immutable"].into_iter().find(|word| words.has(word)).unwrap_or("volatile");
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the body in quotes"));
    }
    let body;
    syn::braced!(body in input);
    let literal: LitStr = body.parse()?;
    if !body.is_empty() {
        return Err(body.error("expected one string for the body"));
    }
    Ok(Function {
        name,
        args: List::Owned(args),
        returns,
        language,
        volatility,
        strict: words.has("strict"),
        security_definer: words.has("security_definer"),
        settings: List::Owned(settings),
        body: read_sql(&literal, context, kind),
    })
}

fn argument(input: ParseStream, context: &Context) -> syn::Result<FunctionArg> {
    let name = name(input, context)?;
    input.parse::<Token![:]>()?;
    let ty = plain_type(input, context)?;
    let default = match take(input, "default")? {
        true => Some(parenthesized(input, |inner| sql_text(inner, context, Kind::Expression))?),
        false => None,
    };
    Ok(FunctionArg { name, ty, default })
}

/// `a: type`
fn column(input: ParseStream, context: &Context) -> syn::Result<(Name, Type)> {
    let name = name(input, context)?;
    input.parse::<Token![:]>().map_err(|e| syn::Error::new(e.span(), "expected `:` and the column's type"))?;
    Ok((name, plain_type(input, context)?))
}

/// `set work_mem = "64MB" set search_path = "@"`: each parameter once.
fn settings(input: ParseStream, context: &Context) -> syn::Result<Vec<(Name, Name)>> {
    let mut settings: Vec<(Name, Name)> = Vec::new();
    while take(input, "set")? {
        let at = input.span();
        let mut parameter = name(input, context)?;
        if input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            parameter = context.keep(format!("{parameter}.{}", name(input, context)?), at);
        }
        if settings.iter().any(|(known, _)| *known == parameter) {
            return Err(syn::Error::new(at, format!("`{parameter}` is set twice")));
        }
        input.parse::<Token![=]>().map_err(|e| syn::Error::new(e.span(), "expected `=` and the value in quotes"))?;
        settings.push((parameter, text(input, context, "the value")?));
    }
    Ok(settings)
}

fn returns(input: ParseStream, context: &Context) -> syn::Result<Returns> {
    if take(input, "void")? {
        Ok(Returns::Void)
    } else if take(input, "trigger")? {
        Ok(Returns::Trigger)
    } else if take(input, "table")? {
        parenthesized(input, |inner| list(inner, |input| column(input, context))).map(List::Owned).map(Returns::Table)
    } else if peek(input, "setof") {
        expect(input, "setof")?;
        plain_type(input, context).map(Returns::SetOf)
    } else {
        plain_type(input, context).map(Returns::Type)
    }
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let name = name(input, context)?;
    let args = argument_types(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(vec![Step::DropFunction { name, args, if_exists }])
}

/// `(uuid, text)`
pub(crate) fn argument_types(input: ParseStream, context: &Context) -> syn::Result<List<Type>> {
    let types = |inner: ParseStream| match inner.is_empty() {
        true => Ok(Vec::new()),
        false => list(inner, |input| plain_type(input, context)),
    };
    parenthesized(input, types).map(List::Owned)
}
