//! Steps back to tokens: the static data that `migration!` expands to.
//!
//! Every type of the step data is listed here once, with all its fields: one that is forgotten does not compile.

use std::borrow::Cow;

use pkmig_schema::step::{
    Backfill, Condition, ConflictAction, DeleteRows, Execute, LabelPosition, Lookup, OnConflict, OnFresh, RenameValue,
    Seed, Source, Tail, Taken,
};
use pkmig_schema::{
    Column, Constraint, ConstraintKind, Domain, DomainCheck, Down, Enum, Exclusion, ExclusionElement, Function,
    FunctionArg, Generator, GeneratorKind, Grant, Index, IndexColumn, IndexKey, Literal, Migration, NullsOrder,
    ObjectKind, ObjectRef, Piece, Policy, PolicyCommand, Privilege, ReferentialAction, Requirement, Returns,
    RowSecurity, Sequence, Sql, Step, TableDef, TableRef, Trigger, TriggerEvent, TriggerLevel, TriggerTiming, Type,
    Value, Version, View,
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// A value as the Rust expression that makes it. The names of the types, and `Cow::Borrowed`, are in scope there.
pub(crate) trait Expand {
    fn expand(&self) -> TokenStream;
}

macro_rules! plain {
    ($($ty:ty),*) => { $(impl Expand for $ty { fn expand(&self) -> TokenStream { self.to_token_stream() } })* };
}
plain!(&'static str, bool, u8, u32, i64);

impl<T: Expand> Expand for Option<T> {
    fn expand(&self) -> TokenStream {
        match self {
            Some(value) => {
                let value = value.expand();
                quote!(Some(#value))
            }
            None => quote!(None),
        }
    }
}

impl Expand for &'static Step {
    fn expand(&self) -> TokenStream {
        let step = Step::expand(self);
        quote!(&#step)
    }
}

impl<T: Expand> Expand for &'static [T] {
    fn expand(&self) -> TokenStream {
        let items = self.iter().map(Expand::expand);
        quote!(&[#(#items),*])
    }
}

impl<T: Expand + Clone> Expand for Cow<'static, [T]> {
    fn expand(&self) -> TokenStream {
        let items = self.iter().map(Expand::expand);
        quote!(Borrowed(&[#(#items),*]))
    }
}

impl<A: Expand, B: Expand> Expand for (A, B) {
    fn expand(&self) -> TokenStream {
        let (a, b) = (self.0.expand(), self.1.expand());
        quote!((#a, #b))
    }
}

macro_rules! expand_struct {
    ($($name:ident { $($field:ident),* })*) => { $(
        impl Expand for $name {
            fn expand(&self) -> TokenStream {
                let Self { $($field),* } = self;
                $(let $field = $field.expand();)*
                quote!($name { $($field: #$field),* })
            }
        }
    )* };
}

macro_rules! expand_enum {
    ($($name:ident { $($variant:ident $(($($item:ident),*))? $({ $($field:ident),* })?),* })*) => { $(
        impl Expand for $name {
            fn expand(&self) -> TokenStream {
                match self { $(
                    Self::$variant $(($($item),*))? $({ $($field),* })? => {
                        $($(let $item = $item.expand();)*)?
                        $($(let $field = $field.expand();)*)?
                        quote!($name::$variant $(($(#$item),*))? $({ $($field: #$field),* })?)
                    }
                )* }
            }
        }
    )* };
}

impl Expand for Version {
    fn expand(&self) -> TokenStream {
        let number = self.0;
        quote!(Version(#number))
    }
}

expand_struct! {
    Migration { version, title, steps, down }
    TableDef { name, unlogged, columns, constraints, indexes, row_security, policies, triggers, comment }
    RowSecurity { enabled, forced }
    Grant { privileges, on, args, roles }
    ObjectRef { kind, of, name }
    Policy { name, restrictive, command, roles, using, with_check }
    Column { name, ty, not_null, default, generated, generator, collation, comment }
    Type { name, modifiers, array }
    Generator { kind, sequence }
    Constraint { name, kind, validated, comment }
    Exclusion { method, elements, predicate }
    ExclusionElement { column, operator }
    TableRef { schema, name }
    Index { name, unique, method, columns, include, predicate, nulls_not_distinct, comment }
    IndexColumn { key, opclass, descending, nulls }
    Trigger { name, timing, events, level, condition, function, arguments, comment }
    View { name, materialized, with_data, columns, query, indexes, triggers, comment }
    Enum { name, labels }
    Domain { name, ty, not_null, default, checks }
    DomainCheck { name, expression }
    Sequence { name, ty, start, increment, owned_by }
    Function { name, args, returns, language, volatility, strict, security_definer, settings, body }
    FunctionArg { name, ty, default }
    Sql { pieces }
    Seed { table, columns, on_conflict, rows, kept }
    OnConflict { columns, action }
    DeleteRows { table, predicate, on_fresh, tail }
    Backfill { table, column, source, predicate, batch, on_fresh }
    Lookup { table, column, key, by }
    RenameValue { table, column, values, taken }
    Execute { sql, condition, on_fresh, tail }
}

expand_enum! {
    Down { Derived, Written(steps), Irreversible(why) }
    Step {
        CreateTable { def, if_not_exists },
        DropTable { table, if_exists, cascade },
        RenameTable { from, to, if_exists },
        AddColumn { table, column, constraints, if_not_exists },
        DropColumn { table, column, if_exists, cascade },
        RenameColumn { table, from, to, if_exists },
        SetType { table, column, ty, collation, using, down_using },
        SetNotNull { table, column, if_exists },
        DropNotNull { table, column, if_exists },
        SetDefault { table, column, value },
        DropDefault { table, column },
        AddConstraint { table, constraint, if_not_exists },
        ValidateConstraint { table, constraint },
        DropConstraint { table, constraint, if_exists, cascade },
        RenameConstraint { table, from, to },
        CreateIndex { table, index, concurrently, if_not_exists },
        DropIndex { index, if_exists },
        RenameIndex { from, to, if_exists },
        RenameView { from, to, if_exists },
        EnableRowLevelSecurity { table },
        DisableRowLevelSecurity { table },
        ForceRowLevelSecurity { table },
        NoForceRowLevelSecurity { table },
        CreatePolicy { table, policy, replace },
        DropPolicy { table, policy, if_exists },
        RenamePolicy { table, from, to },
        Grant(grant),
        Revoke(grant),
        CreateEnum { def },
        CreateDomain { def },
        DropDomain { name },
        AddEnumValue { name, label, position },
        DropEnum { name },
        CreateSequence { def },
        DropSequence { name, if_exists },
        CreateExtension { name },
        CreateFunction { def, replace },
        DropFunction { name, args, if_exists },
        CreateView { def, replace },
        DropView { view, materialized, if_exists, cascade },
        RefreshMaterializedView { view, concurrently },
        CreateTrigger { table, trigger },
        DropTrigger { table, trigger, if_exists },
        CommentOn { target, text },
        Seed(seed),
        DeleteSeed(seed),
        DeleteRows(rows),
        Backfill(fill),
        Execute(execute),
        RenameValue(values),
        OnDown { step }
    }
    Requirement { Role(name), Function { schema, name, args }, Table { schema, name, columns } }
    GeneratorKind { Serial, Always, ByDefault }
    ConstraintKind {
        PrimaryKey { columns },
        Unique { columns },
        Check { expression },
        ForeignKey { columns, table, references, on_delete, on_update },
        Exclude(exclusion)
    }
    Privilege { Select, Insert, Update, Delete, Truncate, References, Trigger, Execute, Usage, Create }
    PolicyCommand { All, Select, Insert, Update, Delete }
    ReferentialAction { NoAction, Restrict, Cascade, SetNull, SetDefault }
    IndexKey { Column(name), Expression(sql) }
    NullsOrder { First, Last }
    Literal { Null(text), Bool(text), Number(text), Text(text) }
    Value { Literal(literal), Sql(sql) }
    Piece {
        Text(text),
        Ident(name),
        Column { name, tables, open },
        Qualifier(name),
        Call(name),
        Object { name, depth },
        Outside { schema, name, function }
    }
    Returns { Type(ty), Void, Trigger, SetOf(ty), Table(columns) }
    TriggerTiming { Before, After, InsteadOf }
    TriggerLevel { Row, Statement }
    TriggerEvent { Insert, Update(columns), Delete, Truncate }
    LabelPosition { Before(label), After(label) }
    ObjectKind {
        Extension, Enum, Domain, Function, Table, PartitionedTable, ForeignTable, View, MaterializedView, Column, Constraint, Index,
        Trigger, Policy, Sequence, Schema
    }
    ConflictAction { DoNothing, DoUpdate(columns), UnlessExists }
    Condition { Idempotent, Unless(query), When(query), WhenColumn(table, column) }
    Source { Expression { value, from }, Lookup(lookup) }
    OnFresh { Run, Skip, Seeds(seeds) }
    Taken { Keep, Delete }
    Tail { Down(sql), LossyDown(sql), Noop(why), Irreversible(why) }
}
