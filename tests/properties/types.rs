//! Types, and values of them.

use pkmig::schema::name::intern;
use pkmig::schema::types::TYPES;
use pkmig::schema::{List, Literal, Name, Piece, Sql, Type, Value};

use crate::choice::Choice;
use crate::world::World;

/// The words that columns are mostly of.
const USUAL: &[Name] = &["integer", "bigint", "text", "boolean", "timestamptz", "uuid", "jsonb", "varchar", "numeric"];

/// A type that is there.
pub(crate) fn ty(world: &World, choice: &mut Choice) -> Type {
    if choice.one_in(8)
        && let Some(name) = choice.one(world.own_types())
    {
        return Type { array: choice.one_in(6), ..Type::plain(name) };
    }
    let known = match choice.one_in(3) {
        true => TYPES.iter().find(|known| known.word == choice.of(USUAL)).or(TYPES.first()),
        false => choice_of_known(world, choice),
    };
    let word = known.map_or("text", |known| known.word);
    Type { name: word, modifiers: modifiers(word, choice), array: choice.one_in(10) }
}

fn choice_of_known(world: &World, choice: &mut Choice) -> Option<&'static pkmig::schema::types::KnownType> {
    let there = |extension: Option<&str>| extension.is_none_or(|name| world.schema.extensions().any(|e| e == name));
    let known: Vec<_> = TYPES.iter().filter(|known| there(known.extension)).collect();
    Some(choice.of(&known))
}

fn modifiers(word: &str, choice: &mut Choice) -> List<Name> {
    let modifiers: &[Name] = match (word, choice.below(3)) {
        ("varchar", 0) => &["255"],
        ("varchar", 1) => &["40"],
        ("char", 0) => &["12"],
        ("numeric", 0) => &["12", "2"],
        ("numeric", 1) => &["9"],
        ("timestamp" | "timestamptz" | "time" | "timetz" | "interval", 0) => &["0"],
        ("bit", 0 | 1) => &["8"],
        ("varbit", 0) => &["16"],
        _ => &[],
    };
    modifiers.to_vec().into()
}

pub(crate) fn text(text: &str) -> Value {
    Value::Literal(Literal::Text(intern(text)))
}

pub(crate) fn null() -> Value {
    Value::Literal(Literal::Null("null"))
}

pub(crate) fn sql(pieces: impl IntoIterator<Item = Piece>) -> Sql {
    Sql { pieces: pieces.into_iter().collect() }
}

/// A value for a column, mostly another one for another number. Every check that is made takes it.
pub(crate) fn value(world: &World, ty: &Type, number: u64) -> Value {
    if ty.array {
        return text("{}");
    }
    let small = number % 900;
    let literal = match ty.name {
        "boolean" => return Value::Literal(Literal::Bool(if number.is_multiple_of(2) { "true" } else { "false" })),
        "smallint" | "integer" | "bigint" => {
            return Value::Literal(Literal::Number(intern(&(number % 30_000).to_string())));
        }
        "numeric" | "real" | "double_precision" | "money" => {
            return Value::Literal(Literal::Number(intern(&format!("{small}.5"))));
        }
        "text" | "varchar" | "char" | "name" | "citext" => {
            let most = ty.modifiers.first().and_then(|most| most.parse().ok());
            let most = most.unwrap_or(if ty.name == "char" { 1 } else { 12 });
            return text(format!("{:05}it's", number % 100_000).get(..most.min(9)).unwrap_or("x"));
        }
        "uuid" => format!("{number:032x}"),
        "json" | "jsonb" => format!("{{\"n\": {number}}}"),
        "timestamp" | "timestamptz" => format!("2020-01-01 00:{:02}:{:02}", number / 60 % 60, number % 60),
        "date" => format!("20{:02}-01-{:02}", number / 28 % 99, number % 28 + 1),
        "time" | "timetz" => format!("12:{:02}:{:02}", number / 60 % 60, number % 60),
        "interval" => format!("{small} days"),
        "bytea" => format!("\\x{number:016x}"),
        "inet" | "cidr" => format!("10.0.{}.{}", number / 256 % 256, number % 256),
        "macaddr" => format!("08:00:2b:01:{:02x}:{:02x}", number / 256 % 256, number % 256),
        "macaddr8" => format!("08:00:2b:01:02:03:{:02x}:{:02x}", number / 256 % 256, number % 256),
        "xml" => format!("<a>{small}</a>"),
        "oid" => small.to_string(),
        "regclass" => "pg_catalog.pg_class".to_owned(),
        "bit" | "varbit" => {
            let most = ty.modifiers.first().and_then(|most| most.parse().ok()).unwrap_or(1_usize);
            "10".repeat(8).get(..most.min(8)).unwrap_or("1").to_owned()
        }
        "tsvector" => format!("a b{small}"),
        "tsquery" => format!("a & b{small}"),
        "point" => format!("({small},1)"),
        "line" => "{1,2,3}".to_owned(),
        "lseg" | "path" => format!("[(0,0),(1,{small})]"),
        "box" => "(1,1),(0,0)".to_owned(),
        "polygon" => "((0,0),(1,1),(1,0))".to_owned(),
        "circle" => format!("<(0,0),{small}>"),
        "int4range" | "int8range" | "numrange" => format!("[{small},{})", small + 1),
        "tsrange" | "tstzrange" | "daterange" => "[2020-01-01,2021-01-01)".to_owned(),
        "hstore" => format!("a=>{small}"),
        "ltree" => format!("a.b{small}"),
        other if world.schema.domain(other).is_some() => {
            let base = world.schema.base(&Type::plain(other));
            return value(world, &base, number);
        }
        other => {
            let labels = world.schema.enumeration(other).map(|known| known.labels.to_vec()).unwrap_or_default();
            return labels.first().map_or_else(null, |label| text(label));
        }
    };
    text(&literal)
}

/// Whether values of many numbers are all different.
pub(crate) fn is_wide(ty: &Type) -> bool {
    !ty.array && matches!(ty.name, "integer" | "bigint" | "text" | "uuid" | "bytea")
}

/// A default for a column: a literal, or a call.
pub(crate) fn default(world: &World, ty: &Type, choice: &mut Choice) -> Value {
    let call = |text: Name| Value::Sql(sql([Piece::Text(text)]));
    let own = world.schema.functions().filter(|function| function.args.is_empty());
    let fitting =
        own.filter(|function| matches!(&function.returns, pkmig::schema::Returns::Type(given) if given == ty));
    if ty.array {
        return if choice.one_in(3) { Value::Sql(sql([Piece::Text("NULL")])) } else { value(world, ty, 0) };
    }
    match (choice.below(4), ty.name) {
        (0, "timestamptz" | "timestamp" | "date") => call("now()"),
        (0, "uuid") => call("gen_random_uuid()"),
        (0, "double_precision") => call("random()"),
        (0, "text") => call("current_setting('server_version')"),
        (1, _) => match choice.one(fitting.map(|function| function.name)) {
            Some(name) => Value::Sql(sql([Piece::Object { name, depth: 0 }, Piece::Text("()")])),
            None => value(world, ty, choice.number()),
        },
        (2, "integer" | "bigint" | "smallint") => match choice.one(world.schema.sequences().map(|known| known.name)) {
            Some(name) => pkmig::schema::down::inverse::next_value(name),
            None => value(world, ty, choice.number()),
        },
        _ => value(world, ty, choice.number()),
    }
}
