//! Expressions over the columns of a table. They have a type, which the checker does not look at: so they are made of
//! what PostgreSQL has for it, and go on meaning something when a column's type becomes a wider one.

use pkmig::schema::name::intern;
use pkmig::schema::types::Family;
use pkmig::schema::{Name, Piece, Returns, Sql, Table, Type};

use crate::choice::Choice;
use crate::types::sql;
use crate::world::World;

/// What stands for a column in an expression: in a query it is another piece than outside of one.
pub(crate) type Mention<'a> = &'a dyn Fn(Name) -> Vec<Piece>;

/// A column by its bare name.
pub(crate) fn bare(column: Name) -> Vec<Piece> {
    vec![Piece::Ident(column)]
}

/// `§` stands for the column.
fn about(text: Name, column: Name, mention: Mention<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (place, part) in text.split('§').enumerate() {
        if place > 0 {
            pieces.extend(mention(column));
        }
        pieces.push(Piece::Text(part));
    }
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

/// A condition that every value of the tests meets, and null as well; immutable.
pub(crate) fn predicate(world: &World, table: &Table, choice: &mut Choice, mention: Mention<'_>) -> Option<Sql> {
    let column = table.column(choice.one(table.column_names())?)?;
    let (name, ty) = (column.def.name, &column.def.ty);
    let anything = ["§ IS NOT NULL OR § IS NULL", "§ IS NULL OR NOT § IS NULL", "(§ IS NULL) IN (true, false)"];
    let text = match (ty.family(), choice.below(3)) {
        (Family::Integer(_) | Family::Number, 0) => "§ > -1000",
        (Family::Integer(_) | Family::Number, 1) => "coalesce(§, 0) >= 0",
        (Family::Text, 0) => "length(§) < 1000",
        (Family::Text, 1) => "§ <> '%s it''s odd' AND lower(§) IS DISTINCT FROM 'x y'",
        (Family::Bool, 0 | 1) => "§ OR NOT §",
        (Family::Json, 0) if ty.name == "jsonb" => "jsonb_typeof(§) <> 'x'",
        (Family::Other, 0) if !ty.array && world.schema.enumeration(ty.name).is_some() => {
            let label = world.schema.enumeration(ty.name)?.labels.first()?;
            let text = intern(&format!(" >= '{}'::", label.replace('\'', "''")));
            let mut pieces = mention(name);
            pieces.extend([Piece::Text(text), Piece::Object { name: ty.name, depth: 0 }]);
            return Some(sql(pieces));
        }
        (Family::Other, 0 | 1) if ty.array => "cardinality(§) >= 0",
        _ => choice.of(&anything),
    };
    Some(sql(about(text, name, mention)))
}

/// An immutable expression, and its type.
pub(crate) fn expression(world: &World, table: &Table, choice: &mut Choice) -> Option<(Sql, Type)> {
    let column = table.column(choice.one(table.column_names())?)?;
    let (name, ty) = (column.def.name, &column.def.ty);
    if choice.one_in(4)
        && let Some(function) = choice.one(callable(world, ty))
    {
        let mut pieces = vec![Piece::Object { name: function, depth: 0 }, Piece::Text("(")];
        pieces.extend([Piece::Ident(name), Piece::Text(")")]);
        return Some((sql(pieces), ty.clone()));
    }
    let (text, of) = match (ty.family(), choice.below(2)) {
        (Family::Integer(_), 0) => ("abs(§)", ty.clone()),
        (Family::Integer(_), _) => ("coalesce(§, 0)", Type::plain("bigint")),
        (Family::Text, 0) => ("lower(§)", Type::plain("text")),
        (Family::Text, _) => ("(upper(§)) || '-'", Type::plain("text")),
        (Family::Json, _) => ("§ ->> 'n'", Type::plain("text")),
        (Family::Bool, _) => ("NOT §", Type::plain("boolean")),
        _ => ("§ IS NULL", Type::plain("boolean")),
    };
    Some((sql(about(text, name, &bare)), of))
}

/// The immutable functions that take one value of a type and give one.
fn callable(world: &World, ty: &Type) -> Vec<Name> {
    let fits = |function: &&pkmig::schema::Function| {
        function.volatility == "immutable"
            && function.args.iter().map(|arg| &arg.ty).eq([ty])
            && function.returns == Returns::Type(ty.clone())
    };
    world.schema.functions().filter(fits).map(|function| function.name).collect()
}

/// Whether any expression on the table reads the column: then its type is part of what they mean.
pub(crate) fn reads(table: &Table, column: Name) -> bool {
    let own = |sql: &Sql| sql.idents().any(|ident| ident == column);
    let generated = table.columns.iter().filter_map(|known| known.def.generated.as_ref());
    let indexes = table.indexes.iter().flat_map(|known| known.def.expressions());
    let checks = table.constraints.iter().filter_map(|known| match &known.def.kind {
        pkmig::schema::ConstraintKind::Check { expression } => Some(expression),
        _ => None,
    });
    let exclusions = table.constraints.iter().flat_map(|known| match &known.def.kind {
        pkmig::schema::ConstraintKind::Exclude(exclusion) => exclusion.expressions().collect(),
        _ => Vec::new(),
    });
    generated.chain(indexes).chain(checks).chain(exclusions).any(own)
}
