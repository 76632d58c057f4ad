//! `chain!`: the versions of a library, collected and checked against each other.

use std::collections::HashSet;

use pkmig_schema::baseline::{self, NoBaseline};
use pkmig_schema::{Migration, ObjectKind, Problem, Report, Schema, Step, replay};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Token, Visibility, parse_quote};

use crate::context::Context;
use crate::migration::{self, number, struct_name};
use crate::payload;
use crate::requires::{self, Requires};
use crate::step;

/// Versions collected by one nest of macros: the compiler's recursion limit is 128.
const CHUNK: usize = 60;

/// What stands in `chain! { … }`.
struct Chain {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    ident: Ident,
    name: LitStr,
    tracked_by: Ident,
    /// The lines `requires …;`.
    requires: TokenStream,
    /// `from V100 bridged_by "0.9";`: the version that its oldest file holds.
    floor: Option<Floor>,
    /// The word `baseline;`.
    baseline: Option<Ident>,
    versions: Vec<Ident>,
}

/// Where a chain begins whose oldest versions are gone.
struct Floor {
    version: u32,
    /// The release that brings older installs there.
    bridge: LitStr,
}

/// `from V100 bridged_by "0.9";`, if it stands there.
fn parse_floor(input: ParseStream) -> syn::Result<Option<Floor>> {
    if !step::take(input, "from")? {
        return Ok(None);
    }
    let message = "expected the version that the chain begins with, such as `V100`";
    let ident = input.call(Ident::parse_any).map_err(|e| syn::Error::new(e.span(), message))?;
    let version = match number(&ident) {
        Some(version) if version > 0 && ident == struct_name(version) => version,
        _ => return Err(syn::Error::new(ident.span(), message)),
    };
    if version == 1 {
        return Err(syn::Error::new(ident.span(), "a chain begins with V1 by default"));
    }
    let message = "expected `bridged_by` and, in quotes, the release that upgrades older installs";
    if !step::take(input, "bridged_by")? {
        return Err(input.error(message));
    }
    let bridge = input.parse().map_err(|e: syn::Error| syn::Error::new(e.span(), message))?;
    input.parse::<Token![;]>()?;
    Ok(Some(Floor { version, bridge }))
}

/// `baseline;`, if it stands there.
fn parse_baseline(input: ParseStream) -> syn::Result<Option<Ident>> {
    if !input.fork().call(Ident::parse_any).is_ok_and(|word| word == "baseline") {
        return Ok(None);
    }
    let word = input.call(Ident::parse_any)?;
    input.parse::<Token![;]>()?;
    Ok(Some(word))
}

impl Parse for Chain {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![static]>()?;
        let ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let name = input.parse()?;
        if !input.fork().call(Ident::parse_any).is_ok_and(|keyword| keyword == "tracked_by") {
            return Err(input.error("expected `tracked_by table`: the table whose comment holds the version"));
        }
        input.call(Ident::parse_any)?;
        let tracked_by = input.call(Ident::parse_any)?;
        let body;
        syn::braced!(body in input);
        let requires = requires::take_lines(&body)?;
        let floor = parse_floor(&body)?;
        let baseline = parse_baseline(&body)?;
        let versions = Punctuated::<Ident, Token![,]>::parse_terminated_with(&body, Ident::parse_any)?;
        let versions = versions.into_iter().collect();
        Ok(Self { attributes, visibility, ident, name, tracked_by, requires, floor, baseline, versions })
    }
}

/// Whether the entry stands for a file: `v001`, not `V01`.
fn is_module(entry: &Ident) -> bool {
    entry.to_string().starts_with('v')
}

/// The path of a version's struct, and of the macro with its tokens.
fn path(entry: &Ident) -> TokenStream {
    let name = Ident::new(&struct_name(number(entry).unwrap_or_default()), entry.span());
    if is_module(entry) { quote!(#entry::#name) } else { quote!(#name) }
}

/// `chain!`: declares the modules and the chain, and starts the collection.
pub(crate) fn collect(tokens: TokenStream) -> TokenStream {
    let mut chain: Chain = match syn::parse2(tokens.clone()) {
        Ok(chain) => chain,
        Err(error) => return fallback(tokens, &error),
    };
    let context = Context::default();
    check_order(&chain, &context);
    let mut seen = HashSet::new();
    chain.versions.retain(|entry| number(entry).is_some_and(|number| seen.insert(number)));
    let declared = declare(&chain);
    if context.failed() {
        let errors = context.compile_errors();
        return quote!(#errors #declared);
    }
    let (ident, tracked_by, requires, baseline) = (&chain.ident, &chain.tracked_by, &chain.requires, &chain.baseline);
    // Every part but the last becomes a macro, which the last one begins with.
    let parts: Vec<_> = chain.versions.chunks(CHUNK).map(|part| part.iter().map(path).collect::<Vec<_>>()).collect();
    let (last, parts) = parts.split_last().map_or((&[][..], &[][..]), |(last, parts)| (&last[..], parts));
    let names: Vec<_> = (0..parts.len()).map(|index| format_ident!("__pkmig_{ident}_{index}")).collect();
    let calls = parts.iter().zip(&names).map(|(part, name)| {
        let (first, rest) = (&part[0], &part[1..]);
        quote!(#first! { {} #({ #rest })* { ::pkmig::__chunk } #name })
    });
    let mut steps: Vec<_> = names.iter().map(ToTokens::to_token_stream).chain(last.iter().cloned()).collect();
    steps.push(quote!(::pkmig::__check));
    let (first, rest) = (&steps[0], &steps[1..]);
    quote!(#declared #(#calls)* #first! { {} #({ #rest })* { #ident #tracked_by { #requires } #baseline } })
}

/// What can be declared of a chain that does not parse: its versions, so that none of them is called unlisted.
fn fallback(tokens: TokenStream, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    let mut versions = Vec::new();
    for token in tokens {
        if let TokenTree::Group(group) = token
            && group.delimiter() == Delimiter::Brace
        {
            let entries = group.stream().into_iter().filter_map(|token| match token {
                TokenTree::Ident(ident) if number(&ident).is_some() => Some(ident),
                _ => None,
            });
            versions.extend(entries);
        }
    }
    // `from V100` names a version that is listed behind it.
    let mut seen = HashSet::new();
    versions.reverse();
    versions.retain(|entry: &Ident| number(entry).is_some_and(|number| seen.insert(number)));
    let modules = modules(&versions);
    let none = quote! {
        static NONE: ::pkmig::Chain = ::pkmig::Chain::new("", "", &[]);
        &NONE
    };
    let members = members(&versions, &none);
    quote!(#error #modules #members)
}

fn check_order(chain: &Chain, context: &Context) {
    let versions = &chain.versions;
    let first = chain.floor.as_ref().map_or(1, |floor| floor.version);
    let mut last = first - 1;
    let listed: HashSet<u32> = versions.iter().filter_map(number).collect();
    for entry in versions {
        let Some(number) = number(entry) else {
            let message =
                format!("`{entry}` is not a version: list a file as `v001`, a migration in the same module as `V01`");
            context.error(entry.span(), message);
            continue;
        };
        let expected = if is_module(entry) { format!("v{number:03}") } else { struct_name(number) };
        if number == 0 {
            context.error(entry.span(), "versions begin with V1");
        } else if *entry != expected {
            context.error(entry.span(), format!("list V{number} as `{expected}`"));
        } else if number < first {
            context.error(entry.span(), format!("V{number} is below V{first}, with which the chain begins"));
        } else if number == last && number >= first {
            context.error(entry.span(), format!("V{number} is listed twice"));
        } else if number < last {
            context.error(entry.span(), format!("V{number} is listed after V{last}: list versions in order"));
        } else if (last + 1..number).any(|missing| !listed.contains(&missing)) {
            let missing =
                if number == last + 2 { format!("V{}", last + 1) } else { format!("V{} to V{}", last + 1, number - 1) };
            context.error(entry.span(), format!("version gap: {missing} must come before V{number}"));
        }
        last = last.max(number);
    }
}

/// `__chunk! { { payloads } name }`: a macro `name` that puts the payloads before whatever comes next.
pub(crate) fn chunk(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Group(done)), Some(TokenTree::Ident(name))) = (tokens.next(), tokens.next()) else {
        return TokenStream::new();
    };
    let payloads = done.stream();
    quote! {
        #[doc(hidden)]
        macro_rules! #name {
            ({ $($done:tt)* } { $($next:tt)* } $($rest:tt)*) => {
                $($next)* ! { { $($done)* #payloads } $($rest)* }
            };
        }
    }
}

/// `__check! { { payloads } { chain tracking_table { requires } baseline? } }`: the errors.
pub(crate) fn check(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Group(payloads)), Some(TokenTree::Group(header))) = (tokens.next(), tokens.next()) else {
        return TokenStream::new();
    };
    let mut header = header.stream().into_iter();
    let (Some(TokenTree::Ident(ident)), Some(TokenTree::Ident(tracked_by))) = (header.next(), header.next()) else {
        return TokenStream::new();
    };
    let context = Context::default();
    let Some(TokenTree::Group(requires)) = header.next() else { return TokenStream::new() };
    match requires::parse(requires.stream(), &context) {
        Ok(requires) => {
            let baseline = match header.next() {
                Some(TokenTree::Ident(word)) => Some(word),
                _ => None,
            };
            replay_all(&Header { ident, tracked_by, baseline }, &requires, payloads.stream(), &context);
        }
        Err(error) => context.push(error),
    }
    context.compile_errors()
}

/// What the replay has to know of the chain.
struct Header {
    ident: Ident,
    tracked_by: Ident,
    /// Where a baseline is asked for.
    baseline: Option<Ident>,
}

/// Replays the versions, up to the first one that could not be parsed, which has said so itself.
fn replay_all(chain: &Header, requires: &Requires, payloads: TokenStream, context: &Context) {
    let mut schema = Schema::requiring(&requires.objects);
    let mut report = Report::default();
    schema.check_requirements(&mut report);
    for problem in report.take() {
        context.problem(&problem, chain.ident.span(), chain.ident.span());
    }
    let (mut tracked, mut versions) = (true, Vec::new());
    let groups = payloads.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    });
    for group in groups {
        let Some(parsed) = unpack(&group, context) else { return };
        let ident = parsed.ident;
        let replayed = replay::replay(&schema, &parsed.migration, &mut report);
        if report.is_empty() {
            replayed.check_down(&parsed.migration, parsed.way_back, &mut report);
        }
        for problem in report.take() {
            context.problem(&problem, ident.span(), chain.ident.span());
        }
        schema = replayed.after;
        tracked = tracked && check_tracking(chain, &schema, &parsed.migration, versions.is_empty(), context);
        versions.push(parsed.migration);
    }
    if !context.failed() {
        schema.check_definers(&mut report);
        for problem in report.take() {
            context.problem(&problem, chain.ident.span(), chain.ident.span());
        }
    }
    if let Some(word) = chain.baseline.as_ref().filter(|_| !context.failed()) {
        check_baseline(word, chain, requires, &versions, context);
    }
}

/// A chain that says `baseline;` can be folded.
fn check_baseline(word: &Ident, chain: &Header, requires: &Requires, versions: &[Migration], context: &Context) {
    if let Err(NoBaseline { version, step, problem }) = baseline::fold(&requires.objects, versions) {
        let message = format!("no baseline: {}", problem.message);
        let help = problem.help.unwrap_or_else(|| format!("the step is in {version}: `{step}`"));
        context.problem(&Problem::new(problem.at, message).help(help), word.span(), chain.ident.span());
    }
}

fn unpack(group: &Group, context: &Context) -> Option<migration::Parsed> {
    let mut tokens = group.stream().into_iter();
    tokens.next()?;
    let text: LitStr = syn::parse2(tokens.next()?.into()).ok()?;
    if text.value().is_empty() {
        return None;
    }
    let tokens = payload::unpack(&text.value(), tokens.collect()).ok()?;
    migration::parse(tokens, context).ok()
}

/// The version is kept as the comment of the tracking table, from the first version on. False where it cannot be.
fn check_tracking(chain: &Header, schema: &Schema, migration: &Migration, first: bool, context: &Context) -> bool {
    let (table, version) = (chain.tracked_by.unraw().to_string(), migration.version);
    let takes_away = |step: &Step| {
        let effect = step.effect().filter(|effect| effect.object.kind == ObjectKind::Table)?;
        (effect.frees_its_name() && effect.object.name == table).then_some(effect.object.name)
    };
    let comments = |step: &Step| match step {
        Step::CommentOn { target, .. } => {
            (target.kind == ObjectKind::Table && target.name == table).then_some(target.name)
        }
        _ => None,
    };
    let (at, message, help) = match schema.table(&table).map(|known| known.comment) {
        None if first => (
            None,
            format!("the tracking table `{table}` does not exist after {version}"),
            "the comment of that table holds the installed version: create it in the first version and keep it",
        ),
        None => (
            migration.steps.iter().find_map(takes_away),
            format!("the tracking table `{table}` no longer exists after {version}"),
            "the comment of that table holds the installed version: keep it",
        ),
        Some(comment) => match comment.or_else(|| migration.steps.iter().find_map(comments)) {
            None => return true,
            at => (
                at,
                format!("{version} comments on the tracking table `{table}`"),
                "the comment of that table holds the installed version: do not change it",
            ),
        },
    };
    let problem = Problem::new(at.unwrap_or_default(), message).help(help);
    context.problem(&problem, chain.tracked_by.span(), chain.ident.span());
    false
}

/// The modules of the versions that have files.
fn modules(versions: &[Ident]) -> TokenStream {
    let modules = versions.iter().filter(|entry| is_module(entry));
    modules
        .map(|entry| quote_spanned!(entry.span()=> #[allow(missing_docs, unreachable_pub)] pub mod #entry;))
        .collect()
}

/// Says of every version which chain it belongs to.
fn members(versions: &[Ident], chain: &TokenStream) -> TokenStream {
    let members = versions.iter().map(|entry| {
        let (path, number) = (path(entry), number(entry).unwrap_or_default());
        // The other versions of the chain are no help to one that is not listed.
        quote_spanned! {entry.span()=>
            #[diagnostic::do_not_recommend]
            impl ::pkmig::Member for #path {
                const VERSION: ::pkmig::schema::Version = ::pkmig::schema::Version(#number);

                fn chain() -> &'static ::pkmig::Chain {
                    #chain
                }
            }
        }
    });
    members.collect()
}

/// The chain itself, with all that does not depend on its versions being right.
fn declare(chain: &Chain) -> TokenStream {
    let Chain { attributes, visibility, ident, name, tracked_by, requires, floor, versions, .. } = chain;
    let tracked_by = tracked_by.unraw().to_string();
    let paths = versions.iter().map(path);
    let modules = modules(versions);
    let members = members(versions, &quote!(&#ident));
    let files = files_test(chain);
    // What is wrong with them is said where the versions are checked.
    let requires = requires::parse(requires.clone(), &Context::default()).unwrap_or_default().expand();
    let floor = floor.iter().map(|Floor { version, bridge }| quote!(.beginning_with(#version, #bridge)));
    quote! {
        #modules
        #(#attributes)*
        #visibility static #ident: ::pkmig::Chain =
            ::pkmig::Chain::new(#name, #tracked_by, &[#(<#paths>::MIGRATION),*]) #(#floor)* .requiring(#requires);
        #members
        #files
    }
}

/// Tests of the folder: for the version files in it that the chain does not list, and for released versions that were edited.
fn files_test(chain: &Chain) -> TokenStream {
    let listed: Vec<_> = chain.versions.iter().filter(|entry| is_module(entry)).map(ToString::to_string).collect();
    if listed.is_empty() {
        return TokenStream::new();
    }
    let ident = &chain.ident;
    let module = format_ident!("{}_files", chain.ident.to_string().to_lowercase(), span = Span::call_site());
    let item: syn::Item = parse_quote! {
        #[cfg(test)]
        mod #module {
            #[test]
            fn every_version_file_is_listed() {
                let unlisted = ::pkmig::unlisted_files(env!("CARGO_MANIFEST_DIR"), file!(), &[#(#listed),*]);
                assert!(unlisted.is_empty(), "version files that no chain lists: {unlisted:?}\nhelp: add them to `chain!`");
            }

            #[test]
            fn every_released_version_is_what_it_was() {
                let edited = ::pkmig::edited_files(env!("CARGO_MANIFEST_DIR"), file!(), &super::#ident);
                assert!(edited.is_empty(), "released versions were edited: {edited:#?}\nhelp: a new version corrects a released one");
            }
        }
    };
    item.into_token_stream()
}
