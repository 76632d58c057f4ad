//! What parsing carries along: where each name was written, and the mistakes found so far.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use pkmig_schema::{Name, Problem};
use proc_macro2::{Span, TokenStream};

/// The names that were parsed, by address, and the errors that did not stop the parser.
#[derive(Default)]
pub(crate) struct Context {
    spans: RefCell<HashMap<usize, Span>>,
    errors: RefCell<Vec<syn::Error>>,
    in_down: Cell<bool>,
    loops: RefCell<Vec<Loop>>,
}

/// A `for word in {…}` whose steps are being parsed.
struct Loop {
    word: String,
    table: Name,
    used: bool,
}

impl Context {
    /// Keeps a text for the rest of the compilation and remembers where it was written. Every call gives an address of
    /// its own, for equal texts too, so that a problem finds the way back to its token.
    pub(crate) fn keep(&self, text: String, span: Span) -> Name {
        let length = text.len();
        // An empty text would have no address of its own.
        let text = if text.is_empty() { " ".to_owned() } else { text };
        let name: Name = &Box::leak(text.into_boxed_str())[..length];
        self.spans.borrow_mut().insert(name.as_ptr().addr(), span);
        name
    }

    /// Whether the steps being parsed stand in a `down { … }`.
    pub(crate) fn in_down(&self) -> bool {
        self.in_down.get()
    }

    /// Parses steps of a way down.
    pub(crate) fn down<T>(&self, parse: impl FnOnce() -> T) -> T {
        let outside = self.in_down.replace(true);
        let parsed = parse();
        self.in_down.set(outside);
        parsed
    }

    /// Parses the steps of a loop, with `word` as a name for `table`; also whether they use it.
    pub(crate) fn in_loop<T>(&self, word: &str, table: Name, parse: impl FnOnce() -> T) -> (T, bool) {
        self.loops.borrow_mut().push(Loop { word: word.to_owned(), table, used: false });
        let parsed = parse();
        let used = self.loops.borrow_mut().pop().is_some_and(|this| this.used);
        (parsed, used)
    }

    /// The table that a word stands for in the loops being parsed.
    pub(crate) fn table_of_loop(&self, word: &str) -> Option<Name> {
        let mut loops = self.loops.borrow_mut();
        let innermost = loops.iter_mut().rev().find(|this| this.word == word)?;
        innermost.used = true;
        Some(innermost.table)
    }

    /// Where a name was written.
    pub(crate) fn span(&self, name: Name) -> Option<Span> {
        self.spans.borrow().get(&name.as_ptr().addr()).copied()
    }

    /// Records a mistake that the parser can go on after.
    pub(crate) fn error(&self, span: Span, message: impl std::fmt::Display) {
        self.errors.borrow_mut().push(syn::Error::new(span, message));
    }

    /// Records a mistake that ended a step.
    pub(crate) fn push(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }

    /// Records what the model found. `root` gives the tokens of other files back their plain context: an error shown
    /// through a macro's expansion would end in "in this macro invocation".
    pub(crate) fn problem(&self, problem: &Problem, fallback: Span, root: Span) {
        let span = self.span(problem.at).unwrap_or(fallback).resolved_at(root);
        let help = problem.help.iter().map(|help| format!("\nhelp: {help}")).collect::<String>();
        self.error(span, format!("{}{help}", problem.message));
    }

    /// Whether anything went wrong.
    pub(crate) fn failed(&self) -> bool {
        !self.errors.borrow().is_empty()
    }

    /// All mistakes as `compile_error!`s, each message once for each place.
    pub(crate) fn compile_errors(self) -> TokenStream {
        let mut seen = HashSet::new();
        let fresh = |error: &syn::Error| seen.insert((format!("{:?}", error.span()), error.to_string()));
        self.errors.into_inner().into_iter().filter(fresh).map(|error| error.to_compile_error()).collect()
    }
}
