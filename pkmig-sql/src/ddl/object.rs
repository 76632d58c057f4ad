//! Statements on what is no table: sequences, views, policies, triggers, functions, extensions, schemas. sea-query has no
//! builders for them.

use std::fmt;

use pkmig_schema::PolicyCommand;

use super::name::{Expression, Ident, Idents, Qualified, Signature, TypeName, list};
use crate::writer::{dollar_quoted, literal};

/// A column as `OWNED BY` and `COMMENT` name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRef {
    /// Its table.
    pub table: Qualified,
    /// Its name.
    pub column: Ident,
}

impl fmt::Display for ColumnRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// `CREATE SEQUENCE`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateSequence {
    pub name: Qualified,
    pub if_not_exists: bool,
    pub ty: TypeName,
    pub increment: i64,
    pub start: i64,
    pub owned_by: Option<ColumnRef>,
}

impl fmt::Display for CreateSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let if_not_exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        write!(f, "CREATE SEQUENCE {if_not_exists}{} AS {}", self.name, self.ty)?;
        for (word, value) in [("INCREMENT", self.increment), ("START", self.start)] {
            if value != 1 {
                write!(f, " {word} {value}")?;
            }
        }
        self.owned_by.iter().try_for_each(|column| write!(f, " OWNED BY {column}"))
    }
}

/// `ALTER SEQUENCE`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum AlterSequence {
    OwnedBy(Qualified, ColumnRef),
    As(Qualified, TypeName),
}

impl fmt::Display for AlterSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnedBy(name, column) => write!(f, "ALTER SEQUENCE {name} OWNED BY {column}"),
            Self::As(name, ty) => write!(f, "ALTER SEQUENCE {name} AS {ty}"),
        }
    }
}

/// The kinds of object that a plain `DROP` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Droppable {
    Table,
    Index,
    Sequence,
    View,
    MaterializedView,
}

impl Droppable {
    fn words(self) -> &'static str {
        match self {
            Self::Table => "TABLE",
            Self::Index => "INDEX",
            Self::Sequence => "SEQUENCE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
        }
    }
}

/// `DROP TABLE`, `DROP INDEX`, `DROP SEQUENCE`, `DROP VIEW`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct Drop {
    pub kind: Droppable,
    pub name: Qualified,
    pub if_exists: bool,
    pub cascade: bool,
}

impl Drop {
    /// Without a word more.
    pub(crate) fn plain(kind: Droppable, name: Qualified) -> Self {
        Self { kind, name, if_exists: false, cascade: false }
    }
}

impl fmt::Display for Drop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let if_exists = if self.if_exists { " IF EXISTS" } else { "" };
        let cascade = if self.cascade { " CASCADE" } else { "" };
        write!(f, "DROP {}{if_exists} {}{cascade}", self.kind.words(), self.name)
    }
}

/// `CREATE VIEW`. The columns are named: a view keeps them where those of its tables are renamed. The query stands in
/// parentheses, because it may end in a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateView {
    pub name: Qualified,
    pub materialized: bool,
    pub or_replace: bool,
    pub columns: Idents,
    pub query: Expression,
    pub with_data: bool,
}

/// Which kind of view: the word of its statements.
pub(crate) fn view_kind(materialized: bool) -> Droppable {
    if materialized { Droppable::MaterializedView } else { Droppable::View }
}

impl fmt::Display for CreateView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_replace = if self.or_replace { " OR REPLACE" } else { "" };
        let kind = view_kind(self.materialized).words();
        let data = if self.materialized && !self.with_data { "\nWITH NO DATA" } else { "" };
        let (name, columns, query) = (&self.name, &self.columns, self.query.as_str().trim());
        write!(f, "CREATE{or_replace} {kind} {name} ({columns}) AS (\n{query}\n){data}")
    }
}

/// `REFRESH MATERIALIZED VIEW`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct RefreshView {
    pub view: Qualified,
    pub concurrently: bool,
}

impl fmt::Display for RefreshView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let concurrently = if self.concurrently { "CONCURRENTLY " } else { "" };
        write!(f, "REFRESH MATERIALIZED VIEW {concurrently}{}", self.view)
    }
}

/// A role as `TO` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Role {
    Public,
    Named(Ident),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("PUBLIC"),
            Self::Named(name) => name.fmt(f),
        }
    }
}

/// `CREATE POLICY`
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreatePolicy {
    pub name: Ident,
    pub table: Qualified,
    pub restrictive: bool,
    pub command: PolicyCommand,
    pub roles: Vec<Role>,
    pub using: Option<Expression>,
    pub with_check: Option<Expression>,
}

impl fmt::Display for CreatePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE POLICY {} ON {}", self.name, self.table)?;
        f.write_str(if self.restrictive { " AS RESTRICTIVE" } else { "" })?;
        write!(f, " FOR {} TO ", self.command.word().to_uppercase())?;
        list(f, &self.roles)?;
        self.using.iter().try_for_each(|using| write!(f, " USING ({using})"))?;
        self.with_check.iter().try_for_each(|check| write!(f, " WITH CHECK ({check})"))
    }
}

/// `DROP POLICY`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct DropPolicy {
    pub name: Ident,
    pub table: Qualified,
    pub if_exists: bool,
}

impl fmt::Display for DropPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let if_exists = if self.if_exists { "IF EXISTS " } else { "" };
        write!(f, "DROP POLICY {if_exists}{} ON {}", self.name, self.table)
    }
}

/// `ALTER POLICY … RENAME TO`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct RenamePolicy {
    pub name: Ident,
    pub table: Qualified,
    pub to: Ident,
}

impl fmt::Display for RenamePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ALTER POLICY {} ON {} RENAME TO {}", self.name, self.table, self.to)
    }
}

/// `CREATE TRIGGER`
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateTrigger {
    pub name: Ident,
    pub table: Qualified,
    pub timing: &'static str,
    pub events: Vec<Fires>,
    pub each: &'static str,
    pub when: Option<Expression>,
    pub function: Qualified,
    pub arguments: Vec<String>,
}

/// What fires a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fires {
    /// `INSERT`, `UPDATE`, `DELETE` or `TRUNCATE`.
    On(&'static str),
    /// `UPDATE OF …`
    OnUpdateOf(Idents),
}

impl fmt::Display for Fires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(event) => f.write_str(&event.to_uppercase()),
            Self::OnUpdateOf(columns) => write!(f, "UPDATE OF {columns}"),
        }
    }
}

impl fmt::Display for CreateTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = self.events.iter().map(ToString::to_string).collect::<Vec<_>>().join(" OR ");
        write!(f, "CREATE TRIGGER {} {} {events} ON {} FOR EACH {}", self.name, self.timing, self.table, self.each)?;
        self.when.iter().try_for_each(|when| write!(f, " WHEN ({when})"))?;
        write!(f, " EXECUTE FUNCTION {}(", self.function)?;
        list(f, &self.arguments.iter().map(|text| literal(text)).collect::<Vec<_>>())?;
        f.write_str(")")
    }
}

/// `DROP TRIGGER`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct DropTrigger {
    pub name: Ident,
    pub table: Qualified,
}

impl fmt::Display for DropTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DROP TRIGGER {} ON {}", self.name, self.table)
    }
}

/// `CREATE OR REPLACE FUNCTION`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateFunction {
    pub name: Qualified,
    pub args: Vec<Argument>,
    pub returns: Result,
    pub language: &'static str,
    pub volatility: &'static str,
    pub strict: bool,
    pub security_definer: bool,
    pub settings: Vec<Parameter>,
    pub body: Expression,
}

/// An argument of a function.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct Argument {
    pub name: Ident,
    pub ty: TypeName,
    pub default: Option<Expression>,
}

/// What a function returns.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Result {
    Type(TypeName),
    SetOf(TypeName),
    Void,
    Trigger,
    Table(Vec<(Ident, TypeName)>),
}

/// What is set while a function runs.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The parts of its name.
    pub name: Vec<Ident>,
    /// Its value.
    pub value: ParameterValue,
}

/// The value of a parameter.
#[derive(Debug, Clone)]
pub enum ParameterValue {
    /// One text.
    Text(String),
    /// Names of schemas.
    Schemas(Idents),
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.ty)?;
        self.default.iter().try_for_each(|default| write!(f, " DEFAULT {default}"))
    }
}

impl fmt::Display for Result {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(ty) => ty.fmt(f),
            Self::SetOf(ty) => write!(f, "SETOF {ty}"),
            Self::Void => f.write_str("void"),
            Self::Trigger => f.write_str("trigger"),
            Self::Table(columns) => {
                f.write_str("TABLE (")?;
                list(f, &columns.iter().map(|(name, ty)| format!("{name} {ty}")).collect::<Vec<_>>())?;
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        match &self.value {
            ParameterValue::Text(text) => write!(f, " SET {name} = {}", literal(text)),
            ParameterValue::Schemas(schemas) => write!(f, " SET {name} = {schemas}"),
        }
    }
}

impl fmt::Display for CreateFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE OR REPLACE FUNCTION {}(", self.name)?;
        list(f, &self.args)?;
        let volatility = self.volatility.to_uppercase();
        write!(f, ")\nRETURNS {} LANGUAGE {} {volatility}", self.returns, self.language)?;
        f.write_str(if self.strict { " STRICT" } else { "" })?;
        f.write_str(if self.security_definer { " SECURITY DEFINER" } else { "" })?;
        self.settings.iter().try_for_each(|setting| setting.fmt(f))?;
        write!(f, "\nAS {}", dollar_quoted(self.body.as_str(), "function"))
    }
}

/// `DROP FUNCTION IF EXISTS`, which asks for no privilege where nothing is there.
#[derive(Debug, Clone)]
pub struct DropFunction(pub Signature);

impl fmt::Display for DropFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DROP FUNCTION IF EXISTS {}", self.0)
    }
}

/// `CREATE EXTENSION IF NOT EXISTS`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateExtension {
    pub name: Ident,
    pub schema: Ident,
}

impl fmt::Display for CreateExtension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {}", self.name, self.schema)
    }
}

/// `CREATE SCHEMA`
#[derive(Debug, Clone)]
pub struct CreateSchema(pub Ident);

impl fmt::Display for CreateSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE SCHEMA {}", self.0)
    }
}

/// `RESET`: a setting gets the value that it has by default.
#[derive(Debug, Clone)]
pub struct Reset(pub Ident);

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RESET {}", self.0)
    }
}
