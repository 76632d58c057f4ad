//! Commands that only read: `status`, `plan`, `sql`, `chains`.

use std::fmt::Write as _;

use pkmig_schema::{Migration, Step};
use serde::Serialize;

use super::Subject;
use super::args::sql_range;
use super::database::{Database, Place};
use super::error::Failure;
use super::ledger;
use super::output::{Output, versions, way};
use pkmig_runtime::{
    Chain, Dependent, Dropped, Effect, Entry, Fired, Ledger, Left, PlannedVersion, Right, Status, together,
};
use pkmig_sql::Direction;

/// Shows the state of the install.
pub(super) async fn status(subject: &Subject, place: &Place<'_>, json: bool) -> Result<(), Failure> {
    let (mut connection, _, url) = place.connect().await?.parts();
    let failure = |error| Database::failure(&url, error);
    let status = subject.migrator.status(&mut connection).await.map_err(failure)?;
    let known = subject.migrator.ledger(&mut connection).await.map_err(failure)?;
    let applied = known.applied().remove(&status.version).cloned();
    let edited = ledger::edited(&known, subject.chain);
    if json {
        return place.output.json(&StatusReport::new(subject.chain, &status, applied.as_ref(), edited, &known));
    }
    let Status { chain, prefix, version, latest, pending, unstamped } = &status;
    let mut text = format!("{chain} in schema {prefix}: ");
    let _ = match state(subject.chain, &status) {
        "too_old" => {
            let (first, bridge) = (subject.chain.first(), subject.chain.bridge().unwrap_or_default());
            writeln!(text, "at {version}; this program begins with {first}; release {bridge} upgrades to it")
        }
        "not_installed" if *unstamped => writeln!(
            text,
            "table `{}` exists without the comment that holds the version; `adopt` finds it",
            subject.chain.tracked_by
        ),
        "not_installed" => writeln!(text, "not installed; the newest version is {latest}"),
        "newer" => writeln!(text, "at {version}, newer than this program, which knows versions up to {latest}"),
        "current" => writeln!(text, "at {version}, the newest"),
        _ => writeln!(text, "at {version}; the newest is {latest}"),
    };
    if let Some(entry) = applied {
        let _ = writeln!(text, "{} since {}, by {} as {}", entry.version, entry.started, entry.program, entry.role);
    }
    ledger::notes(&known, subject.chain).iter().for_each(|note| text.push_str(&format!("{note}\n")));
    if !pending.is_empty() && !unstamped {
        let _ = writeln!(text, "{} to apply:", versions(pending.len()));
        pending.iter().for_each(|one| text.push_str(&format!("  {:<5} {}\n", one.version.to_string(), one.title)));
    }
    place.output.print(&text)
}

fn state(chain: &Chain, status: &Status) -> &'static str {
    match status.version {
        version if version.0 > 0 && version < chain.first() => "too_old",
        version if version > status.latest => "newer",
        version if version == status.latest => "current",
        version if version.0 == 0 => "not_installed",
        _ => "behind",
    }
}

/// Shows what `up` or `down` would run.
pub(super) async fn plan(
    subject: &Subject,
    place: &Place<'_>,
    to: Option<u32>,
    sql: bool,
    json: bool,
) -> Result<(), Failure> {
    let (mut connection, _, url) = place.connect().await?.parts();
    let failure = |error| Database::failure(&url, error);
    let from = subject.migrator.version(&mut connection).await.map_err(failure)?.0;
    let planned = subject.migrator.plan(to, &mut connection).await.map_err(failure)?;
    let to = to.unwrap_or(subject.chain.latest().0);
    if json {
        return place.output.json(&PlanReport::new(subject, from, to, &planned, sql));
    }
    if sql {
        return place.output.print_as_it_is(&script(subject, from, to, &planned));
    }
    if planned.is_empty() {
        let (chain, prefix) = (subject.chain.name, &subject.prefix);
        return place.output.print(&format!("nothing to do: {chain} in schema {prefix} is at V{to}\n"));
    }
    let (chain, prefix, count) = (subject.chain.name, &subject.prefix, versions(count(&planned)));
    let mut text = format!("{chain} in schema {prefix}: V{from} → V{to}, {count}\n");
    for version in &planned {
        let _ = writeln!(text, "\n{}", heading(version));
        version.steps().iter().for_each(|step| text.push_str(&format!("    {step}\n")));
        version.drops.iter().for_each(|drop| text.push_str(&format!("  drops {}\n", shown(drop))));
        version.dependents.iter().for_each(|one| text.push_str(&format!("  {}\n", depends(one))));
        version.fires.iter().for_each(|one| text.push_str(&format!("  fires {}\n", one.what())));
        for name in open_definers(subject.chain, version) {
            let _ = writeln!(text, "  everybody may execute function `{name}`, which runs with its owner's privileges");
        }
        if let Some(Left { stays, not_run }) = &version.uninstall {
            not_run.iter().for_each(|one| text.push_str(&format!("  not run: {one}\n")));
            text.push_str(&format!("  stays: {}\n", stays.join(", ")));
        }
        version.holds.iter().for_each(|one| text.push_str(&format!("  loses {one}\n")));
        version.stays.iter().for_each(|one| text.push_str(&format!("  leaves {one}\n")));
    }
    text.push_str("\nneeds\n");
    needed(&planned).iter().for_each(|right| text.push_str(&format!("    {right}\n")));
    place.output.print(&text)
}

/// The functions that a version makes, that run with their owner's rights, and that everybody may execute after it.
fn open_definers(chain: &'static Chain, version: &PlannedVersion) -> Vec<&'static str> {
    let made = |name| {
        let made = |step: &Step| matches!(step, Step::CreateFunction { def, .. } if def.name == name);
        version.baseline || version.migration.steps.iter().any(made)
    };
    let open = chain.schema_at(version.migration.version).open_definers().map(|function| function.name);
    open.filter(|name| version.direction == Direction::Up && made(*name)).collect()
}

/// How many versions a plan has, with those of a baseline.
fn count(planned: &[PlannedVersion]) -> usize {
    planned.iter().map(|version| version.versions).sum()
}

/// The privileges that the whole plan needs.
fn needed(planned: &[PlannedVersion]) -> Vec<Right> {
    together(planned.iter().flat_map(|version| &version.rights))
}

/// A version's line in a plan; of a down also what it brings back.
fn heading(version: &PlannedVersion) -> String {
    let Migration { version: number, title, .. } = version.migration;
    match version.direction {
        Direction::Up if version.baseline => format!("all versions up to {number} at once"),
        Direction::Up => format!("{number}  {title}"),
        Direction::Down if version.uninstall.is_some() => format!("uninstall of all versions up to {number}"),
        Direction::Down => format!("{number} down, {}  {title}", version.class),
    }
}

/// A dependent that is not the chain's, and what it means to the run.
fn depends(one: &Dependent) -> String {
    let (what, owner, on) = (one.what(), &one.owner, &one.on);
    match one.effect {
        Effect::Goes => format!("{what} of role `{owner}` goes with {on}"),
        Effect::Cascade => format!("blocked by {what} of role `{owner}`, which `{}` would drop too", one.step),
        Effect::Unknown => {
            format!("may be blocked: {what} of role `{owner}` depends on {on}, unless raw SQL drops it before")
        }
        _ => format!("blocked: {what} of role `{owner}` depends on {on}"),
    }
}

fn shown(drop: &Dropped) -> String {
    match (&drop.column, &drop.rows) {
        (Some(column), _) => format!("column {}.{column} and its values", drop.table),
        (None, Some(_)) => format!("rows of table {}", drop.table),
        (None, None) => format!("table {} and its rows", drop.table),
    }
}

/// Prints a script from one version to another.
pub(super) fn sql(
    subject: &Subject,
    output: Output,
    from: Option<u32>,
    to: Option<u32>,
    down: bool,
) -> Result<(), Failure> {
    let (from, to) = sql_range(from, to, down, subject.chain.latest().0);
    let planned = subject.migrator.script(from, to)?;
    output.print_as_it_is(&script(subject, from, to, &planned))
}

/// Prints a script of all versions at once.
pub(super) fn baseline(subject: &Subject, output: Output, to: Option<u32>) -> Result<(), Failure> {
    let to = to.unwrap_or(subject.chain.latest().0);
    let planned = subject.migrator.baseline_script(to)?;
    output.print_as_it_is(&script(subject, 0, to, &[planned]))
}

/// Prints all versions at once as a version of the language.
pub(super) fn language(subject: &Subject, output: Output, to: Option<u32>) -> Result<(), Failure> {
    let to = to.unwrap_or(subject.chain.latest().0);
    output.print_as_it_is(&subject.migrator.baseline_source(to)?)
}

/// The script of versions, with a header.
fn script(subject: &Subject, from: u32, to: u32, planned: &[PlannedVersion]) -> String {
    // As a literal of Rust's, because a name may hold the end of a line, and with it of the comment.
    let (chain, prefix) = (subject.chain.name, format!("{:?}", subject.prefix.as_str()));
    let mut text = format!("-- {chain} in schema {prefix}: V{from} to V{to}, {}\n", versions(count(planned)));
    text.push_str("-- Run it with `psql -v ON_ERROR_STOP=1 -f`. Running it again changes nothing.\n");
    // psql would take the file to be in the encoding of the database.
    text.push_str("SET client_encoding = 'UTF8';\n");
    text + &pkmig_runtime::script(planned, &subject.migrator)
}

/// Lists the chains.
pub(super) fn chains(chains: &[&'static Chain], output: Output, json: bool) -> Result<(), Failure> {
    if json {
        return output.json(&chains.iter().map(|chain| ChainReport::new(chain)).collect::<Vec<_>>());
    }
    let width = chains.iter().map(|chain| chain.name.len()).max().unwrap_or(0);
    let line = |chain: &&Chain| {
        format!(
            "{:width$}  {}, tracked by table {}\n",
            chain.name,
            versions(chain.migrations().len()),
            chain.tracked_by
        )
    };
    output.print(&chains.iter().map(line).collect::<String>())
}

/// The state of an install.
#[derive(Debug, Serialize)]
struct StatusReport<'a> {
    chain: &'static str,
    prefix: &'a str,
    state: &'static str,
    /// Whether the tracking table is there without its comment.
    unstamped: bool,
    version: u32,
    latest: u32,
    pending: Vec<Pending>,
    applied: Option<ledger::Line<'a>>,
    edited: Vec<u32>,
    ledger: ledger::State<'a>,
}

#[derive(Debug, Serialize)]
struct Pending {
    version: u32,
    title: &'static str,
}

impl<'a> StatusReport<'a> {
    fn new(chain: &Chain, status: &'a Status, applied: Option<&'a Entry>, edited: Vec<u32>, known: &'a Ledger) -> Self {
        let pending = status.pending.iter().map(|one| Pending { version: one.version.0, title: one.title });
        Self {
            chain: status.chain,
            prefix: status.prefix.as_str(),
            state: state(chain, status),
            unstamped: status.unstamped,
            version: status.version.0,
            latest: status.latest.0,
            pending: pending.collect(),
            applied: applied.map(|entry| ledger::Line::new(entry, &edited)),
            edited,
            ledger: ledger::State::new(known),
        }
    }
}

/// What would be run.
#[derive(Debug, Serialize)]
struct PlanReport<'a> {
    chain: &'static str,
    prefix: &'a str,
    direction: &'static str,
    from: u32,
    to: u32,
    rights: Vec<RightReport>,
    versions: Vec<VersionReport<'a>>,
}

#[derive(Debug, Serialize)]
struct RightReport {
    right: &'static str,
    on: String,
}

#[derive(Debug, Serialize)]
struct VersionReport<'a> {
    version: u32,
    title: &'static str,
    /// Whether it stands for all versions up to it.
    baseline: bool,
    class: String,
    steps: Vec<&'a str>,
    drops: Vec<DropReport<'a>>,
    dependents: Vec<DependentReport<'a>>,
    fires: Vec<FiredReport<'a>>,
    /// Functions that run with their owner's rights and that everybody may execute.
    open_definers: Vec<&'static str>,
    holds: &'a [String],
    /// Rows that a down leaves; of an uninstall, also what is not the chain's alone.
    stays: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_run: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sql: Option<String>,
}

/// What depends on what a version drops or retypes, and is not the chain's.
#[derive(Debug, Serialize)]
struct DependentReport<'a> {
    step: &'a str,
    on: &'a str,
    kind: &'a str,
    name: &'a str,
    owner: &'a str,
    effect: &'static str,
}

impl<'a> DependentReport<'a> {
    fn new(one: &'a Dependent) -> Self {
        let Dependent { step, on, kind, name, owner, effect, .. } = one;
        Self { step, on, kind, name, owner, effect: effect.word() }
    }
}

/// A trigger that is not the chain's, that a version fires, and that finds names by the search path.
#[derive(Debug, Serialize)]
struct FiredReport<'a> {
    table: Option<&'a str>,
    trigger: &'a str,
    function: &'a str,
    owner: &'a str,
}

impl<'a> FiredReport<'a> {
    fn new(one: &'a Fired) -> Self {
        let Fired { table, trigger, function, owner, .. } = one;
        Self { table: table.as_deref(), trigger, function, owner }
    }
}

#[derive(Debug, Serialize)]
struct DropReport<'a> {
    table: &'a str,
    column: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<&'a str>,
}

impl<'a> PlanReport<'a> {
    fn new(subject: &'a Subject, from: u32, to: u32, planned: &'a [PlannedVersion], sql: bool) -> Self {
        let versions = planned.iter().map(|version| VersionReport {
            version: version.migration.version.0,
            title: version.migration.title,
            baseline: version.baseline,
            class: version.class.to_string(),
            steps: version.steps(),
            drops: version
                .drops
                .iter()
                .map(|one| DropReport { table: &one.table, column: one.column.as_deref(), rows: one.rows.as_deref() })
                .collect(),
            dependents: version.dependents.iter().map(DependentReport::new).collect(),
            fires: version.fires.iter().map(FiredReport::new).collect(),
            open_definers: open_definers(subject.chain, version),
            holds: &version.holds,
            stays: version
                .uninstall
                .iter()
                .flat_map(|left| &left.stays)
                .chain(&version.stays)
                .map(String::as_str)
                .collect(),
            not_run: version.uninstall.as_ref().map(|left| &*left.not_run),
            sql: sql.then(|| version.sql()),
        });
        Self {
            chain: subject.chain.name,
            prefix: subject.prefix.as_str(),
            direction: way(if to < from { Direction::Down } else { Direction::Up }),
            from,
            to,
            rights: needed(planned)
                .iter()
                .map(|right| RightReport { right: right.name(), on: right.object() })
                .collect(),
            versions: versions.collect(),
        }
    }
}

/// A chain.
#[derive(Debug, Serialize)]
struct ChainReport {
    name: &'static str,
    latest: u32,
    tracked_by: &'static str,
}

impl ChainReport {
    fn new(chain: &Chain) -> Self {
        Self { name: chain.name, latest: chain.latest().0, tracked_by: chain.tracked_by }
    }
}
