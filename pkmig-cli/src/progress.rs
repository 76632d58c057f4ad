//! The progress of a run: a bar at a terminal, a line per version otherwise.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::{Output, duration};
use pkmig_runtime::{Applied, Blocker, Event};
use pkmig_sql::Direction;

/// How a run is shown.
#[derive(Debug, Clone)]
pub(super) enum Progress {
    /// As a bar on standard error, which goes when the run ends.
    Bar(ProgressBar),
    /// As lines on standard output.
    Lines,
    /// Not at all.
    Hidden,
}

impl Progress {
    /// Chooses: a bar would spoil what somebody pipes or records.
    pub(super) fn new(output: Output, json: bool) -> Self {
        match () {
            () if output.quiet || json => Self::Hidden,
            () if std::io::stdout().is_terminal() && std::io::stderr().is_terminal() => Self::Bar(bar()),
            () => Self::Lines,
        }
    }

    /// Shows what has happened.
    pub(super) fn show(&self, event: &Event) {
        match self {
            Self::Bar(bar) => on_bar(bar, event),
            Self::Lines => {
                let line = match event {
                    Event::Finished(applied) => finished(applied),
                    Event::Retrying { migration, attempt, pause, blockers } => {
                        format!("{}  {}", migration.version, retrying(*attempt, *pause, blockers))
                    }
                    Event::Waiting { migration, waited, blockers } => {
                        format!("{}  {}", migration.version, waiting(*waited, blockers))
                    }
                    _ => return,
                };
                // A run goes on when nobody reads about it any more.
                let _ = writeln!(anstream::stdout(), "{line}");
            }
            Self::Hidden => {}
        }
    }

    /// Makes room for what is printed next.
    pub(super) fn clear(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    // OK because the template is a constant, and a test reads it; a bar in the default style would do too.
    if let Ok(style) = style() {
        bar.set_style(style);
    }
    bar
}

fn style() -> Result<ProgressStyle, indicatif::style::TemplateError> {
    let style = ProgressStyle::with_template("{bar:24.cyan/dim} {pos}/{len}  {elapsed}  {wide_msg}")?;
    Ok(style.progress_chars("━━─"))
}

fn on_bar(bar: &ProgressBar, event: &Event) {
    match event {
        Event::Planned { versions } => {
            bar.set_length(u64::try_from(*versions).unwrap_or(u64::MAX));
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Event::Baseline { to } => bar.set_message(format!("all versions up to {} at once", to.version)),
        Event::Uninstall { from } => bar.set_message(format!("uninstall from {}", from.version)),
        Event::Started { migration, direction } => {
            let way = if *direction == Direction::Up { "" } else { "down " };
            bar.set_message(format!("{way}{}  {}", migration.version, migration.title));
        }
        Event::Retrying { migration, attempt, pause, blockers } => {
            bar.set_message(format!("{}  {}", migration.version, retrying(*attempt, *pause, blockers)));
        }
        Event::Waiting { migration, waited, blockers } => {
            bar.set_message(format!("{}  {}", migration.version, waiting(*waited, blockers)));
        }
        Event::Finished(applied) => bar.inc(u64::try_from(applied.versions).unwrap_or(u64::MAX)),
        // A missing line of the ledger is reported when the bar is gone.
        _ => {}
    }
}

fn finished(applied: &Applied) -> String {
    let way = if applied.direction == Direction::Up { "" } else { " down" };
    if applied.versions > 1 {
        return format!("{}{way}  all versions at once  {}", applied.version, duration(applied.took));
    }
    format!("{}{way}  {}  {}", applied.version, applied.title, duration(applied.took))
}

fn retrying(attempt: u32, pause: Duration, blockers: &[Blocker]) -> String {
    let who = Blocker::listed(blockers, "another session held a lock on a table");
    format!("{who}; attempt {} in {}", attempt + 1, duration(pause))
}

fn waiting(waited: Duration, blockers: &[Blocker]) -> String {
    let who = Blocker::listed(blockers, "which is about to finish");
    format!("waiting for another run for {}: {who}", duration(waited))
}

#[cfg(test)]
mod tests {
    use pkmig_schema::Version;

    use super::*;

    #[test]
    fn the_template_of_the_bar_is_valid() {
        assert!(style().is_ok());
    }

    #[test]
    fn a_version_is_a_line() {
        let took = Duration::from_millis(8);
        let mut applied =
            Applied { version: Version(12), versions: 1, title: "settings in json", direction: Direction::Up, took };
        assert_eq!(finished(&applied), "V12  settings in json  8 ms");
        applied.direction = Direction::Down;
        assert_eq!(finished(&applied), "V12 down  settings in json  8 ms");
        let applied = Applied { versions: 12, title: "baseline", direction: Direction::Up, ..applied };
        assert_eq!(finished(&applied), "V12  all versions at once  8 ms");
    }
}
