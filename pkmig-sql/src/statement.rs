//! A statement, typed by sea-query where it can be.

use sea_query::extension::postgres::{TypeAlterStatement, TypeCreateStatement, TypeDropStatement};
use sea_query::{
    ColumnDef, DeleteStatement, ForeignKeyCreateStatement, IndexCreateStatement, IndexDropStatement,
    PostgresQueryBuilder, TableAlterStatement, TableBuilder as _, TableDropStatement, TableRenameStatement,
    UpdateStatement,
};

use super::template::Template;

/// The statements that take away the foreign keys which rest on these keys, and those that make them anew.
const RESTING: &str = "  pkmig_resting CONSTANT text := $query$
    SELECT coalesce(string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', of, name), '; '), ''),
           coalesce(string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s; COMMENT ON CONSTRAINT %2$I ON %1$s IS %4$L',
                                      of, name, definition, comment), '; '), '')
    FROM (SELECT conrelid::regclass AS of, conname AS name, pg_get_constraintdef(oid) AS definition,
                 obj_description(oid, 'pg_constraint') AS comment
          FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conindid IN (SELECT to_regclass(key) FROM unnest($1) AS key)) AS resting $query$;
  pkmig_off text;
  pkmig_on text;
";

/// One SQL statement.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // A version has a few dozen of them at most.
pub enum Statement {
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `ALTER TABLE`
    AlterTable(TableAlterStatement),
    /// `DROP TABLE`
    DropTable(TableDropStatement),
    /// `ALTER TABLE … RENAME TO`
    RenameTable(TableRenameStatement),
    /// `ALTER TABLE … ADD FOREIGN KEY`
    CreateForeignKey(ForeignKeyCreateStatement),
    /// `CREATE INDEX`
    CreateIndex(IndexCreateStatement),
    /// `DROP INDEX`
    DropIndex(IndexDropStatement),
    /// `CREATE TYPE … AS ENUM`
    CreateType(TypeCreateStatement),
    /// `ALTER TYPE`
    AlterType(TypeAlterStatement),
    /// `DROP TYPE`
    DropType(TypeDropStatement),
    /// `UPDATE`
    Update(UpdateStatement),
    /// `DELETE`
    Delete(DeleteStatement),
    /// `CREATE FUNCTION`
    CreateFunction(String),
    /// What sea-query has no builder for.
    Written(String),
    /// A statement of PL/pgSQL, which stands in a block only.
    Block(String),
    /// Finds the foreign keys that rest on these keys, for the statements around one that drops them: in a block only.
    Resting(Vec<String>),
    /// A call of a template, which the block declares.
    #[allow(private_interfaces)] // Nobody else makes one.
    Templated {
        /// The template.
        template: Template,
        /// The call.
        text: String,
    },
}

impl Statement {
    /// The template that it calls.
    pub(super) fn template(&self) -> Option<Template> {
        match self {
            Self::Templated { template, .. } => Some(*template),
            _ => None,
        }
    }

    /// What its block has to declare for it, if it uses variables.
    pub(super) fn declares(&self) -> Option<&'static str> {
        matches!(self, Self::Resting(_)).then_some(RESTING)
    }

    /// Whether only PL/pgSQL can say it.
    pub(super) fn needs_a_block(&self) -> bool {
        matches!(self, Self::Block(_) | Self::Resting(_) | Self::Templated { .. })
    }

    /// The text, without a semicolon. A table's columns stand on lines of their own, `indent` before them.
    pub fn to_sql(&self, indent: &str) -> String {
        match self {
            Self::CreateTable(statement) => statement.to_sql(indent),
            Self::AlterTable(statement) => statement.to_string(PostgresQueryBuilder),
            Self::DropTable(statement) => statement.to_string(PostgresQueryBuilder),
            Self::RenameTable(statement) => statement.to_string(PostgresQueryBuilder),
            Self::CreateForeignKey(statement) => statement.to_string(PostgresQueryBuilder),
            Self::CreateIndex(statement) => statement.to_string(PostgresQueryBuilder),
            Self::DropIndex(statement) => statement.to_string(PostgresQueryBuilder),
            Self::CreateType(statement) => statement.to_string(PostgresQueryBuilder),
            Self::AlterType(statement) => statement.to_string(PostgresQueryBuilder),
            Self::DropType(statement) => statement.to_string(PostgresQueryBuilder),
            Self::Update(statement) => statement.to_string(PostgresQueryBuilder),
            Self::Delete(statement) => statement.to_string(PostgresQueryBuilder),
            Self::Resting(keys) => {
                format!("EXECUTE pkmig_resting INTO pkmig_off, pkmig_on USING ARRAY[{}]", keys.join(", "))
            }
            Self::CreateFunction(text) | Self::Written(text) | Self::Block(text) | Self::Templated { text, .. } => {
                text.trim().to_owned()
            }
        }
    }
}

/// `CREATE TABLE`. sea-query's has no word for `UNLOGGED`, and prints its parts in one line.
#[derive(Debug, Clone)]
pub struct CreateTable {
    /// Its qualified name, quoted.
    pub(super) name: String,
    pub(super) unlogged: bool,
    pub(super) columns: Vec<ColumnDef>,
    /// What stands behind the columns, as SQL.
    pub(super) constraints: Vec<String>,
}

impl CreateTable {
    /// The columns, typed.
    pub fn columns(&self) -> &[ColumnDef] {
        &self.columns
    }

    /// A column or constraint a line.
    fn to_sql(&self, indent: &str) -> String {
        let column = |column: &ColumnDef| {
            let mut sql = String::new();
            PostgresQueryBuilder.prepare_column_def(column, &mut sql);
            sql
        };
        let parts = self.columns.iter().map(column).chain(self.constraints.iter().cloned());
        let parts = parts.map(|part| format!("\n{indent}  {part}")).collect::<Vec<_>>().join(",");
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let end = if parts.is_empty() { String::new() } else { format!("\n{indent}") };
        format!("CREATE {unlogged}TABLE {} ({parts}{end})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use sea_query::{Alias, Expr};

    use super::*;

    #[test]
    fn the_texts_of_a_table_are_left_as_they_are() {
        for text in ["$$x), y$$", r"E'it\'s), z'", "'a, ''b'", "$a$(,$b$),$a$"] {
            let mut column = ColumnDef::new_with_type(Alias::new("b("), sea_query::ColumnType::custom("text"));
            column.default(Expr::cust(text));
            let (name, constraints) = ("\"p\".\"t\"".to_owned(), vec![format!("CHECK ({text} <> 'x')")]);
            let mut table = CreateTable { name, unlogged: true, columns: vec![column], constraints };
            let expected = format!(
                "CREATE UNLOGGED TABLE \"p\".\"t\" (\n    \"b(\" text DEFAULT ({text}),\n    CHECK ({text} <> 'x')\n  )"
            );
            assert_eq!(table.to_sql("  "), expected);
            (table.columns, table.constraints) = (Vec::new(), Vec::new());
            assert_eq!(table.to_sql(""), "CREATE UNLOGGED TABLE \"p\".\"t\" ()");
        }
    }
}
