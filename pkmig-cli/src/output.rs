//! Writes results, notes and JSON, and formats versions and times.

use std::io::{self, Write as _};
use std::time::Duration;

use serde::Serialize;

use super::error::{Failure, dimmed};
use pkmig_sql::Direction;
use pkmig_sql::shown;

/// Where a command's words go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    /// Whether only what was asked for is printed.
    pub(super) quiet: bool,
}

impl Output {
    /// Prints what was asked for, for a person.
    pub(super) fn print(self, text: &str) -> Result<(), Failure> {
        self.print_as_it_is(&shown::lines(text))
    }

    /// Prints what a program reads.
    pub(super) fn print_as_it_is(self, text: &str) -> Result<(), Failure> {
        // Not by way of anstream, which takes control characters out.
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        Ok(stdout.flush()?)
    }

    /// Prints what was asked for as JSON.
    pub(super) fn json(self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        self.print_as_it_is(&format!("{text}\n"))
    }

    /// Prints what a person likes to know of a run.
    pub(super) fn say(self, text: &str) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { self.print(&format!("{text}\n")) }
    }

    /// Prints what a person likes to know beside a result, on standard error.
    pub(super) fn note(self, text: &str) {
        if !self.quiet {
            let (dim, text) = (dimmed(), shown::lines(text));
            // A note that cannot be written is no reason to stop.
            let _ = writeln!(anstream::stderr(), "{dim}{text}{dim:#}");
        }
    }
}

/// `1 version`, `2 versions`.
pub(super) fn versions(count: usize) -> String {
    if count == 1 { "1 version".to_owned() } else { format!("{count} versions") }
}

/// A time as a person would say it: `8 ms`, `0.4 s`, `2 min 5 s`.
pub(super) fn duration(time: Duration) -> String {
    match time.as_millis() {
        0 => "under 1 ms".to_owned(),
        millis @ 1..100 => format!("{millis} ms"),
        100..60_000 => format!("{:.1} s", time.as_secs_f64()),
        millis => format!("{} min {} s", millis / 60_000, millis / 1000 % 60),
    }
}

/// A direction's name, for JSON.
pub(super) fn way(direction: Direction) -> &'static str {
    if direction == Direction::Up { "up" } else { "down" }
}

/// A time in whole milliseconds, for JSON.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        let shown = |millis| duration(Duration::from_millis(millis));
        let all = [0, 8, 99, 100, 420, 59_900, 125_000].map(shown);
        assert_eq!(all, ["under 1 ms", "8 ms", "99 ms", "0.1 s", "0.4 s", "59.9 s", "2 min 5 s"]);
    }

    #[test]
    fn one_version_is_singular() {
        assert_eq!(
            (versions(1), versions(0), versions(36)),
            ("1 version".into(), "0 versions".into(), "36 versions".into())
        );
    }
}
