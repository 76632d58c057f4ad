//! What a version prints as is read back as the same version.

use std::fs;
use std::path::Path;

use pkmig_schema::Migration;
use proc_macro2::TokenStream;

use super::parse;
use super::tests::LINES;
use crate::context::Context;

/// The folders with versions in them, from the package's folder on.
const FOLDERS: &[(&str, usize)] = &[("../pkmig-versions/src", 160), ("../tests/pass", 25)];

fn read(tokens: TokenStream, place: &str) -> Migration {
    let context = Context::default();
    let parsed = parse(tokens, &context).unwrap_or_else(|error| panic!("{place}: {error}"));
    assert!(!context.failed(), "{place}: {}", context.compile_errors());
    parsed.migration
}

/// The inside of `pkmig::migration! { … }` in a text.
fn inside(text: &str, place: &str) -> TokenStream {
    let item: syn::ItemMacro = syn::parse_str(text).unwrap_or_else(|error| panic!("{place}: {error}\n{text}"));
    item.mac.tokens
}

fn comes_back(migration: &Migration, place: &str) {
    let text = migration.source();
    let again = read(inside(&text, place), &format!("{place}, printed:\n{text}"));
    for (again, step) in again.steps.iter().zip(migration.steps) {
        assert_eq!(again, step, "{place}, printed:\n{}", step.source());
    }
    assert_eq!(&again, migration, "{place}, printed:\n{text}");
    assert_eq!(again.source(), text, "{place}");
}

/// The versions in the files of a folder, with where they stand.
fn versions(folder: &Path) -> Vec<(String, Migration)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(versions(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            of_items(&file.items, &path.display().to_string(), &mut found);
        }
    }
    found
}

fn of_items(items: &[syn::Item], place: &str, found: &mut Vec<(String, Migration)>) {
    for item in items {
        match item {
            syn::Item::Macro(item) if item.mac.path.segments.last().is_some_and(|it| it.ident == "migration") => {
                found.push((place.to_owned(), read(item.mac.tokens.clone(), place)));
            }
            syn::Item::Mod(syn::ItemMod { content: Some((_, items)), .. }) => of_items(items, place, found),
            _ => {}
        }
    }
}

#[test]
fn every_version_is_read_back_from_what_it_prints_as() {
    for (folder, least) in FOLDERS {
        let versions = versions(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        assert!(versions.len() >= *least, "{folder} has {} versions", versions.len());
        versions.iter().for_each(|(place, migration)| comes_back(migration, place));
    }
}

#[test]
fn every_kind_of_line_is_read_back_from_what_it_prints_as() {
    for line in LINES {
        let tokens = format!("V01 \"title\" {{ {line} }}").parse().unwrap();
        comes_back(&read(tokens, line), line);
    }
}

/// Names and texts that need quotes, in the language or in SQL.
#[test]
fn odd_names_and_texts_are_read_back_from_what_they_print_as() {
    let odd = r####"
        create_table "type" {
            "order": "double" default("a\"b\\c"),
            "Some Name": bigint unique primary_key index,
            "select": "int" check("\"order\" > 1") check("\"Some Name\" > \"select\"") comment("two\nlines and a \u{7}"),
            "if": text[] default(f("it's", 1, true)) references("auth"."some users"."a.b", name: "a\"b"),
            unique "a b" ("order", "if"),
            index ("order", "lower(\"if\")" desc, "if") where(r#"("order") IS NOT NULL AND "user" = user"#),
            exclude using using gist ("select" with "="),
        }
        create_index on on "type"."Some Name" concurrently;
        seed "type" ("order") unless_exists("order") { (@."F"("a", 2)), (sql("'@.type' || @.\"Type\"('x')")), (now()), (sql("1")) }
        execute "SELECT 'it''s @.\"O'' Brien\"', $$@.x$$, E'\\n' -- a comment" idempotent down_noop("a step of a down");
        on_down "SELECT @.a";
        policy_like;
    "####;
    let odd = odd.replace("policy_like;", r#"create_policy "p q" on t to (a, "b c") using("EXISTS (SELECT FROM @.u WHERE u.\"Id\" = t.id AND lower(x) = 'a')");"#);
    let tokens =
        format!("V01 \"a \\\"title\\\"\" {{ {odd} down {{ execute \"SELECT 1\" idempotent; }} }}").parse().unwrap();
    comes_back(&read(tokens, "odd names"), "odd names");
}
