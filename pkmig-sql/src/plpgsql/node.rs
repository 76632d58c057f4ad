//! What stands in a block of PL/pgSQL (manual, chapter 43).

use std::collections::BTreeSet;

use crate::ddl::{Expression, Qualified, Statement};
use crate::template::Template;

/// A statement of PL/pgSQL.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)] // A version has a few dozen at most.
pub enum Node {
    /// A statement of SQL.
    Sql(Statement),
    /// A comment behind an empty line.
    Comment(String),
    /// What follows belongs to this step of the version.
    Step(usize),
    /// `IF`
    If(If),
    /// `variable := value`
    Assign(&'static str, Expression),
    /// `PERFORM`
    Perform(Expression),
    /// `EXECUTE`
    Execute(Execute),
    /// `RAISE`
    Raise(Raise),
    /// `RETURN`
    Return,
    /// `NULL`
    Null,
    /// `COMMIT`
    Commit,
    /// `SET TRANSACTION ISOLATION LEVEL READ COMMITTED`
    ReadCommitted,
    /// `GET DIAGNOSTICS variable = ROW_COUNT`
    RowCount(&'static str),
    /// `LOOP`
    Loop(Vec<Node>),
    /// `EXIT WHEN`
    ExitWhen(Expression),
    /// A block within the block, and what is done where one of these conditions is raised (manual appendix A).
    Try {
        /// What is tried.
        body: Vec<Node>,
        /// The conditions.
        when: &'static [&'static str],
        /// What is done then.
        then: Vec<Node>,
    },
}

/// `IF`
#[derive(Debug, Clone)]
pub struct If {
    /// Conditions, and what is done where the first of them holds.
    pub arms: Vec<(Expression, Vec<Node>)>,
    /// What is done where none holds.
    pub otherwise: Vec<Node>,
}

/// What `EXECUTE` is given.
#[derive(Debug, Clone)]
pub enum Execute {
    /// A text of the chain, which may hold several statements.
    Text(Expression),
    /// A variable.
    Variable(&'static str),
    /// A template, filled in with these.
    Template(Template, Vec<Expression>),
    /// A variable, filled in with these.
    Format(&'static str, Vec<Expression>),
    /// What finds the foreign keys that rest on these keys, for the statements around one that drops them.
    Resting(Vec<Qualified>),
}

/// `RAISE`
#[derive(Debug, Clone)]
pub struct Raise {
    /// How bad it is.
    pub level: Level,
    /// The message, in parts.
    pub message: Vec<Part>,
    /// `USING`: `ERRCODE`, `HINT`, …
    pub using: Vec<(&'static str, Expression)>,
}

/// How bad what is raised is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Level {
    Exception,
    Warning,
}

/// A part of a message.
#[derive(Debug, Clone)]
pub enum Part {
    /// A text.
    Text(String),
    /// What is known when it is raised.
    Value(Expression),
}

/// A block with what it declares.
#[derive(Debug, Clone)]
pub struct Block {
    /// The tag of the quotes around it.
    pub tag: &'static str,
    /// Its variables, and what else stands before `BEGIN`. Templates that it calls declare themselves.
    pub declare: Vec<Declaration>,
    /// Its statements.
    pub body: Vec<Node>,
}

/// What a block declares.
#[derive(Debug, Clone)]
pub enum Declaration {
    /// A variable, its type, and its value at the beginning.
    Variable(&'static str, &'static str, Option<&'static str>),
    /// Lines of a template.
    Lines(String),
}

impl Node {
    /// `IF condition THEN … END IF`
    pub fn when(condition: Expression, then: Vec<Self>) -> Self {
        Self::If(If { arms: vec![(condition, then)], otherwise: Vec::new() })
    }

    /// A call of a template.
    pub(crate) fn call(template: Template, arguments: Vec<Expression>) -> Self {
        Self::Execute(Execute::Template(template, arguments))
    }

    /// Everything in it, itself first.
    pub(crate) fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Self)) {
        see(self);
        let mut all = |nodes: &'a [Self]| nodes.iter().for_each(|node| node.visit(see));
        match self {
            Self::If(If { arms, otherwise }) => {
                arms.iter().for_each(|(_, nodes)| all(nodes));
                all(otherwise);
            }
            Self::Loop(nodes) => all(nodes),
            Self::Try { body, then, .. } => {
                all(body);
                all(then);
            }
            Self::Sql(Statement::Plpgsql(node)) => node.visit(see),
            _ => {}
        }
    }
}

impl Raise {
    /// An error with a code.
    pub fn exception(message: impl Into<Vec<Part>>, code: &str) -> Self {
        let code = Expression::literal(code);
        Self { level: Level::Exception, message: message.into(), using: vec![("ERRCODE", code)] }
    }

    /// An error that nobody looks for by its code.
    pub fn error(message: String) -> Self {
        Self { level: Level::Exception, message: vec![message.into()], using: Vec::new() }
    }

    /// The same with something more.
    #[must_use]
    pub fn using(mut self, word: &'static str, value: Expression) -> Self {
        self.using.push((word, value));
        self
    }
}

impl From<Raise> for Node {
    fn from(raise: Raise) -> Self {
        Self::Raise(raise)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Expression> for Part {
    fn from(value: Expression) -> Self {
        Self::Value(value)
    }
}

impl Block {
    /// A block without declarations of its own.
    pub fn plain(tag: &'static str, body: Vec<Node>) -> Self {
        Self { tag, declare: Vec::new(), body }
    }

    /// Everything that stands in it.
    fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Node)) {
        self.body.iter().for_each(|node| node.visit(see));
    }

    /// The templates that are called in it, in order, and all that they are filled in with.
    pub(super) fn templates(&self) -> (BTreeSet<Template>, Vec<&Expression>) {
        let (mut templates, mut filled) = (BTreeSet::new(), Vec::new());
        self.visit(&mut |node| {
            if let Node::Execute(Execute::Template(template, arguments)) = node {
                templates.insert(*template);
                filled.extend(arguments);
            }
        });
        (templates, filled)
    }

    /// Whether foreign keys move in it.
    pub(super) fn rests(&self) -> bool {
        let mut rests = false;
        self.visit(&mut |node| rests |= matches!(node, Node::Execute(Execute::Resting(_))));
        rests
    }
}
