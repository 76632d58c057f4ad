//! Migrations that are right compile, and lead to SQL, up and down.
//!
//! One file for each topic; the mistakes of a topic stand in `tests/ui/<topic>/`.

#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod backfill;
mod baseline;
mod chain;
mod column;
mod comment;
mod constraint;
mod data;
mod domain;
mod down;
mod enumeration;
mod extension;
mod function;
mod grant;
mod index;
mod r#loop;
mod policy;
mod raw;
mod requires;
mod sequence;
mod table;
mod trigger;
mod view;

use pkmig::{Chain, Error};

static CHAINS: &[(&str, &Chain)] = &[
    ("backfill", &backfill::NOTES),
    ("baseline", &baseline::SETTINGS),
    ("chain", &chain::migrations::NOTES),
    ("chain", &chain::other::OTHER),
    ("column", &column::USERS),
    ("comment", &comment::NOTES),
    ("constraint", &constraint::NOTES),
    ("data", &data::SETTINGS),
    ("down", &down::NOTES),
    ("domain", &domain::NOTES),
    ("enumeration", &enumeration::NOTES),
    ("extension", &extension::NOTES),
    ("function", &function::NOTES),
    ("grant", &grant::NOTES),
    ("index", &index::NOTES),
    ("loop", &r#loop::NOTES),
    ("policy", &policy::NOTES),
    ("raw", &raw::NOTES),
    ("requires", &requires::NOTES),
    ("sequence", &sequence::NOTES),
    ("table", &table::USERS),
    ("trigger", &trigger::NOTES),
    ("view", &view::NOTES),
];

#[test]
fn every_version_has_its_sql() {
    for (topic, chain) in CHAINS {
        let (migrator, latest) = (chain.migrator(), chain.latest().0);
        let up = migrator.script(0, latest).unwrap();
        assert_eq!(up.len(), chain.migrations().len(), "{topic}");
        match migrator.script(latest, chain.first().0) {
            Ok(down) => assert_eq!(down.len() + 1, up.len(), "{topic}"),
            Err(Error::Irreversible { .. }) => {}
            Err(error) => panic!("{topic}: {error}"),
        }
        assert_eq!(migrator.script(latest, 0).unwrap().len(), 1, "{topic}");
    }
}

#[test]
fn every_topic_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pass");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|it| it == "rs")) {
        let topic = file.file_stem().unwrap().to_str().unwrap();
        assert!(topic == "main" || CHAINS.iter().any(|(listed, _)| *listed == topic), "{topic}.rs is not listed");
    }
}
