//! Columns: definitions with their attributes, and the steps on them.

use pkmig_schema::name::UNNAMED;
use pkmig_schema::{
    Column, Constraint, ConstraintKind, Generator, GeneratorKind, Index, List, Name, ReferentialAction, Step, TableRef,
};
use proc_macro2::Span;
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::backfill::{self, Filling};
use super::names::{arrow, columns, name};
use super::types::{column_type, plain_type};
use super::values::{sql_in, sql_text, value};
use super::{constraint, flags, index, parenthesized, take, text, unknown};
use crate::context::Context;
use crate::sql::Kind;

const ATTRIBUTES: &[&str] = &[
    "not_null",
    "primary_key",
    "unique",
    "default",
    "references",
    "check",
    "generated",
    "identity",
    "collate",
    "comment",
    "index",
    "unique_index",
];

/// A column, and what its attributes add to the table.
pub(super) struct Definition {
    pub(super) column: Column,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: Vec<Index>,
    /// What the rows get that are there already.
    filling: Option<Filling>,
}

/// `: type attributes`, behind the column's name. The constraints and indexes among the attributes become the table's.
pub(super) fn definition(input: ParseStream, context: &Context, column_name: Name) -> syn::Result<Definition> {
    input.parse::<Token![:]>().map_err(|e| syn::Error::new(e.span(), "expected `:` and a type"))?;
    let parsed = column_type(input, context)?;
    let serial = || Generator { kind: GeneratorKind::Serial, sequence: UNNAMED };
    let mut column = Column {
        name: column_name,
        ty: parsed.ty,
        not_null: parsed.serial,
        default: None,
        generated: None,
        generator: parsed.serial.then(serial),
        collation: None,
        comment: None,
    };
    let (mut constraints, mut indexes, mut filling) = (Vec::new(), Vec::new(), None);
    let mut seen: Vec<String> = Vec::new();
    let own = || List::Owned(vec![column_name]);
    while let Ok(word) = input.fork().call(syn::Ident::parse_any) {
        let attribute = word.to_string();
        if attribute == "if_not_exists" {
            break;
        }
        if attribute == "backfill" {
            input.call(syn::Ident::parse_any)?;
            filling = Some((word.span(), parenthesized(input, |inner| backfill::filling(inner, context))?));
            continue;
        }
        if !ATTRIBUTES.contains(&attribute.as_str()) {
            if input.peek2(Token![:]) {
                return Err(syn::Error::new(word.span(), "expected `,` before the next column"));
            }
            return Err(unknown(word.span(), "attribute", &attribute, ATTRIBUTES.iter().copied().chain(["backfill"])));
        }
        if seen.contains(&attribute) && !matches!(attribute.as_str(), "check" | "references") {
            return Err(syn::Error::new(word.span(), format!("duplicate attribute `{attribute}`")));
        }
        seen.push(attribute.clone());
        input.call(syn::Ident::parse_any)?;
        let mut constrain = |kind| constraints.push(Constraint { name: UNNAMED, kind, validated: true, comment: None });
        match attribute.as_str() {
            "not_null" => column.not_null = true,
            "primary_key" => {
                column.not_null = true;
                constrain(ConstraintKind::PrimaryKey { columns: own() });
            }
            "unique" => constrain(ConstraintKind::Unique { columns: own() }),
            "default" => {
                column.default = Some(parenthesized(input, |inner| value(inner, context))?);
            }
            "references" => constraints.push(references(input, context, column_name)?),
            "check" => {
                let expression = parenthesized(input, |inner| sql_text(inner, context, Kind::Expression))?;
                constrain(ConstraintKind::Check { expression });
            }
            "index" => indexes.push(index::of_column(column_name, false)),
            "unique_index" => indexes.push(index::of_column(column_name, true)),
            "generated" => {
                column.generated = Some(parenthesized(input, |inner| sql_text(inner, context, Kind::Expression))?);
            }
            "identity" => {
                column.not_null = true;
                let kind = parenthesized(input, identity)?;
                column.generator = Some(Generator { kind, sequence: UNNAMED });
            }
            "collate" => column.collation = Some(collation(input, context)?),
            _ => column.comment = Some(parenthesized(input, |inner| text(inner, context, "the comment"))?),
        }
        let sources = [column.default.is_some(), column.generated.is_some(), column.generator.is_some()];
        if matches!(attribute.as_str(), "default" | "generated" | "identity")
            && sources.iter().filter(|it| **it).count() > 1
        {
            let message = "a column can have only one of these: a default, an expression, a sequence";
            return Err(syn::Error::new(word.span(), message));
        }
    }
    let filling = check_filling(filling, &column, context);
    Ok(Definition { column, constraints, indexes, filling })
}

/// Only what is null can be filled.
fn check_filling(filling: Option<(Span, Filling)>, column: &Column, context: &Context) -> Option<Filling> {
    let (span, filling) = filling?;
    if column.default.is_some() || column.generated.is_some() || column.generator.is_some() {
        let message = "every row already has a value in this column, so there is nothing to backfill";
        context.error(span, format!("{message}\nhelp: remove `backfill`, or use `set_default` after it"));
    }
    Some(filling)
}

impl Definition {
    /// The column of a new table, which has no rows.
    pub(super) fn of_new_table(self, at: Span) -> syn::Result<Self> {
        match self.filling {
            Some(_) => Err(syn::Error::new(at, "`backfill` is for `add_column`: a new table has no rows")),
            None => Ok(self),
        }
    }

    /// The steps that add the column: filled before it refuses nulls, indexed when it is filled.
    fn steps(self, table: Name, if_not_exists: bool) -> Vec<Step> {
        let Self { mut column, constraints, indexes, filling } = self;
        let name = column.name;
        let filled_first = filling.is_some() && std::mem::take(&mut column.not_null);
        let constraints = List::Owned(constraints);
        let mut steps = vec![Step::AddColumn { table, column, constraints, if_not_exists }];
        steps.extend(filling.map(|filling| filling.step(table, name)));
        if filled_first {
            steps.push(Step::SetNotNull { table, column: name, if_exists: false });
        }
        let index = |index| Step::CreateIndex { table, index, concurrently: false, if_not_exists };
        steps.extend(indexes.into_iter().map(index));
        steps
    }
}

fn identity(input: ParseStream) -> syn::Result<GeneratorKind> {
    let word = input.call(syn::Ident::parse_any)?;
    match word.to_string().as_str() {
        "always" => Ok(GeneratorKind::Always),
        "by_default" => Ok(GeneratorKind::ByDefault),
        other => Err(unknown(word.span(), "identity", other, ["always", "by_default"].into_iter())),
    }
}

/// `references(t.c, on_delete: cascade, name: n)`
fn references(input: ParseStream, context: &Context, column: Name) -> syn::Result<Constraint> {
    parenthesized(input, |inner| {
        let mut table = TableRef::own(name(inner, context)?);
        inner.parse::<Token![.]>().map_err(|e| syn::Error::new(e.span(), "expected `.` and the referenced column"))?;
        let mut reference = name(inner, context)?;
        if inner.peek(Token![.]) {
            inner.parse::<Token![.]>()?;
            table = TableRef { schema: Some(table.name), name: reference };
            reference = name(inner, context)?;
        }
        let mut constraint_name = UNNAMED;
        let (mut on_delete, mut on_update) = (ReferentialAction::NoAction, ReferentialAction::NoAction);
        while !inner.is_empty() {
            inner.parse::<Token![,]>()?;
            if inner.is_empty() {
                break;
            }
            let option = inner.call(syn::Ident::parse_any)?;
            inner.parse::<Token![:]>()?;
            match option.to_string().as_str() {
                "name" => constraint_name = name(inner, context)?,
                "on_delete" => on_delete = constraint::action(inner)?,
                "on_update" => on_update = constraint::action(inner)?,
                other => {
                    return Err(unknown(
                        option.span(),
                        "option",
                        other,
                        ["name", "on_delete", "on_update"].into_iter(),
                    ));
                }
            }
        }
        let (columns, references) = (List::Owned(vec![column]), List::Owned(vec![reference]));
        let kind = ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update };
        Ok(Constraint { name: constraint_name, kind, validated: true, comment: None })
    })
}

/// `add_column t.c: type …`, `t.{a, b}: type …` or `{t, u}.c: type …`
pub(super) fn parse_add(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    // Every column of a list is parsed from the same tokens, so that its constraints are its own.
    let start = input.fork();
    let mut steps = Vec::new();
    for (index, (table, column)) in columns.iter().copied().enumerate() {
        let again = start.fork();
        let source = if index + 1 == columns.len() { input } else { &again };
        let definition = definition(source, context, column)?;
        let if_not_exists = flags(source, &["if_not_exists"])?.has("if_not_exists");
        steps.append(&mut definition.steps(table, if_not_exists));
    }
    Ok(steps)
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    let flags = flags(input, &["if_exists", "cascade"])?;
    let (if_exists, cascade) = (flags.has("if_exists"), flags.has("cascade"));
    Ok(columns.into_iter().map(|(table, column)| Step::DropColumn { table, column, if_exists, cascade }).collect())
}

pub(super) fn parse_rename(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    let to = arrow(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(columns.into_iter().map(|(table, from)| Step::RenameColumn { table, from, to, if_exists }).collect())
}

pub(super) fn parse_set_type(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    input.parse::<Token![:]>().map_err(|e| syn::Error::new(e.span(), "expected `:` and the new type"))?;
    let ty = plain_type(input, context)?;
    let collation = match take(input, "collate")? {
        true => Some(collation(input, context)?),
        false => None,
    };
    let using = sql_in(input, context, "using", Kind::Expression)?;
    let down_using = sql_in(input, context, "down_using", Kind::Expression)?;
    let step = |(table, column)| Step::SetType {
        table,
        column,
        ty: ty.clone(),
        collation,
        using: using.clone(),
        down_using: down_using.clone(),
    };
    Ok(columns.into_iter().map(step).collect())
}

/// `("C")`.
fn collation(input: ParseStream, context: &Context) -> syn::Result<Name> {
    parenthesized(input, |inner| text(inner, context, "a collation"))
}

pub(super) fn parse_set_not_null(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    let filling = match take(input, "backfill")? {
        true => Some(parenthesized(input, |inner| backfill::filling(inner, context))?),
        false => None,
    };
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    let steps = |(table, column)| {
        let filled = filling.as_ref().map(|filling| filling.step(table, column));
        filled.into_iter().chain([Step::SetNotNull { table, column, if_exists }])
    };
    Ok(columns.into_iter().flat_map(steps).collect())
}

pub(super) fn parse_drop_not_null(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(columns.into_iter().map(|(table, column)| Step::DropNotNull { table, column, if_exists }).collect())
}

pub(super) fn parse_set_default(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    input.parse::<Token![=]>().map_err(|e| syn::Error::new(e.span(), "expected `=` and the default"))?;
    let value = value(input, context)?;
    Ok(columns.into_iter().map(|(table, column)| Step::SetDefault { table, column, value: value.clone() }).collect())
}

pub(super) fn parse_drop_default(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    Ok(columns.into_iter().map(|(table, column)| Step::DropDefault { table, column }).collect())
}
