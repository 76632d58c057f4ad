//! The compiler, with the `pkmig` that cargo has built for this test; and what it tells, as it stands in a `.stderr` file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;

/// Runs in the package's folder, as a test does.
pub(crate) struct Compiler {
    rustc: PathBuf,
    library: String,
    /// Where the crates are that it depends on.
    folders: BTreeSet<PathBuf>,
    /// For what is written.
    scratch: PathBuf,
}

impl Compiler {
    /// Asks cargo, which has nothing to build if it has just built this test.
    pub(crate) fn of_this_test() -> Self {
        let cargo = PathBuf::from(env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let mut command = Command::new(&cargo);
        command.args(["test", "--test", "ui", "--no-run", "--offline", "--quiet", "--message-format=json"]);
        // What cargo tells a test of its package. Build scripts, such as ring's, would see it, and be run again.
        let told = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(told)) {
            command.env_remove(name);
        }
        // A feature that only the program's own packages ask for: they are built together with this one.
        command.args(cfg!(feature = "cli").then_some("--workspace"));
        command.arg("--target-dir").arg(scratch.parent().unwrap());
        let output = command.stderr(Stdio::inherit()).output().expect("cargo");
        assert!(output.status.success(), "cargo cannot build this test");
        let artifacts: Vec<Value> =
            lines(&output.stdout).filter(|line| line["reason"] == "compiler-artifact").collect();
        let files = |artifact: &Value| -> Vec<String> {
            artifact["filenames"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let mut own = artifacts.iter().filter(|artifact| artifact["target"]["name"] == "pkmig").flat_map(files);
        let library = own.find(|file| file.ends_with(".rlib")).expect("the library that cargo has built");
        let folders = artifacts.iter().flat_map(files).filter_map(|file| Some(Path::new(&file).parent()?.to_owned()));
        let beside = cargo.with_file_name(format!("rustc{}", env::consts::EXE_SUFFIX));
        let rustc = env::var_os("RUSTC").map_or(beside, PathBuf::from);
        let scratch = scratch.join("ui");
        fs::create_dir_all(&scratch).unwrap();
        Self { rustc, library, folders: folders.collect(), scratch }
    }

    /// A file of the package, from anywhere.
    pub(crate) fn absolute(&self, file: &Path) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
    }

    /// Writes the root of a crate.
    pub(crate) fn source(&self, name: &str, source: &str) -> PathBuf {
        let path = self.scratch.join(name).with_extension("rs");
        fs::write(&path, source).unwrap();
        path
    }

    /// All that it tells of a crate, as far as it goes without the making of code.
    pub(crate) fn told(&self, root: &Path) -> Vec<Told> {
        let mut rustc = Command::new(&self.rustc);
        rustc.args(["--edition=2024", "--crate-type=bin", "--emit=metadata", "-Adead_code"]).arg("-o");
        rustc.arg(self.scratch.join(root.file_stem().unwrap()).with_extension("rmeta"));
        rustc.args(["--error-format=json", "--diagnostic-width=140"]).arg("--extern");
        rustc.arg(format!("pkmig={}", self.library)).arg(self.absolute(root));
        rustc.args(self.folders.iter().map(|folder| format!("-Ldependency={}", folder.display())));
        let output = rustc.output().expect("rustc");
        let all: Vec<_> = lines(&output.stderr).collect();
        assert!(output.status.success() != all.iter().any(|line| line["level"] == "error"), "rustc: {output:?}");
        all.iter().filter_map(Told::read).collect()
    }
}

fn lines(output: &[u8]) -> impl Iterator<Item = Value> {
    output.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

/// A message of the compiler, with all that belongs to it.
pub(crate) struct Told {
    /// Where it stands, from the package's folder on; empty if nowhere.
    pub(crate) file: PathBuf,
    pub(crate) is_error: bool,
    rendered: String,
}

impl Told {
    /// But not what counts the errors, or says how to read more of them.
    fn read(message: &Value) -> Option<Self> {
        let counts = message["message"].as_str()?.starts_with("aborting due to ");
        if counts || message["level"] == "failure-note" {
            return None;
        }
        let mut spans = message["spans"].as_array()?.iter();
        let place = spans.find(|span| span["is_primary"] == true).and_then(|span| span["file_name"].as_str());
        let place = place.unwrap_or_default();
        let file = Path::new(place).strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(Path::new(place));
        let rendered = message["rendered"].as_str()?.to_owned();
        Some(Self { file: file.to_owned(), is_error: message["level"] == "error", rendered })
    }

    /// As it is kept. What stands in another file than the case has no numbers, so that it stays when they change.
    pub(crate) fn text(&self, case: &Path) -> String {
        let (package, mut elsewhere, mut text) = (concat!(env!("CARGO_MANIFEST_DIR"), "/"), false, String::new());
        for line in self.rendered.trim_end().lines() {
            let line = match line.trim_start().strip_prefix("--> ").or(line.trim_start().strip_prefix("::: ")) {
                Some(place) => {
                    let arrow = &line[..line.len() - place.len()];
                    let place = place.strip_prefix(package).unwrap_or(place);
                    let file = place.split(':').next().unwrap_or(place);
                    elsewhere = Path::new(file) != case;
                    format!("{arrow}{}", if elsewhere { file } else { place })
                }
                None if elsewhere => unnumbered(line),
                None => line.to_owned(),
            };
            text += line.replace(package, "$DIR/").trim_end();
            text.push('\n');
        }
        text
    }
}

/// A line of source without its number.
fn unnumbered(line: &str) -> String {
    let code = line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    format!("{}{code}", " ".repeat(line.len() - code.len()))
}
