//! `heal` and `adopt`: which version a schema is at, and why.

use std::fmt::Write as _;

use serde::Serialize;

use super::Subject;
use super::database::{Database, Place};
use super::error::Failure;
use super::verify::{self, DifferenceReport};
use pkmig_runtime::{Error, Fit, Verification};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim {
    Heal { dry_run: bool, at: Option<u32> },
    Adopt { at: Option<u32> },
}

impl Aim {
    fn is_dry(self) -> bool {
        matches!(self, Self::Heal { dry_run: true, .. })
    }
}

/// Records the version that matches, or shows which one it is. If none matches, it shows the differences from the closest
/// one and fails.
pub(super) async fn stamp(subject: &Subject, place: &Place<'_>, aim: Aim, json: bool) -> Result<(), Failure> {
    let (mut connection, _, url) = place.connect().await?.parts();
    let found = match aim {
        Aim::Heal { dry_run: true, at: None } => subject.migrator.plan_heal(&mut connection).await,
        Aim::Heal { dry_run: true, at: Some(at) } => subject.migrator.plan_heal_at(at, &mut connection).await,
        Aim::Heal { dry_run: false, at: None } => subject.migrator.heal(&mut connection).await,
        Aim::Heal { dry_run: false, at: Some(at) } => subject.migrator.heal_at(at, &mut connection).await,
        Aim::Adopt { at } => subject.migrator.adopt(at, &mut connection).await,
    };
    match (&found, json) {
        (Ok(fit), true) => place.output.json(&Report::fit(fit, aim))?,
        (Ok(fit), false) => place.output.print(&shown(fit, aim))?,
        (Err(Error::NoFit { stamped, verification }), true) => {
            place.output.json(&Report::none(stamped.0, verification, aim))?;
        }
        (Err(Error::NoFit { verification, .. }), false) => place.output.print(&verify::shown(verification))?,
        (Err(_), _) => {}
    }
    found.map(|_| ()).map_err(|error| Database::failure(&url, error))
}

fn shown(fit: &Fit, aim: Aim) -> String {
    let Fit { chain, prefix, stamped, version, evidence, verification } = fit;
    let mut text = format!("{chain} in schema {prefix} is {version}");
    let done = if aim.is_dry() { "would be recorded" } else { "recorded" };
    text.push_str(&match (stamped.0, stamped == version) {
        (_, true) => ", as recorded".to_owned(),
        (0, false) => format!(": {done}"),
        (_, false) => format!(", not {stamped}: {done}"),
    });
    text.push('\n');
    for line in evidence {
        let _ = writeln!(text, "    {line}");
    }
    let extras = verification.extras().count();
    if extras > 0 {
        let _ = writeln!(text, "    {extras} that it does not declare (`verify` lists them)");
    }
    text
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    chain: &'static str,
    prefix: &'a str,
    stamped: u32,
    version: Option<u32>,
    closest: u32,
    dry_run: bool,
    evidence: &'a [String],
    clean: bool,
    differences: Vec<DifferenceReport<'a>>,
}

impl<'a> Report<'a> {
    fn fit(fit: &'a Fit, aim: Aim) -> Self {
        Self {
            version: Some(fit.version.0),
            evidence: &fit.evidence,
            ..Self::none(fit.stamped.0, &fit.verification, aim)
        }
    }

    fn none(stamped: u32, verification: &'a Verification, aim: Aim) -> Self {
        Self {
            chain: verification.chain,
            prefix: verification.prefix.as_str(),
            stamped,
            version: None,
            closest: verification.version.0,
            dry_run: aim.is_dry(),
            evidence: &[],
            clean: verification.is_clean(),
            differences: DifferenceReport::all(verification),
        }
    }
}
