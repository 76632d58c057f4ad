//! Row level security and policies.

use pkmig_schema::{List, Name, Policy, PolicyCommand, RowSecurity, Sql, Step};
use syn::LitStr;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::names::{arrow, name, name_list, names};
use super::values::read_sql_about;
use super::{expect, flags, parenthesized, peek, take, unknown};
use crate::context::Context;
use crate::sql::Kind;

fn each_table(input: ParseStream, context: &Context, step: fn(Name) -> Step) -> syn::Result<Vec<Step>> {
    Ok(names(input, context)?.into_iter().map(step).collect())
}

pub(super) fn parse_enable(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    each_table(input, context, |table| Step::EnableRowLevelSecurity { table })
}

pub(super) fn parse_disable(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    each_table(input, context, |table| Step::DisableRowLevelSecurity { table })
}

pub(super) fn parse_force(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    each_table(input, context, |table| Step::ForceRowLevelSecurity { table })
}

pub(super) fn parse_no_force(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    each_table(input, context, |table| Step::NoForceRowLevelSecurity { table })
}

/// `row_level_security forced` in the body of a table.
pub(super) fn security_of_table(input: ParseStream) -> syn::Result<RowSecurity> {
    expect(input, "row_level_security")?;
    Ok(RowSecurity { enabled: true, forced: flags(input, &["forced"])?.has("forced") })
}

/// `policy n …` in the body of a table.
pub(super) fn of_table(input: ParseStream, context: &Context, table: Name) -> syn::Result<Policy> {
    expect(input, "policy")?;
    let name = name(input, context)?;
    Ok(Written::read(input, context, name)?.about(table, context))
}

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    parse_policy(input, context, false)
}

pub(super) fn parse_replace(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    parse_policy(input, context, true)
}

fn parse_policy(input: ParseStream, context: &Context, replace: bool) -> syn::Result<Vec<Step>> {
    let name = name(input, context)?;
    expect(input, "on")?;
    let tables = names(input, context)?;
    let written = Written::read(input, context, name)?;
    let step = |table| Step::CreatePolicy { table, policy: written.about(table, context), replace };
    Ok(tables.into_iter().map(step).collect())
}

/// A policy before its expressions are read, which speak of a table.
struct Written {
    name: Name,
    restrictive: bool,
    command: PolicyCommand,
    roles: List<Name>,
    using: Option<LitStr>,
    with_check: Option<LitStr>,
}

impl Written {
    /// What follows the name and the table.
    fn read(input: ParseStream, context: &Context, name: Name) -> syn::Result<Self> {
        let restrictive = flags(input, &["restrictive"])?.has("restrictive");
        let command = if take(input, "for")? { command(input)? } else { PolicyCommand::All };
        let roles = if take(input, "to")? { roles(input, context)? } else { List::Borrowed(&[]) };
        let at = input.span();
        let using = expression(input, "using")?;
        if using.is_some() && !command.reads() {
            let message = "a policy for insert reads no existing rows: use `with_check` instead";
            return Err(syn::Error::new(at, message));
        }
        let at = input.span();
        let with_check = expression(input, "with_check")?;
        if with_check.is_some() && !command.writes() {
            let message = format!("a policy for {} writes no new rows: use `using` instead", command.word());
            return Err(syn::Error::new(at, message));
        }
        if using.is_none() && with_check.is_none() {
            let asked = if command.reads() { "using(\"…\")" } else { "with_check(\"…\")" };
            return Err(input.error(format!("expected `{asked}`: the rows that the policy applies to")));
        }
        Ok(Self { name, restrictive, command, roles, using, with_check })
    }

    fn about(&self, table: Name, context: &Context) -> Policy {
        let read = |literal: &LitStr| -> Sql { read_sql_about(literal, context, Kind::Policy, table) };
        Policy {
            name: self.name,
            restrictive: self.restrictive,
            command: self.command,
            roles: self.roles.clone(),
            using: self.using.as_ref().map(read),
            with_check: self.with_check.as_ref().map(read),
        }
    }
}

fn command(input: ParseStream) -> syn::Result<PolicyCommand> {
    let word = input
        .call(syn::Ident::parse_any)
        .map_err(|e| syn::Error::new(e.span(), "expected a statement such as `select`"))?;
    let text = word.to_string();
    match PolicyCommand::ALL.iter().find(|(_, known)| *known == text) {
        Some((command, _)) => Ok(*command),
        None => Err(unknown(word.span(), "statement", &text, PolicyCommand::ALL.iter().map(|(_, word)| *word))),
    }
}

/// `public`, `role` or `(role, role)`; nobody in the list means everybody.
fn roles(input: ParseStream, context: &Context) -> syn::Result<List<Name>> {
    if !input.peek(syn::token::Paren) {
        return Ok(match peek(input, "public") {
            true => {
                expect(input, "public")?;
                List::Borrowed(&[])
            }
            false => List::Owned(vec![name(input, context)?]),
        });
    }
    let roles = name_list(input, context)?;
    match roles.iter().find(|role| **role == "public").and_then(|role| context.span(role)) {
        Some(span) => Err(syn::Error::new(span, "`public` includes every role: remove the others")),
        None => Ok(roles),
    }
}

/// `using("…")`, left to be read.
fn expression(input: ParseStream, word: &str) -> syn::Result<Option<LitStr>> {
    let literal =
        |input: ParseStream| input.parse::<LitStr>().map_err(|e| syn::Error::new(e.span(), "expected SQL in quotes"));
    match take(input, word)? {
        true => parenthesized(input, literal).map(Some),
        false => Ok(None),
    }
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let policies = names(input, context)?;
    expect(input, "on")?;
    let tables = names(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    let step = |(table, policy)| Step::DropPolicy { table, policy, if_exists };
    let pairs = tables.iter().flat_map(|table| policies.iter().map(|policy| (*table, *policy)));
    Ok(pairs.map(step).collect())
}

pub(super) fn parse_rename(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let table = name(input, context)?;
    let from = name(input, context)?;
    let to = arrow(input, context)?;
    Ok(vec![Step::RenamePolicy { table, from, to }])
}
