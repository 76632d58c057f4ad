//! Functions, as a step declares them and as the model keeps them.

use crate::{List, Name, Sql, Type};

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Its arguments.
    pub args: List<FunctionArg>,
    /// What it returns.
    pub returns: Returns,
    /// `plpgsql` or `sql`.
    pub language: Name,
    /// `volatile`, `stable` or `immutable`.
    pub volatility: Name,
    /// Whether a null argument makes the result null.
    pub strict: bool,
    /// Whether it runs with its owner's rights.
    pub security_definer: bool,
    /// What is set while it runs: parameters and their values. In `search_path`, `@` is the prefix.
    pub settings: List<(Name, Name)>,
    /// What stands between `AS $$` and `$$`.
    pub body: Sql,
}

/// What a function returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returns {
    /// One value.
    Type(Type),
    /// `void`.
    Void,
    /// `trigger`.
    Trigger,
    /// Rows of one type.
    SetOf(Type),
    /// Rows of these columns.
    Table(List<(Name, Type)>),
}

impl Returns {
    /// The types of what it returns.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        let (one, columns): (Option<&Type>, &[(Name, Type)]) = match self {
            Self::Type(ty) | Self::SetOf(ty) => (Some(ty), &[]),
            Self::Void | Self::Trigger => (None, &[]),
            Self::Table(columns) => (None, columns),
        };
        one.into_iter().chain(columns.iter().map(|(_, ty)| ty))
    }
}

/// An argument of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionArg {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its default.
    pub default: Option<Sql>,
}
