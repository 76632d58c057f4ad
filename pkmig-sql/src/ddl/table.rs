//! `CREATE TABLE`, `ALTER TABLE`, `LOCK TABLE`, and the constraints that the first two declare.

use std::fmt;

use pkmig_schema::ReferentialAction;
use sea_query::{ColumnDef, PostgresQueryBuilder, Table, TableBuilder as _};

use super::index::{IndexMethod, Key};
use super::name::{Expression, Ident, Idents, Qualified, TypeName, list};

/// `CREATE TABLE`. sea-query's has no word for `UNLOGGED`, and prints its parts in one line.
#[derive(Debug, Clone)]
pub struct CreateTable {
    /// Its name.
    pub name: Qualified,
    /// Whether it is `UNLOGGED`.
    pub unlogged: bool,
    /// Its columns.
    pub columns: Vec<ColumnDef>,
    /// Its constraints.
    pub constraints: Vec<TableConstraint>,
}

impl CreateTable {
    /// A column or constraint a line.
    pub(super) fn print(&self, indent: &str) -> String {
        let column = |column: &ColumnDef| {
            let mut sql = String::new();
            PostgresQueryBuilder.prepare_column_def(column, &mut sql);
            sql
        };
        let parts = self.columns.iter().map(column).chain(self.constraints.iter().map(ToString::to_string));
        let parts = parts.map(|part| format!("\n{indent}  {part}")).collect::<Vec<_>>().join(",");
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let end = if parts.is_empty() { String::new() } else { format!("\n{indent}") };
        format!("CREATE {unlogged}TABLE {} ({parts}{end})", self.name)
    }
}

/// `CREATE TABLE … (LIKE …)`: an empty copy.
#[derive(Debug, Clone)]
pub struct CopyTable {
    /// The copy.
    pub name: Qualified,
    /// The table that it has the columns of.
    pub like: Qualified,
}

impl fmt::Display for CopyTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE TABLE {} (LIKE {})", self.name, self.like)
    }
}

/// A named constraint: what stands behind `ADD`, or in a line of `CREATE TABLE`. sea-query has no word for `NOT VALID` and
/// `EXCLUDE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableConstraint {
    /// Its name.
    pub name: Ident,
    /// What it says.
    pub rule: Rule,
    /// Whether rows that are there are not looked at.
    pub not_valid: bool,
}

/// What a constraint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `PRIMARY KEY`
    PrimaryKey(Idents),
    /// `UNIQUE`
    Unique(Idents),
    /// `CHECK`
    Check(Expression),
    /// `FOREIGN KEY`
    ForeignKey {
        /// The columns that refer.
        columns: Idents,
        /// The table that they refer to.
        table: Qualified,
        /// Its columns.
        references: Idents,
        /// When a row of it goes.
        on_delete: ReferentialAction,
        /// When a key of it changes.
        on_update: ReferentialAction,
    },
    /// `EXCLUDE`
    Exclude {
        /// The method of its index.
        method: IndexMethod,
        /// What is compared, each with its operator. The reader has made sure that it is one.
        elements: Vec<(Key, &'static str)>,
        /// Which rows are meant.
        predicate: Option<Expression>,
    },
}

impl fmt::Display for TableConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CONSTRAINT {} {}{}", self.name, self.rule, if self.not_valid { " NOT VALID" } else { "" })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrimaryKey(columns) => write!(f, "PRIMARY KEY ({columns})"),
            Self::Unique(columns) => write!(f, "UNIQUE ({columns})"),
            Self::Check(expression) => write!(f, "CHECK ({expression})"),
            Self::ForeignKey { columns, table, references, on_delete, on_update } => {
                write!(f, "FOREIGN KEY ({columns}) REFERENCES {table} ({references})")?;
                for (event, action) in [("DELETE", on_delete), ("UPDATE", on_update)] {
                    if *action != ReferentialAction::NoAction {
                        write!(f, " ON {event} {}", action.sql())?;
                    }
                }
                Ok(())
            }
            Self::Exclude { method, elements, predicate } => {
                write!(f, "EXCLUDE{method} (")?;
                let elements: Vec<_> =
                    elements.iter().map(|(key, operator)| format!("{key} WITH {operator}")).collect();
                list(f, &elements)?;
                f.write_str(")")?;
                predicate.iter().try_for_each(|predicate| write!(f, " WHERE ({predicate})"))
            }
        }
    }
}

/// `ALTER TABLE`, with one action.
#[derive(Debug, Clone)]
pub struct AlterTable {
    /// The table.
    pub table: Qualified,
    /// What is done to it.
    pub action: TableAction,
}

/// What an `ALTER TABLE` does.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words (manual, ALTER TABLE).
pub enum TableAction {
    AddColumn(Box<ColumnDef>),
    DropColumn {
        column: Ident,
        cascade: bool,
    },
    RenameColumn {
        from: Ident,
        to: Ident,
    },
    AlterColumn(Ident, ColumnAction),
    AddConstraint(TableConstraint),
    ValidateConstraint(Ident),
    DropConstraint {
        constraint: Ident,
        cascade: bool,
    },
    RenameConstraint {
        from: Ident,
        to: Ident,
    },
    RenameTo(Ident),
    RowSecurity(RowSecurityAction),
    /// `SET LOGGED`, or `UNLOGGED`.
    SetLogged(bool),
    /// One, or all of them.
    EnableTrigger(Option<Ident>),
}

/// What is done to a column.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum ColumnAction {
    Type { ty: TypeName, collation: Option<Ident>, using: Option<Expression> },
    SetDefault(Expression),
    DropDefault,
    SetNotNull,
    DropNotNull,
}

/// Whether a table asks its policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum RowSecurityAction {
    Enable,
    Disable,
    Force,
    NoForce,
}

impl AlterTable {
    /// What sea-query has a word for.
    fn typed(&self) -> Option<String> {
        let mut alter = Table::alter();
        alter.table(self.table.aliases());
        match &self.action {
            TableAction::AddColumn(column) => alter.add_column((**column).clone()),
            TableAction::DropColumn { column, cascade: false } => alter.drop_column(sea_query::Alias::from(column)),
            TableAction::RenameColumn { from, to } => {
                alter.rename_column(sea_query::Alias::from(from), sea_query::Alias::from(to))
            }
            TableAction::RenameTo(name) => {
                let mut rename = Table::rename();
                rename.table(self.table.aliases(), sea_query::Alias::from(name));
                return Some(rename.to_string(PostgresQueryBuilder));
            }
            _ => return None,
        };
        Some(alter.to_string(PostgresQueryBuilder))
    }
}

impl fmt::Display for AlterTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.typed() {
            Some(sql) => f.write_str(&sql),
            None => write!(f, "ALTER TABLE {} {}", self.table, self.action),
        }
    }
}

/// What sea-query has no word for; the rest stands in `AlterTable::typed`.
impl fmt::Display for TableAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cascading = |cascade: &bool| if *cascade { " CASCADE" } else { "" };
        match self {
            Self::AddColumn(_) | Self::RenameColumn { .. } | Self::RenameTo(_) => Ok(()),
            Self::DropColumn { column, cascade } => write!(f, "DROP COLUMN {column}{}", cascading(cascade)),
            Self::AlterColumn(column, action) => write!(f, "ALTER COLUMN {column} {action}"),
            Self::AddConstraint(constraint) => write!(f, "ADD {constraint}"),
            Self::ValidateConstraint(constraint) => write!(f, "VALIDATE CONSTRAINT {constraint}"),
            Self::DropConstraint { constraint, cascade } => {
                write!(f, "DROP CONSTRAINT {constraint}{}", cascading(cascade))
            }
            Self::RenameConstraint { from, to } => write!(f, "RENAME CONSTRAINT {from} TO {to}"),
            Self::RowSecurity(action) => write!(f, "{} ROW LEVEL SECURITY", action.words()),
            Self::SetLogged(true) => f.write_str("SET LOGGED"),
            Self::SetLogged(false) => f.write_str("SET UNLOGGED"),
            Self::EnableTrigger(Some(trigger)) => write!(f, "ENABLE TRIGGER {trigger}"),
            Self::EnableTrigger(None) => f.write_str("ENABLE TRIGGER ALL"),
        }
    }
}

impl fmt::Display for ColumnAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { ty, collation, using } => {
                write!(f, "TYPE {ty}")?;
                collation.iter().try_for_each(|collation| write!(f, " COLLATE {collation}"))?;
                using.iter().try_for_each(|using| write!(f, " USING {using}"))
            }
            Self::SetDefault(value) => write!(f, "SET DEFAULT {value}"),
            Self::DropDefault => f.write_str("DROP DEFAULT"),
            Self::SetNotNull => f.write_str("SET NOT NULL"),
            Self::DropNotNull => f.write_str("DROP NOT NULL"),
        }
    }
}

impl RowSecurityAction {
    fn words(self) -> &'static str {
        match self {
            Self::Enable => "ENABLE",
            Self::Disable => "DISABLE",
            Self::Force => "FORCE",
            Self::NoForce => "NO FORCE",
        }
    }
}

/// `LOCK TABLE` (manual section 13.3.1).
#[derive(Debug, Clone)]
pub struct LockTable {
    /// The table.
    pub table: Qualified,
    /// How it is locked.
    pub mode: LockMode,
    /// Whether nothing is waited for.
    pub nowait: bool,
}

/// How a table is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum LockMode {
    ShareUpdateExclusive,
    Exclusive,
    AccessExclusive,
}

impl fmt::Display for LockTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            LockMode::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            LockMode::Exclusive => "EXCLUSIVE",
            LockMode::AccessExclusive => "ACCESS EXCLUSIVE",
        };
        write!(f, "LOCK TABLE {} IN {mode} MODE{}", self.table, if self.nowait { " NOWAIT" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use sea_query::{Alias, ColumnType};

    use super::*;

    /// Texts that a printer could take for something else.
    const ODD: [&str; 7] =
        ["$$x), y$$", r"E'it\'s), z'", "'a, ''b'", "$a$(,$b$),$a$", "'{}%'", "' IS NOT NULL'", "'a\nb'"];

    fn table() -> Qualified {
        Qualified { schema: Ident::new("p"), name: Ident::new("t\"") }
    }

    fn alter(action: TableAction) -> String {
        AlterTable { table: table(), action }.to_string()
    }

    #[test]
    fn the_texts_of_a_table_are_left_as_they_are() {
        for text in ODD {
            let mut column = ColumnDef::new_with_type(Alias::new("b("), ColumnType::custom("text"));
            column.default(Expression::new(text).custom());
            let rule = Rule::Check(Expression::new(format!("{text} <> 'x'")));
            let constraints = vec![TableConstraint { name: Ident::new("c"), rule, not_valid: false }];
            let mut create = CreateTable { name: table(), unlogged: true, columns: vec![column], constraints };
            let expected = format!(
                "CREATE UNLOGGED TABLE \"p\".\"t\"\"\" (\n    \"b(\" text DEFAULT ({text}),\n    CONSTRAINT \"c\" CHECK ({text} <> 'x')\n  )"
            );
            assert_eq!(create.print("  "), expected);
            (create.columns, create.constraints) = (Vec::new(), Vec::new());
            assert_eq!(create.print(""), "CREATE UNLOGGED TABLE \"p\".\"t\"\"\" ()");
        }
    }

    #[test]
    fn the_texts_of_an_action_are_left_as_they_are() {
        for text in ODD {
            let column = |action| alter(TableAction::AlterColumn(Ident::new(text), action));
            let set = column(ColumnAction::SetDefault(Expression::new(text)));
            assert_eq!(
                set,
                format!("ALTER TABLE \"p\".\"t\"\"\" ALTER COLUMN {} SET DEFAULT {text}", Ident::new(text))
            );
            let (ty, collation, using) = (TypeName::new("text"), Some(Ident::new("C")), Some(Expression::new(text)));
            let retype = column(ColumnAction::Type { ty, collation, using });
            assert!(retype.ends_with(&format!(" TYPE text COLLATE \"C\" USING {text}")), "{retype}");
        }
    }

    #[test]
    fn each_action_is_printed_as_the_manual_has_it() {
        let name = || Ident::new("a b");
        let after = |action| alter(action).strip_prefix("ALTER TABLE \"p\".\"t\"\"\" ").map(str::to_owned);
        let cases = [
            (TableAction::DropColumn { column: name(), cascade: false }, "DROP COLUMN \"a b\""),
            (TableAction::DropColumn { column: name(), cascade: true }, "DROP COLUMN \"a b\" CASCADE"),
            (TableAction::RenameColumn { from: name(), to: Ident::new("c") }, "RENAME COLUMN \"a b\" TO \"c\""),
            (TableAction::RenameTo(name()), "RENAME TO \"a b\""),
            (TableAction::ValidateConstraint(name()), "VALIDATE CONSTRAINT \"a b\""),
            (TableAction::DropConstraint { constraint: name(), cascade: true }, "DROP CONSTRAINT \"a b\" CASCADE"),
            (TableAction::RenameConstraint { from: name(), to: Ident::new("c") }, "RENAME CONSTRAINT \"a b\" TO \"c\""),
            (TableAction::RowSecurity(RowSecurityAction::NoForce), "NO FORCE ROW LEVEL SECURITY"),
            (TableAction::SetLogged(false), "SET UNLOGGED"),
            (TableAction::EnableTrigger(None), "ENABLE TRIGGER ALL"),
            (TableAction::EnableTrigger(Some(name())), "ENABLE TRIGGER \"a b\""),
            (TableAction::AlterColumn(name(), ColumnAction::DropNotNull), "ALTER COLUMN \"a b\" DROP NOT NULL"),
        ];
        for (action, expected) in cases {
            assert_eq!(after(action).as_deref(), Some(expected));
        }
        let columns = || Idents(vec![name()]);
        let rule = Rule::ForeignKey {
            columns: columns(),
            table: table(),
            references: columns(),
            on_delete: ReferentialAction::SetNull,
            on_update: ReferentialAction::NoAction,
        };
        let key = TableAction::AddConstraint(TableConstraint { name: name(), rule, not_valid: true });
        let expected = "ADD CONSTRAINT \"a b\" FOREIGN KEY (\"a b\") REFERENCES \"p\".\"t\"\"\" (\"a b\") ON DELETE SET NULL NOT VALID";
        assert_eq!(after(key).as_deref(), Some(expected));
    }
}
