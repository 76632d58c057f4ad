//! What the compiler says of every kind of mistake.
//!
//! Each file in `ui/<topic>/` makes the one mistake it is named after; the `.stderr` beside it is what the author of such
//! a migration reads. `PKMIG_UI=overwrite cargo test --test ui` writes them anew: read them before you keep them.
//! `PKMIG_UI_ONLY=column/` looks only at cases whose path holds that. What compiles is in `pass/`.
//!
//! Most of a compiler's time for one case is its start, so all cases are compiled together, each a module of one crate. A
//! case that says there what is expected is as expected. All others are compiled alone, and that counts: those that
//! say nothing in their own file (but in that of a version, or nothing at all), and those that see their neighbours.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

mod compiler;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use compiler::{Compiler, Told};

/// A mistake of another kind, in each crate of cases. Where it is told, no case has kept the compiler from looking at the others
/// as far as it looks at one alone.
const LAST: &str = "mod last { const TYPE: u32 = \"\"; }\nfn main() {}\n";

#[test]
fn mistakes_are_explained() {
    let only = env::var("PKMIG_UI_ONLY").unwrap_or_default();
    let overwrite = env::var("PKMIG_UI").is_ok_and(|value| value == "overwrite");
    let chosen = |path: &PathBuf| path.to_string_lossy().contains(&only);
    let cases: Vec<PathBuf> = files("rs").into_iter().filter(chosen).collect();
    assert!(!cases.is_empty(), "no case is called `{only}`");
    let compiler = Compiler::of_this_test();
    let mut faults = Vec::new();
    for (case, said) in cases.iter().zip(each_case(&compiler, &cases)) {
        let stderr = case.with_extension("stderr");
        match said {
            None => faults.push(format!("{}: compiles", case.display())),
            Some(said) if expected(case).as_ref() == Some(&said) => {}
            Some(said) if overwrite => fs::write(stderr, said).unwrap(),
            Some(said) => faults.push(difference(&stderr, &expected(case).unwrap_or_default(), &said)),
        }
    }
    let caseless = files("stderr").into_iter().filter(|stderr| !stderr.with_extension("rs").exists());
    faults.extend(caseless.map(|stderr| format!("{}: there is no case", stderr.display())));
    assert!(faults.is_empty(), "{}\n{} of {} cases", faults.join("\n\n"), faults.len(), cases.len());
    println!("{} cases", cases.len());
}

/// What the compiler says of each case, if it refuses it.
fn each_case(compiler: &Compiler, cases: &[PathBuf]) -> Vec<Option<String>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let part = |part| scope.spawn(move || together(compiler, part));
        let parts: Vec<_> = cases.chunks(cases.len().div_ceil(threads)).map(part).collect();
        parts.into_iter().flat_map(|part| part.join().expect("a thread that compiles cases")).collect()
    })
}

fn together(compiler: &Compiler, cases: &[PathBuf]) -> Vec<Option<String>> {
    let module =
        |(number, case): (usize, &PathBuf)| format!("#[path = {:?}]\nmod case_{number};\n", compiler.absolute(case));
    let modules: String = cases.iter().enumerate().map(module).collect();
    let name = format!("from_{}", cases[0].file_stem().unwrap().display());
    let source = compiler.source(&name, &(modules + LAST));
    let told = compiler.told(&source);
    let whole = told.iter().any(|told| compiler.absolute(&told.file) == source);
    let said = |case: &PathBuf| {
        let said = text(case, told.iter().filter(|told| told.file == *case));
        if whole && expected(case).as_ref() == Some(&said) { Some(said) } else { alone(compiler, case) }
    };
    cases.iter().map(said).collect()
}

fn alone(compiler: &Compiler, case: &Path) -> Option<String> {
    let told = compiler.told(case);
    told.iter().any(|told| told.is_error).then(|| text(case, told.iter()))
}

fn text<'a>(case: &Path, told: impl Iterator<Item = &'a Told>) -> String {
    told.map(|told| told.text(case)).collect::<Vec<_>>().join("\n")
}

fn expected(case: &Path) -> Option<String> {
    fs::read_to_string(case.with_extension("stderr")).ok()
}

/// The files `tests/ui/*/*` that end so, in order.
fn files(extension: &str) -> Vec<PathBuf> {
    let within = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let folders = within(Path::new("tests/ui")).into_iter().filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| within(&folder));
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

/// Both texts, from the first line to the last that only one of them has; `-` is expected, `+` is found.
fn difference(stderr: &Path, expected: &str, found: &str) -> String {
    let (mut old, mut new): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let begin = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let same = old[begin..].iter().rev().zip(new[begin..].iter().rev()).take_while(|(old, new)| old == new).count();
    let end = old.split_off(old.len() - same);
    new.truncate(new.len() - same);
    let mut text = format!("{}:\n", stderr.display());
    let parts = [(' ', &old[..begin]), ('-', &old[begin..]), ('+', &new[begin..]), (' ', &end[..])];
    for (sign, line) in parts.iter().flat_map(|(sign, lines)| lines.iter().map(move |line| (sign, line))) {
        let _ = writeln!(text, "  {sign} {line}");
    }
    text
}
