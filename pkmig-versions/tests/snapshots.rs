//! The SQL of every version, up and down, for review. A changed snapshot fails until it is accepted (`cargo insta
//! review`, or `INSTA_UPDATE=always cargo test`).
//!
//! Every block asks its guards' questions with the same few templates; they are shown once, in `templates.snap`.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

use std::collections::BTreeMap;

use pkmig::{Chain, PlannedVersion};
use pkmig_versions::CHAINS;

/// The SQL without the templates, which go into `templates`.
fn without_templates(sql: &str, templates: &mut BTreeMap<String, String>) -> String {
    let mut rest = sql;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once(" := $template$") {
        let (start, declared) = before.rsplit_once("  ").expect("a declaration is indented");
        let (name, _) = declared.split_once(' ').expect("a declaration says its type");
        let (template, behind) = after.split_once("$template$;\n").expect("a template ends");
        templates.insert(name.to_owned(), template.to_owned());
        out.push_str(start);
        out.push_str(&format!("  {declared} := …;\n"));
        rest = behind;
    }
    out + rest
}

fn snapshots_of(chain: &'static Chain) {
    let latest = chain.latest().0;
    let migrator = chain.migrator().prefix("acme");
    let up = migrator.script(0, latest).expect("a chain goes up");
    let down = migrator.script(latest, 1).expect("the chain has no irreversible version");
    let uninstall = migrator.script(latest, 0).expect("a chain can be taken away");
    let mut templates = BTreeMap::new();
    let mut snapshot = |version: &PlannedVersion, direction: &str| {
        let name = match version.uninstall {
            Some(_) => direction.to_owned(),
            None => format!("v{:03}_{direction}", version.migration.version.0),
        };
        insta::assert_snapshot!(name, without_templates(&version.sql(), &mut templates));
    };
    up.iter().for_each(|version| snapshot(version, "up"));
    down.iter().for_each(|version| snapshot(version, "down"));
    uninstall.iter().for_each(|version| snapshot(version, "uninstall"));
    let templates: String = templates.iter().map(|(name, text)| format!("-- {name}\n{text}\n")).collect();
    insta::assert_snapshot!("templates", templates);
}

/// A hash is in the databases of others: it stays as it is from release to release, however the printer gets better.
#[test]
fn hashes_stay() {
    let hash =
        |chain: usize, version| CHAINS[chain].hash_at(pkmig::schema::Version(version)).expect("a version of the chain");
    let hashes = [(0, 1), (0, 36), (0, 57), (0, 136), (1, 7), (2, 2), (3, 1), (4, 7)]
        .map(|(chain, version)| hash(chain, version));
    insta::assert_snapshot!("hashes", hashes.join("\n"));
}

#[test]
fn the_sql_of_every_chain_is_as_reviewed() {
    for chain in CHAINS {
        let folder = format!("snapshots/{}", chain.name);
        insta::with_settings!({snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true}, {
            snapshots_of(chain);
        });
    }
}
