//! Constraints: definitions, and the steps on them.

use pkmig_schema::name::UNNAMED;
use pkmig_schema::{Constraint, ConstraintKind, Exclusion, ExclusionElement, List, Name, ReferentialAction, Step};
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::names::{arrow, name, name_list, names, optional_name, table_ref};
use super::values::{sql_in, sql_text};
use super::{expect, flags, index, list, orphans, parenthesized, peek, take, text, unknown};
use crate::context::Context;
use crate::sql::Kind;

const KINDS: &[&str] = &["primary_key", "unique", "check", "foreign_key", "exclude"];

/// A constraint in the body of `create_table`, with its keyword.
pub(super) fn of_table(input: ParseStream, context: &Context) -> syn::Result<Constraint> {
    let keyword = input
        .call(syn::Ident::parse_any)
        .map_err(|e| syn::Error::new(e.span(), "expected a column, a constraint, an index or a comment"))?;
    let word = keyword.to_string();
    if !KINDS.contains(&word.as_str()) {
        let known = KINDS.iter().chain(&["index", "unique_index", "row_level_security", "policy", "comment"]).copied();
        let error = unknown(keyword.span(), "part of a table", &word, known);
        let message = format!("{error}\nhelp: a column is written `name: type`");
        return Err(if error.to_string().contains('\n') { error } else { syn::Error::new(keyword.span(), message) });
    }
    let name = name_of(input, context, &word)?;
    definition(input, context, &word, name)
}

/// The name behind the keyword, if there is one. An exclusion constraint may itself be called `using`.
fn name_of(input: ParseStream, context: &Context, word: &str) -> syn::Result<Name> {
    let ahead = input.fork();
    let unnamed = word == "exclude" && take(&ahead, "using")? && !peek(&ahead, "using");
    if unnamed { Ok(UNNAMED) } else { optional_name(input, context) }
}

/// What follows the keyword and the name.
fn definition(input: ParseStream, context: &Context, word: &str, name: Name) -> syn::Result<Constraint> {
    let kind = match word {
        "primary_key" => ConstraintKind::PrimaryKey { columns: name_list(input, context)? },
        "unique" => ConstraintKind::Unique { columns: name_list(input, context)? },
        "check" => ConstraintKind::Check {
            expression: parenthesized(input, |inner| sql_text(inner, context, Kind::Expression))?,
        },
        "exclude" => ConstraintKind::Exclude(exclusion(input, context)?),
        _ => foreign_key(input, context)?,
    };
    Ok(Constraint { name, kind, validated: true, comment: None })
}

fn exclusion(input: ParseStream, context: &Context) -> syn::Result<Exclusion> {
    expect(input, "using")?;
    let at = input.span();
    let method = index::method(input, context)?;
    if !["gist", "spgist", "btree", "hash"].contains(&method) {
        return Err(syn::Error::new(at, format!("an exclusion constraint cannot use {method}: use `gist`")));
    }
    let elements = parenthesized(input, |inner| list(inner, |input| element(input, context)))?;
    let predicate = sql_in(input, context, "where", Kind::Expression)?;
    Ok(Exclusion { method, elements: List::Owned(elements), predicate })
}

/// `column with "="`
fn element(input: ParseStream, context: &Context) -> syn::Result<ExclusionElement> {
    let column = index::key(input, context)?;
    expect(input, "with")?;
    let operator = text(input, context, "an operator such as `=`")?;
    // What an operator may be made of (manual section 4.1.3).
    let is_sign = |sign: char| "+-*/<>=~!@#%^&|`?".contains(sign);
    let known = !operator.is_empty() && operator.chars().all(is_sign);
    match context.span(operator) {
        Some(span) if !known || operator.contains("--") || operator.contains("/*") => {
            Err(syn::Error::new(span, format!("`{operator}` is not an operator")))
        }
        _ => Ok(ExclusionElement { column, operator }),
    }
}

fn foreign_key(input: ParseStream, context: &Context) -> syn::Result<ConstraintKind> {
    let columns = name_list(input, context)?;
    expect(input, "references")?;
    let table = table_ref(input, context)?;
    let references = name_list(input, context)?;
    let (mut on_delete, mut on_update) = (ReferentialAction::NoAction, ReferentialAction::NoAction);
    loop {
        if take(input, "on_delete")? {
            on_delete = action(input)?;
        } else if take(input, "on_update")? {
            on_update = action(input)?;
        } else {
            return Ok(ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update });
        }
    }
}

/// `cascade`, `set_null`, …
pub(super) fn action(input: ParseStream) -> syn::Result<ReferentialAction> {
    let word = input
        .call(syn::Ident::parse_any)
        .map_err(|e| syn::Error::new(e.span(), "expected an action such as `cascade`"))?;
    let text = word.to_string();
    let known = ReferentialAction::ALL.iter();
    match known.clone().find(|(_, keyword, _)| *keyword == text) {
        Some((action, ..)) => Ok(*action),
        None => Err(unknown(word.span(), "action", &text, known.map(|(_, keyword, _)| *keyword))),
    }
}

fn parse_add(input: ParseStream, context: &Context, word: &str, modifiers: &[&str]) -> syn::Result<Vec<Step>> {
    let tables = names(input, context)?;
    let name = name_of(input, context, word)?;
    let mut constraint = definition(input, context, word, name)?;
    let orphans = orphans::parse(input, &constraint.kind)?;
    let flags = flags(input, modifiers)?;
    constraint.validated = !flags.has("not_valid");
    let if_not_exists = flags.has("if_not_exists");
    let steps = |table| {
        let cleaning = orphans.and_then(|orphans| orphans.step(table, &constraint.kind, context));
        let adding = Step::AddConstraint { table, constraint: constraint.clone(), if_not_exists };
        cleaning.into_iter().chain([adding])
    };
    Ok(tables.into_iter().flat_map(steps).collect())
}

pub(super) fn parse_add_primary_key(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    parse_add(input, context, "primary_key", &["if_not_exists"])
}

pub(super) fn parse_add_unique(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    parse_add(input, context, "unique", &["if_not_exists"])
}

pub(super) fn parse_add_check(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    parse_add(input, context, "check", &["not_valid", "if_not_exists"])
}

pub(super) fn parse_add_foreign_key(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    parse_add(input, context, "foreign_key", &["not_valid", "if_not_exists"])
}

pub(super) fn parse_add_exclude(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    parse_add(input, context, "exclude", &["if_not_exists"])
}

pub(super) fn parse_validate(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let constraints = constraints(input, context)?;
    Ok(constraints.into_iter().map(|(table, constraint)| Step::ValidateConstraint { table, constraint }).collect())
}

/// Tables and their constraints: `t n`, `t {m, n}`, `{t, u} n`, one pair for each.
fn constraints(input: ParseStream, context: &Context) -> syn::Result<Vec<(Name, Name)>> {
    let tables = names(input, context)?;
    let constraints = names(input, context)?;
    Ok(tables.iter().flat_map(|table| constraints.iter().map(|constraint| (*table, *constraint))).collect())
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let constraints = constraints(input, context)?;
    let flags = flags(input, &["if_exists", "cascade"])?;
    let (if_exists, cascade) = (flags.has("if_exists"), flags.has("cascade"));
    let step = |(table, constraint)| Step::DropConstraint { table, constraint, if_exists, cascade };
    Ok(constraints.into_iter().map(step).collect())
}

pub(super) fn parse_rename(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let table = name(input, context)?;
    let from = name(input, context)?;
    let to = arrow(input, context)?;
    Ok(vec![Step::RenameConstraint { table, from, to }])
}
