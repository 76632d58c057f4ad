//! Steps as text: what `migration!` reads back to the very same steps, laid out as version files are.
//!
//! A version's hash is made of it, and what the program makes up (a baseline, a chain that failed in a test) is printed so. In brief it is
//! one line for comments, plans and errors ([`Step`]'s `Display`).
//!
//! Steps that come from the model and not from a version can hold more than their keyword can say. What other steps can say follows
//! as further lines (comments, a constraint that is not valid, the indexes of a view); two things no step can say are left to PostgreSQL:
//! the name of a column's own sequence, and names of a view's columns that are not its query's.

mod canonical;
mod column;
mod layout;
mod lines;
mod object;
mod rows;
mod step;
mod table;
mod words;

use std::fmt;

use crate::name::literal;
use crate::step::Step;
use crate::{Down, Migration, Version};
use layout::Line;

/// How much of a step is written, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// All of it, as it stands in a version.
    Full,
    /// SQL text is cut short, and what guards the step or leads back from it is left out.
    Brief,
    /// All of it, in a form that does not hang on what reads well.
    Canonical,
}

/// How steps are written.
#[derive(Clone, Copy)]
struct Writer {
    style: Style,
    /// A step of a down says nothing of its own way back.
    in_down: bool,
}

/// A list of steps, such as a baseline's, as it stands in a version.
pub fn steps(steps: &[Step]) -> String {
    layout::text(&Writer { style: Style::Full, in_down: false }.steps(steps), 0)
}

/// A version that consists of these steps, as it stands in its file.
pub fn version(version: Version, title: &str, steps: &[Step]) -> String {
    let head = format!("V{:02} {}", version.0, literal(title));
    let body = Writer { style: Style::Full, in_down: false }.steps(steps);
    layout::text(&[Line::new("pkmig::migration!").block(vec![Line::new(head).block(body)])], 0)
}

/// Versions as they stand in their files, one after the other.
pub fn versions<'a>(migrations: impl IntoIterator<Item = &'a Migration>) -> String {
    migrations.into_iter().map(Migration::source).collect::<Vec<_>>().join("\n")
}

impl Step {
    /// The step in the language.
    pub fn source(&self) -> String {
        steps(std::slice::from_ref(self))
    }
}

impl Migration {
    /// The version in the language, as `pkmig::migration! { … }`.
    pub fn source(&self) -> String {
        let Version(number) = self.version;
        let head = format!("V{number:02} {}", literal(self.title));
        let version = Line::new(head).block(self.body(Style::Full));
        layout::text(&[Line::new("pkmig::migration!").block(vec![version])], 0)
    }

    /// The steps and the way back in a form in which two versions are the same text if they mean the same: comments, the layout and the
    /// end of lines leave no trace in it, nor do the title and the words that stand for several steps. See `canonical.rs` for SQL text.
    ///
    /// It stays as it is from release to release of pkmig: a version's hash is made of it.
    pub fn canonical(&self) -> String {
        self.body(Style::Canonical).iter().map(Line::canonical).collect()
    }

    /// The steps and the way back, without number and title.
    fn body(&self, style: Style) -> Vec<Line> {
        let writer = Writer { style, in_down: false };
        let mut lines = writer.steps(self.steps);
        match &self.down {
            Down::Derived => {}
            Down::Written(steps) => {
                let writer = Writer { in_down: true, ..writer };
                lines.push(Line::blank());
                lines.push(Line::new("down").block(writer.steps(steps)));
            }
            Down::Irreversible(why) => {
                lines.push(Line::blank());
                lines.push(Line::new(format!("irreversible({})", writer.text(why))).end(";"));
            }
        }
        lines
    }
}

impl Writer {
    fn is_brief(self) -> bool {
        self.style == Style::Brief
    }

    fn is_canonical(self) -> bool {
        self.style == Style::Canonical
    }

    fn steps(self, steps: &[Step]) -> Vec<Line> {
        steps.iter().flat_map(|step| self.step(step)).collect()
    }
}

/// The step in one line: SQL text is cut short, and blocks are left out.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let writer = Writer { style: Style::Brief, in_down: true };
        writer.step(self).first().map_or(Ok(()), |line| f.write_str(&line.brief()))
    }
}
