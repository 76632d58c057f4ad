//! Triggers: definitions, and the steps on them.

use pkmig_schema::{List, Name, Step, Trigger, TriggerEvent, TriggerLevel, TriggerTiming};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr};

use super::names::{name, name_list, names};
use super::values::sql_in;
use super::{expect, flags, list, parenthesized, take, unknown};
use crate::context::Context;
use crate::sql::Kind;

/// `before update of c for_each row when("…") execute f("x")`, behind the name.
pub(super) fn definition(input: ParseStream, context: &Context, name: Name) -> syn::Result<Trigger> {
    let at = input.span();
    let timing = timing(input)?;
    let events = events(input, context)?;
    let row_at = input.span();
    let level = level(input)?;
    let fired_by = |word: &str| events.iter().any(|event| event.word() == word);
    if fired_by("truncate") && level == TriggerLevel::Row {
        context.error(row_at, "`truncate` triggers cannot run for each row");
    }
    let rows = Kind::When {
        new: level == TriggerLevel::Row && !fired_by("delete"),
        old: level == TriggerLevel::Row && !fired_by("insert"),
    };
    let when_at = input.span();
    let condition = sql_in(input, context, "when", rows)?;
    if timing == TriggerTiming::InsteadOf {
        instead_of(context, at, level, &events, condition.as_ref().map(|_| when_at));
    }
    expect(input, "execute")?;
    let function = super::names::name(input, context)?;
    let arguments = arguments(input, context)?;
    Ok(Trigger { name, timing, events: List::Owned(events), level, condition, function, arguments, comment: None })
}

fn timing(input: ParseStream) -> syn::Result<TriggerTiming> {
    let words = || TriggerTiming::ALL.iter().map(|(_, word, _)| *word);
    let word = input
        .call(Ident::parse_any)
        .map_err(|error| syn::Error::new(error.span(), "expected `before`, `after` or `instead_of`"))?;
    let found = TriggerTiming::ALL.iter().find(|(_, known, _)| word == known);
    found
        .map(|(timing, ..)| *timing)
        .ok_or_else(|| unknown(word.span(), "time of a trigger", &word.to_string(), words()))
}

/// `insert or update of (a, b) or delete`
fn events(input: ParseStream, context: &Context) -> syn::Result<Vec<TriggerEvent>> {
    let mut events: Vec<TriggerEvent> = Vec::new();
    loop {
        let word = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), "expected `insert`, `update`, `delete` or `truncate`"))?;
        let event = match word.to_string().as_str() {
            "insert" => TriggerEvent::Insert,
            "update" => TriggerEvent::Update(update_of(input, context)?),
            "delete" => TriggerEvent::Delete,
            "truncate" => TriggerEvent::Truncate,
            other => {
                let known = ["insert", "update", "delete", "truncate"];
                return Err(unknown(word.span(), "event of a trigger", other, known.into_iter()));
            }
        };
        if events.iter().any(|known| known.word() == event.word()) {
            context.error(word.span(), format!("duplicate event `{word}`"));
        }
        events.push(event);
        if !take(input, "or")? {
            return Ok(events);
        }
    }
}

/// `of c`, `of (a, b)`
fn update_of(input: ParseStream, context: &Context) -> syn::Result<List<Name>> {
    match take(input, "of")? {
        true if input.peek(syn::token::Paren) => name_list(input, context),
        true => Ok(List::Owned(vec![name(input, context)?])),
        false => Ok(List::Borrowed(&[])),
    }
}

fn level(input: ParseStream) -> syn::Result<TriggerLevel> {
    if !take(input, "for_each")? {
        return Ok(TriggerLevel::Statement);
    }
    let word =
        input.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), "expected `row` or `statement`"))?;
    match word.to_string().as_str() {
        "row" => Ok(TriggerLevel::Row),
        "statement" => Ok(TriggerLevel::Statement),
        other => Err(unknown(word.span(), "level of a trigger", other, ["row", "statement"].into_iter())),
    }
}

/// What PostgreSQL refuses of a trigger that stands in for the event (manual, CREATE TRIGGER).
fn instead_of(context: &Context, at: Span, level: TriggerLevel, events: &[TriggerEvent], when: Option<Span>) {
    if level != TriggerLevel::Row {
        context.error(at, "an `instead_of` trigger runs for each row\nhelp: add `for_each row`");
    } else if let Some(when) = when {
        context.error(when, "an `instead_of` trigger cannot have `when`: test the row in its function");
    }
    for event in events {
        if let TriggerEvent::Update(columns) = event
            && let Some(span) = columns.first().and_then(|column| context.span(column))
        {
            context.error(span, "an `instead_of` trigger cannot be limited to columns: remove `of`");
        }
    }
}

/// `("x", "y")`: texts, or nothing.
fn arguments(input: ParseStream, context: &Context) -> syn::Result<List<Name>> {
    let argument = |input: ParseStream| {
        let literal: LitStr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), "expected a string: trigger arguments are text"))?;
        Ok(context.keep(literal.value(), literal.span()))
    };
    let texts = parenthesized(input, |inner| if inner.is_empty() { Ok(Vec::new()) } else { list(inner, argument) })?;
    Ok(List::Owned(texts))
}

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let trigger = name(input, context)?;
    expect(input, "on")?;
    let tables = names(input, context)?;
    let trigger = definition(input, context, trigger)?;
    let create = |table| Step::CreateTrigger { table, trigger: trigger.clone() };
    Ok(tables.into_iter().map(create).collect())
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let trigger = name(input, context)?;
    expect(input, "on")?;
    let tables = names(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(tables.into_iter().map(|table| Step::DropTrigger { table, trigger, if_exists }).collect())
}
