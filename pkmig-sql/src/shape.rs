//! Shapes: what an object that is there already must look like to count as declared.
//!
//! A shape is a short text that PostgreSQL makes from its catalog and that is made here from the model, so that the two
//! compare as strings. Where only PostgreSQL knows how it prints a thing (the expressions of checks and indexes), the
//! declared object is made on an empty copy of the table, and the two are compared there. A shape that ends in `...` is
//! the beginning of what is expected. All this runs only where an object is there: a fresh install never asks.

use std::collections::BTreeSet;

use pkmig_schema::types::Family;
use pkmig_schema::{
    Column, Constraint, ConstraintKind, GeneratorKind, Index, IndexKey, Literal, ReferentialAction, RowSecurity,
    Sequence, Trigger, TriggerEvent, TriggerLevel, Type, Value,
};

use super::guard::Object;
use super::outcome::Many;
use super::writer::{Context, dollar_quote, ident, literal};
use super::{template, trigger};

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
    /// The table's policy is what this statement makes of one named `pkmig_probe`.
    Policy(String, String, String),
    /// The view, materialized or not, shows what the view named `pkmig_probe` does that this statement makes.
    View(String, bool, String),
    /// The trigger of the table has this shape.
    Trigger(String, String, Expected),
    /// The enum has these values, among others.
    Enum(String, Vec<String>),
    /// The domain is as the one named `pkmig_probe` that this statement makes.
    Domain(String, String),
    /// The sequence has this shape.
    Sequence(String, String),
    /// The table's row level security is so.
    RowSecurity(String, String),
}

/// The shape that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This one.
    Shape(String),
    /// The one that this statement makes on an empty copy of the table, `pkmig_probe`; an index has the name `pkmig_probe_index`.
    Probe(String),
}

/// The name of the empty copy that a probe is made on.
pub(super) const PROBE: &str = "pkmig_probe";
/// The name of an index that is made there.
pub(super) const PROBE_INDEX: &str = "pkmig_probe_index";

/// The declarations that these expectations use, one by one and in numbers.
pub(super) fn declarations<'a>(
    context: &Context,
    expectations: impl Iterator<Item = &'a Expectation>,
    many: &[Many],
) -> String {
    let mut used: BTreeSet<String> = many.iter().map(|many| many.kind.template()).collect();
    let mut texts: String = many.iter().map(Many::render).collect();
    for expectation in expectations {
        used.insert(template::filled(expectation.template()));
        texts.push_str(&expectation.render(context, ""));
    }
    // The templates are filled in with names and texts of the chain, which may hold dollar quotes of their own.
    String::from_iter(used).replace("$check$", &dollar_quote(&texts, "check"))
}

impl Expectation {
    /// What asks whether it holds.
    fn template(&self) -> &'static str {
        match self {
            Self::Columns(..) => template::COLUMNS,
            Self::Index(..) => template::INDEX,
            Self::Constraint(..) => template::CONSTRAINT,
            Self::Exclusion(..) => template::EXCLUSION,
            Self::Policy(..) => template::POLICY,
            Self::Trigger(..) => template::TRIGGER,
            Self::View(..) => template::VIEW,
            Self::Enum(..) => template::ENUM,
            Self::Domain(..) => template::DOMAIN,
            Self::Sequence(..) => template::SEQUENCE,
            Self::RowSecurity(..) => template::ROW_SECURITY,
        }
    }

    /// Whether whoever has asked this has asked `other`, too.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Columns(table, columns), Self::Columns(of, asked)) => {
                table == of && asked.iter().all(|column| columns.contains(column))
            }
            _ => self == other,
        }
    }

    /// The object, if it is a single one.
    pub(super) fn object(&self) -> Option<Object> {
        Some(match self {
            Self::Columns(..) => return None,
            Self::Index(name, ..) | Self::Sequence(name, _) | Self::RowSecurity(name, _) => {
                Object::Relation(name.clone())
            }
            Self::Constraint(table, name, _) | Self::Exclusion(table, name, _) => {
                Object::Constraint(table.clone(), name.clone())
            }
            Self::Policy(table, name, _) => Object::Policy(table.clone(), name.clone()),
            Self::View(name, materialized, _) => Object::View(name.clone(), *materialized),
            Self::Trigger(table, name, _) => Object::Trigger(table.clone(), name.clone()),
            Self::Enum(name, _) | Self::Domain(name, _) => Object::Type(name.clone()),
        })
    }

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
                format!("{statement};"),
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
            Self::View(name, materialized, probe) => {
                let kind = if *materialized { "materialized view" } else { "view" };
                let own = format!("pkmig_view, {}, {}", context.lookup(name), literal(kind));
                let copy = context.qualified(PROBE);
                vec![
                    format!("{probe};"),
                    format!("EXECUTE format({own}, {});", context.lookup(PROBE)),
                    format!("DROP VIEW {copy};"),
                ]
            }
            Self::Domain(name, probe) => vec![
                format!("{probe};"),
                format!("EXECUTE format(pkmig_domain, {}, {});", context.lookup(name), context.lookup(PROBE)),
                format!("DROP DOMAIN {};", context.qualified(PROBE)),
            ],
            Self::Sequence(name, shape) => {
                vec![format!("EXECUTE format(pkmig_sequence, {}, {});", context.lookup(name), literal(shape))]
            }
            Self::RowSecurity(table, shape) => {
                vec![format!("EXECUTE format(pkmig_row_security, {}, {});", context.lookup(table), literal(shape))]
            }
            Self::Enum(name, labels) => {
                let labels = labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
                vec![format!("EXECUTE format(pkmig_enum, {}, ARRAY[{labels}]);", context.lookup(name))]
            }
        };
        lines.iter().map(|line| format!("{indent}{line}\n")).collect()
    }
}

/// What PostgreSQL's catalog says of a sequence.
pub(super) fn sequence(sequence: &Sequence) -> Expectation {
    let Sequence { name, ty, start, increment, .. } = sequence;
    let shape = format!("{} start {start} increment {increment}", ty.formatted());
    Expectation::Sequence((*name).to_owned(), shape)
}

/// Whether a table asks its policies.
pub(super) fn row_security(table: &str, security: RowSecurity) -> Expectation {
    let enabled = if security.enabled { "enabled" } else { "disabled" };
    let forced = if security.forced { ", forced" } else { "" };
    Expectation::RowSecurity(table.to_owned(), format!("{enabled}{forced}"))
}

fn compare(context: &Context, table: &str, expected: &Expected, own: &str, probe: &str, no_probe: &str) -> Vec<String> {
    match expected {
        Expected::Shape(shape) => vec![format!("EXECUTE format({own}, {}, {no_probe});", literal(shape))],
        Expected::Probe(statement) => {
            let copy = context.qualified(PROBE);
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
        (value, _) if !value.is_kept_by(ty) => return None,
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
            "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({}){valid}",
            context.qualified(PROBE),
            context.ident(constraint.name),
            context.sql(expression)
        )),
        ConstraintKind::Exclude(exclusion) => Expected::Probe(format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {}",
            context.qualified(PROBE),
            ident(PROBE_INDEX),
            context.exclusion(exclusion)
        )),
    }
}

/// What follows a foreign key's references, where it is not PostgreSQL's default.
fn action(event: &str, action: ReferentialAction) -> String {
    match action {
        ReferentialAction::NoAction => String::new(),
        action => format!(" on {event} {}", action.sql().to_lowercase()),
    }
}

/// What is expected of an index that is there.
pub(super) fn index_of(context: &Context, table: &str, index: &Index) -> Expectation {
    Expectation::Index(index.name.to_owned(), table.to_owned(), self::index(context, index))
}

/// The shape of an index, made by PostgreSQL where it holds an expression or an operator class.
pub(super) fn index(context: &Context, index: &Index) -> Expected {
    let plain =
        index.columns.iter().all(|column| matches!(column.key, IndexKey::Column(_)) && column.opclass.is_none());
    if index.predicate.is_some() || !plain {
        return Expected::Probe(context.create_index(index, PROBE_INDEX, &context.qualified(PROBE), ""));
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
        return Expected::Probe(trigger::create(context, trigger, &context.qualified(PROBE)));
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
