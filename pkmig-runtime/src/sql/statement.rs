//! A statement, typed by sea-query where it can be.

use sea_query::extension::postgres::{TypeAlterStatement, TypeCreateStatement, TypeDropStatement};
use sea_query::{
    DeleteStatement, ForeignKeyCreateStatement, IndexCreateStatement, IndexDropStatement, PostgresQueryBuilder,
    TableAlterStatement, TableCreateStatement, TableDropStatement, TableRenameStatement, UpdateStatement,
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
    CreateTable(TableCreateStatement),
    /// `CREATE UNLOGGED TABLE`, which sea-query has no word for.
    CreateUnloggedTable(TableCreateStatement),
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
        let Self::Written(text) = self else { return None };
        let uses = |variable: &str| text.contains(variable);
        match () {
            () if uses(" INTO pkmig_off, pkmig_on ") => Some(RESTING),
            () => None,
        }
    }

    /// The text, without a semicolon. A table's columns stand on lines of their own, `indent` before them.
    pub fn to_sql(&self, indent: &str) -> String {
        match self {
            Self::CreateTable(statement) => one_line_each(&statement.to_string(PostgresQueryBuilder), indent),
            Self::CreateUnloggedTable(statement) => {
                let sql = statement.to_string(PostgresQueryBuilder).replacen("TABLE", "UNLOGGED TABLE", 1);
                one_line_each(&sql, indent)
            }
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
            Self::CreateFunction(text) | Self::Written(text) | Self::Templated { text, .. } => text.trim().to_owned(),
        }
    }
}

/// Breaks `CREATE TABLE t ( a, b )` at the commas of its outermost parentheses.
fn one_line_each(sql: &str, indent: &str) -> String {
    let (mut depth, mut quote) = (0_u32, None);
    let mut out = String::with_capacity(sql.len() + 64);
    let mut skip_space = false;
    for c in sql.chars() {
        if std::mem::take(&mut skip_space) && c == ' ' {
            continue;
        }
        match (quote, c) {
            (Some(open), _) => {
                if c == open {
                    quote = None;
                }
                out.push(c);
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                out.push(c);
            }
            (None, '(') => {
                depth += 1;
                out.push(c);
                if depth == 1 {
                    out.push('\n');
                    out.push_str(indent);
                    out.push_str("  ");
                    skip_space = true;
                }
            }
            (None, ')') => {
                if depth == 1 {
                    out.truncate(out.trim_end().len());
                    out.push('\n');
                    out.push_str(indent);
                }
                depth = depth.saturating_sub(1);
                out.push(c);
            }
            (None, ',') if depth == 1 => {
                out.push_str(",\n");
                out.push_str(indent);
                out.push_str("  ");
                skip_space = true;
            }
            (None, _) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_a_table_stand_on_lines_of_their_own() {
        let sql = r#"CREATE TABLE "p"."t" ( "a" numeric(1,2) DEFAULT ',', "b(" text )"#;
        let expected = "CREATE TABLE \"p\".\"t\" (\n  \"a\" numeric(1,2) DEFAULT ',',\n  \"b(\" text\n)";
        assert_eq!(one_line_each(sql, ""), expected);
    }
}
