//! Steps to SQL: one lowering for each kind of step, to the typed statements of `ddl`.
//!
//! The files are named after the families of objects, as in `pkmig-schema/src/step/`. A step becomes one or more
//! [`Guarded`] statements; `script` puts a version's into one block, a tree of `plpgsql`, which is printed at the end.

mod ask;
mod backfill;
pub mod baseline;
mod column;
mod comment;
mod constraint;
mod data;
pub mod ddl;
mod dependents;
mod domain;
mod enumeration;
mod extension;
mod function;
pub mod going;
mod grant;
mod guard;
mod index;
pub mod ledger;
mod outcome;
mod own;
pub mod plpgsql;
mod policy;
mod prefix;
mod raw;
mod rename_value;
mod repair;
mod script;
mod security;
mod sequence;
pub mod session;
mod shape;
pub mod shown;
mod table;
mod template;
mod trigger;
pub mod trust;
pub mod uninstall;
mod view;
pub mod waiting;
mod writer;

use std::borrow::Cow;

use pkmig_schema::own::OwnRows;
use pkmig_schema::replay::Moment;
use pkmig_schema::{Literal, Schema, Step, Value};

use ddl::{ColumnAction, RowSecurityAction, Statement};

pub use ask::{ALLOWED, Ask, LOSS, Own, going_seeds, lifting};
pub use dependents::{dependents, locks};
pub use guard::{Condition, Object};
pub use ledger::Entering;
pub use outcome::{Outcome, step_named};
pub use prefix::{Prefix, PrefixError};
pub use rename_value::lost;
pub use repair::{enable_triggers, insert_missing, missing_rows, offending, restart, set_persistence, statements};
pub use script::{Direction, Transaction};
pub use script::{Segment, SegmentKind, Sharing, Version, current_version, lock_key, stamp, version};
pub use session::{Path, Pins, TimeOuts};
pub use shape::{Expectation, Expected};
pub use writer::Context;
pub use writer::{dollar_quoted, ident, literal};

/// The SQLSTATE of an object that is there and not as declared.
pub const DIFFERS: &str = "PKM03";
/// The SQLSTATE of a lock that another runner did not give back in time.
pub const LOCKED: &str = "PKM01";
/// The SQLSTATE of a schema that holds a name which a baseline makes.
pub const TAKEN: &str = "PKM04";
/// The SQLSTATE of a session that a pooler has put in the place of another.
pub const POOLED: &str = "PKM07";
/// The SQLSTATE of a transaction that does not see what others have committed since it began.
pub const ISOLATED: &str = "PKM06";
/// The SQLSTATE of a version that was moved by somebody else.
pub const MOVED: &str = "PKM02";

/// Statements that change the database only where their step has not been done yet.
#[derive(Debug, Clone)]
pub struct Guarded {
    /// The step that they come from, by its place in the version.
    pub step: usize,
    /// The step in one line.
    pub text: String,
    /// When they are run; always, if there is none.
    pub when: Option<Condition>,
    /// What is run.
    pub statements: Vec<Statement>,
    /// What is wrong where the condition holds still after they were run; that is not asked, if there is none.
    pub still: Option<String>,
    /// What must hold where they are not run.
    pub otherwise: Vec<Expectation>,
    /// Whether they can run among others in one transaction.
    pub transaction: Transaction,
    /// The tables whose rows they read or write: row level security may not hide any of them.
    pub rows_of: Vec<String>,
}

/// The SQL of a step on its way: the statements without the step's place and text.
struct Lowered {
    when: Option<Condition>,
    statements: Vec<Statement>,
    still: Option<String>,
    otherwise: Vec<Expectation>,
    transaction: Transaction,
}

impl Lowered {
    /// Run every time: idempotent by nature.
    fn always(statements: Vec<Statement>) -> Self {
        Self { when: None, statements, still: None, otherwise: Vec::new(), transaction: Transaction::Inside }
    }

    /// Run where the condition holds.
    fn when(condition: Condition, statements: Vec<Statement>) -> Self {
        Self { when: Some(condition), ..Self::always(statements) }
    }

    /// Run only where this holds, too.
    fn only_when(&mut self, condition: Condition) {
        self.when = Some(match self.when.take() {
            Some(when) => Condition::All(vec![condition, when]),
            None => condition,
        });
    }

    /// What must hold where the condition does not.
    fn otherwise(self, otherwise: Vec<Expectation>) -> Self {
        Self { otherwise, ..self }
    }
}

/// A step between the schema before it and after it, in a version that ends with `end`.
///
/// Guards look at the end of the version: run again, a step meets what the whole version left behind.
struct Place<'a> {
    context: &'a Context,
    before: &'a Schema,
    after: &'a Schema,
    /// The end of the version, as a second run has it before this step.
    end: &'a Schema,
    /// The rows that the chain has brought, on the way down.
    own: Option<Own<'a>>,
}

/// The guarded statements of a version's steps, in order.
pub fn lower(moments: &[Moment], context: &Context) -> Vec<Guarded> {
    lowered(moments, None, context)
}

/// The guarded statements of a version's down, which asks before it takes away what its steps have not made.
pub fn lower_down(
    moments: &[Moment],
    version: pkmig_schema::Version,
    own: &OwnRows,
    context: &Context,
) -> Vec<Guarded> {
    let own = Own { rows: own, version };
    ask::asking(moments, lowered(moments, Some(own), context), version, own, context)
}

fn lowered(moments: &[Moment], own: Option<Own<'_>>, context: &Context) -> Vec<Guarded> {
    let Some(end) = moments.last().map(|moment| &moment.after) else { return Vec::new() };
    let mut guarded = Vec::new();
    let mut met = Cow::Borrowed(end);
    for (step, moment) in moments.iter().enumerate() {
        let place = Place { context, before: &moment.before, after: &moment.after, end: &met, own };
        // The text becomes a comment of the SQL, in whatever encoding the database has.
        let text = moment.step.to_string().replace('\n', " ").replace('…', "...");
        let not_yet = place.not_yet_renamed(&moment.step).or_else(|| place.not_yet_dropped(&moment.step));
        guarded.extend(place.lower(&moment.step).into_iter().map(|mut lowered| {
            not_yet.iter().for_each(|not_yet| lowered.only_when(not_yet.clone()));
            let Lowered { when, statements, still, otherwise, transaction } = lowered;
            let rows_of = security::rows_of(&moment.step);
            Guarded { step, text: text.clone(), when, statements, still, otherwise, transaction, rows_of }
        }));
        if let Some(renamed) = renamed_again(moment, &met) {
            met = Cow::Owned(renamed);
        }
    }
    guarded
}

/// The schema that a second run has after a step which gives a name on that the version takes back later: it renames what is
/// there once more.
fn renamed_again(moment: &Moment, met: &Schema) -> Option<Schema> {
    let id = |schema: &Schema| match &moment.step {
        Step::RenameTable { from, .. } => Some(schema.table(from)?.id),
        Step::RenameColumn { table, from, .. } => Some(schema.table(table)?.column(from)?.id),
        Step::RenameConstraint { table, from, .. } => Some(schema.table(table)?.constraint(from)?.id),
        Step::RenameIndex { from, .. } => Some(schema.table_of_index(from)?.index(from)?.id),
        Step::RenameView { from, .. } => schema.view_id(from),
        Step::RenamePolicy { table, from, .. } => Some(schema.table(table)?.policy(from)?.id),
        _ => None,
    };
    id(met).filter(|there| id(&moment.before) == Some(*there))?;
    let (mut renamed, mut report) = (met.clone(), pkmig_schema::Report::default());
    moment.step.apply(&mut renamed, &mut report);
    report.is_empty().then_some(renamed)
}

impl Place<'_> {
    fn lower(&self, step: &Step) -> Vec<Lowered> {
        match step {
            Step::CreateTable { def, .. } => self.create_table(def),
            Step::DropTable { table, cascade, .. } => vec![self.drop_table(table, *cascade)],
            Step::RenameTable { from, to, if_exists } => vec![self.rename_table(from, to, *if_exists)],
            Step::AddColumn { table, column, constraints, .. } => self.add_column(table, column, constraints),
            Step::DropColumn { table, column, cascade, .. } => vec![self.drop_column(table, column, *cascade)],
            Step::RenameColumn { table, from, to, if_exists } => vec![self.rename_column(table, from, to, *if_exists)],
            Step::SetType { table, column, ty, using, .. } => vec![self.set_type(table, column, ty, using.as_ref())],
            Step::SetNotNull { table, column, if_exists: true } if self.is_declared_otherwise(table, column, true) => {
                Vec::new()
            }
            Step::DropNotNull { table, column, if_exists: true }
                if self.is_declared_otherwise(table, column, false) =>
            {
                Vec::new()
            }
            Step::SetNotNull { table, column, if_exists } => {
                vec![self.alter_column(table, column, ColumnAction::SetNotNull, *if_exists)]
            }
            Step::DropNotNull { table, column, if_exists } => vec![self.drop_not_null(table, column, *if_exists)],
            // PostgreSQL keeps a null that it has to cut to a length, and would show it as a default.
            Step::SetDefault { table, column, value: Value::Literal(Literal::Null(_)) } => {
                vec![self.alter_column(table, column, ColumnAction::DropDefault, false)]
            }
            Step::SetDefault { table, column, value } => {
                let action = ColumnAction::SetDefault(self.context.value(value));
                vec![self.alter_column(table, column, action, false)]
            }
            Step::DropDefault { table, column } => {
                vec![self.alter_column(table, column, ColumnAction::DropDefault, false)]
            }
            Step::AddConstraint { table, constraint, .. } => {
                self.add_constraint(table, constraint).into_iter().collect()
            }
            Step::ValidateConstraint { table, constraint } => vec![self.validate_constraint(table, constraint)],
            Step::DropConstraint { table, constraint, cascade, .. } => {
                vec![self.drop_constraint(table, constraint, *cascade)]
            }
            Step::RenameConstraint { table, from, to } => vec![self.rename_constraint(table, from, to)],
            Step::CreateIndex { table, index, concurrently, .. } => {
                self.create_index(table, index, *concurrently).into_iter().collect()
            }
            Step::DropIndex { index, .. } => vec![self.drop_index(index)],
            Step::RenameIndex { from, to, .. } => vec![self.rename_index(from, to)],
            Step::EnableRowLevelSecurity { table } => vec![self.row_security(table, RowSecurityAction::Enable)],
            Step::DisableRowLevelSecurity { table } => vec![self.row_security(table, RowSecurityAction::Disable)],
            Step::ForceRowLevelSecurity { table } => vec![self.row_security(table, RowSecurityAction::Force)],
            Step::NoForceRowLevelSecurity { table } => vec![self.row_security(table, RowSecurityAction::NoForce)],
            Step::CreatePolicy { table, policy, replace: false } => vec![self.create_policy(table, policy)],
            Step::CreatePolicy { table, policy, replace: true } => vec![self.replace_policy(table, policy)],
            Step::DropPolicy { table, policy, .. } => vec![self.drop_policy(table, policy)],
            Step::RenamePolicy { table, from, to } => vec![self.rename_policy(table, from, to)],
            Step::Grant(grant) => vec![self.grant(grant)],
            Step::Revoke(grant) => vec![self.revoke(grant)],
            Step::CreateEnum { def } => vec![self.create_enum(def)],
            Step::AddEnumValue { name, label, position } => vec![self.add_enum_value(name, label, position.as_ref())],
            Step::DropEnum { name } => vec![self.drop_enum(name)],
            Step::CreateDomain { def } => vec![self.create_domain(def)],
            Step::DropDomain { name } => vec![self.drop_domain(name)],
            Step::CreateSequence { def } => self.create_sequence(def),
            Step::DropSequence { name, .. } => vec![self.drop_sequence(name)],
            Step::CreateExtension { name } => vec![self.create_extension(name)],
            Step::CreateFunction { def, .. } => vec![self.create_function(def)],
            Step::DropFunction { name, args, .. } => vec![self.drop_function(name, args)],
            Step::CreateView { def, replace } => self.create_view(def, *replace),
            Step::DropView { view, materialized, cascade, .. } => vec![self.drop_view(view, *materialized, *cascade)],
            Step::RenameView { from, to, if_exists } => self.rename_view(from, to, *if_exists),
            Step::RefreshMaterializedView { view, concurrently } => vec![self.refresh_view(view, *concurrently)],
            Step::CreateTrigger { table, trigger } => self.create_trigger(table, trigger).into_iter().collect(),
            Step::DropTrigger { table, trigger, .. } => vec![self.drop_trigger(table, trigger)],
            Step::CommentOn { target, text } => vec![self.comment_on(*target, *text)],
            Step::Seed(seed) => vec![self.seed(seed)],
            Step::DeleteSeed(seed) => vec![self.delete_seed(seed)],
            Step::DeleteRows(rows) => vec![self.delete_rows(rows)],
            Step::Backfill(fill) => vec![self.backfill(fill)],
            Step::RenameValue(step) => vec![self.rename_value(step)],
            Step::Execute(execute) => vec![self.execute(execute)],
            Step::OnDown { .. } => Vec::new(),
        }
    }
}
