//! Tokens on their way from `migration!` to `chain!`.
//!
//! They travel as one string with the text, and one dummy ident for each ident and literal in it, which carries the
//! span. (A `$` among the tokens themselves would break the `macro_rules` that holds them.)

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

/// The text and the spans of some tokens.
pub(crate) fn pack(tokens: &TokenStream) -> TokenStream {
    let text = Literal::string(&tokens.to_string());
    let mut dummies = Vec::new();
    collect(tokens.clone(), &mut dummies);
    quote!(#text #(#dummies)*)
}

fn collect(tokens: TokenStream, dummies: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), dummies),
            TokenTree::Ident(_) | TokenTree::Literal(_) => dummies.push(Ident::new("s", token.span())),
            TokenTree::Punct(_) => {}
        }
    }
}

/// The tokens again, each where it was written.
pub(crate) fn unpack(text: &str, dummies: TokenStream) -> syn::Result<TokenStream> {
    let tokens: TokenStream = text.parse().map_err(|_| syn::Error::new(Span::call_site(), "unreadable payload"))?;
    let mut spans = dummies.into_iter().map(|dummy| dummy.span());
    let mut last = Span::call_site();
    Ok(respan(tokens, &mut spans, &mut last))
}

fn respan(tokens: TokenStream, spans: &mut impl Iterator<Item = Span>, last: &mut Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let before = *last;
                let mut new = Group::new(group.delimiter(), respan(group.stream(), spans, last));
                new.set_span(before);
                TokenTree::Group(new)
            }
            mut token => {
                if !matches!(token, TokenTree::Punct(_)) {
                    *last = spans.next().unwrap_or(*last);
                }
                token.set_span(*last);
                token
            }
        })
        .collect()
}
