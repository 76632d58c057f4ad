//! Rows of every kind at V46, and what became of them at V136: the same as with the original, uuids included.

use pkmig_versions::phoenix_kit::PHOENIX_KIT;

use crate::catalog::quoted;
use crate::reference::unpacked;
use crate::rows::{Facts, Rows, facts};
use crate::{database, execute, go, phoenix_kit};

#[tokio::test]
async fn rows_become_what_the_original_makes_of_them() {
    if !crate::asked_for("the rows of take-overs") {
        return;
    }
    for schema in ["public", "acme"] {
        let (_database, mut connection) = database().await;
        go(&phoenix_kit(schema), 46, &mut connection).await;
        let data = unpacked("V46_data.sql.gz");
        execute(&mut connection, &format!("SET search_path = {}, public; {data}; RESET search_path", quoted(schema)))
            .await;
        go(&phoenix_kit(schema), PHOENIX_KIT.latest().0, &mut connection).await;
        let rows = Rows::of(&mut connection, schema).await;
        assert_same("rows", facts(&unpacked("V46_to_V136_rows.json.gz")), rows.masked());
        assert_same("links", facts(&unpacked("V46_to_V136_links.json.gz")), rows.links());
    }
}

/// Panics with the rows that only one side has.
#[track_caller]
fn assert_same(what: &str, expected: Facts, found: Facts) {
    let lines = |facts: Facts| -> Vec<String> {
        facts.into_iter().flat_map(|(table, rows)| rows.into_iter().map(move |row| format!("{table} {row}"))).collect()
    };
    crate::catalog::assert_same(what, &lines(expected), &lines(found));
}
