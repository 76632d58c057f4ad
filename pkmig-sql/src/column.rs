//! Columns: definitions, and the steps on them.

use pkmig_schema::types::Family;
use pkmig_schema::{Column, Constraint, GeneratorKind, Literal, Name, Sql, Table, Type, Value};
use sea_query::{ColumnDef, ColumnType};

use super::guard::{Condition, Object};
use super::shape::{self, Expectation};
use super::table::{default_sequence, dropped};
use super::writer::Context;
use super::{Lowered, Place};
use crate::ddl::{AlterSequence, AlterTable, ColumnAction, CreateSequence, Ident, Statement, TableAction};

/// A column as sea-query takes it.
pub(super) fn definition(context: &Context, table: &str, column: &Column) -> ColumnDef {
    let mut ty = context.ty(&column.ty).to_string();
    if is_serial_by_word(table, column) {
        ty = pkmig_schema::types::SERIALS
            .iter()
            .find(|(_, plain)| *plain == column.ty.name)
            .map_or(ty, |(serial, _)| (*serial).to_owned());
    }
    if let Some(collation) = column.collation {
        ty.push_str(&format!(" COLLATE {}", super::ident(collation)));
    }
    let mut definition = ColumnDef::new_with_type(context.alias(column.name), ColumnType::custom(ty));
    if column.not_null {
        definition.not_null();
    }
    if let Some(value) = column.default.as_ref().filter(|value| value.is_kept_by(&column.ty)) {
        definition.default(context.value(value).custom());
    }
    if let Some(expression) = &column.generated {
        definition.generated(context.sql(expression).custom(), true);
    }
    match &column.generator {
        Some(generator) if generator.kind == GeneratorKind::Serial && !is_serial_by_word(table, column) => {
            let next = pkmig_schema::down::inverse::next_value(generator.sequence);
            definition.default(context.value(&next).custom());
        }
        Some(generator) if generator.kind != GeneratorKind::Serial => {
            let when = if generator.kind == GeneratorKind::Always { "ALWAYS" } else { "BY DEFAULT" };
            let name = context.qualified(generator.sequence);
            definition.extra(format!("GENERATED {when} AS IDENTITY (SEQUENCE NAME {name})"));
        }
        _ => {}
    }
    definition
}

/// Whether `bigserial` or one of its brothers says all of it: the sequence's name, and that the column refuses nulls.
fn is_serial_by_word(table: &str, column: &Column) -> bool {
    let serial = column.generator.as_ref().filter(|generator| generator.kind == GeneratorKind::Serial);
    serial.is_some() && column.not_null && default_sequence(table, column)
}

/// The sequences of serial columns that PostgreSQL would name or declare otherwise: a down brings them back as they were.
pub(super) fn sequences(context: &Context, table: &Table) -> Vec<Statement> {
    table.columns.iter().filter_map(|known| sequence(context, table.name, &known.def)).collect()
}

fn sequence(context: &Context, table: &str, column: &Column) -> Option<Statement> {
    let generator = column.generator.as_ref()?;
    let needed = generator.kind == GeneratorKind::Serial && !is_serial_by_word(table, column);
    let create = CreateSequence {
        name: context.qualified(generator.sequence),
        if_not_exists: true,
        ty: context.ty(&column.ty),
        increment: 1,
        start: 1,
        owned_by: None,
    };
    needed.then(|| create.into())
}

/// Ties such a sequence to its column.
fn owned(context: &Context, table: &str, column: &Column) -> Option<Statement> {
    sequence(context, table, column)?;
    let sequence = context.qualified(column.generator.as_ref()?.sequence);
    Some(AlterSequence::OwnedBy(sequence, context.column(table, column.name)).into())
}

/// Ties the sequences of a new table to their columns.
pub(super) fn owned_sequences(context: &Context, table: &Table) -> Vec<Statement> {
    table.columns.iter().filter_map(|known| owned(context, table.name, &known.def)).collect()
}

/// Whether PostgreSQL keeps the text as a value of the type, written its way.
fn is_read(value: &Value, ty: &Type) -> bool {
    matches!(value, Value::Literal(Literal::Text(_))) && ty.family() != Family::Text
}

fn column_object(table: &str, column: &str) -> Object {
    Object::Column(table.to_owned(), column.to_owned())
}

impl Place<'_> {
    pub(super) fn add_column(&self, table: Name, column: &Column, constraints: &[Constraint]) -> Vec<Lowered> {
        // The model has filled in the names that the step leaves to PostgreSQL.
        let known = self.after.table(table).and_then(|known| known.column(column.name));
        let column = known.map_or(column, |known| &known.def);
        let add = TableAction::AddColumn(Box::new(definition(self.context, table, column)));
        let mut statements: Vec<_> = sequence(self.context, table, column).into_iter().collect();
        statements.push(self.alter_table(table, add));
        statements.extend(owned(self.context, table, column));
        if let Some(text) = column.comment {
            statements.push(self.column_comment(table, column.name, Some(text)));
        }
        let end = known.and_then(|known| self.column_at_end(table, known.id));
        let mut missing = vec![Condition::Missing(column_object(table, column.name))];
        if let Some(sql) = column.generated.as_ref().filter(|_| end.is_none()) {
            let source = |name: Name| sql.idents().any(|ident| ident == name);
            missing.extend(self.not_yet_dropped_columns(table, false, source));
        }
        if end.is_none() {
            missing.extend(self.not_yet_called_otherwise(table));
            missing.extend(self.given_on(column.generator.iter().map(|generator| generator.sequence)));
            missing.extend(self.types_are_left(std::iter::once(&column.ty)));
        }
        let mut expectations = Vec::new();
        if let Some((end_table, end)) = end {
            missing.extend(self.name_not_taken(table, column.name, end_table, end));
            if !self.changes_later(table, known.map(|known| known.id), end_table, end) {
                expectations.push(self.column_expectation(end_table, end));
            }
        }
        let mut lowered = vec![Lowered::when(Condition::All(missing), statements).otherwise(expectations)];
        lowered.extend(constraints.iter().filter_map(|constraint| self.add_constraint(table, constraint)));
        lowered
    }

    /// The column that the version ends with, and the name of its table then.
    fn column_at_end(&self, table: Name, id: u32) -> Option<(Name, &Column)> {
        let table = self.end.table(self.name_at_end(table)?)?;
        Some((table.name, &table.columns.iter().find(|column| column.id == id)?.def))
    }

    /// Whether a later step of the version changes a column that history has already: what the version leaves of it
    /// cannot be expected yet.
    pub(super) fn changes_later(&self, table: &str, id: Option<u32>, end_table: &str, end: &Column) -> bool {
        let had = self.before.table(table).and_then(|known| known.columns.iter().find(|column| Some(column.id) == id));
        had.is_some_and(|had| {
            (table, had.def.name) != (end_table, end.name) || shape::column(&had.def) != shape::column(end)
        })
    }

    /// That the table has the column as it is declared.
    fn column_expectation(&self, table: Name, column: &Column) -> Expectation {
        let shape = (self.context.name(column.name), shape::column(column));
        Expectation::Columns(table.to_owned(), vec![shape])
    }

    /// What must hold for a new column not to be there yet under the name that the version ends with.
    fn name_not_taken(&self, table: Name, name: Name, end_table: Name, end: &Column) -> Option<Condition> {
        if end.name == name && end_table == table {
            return None;
        }
        // The table's last name may be another one's still, or an index's, which gives it up later in the version.
        if end_table != table && self.before.has_relation(end_table) {
            return Some(Condition::Exists(Object::Table(table.to_owned())));
        }
        let Some(holder) = self.before.table(table).and_then(|before| before.column(end.name)) else {
            return Some(Condition::Missing(column_object(end_table, end.name)));
        };
        // Another column has it still, and gives it up later in the version.
        let renamed = self.end.table(end_table)?.columns.iter().find(|column| column.id == holder.id);
        Some(match renamed {
            Some(renamed) => Condition::Missing(column_object(end_table, renamed.def.name)),
            None => {
                let was = holder.def.ty.formatted();
                Condition::HasType(table.to_owned(), end.name.to_owned(), was)
            }
        })
    }

    pub(super) fn drop_column(&self, table: Name, column: Name, cascade: bool) -> Lowered {
        let taker = self.column_taker(table, column);
        let drop = TableAction::DropColumn { column: self.context.ident(column), cascade };
        let statements = self.moving_foreign_keys(table, self.alter_table(table, drop));
        Lowered::when(dropped(column_object(table, column), taker), statements)
    }

    /// The column that has this name at the end of the version, under the name that it has so far.
    fn column_taker(&self, table: Name, column: Name) -> Option<Object> {
        let id = self.end.table(self.name_at_end(table)?)?.column(column)?.id;
        let columns = &self.before.table(table)?.columns;
        columns.iter().find(|column| column.id == id).map(|taker| column_object(table, taker.def.name))
    }

    pub(super) fn rename_column(&self, table: Name, from: Name, to: Name, if_exists: bool) -> Lowered {
        let rename = TableAction::RenameColumn { from: self.context.ident(from), to: self.context.ident(to) };
        let exists = Condition::Exists(column_object(table, from));
        let end = self.name_at_end(table).and_then(|name| self.end.table(name));
        let id = self.before.table(table).and_then(|known| known.column(from)).map(|column| column.id);
        // Where another column has taken the old name since, only the new one tells whether this was done.
        let taken = end.and_then(|end| end.column(from)).is_some_and(|column| Some(column.id) != id);
        let last = id.and_then(|id| self.column_at_end(table, id)).map_or(to, |(_, column)| column.name);
        let is_new = self.before.table(table).is_none_or(|known| known.column(last).is_none());
        let last = if is_new { last } else { to };
        let when = match taken {
            true => Condition::All(vec![exists, Condition::Missing(column_object(table, last))]),
            false => exists,
        };
        let otherwise = match id.and_then(|id| self.column_at_end(table, id)) {
            Some((table, column)) if !if_exists => vec![self.column_expectation(table, column)],
            _ => Vec::new(),
        };
        Lowered::when(when, vec![self.alter_table(table, rename)]).otherwise(otherwise)
    }

    pub(super) fn set_type(&self, table: Name, column: Name, ty: &Type, using: Option<&Sql>) -> Lowered {
        let known = self.before.table(table).and_then(|known| known.column(column));
        let now = self.after.table(table).and_then(|known| known.column(column));
        let retype = ColumnAction::Type {
            ty: self.context.ty(ty),
            collation: now.and_then(|now| now.def.collation).map(Ident::new),
            using: using.map(|using| self.context.sql(using)),
        };
        let was = known.map_or_else(String::new, |known| known.def.ty.formatted());
        let when = Condition::HasType(table.to_owned(), column.to_owned(), was);
        // A default of the old type may not cast, or be written in that type's own form: it goes first and comes back in the
        // new type.
        let default = known.and_then(|known| known.def.default.as_ref());
        let differs = |value: &Value, was: &Type| is_read(value, was) || value.is_kept_by(was) != value.is_kept_by(ty);
        let default =
            default.filter(|value| using.is_some() || known.is_some_and(|known| differs(value, &known.def.ty)));
        let alter = |action| self.alter_table(table, TableAction::AlterColumn(self.context.ident(column), action));
        let mut statements = Vec::new();
        statements.extend(default.map(|_| alter(ColumnAction::DropDefault)));
        statements.push(alter(retype));
        statements.extend(default.map(|value| alter(ColumnAction::SetDefault(self.context.value(value)))));
        // An identity column takes its sequence along by itself; that of a serial one would keep its old limit.
        let generator = known.and_then(|known| known.def.generator.as_ref());
        if let Some(generator) = generator.filter(|generator| generator.kind == GeneratorKind::Serial)
            && matches!(ty.family(), Family::Integer(_))
        {
            let sequence = self.context.qualified(generator.sequence);
            statements.push(AlterSequence::As(sequence, self.context.ty(ty)).into());
        }
        let end = known.and_then(|known| self.column_at_end(table, known.id));
        let otherwise = end.map(|(table, column)| self.column_expectation(table, column));
        Lowered::when(when, statements).otherwise(otherwise.into_iter().collect())
    }

    /// `ALTER COLUMN c action`, for actions that change nothing the second time.
    pub(super) fn alter_column(&self, table: Name, column: Name, action: ColumnAction, if_exists: bool) -> Lowered {
        let statement = self.alter_table(table, TableAction::AlterColumn(self.context.ident(column), action));
        let gone = !self.column_stays(table, column);
        match if_exists || gone {
            true => {
                Lowered::when(dropped(column_object(table, column), self.column_taker(table, column)), vec![statement])
            }
            false => Lowered::always(vec![statement]),
        }
    }

    pub(super) fn drop_not_null(&self, table: Name, column: Name, if_exists: bool) -> Lowered {
        let mut lowered = self.alter_column(table, column, ColumnAction::DropNotNull, if_exists);
        let id = self.before.table(table).and_then(|known| known.column(column)).map(|known| known.id);
        let end = id.and_then(|id| self.column_at_end(table, id));
        // A primary key that comes later in the version lets no null in.
        let key = end.and_then(|(table, column)| {
            let key = self.end.table(table)?.primary_key()?;
            let missing = Condition::Missing(Object::Constraint(table.to_owned(), key.def.name.to_owned()));
            key.def.kind.uses(column.name).then_some(missing)
        });
        key.into_iter().for_each(|missing| lowered.only_when(missing));
        lowered
    }

    /// Whether the step speaks of a column that only early installs had, and the version ends with a column of this name
    /// that is declared otherwise: the two cannot be told apart, so the declared one stands.
    pub(super) fn is_declared_otherwise(&self, table: Name, column: Name, not_null: bool) -> bool {
        let had = self.before.table(table).is_some_and(|known| known.column(column).is_some());
        let end = self.end.table(self.name_at_end(table).unwrap_or(table));
        !had && end.and_then(|end| end.column(column)).is_some_and(|end| end.def.not_null != not_null)
    }

    /// Whether the version ends with the column that this step speaks of under this very name.
    pub(super) fn column_stays(&self, table: &str, column: &str) -> bool {
        let id = |schema: &pkmig_schema::Schema| schema.table(table)?.column(column).map(|column| column.id);
        id(self.end).is_some() && id(self.end) == id(self.before).or_else(|| id(self.after))
    }

    /// What must hold for something to be made on a table's columns that the version drops later: the second time, they
    /// are gone, and it with them.
    /// What the version itself takes away again has lost the names and types, too, that it goes on to change.
    pub(super) fn not_yet_dropped_columns(
        &self,
        table: Name,
        stays: bool,
        uses: impl Fn(Name) -> bool,
    ) -> Vec<Condition> {
        let columns = self.after.table(table).into_iter().flat_map(|known| &known.columns);
        let used = columns.filter(|known| uses(known.def.name));
        used.filter_map(|known| {
            let Column { name, ty, .. } = &known.def;
            match self.column_at_end(table, known.id) {
                Some(_) if stays => None,
                Some((_, end)) if end.name == *name && end.ty.formatted() == ty.formatted() => None,
                Some((_, end)) if end.name == *name => {
                    Some(Condition::HasType(table.to_owned(), (*name).to_owned(), ty.formatted()))
                }
                _ => Some(Condition::Exists(column_object(table, name))),
            }
        })
        .collect()
    }

    pub(super) fn alter_table(&self, table: Name, action: TableAction) -> Statement {
        AlterTable { table: self.context.qualified(table), action }.into()
    }
}
