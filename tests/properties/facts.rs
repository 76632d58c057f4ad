//! The model's own data beside the catalog's columns. It knows nothing of how steps become SQL, so it finds what the
//! lowering does wrong in the same way everywhere.

use pkmig::schema::{
    Column, Constraint, ConstraintKind, GeneratorKind, Index, IndexKey, Known, Name, NullsOrder, Privileges, Returns,
    Schema, Table, Trigger, TriggerEvent, TriggerLevel, TriggerTiming, Type, View,
};
use sqlx::PgConnection;

use crate::support::{ask, run};
use crate::walk::UNCOMPARED;

/// What the catalog holds, a line for each object, sorted.
pub(crate) async fn of_catalog(connection: &mut PgConnection, prefix: &str) -> String {
    let literal = format!("'{}'", prefix.replace('\'', "''"));
    run(connection, "BEGIN; SET LOCAL search_path = pg_catalog, public").await;
    let lines = ask(connection, &include_str!("facts.sql").replace("{schema}", &literal)).await;
    run(connection, "COMMIT").await;
    sorted(lines.lines().map(str::to_owned).collect())
}

fn sorted(mut lines: Vec<String>) -> String {
    lines.sort();
    lines.join("\n")
}

/// What the model says that the catalog holds.
pub(crate) fn of_model(schema: &Schema, prefix: &str) -> String {
    let mut lines = Lines { lines: Vec::new(), prefix, schema };
    schema.tables().for_each(|table| lines.table(table));
    schema.views().for_each(|view| lines.view(view));
    for known in schema.enums() {
        lines.push("enum", &[known.name, &known.labels.join(",")]);
    }
    for known in schema.domains() {
        let mut checks: Vec<_> = known.checks.iter().map(|check| check.name).collect();
        checks.sort_unstable();
        let ty = if known.ty.known().is_some() { known.ty.formatted() } else { bare(&known.ty) };
        let facts = [known.not_null, known.default.is_some()].map(|fact| fact.to_string());
        lines.push("domain", &[known.name, &ty, &facts[0], &facts[1], &checks.join(",")]);
    }
    for known in schema.sequences() {
        let owner = known.owned_by.map_or(String::new(), |(table, column)| format!("{table}.{column}"));
        lines.push(
            "sequence",
            &[known.name, &known.ty.formatted(), &known.start.to_string(), &known.increment.to_string(), &owner],
        );
    }
    for function in schema.functions() {
        let args: Vec<_> = function.args.iter().map(|arg| format!("{} {}", arg.name, bare(&arg.ty))).collect();
        let result = match &function.returns {
            Returns::Type(ty) => bare(ty),
            Returns::SetOf(ty) => format!("set of {}", bare(ty)),
            Returns::Void => "void".to_owned(),
            Returns::Trigger => "trigger".to_owned(),
            Returns::Table(_) => "table".to_owned(),
        };
        let flags = format!("{} {} {}", function.volatility, function.strict, function.security_definer);
        let comment = schema.function_comment(function.name).unwrap_or_default();
        lines.push("function", &[function.name, &args.join(","), &result, function.language, &flags, &shown(comment)]);
        let none = Privileges::new();
        lines.privileges("function", function.name, schema.function_privileges(function.name).unwrap_or(&none));
    }
    lines.privileges("schema", "", schema.privileges());
    sorted(lines.lines)
}

/// A type without modifiers, as functions have them.
fn bare(ty: &Type) -> String {
    let array = if ty.array { "[]" } else { "" };
    let name = match ty.known() {
        Some(_) => Type { modifiers: Vec::new().into(), array: false, ..ty.clone() }.formatted().replace("(1)", ""),
        None => ty.name.to_owned(),
    };
    format!("{name}{array}")
}

/// A text in one line.
fn shown(text: &str) -> String {
    text.replace('\n', "\\n")
}

struct Lines<'a> {
    lines: Vec<String>,
    prefix: &'a str,
    schema: &'a Schema,
}

impl Lines<'_> {
    fn push(&mut self, kind: &str, facts: &[&str]) {
        self.lines.push(format!("{kind} | {}", facts.join(" | ")));
    }

    fn privileges(&mut self, kind: &str, of: &str, privileges: &Privileges) {
        for (privilege, role) in privileges {
            self.push("privilege", &[kind, of, privilege.word(), role]);
        }
    }

    fn table(&mut self, table: &Table) {
        let comment = table.comment.filter(|_| table.name != UNCOMPARED).unwrap_or_default();
        let security = table.row_security;
        let flags = format!("{} {} {}", table.unlogged, security.enabled, security.forced);
        self.push("table", &[table.name, &flags, &shown(comment)]);
        table.columns.iter().for_each(|known| self.column(table, &known.def));
        table.constraints.iter().for_each(|known| self.constraint(table, &known.def));
        table.indexes.iter().for_each(|known| self.index(table.name, &known.def));
        table.triggers.iter().for_each(|known| self.trigger(table.name, &known.def));
        for Known { def: policy, .. } in &table.policies {
            let roles = if policy.roles.is_empty() { vec!["public"] } else { policy.roles.to_vec() };
            let mode = if policy.restrictive { "restrictive" } else { "permissive" };
            let both = format!("{} {}", policy.using.is_some(), policy.with_check.is_some());
            self.push("policy", &[table.name, policy.name, policy.command.word(), mode, &list(&roles), &both]);
        }
        self.privileges("table", table.name, &table.privileges);
    }

    fn column(&mut self, table: &Table, column: &Column) {
        let ty = match column.ty.known() {
            Some(_) => column.ty.formatted(),
            None => bare(&column.ty),
        };
        let kind = column.generator.as_ref().map(|generator| generator.kind);
        let filled = match (kind, &column.generated, &column.default) {
            (Some(GeneratorKind::Always), ..) => "always",
            (Some(GeneratorKind::ByDefault), ..) => "by default",
            (_, Some(_), _) => "generated",
            (Some(GeneratorKind::Serial), ..) | (_, _, Some(_)) => "default",
            _ => "",
        };
        let sequence = column.generator.as_ref().map_or("", |generator| generator.sequence);
        let null = if column.not_null { "not null" } else { "null" };
        let comment = shown(column.comment.unwrap_or_default());
        // That is what a `name` has anyway (manual section 8.3).
        let is_default = |collation: &Name| column.ty.name == "name" && *collation == "C";
        let collation = column.collation.filter(|collation| !is_default(collation)).unwrap_or_default();
        self.push("column", &[table.name, column.name, &ty, null, filled, collation, &comment]);
        if !sequence.is_empty() {
            let owner = format!("{}.{}", table.name, column.name);
            self.push("sequence", &[sequence, &column.ty.formatted(), "1", "1", &owner]);
        }
    }

    fn constraint(&mut self, table: &Table, constraint: &Constraint) {
        let mut columns: Vec<Name> = Vec::new();
        let mut target = String::new();
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns: key } | ConstraintKind::Unique { columns: key } => {
                columns.extend(key.iter())
            }
            ConstraintKind::Check { .. } | ConstraintKind::Exclude(_) => {}
            ConstraintKind::ForeignKey { columns: own, table: other, references, on_delete, on_update } => {
                columns.extend(own.iter());
                target = format!("{} ({}) {} {}", other.name, references.join(","), on_delete.sql(), on_update.sql());
            }
        }
        let (kind, _) = constraint.kind.words();
        let comment = shown(constraint.comment.unwrap_or_default());
        let valid = if constraint.validated { "valid" } else { "not valid" };
        self.push("constraint", &[table.name, constraint.name, kind, &columns.join(","), &target, valid, &comment]);
    }

    fn index(&mut self, of: Name, index: &Index) {
        let keys: Vec<String> = index
            .columns
            .iter()
            .map(|column| {
                let key = match &column.key {
                    IndexKey::Column(name) => name,
                    IndexKey::Expression(_) => "(expression)",
                };
                let first = column.nulls.map_or(column.descending, |nulls| nulls == NullsOrder::First);
                let order = format!(
                    "{}{}",
                    if column.descending { " desc" } else { "" },
                    if first { " nulls first" } else { "" }
                );
                format!("{key}{order}")
            })
            .collect();
        let name = match index.name.strip_prefix('@') {
            Some(rest) => pkmig::schema::name::clip(&format!("{}{rest}", self.prefix), 63).to_owned(),
            None => index.name.to_owned(),
        };
        let flags = format!("{} {} {}", index.unique, index.predicate.is_some(), index.nulls_not_distinct);
        let comment = shown(index.comment.unwrap_or_default());
        self.push("index", &[of, &name, index.method, &keys.join(","), &index.include.join(","), &flags, &comment]);
    }

    fn trigger(&mut self, of: Name, trigger: &Trigger) {
        let timing = match trigger.timing {
            TriggerTiming::Before => "before",
            TriggerTiming::After => "after",
            TriggerTiming::InsteadOf => "instead_of",
        };
        let has = |event: &str| trigger.events.iter().any(|known| known.word() == event);
        let events = ["insert", "delete", "update", "truncate"].into_iter().filter(|event| has(event));
        let level = if trigger.level == TriggerLevel::Row { "row" } else { "statement" };
        let mut columns = trigger
            .events
            .iter()
            .flat_map(|event| match event {
                TriggerEvent::Update(columns) => columns.to_vec(),
                _ => Vec::new(),
            })
            .collect::<Vec<_>>();
        columns.sort_unstable();
        let facts = [timing, &events.collect::<Vec<_>>().join(","), level, &columns.join(",")].join(" ");
        let comment = shown(trigger.comment.unwrap_or_default());
        let condition = if trigger.condition.is_some() { "when" } else { "" };
        self.push("trigger", &[of, trigger.name, &facts, condition, trigger.function, &comment]);
    }

    fn view(&mut self, view: &View) {
        let comment = shown(view.comment.unwrap_or_default());
        self.push(view.kind(), &[view.name, &view.columns.join(","), &comment]);
        view.indexes.iter().for_each(|index| self.index(view.name, index));
        view.triggers.iter().for_each(|trigger| self.trigger(view.name, trigger));
        let _ = self.schema;
    }
}

fn list(roles: &[Name]) -> String {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.join(",")
}
