//! Functions.

use std::fmt;

use super::name::{Expression, Ident, Idents, Qualified, Signature, TypeName, list};
use crate::writer::{dollar_quoted, literal};

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
