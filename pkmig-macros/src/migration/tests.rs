//! Whatever tokens stand in the macros, they answer with errors and never with a panic: that would hide where the mistake is.
//!
//! Lines of every kind are changed, and so are the version files of whole chains. `PKMIG_FUZZ` is the number of cases where
//! more than the usual few are wanted: `PKMIG_FUZZ=20000 cargo test --release -p pkmig-macros --lib migration::tests`.

use pkmig_schema::{Report, Schema, replay};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;

use super::parse;
use crate::context::Context;
use crate::expand::Expand;
use crate::{chain, payload};

/// Lines of every kind, which fit together in this order.
pub(super) const LINES: &[&str] = &[
    r#"create_table a unlogged { id: bigserial primary_key, b: varchar(20) not_null default("x") unique check("length(b) > 1") comment("c"),
        c: bigint references(a.id, on_delete: cascade, name: n), d: text[] default(sql("ARRAY['a']")), "type": numeric(12, 2) default(-0.5),
        unique u (b, c), check ("c > 0"), foreign_key f (c) references a (id) on_delete set_null on_update restrict,
        index i (b desc nulls_last, "lower(b)") using btree include (c) where("c IS NULL"), unique_index j (b), comment "why" }"#,
    r#"create_enum mood { "happy", "sad", }"#,
    r#"create_domain even: integer[] default("{2}") not_null check n ("VALUE > 0") check("value < 9"); drop_domain {even, "type"};"#,
    r#"create_function f(x: text, y: integer default("1")) returns setof uuid language plpgsql stable strict { r"BEGIN RETURN @.a; END" }"#,
    r#"create_or_replace_function g() returns void language sql { "SELECT @.f('x')" }"#,
    r#"seed a (b, c) on_conflict(b) do_update(c) { ("x", 1), ("y", null), (now(), @.g(1, "z")), (sql("1 + 1"), true), }"#,
    r#"rename_table a => z if_exists; drop_table {p, q} if_exists cascade;"#,
    r#"add_column {z, zz}.{e, g}: timestamp(0) default(now()) if_not_exists; drop_column z.e cascade; rename_column z.g => h;"#,
    r#"set_type z.b: jsonb using("to_jsonb(b)") down_using("b::text"); set_not_null z.c; drop_not_null z.c if_exists;"#,
    r#"set_default z.c = -1; drop_default z.c; add_primary_key z k (b); add_unique z (b, c); add_check z l ("c > 0") not_valid;"#,
    r#"add_foreign_key z (c) references z (id) on_delete no_action not_valid if_not_exists; validate_constraint z l;"#,
    r#"drop_constraint z l if_exists cascade; rename_constraint z u => v; create_index on z (b gin_trgm_ops) using gin concurrently;"#,
    r#"create_unique_index "@_x" on z ("lower(b)") where("b <> ''") nulls_not_distinct; drop_index i if_exists; rename_index j => k; rename_view l => m if_exists;"#,
    r#"add_enum_value mood "angry" before "sad"; drop_enum mood; create_sequence s as integer start 1 increment -1 owned_by z.c; drop_sequence s;"#,
    r#"create_extension {citext, vector}; drop_function f(text, integer); comment_on column z.{b, c} null; comment_on function g() "x";"#,
    r#"delete_rows z where("b = 'x'") down "INSERT INTO @.z (b) VALUES ('x')"; backfill z.c = "o.c" from("@.z AS o") where("c IS NULL") batch(10_000);"#,
    r#"execute "UPDATE @.z SET b = ''" idempotent down_noop("x"); execute "SELECT 1" unless("SELECT 1") lossy_down "SELECT 2";"#,
    r#"for t in {z, zz} { set_not_null t.c backfill("@.t" where("c IS NULL")); create_index on {t, p}.{b, c} if_not_exists; drop_constraint {t, p} l; }"#,
    r#"add_column z.n: text not_null index unique_index backfill(p.b on(id = c)); backfill {z, p}.c = p."b" on("id" = c) where("c > 0") batch(5);"#,
    r#"add_foreign_key {z, p} (c) references z (id) orphans(delete); rename_value z.b { "x" => "y", "u" => "v", } on_conflict do_delete;"#,
    r#"on_down delete_rows z where("b = 'x'"); on_down backfill {z, p}.c = "1"; execute "SELECT 1" when(column z.c) down_noop("x");"#,
    r#"on_down "SELECT 1"; execute "SELECT 1" when("SELECT 1") irreversible("x");"#,
    r#"down { execute "SELECT 1" idempotent; drop_column z.b; }"#,
    r#"irreversible("why");"#,
];

/// Tokens to put where they do not belong.
const ODD: &str = r##"
    V00 V1 V01 v001 V99999999999 down irreversible where using references static a r#type _ Self "" "@" "a\0b" "SELECT (" "@." "'" "$$"
    r#"""# 0 1 -1 0.5 1e9 0xff 1_000u8 99999999999999999999 'a' 'b b"x" c"x" . , ; : :: => = == @ $ # ! - () [] {} (()) {{}} [1] (,) {,}
"##;

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// One token changed, by its place in the whole.
#[derive(Clone, Debug)]
struct Change {
    place: usize,
    kind: u8,
    odd: usize,
}

impl Change {
    fn apply(&self, stream: TokenStream, place: &mut usize) -> TokenStream {
        let mut changed = Vec::new();
        for token in stream {
            let here = *place == 0;
            *place = place.wrapping_sub(1);
            match token {
                token if here => self.change(token, &mut changed),
                TokenTree::Group(group) => {
                    let inner = self.apply(group.stream(), place);
                    changed.push(Group::new(group.delimiter(), inner).into());
                }
                token => changed.push(token),
            }
        }
        changed.into_iter().collect()
    }

    fn change(&self, token: TokenTree, changed: &mut Vec<TokenTree>) {
        let odd: Vec<_> = tokens(ODD).into_iter().collect();
        let odd = odd[self.odd % odd.len()].clone();
        match (self.kind % 7, token) {
            (0, _) => {}
            (1, token) => changed.extend([token.clone(), token]),
            (2, _) => changed.push(odd),
            (3, token) => changed.extend([odd, token]),
            (4, token) => changed.push(Group::new(Delimiter::Brace, token.into()).into()),
            (5, TokenTree::Group(group)) => changed.extend(group.stream()),
            (_, TokenTree::Group(group)) => changed.push(Group::new(Delimiter::None, group.stream()).into()),
            (_, token) => changed.extend([token, odd]),
        }
    }
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (0..400_usize, any::<u8>(), any::<usize>()).prop_map(|(place, kind, odd)| Change { place, kind, odd });
    prop::collection::vec(change, 0..5)
}

fn changed(stream: TokenStream, changes: &[Change]) -> TokenStream {
    changes.iter().fold(stream, |stream, change| {
        let size = count(stream.clone()).max(1);
        change.apply(stream, &mut (change.place % size))
    })
}

fn count(stream: TokenStream) -> usize {
    let size = |token| match token {
        TokenTree::Group(group) => 1 + count(group.stream()),
        _ => 1,
    };
    stream.into_iter().map(size).sum()
}

/// How many cases are tried.
fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PKMIG_FUZZ").map_or(usual, |text| text.parse().unwrap_or(usual));
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The insides of the `migration!`s in the version files of the repository.
fn versions() -> Vec<TokenStream> {
    let chains = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../pkmig-versions/src");
    let folders = std::fs::read_dir(chains).into_iter().flatten().flatten().map(|entry| entry.path());
    let files =
        folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        files.filter(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'v')).collect();
    files.sort();
    let inside = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        tokens(&text).into_iter().find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
            _ => None,
        })
    };
    files.iter().filter_map(inside).collect()
}

/// What the macros do with the inside of a `migration!`. Whether it parsed without a mistake; if not, it says so.
fn run(stream: &TokenStream) -> bool {
    let context = Context::default();
    let parsed = parse(stream.clone(), &context).map_err(|error| context.push(error)).ok();
    let sound = !context.failed();
    if let Some(parsed) = &parsed {
        parsed.migration.expand();
        let mut report = Report::default();
        let replayed = replay::replay(&Schema::default(), &parsed.migration, &mut report);
        replayed.check_down(&parsed.migration, parsed.way_back, &mut report);
        for problem in report.take() {
            context.problem(&problem, parsed.ident.span(), parsed.ident.span());
        }
    }
    let failed = context.failed();
    let errors = context.compile_errors().to_string();
    assert_eq!(errors.contains("compile_error"), failed, "{errors}");
    assert!(!errors.contains("compile_error ! { \"\" }"), "an error without a message: {errors}");
    sound
}

#[test]
fn all_lines_parse() {
    for line in LINES {
        assert!(run(&tokens(&format!("V01 \"title\" {{ {line} }}"))), "{line}");
    }
}

#[test]
fn tokens_arrive_as_they_were_sent() -> syn::Result<()> {
    let sent = tokens(&LINES.join("\n"));
    let packed: Vec<_> = payload::pack(&sent).into_iter().collect();
    let text: syn::LitStr = syn::parse2(packed[0].clone().into())?;
    let dummies = packed[1..].iter().cloned().collect();
    assert_eq!(payload::unpack(&text.value(), dummies)?.to_string(), sent.to_string());
    Ok(())
}

#[test]
fn all_version_files_are_found_and_parse() {
    let versions = versions();
    assert!(versions.len() > 150, "{} version files", versions.len());
    versions.iter().for_each(|version| assert!(run(version), "{version}"));
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn no_migration_makes_the_macro_panic(
        lines in prop::collection::vec(0..LINES.len(), 1..6),
        changes in changes(),
    ) {
        let lines: String = lines.into_iter().map(|line| LINES[line]).collect();
        run(&changed(tokens(&format!("V01 \"title\" {{ {lines} }}")), &changes));
    }

    #[test]
    fn no_heap_of_tokens_makes_the_macro_panic(places in prop::collection::vec(any::<usize>(), 0..30)) {
        let all: Vec<_> = tokens(&format!("{} {ODD}", LINES.join(" "))).into_iter().collect();
        run(&places.iter().map(|place| all[place % all.len()].clone()).collect());
    }

    #[test]
    fn no_chain_makes_the_macro_panic(changes in changes()) {
        let versions: String = (1..=130).map(|version| format!("v{version:03},")).collect();
        let whole = format!("/// Doc.\npub static A: \"a\" tracked_by b {{ V01, v002, {versions} }}");
        let stream = changed(tokens(&whole), &changes);
        chain::collect(stream.clone());
        chain::check(stream.clone());
        chain::chunk(stream);
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn no_changed_version_file_makes_the_macro_panic(at in any::<usize>(), changes in prop::collection::vec(
        (0..20_000_usize, any::<u8>(), any::<usize>()).prop_map(|(place, kind, odd)| Change { place, kind, odd }), 1..8,
    )) {
        thread_local!(static VERSIONS: Vec<TokenStream> = versions());
        let version = VERSIONS.with(|versions| versions[at % versions.len()].clone());
        run(&changed(version, &changes));
    }

    #[test]
    fn no_version_with_a_piece_of_another_makes_the_macro_panic(
        one in any::<usize>(), other in any::<usize>(), from in any::<usize>(), to in any::<usize>(),
    ) {
        thread_local!(static VERSIONS: Vec<TokenStream> = versions());
        let pick = |at: usize| VERSIONS.with(|versions| versions[at % versions.len()].clone());
        let pieces: Vec<TokenTree> = everything(pick(other));
        let piece = pieces[from % pieces.len()].clone();
        let whole = pick(one);
        let place = to % count(whole.clone()).max(1);
        run(&replaced(whole, &mut place.clone(), &piece));
    }
}

/// All tokens, those inside of groups too.
fn everything(stream: TokenStream) -> Vec<TokenTree> {
    let inner = |token: TokenTree| match &token {
        TokenTree::Group(group) => [vec![token.clone()], everything(group.stream())].concat(),
        _ => vec![token],
    };
    stream.into_iter().flat_map(inner).collect()
}

/// The tokens with `piece` in the place of the one at `place`.
fn replaced(stream: TokenStream, place: &mut usize, piece: &TokenTree) -> TokenStream {
    let replace = |token: TokenTree| {
        let here = *place == 0;
        *place = place.wrapping_sub(1);
        match token {
            _ if here => piece.clone(),
            TokenTree::Group(group) => Group::new(group.delimiter(), replaced(group.stream(), place, piece)).into(),
            token => token,
        }
    };
    stream.into_iter().map(replace).collect()
}
