//! A chain that says what its steps mean to a fresh install, and one that begins late.

pkmig::migration! {
    V07 "settings" {
        create_table settings { id: bigserial primary_key, key: text not_null unique, value: text }
        seed settings (key, value) on_conflict(key) do_nothing { ("a", "1"), ("b", null) }
    }
}

pkmig::migration! {
    V08 "values" {
        delete_rows settings where("value = '1'") on_fresh(run) down_noop("nobody reads it");
        backfill settings.value = "key || '!'" on_fresh(run);
        execute "INSERT INTO @.settings (key) SELECT 'c' WHERE true" unless("SELECT FROM @.settings WHERE key = 'c'")
            on_fresh { seed settings (key) on_conflict(key) do_nothing { ("c") } }
            down_noop("it may stay");
        execute "UPDATE @.settings SET value = value WHERE false" idempotent on_fresh(skip) down_noop("nothing");
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        from V07 bridged_by "1.2";
        baseline;
        V07, V08,
    }
}

#[test]
fn a_chain_that_begins_late_knows_where() {
    assert_eq!((SETTINGS.first().0, SETTINGS.latest().0, SETTINGS.bridge()), (7, 8, Some("1.2")));
    assert_eq!(SETTINGS.migration(pkmig::schema::Version(8)).map(|migration| migration.title), Some("values"));
    assert!(SETTINGS.migration(pkmig::schema::Version(1)).is_none());
    let up = SETTINGS.migrator().script(0, 8).unwrap();
    assert!(up[0].sql().contains("V7 comes after V0"), "{}", up[0].sql());
    assert!(SETTINGS.migrator().script(3, 8).is_err());
}
