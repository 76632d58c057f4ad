//! A baseline as SQL: plain statements in one transaction, without guards but for one question at the beginning.

use std::fmt::Write as _;

use pkmig_schema::replay::Moment;
use pkmig_schema::step::Change;
use pkmig_schema::{ObjectKind, ObjectRef, Step};

use super::script::{
    ACCEPT_BODIES, Segment, SegmentKind, Version, create_schema, current_version, isolation, lock_key, stamp,
};
use super::writer::{dollar_quoted, literal, raised};
use super::{Context, Entering, Guarded, MOVED, Place, Statement, TAKEN, Transaction, ledger, lower};

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
    let _ = write!(sql, ";\n\n{}", stamp(version.tracked_by, version.number, version.context));
    if version.ledger {
        let entries = ledger::statement(version.chain, version.context, Entering::Baseline, versions);
        let _ = write!(sql, ";\n{entries}");
    }
    Segment { sql, lines, kind: SegmentKind::Plain }
}

/// The statements of a step as they are sent; what only PL/pgSQL can say, in a block.
fn texts(one: &Guarded, context: &Context) -> Vec<String> {
    let texts: Vec<String> = one.statements.iter().map(|statement| statement.to_sql("")).collect();
    if one.when.is_none() && !one.statements.iter().any(Statement::needs_a_block) {
        return texts;
    }
    let body = texts.iter().map(|text| format!("{text};\n")).collect::<String>();
    let body = match &one.when {
        Some(when) => format!("IF {} THEN\n{body}END IF;\n", when.render(context)),
        None => body,
    };
    vec![format!("DO {}", dollar_quoted(&format!("\nBEGIN\n{body}END\n"), "pkmig"))]
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
    let body = format!(" BEGIN PERFORM pg_advisory_xact_lock({}); END ", lock_key(version.chain, version.context));
    format!("DO {}", dollar_quoted(&body, "pkmig"))
}

/// For each index PostgreSQL would ask how many processes are to build it, and look at all of the table's: on an empty table
/// none helps (manual section 20.4).
const BUILD_ALONE: &str = "PERFORM set_config('max_parallel_maintenance_workers', '0', true);\n";

/// Stops where the install is no fresh one, or the schema holds a name that is to be made; makes the schema. Bodies of
/// functions may name tables that come later.
fn question(version: &Version<'_>, moments: &[Moment]) -> String {
    let context = version.context;
    let schema = super::ident(context.schema());
    let place = format!("to_regnamespace({})", literal(&schema));
    let moved = format!("a baseline is for a fresh install, and {} is at V%", raised(version.chain));
    let mut body = format!(
        "\nDECLARE\n  pkmig_version integer;\n  pkmig_taken text;\nBEGIN\n{}  PERFORM pg_advisory_xact_lock({});\n  \
         pkmig_version := {};\n  IF pkmig_version <> 0 THEN\n    RAISE EXCEPTION {}, pkmig_version USING ERRCODE = '{MOVED}';\n  \
         END IF;\n",
        isolation(),
        lock_key(version.chain, context),
        current_version(version.tracked_by, context),
        literal(&moved)
    );
    if version.create_schema {
        body.push_str(&create_schema(context, "  "));
    }
    let taken = names(moments, context).into_iter().map(|(catalog, own, names)| {
        format!(
            "SELECT {own}name::text FROM pg_catalog.{catalog} WHERE {own}namespace = {place} \
             AND {own}name = ANY (ARRAY[{names}]::name[])"
        )
    });
    let taken = taken.collect::<Vec<_>>().join("\n    UNION ALL ");
    let _ = write!(
        body,
        "  pkmig_taken := (SELECT min(relname) FROM (\n    {taken}\n  ) AS taken);\n  IF pkmig_taken IS NOT NULL THEN\n    \
         RAISE EXCEPTION 'the schema has % already', pkmig_taken USING ERRCODE = '{TAKEN}';\n  END IF;\n  \
         {ACCEPT_BODIES}  {BUILD_ALONE}END\n"
    );
    format!("DO {}", dollar_quoted(&body, "pkmig"))
}

/// The names that the steps make, by the catalog that they stand in and what its columns begin with. Indexes and sequences come with their tables.
fn names(moments: &[Moment], context: &Context) -> Vec<(&'static str, &'static str, String)> {
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
    let listed =
        |names: Vec<&str>| names.iter().map(|name| literal(&context.name(name))).collect::<Vec<_>>().join(", ");
    [("pg_class", "rel", relations), ("pg_type", "typ", types), ("pg_proc", "pro", functions)]
        .into_iter()
        .filter(|(.., names)| !names.is_empty())
        .map(|(catalog, own, names)| (catalog, own, listed(names)))
        .collect()
}
