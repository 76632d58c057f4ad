//! What a migration does that its history contradicts.

use crate::Name;

/// One mistake in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The very name that is wrong: the string of the step itself, found again by its address.
    pub at: Name,
    /// What is wrong: one line, lower-case, with the version that made the difference where there is one.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at the name `at`.
    pub fn new(at: Name, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a `did you mean`, where there is a near name.
    #[must_use]
    pub fn nearest<'a>(self, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match crate::name::nearest(self.at, candidates) {
            Some(name) if self.help.is_none() => self.help(format!("did you mean `{name}`?")),
            _ => self,
        }
    }
}

/// The problems found while a step is applied. Applying goes on after a problem, as if it had been right, so that one
/// mistake gives one message.
#[derive(Debug, Default)]
pub struct Report {
    problems: Vec<Problem>,
}

impl Report {
    /// Records a problem.
    pub fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// All problems, in the order in which they were found.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}
