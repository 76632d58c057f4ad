//! What a migration does that its history contradicts.

use std::collections::HashSet;

use crate::Name;

/// One mistake in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The wrong name: the string of the step itself, found again by its address.
    pub at: Name,
    /// What is wrong: one line, lower-case, with the version that made the difference where there is one.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether the name is undefined: reported once, however often the name is used.
    missing: bool,
    /// Whether the message already explains what became of the name: then no `did you mean` is added.
    explained: bool,
}

impl Problem {
    /// A problem at the name `at`.
    pub fn new(at: Name, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None, missing: false, explained: false }
    }

    /// The problem of an undefined name `at`; `fate` is the end of the message, empty if nothing is known.
    pub fn missing(at: Name, message: impl Into<String>, fate: &str) -> Self {
        Self { missing: true, explained: !fate.is_empty(), ..Self::new(at, message.into() + fate) }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do about it, unless there is a better help already.
    #[must_use]
    pub fn or_help(self, help: impl Into<String>) -> Self {
        if self.help.is_some() || self.explained { self } else { self.help(help) }
    }

    /// Whether it explains what became of the name.
    pub(crate) fn is_explained(&self) -> bool {
        self.explained
    }

    /// Adds a `did you mean` if there is a similar name.
    #[must_use]
    pub fn nearest<'a>(self, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match crate::name::nearest(self.at, candidates) {
            Some(name) => self.or_help(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

/// The problems found while steps are applied. After a problem, replaying continues as if the step had been right, so that one
/// mistake gives one message.
#[derive(Debug, Default)]
pub struct Report {
    problems: Vec<Problem>,
    wrong: bool,
    missing: HashSet<String>,
    lost: HashSet<Name>,
}

impl Report {
    /// Records a problem, unless it only follows from one that was recorded before.
    pub fn push(&mut self, problem: Problem) {
        self.wrong = true;
        let follows = || self.lost.contains(problem.at) || self.missing.contains(&problem.message);
        if problem.missing && follows() {
            return;
        }
        if problem.missing {
            self.missing.insert(problem.message.clone());
        }
        self.problems.push(problem);
    }

    /// Records a name that a failed step would have defined, to suppress follow-up errors.
    pub fn lost(&mut self, name: Name) {
        self.lost.insert(name);
    }

    /// Whether no problem was found since the last `take`.
    pub fn is_empty(&self) -> bool {
        !self.wrong
    }

    /// All problems, in the order in which they were found.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The problems since the last call. Undefined names stay known, so that they are not reported again for a later version.
    pub fn take(&mut self) -> Vec<Problem> {
        self.wrong = false;
        std::mem::take(&mut self.problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(name: Name) -> Problem {
        Problem::missing(name, format!("no table `{name}`"), "")
    }

    #[test]
    fn a_missing_name_is_said_once_for_the_whole_chain() {
        let mut report = Report::default();
        report.push(missing("notes"));
        assert_eq!(report.take().len(), 1);
        report.push(missing("notes"));
        assert!(!report.is_empty(), "the version is wrong, although nothing new is said");
        assert!(report.take().is_empty());
    }

    #[test]
    fn a_name_that_a_wrong_step_would_have_given_is_not_missed() {
        let mut report = Report::default();
        report.lost("letters");
        report.push(missing("letters"));
        assert!(report.take().is_empty());
    }

    #[test]
    fn no_guess_is_added_to_what_became_of_a_name() {
        let problem = Problem::missing("tag", "no table `tag`", ": it was dropped in V2").nearest(["tags"]);
        assert_eq!(problem.help, None);
    }
}
