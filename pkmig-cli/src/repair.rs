//! `repair`: what was added, and what needs manual action.

use std::fmt::Write as _;

use serde::Serialize;

use super::Subject;
use super::database::{Database, Place};
use super::error::Failure;
use super::verify::DifferenceReport;
use pkmig_runtime::{Repair, Repaired, Unrepaired};

/// Repairs, or shows what a repair would do. It fails if something needs manual action.
pub(super) async fn repair(
    subject: &Subject,
    place: &Place<'_>,
    at: Option<u32>,
    dry_run: bool,
    json: bool,
) -> Result<(), Failure> {
    let (mut connection, _, url) = place.connect().await?.parts();
    let migrator = &subject.migrator;
    let repaired = match (dry_run, at) {
        (true, at) => migrator.plan_repair(at, &mut connection).await,
        (false, Some(at)) => migrator.repair_at(at, &mut connection).await,
        (false, None) => migrator.repair(&mut connection).await,
    };
    let repair = repaired.map_err(|error| Database::failure(&url, error))?;
    match json {
        true => place.output.json(&Report::new(&repair))?,
        false => place.output.print(&shown(&repair))?,
    }
    let program = place.program.clone();
    match repair.is_complete() {
        true => Ok(()),
        false if repair.left.is_empty() => {
            let (version, count) = (repair.version, repair.verification.drift().count());
            Err(Failure::Drift { version, count, program })
        }
        false => Err(Failure::Left { count: repair.left.len(), program }),
    }
}

/// A line that sums it up, then one for each step, with the SQL of a plan, and what is left.
fn shown(repair: &Repair) -> String {
    let Repair { chain, prefix, version, planned, done, left, unknown, .. } = repair;
    let mut text = format!("{chain} in schema {prefix}, {version}: ");
    let verb = if *planned { "to do" } else { "done" };
    let _ = match (done.len(), left.len()) {
        (0, 0) => writeln!(text, "nothing to repair"),
        (count, 0) => writeln!(text, "{} {verb}", repairs(count)),
        (count, left) => writeln!(text, "{} {verb}, {left} not repaired", repairs(count)),
    };
    for Repaired { text: step, statements } in done {
        let _ = writeln!(text, "    {step}");
        let statements = statements.iter().filter(|_| *planned).flat_map(|statement| statement.lines());
        for line in statements {
            let _ = writeln!(text, "        {line}");
        }
    }
    for Unrepaired { text: what, why, help } in left {
        let _ = writeln!(text, "\nnot repaired: {what}\n    {why}");
        if let Some(help) = help {
            let _ = writeln!(text, "    help: {help}");
        }
    }
    if !unknown.is_empty() {
        let _ = writeln!(text, "\nnot checked, because later versions change these rows:");
        for seed in unknown {
            let _ = writeln!(text, "    {seed}");
        }
    }
    text
}

fn repairs(count: usize) -> String {
    if count == 1 { "1 repair".to_owned() } else { format!("{count} repairs") }
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    chain: &'static str,
    prefix: &'a str,
    version: u32,
    dry_run: bool,
    done: Vec<DoneReport<'a>>,
    left: Vec<LeftReport<'a>>,
    unknown_seeds: &'a [String],
    clean: bool,
    differences: Vec<DifferenceReport<'a>>,
}

#[derive(Debug, Serialize)]
struct DoneReport<'a> {
    step: &'a str,
    statements: &'a [String],
}

#[derive(Debug, Serialize)]
struct LeftReport<'a> {
    what: &'a str,
    why: &'a str,
    help: Option<&'a str>,
}

impl<'a> Report<'a> {
    fn new(repair: &'a Repair) -> Self {
        let done = |it: &'a Repaired| DoneReport { step: &it.text, statements: &it.statements };
        let left = |it: &'a Unrepaired| LeftReport { what: &it.text, why: &it.why, help: it.help.as_deref() };
        Self {
            chain: repair.chain,
            prefix: repair.prefix.as_str(),
            version: repair.version.0,
            dry_run: repair.planned,
            done: repair.done.iter().map(done).collect(),
            left: repair.left.iter().map(left).collect(),
            unknown_seeds: &repair.unknown,
            clean: repair.verification.is_clean(),
            differences: DifferenceReport::all(&repair.verification),
        }
    }
}
