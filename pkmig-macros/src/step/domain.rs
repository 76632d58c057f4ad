//! Domains.

use pkmig_schema::{Domain, DomainCheck, List, Step};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Token};

use super::names::{name, names, optional_name};
use super::types::plain_type;
use super::values::{sql_text, value};
use super::{is_keyword, parenthesized, unknown};
use crate::context::Context;
use crate::sql::Kind;

const ATTRIBUTES: [&str; 3] = ["not_null", "default", "check"];

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let name = name(input, context)?;
    input.parse::<Token![:]>().map_err(|e| syn::Error::new(e.span(), "expected `:` and a type"))?;
    let ty = plain_type(input, context)?;
    let mut def = Domain { name, ty, not_null: false, default: None, checks: List::Borrowed(&[]) };
    let mut checks = Vec::new();
    while let Ok(word) = input.fork().call(Ident::parse_any) {
        let attribute = word.to_string();
        if is_keyword(&attribute) {
            break;
        }
        if !ATTRIBUTES.contains(&attribute.as_str()) {
            return Err(unknown(word.span(), "attribute", &attribute, ATTRIBUTES.into_iter()));
        }
        input.call(Ident::parse_any)?;
        let twice = match attribute.as_str() {
            "not_null" => std::mem::replace(&mut def.not_null, true),
            "default" => def.default.replace(parenthesized(input, |inner| value(inner, context))?).is_some(),
            _ => {
                let name = optional_name(input, context)?;
                let expression = parenthesized(input, |inner| sql_text(inner, context, Kind::Expression))?;
                checks.push(DomainCheck { name, expression });
                false
            }
        };
        if twice {
            return Err(syn::Error::new(word.span(), format!("duplicate `{attribute}`")));
        }
    }
    def.checks = List::Owned(checks);
    Ok(vec![Step::CreateDomain { def }])
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    Ok(names(input, context)?.into_iter().map(|name| Step::DropDomain { name }).collect())
}
