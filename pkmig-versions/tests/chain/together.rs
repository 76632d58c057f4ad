//! Chains in one database: each comes and goes without touching the others.

use pkmig::Chain;
use pkmig_versions::CHAINS;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::PgConnection;

use crate::catalog::{assert_same, of};
use crate::chains::{database_for, migrator};
use crate::{go, latest, turns};

/// A chain and where it is installed.
type Place = (&'static Chain, String);

/// Each chain in a schema of its own: where others require it to be, or by its name.
fn apart() -> Vec<Place> {
    let required = |chain: &Chain| {
        let all = CHAINS.iter().flat_map(|other| other.required_chains());
        all.filter(|required| required.chain.name == chain.name).map(|required| required.prefix.to_owned()).next()
    };
    CHAINS.iter().map(|chain| (*chain, required(chain).unwrap_or_else(|| chain.name.to_owned()))).collect()
}

/// The chains that cannot be there without this one.
fn builds_on(other: &Chain, chain: &Chain) -> bool {
    other.required_chains().iter().any(|required| required.chain.name == chain.name)
}

async fn all_to(places: &[&Place], latest: bool, connection: &mut PgConnection) {
    for (chain, prefix) in places {
        let target = if latest { chain.latest().0 } else { 0 };
        go(&migrator(chain, prefix), target, connection).await;
    }
}

#[tokio::test]
async fn chains_in_schemas_of_their_own_come_and_go_alone() {
    if !crate::asked_for("all chains beside it, in schemas of their own") {
        return;
    }
    let test = "chains_in_schemas_of_their_own_come_and_go_alone";
    let Some((_database, mut connection)) = database_for(test, CHAINS).await else { return };
    let connection = &mut connection;
    let places = apart();
    all_to(&places.iter().collect::<Vec<_>>(), true, connection).await;
    let mut whole = Vec::new();
    for (_, prefix) in &places {
        whole.push(of(connection, prefix).await);
    }
    for place in &places {
        let leaving: Vec<&Place> =
            places.iter().filter(|(chain, _)| chain.name == place.0.name || builds_on(chain, place.0)).collect();
        all_to(&leaving.iter().rev().copied().collect::<Vec<_>>(), false, connection).await;
        for ((chain, prefix), before) in places.iter().zip(&whole) {
            let gone = leaving.iter().any(|(left, _)| left.name == chain.name);
            let expected: &[String] = if gone { &[] } else { before };
            assert_same(&format!("{} without {}", chain.name, place.0.name), expected, &of(connection, prefix).await);
        }
        all_to(&leaving, true, connection).await;
        for ((chain, prefix), before) in places.iter().zip(&whole) {
            let what = format!("{} after {} came back", chain.name, place.0.name);
            assert_same(&what, before, &of(connection, prefix).await);
        }
    }
}

#[tokio::test]
async fn chains_in_one_schema_come_and_go_alone() {
    for chain in turns(CHAINS.iter().filter(|chain| chain.name != PHOENIX_KIT.name), 1) {
        let test = "chains_in_one_schema_come_and_go_alone";
        let Some((_database, mut connection)) = database_for(test, &[&PHOENIX_KIT, chain]).await else { continue };
        let pair = [*chain, &PHOENIX_KIT];
        go(&migrator(chain, "alone"), chain.latest().0, &mut connection).await;
        let alone = [of(&mut connection, "alone").await, latest().await.to_vec()];
        share(pair, &alone, &mut connection).await;
    }
}

/// Both chains in one schema: first one, then both, then the other.
async fn share(pair: [&'static Chain; 2], alone: &[Vec<String>], connection: &mut PgConnection) {
    let both = {
        let mut lines = alone.concat();
        lines.sort();
        lines
    };
    let to = pair.map(|chain| (migrator(chain, "shared"), chain.latest().0));
    let steps: [(usize, bool, &[String]); 6] = [
        (0, true, &alone[0]),
        (1, true, &both),
        (0, false, &alone[1]),
        (0, true, &both),
        (1, false, &alone[0]),
        (1, true, &both),
    ];
    for (which, up, expected) in steps {
        let (migrator, latest) = &to[which];
        go(migrator, if up { *latest } else { 0 }, connection).await;
        let what = format!("{} {} beside the other", pair[which].name, if up { "up" } else { "down" });
        assert_same(&what, expected, &of(connection, "shared").await);
    }
}
