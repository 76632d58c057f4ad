//! What a down would lose, asked of the database: in a version's own block, under the locks that its steps take, and
//! before a run. It is one question, so a plan, a run and a script of psql find the same.
//!
//! `DROP` takes what the table or column holds. `DELETE` takes the rows, and what foreign keys take along with them or
//! change (`ON DELETE CASCADE`, `SET NULL`, `SET DEFAULT`), in whatever schema that is.

use std::collections::BTreeSet;

use pkmig_schema::own::{OwnRows, OwnSeed};
use pkmig_schema::replay::Moment;
use pkmig_schema::{Name, Schema, Sql, Step, Table, Type, Value, Version};

use super::guard::{Condition, Object};
use super::own::{Rows, Which, is_own};
use super::script::Transaction;
use super::shape::bare_type;
use super::template::Template;
use super::writer::Context;
use super::{Guarded, lost};
use crate::ddl::{Expression, LockMode, LockTable, Statement};
use crate::plpgsql::{Block, Node};

/// The SQLSTATE of a down that would lose what nobody has allowed to lose.
pub const LOSS: &str = "PKM08";
/// The setting that allows it.
pub const ALLOWED: &str = "pkmig.allow_data_loss";

/// What goes with a table, a column or rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The table.
    pub table: String,
    /// The column, if a column goes.
    pub column: Option<String>,
    /// What goes.
    kind: Kind,
    /// Which rows hold something that may not go without leave, as a condition.
    guarded: Expression,
    /// Which rows are counted then.
    counted: Expression,
    /// Other tables that the conditions read.
    read: Vec<String>,
    /// The columns of the table that the conditions read.
    columns: Vec<Asked>,
    /// Of a seed.
    seed: Option<AskedSeed>,
    /// Before a plan is run: tables whose rows go anyway, with a condition over `t` that says which; all, without one.
    pub going: Vec<(String, Option<Expression>)>,
}

/// A column that a condition reads: run a second time, a down has taken it away already, or given its name to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    name: Name,
    ty: Type,
    /// Whether nothing can go without it; else no row can be told for the chain's own.
    needed: bool,
}

/// The columns that tell the rows of seeds.
fn told_by(table: &Table, seeds: &[OwnSeed], needed: bool) -> Vec<Asked> {
    let names: BTreeSet<Name> =
        seeds.iter().flat_map(|own| own.seed.on_conflict.columns.iter().chain(&own.compared)).copied().collect();
    let known = names.into_iter().filter_map(|name| table.column(name));
    known.map(|known| Asked { name: known.def.name, ty: known.def.ty.clone(), needed }).collect()
}

/// A seed that a down deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AskedSeed {
    version: Version,
    /// Which rows have its keys.
    any: Expression,
    /// The keys of a row.
    key: Expression,
}

/// What a step takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Column,
    Rows,
    /// Rows that go without leave; what they take along does not.
    Seed,
}

/// What is known of a chain's own rows where a down begins.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    /// The rows.
    pub rows: &'a OwnRows,
    /// The last version that has been applied.
    pub version: Version,
}

impl Ask {
    /// What a step of a down takes away, in the names of `named`: of the schema before the step, or before the plan.
    /// Rows that a step deletes by a condition are told by [`Ask::rows`] where their names may be others.
    pub fn of(moment: &Moment, named: &Schema, own: Own<'_>, context: &Context) -> Option<Self> {
        let before = |table| moment.before.table(table);
        let table_of = |name| named.table_by_id(before(name)?.id);
        match &moment.step {
            Step::DropTable { table, .. } => Some(Self::table(table_of(table)?, own, context)),
            Step::DropColumn { table, column, .. } => {
                let id = before(table)?.column(column)?.id;
                Self::column(table_of(table)?, id, own, context)
            }
            Step::DeleteSeed(seed) => {
                let was = before(seed.table)?;
                let seed = own.rows.of_seed(seed, moment.before.version, was)?;
                let table = table_of(was.name)?;
                let seed = own.rows.in_table(table, own.version).find(|it| it.place == seed.place)?;
                Some(Self::seed(table, &seed, context))
            }
            _ => None,
        }
    }

    /// The rows that a step of a down deletes by a condition, in the names that they have when it runs.
    fn deleted(moment: &Moment, context: &Context) -> Option<Self> {
        match &moment.step {
            Step::DeleteRows(rows) => {
                let read = rows.predicate.objects().map(str::to_owned).collect();
                Some(Self { read, ..Self::rows(rows.table, context.sql(&rows.predicate)) })
            }
            Step::RenameValue(step) => {
                Some(Self::rows(step.table, lost(context, step, moment.before.table(step.table)?)?))
            }
            _ => None,
        }
    }

    /// The rows of a table for which a condition holds.
    pub fn rows(table: &str, condition: Expression) -> Self {
        Self::new(Kind::Rows, table, condition.clone(), condition)
    }

    fn new(kind: Kind, table: &str, guarded: Expression, counted: Expression) -> Self {
        let (table, column, read, seed, going) = (table.to_owned(), None, Vec::new(), None, Vec::new());
        Self { table, column, kind, guarded, counted, read, columns: Vec::new(), seed, going }
    }

    fn table(table: &Table, own: Own<'_>, context: &Context) -> Self {
        let seeds: Vec<_> = own.rows.in_table(table, own.version).collect();
        let guarded = match is_own(context, table, &seeds, Which::Unchanged) {
            Some(own) => Expression::new(format!("NOT ({own})")),
            None => Expression::new("true"),
        };
        let columns = told_by(table, &seeds, false);
        let counted = Expression::new("true");
        Self { read: read_by(&seeds), columns, ..Self::new(Kind::Table, table.name, guarded, counted) }
    }

    /// A column that PostgreSQL computes holds nothing of its own.
    fn column(table: &Table, id: u32, own: Own<'_>, context: &Context) -> Option<Self> {
        let column = &table.columns.iter().find(|known| known.id == id)?.def;
        if column.generated.is_some() {
            return None;
        }
        let ident = format!("t.{}", context.ident(column.name));
        let mut known = column.generator.is_none();
        let mut counted = format!("{ident} IS NOT NULL");
        match column.default.as_ref().filter(|_| known) {
            Some(default @ Value::Literal(_)) => counted.push_str(&differs(&ident, default, &column.ty, context)),
            Some(default @ Value::Sql(sql)) if sql.calls_nothing() => {
                counted.push_str(&differs(&ident, default, &column.ty, context));
            }
            Some(Value::Sql(_)) => known = false,
            None => {}
        }
        // What the chain itself has put there is nobody's.
        let ours = !known || own.rows.writes(table, id);
        let seeds: Vec<_> = own
            .rows
            .in_table(table, own.version)
            .filter(|own| ours || own.seed.columns.contains(&column.name))
            .collect();
        let guarded = match is_own(context, table, &seeds, Which::Unchanged) {
            Some(own) => Expression::new(format!("{counted} AND NOT ({own})")),
            None => Expression::new(&*counted),
        };
        let counted = Expression::new(counted);
        let (read, name) = (read_by(&seeds), Some(column.name.to_owned()));
        let mut columns = told_by(table, &seeds, false);
        columns.push(Asked { name: column.name, ty: column.ty.clone(), needed: true });
        Some(Self { column: name, read, columns, ..Self::new(Kind::Column, table.name, guarded, counted) })
    }

    fn seed(table: &Table, own: &OwnSeed, context: &Context) -> Self {
        let rows = Rows { context, seed: &own.seed, table };
        let unchanged = rows.found(own, Which::Unchanged);
        let keys = own.seed.on_conflict.columns.iter().map(|column| format!("t.{}", context.ident(column)));
        let key = Expression::new(format!("pg_catalog.concat_ws(', ', {})", keys.collect::<Vec<_>>().join(", ")));
        let seed = Some(AskedSeed { version: own.version, any: rows.found(own, Which::Any), key });
        let read = read_by(std::slice::from_ref(own));
        let columns = told_by(table, std::slice::from_ref(own), true);
        Self { read, columns, seed, ..Self::new(Kind::Seed, table.name, unchanged.clone(), unchanged) }
    }

    /// The table that is dropped as a whole.
    pub fn whole_table(&self) -> Option<&str> {
        (self.kind == Kind::Table).then_some(&*self.table)
    }

    /// Whether it takes along what foreign keys point at it with.
    pub fn follows(&self) -> bool {
        matches!(self.kind, Kind::Rows | Kind::Seed)
    }

    /// The statements that lock what goes and ask, for the block of `whose` down.
    fn statements(&self, context: &Context, whose: &str) -> Vec<Statement> {
        // Who writes a row that points at one of these holds ROW SHARE on the table (manual, section 13.3.1).
        let mode = match self.kind {
            Kind::Table | Kind::Column => LockMode::AccessExclusive,
            Kind::Rows | Kind::Seed => LockMode::Exclusive,
        };
        let lock = LockTable { table: context.qualified(&self.table), mode, nowait: false };
        vec![lock.into(), Node::call(Template::Loss, self.arguments(context, whose)).into()]
    }

    /// A block that asks the same before a run, and leaves what it finds in the setting `pkmig.found`, a line each.
    pub fn question(&self, context: &Context) -> String {
        block(Template::Told, self.arguments(context, ""))
    }

    /// A block that looks for the rows of a seed that stay, in the same way.
    pub fn staying(&self, context: &Context) -> Option<String> {
        let AskedSeed { version, any, key } = self.seed.as_ref()?;
        let arguments = vec![
            context.lookup(&self.table),
            quoted(any),
            quoted(&self.guarded),
            quoted(key),
            self.going(context),
            self.read(context),
            Expression::literal(&version.to_string()),
            self.columns(context),
        ];
        Some(block(Template::Stays, arguments))
    }

    fn read(&self, context: &Context) -> Expression {
        texts(self.read.iter().map(|table| context.lookup(table)))
    }

    fn columns(&self, context: &Context) -> Expression {
        texts(self.columns.iter().map(|column| {
            let needed = if column.needed { "needed" } else { "own" };
            let ty = Expression::literal(&bare_type(&column.ty));
            Expression::new(format!("[{}, {ty}, '{needed}']", context.named(column.name)))
        }))
    }

    fn going(&self, context: &Context) -> Expression {
        texts(self.going.iter().map(|(table, rows)| {
            let rows = rows.as_ref().map_or_else(Expression::null, quoted);
            Expression::new(format!("[{}, {rows}]", context.lookup(table)))
        }))
    }

    fn arguments(&self, context: &Context, whose: &str) -> Vec<Expression> {
        let table = context.qualified(&self.table).to_string();
        // The condition of a step may call the table by its name.
        let from = if self.kind == Kind::Rows { table.clone() } else { format!("{table} AS t") };
        let label = match (self.kind, &self.column) {
            (Kind::Seed, _) => Expression::null(),
            (Kind::Column, Some(column)) => Expression::literal(&format!("column `{}.{column}`", self.table)),
            (Kind::Rows, _) => Expression::literal(&format!("rows of table `{}`", self.table)),
            _ => Expression::literal(&format!("table `{}`", self.table)),
        };
        vec![
            Expression::literal(&table),
            Expression::literal(&from),
            quoted(&self.guarded),
            quoted(&self.counted),
            label,
            Expression::new(self.follows().to_string()),
            self.read(context),
            self.going(context),
            Expression::literal(whose),
            self.columns(context),
        ]
    }
}

/// The guarded statements of a down, with the questions before what they would lose.
pub(crate) fn asking(
    moments: &[Moment],
    guarded: Vec<Guarded>,
    whose: Version,
    own: Own<'_>,
    context: &Context,
) -> Vec<Guarded> {
    let whose = format!("the down of {whose}");
    let mut all = Vec::with_capacity(guarded.len());
    let mut asked = None;
    for one in guarded {
        let moment = moments.get(one.step).filter(|_| asked.replace(one.step) != Some(one.step));
        let ask = moment
            .and_then(|moment| Ask::of(moment, &moment.before, own, context).or_else(|| Ask::deleted(moment, context)));
        if let Some(ask) = ask {
            let table = Condition::Exists(Object::Table(ask.table.clone()));
            let when = Condition::All(one.when.iter().cloned().chain([table]).collect());
            all.push(Guarded {
                step: one.step,
                text: one.text.clone(),
                when: Some(when),
                statements: ask.statements(context, &whose),
                still: None,
                otherwise: Vec::new(),
                transaction: Transaction::Inside,
                rows_of: Vec::new(),
            });
        }
        all.push(one);
    }
    all
}

/// A block that does nothing but call a template.
fn block(template: Template, arguments: Vec<Expression>) -> String {
    Block::plain("pkmig", vec![Node::call(template, arguments)]).to_string()
}

/// An array of texts.
fn texts(elements: impl Iterator<Item = Expression>) -> Expression {
    Expression::new(format!("{}::pg_catalog.text[]", Expression::array(elements)))
}

/// A block that has row level security hide no row of these tables until the end of the transaction.
pub fn lifting(tables: &[String], context: &Context) -> String {
    block(Template::Lift, vec![texts(tables.iter().map(|table| context.lookup(table)))])
}

/// The rows that the down of a plan deletes by the seeds that have brought them, by table, as conditions over `t`.
pub fn going_seeds(schema: &Schema, to: Version, own: Own<'_>, context: &Context) -> Vec<(String, Option<Expression>)> {
    let tables = schema.tables().filter_map(|table| {
        let goes = |seed: &OwnSeed| seed.goes && seed.version > to && seed.version <= own.version;
        let seeds: Vec<_> = own.rows.in_table(table, own.version).filter(goes).collect();
        Some((table.name.to_owned(), Some(is_own(context, table, &seeds, Which::Unchanged)?)))
    });
    tables.collect()
}

/// That a column holds another value than its default, as PostgreSQL prints both.
fn differs(ident: &str, default: &Value, ty: &pkmig_schema::Type, context: &Context) -> String {
    format!(
        " AND {ident}::pg_catalog.text IS DISTINCT FROM ({})::{}::pg_catalog.text",
        context.value(default),
        context.ty(ty)
    )
}

/// The tables that the values of seeds are looked up in.
fn read_by(seeds: &[OwnSeed]) -> Vec<String> {
    let values = seeds.iter().flat_map(|own| own.seed.rows.iter()).flat_map(|row| row.iter());
    let texts = values.filter_map(|value| if let Value::Sql(sql) = value { Some(sql) } else { None });
    let mut read: Vec<_> = texts.flat_map(Sql::objects).map(str::to_owned).collect();
    read.sort_unstable();
    read.dedup();
    read
}

/// A condition as a text.
fn quoted(condition: &Expression) -> Expression {
    Expression::quoted(condition.as_str())
}
