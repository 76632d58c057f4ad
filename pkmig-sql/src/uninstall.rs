//! An uninstall as SQL: raw SQL first, which may fail where it can no longer know what is there.

use pkmig_schema::Step;
use pkmig_schema::replay::Moment;

use super::writer::{literal, raised};
use super::{Context, Guarded, Own, Statement, lower_down};

/// The statements of an uninstall, in order.
///
/// A down's raw SQL was written for the schema of its version, and is run on the last one. What it names is there, but the
/// model does not know which columns and rows it works on. Where they are gone, or rows that it would bring back break a
/// constraint, it is rolled back by itself: what it would have undone goes all the same. Anything else stops the uninstall.
pub fn statements(moments: &[Moment], own: Own<'_>, context: &Context) -> Vec<Guarded> {
    let mut lowered = lower_down(moments, own.version, own.rows, context);
    for one in lowered.iter_mut().filter(|one| matches!(moments[one.step].step, Step::Execute(_))) {
        let body =
            one.statements.iter().map(|statement| format!("    {};\n", statement.to_sql("    "))).collect::<String>();
        // The query of a guard reads what may be gone, too.
        let body = match one.when.take() {
            Some(when) => format!("    IF {} THEN\n{body}    END IF;\n", when.render(context)),
            None => body,
        };
        let not_run = literal(&format!("not run, because its objects have changed: {}", raised(&one.text)));
        // Conditions of PL/pgSQL (manual appendix A): the last one is a class.
        let block = format!(
            "BEGIN\n{body}  EXCEPTION WHEN undefined_table OR undefined_column OR undefined_function OR undefined_object \
             OR integrity_constraint_violation THEN\n    RAISE WARNING {not_run} USING DETAIL = SQLERRM;\n  END"
        );
        one.statements = vec![Statement::Written(block)];
    }
    lowered
}
