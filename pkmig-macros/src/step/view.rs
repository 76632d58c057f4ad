//! Views and materialized views.

use pkmig_schema::{List, Name, Step, View};
use syn::LitStr;
use syn::parse::ParseStream;

use super::names::{arrow, name, names};
use super::values::read_sql;
use super::{expect, flags};
use crate::context::Context;
use crate::sql::{self, Kind};

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let def = definition(input, context, false)?;
    Ok(vec![Step::CreateView { def, replace: false }])
}

pub(super) fn parse_replace(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let def = definition(input, context, false)?;
    Ok(vec![Step::CreateView { def, replace: true }])
}

pub(super) fn parse_create_materialized(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let mut def = definition(input, context, true)?;
    def.with_data = !flags(input, &["with_no_data"])?.has("with_no_data");
    Ok(vec![Step::CreateView { def, replace: false }])
}

/// `n as "SELECT …"`
fn definition(input: ParseStream, context: &Context, materialized: bool) -> syn::Result<View> {
    let name = name(input, context)?;
    expect(input, "as")?;
    let literal: LitStr =
        input.parse().map_err(|error| syn::Error::new(error.span(), "expected the query in quotes"))?;
    let query = read_sql(&literal, context, Kind::View);
    let keep = |column: String| -> Name { context.keep(column, literal.span()) };
    Ok(View {
        name,
        materialized,
        with_data: true,
        columns: sql::output_columns(&literal.value()).into_iter().map(keep).collect::<List<_>>(),
        query,
        indexes: List::Borrowed(&[]),
        triggers: List::Borrowed(&[]),
        comment: None,
    })
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    drop(input, context, false)
}

pub(super) fn parse_drop_materialized(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    drop(input, context, true)
}

fn drop(input: ParseStream, context: &Context, materialized: bool) -> syn::Result<Vec<Step>> {
    let views = names(input, context)?;
    let flags = flags(input, &["if_exists", "cascade"])?;
    let (if_exists, cascade) = (flags.has("if_exists"), flags.has("cascade"));
    Ok(views.into_iter().map(|view| Step::DropView { view, materialized, if_exists, cascade }).collect())
}

pub(super) fn parse_rename(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let from = name(input, context)?;
    let to = arrow(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(vec![Step::RenameView { from, to, if_exists }])
}

pub(super) fn parse_refresh(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let view = name(input, context)?;
    let concurrently = flags(input, &["concurrently"])?.has("concurrently");
    Ok(vec![Step::RefreshMaterializedView { view, concurrently }])
}
