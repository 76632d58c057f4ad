//! The printed scripts, read whole by a second parser: tree-sitter's grammars of SQL and PL/pgSQL, which are made from
//! PostgreSQL's own. What an author writes is read with another one, when it is compiled.

#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod literal;
mod reader;

use pkmig::Chain;
use pkmig_versions::CHAINS;
use reader::Reader;

/// What `pkmig sql` prints, without its head.
fn script(chain: &'static Chain, prefix: &str, from: u32, to: u32) -> String {
    let planned = chain.migrator().prefix(prefix).script(from, to).unwrap();
    planned.iter().map(pkmig::PlannedVersion::sql).collect()
}

/// The prefixes beside each other.
#[test]
fn every_script_is_read_to_its_last_literal() {
    std::thread::scope(|scope| {
        for prefix in ["public", "My-Schema", "a\"b'c $pkmig$"] {
            scope.spawn(move || CHAINS.iter().for_each(|chain| both_scripts_are_read(chain, prefix)));
        }
    });
}

fn both_scripts_are_read(chain: &'static Chain, prefix: &str) {
    let (name, latest, all) = (chain.name, chain.latest().0, chain.migrations().len());
    for (from, to, versions) in [(0, latest, all), (latest, 1, all - 1), (latest, 0, 1)] {
        let mut reader = Reader::default();
        reader
            .script(&script(chain, prefix, from, to))
            .unwrap_or_else(|error| panic!("{name} in {prefix}, V{from} to V{to}: {error}"));
        assert_eq!(reader.statements, versions, "a version is one block: {reader:?}");
        assert!(reader.bodies >= versions && reader.pieces >= 10 * versions, "{reader:?}");
        // PhoenixKit has something of every kind, either way.
        let all = reader.executed > 0 && reader.templates > 0;
        assert!(all || name != "phoenix_kit" || to == 0, "{reader:?}");
    }
}

#[test]
fn a_mistake_is_found_wherever_it_stands() {
    let right = [
        "CREATE TABLE \"a\".\"b\" (\"c\" text)",
        "DO $a$ BEGIN CREATE TABLE x (c text); END $a$",
        "DO $a$ BEGIN IF EXISTS (SELECT FROM x) THEN NULL; END IF; END $a$",
        "DO $a$ DECLARE n integer := 1 + 1; BEGIN n := n + 1; PERFORM f(n); RAISE NOTICE '%', n; END $a$",
        "DO $a$ BEGIN EXECUTE $b$ CREATE TABLE x (c text) $b$; END $a$",
        "DO $a$ BEGIN EXECUTE 'SELECT ''it''''s'''; END $a$",
        "DO $a$ BEGIN EXECUTE 'SELECT'\n ' ''it'\n ''' AS a'; END $a$",
        "SELECT 'a'\n'b', \"c\" -- '\n, $d$'$d$",
        "DO $a$ BEGIN EXECUTE format('ALTER TABLE %s ADD COLUMN %I text DEFAULT %L', a, b, c); END $a$",
        "DO $a$ DECLARE t text := $template$DO $b$ BEGIN PERFORM %1$L; END $b$ $template$; BEGIN EXECUTE format(t, 1); END $a$",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $a$ BEGIN RETURN 1 + 1; END $a$",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $a$ SELECT 1 + 1 $a$",
    ];
    let wrong = [
        "CREATE TABEL \"a\".\"b\" (\"c\" text)",
        "DO $a$ BEGIN CREATE TABEL x (c text); END $a$",
        "DO $a$ BEGIN IF EXISTS (SELECT FROM) x) THEN NULL; END IF; END $a$",
        "DO $a$ BEGIN IF EXISTS (SELECT FROM x) NULL; END IF; END $a$",
        "DO $a$ DECLARE n integer := 1 + ; BEGIN NULL; END $a$",
        "DO $a$ BEGIN n := n n n; END $a$",
        "DO $a$ BEGIN PERFORM f(n; END $a$",
        "DO $a$ BEGIN RAISE NOTICE '%', n n n; END $a$",
        "DO $a$ BEGIN EXECUTE $b$ CREATE TABEL x (c text) $b$; END $a$",
        "DO $a$ BEGIN EXECUTE 'SELECT ''it''s'''; END $a$",
        "DO $a$ BEGIN EXECUTE 'SELECT'\n ' FORM x'\n ' y z'; END $a$",
        "SELECT 'a' 'b'",
        "DO $a$ BEGIN EXECUTE format('ALTER TABEL %s ADD COLUMN %I text', a, b); END $a$",
        "DO $a$ DECLARE t text := $template$DO $b$ BEGIN PERFROM %1$L; END $b$ $template$; BEGIN EXECUTE format(t, 1); END $a$",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $a$ BEGIN RETURN 1 + ; END $a$",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $a$ SELECT 1 + $a$",
    ];
    for sql in right {
        Reader::default().script(sql).unwrap_or_else(|error| panic!("{sql}\n{error}"));
    }
    for sql in wrong {
        assert!(Reader::default().script(sql).is_err(), "{sql}");
    }
}
