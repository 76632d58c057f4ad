//! Each kind of step as a line; some need further ones for what their keyword cannot say.

use super::Writer;
use super::layout::Line;
use super::object::{create_sequence, grant};
use super::rows::rename_value;
use super::words::{column_of, literals, of_table, renaming, ty};
use crate::Step;
use crate::name::{literal, written};
use crate::step::{CommentTarget, LabelPosition};

impl Writer {
    /// The step, and what it brings along that only other steps can say.
    pub(super) fn step(self, step: &Step) -> Vec<Line> {
        let line = match step {
            Step::CreateTable { def, if_not_exists } => return self.create_table(def, *if_not_exists),
            Step::DropTable { table, if_exists, cascade } => {
                line("drop_table", written(table)).dropping(*if_exists, *cascade)
            }
            Step::RenameTable { from, to, if_exists } => {
                line("rename_table", renaming(written(from), to)).dropping(*if_exists, false)
            }

            Step::AddColumn { table, column, constraints, if_not_exists } => {
                return self.add_column(table, column, constraints, *if_not_exists);
            }
            Step::DropColumn { table, column, if_exists, cascade } => {
                line("drop_column", column_of(table, column)).dropping(*if_exists, *cascade)
            }
            Step::RenameColumn { table, from, to, if_exists } => {
                line("rename_column", renaming(column_of(table, from), to)).dropping(*if_exists, false)
            }
            Step::SetType { table, column, ty: to, using, down_using } => {
                line("set_type", format!("{}: {}", column_of(table, column), ty(to)))
                    .words(self.sql_in("using", using.as_ref()))
                    .words(self.sql_in("down_using", down_using.as_ref()))
            }
            Step::SetNotNull { table, column, if_exists } => {
                line("set_not_null", column_of(table, column)).dropping(*if_exists, false)
            }
            Step::DropNotNull { table, column, if_exists } => {
                line("drop_not_null", column_of(table, column)).dropping(*if_exists, false)
            }
            Step::SetDefault { table, column, value } => {
                line("set_default", format!("{} = {}", column_of(table, column), self.value(value)))
            }
            Step::DropDefault { table, column } => line("drop_default", column_of(table, column)),

            Step::AddConstraint { table, constraint, if_not_exists } => {
                let comment = self.comment_on_constraint(table, constraint);
                return with(self.add_constraint(table, constraint, *if_not_exists), comment);
            }
            Step::ValidateConstraint { table, constraint } => line("validate_constraint", of_table(table, constraint)),
            Step::DropConstraint { table, constraint, if_exists, cascade } => {
                line("drop_constraint", of_table(table, constraint)).dropping(*if_exists, *cascade)
            }
            Step::RenameConstraint { table, from, to } => {
                line("rename_constraint", renaming(of_table(table, from), to))
            }

            Step::CreateIndex { table, index, concurrently, if_not_exists } => {
                let comment = self.comment_if_any(CommentTarget::Index(index.name), index.comment);
                let line = self.create_index(table, index);
                return with(line.flag(*concurrently, "concurrently").flag(*if_not_exists, "if_not_exists"), comment);
            }
            Step::DropIndex { index, if_exists } => line("drop_index", written(index)).dropping(*if_exists, false),
            Step::RenameIndex { from, to, if_exists } => {
                line("rename_index", renaming(written(from), to)).dropping(*if_exists, false)
            }

            Step::EnableRowLevelSecurity { table } => line("enable_row_level_security", written(table)),
            Step::DisableRowLevelSecurity { table } => line("disable_row_level_security", written(table)),
            Step::ForceRowLevelSecurity { table } => line("force_row_level_security", written(table)),
            Step::NoForceRowLevelSecurity { table } => line("no_force_row_level_security", written(table)),
            Step::CreatePolicy { table, policy, replace } => {
                let keyword = if *replace { "replace_policy" } else { "create_policy" };
                line(keyword, on_table(policy.name, table)).words(self.policy(policy))
            }
            Step::DropPolicy { table, policy, if_exists } => {
                line("drop_policy", on_table(policy, table)).dropping(*if_exists, false)
            }
            Step::RenamePolicy { table, from, to } => line("rename_policy", renaming(of_table(table, from), to)),

            Step::Grant(it) => grant("grant", it, "to"),
            Step::Revoke(it) => grant("revoke", it, "from"),

            Step::CreateEnum { def } => {
                return vec![line("create_enum", written(def.name)).braces(literals(&def.labels))];
            }
            Step::AddEnumValue { name, label, position } => {
                let place = position.as_ref().map(|it| match it {
                    LabelPosition::Before(other) => format!("before {}", literal(other)),
                    LabelPosition::After(other) => format!("after {}", literal(other)),
                });
                line("add_enum_value", written(name)).word(literal(label)).words(place)
            }
            Step::DropEnum { name } => line("drop_enum", written(name)),

            Step::CreateSequence { def } => create_sequence(def),
            Step::DropSequence { name, if_exists } => line("drop_sequence", written(name)).dropping(*if_exists, false),

            Step::CreateExtension { name } => line("create_extension", written(name)),

            Step::CreateFunction { def, replace } => return vec![self.function(def, *replace)],
            Step::DropFunction { name, args, if_exists } => {
                let args: Vec<_> = args.iter().map(ty).collect();
                line("drop_function", format!("{}({})", written(name), args.join(", "))).dropping(*if_exists, false)
            }

            Step::CreateView { def, replace } => return self.create_view(def, *replace),
            Step::DropView { view, materialized, if_exists, cascade } => {
                let keyword = if *materialized { "drop_materialized_view" } else { "drop_view" };
                line(keyword, written(view)).dropping(*if_exists, *cascade)
            }
            Step::RefreshMaterializedView { view, concurrently } => {
                line("refresh_materialized_view", written(view)).flag(*concurrently, "concurrently")
            }

            Step::CreateTrigger { table, trigger } => {
                let comment = self.comment_if_any(CommentTarget::Trigger(table, trigger.name), trigger.comment);
                return with(self.create_trigger(table, trigger), comment);
            }
            Step::DropTrigger { table, trigger, if_exists } => {
                line("drop_trigger", on_table(trigger, table)).dropping(*if_exists, false)
            }

            Step::CommentOn { target, text } => self.comment_on(target, *text),

            Step::Seed(seed) => return vec![self.seed(seed)],
            Step::DeleteSeed(seed) => return vec![self.delete_seed(seed)],
            Step::DeleteRows(rows) => self.delete_rows(rows),
            Step::Backfill(fill) => self.backfill(fill),
            Step::RenameValue(values) => rename_value(values),
            Step::Execute(execute) => self.execute(execute),
            Step::OnDown { step } => self.on_down(step),
        };
        vec![line.end(";")]
    }
}

fn line(keyword: &str, object: String) -> Line {
    Line::new(keyword).word(object)
}

/// `n on t`
fn on_table(name: &str, table: &str) -> String {
    format!("{} on {}", written(name), written(table))
}

fn with(line: Line, more: Option<Line>) -> Vec<Line> {
    std::iter::once(line).chain(more).map(|line| line.end(";")).collect()
}
