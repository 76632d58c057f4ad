//! Each kind of step as a line; some need further ones for what their keyword cannot say.

use super::Writer;
use super::layout::Line;
use crate::step::LabelPosition;
use crate::{ObjectKind, ObjectRef, Step};

impl Writer {
    /// The step, and what it brings along that only other steps can say.
    pub(super) fn step(self, step: &Step) -> Vec<Line> {
        let line = match step {
            Step::CreateTable { def, if_not_exists } => return self.create_table(def, *if_not_exists),
            Step::DropTable { table, if_exists, cascade } => {
                line("drop_table", self.name(table)).dropping(*if_exists, *cascade)
            }
            Step::RenameTable { from, to, if_exists } => {
                line("rename_table", self.renaming(self.name(from), to)).dropping(*if_exists, false)
            }

            Step::AddColumn { table, column, constraints, if_not_exists } => {
                return self.add_column(table, column, constraints, *if_not_exists);
            }
            Step::DropColumn { table, column, if_exists, cascade } => {
                line("drop_column", self.column_of(table, column)).dropping(*if_exists, *cascade)
            }
            Step::RenameColumn { table, from, to, if_exists } => {
                line("rename_column", self.renaming(self.column_of(table, from), to)).dropping(*if_exists, false)
            }
            Step::SetType { table, column, ty: to, collation, using, down_using } => {
                line("set_type", format!("{}: {}", self.column_of(table, column), self.ty(to)))
                    .words(collation.map(|collation| format!("collate({})", self.text(collation))))
                    .words(self.sql_in("using", using.as_ref()))
                    .words(self.sql_in("down_using", down_using.as_ref()))
            }
            Step::SetNotNull { table, column, if_exists } => {
                line("set_not_null", self.column_of(table, column)).dropping(*if_exists, false)
            }
            Step::DropNotNull { table, column, if_exists } => {
                line("drop_not_null", self.column_of(table, column)).dropping(*if_exists, false)
            }
            Step::SetDefault { table, column, value } => {
                line("set_default", format!("{} = {}", self.column_of(table, column), self.value(value)))
            }
            Step::DropDefault { table, column } => line("drop_default", self.column_of(table, column)),

            Step::AddConstraint { table, constraint, if_not_exists } => {
                let comment = self.comment_on_constraint(table, constraint);
                return with(self.add_constraint(table, constraint, *if_not_exists), comment);
            }
            Step::ValidateConstraint { table, constraint } => {
                line("validate_constraint", self.of_table(table, constraint))
            }
            Step::DropConstraint { table, constraint, if_exists, cascade } => {
                line("drop_constraint", self.of_table(table, constraint)).dropping(*if_exists, *cascade)
            }
            Step::RenameConstraint { table, from, to } => {
                line("rename_constraint", self.renaming(self.of_table(table, from), to))
            }

            Step::CreateIndex { table, index, concurrently, if_not_exists } => {
                let comment = self.comment_if_any(ObjectRef::new(ObjectKind::Index, index.name), index.comment);
                let line = self.create_index(table, index);
                return with(line.flag(*concurrently, "concurrently").flag(*if_not_exists, "if_not_exists"), comment);
            }
            Step::DropIndex { index, if_exists } => line("drop_index", self.name(index)).dropping(*if_exists, false),
            Step::RenameIndex { from, to, if_exists } => {
                line("rename_index", self.renaming(self.name(from), to)).dropping(*if_exists, false)
            }

            Step::EnableRowLevelSecurity { table } => line("enable_row_level_security", self.name(table)),
            Step::DisableRowLevelSecurity { table } => line("disable_row_level_security", self.name(table)),
            Step::ForceRowLevelSecurity { table } => line("force_row_level_security", self.name(table)),
            Step::NoForceRowLevelSecurity { table } => line("no_force_row_level_security", self.name(table)),
            Step::CreatePolicy { table, policy, replace } => {
                let keyword = if *replace { "replace_policy" } else { "create_policy" };
                line(keyword, self.on_table(policy.name, table)).words(self.policy(policy))
            }
            Step::DropPolicy { table, policy, if_exists } => {
                line("drop_policy", self.on_table(policy, table)).dropping(*if_exists, false)
            }
            Step::RenamePolicy { table, from, to } => {
                line("rename_policy", self.renaming(self.of_table(table, from), to))
            }

            Step::Grant(it) => self.grant("grant", it, "to"),
            Step::Revoke(it) => self.grant("revoke", it, "from"),

            Step::CreateEnum { def } => {
                return vec![line("create_enum", self.name(def.name)).braces(self.literals(&def.labels))];
            }
            Step::AddEnumValue { name, label, position } => {
                let place = position.as_ref().map(|it| match it {
                    LabelPosition::Before(other) => format!("before {}", self.text(other)),
                    LabelPosition::After(other) => format!("after {}", self.text(other)),
                });
                line("add_enum_value", self.name(name)).word(self.text(label)).words(place)
            }
            Step::DropEnum { name } => line("drop_enum", self.name(name)),

            Step::CreateDomain { def } => self.create_domain(def),
            Step::DropDomain { name } => line("drop_domain", self.name(name)),

            Step::CreateSequence { def } => self.create_sequence(def),
            Step::DropSequence { name, if_exists } => {
                line("drop_sequence", self.name(name)).dropping(*if_exists, false)
            }

            Step::CreateExtension { name } => line("create_extension", self.name(name)),

            Step::CreateFunction { def, replace } => return vec![self.function(def, *replace)],
            Step::DropFunction { name, args, if_exists } => {
                let args: Vec<_> = args.iter().map(|it| self.ty(it)).collect();
                line("drop_function", format!("{}({})", self.name(name), args.join(", "))).dropping(*if_exists, false)
            }

            Step::CreateView { def, replace } => return self.create_view(def, *replace),
            Step::DropView { view, materialized, if_exists, cascade } => {
                let keyword = if *materialized { "drop_materialized_view" } else { "drop_view" };
                line(keyword, self.name(view)).dropping(*if_exists, *cascade)
            }
            Step::RenameView { from, to, if_exists } => {
                line("rename_view", self.renaming(self.name(from), to)).dropping(*if_exists, false)
            }
            Step::RefreshMaterializedView { view, concurrently } => {
                line("refresh_materialized_view", self.name(view)).flag(*concurrently, "concurrently")
            }

            Step::CreateTrigger { table, trigger } => {
                let comment =
                    self.comment_if_any(ObjectRef::part(ObjectKind::Trigger, table, trigger.name), trigger.comment);
                return with(self.create_trigger(table, trigger), comment);
            }
            Step::DropTrigger { table, trigger, if_exists } => {
                line("drop_trigger", self.on_table(trigger, table)).dropping(*if_exists, false)
            }

            Step::CommentOn { target, text } => self.comment_on(*target, *text),

            Step::Seed(seed) => return vec![self.seed(seed)],
            Step::DeleteSeed(seed) => return vec![self.delete_seed(seed)],
            Step::DeleteRows(rows) => self.delete_rows(rows),
            Step::Backfill(fill) => self.backfill(fill),
            Step::RenameValue(values) => self.rename_value(values),
            Step::Execute(execute) => self.execute(execute),
            Step::OnDown { step } => self.on_down(step),
        };
        vec![line.end(";")]
    }

    /// `n on t`
    fn on_table(self, name: &str, table: &str) -> String {
        format!("{} on {}", self.name(name), self.name(table))
    }
}

fn line(keyword: &str, object: String) -> Line {
    Line::new(keyword).word(object)
}

fn with(line: Line, more: Option<Line>) -> Vec<Line> {
    std::iter::once(line).chain(more).map(|line| line.end(";")).collect()
}
