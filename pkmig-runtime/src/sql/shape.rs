//! Shapes: what an object that is there already must look like to count as declared.
//!
//! A shape is a short text that PostgreSQL makes from its catalog and that is made here from the model, so that the two
//! compare as strings. Where only PostgreSQL knows how it prints a thing (the expressions of checks and indexes), the
//! declared object is made on an empty copy of the table, and the two are compared there. A shape that ends in `...` is
//! the beginning of what is expected. All this runs only where an object is there: a fresh install never asks.

use pkmig_schema::ty::Family;
use pkmig_schema::{
    Column, Constraint, ConstraintKind, GeneratorKind, Index, IndexKey, Literal, ReferentialAction, Trigger,
    TriggerEvent, TriggerLevel, Type, Value,
};

use super::trigger;
use super::writer::{Context, dollar_quote, ident, literal};

/// What must hold where a step is not applied because its object is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// The table has these columns, each of this shape. Others do not count.
    Columns(String, Vec<(String, String)>),
    /// The index is on the table and has this shape.
    Index(String, String, Expected),
    /// The table's constraint has this shape.
    Constraint(String, String, Expected),
    /// The table's exclusion constraint is what this statement makes on an empty copy of the table.
    Exclusion(String, String, Expected),
    /// The table's policy is what this statement makes of a policy named `{name}`.
    Policy(String, String, String),
    /// The trigger of the table has this shape.
    Trigger(String, String, Expected),
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

/// The checks of [`Expectation::render`]: templates for `format`, each a block that stops the version. They are put
/// where a version uses them, and nothing of them runs where nothing is there.
const COLUMNS: &str = r#"  pkmig_columns CONSTANT text := $template$DO $check$ DECLARE differs text := (
    SELECT string_agg(format('column %%I: expected %%s, found %%s', e.name, e.shape, coalesce(f.shape, 'none')), '; ')
    FROM (SELECT e[i][1] AS name, e[i][2] AS shape FROM (VALUES (%2$L::text[])) AS v (e), generate_subscripts(e, 1) AS i) AS e
    LEFT JOIN (
      SELECT a.attname, replace(regexp_replace(format_type(a.atttypid, a.atttypmod), '^("([^"]|"")+"|\w+)\.', ''), '"', '')
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || CASE a.attidentity WHEN 'a' THEN ' identity(always)' WHEN 'd' THEN ' identity(by_default)' ELSE '' END
        || CASE WHEN a.attgenerated <> '' THEN ' generated' WHEN d.adbin IS NOT NULL THEN ' default '
             || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '^(''([^'']|'''')*'')::("([^"]|"")+"|[\w .])+(\[\])?$', '\1')
             ELSE '' END AS shape
      FROM pg_catalog.pg_attribute a
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = to_regclass(%1$L) AND NOT a.attisdropped) AS f ON f.attname = e.name
    WHERE f.shape IS NULL OR f.shape <> e.shape
      AND NOT (right(e.shape, 3) = '...' AND starts_with(f.shape, left(e.shape, -3))));
    BEGIN IF differs IS NOT NULL THEN
      RAISE EXCEPTION 'table %% is not as declared: %%', %1$L, differs USING ERRCODE = 'PKM03';
    END IF; END $check$ $template$;
"#;
const INDEX: &str = r#"  pkmig_index CONSTANT text := $template$DO $check$ DECLARE
    shapes text[] := (SELECT array_agg((
      SELECT CASE WHEN x.indisunique THEN 'unique ' ELSE '' END
        || replace(substring(pg_get_indexdef(x.indexrelid) FROM ' USING (.*)$'), '"', '')
        || CASE WHEN x.indrelid <> v.of THEN ' on table ' || x.indrelid::regclass ELSE '' END
        || CASE WHEN NOT x.indisvalid THEN ' (invalid)' ELSE '' END
      FROM pg_catalog.pg_index x WHERE x.indexrelid = v.index) ORDER BY v.n)
      FROM (VALUES (1, to_regclass(%1$L), to_regclass(%2$L)), (2, to_regclass(%4$L), to_regclass(%5$L)))
      AS v (n, index, of));
    expected text := coalesce(%3$L, shapes[2]);
    BEGIN IF shapes[1] IS DISTINCT FROM expected THEN
      RAISE EXCEPTION 'index %% is not as declared: expected %%, found %%', %1$L, expected, coalesce(shapes[1], 'none')
        USING ERRCODE = 'PKM03';
    END IF; END $check$ $template$;
"#;
const CONSTRAINT: &str = r#"  pkmig_constraint CONSTANT text := $template$DO $check$ DECLARE
    shapes text[] := (SELECT array_agg((
      SELECT CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
          ELSE pg_get_constraintdef(c.oid) END
        || CASE WHEN c.contype IN ('p', 'u', 'f') THEN ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
             FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, n)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) || ')' ELSE '' END
        || CASE WHEN c.contype = 'f' THEN ' references '
             || CASE WHEN r.relnamespace = t.relnamespace THEN '' ELSE (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = r.relnamespace) || '.' END
             || r.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
                  FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, n)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) || ')'
             || replace(' on delete ' || action.words[strpos('rcnd', c.confdeltype::text)], ' on delete no', '')
             || replace(' on update ' || action.words[strpos('rcnd', c.confupdtype::text)], ' on update no', '')
             || CASE WHEN c.convalidated THEN '' ELSE ' NOT VALID' END ELSE '' END
      FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
      LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
      CROSS JOIN (VALUES ('[0:4]={no,restrict,cascade,set null,set default}'::text[])) AS action (words)
      WHERE c.conrelid = v.of AND c.conname = %2$L) ORDER BY v.n)
      FROM (VALUES (1, to_regclass(%1$L)), (2, to_regclass(%4$L))) AS v (n, of));
    expected text := coalesce(%3$L, shapes[2]);
    BEGIN IF shapes[1] IS DISTINCT FROM expected
      AND shapes[1] || ' NOT VALID' IS DISTINCT FROM expected THEN
      RAISE EXCEPTION 'constraint %% of table %% is not as declared: expected %%, found %%', %2$L, %1$L, expected,
        coalesce(shapes[1], 'none') USING ERRCODE = 'PKM03';
    END IF; END $check$ $template$;
"#;
const EXCLUSION: &str = r#"  pkmig_exclusion CONSTANT text := $template$DO $check$ DECLARE
    shapes text[] := (SELECT array_agg((
      SELECT pg_get_constraintdef(c.oid) FROM pg_catalog.pg_constraint c WHERE c.conrelid = v.of AND c.conname = v.name)
      ORDER BY v.n) FROM (VALUES (1, to_regclass(%1$L), %2$L), (2, to_regclass(%4$L), %5$L)) AS v (n, of, name));
    BEGIN IF shapes[1] IS DISTINCT FROM shapes[2] THEN
      RAISE EXCEPTION 'constraint %% of table %% is not as declared: expected %%, found %%', %2$L, %1$L, shapes[2],
        coalesce(shapes[1], 'none') USING ERRCODE = 'PKM03';
    END IF; END $check$ $template$;
"#;
const POLICY: &str = r#"  pkmig_policy CONSTANT text := $template$DO $check$ DECLARE
    shapes text[] := (SELECT array_agg((
      SELECT CASE WHEN p.polpermissive THEN '' ELSE 'restrictive ' END || 'for '
        || CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END
        || ' to ' || (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END, ', ' ORDER BY role)
             FROM unnest(p.polroles) AS role)
        || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
        || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
      FROM pg_catalog.pg_policy p WHERE p.polrelid = to_regclass(%1$L) AND p.polname = v.name) ORDER BY v.n)
      FROM (VALUES (1, %2$L), (2, %3$L)) AS v (n, name));
    BEGIN IF shapes[1] IS DISTINCT FROM shapes[2] THEN
      RAISE EXCEPTION 'policy %% of table %% is not as declared: expected %%, found %%', %2$L, %1$L, shapes[2],
        coalesce(shapes[1], 'none') USING ERRCODE = 'PKM03';
    END IF; END $check$ $template$;
"#;
const TRIGGER: &str = r#"  pkmig_trigger CONSTANT text := $template$DO $check$ DECLARE
    shapes text[] := (SELECT array_agg((
      SELECT replace(replace(replace(regexp_replace(pg_get_triggerdef(g.oid), ' EXECUTE FUNCTION .*$', ''),
               'CREATE TRIGGER ' || quote_ident(g.tgname) || ' ', ''),
               ' ON ' || t.relnamespace::regnamespace || '.' || quote_ident(t.relname), ''), '"', '')
        || ' execute ' || CASE WHEN p.pronamespace = t.relnamespace THEN '' ELSE p.pronamespace::regnamespace || '.' END
        || p.proname || '(' || encode(g.tgargs, 'escape') || ')'
        || CASE g.tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' (disabled)' ELSE ' (only in some sessions)' END
      FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
      JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
      WHERE g.tgrelid = v.of AND g.tgname = %2$L) ORDER BY v.n)
      FROM (VALUES (1, to_regclass(%1$L)), (2, to_regclass(%4$L))) AS v (n, of));
    expected text := coalesce(%3$L, shapes[2]);
    BEGIN IF shapes[1] IS DISTINCT FROM expected THEN
      RAISE EXCEPTION 'trigger %% of %% is not as declared: expected %%, found %%', %2$L, %1$L, expected,
        coalesce(shapes[1], 'none') USING ERRCODE = 'PKM03';
    END IF; END $check$ $template$;
"#;
const ENUM: &str = r#"  pkmig_enum CONSTANT text := $template$DO $check$ DECLARE lacking text := (
    SELECT string_agg(label, ', ') FROM unnest(%2$L::text[]) AS label WHERE NOT EXISTS (
      SELECT FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype(%1$L) AND enumlabel = label));
    BEGIN IF lacking IS NOT NULL THEN
      RAISE EXCEPTION 'enum %% is not as declared: it lacks %%', %1$L, lacking USING ERRCODE = 'PKM03';
    END IF; END $check$ $template$;
"#;

/// The name of the empty copy that a probe is made on.
const PROBE: &str = "pkmig_probe";
/// The name of an index that is made there.
const PROBE_INDEX: &str = "pkmig_probe_index";

/// The declarations that these expectations use.
pub(super) fn declarations<'a>(context: &Context, expectations: impl Iterator<Item = &'a Expectation>) -> String {
    let (mut used, mut texts) = (Vec::new(), String::new());
    for expectation in expectations {
        used.push(match expectation {
            Expectation::Columns(..) => COLUMNS,
            Expectation::Index(..) => INDEX,
            Expectation::Constraint(..) => CONSTRAINT,
            Expectation::Exclusion(..) => EXCLUSION,
            Expectation::Policy(..) => POLICY,
            Expectation::Trigger(..) => TRIGGER,
            Expectation::Enum(..) => ENUM,
        });
        texts.push_str(&expectation.render(context, ""));
    }
    used.sort_unstable();
    used.dedup();
    // The templates are filled in with names and texts of the chain, which may hold dollar quotes of their own.
    used.concat().replace("$check$", &dollar_quote(&texts, "check"))
}

impl Expectation {
    /// As statements of PL/pgSQL, which stop the version where it does not hold.
    pub(super) fn render(&self, context: &Context, indent: &str) -> String {
        // Only where a line begins: a text may hold line breaks of its own.
        let lines = match self {
            Self::Columns(table, columns) => {
                let pair = |(name, shape): &(String, String)| format!("[{}, {}]", literal(name), literal(shape));
                let pairs = columns.iter().map(pair).collect::<Vec<_>>().join(&format!(",\n{indent}  "));
                vec![format!("EXECUTE format(pkmig_columns, {}, ARRAY[\n{indent}  {pairs}]);", context.lookup(table))]
            }
            Self::Index(index, table, expected) => {
                let own = format!("pkmig_index, {}, {}", context.lookup(index), context.lookup(table));
                let probe = format!("{}, {}", context.lookup(PROBE_INDEX), context.lookup(PROBE));
                compare(context, table, expected, &own, &probe, "NULL, NULL")
            }
            Self::Constraint(table, name, expected) => {
                let name = literal(&context.name(name));
                let own = format!("pkmig_constraint, {}, {name}", context.lookup(table));
                compare(context, table, expected, &own, &context.lookup(PROBE), "NULL")
            }
            // Its index needs a name of its own beside the one that is there.
            Self::Exclusion(table, name, expected) => {
                let name = literal(&context.name(name));
                let own = format!("pkmig_exclusion, {}, {name}", context.lookup(table));
                let probe = format!("{}, {}", context.lookup(PROBE), literal(PROBE_INDEX));
                compare(context, table, expected, &own, &probe, "NULL, NULL")
            }
            // Made on the table itself: its expressions may speak of it, and a policy is nothing to the rows.
            Self::Policy(table, name, statement) => vec![
                format!("{};", statement.replacen("{name}", &ident(PROBE), 1)),
                format!(
                    "EXECUTE format(pkmig_policy, {}, {}, {});",
                    context.lookup(table),
                    literal(&context.name(name)),
                    literal(PROBE)
                ),
                format!("DROP POLICY {} ON {};", ident(PROBE), context.qualified(table)),
            ],
            Self::Trigger(table, name, expected) => {
                let own = format!("pkmig_trigger, {}, {}", context.lookup(table), literal(&context.name(name)));
                compare(context, table, expected, &own, &context.lookup(PROBE), "NULL")
            }
            Self::Enum(name, labels) => {
                let labels = labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
                vec![format!("EXECUTE format(pkmig_enum, {}, ARRAY[{labels}]);", context.lookup(name))]
            }
        };
        lines.iter().map(|line| format!("{indent}{line}\n")).collect()
    }
}

fn compare(context: &Context, table: &str, expected: &Expected, own: &str, probe: &str, no_probe: &str) -> Vec<String> {
    match expected {
        Expected::Shape(shape) => vec![format!("EXECUTE format({own}, {}, {no_probe});", literal(shape))],
        Expected::Probe(statement) => {
            let copy = context.qualified(PROBE);
            let statement = statement.replace("{table}", &copy).replace("{name}", &ident(PROBE_INDEX));
            vec![
                format!("CREATE TABLE {copy} (LIKE {});", context.qualified(table)),
                format!("{statement};"),
                format!("EXECUTE format({own}, NULL, {probe});"),
                format!("DROP TABLE {copy};"),
            ]
        }
    }
}

/// What PostgreSQL's catalog says of a column: type, nullability, and what fills it.
pub(super) fn column(column: &Column) -> String {
    let mut shape = column.ty.formatted().replace('"', "");
    if column.not_null {
        shape.push_str(" not null");
    }
    match column.generator.as_ref().map(|generator| generator.kind) {
        Some(GeneratorKind::Always) => shape.push_str(" identity(always)"),
        Some(GeneratorKind::ByDefault) => shape.push_str(" identity(by_default)"),
        Some(GeneratorKind::Serial) => shape.push_str(" default nextval(..."),
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

/// A default as `pg_get_expr` prints it, or `...` where only PostgreSQL knows; `None` for null, which is no default.
fn default(value: &Value, ty: &Type) -> Option<String> {
    Some(match (value, ty.family()) {
        // A text with a backslash is printed as E'...'.
        (Value::Literal(literal), _) if literal.text().contains('\\') => "...".to_owned(),
        (Value::Literal(Literal::Null(_)), _) => return None,
        (Value::Literal(Literal::Bool(text)), Family::Bool) => (*text).to_owned(),
        (Value::Literal(Literal::Number(text)), Family::Integer(_))
            if !text.starts_with('-') && text.parse::<i32>().is_ok() =>
        {
            (*text).to_owned()
        }
        // Without its cast: a column whose type has changed since keeps the one to the old type.
        (Value::Literal(Literal::Text(text)), Family::Text) => literal(text),
        (Value::Literal(Literal::Text(text @ ("{}" | "[]"))), Family::Json) => literal(text),
        _ => "...".to_owned(),
    })
}

/// What is expected of a constraint that is there.
pub(super) fn constraint(context: &Context, table: &str, constraint: &Constraint) -> Expectation {
    let expected = constraint_shape(context, constraint);
    let (table, name) = (table.to_owned(), constraint.name.to_owned());
    match constraint.kind {
        ConstraintKind::Exclude(_) => Expectation::Exclusion(table, name, expected),
        _ => Expectation::Constraint(table, name, expected),
    }
}

/// Its shape. That of a check or an exclusion is what PostgreSQL makes of it on a copy of the table.
fn constraint_shape(context: &Context, constraint: &Constraint) -> Expected {
    let list = |names: &[&str]| names.iter().map(|name| context.name(name)).collect::<Vec<_>>().join(", ");
    // One that need not be valid yet may be.
    let valid = if constraint.validated { "" } else { " NOT VALID" };
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns } => Expected::Shape(format!("primary key ({})", list(columns))),
        ConstraintKind::Unique { columns } => Expected::Shape(format!("unique ({})", list(columns))),
        ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update } => Expected::Shape(format!(
            "foreign key ({}) references {}{} ({}){}{}{valid}",
            list(columns),
            table
                .schema
                .filter(|schema| *schema != context.prefix().as_str())
                .map_or_else(String::new, |it| format!("{it}.")),
            table.name,
            list(references),
            action("delete", *on_delete),
            action("update", *on_update)
        )),
        ConstraintKind::Check { expression } => Expected::Probe(format!(
            "ALTER TABLE {{table}} ADD CONSTRAINT {} CHECK ({}){valid}",
            context.ident(constraint.name),
            context.sql(expression)
        )),
        ConstraintKind::Exclude(exclusion) => {
            Expected::Probe(format!("ALTER TABLE {{table}} ADD CONSTRAINT {{name}} {}", context.exclusion(exclusion)))
        }
    }
}

/// What follows a foreign key's references, where it is not PostgreSQL's default.
fn action(event: &str, action: ReferentialAction) -> String {
    match action {
        ReferentialAction::NoAction => String::new(),
        action => format!(" on {event} {}", action.sql().to_lowercase()),
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
        false => format!(" INCLUDE ({})", unquoted(context, &index.include)),
    };
    let nulls = if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    Expected::Shape(format!("{unique}{} {keys}{include}{nulls}", index.method))
}

/// The shape of a trigger. One with a condition is made by PostgreSQL on a copy of the table.
pub(super) fn trigger(context: &Context, trigger: &Trigger) -> Expected {
    if trigger.condition.is_some() {
        return Expected::Probe(trigger::create(context, trigger, "{table}"));
    }
    let fired_by = |word: &str| trigger.events.iter().find(|event| event.word() == word);
    // In this order PostgreSQL prints them.
    let events = ["insert", "delete", "update", "truncate"].iter().filter_map(|word| fired_by(word));
    let events = events.map(|event| match event {
        TriggerEvent::Update(columns) if !columns.is_empty() => format!("UPDATE OF {}", unquoted(context, columns)),
        event => event.word().to_uppercase(),
    });
    let level = match trigger.level {
        TriggerLevel::Row => "ROW",
        TriggerLevel::Statement => "STATEMENT",
    };
    Expected::Shape(format!(
        "{} {} FOR EACH {level} execute {}({})",
        trigger.timing.words().1,
        events.collect::<Vec<_>>().join(" OR "),
        context.name(trigger.function),
        trigger.arguments.iter().map(|text| escaped(text)).collect::<String>()
    ))
}

/// `a, b`: names as a shape has them.
fn unquoted(context: &Context, names: &[&str]) -> String {
    context.list(names).replace('"', "")
}

/// An argument of a trigger as `encode(…, 'escape')` prints it.
fn escaped(argument: &str) -> String {
    let byte = |byte: u8| match byte {
        b'\\' => "\\\\".to_owned(),
        0x80.. => format!("\\{byte:03o}"),
        byte => char::from(byte).to_string(),
    };
    argument.bytes().map(byte).collect::<String>() + "\\000"
}
