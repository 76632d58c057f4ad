//! An uninstall as SQL: raw SQL first, which may fail where it can no longer know what is there.

use pkmig_schema::Step;
use pkmig_schema::replay::Moment;

use super::{Context, Guarded, Own, lower_down};
use crate::ddl::Expression;
use crate::plpgsql::{Level, Node, Raise};

/// The statements of an uninstall, in order.
///
/// A down's raw SQL was written for the schema of its version, and is run on the last one. What it names is there, but the
/// model does not know which columns and rows it works on. Where they are gone, or rows that it would bring back break a
/// constraint, it is rolled back by itself: what it would have undone goes all the same. Anything else stops the uninstall.
pub fn statements(moments: &[Moment], own: Own<'_>, context: &Context) -> Vec<Guarded> {
    let mut lowered = lower_down(moments, own.version, own.rows, context);
    for one in lowered.iter_mut().filter(|one| matches!(moments[one.step].step, Step::Execute(_))) {
        let body = one.statements.drain(..).map(Node::Sql).collect();
        // The query of a guard reads what may be gone, too.
        let body = match one.when.take() {
            Some(when) => vec![Node::when(when.render(context), body)],
            None => body,
        };
        let not_run = format!("not run, because its objects have changed: {}", one.text);
        let warning = Raise {
            level: Level::Warning,
            message: vec![not_run.into()],
            using: vec![("DETAIL", Expression::new("SQLERRM"))],
        };
        one.statements = vec![Node::Try { body, when: CHANGED, then: vec![warning.into()] }.into()];
    }
    lowered
}

/// What shows that raw SQL no longer fits the schema (manual appendix A); the last one is a class.
const CHANGED: &[&str] = &[
    "undefined_table",
    "undefined_column",
    "undefined_function",
    "undefined_object",
    "integrity_constraint_violation",
];
