//! What a program pays before it talks to a database: the replay of a chain on the model, and its SQL.
//!
//!     cargo bench -p pkmig-benches --bench model

use criterion::{Criterion, criterion_group, criterion_main};
use pkmig::schema::replay::apply;
use pkmig::schema::{Report, Schema};
use pkmig_versions::phoenix_kit::PHOENIX_KIT;

fn model(criterion: &mut Criterion) {
    let latest = PHOENIX_KIT.latest();
    let migrator = PHOENIX_KIT.migrator().prefix("acme");
    let mut group = criterion.benchmark_group(format!("{} {latest}", PHOENIX_KIT.name));
    group.bench_function("replay", |bencher| bencher.iter(replayed));
    group.bench_function("lower, up", |bencher| bencher.iter(|| migrator.script(0, latest.0)));
    group.bench_function("fold and lower, baseline", |bencher| bencher.iter(|| migrator.baseline_script(latest.0)));
    group.bench_function("lower, down", |bencher| bencher.iter(|| migrator.script(latest.0, 1)));
    group.finish();
}

/// The chain itself keeps the schemas that it has replayed.
fn replayed() -> Schema {
    let mut schema = Schema::requiring(PHOENIX_KIT.requirements());
    PHOENIX_KIT.migrations().iter().for_each(|migration| apply(&mut schema, migration, &mut Report::default()));
    schema
}

criterion_group!(benches, model);
criterion_main!(benches);
