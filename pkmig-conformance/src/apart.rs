//! Installs in one database.

use super::snapshot::{Extent, Snapshot};
use super::{Case, Outcome, Stop};

/// Where the others live: one has a name that is a name only in quotes.
const OTHERS: [&str; 2] = ["public", "My \"2nd\" Schema"];

/// Three installs come and go, each without a trace in the others.
///
/// # Errors
/// What one of them has changed in another.
pub async fn installs_do_not_touch_each_other(case: Case) -> Outcome {
    let (latest, low) = (case.suite.chain().latest().0, case.suite.low()?);
    let mut prefixes = vec![case.suite.home()];
    prefixes.extend(OTHERS.iter().filter(|prefix| **prefix != case.suite.home()));
    let mut install = case.suite.install().await?;
    let mut there: Vec<(&str, Snapshot)> = Vec::new();
    for prefix in &prefixes {
        install.in_prefix(prefix);
        install.go(latest).await?;
        install.verify(|| format!("in schema `{prefix}`")).await?;
        untouched(&mut install, &there, &format!("schema `{prefix}` goes up")).await?;
        install.in_prefix(prefix);
        there.push((prefix, install.snapshot().await?));
    }
    for prefix in &prefixes {
        for (target, way) in [(low, "down"), (latest, "up again")] {
            install.in_prefix(prefix);
            install.go(target).await?;
            let others: Vec<_> = there.iter().filter(|(other, _)| other != prefix).collect();
            untouched(&mut install, others, &format!("schema `{prefix}` goes {way}")).await?;
        }
    }
    Ok(format!("{} installs", prefixes.len()))
}

async fn untouched<'a>(
    install: &mut super::install::Install,
    others: impl IntoIterator<Item = &'a (&'a str, Snapshot)>,
    while_what: &str,
) -> Result<(), Stop> {
    for (prefix, before) in others {
        install.in_prefix(prefix);
        install.expect(before, Extent::Everything, || format!("schema `{prefix}` while {while_what}")).await?;
    }
    Ok(())
}
