//! Shapes: what an object that is there already must look like to count as declared.
//!
//! A shape is a short text that PostgreSQL makes from its catalog and that is made here from the model, so that the two
//! compare as strings. Where only PostgreSQL knows how it prints a thing (the expressions of checks and indexes), the
//! declared object is made on an empty copy of the table, and the two are compared there. A shape that ends in `...` is
//! the beginning of what is expected. All this runs only where an object is there: a fresh install never asks.

use pkmig_schema::types::Family;
use pkmig_schema::{
    Column, Constraint, ConstraintKind, GeneratorKind, Index, IndexColumn, IndexKey, Literal, ReferentialAction,
    RowSecurity, Sequence, Trigger, TriggerEvent, Type, Value,
};

use super::guard::Object;
use super::template::Template;
use super::trigger;
use super::writer::{Context, literal};
use crate::ddl::{
    AlterTable, CopyTable, CreateDomain, CreateIndex, CreatePolicy, CreateTrigger, CreateView, Drop, DropPolicy,
    Droppable, Expression, Ident, Statement, TableAction, TableConstraint,
};
use crate::plpgsql::Node;

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
    Policy(String, String, Box<CreatePolicy>),
    /// The view, materialized or not, shows what the view named `pkmig_probe` does that this statement makes.
    View(String, bool, Box<CreateView>),
    /// The trigger of the table has this shape.
    Trigger(String, String, Expected),
    /// The enum has these values, among others.
    Enum(String, Vec<String>),
    /// The domain is as the one named `pkmig_probe` that this statement makes.
    Domain(String, Box<CreateDomain>),
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
    Probe(Box<Probe>),
}

/// What is made on an empty copy of the table, to see how PostgreSQL prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Probe {
    Index(CreateIndex),
    Constraint(TableConstraint),
    Trigger(CreateTrigger),
}

impl Probe {
    fn statement(&self, context: &Context) -> Statement {
        let table = context.qualified(PROBE);
        match self.clone() {
            Self::Index(index) => CreateIndex { name: Ident::new(PROBE_INDEX), table, ..index }.into(),
            Self::Constraint(constraint) => AlterTable { table, action: TableAction::AddConstraint(constraint) }.into(),
            Self::Trigger(trigger) => CreateTrigger { table, ..trigger }.into(),
        }
    }
}

/// The name of the empty copy that a probe is made on.
pub(super) const PROBE: &str = "pkmig_probe";
/// The name of an index that is made there.
pub(super) const PROBE_INDEX: &str = "pkmig_probe_index";

impl Expectation {
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
    pub(super) fn nodes(&self, context: &Context) -> Vec<Node> {
        let (lookup, named) = (|name: &str| context.lookup(name), |name: &str| context.named(name));
        let one = |template, arguments| vec![Node::call(template, arguments)];
        match self {
            Self::Columns(table, columns) => {
                let pair = |(name, shape): &(String, String)| format!("[{}, {}]", literal(name), literal(shape));
                let pairs = columns.iter().map(pair).collect::<Vec<_>>().join(",\n      ");
                one(Template::Columns, vec![lookup(table), Expression::new(format!("ARRAY[\n      {pairs}]"))])
            }
            Self::Index(index, table, expected) => Comparison {
                template: Template::Index,
                own: vec![lookup(index), lookup(table)],
                probe: vec![lookup(PROBE_INDEX), lookup(PROBE)],
            }
            .nodes(context, table, expected),
            Self::Constraint(table, name, expected) => Comparison {
                template: Template::Constraint,
                own: vec![lookup(table), named(name)],
                probe: vec![lookup(PROBE)],
            }
            .nodes(context, table, expected),
            // Its index needs a name of its own beside the one that is there.
            Self::Exclusion(table, name, expected) => Comparison {
                template: Template::Exclusion,
                own: vec![lookup(table), named(name)],
                probe: vec![lookup(PROBE), Expression::literal(PROBE_INDEX)],
            }
            .nodes(context, table, expected),
            Self::Trigger(table, name, expected) => Comparison {
                template: Template::Trigger,
                own: vec![lookup(table), named(name)],
                probe: vec![lookup(PROBE)],
            }
            .nodes(context, table, expected),
            // Made on the table itself: its expressions may speak of it, and a policy is nothing to the rows.
            Self::Policy(table, name, probe) => {
                let drop = DropPolicy { name: Ident::new(PROBE), table: context.qualified(table), if_exists: false };
                vec![
                    Node::Sql((**probe).clone().into()),
                    Node::call(Template::Policy, vec![lookup(table), named(name), Expression::literal(PROBE)]),
                    Node::Sql(drop.into()),
                ]
            }
            Self::View(name, materialized, probe) => {
                let kind = if *materialized { "materialized view" } else { "view" };
                let drop = Drop::plain(Droppable::View, context.qualified(PROBE));
                vec![
                    Node::Sql((**probe).clone().into()),
                    Node::call(Template::View, vec![lookup(name), Expression::literal(kind), lookup(PROBE)]),
                    Node::Sql(drop.into()),
                ]
            }
            Self::Domain(name, probe) => vec![
                Node::Sql((**probe).clone().into()),
                Node::call(Template::Domain, vec![lookup(name), lookup(PROBE)]),
                Node::Sql(Drop::plain(Droppable::Domain, context.qualified(PROBE)).into()),
            ],
            Self::Sequence(name, shape) => one(Template::Sequence, vec![lookup(name), Expression::literal(shape)]),
            Self::RowSecurity(table, shape) => {
                one(Template::RowSecurity, vec![lookup(table), Expression::literal(shape)])
            }
            Self::Enum(name, labels) => {
                let labels = labels.iter().map(|label| Expression::literal(label));
                one(Template::Enum, vec![lookup(name), Expression::array(labels)])
            }
        }
    }
}

/// An object compared with its fingerprint, or with what is made on an empty copy of its table.
struct Comparison {
    template: Template,
    /// How it is found.
    own: Vec<Expression>,
    /// How what is made is found.
    probe: Vec<Expression>,
}

impl Comparison {
    fn nodes(self, context: &Context, table: &str, expected: &Expected) -> Vec<Node> {
        let Self { template, own, probe } = self;
        let call = |expected: Expression, probe: Vec<Expression>| {
            Node::call(template, own.into_iter().chain([expected]).chain(probe).collect())
        };
        match expected {
            Expected::Shape(shape) => {
                vec![call(Expression::literal(shape), probe.iter().map(|_| Expression::null()).collect())]
            }
            Expected::Probe(probe_of) => {
                let copy = CopyTable { name: context.qualified(PROBE), like: context.qualified(table) };
                vec![
                    Node::Sql(copy.into()),
                    Node::Sql(probe_of.statement(context)),
                    call(Expression::null(), probe),
                    Node::Sql(Drop::plain(Droppable::Table, context.qualified(PROBE)).into()),
                ]
            }
        }
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

/// What PostgreSQL's catalog says of a column: type, nullability, and what fills it.
pub(super) fn column(column: &Column) -> String {
    let mut shape = bare_type(&column.ty);
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

/// A type as `format_type` prints it, with the quotes taken out, as they are there.
pub(super) fn bare_type(ty: &Type) -> String {
    ty.formatted().replace('"', "")
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
        ConstraintKind::Check { .. } => Expected::Probe(Box::new(Probe::Constraint(context.constraint(constraint)))),
        ConstraintKind::Exclude(_) => {
            let probe = TableConstraint { name: Ident::new(PROBE_INDEX), ..context.constraint(constraint) };
            Expected::Probe(Box::new(Probe::Constraint(probe)))
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

/// What is expected of an index that is there.
pub(super) fn index_of(context: &Context, table: &str, index: &Index) -> Expectation {
    Expectation::Index(index.name.to_owned(), table.to_owned(), self::index(context, index))
}

/// The shape of an index, made by PostgreSQL where it holds an expression or an operator class.
pub(super) fn index(context: &Context, index: &Index) -> Expected {
    let plain =
        index.columns.iter().all(|column| matches!(column.key, IndexKey::Column(_)) && column.opclass.is_none());
    if index.predicate.is_some() || !plain {
        return Expected::Probe(Box::new(Probe::Index(context.index(PROBE, index))));
    }
    let keys = index.columns.iter().map(|column| plain_key(context, column)).collect::<Vec<_>>().join(", ");
    let unique = if index.unique { "unique " } else { "" };
    let include = match index.include.is_empty() {
        true => String::new(),
        false => format!(" INCLUDE ({})", unquoted(context, &index.include)),
    };
    let nulls = if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    Expected::Shape(format!("{unique}{} ({keys}){include}{nulls}", index.method))
}

/// The shape of a trigger. One with a condition is made by PostgreSQL on a copy of the table.
pub(super) fn trigger(context: &Context, trigger: &Trigger) -> Expected {
    if trigger.condition.is_some() {
        return Expected::Probe(Box::new(Probe::Trigger(trigger::create(context, PROBE, trigger))));
    }
    let fired_by = |word: &str| trigger.events.iter().find(|event| event.word() == word);
    // In this order PostgreSQL prints them.
    let events = ["insert", "delete", "update", "truncate"].iter().filter_map(|word| fired_by(word));
    let events = events.map(|event| match event {
        TriggerEvent::Update(columns) if !columns.is_empty() => format!("UPDATE OF {}", unquoted(context, columns)),
        event => event.word().to_uppercase(),
    });
    let level = trigger::each(trigger.level);
    Expected::Shape(format!(
        "{} {} FOR EACH {level} execute {}({})",
        trigger.timing.words().1,
        events.collect::<Vec<_>>().join(" OR "),
        context.name(trigger.function),
        trigger.arguments.iter().map(|text| escaped(text)).collect::<String>()
    ))
}

/// `a, b`: names as a fingerprint has them.
fn unquoted(context: &Context, names: &[&str]) -> String {
    names.iter().map(|name| bare(context, name)).collect::<Vec<_>>().join(", ")
}

/// A name as a fingerprint has it: PostgreSQL's quotes are taken out there, with those of the name itself.
fn bare(context: &Context, name: &str) -> String {
    context.name(name).replace('"', "")
}

/// A key of an index that is a column without an operator class.
fn plain_key(context: &Context, column: &IndexColumn) -> String {
    let name = match column.key {
        IndexKey::Column(name) => bare(context, name),
        IndexKey::Expression(_) => String::new(),
    };
    let direction = if column.descending { " DESC" } else { "" };
    let nulls = context.key(column).nulls.map_or_else(String::new, |nulls| format!(" NULLS {nulls}"));
    format!("{name}{direction}{nulls}")
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
