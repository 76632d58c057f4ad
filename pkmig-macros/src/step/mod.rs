//! Tokens to steps, one file per family of objects, under the same names as in `pkmig-schema/src/step/`.

mod backfill;
mod column;
mod comment;
mod constraint;
mod data;
mod domain;
mod each;
mod enumeration;
mod extension;
mod fresh;
mod function;
mod grant;
mod index;
mod names;
mod orphans;
mod policy;
mod raw;
mod rename_value;
mod sequence;
mod table;
mod trigger;
mod types;
mod values;
mod view;

use pkmig_schema::{Name, Step};
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

pub(crate) use function::argument_types;
pub(crate) use names::{name, names};
pub(crate) use raw::reason;
pub(crate) use types::plain_type;

use crate::context::Context;

type ParseStep = fn(ParseStream, &Context) -> syn::Result<Vec<Step>>;

/// The steps that end in a block `{ … }`: no `;` follows.
const BLOCKS: &[(&str, ParseStep)] = &[
    ("create_table", table::parse_create),
    ("create_enum", enumeration::parse_create),
    ("create_function", function::parse_create),
    ("create_or_replace_function", function::parse_replace),
    ("seed", data::parse_seed),
    ("for", each::parse),
];

/// The steps that end in `;`.
const LINES: &[(&str, ParseStep)] = &[
    ("drop_table", table::parse_drop),
    ("rename_table", table::parse_rename),
    ("add_column", column::parse_add),
    ("drop_column", column::parse_drop),
    ("rename_column", column::parse_rename),
    ("set_type", column::parse_set_type),
    ("set_not_null", column::parse_set_not_null),
    ("drop_not_null", column::parse_drop_not_null),
    ("set_default", column::parse_set_default),
    ("drop_default", column::parse_drop_default),
    ("add_primary_key", constraint::parse_add_primary_key),
    ("add_unique", constraint::parse_add_unique),
    ("add_check", constraint::parse_add_check),
    ("add_foreign_key", constraint::parse_add_foreign_key),
    ("add_exclude", constraint::parse_add_exclude),
    ("validate_constraint", constraint::parse_validate),
    ("drop_constraint", constraint::parse_drop),
    ("rename_constraint", constraint::parse_rename),
    ("create_index", index::parse_create),
    ("create_unique_index", index::parse_create_unique),
    ("drop_index", index::parse_drop),
    ("rename_index", index::parse_rename),
    ("enable_row_level_security", policy::parse_enable),
    ("disable_row_level_security", policy::parse_disable),
    ("force_row_level_security", policy::parse_force),
    ("no_force_row_level_security", policy::parse_no_force),
    ("create_policy", policy::parse_create),
    ("replace_policy", policy::parse_replace),
    ("drop_policy", policy::parse_drop),
    ("rename_policy", policy::parse_rename),
    ("grant", grant::parse_grant),
    ("revoke", grant::parse_revoke),
    ("add_enum_value", enumeration::parse_add_value),
    ("drop_enum", enumeration::parse_drop),
    ("create_domain", domain::parse_create),
    ("drop_domain", domain::parse_drop),
    ("create_sequence", sequence::parse_create),
    ("drop_sequence", sequence::parse_drop),
    ("create_extension", extension::parse_create),
    ("drop_function", function::parse_drop),
    ("create_view", view::parse_create),
    ("create_or_replace_view", view::parse_replace),
    ("create_materialized_view", view::parse_create_materialized),
    ("refresh_materialized_view", view::parse_refresh),
    ("rename_view", view::parse_rename),
    ("drop_view", view::parse_drop),
    ("drop_materialized_view", view::parse_drop_materialized),
    ("create_trigger", trigger::parse_create),
    ("drop_trigger", trigger::parse_drop),
    ("comment_on", comment::parse_on),
    ("delete_rows", data::parse_delete_rows),
    ("backfill", backfill::parse),
    ("rename_value", rename_value::parse),
    ("execute", raw::parse_execute),
    ("on_down", raw::parse_on_down),
];

fn keywords() -> impl Iterator<Item = &'static str> {
    BLOCKS.iter().chain(LINES).map(|(keyword, _)| *keyword)
}

/// Whether a step begins with this word.
pub(crate) fn is_keyword(word: &str) -> bool {
    keywords().any(|keyword| keyword == word)
}

/// Parses one line of the language, which may stand for several steps.
pub(crate) fn parse(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let keyword =
        input.call(syn::Ident::parse_any).map_err(|error| syn::Error::new(error.span(), "expected a step"))?;
    let word = keyword.to_string();
    let find = |steps: &[(&str, ParseStep)]| steps.iter().find(|(known, _)| *known == word).map(|(_, parse)| *parse);
    let steps = if let Some(parse) = find(BLOCKS) {
        let steps = parse(input, context)?;
        let _: Option<Token![;]> = input.parse()?;
        steps
    } else if let Some(parse) = find(LINES) {
        let steps = parse(input, context)?;
        end_of_step(input)?;
        steps
    } else {
        return Err(unknown(keyword.span(), "step", &word, keywords()));
    };
    Ok(steps)
}

fn end_of_step(input: ParseStream) -> syn::Result<()> {
    match input.peek(Token![;]) {
        true => input.parse::<Token![;]>().map(|_| ()),
        false => Err(match input.fork().call(syn::Ident::parse_any) {
            Ok(word) if !is_keyword(&word.to_string()) => {
                syn::Error::new(word.span(), format!("no modifier `{word}` here"))
            }
            _ => input.error("expected `;`"),
        }),
    }
}

/// The error of a word that is none, with the nearest one that is.
pub(crate) fn unknown<'a>(
    span: proc_macro2::Span,
    kind: &str,
    word: &str,
    known: impl Iterator<Item = &'a str>,
) -> syn::Error {
    let help = match pkmig_schema::name::nearest(word, known) {
        Some(near) => format!("\nhelp: did you mean `{near}`?"),
        None => String::new(),
    };
    syn::Error::new(span, format!("no {kind} `{word}`{help}"))
}

/// The modifiers that stand here, each at most once, in any order.
struct Flags(Vec<String>);

impl Flags {
    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|flag| flag == word)
    }
}

/// Reads words as long as they are among `allowed`; a word like one of them is a mistake.
fn flags(input: ParseStream, allowed: &[&str]) -> syn::Result<Flags> {
    let mut found = Flags(Vec::new());
    while let Ok(ident) = input.fork().call(syn::Ident::parse_any) {
        let word = ident.to_string();
        if !allowed.contains(&word.as_str()) {
            if pkmig_schema::name::nearest(&word, allowed.iter().copied()).is_some() {
                return Err(unknown(ident.span(), "modifier", &word, allowed.iter().copied()));
            }
            break;
        }
        input.call(syn::Ident::parse_any)?;
        if found.has(&word) {
            return Err(syn::Error::new(ident.span(), format!("duplicate `{word}`")));
        }
        found.0.push(word);
    }
    Ok(found)
}

/// Whether the next word is `word`; it is not taken.
fn peek(input: ParseStream, word: &str) -> bool {
    input.fork().call(syn::Ident::parse_any).is_ok_and(|ident| ident == word)
}

/// Takes the next word if it is `word`.
pub(crate) fn take(input: ParseStream, word: &str) -> syn::Result<bool> {
    let found = peek(input, word);
    if found {
        input.call(syn::Ident::parse_any)?;
    }
    Ok(found)
}

/// Takes the word `word`, which must stand here.
pub(crate) fn expect(input: ParseStream, word: &str) -> syn::Result<()> {
    match take(input, word)? {
        true => Ok(()),
        false => Err(expected(input, &format!("expected `{word}`"), &[word])),
    }
}

/// The error of another thing than one of `words`, which are what `message` asks for.
fn expected(input: ParseStream, message: &str, words: &[&str]) -> syn::Error {
    let found = input.fork().call(syn::Ident::parse_any).map(|ident| ident.to_string()).unwrap_or_default();
    match pkmig_schema::name::nearest(&found, words.iter().copied()) {
        Some(near) => input.error(format!("{message}\nhelp: did you mean `{near}`?")),
        None => input.error(message),
    }
}

/// Something in parentheses.
pub(crate) fn parenthesized<T>(
    input: ParseStream,
    parse: impl FnOnce(ParseStream) -> syn::Result<T>,
) -> syn::Result<T> {
    if !input.peek(syn::token::Paren) {
        return Err(input.error("expected `(`"));
    }
    let inner;
    syn::parenthesized!(inner in input);
    let parsed = parse(&inner)?;
    match inner.is_empty() {
        true => Ok(parsed),
        false => Err(inner.error("expected `)`")),
    }
}

/// A list in commas, a trailing one allowed, at least one long.
pub(crate) fn list<T>(input: ParseStream, mut parse: impl FnMut(ParseStream) -> syn::Result<T>) -> syn::Result<Vec<T>> {
    let mut items = vec![parse(input)?];
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if !input.is_empty() {
            items.push(parse(input)?);
        }
    }
    Ok(items)
}

/// A text in quotes.
fn text(input: ParseStream, context: &Context, what: &str) -> syn::Result<Name> {
    let literal: syn::LitStr =
        input.parse().map_err(|e| syn::Error::new(e.span(), format!("expected {what} in quotes")))?;
    Ok(context.keep(literal.value(), literal.span()))
}
