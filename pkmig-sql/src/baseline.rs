//! A baseline as SQL: plain statements in one transaction, without guards but for one question at the beginning.

use std::fmt::Write as _;

use pkmig_schema::replay::Moment;
use pkmig_schema::step::Change;
use pkmig_schema::{ObjectKind, ObjectRef, Step};

use super::script::{
    CURRENT_DECLARED, Segment, SegmentKind, Version, accept_bodies, create_schema, current_version, lock_key,
    not_its_turn, read_version, stamp,
};
use super::{Context, Entering, Guarded, Place, Statement, TAKEN, Transaction, ledger, lower};
use crate::ddl::{Expression, Ident};
use crate::plpgsql::{Block, Declaration, Node, Part, Raise};

/// The statements of a baseline, in order. Those that stay guarded say so.
pub fn plain(moments: &[Moment], context: &Context) -> Vec<Guarded> {
    let mut lowered = lower(moments, context);
    for one in &mut lowered {
        let moment = &moments[one.step];
        one.otherwise.clear();
        one.transaction = Transaction::Inside;
        match &moment.step {
            Step::Seed(seed) => {
                let place =
                    Place { context, before: &moment.before, after: &moment.after, end: &moment.after, own: None };
                one.statements = vec![place.insert(seed)];
                one.when = None;
            }
            step if asks(step) => {}
            _ => one.when = None,
        }
    }
    lowered
}

/// Whether a step asks the database: extensions are the database's own, and rows may be of a trigger's making.
fn asks(step: &Step) -> bool {
    matches!(
        step,
        Step::CreateExtension { .. }
            | Step::DeleteRows(_)
            | Step::Backfill(_)
            | Step::RenameValue(_)
            | Step::Execute(_)
    )
}

/// The SQL of a baseline, to be sent at once. The lines of the segment are the places of its statements.
pub fn segment(
    version: &Version<'_>,
    moments: &[Moment],
    statements: &[Guarded],
    versions: &[ledger::Line],
) -> Segment {
    let mut sql = question(version, moments);
    let (mut lines, mut count, mut step) = (Vec::new(), 1, None);
    for one in statements {
        sql.push_str(";\n");
        if step.replace(one.step) != Some(one.step) {
            lines.push((count, one.step));
            let _ = writeln!(sql, "\n-- {}", one.text);
        }
        let texts = texts(one, version.context);
        count += texts.len();
        sql.push_str(&texts.join(";\n"));
    }
    let _ = write!(sql, ";\n\n{}", stamp(version.tracked_by, version.number, version.context).to_sql(""));
    if version.ledger {
        let entries = ledger::statement(version.chain, version.context, Entering::Baseline, versions);
        let _ = write!(sql, ";\n{entries}");
    }
    Segment { sql, lines, kind: SegmentKind::Plain }
}

/// The statements of a step as they are sent; what only PL/pgSQL can say, in a block.
fn texts(one: &Guarded, context: &Context) -> Vec<String> {
    if one.when.is_none() && !one.statements.iter().any(Statement::needs_a_block) {
        return one.statements.iter().map(|statement| statement.to_sql("")).collect();
    }
    let body: Vec<_> = one.statements.iter().cloned().map(Node::Sql).collect();
    let body = match &one.when {
        Some(when) => vec![Node::when(when.render(context), body)],
        None => body,
    };
    vec![Block::plain("pkmig", body).to_string()]
}

/// Whether the install is at the version of the baseline, as a query.
pub fn is_done(version: &Version<'_>) -> String {
    format!(
        "SELECT {}::integer >= {} AS pkmig_done",
        current_version(version.tracked_by, version.context),
        version.number
    )
}

/// The lock among runners, as a statement.
pub fn lock(version: &Version<'_>) -> String {
    let key = lock_key(version.chain, version.context);
    let lock = Node::Perform(Expression::new(format!("pg_advisory_xact_lock({key})")));
    Block::plain("pkmig", vec![lock]).to_string()
}

/// Stops where the install is no fresh one, or the schema holds a name that is to be made; makes the schema. Bodies of
/// functions may name tables that come later.
fn question(version: &Version<'_>, moments: &[Moment]) -> String {
    let context = version.context;
    let moved = format!("a baseline is for a fresh install, but {} is at V", version.chain);
    let mut body: Vec<_> = read_version(version.chain, version.tracked_by, context).into();
    body.push(Node::when(Expression::new("pkmig_version <> 0"), vec![not_its_turn(moved)]));
    if version.create_schema {
        body.push(create_schema(context));
    }
    let taken = ["the schema already has ".into(), Part::Value(Expression::new("pkmig_taken"))];
    body.extend([
        Node::Assign("pkmig_taken", taken_name(moments, context)),
        Node::when(Expression::new("pkmig_taken IS NOT NULL"), vec![Raise::exception(taken, TAKEN).into()]),
        accept_bodies(),
        // For each index PostgreSQL would ask how many processes are to build it, and look at all of the table's: on an
        // empty table none helps (manual section 20.4).
        Node::Perform(Expression::new("set_config('max_parallel_maintenance_workers', '0', true)")),
    ]);
    let declare = vec![CURRENT_DECLARED, Declaration::Variable("pkmig_taken", "text", None)];
    Block { tag: "pkmig", declare, body }.to_string()
}

/// The first of the names that the steps make which the schema has.
fn taken_name(moments: &[Moment], context: &Context) -> Expression {
    let schema = Expression::literal(&Ident::new(context.schema()).to_string());
    let taken = names(moments, context).into_iter().map(|(catalog, own, names)| {
        format!(
            "SELECT {own}name::text FROM pg_catalog.{catalog} WHERE {own}namespace = to_regnamespace({schema}) \
             AND {own}name = ANY ({names}::name[])"
        )
    });
    let taken = taken.collect::<Vec<_>>().join("\n    UNION ALL ");
    Expression::new(format!("(SELECT min(relname) FROM (\n    {taken}\n  ) AS taken)"))
}

/// The names that the steps make, by the catalog that they stand in and what its columns begin with. Indexes and sequences come with their tables.
fn names(moments: &[Moment], context: &Context) -> Vec<(&'static str, &'static str, Expression)> {
    let (mut relations, mut types, mut functions) = (Vec::new(), Vec::new(), Vec::new());
    for moment in moments {
        let made = moment.step.effect().filter(|effect| effect.change == Change::Create);
        let Some(ObjectRef { kind, name, .. }) = made.map(|effect| effect.object) else { continue };
        match kind {
            kind if kind.is_relation() => relations.push(name),
            kind if kind.is_type() => types.push(name),
            ObjectKind::Function => functions.push(name),
            _ => {}
        }
    }
    let listed = |names: Vec<&str>| Expression::array(names.into_iter().map(|name| context.named(name)));
    [("pg_class", "rel", relations), ("pg_type", "typ", types), ("pg_proc", "pro", functions)]
        .into_iter()
        .filter(|(.., names): &(_, _, Vec<&str>)| !names.is_empty())
        .map(|(catalog, own, names)| (catalog, own, listed(names)))
        .collect()
}
