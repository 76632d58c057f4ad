//! Shapes: what an object that is there already must look like to count as declared.
//!
//! A shape is a short text that PostgreSQL makes from its catalog and that is made here from the model, so that the two
//! compare as strings. Where only PostgreSQL knows how it prints a thing (the expressions of checks and indexes), the
//! declared object is made on an empty copy of the table, and the two are compared there. A shape that ends in `…` is
//! the beginning of what is expected. All this runs only where an object is there: a fresh install never asks.

use pkmig_schema::ty::Family;
use pkmig_schema::{
    Column, Constraint, ConstraintKind, GeneratorKind, Index, IndexKey, Literal, ReferentialAction, Type, Value,
};

use super::writer::{Context, ident, literal};

/// What must hold where a step is not applied because its object is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// The table has these columns, each of this shape. Others do not count.
    Columns(String, Vec<(String, String)>),
    /// The index is on the table and has this shape.
    Index(String, String, Expected),
    /// The table's constraint has this shape.
    Constraint(String, String, Expected),
    /// The enum has these values, among others.
    Enum(String, Vec<String>),
}

/// The shape that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This one.
    Shape(String),
    /// The one that this statement makes on an empty copy of the table. `{table}` and `{name}` stand for the copies.
    Probe(String),
}

/// The declarations that [`Expectation::render`] relies on: queries that give the shape of what is there.
pub(super) const DECLARATIONS: &str = r#"  pkmig_found text;
  pkmig_expected text;
  pkmig_columns CONSTANT text := $shape$
    SELECT string_agg(format('column %I: expected %s, found %s', e.name, e.shape, coalesce(f.shape, 'none')), '; ')
    FROM unnest($2, $3) AS e (name, shape) LEFT JOIN (
      SELECT a.attname, regexp_replace(format_type(a.atttypid, a.atttypmod), '^("[^"]+"|\w+)\.', '')
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || CASE a.attidentity WHEN 'a' THEN ' identity(always)' WHEN 'd' THEN ' identity(by_default)' ELSE '' END
        || CASE WHEN a.attgenerated <> '' THEN ' generated' WHEN d.adbin IS NOT NULL THEN ' default '
             || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::("[^"]+"|\w+)\.', '::', 'g') ELSE '' END AS shape
      FROM pg_catalog.pg_attribute a
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = $1 AND NOT a.attisdropped) AS f ON f.attname = e.name
    WHERE f.shape IS NULL OR f.shape <> e.shape
      AND NOT (right(e.shape, 1) = '…' AND starts_with(f.shape, rtrim(e.shape, '…')))$shape$;
  pkmig_index CONSTANT text := $shape$
    SELECT CASE WHEN x.indisunique THEN 'unique ' ELSE '' END
      || replace(substring(pg_get_indexdef(x.indexrelid) FROM ' USING (.*)$'), '"', '')
      || CASE WHEN x.indrelid <> $2 THEN ' on table ' || x.indrelid::regclass ELSE '' END
      || CASE WHEN NOT x.indisvalid THEN ' (invalid)' ELSE '' END
    FROM pg_catalog.pg_index x WHERE x.indexrelid = $1$shape$;
  pkmig_constraint CONSTANT text := $shape$
    SELECT CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
        ELSE pg_get_constraintdef(c.oid) END
      || CASE WHEN c.contype IN ('p', 'u', 'f') THEN ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
           FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, n)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) || ')' ELSE '' END
      || CASE WHEN c.contype = 'f' THEN ' references '
           || CASE WHEN r.relnamespace = t.relnamespace THEN '' ELSE r.relnamespace::regnamespace || '.' END
           || r.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
                FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, n)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) || ')'
           || ' on delete ' || c.confdeltype || ' on update ' || c.confupdtype
           || CASE WHEN c.convalidated THEN '' ELSE ' not valid' END ELSE '' END
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
    LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
    WHERE c.conrelid = $1 AND c.conname = $2$shape$;
"#;

/// The name of the empty copy that a probe is made on, and of what is made there.
const PROBE: &str = "pkmig_probe";

impl Expectation {
    /// As statements of PL/pgSQL, which stop the version where it does not hold.
    pub(super) fn render(&self, context: &Context, indent: &str) -> String {
        let lines = match self {
            Self::Columns(table, columns) => {
                let names = columns.iter().map(|(name, _)| literal(name)).collect::<Vec<_>>().join(", ");
                let shapes = columns.iter().map(|(_, shape)| literal(shape)).collect::<Vec<_>>().join(", ");
                let execute = format!(
                    "EXECUTE pkmig_columns INTO pkmig_found USING to_regclass({}),\n  ARRAY[{names}],\n  ARRAY[{shapes}];",
                    context.lookup(table)
                );
                let what = format!("table {}", context.qualified(table));
                vec![
                    execute,
                    format!("IF pkmig_found IS NOT NULL THEN\n  {}\nEND IF;", differs(&what, "%", "pkmig_found")),
                ]
            }
            Self::Index(index, table, expected) => {
                let found = format!(
                    "EXECUTE pkmig_index INTO pkmig_found USING to_regclass({}), to_regclass({});",
                    context.lookup(index),
                    context.lookup(table)
                );
                let probed = format!(
                    "EXECUTE pkmig_index INTO pkmig_expected USING to_regclass({0}), to_regclass({1});",
                    context.lookup(&format!("{PROBE}_index")),
                    context.lookup(PROBE)
                );
                let what = format!("index {}", context.qualified(index));
                compare(context, table, expected, found, probed, &what)
            }
            Self::Constraint(table, name, expected) => {
                let query = |table: &str| {
                    format!("USING to_regclass({}), {};", context.lookup(table), literal(&context.name(name)))
                };
                let found = format!("EXECUTE pkmig_constraint INTO pkmig_found {}", query(table));
                let probed = format!("EXECUTE pkmig_constraint INTO pkmig_expected {}", query(PROBE));
                let what = format!("constraint {} of table {}", context.ident(name), context.qualified(table));
                compare(context, table, expected, found, probed, &what)
            }
            Self::Enum(name, labels) => {
                let labels = labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
                let select = format!(
                    "SELECT string_agg(label, ', ') INTO pkmig_found FROM unnest(ARRAY[{labels}]) AS label WHERE NOT EXISTS\n  \
                     (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({}) AND enumlabel = label);",
                    context.lookup(name)
                );
                let what = format!("enum {}", context.qualified(name));
                vec![
                    select,
                    format!(
                        "IF pkmig_found IS NOT NULL THEN\n  {}\nEND IF;",
                        differs(&what, "it lacks %", "pkmig_found")
                    ),
                ]
            }
        };
        let lines = lines.join("\n");
        lines.lines().map(|line| format!("{indent}{line}\n")).collect()
    }
}

fn compare(
    context: &Context,
    table: &str,
    expected: &Expected,
    found: String,
    probed: String,
    what: &str,
) -> Vec<String> {
    let mut lines = vec![found];
    let shape = match expected {
        Expected::Shape(shape) => literal(shape),
        Expected::Probe(statement) => {
            let probe = context.qualified(PROBE);
            lines.push(format!("CREATE TABLE {probe} (LIKE {});", context.qualified(table)));
            let statement = statement.replace("{table}", &probe).replace("{name}", &ident(&format!("{PROBE}_index")));
            lines.push(format!("{statement};"));
            lines.push(probed);
            lines.push(format!("DROP TABLE {probe};"));
            "pkmig_expected".to_owned()
        }
    };
    let test = match expected {
        Expected::Shape(shape) if shape.ends_with('…') => {
            format!(
                "NOT starts_with(coalesce(pkmig_found, ''), rtrim({shape_literal}, '…'))",
                shape_literal = literal(shape)
            )
        }
        _ => format!("pkmig_found IS DISTINCT FROM {shape}"),
    };
    let arguments = format!("{shape}, coalesce(pkmig_found, 'none')");
    lines.push(format!("IF {test} THEN\n  {}\nEND IF;", differs(what, "expected %, found %", &arguments)));
    lines
}

/// The error of an object that is there and not as declared.
fn differs(what: &str, how: &str, arguments: &str) -> String {
    let text = format!("{} is not as declared: {how}", what.replace('%', "%%"));
    format!("RAISE EXCEPTION {}, {arguments} USING ERRCODE = '{}';", literal(&text), super::DIFFERS)
}

/// What PostgreSQL's catalog says of a column: type, nullability, and what fills it.
pub(super) fn column(column: &Column) -> String {
    let mut shape = column.ty.formatted();
    if column.not_null {
        shape.push_str(" not null");
    }
    match column.generator.as_ref().map(|generator| generator.kind) {
        Some(GeneratorKind::Always) => shape.push_str(" identity(always)"),
        Some(GeneratorKind::ByDefault) => shape.push_str(" identity(by_default)"),
        Some(GeneratorKind::Serial) => shape.push_str(" default nextval(…"),
        None => {}
    }
    if column.generated.is_some() {
        shape.push_str(" generated");
    } else if let Some(default) = column.default.as_ref().and_then(|value| default(value, &column.ty)) {
        shape.push_str(" default ");
        shape.push_str(&default);
    }
    shape
}

/// A default as `pg_get_expr` prints it, or `…` where only PostgreSQL knows; `None` for null, which is no default.
fn default(value: &Value, ty: &Type) -> Option<String> {
    Some(match (value, ty.family()) {
        // Lines are indented where the SQL is put together.
        (Value::Literal(literal), _) if literal.text().contains('\n') => "…".to_owned(),
        (Value::Literal(Literal::Null(_)), _) => return None,
        (Value::Literal(Literal::Bool(text)), Family::Bool) => (*text).to_owned(),
        (Value::Literal(Literal::Number(text)), Family::Integer(_))
            if !text.starts_with('-') && text.parse::<i32>().is_ok() =>
        {
            (*text).to_owned()
        }
        (Value::Literal(Literal::Text(text)), Family::Text) => format!("{}::{}", literal(text), ty.cast_name()),
        (Value::Literal(Literal::Text(text @ ("{}" | "[]"))), Family::Json) => {
            format!("{}::{}", literal(text), ty.cast_name())
        }
        _ => "…".to_owned(),
    })
}

/// The shape of a constraint. A check's is what PostgreSQL makes of it on a copy of the table.
pub(super) fn constraint(context: &Context, constraint: &Constraint) -> Expected {
    let list = |names: &[&str]| names.iter().map(|name| context.name(name)).collect::<Vec<_>>().join(", ");
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns } => Expected::Shape(format!("primary key ({})", list(columns))),
        ConstraintKind::Unique { columns } => Expected::Shape(format!("unique ({})", list(columns))),
        ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update } => {
            // One that need not be valid yet may be.
            let open = if constraint.validated { "" } else { "…" };
            Expected::Shape(format!(
                "foreign key ({}) references {table} ({}) on delete {} on update {}{open}",
                list(columns),
                list(references),
                letter(*on_delete),
                letter(*on_update)
            ))
        }
        ConstraintKind::Check { expression } => Expected::Probe(format!(
            "ALTER TABLE {{table}} ADD CONSTRAINT {} CHECK ({})",
            context.ident(constraint.name),
            context.sql(expression)
        )),
    }
}

/// The action's letter in `pg_constraint` (manual section 53.13).
fn letter(action: ReferentialAction) -> char {
    match action {
        ReferentialAction::NoAction => 'a',
        ReferentialAction::Restrict => 'r',
        ReferentialAction::Cascade => 'c',
        ReferentialAction::SetNull => 'n',
        ReferentialAction::SetDefault => 'd',
    }
}

/// The shape of an index, made by PostgreSQL where it holds an expression or an operator class.
pub(super) fn index(context: &Context, index: &Index) -> Expected {
    let plain =
        index.columns.iter().all(|column| matches!(column.key, IndexKey::Column(_)) && column.opclass.is_none());
    if index.predicate.is_some() || !plain {
        return Expected::Probe(context.create_index(index, "{name}", "{table}", "").replace("\"{name}\"", "{name}"));
    }
    let keys = context.index_keys(index).replace('"', "");
    let unique = if index.unique { "unique " } else { "" };
    let include = match index.include.is_empty() {
        true => String::new(),
        false => format!(" INCLUDE ({})", context.list(&index.include).replace('"', "")),
    };
    let nulls = if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    // NULLS FIRST is what DESC means by itself, NULLS LAST what ASC does: PostgreSQL does not print them.
    let keys = keys.replace(" DESC NULLS FIRST", " DESC");
    Expected::Shape(format!("{unique}{} {keys}{include}{nulls}", index.method))
}
