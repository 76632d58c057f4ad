//! What random chains on a real server have found: PostgreSQL refuses it, so the checker does.

use super::support::*;
use crate::{Constraint, ConstraintKind, Enum, ReferentialAction, Sequence, Step, TableRef, Type};

fn said(schema: &crate::Schema, step: &Step) -> String {
    let (mut schema, mut report) = (schema.clone(), crate::Report::default());
    step.apply(&mut schema, &mut report);
    report.into_problems().first().map(|problem| problem.message.clone()).unwrap_or_default()
}

#[test]
fn a_column_of_a_key_needs_an_order() {
    let schema = after([table("t", &[col("a", "json"), col("b", "integer")], &[])]);
    let expected = "a btree index has no operator class for json, which `a` is";
    assert_eq!(said(&schema, &add("t", unique(&["a"]))), expected);
    assert_eq!(said(&schema, &create_index("t", index(&["a"]))), expected);
    assert_eq!(said(&schema, &create_index("t", index(&["b"]))), "");
    let gin = crate::Index { method: "gin", ..index(&["b"]) };
    let needs = "an operator class of gin for integer needs the extension `btree_gin`, which the chain has not created";
    assert_eq!(said(&schema, &create_index("t", gin)), needs);
}

#[test]
fn the_type_of_an_indexed_column_keeps_an_operator_class() {
    let schema = after([table("t", &[col("a", "text")], &[]), create_index("t", index(&["a"]))]);
    let json = Step::SetType {
        table: "t",
        column: "a",
        ty: ty("json"),
        collation: None,
        using: Some(sql("[a]::json")),
        down_using: Some(sql("[a]::text")),
    };
    assert_eq!(said(&schema, &json), "a btree index has no operator class for json, which `a` is");
}

#[test]
fn a_column_with_a_sequence_stays_a_whole_number() {
    let schema = after([table("t", &[bigserial("a"), identity("b")], &[])]);
    for column in ["a", "b"] {
        let expected = format!("column `{column}` is filled by a sequence, but text is not an integer type");
        assert_eq!(said(&schema, &set_type("t", column, "text")), expected);
        assert_eq!(said(&schema, &set_type("t", column, "smallint")), "");
    }
}

#[test]
fn only_text_has_a_collation() {
    let collated = |ty| crate::Column { collation: Some("C"), ..col("a", ty) };
    let schema = after([]);
    assert_eq!(
        said(&schema, &table("t", &[collated("integer")], &[])),
        "column `a` is integer, which has no collation"
    );
    assert_eq!(said(&schema, &table("t", &[collated("varchar(9)")], &[])), "");
}

#[test]
fn a_table_whose_name_is_taken_goes_in_the_next_version() {
    let schema = after([table("t", &[], &[])]);
    let taken = then(&then(&schema, &rename_table("t", "u")), &table("t", &[], &[]));
    assert_eq!(said(&taken, &drop_table("u")), "");
    let mut now = schema.clone();
    now.begin(crate::Version(2));
    for step in [rename_table("t", "u"), table("t", &[], &[])] {
        step.apply(&mut now, &mut crate::Report::default());
    }
    let expected =
        "`u` was `t` earlier in this version, and another table has that name now: run twice, it would lose its rows";
    assert_eq!(said(&now, &drop_table("u")), expected);
    let mut now = schema.clone();
    now.begin(crate::Version(2));
    for step in [rename_table("t", "u"), drop_table("u")] {
        step.apply(&mut now, &mut crate::Report::default());
    }
    let expected = "table `t` is dropped and created in one version: run twice, it would lose the new rows";
    assert_eq!(said(&now, &table("t", &[], &[])), expected);
}

#[test]
fn a_collation_stays_where_the_new_type_has_one() {
    let collated = crate::Column { collation: Some("C"), ..col("a", "varchar(9)") };
    let schema = after([table("t", &[collated], &[])]);
    let collation = |step: Step| {
        let mut now = schema.clone();
        step.apply(&mut now, &mut crate::Report::default());
        now.table("t").unwrap().column("a").unwrap().def.collation
    };
    let with = |to, collation| Step::SetType {
        table: "t",
        column: "a",
        ty: ty(to),
        collation,
        using: Some(sql("[a]::bytea")),
        down_using: Some(sql("[a]::text")),
    };
    assert_eq!(collation(set_type("t", "a", "text")), Some("C"));
    assert_eq!(collation(with("text", Some("POSIX"))), Some("POSIX"));
    assert_eq!(collation(with("text", Some("default"))), None);
    assert_eq!(collation(with("bytea", None)), None);
    assert_eq!(undone(&schema, &with("bytea", None)), [r#"set_type t.a: varchar(9) collate("C") using("a::text")"#]);
    assert_eq!(said(&schema, &with("bytea", Some("C"))), "column `a` is bytea, which has no collation");
}

#[test]
fn an_array_is_indexed_where_its_elements_can_be_compared() {
    let schema = after([table("t", &[col("a", "xml[]"), col("b", "uuid[]")], &[])]);
    for method in ["btree", "hash", "gin"] {
        let on = |column| crate::Index { method, ..index(&[column]) };
        let expected = format!("a {method} index has no operator class for xml[], which `a` is");
        assert_eq!(said(&schema, &create_index("t", on("a"))), expected);
        assert_eq!(said(&schema, &create_index("t", on("b"))), "");
    }
}

#[test]
fn a_foreign_key_is_on_no_array_of_cut_elements() {
    let schema = after([table("t", &[col("a", "varchar(9)[]"), col("b", "varchar(9)[]")], &[unique(&["a"])])]);
    let expected = "a foreign key cannot compare values of `b`, which is character varying(9)[]";
    assert_eq!(said(&schema, &add("t", fk(&["b"], "t", &["a"]))), expected);
}

#[test]
fn a_table_has_no_two_keys_on_the_same_columns() {
    let schema = after([]);
    let twice = table("t", &[col("a", "integer")], &[named("one", unique(&["a"])), named("two", unique(&["a"]))]);
    let expected = "two keys of table `t` have the same columns: `one` already has them";
    assert_eq!(said(&schema, &twice), expected);
}

#[test]
fn a_second_key_on_the_same_columns_comes_back_beside_its_table() {
    let schema = after([table("t", &[col("a", "integer")], &[unique(&["a"])]), add("t", named("n", unique(&["a"])))]);
    let down = undone(&schema, &drop_table("t"));
    assert_eq!(down.len(), 2, "{down:?}");
    assert_eq!(down[1], "add_unique t n (a)");
}

#[test]
fn a_generated_column_is_not_written_by_a_foreign_key() {
    let columns = [col("a", "integer"), generated(col("b", "integer"), "[a]")];
    let schema = after([table("t", &columns, &[unique(&["a"])])]);
    let key = |on_update| Constraint {
        name: "",
        kind: ConstraintKind::ForeignKey {
            columns: vec!["b"].into(),
            table: TableRef::own("t"),
            references: vec!["a"].into(),
            on_delete: ReferentialAction::Restrict,
            on_update,
        },
        validated: true,
        comment: None,
    };
    let expected = "column `b` is generated, which `on_update cascade` cannot change";
    assert_eq!(said(&schema, &add("t", key(ReferentialAction::Cascade))), expected);
    assert_eq!(said(&schema, &add("t", key(ReferentialAction::Restrict))), "");
}

#[test]
fn the_sequence_of_a_column_takes_no_name_of_an_enum() {
    let schema = after([Step::CreateEnum { def: Enum { name: "t_a_seq", labels: vec!["x"].into() } }]);
    let expected = "the sequence of column `a` would have the name of enum `t_a_seq`, since V1";
    assert_eq!(said(&schema, &table("t", &[bigserial("a")], &[])), expected);
    assert_eq!(said(&schema, &table("u", &[bigserial("a")], &[])), "");
}

#[test]
fn the_type_of_a_column_stays_beside_an_array_in_its_foreign_key() {
    let columns = [col("a", "integer"), col("b", "text[]")];
    let key = fk(&["a", "b"], "t", &["a", "b"]);
    let schema = after([table("t", &columns, &[unique(&["a", "b"])]), add("t", named("n", key))]);
    let expected = "`t.a` cannot become bigint: `n` lets `t.a` reference `t.a`, since V2";
    assert_eq!(said(&schema, &set_type("t", "a", "bigint")), expected);
}

#[test]
fn a_sequence_starts_in_its_range() {
    let schema = after([]);
    let create = |ty, start, increment| Step::CreateSequence {
        def: Sequence { name: "s", ty: Type::plain(ty), start, increment, owned_by: None },
    };
    let expected = "sequence `s` cannot start at 40000: its values range from 1 to 32767";
    assert_eq!(said(&schema, &create("smallint", 40_000, 1)), expected);
    let expected = "sequence `s` cannot start at 1: its values range from -9223372036854775808 to -1";
    assert_eq!(said(&schema, &create("bigint", 1, -1)), expected);
    assert_eq!(said(&schema, &create("bigint", i64::MAX, 1)), "");
    assert_eq!(said(&schema, &create("integer", -1, -1)), "");
    assert_eq!(said(&schema, &create("bigint", 1, 0)), "sequence `s` has an increment of 0");
}

#[test]
fn an_enum_takes_no_name_of_a_sequence() {
    let schema = after([sequence("s", None)]);
    let create = Step::CreateEnum { def: Enum { name: "s", labels: vec!["x"].into() } };
    assert_eq!(said(&schema, &create), "sequence `s` already exists, since V1");
}

#[test]
fn if_exists_is_no_leave_to_drop_something_else() {
    let schema = after([sequence("s", None), table("t", &[], &[])]);
    let table = Step::DropTable { table: "s", if_exists: true, cascade: false };
    assert_eq!(said(&schema, &table), "`s` is not a table, but sequence `s`");
    let index = Step::DropIndex { index: "t", if_exists: true };
    assert_eq!(said(&schema, &index), "`t` is not an index, but table `t`");
    let sequence = Step::DropSequence { name: "t", if_exists: true };
    assert_eq!(said(&schema, &sequence), "`t` is not a sequence, but table `t`");
}

#[test]
fn what_goes_if_it_exists_is_not_made_in_the_same_version() {
    let mut schema = after([table("t", &[col("a", "integer")], &[])]);
    schema.begin(crate::Version(2));
    let drop = Step::DropColumn { table: "t", column: "b", if_exists: true, cascade: false };
    drop.apply(&mut schema, &mut crate::Report::default());
    let expected = "column `b` of table `t` is dropped and added in one version: run twice, it would lose its values";
    assert_eq!(said(&schema, &add_column("t", col("b", "integer"))), expected);
}

#[test]
fn a_null_in_sql_is_no_default() {
    let column = not_null(default(col("a", "integer"), expression(" Null ")));
    assert!(!crate::Schema::default().fills_itself(&column));
    let schema = after([table("t", &[column], &[])]);
    assert_eq!(schema.table("t").unwrap().column("a").unwrap().def.default, None);
    // One that is cut to a length is an expression to PostgreSQL, and shows as a default.
    let schema = after([table("t", &[default(col("a", "varchar(9)"), expression("NULL"))], &[])]);
    assert!(schema.table("t").unwrap().column("a").unwrap().def.default.is_some());
}

#[test]
fn a_table_that_is_logged_references_none_that_is_not() {
    let unlogged = match table("t", &[col("a", "integer")], &[unique(&["a"])]) {
        Step::CreateTable { def, if_not_exists } => {
            Step::CreateTable { def: crate::TableDef { unlogged: true, ..def }, if_not_exists }
        }
        step => step,
    };
    let schema = after([unlogged, table("u", &[col("a", "integer")], &[])]);
    let expected = "`u` is written to the log and cannot reference `t`, which is unlogged";
    assert_eq!(said(&schema, &add("u", fk(&["a"], "t", &["a"]))), expected);
}

#[test]
fn what_is_of_the_type_already_is_not_converted() {
    let schema = after([table("t", &[col("a", "integer")], &[])]);
    let step = |type_| match set_type("t", "a", type_) {
        Step::SetType { table, column, ty, collation, .. } => {
            Step::SetType { table, column, ty, collation, using: Some(sql("[a] * 100")), down_using: Some(sql("[a]")) }
        }
        step => step,
    };
    assert_eq!(said(&schema, &step("integer")), "`t.a` is already integer, since V1");
    assert_eq!(said(&schema, &set_type("t", "a", "integer")), "`t.a` is already integer, since V1");
    assert_eq!(said(&schema, &step("bigint")), "");
}

#[test]
fn a_default_is_no_longer_than_its_column() {
    let schema =
        after([table("t", &[default(col("a", "boolean"), crate::Value::Literal(crate::Literal::Bool("true")))], &[])]);
    assert_eq!(
        said(&schema, &set_type("t", "a", "varchar(3)")),
        "the default of `t.a` has no automatic cast to character varying(3)"
    );
    assert_eq!(said(&schema, &set_type("t", "a", "varchar(4)")), "");
    let number = default(col("b", "varchar(3)"), number("1000"));
    let expected = "default too long for character varying(3): `1000`";
    assert_eq!(said(&schema, &add_column("t", number)), expected);
}

#[test]
fn a_key_of_ranges_or_enums_keeps_the_types_of_its_columns() {
    let mood = Step::CreateEnum { def: Enum { name: "mood", labels: vec!["calm"].into() } };
    for kind in ["int4range", "mood"] {
        let keys = [col("a", "integer"), col("b", kind)];
        let schema = after([
            mood.clone(),
            table("t", &keys, &[unique(&["a", "b"])]),
            table("u", &keys, &[fk(&["a", "b"], "t", &["a", "b"])]),
        ]);
        let expected = "`t.a` cannot become bigint: `u_a_b_fkey` lets `u.a` reference `t.a`, since V3";
        assert_eq!(said(&schema, &set_type("t", "a", "bigint")), expected);
    }
}

#[test]
fn a_foreign_key_writes_nothing_into_what_is_always_generated() {
    let always = |column: crate::Column| {
        let generator = crate::Generator { kind: crate::GeneratorKind::Always, ..column.generator.clone().unwrap() };
        crate::Column { generator: Some(generator), ..column }
    };
    let schema =
        after([table("t", &[col("a", "bigint")], &[unique(&["a"])]), table("u", &[always(identity("b"))], &[])]);
    let key = |on_delete, on_update| {
        let kind = match fk(&["b"], "t", &["a"]).kind {
            ConstraintKind::ForeignKey { columns, table, references, .. } => {
                ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update }
            }
            kind => kind,
        };
        add("u", Constraint { kind, ..fk(&["b"], "t", &["a"]) })
    };
    use ReferentialAction::{Cascade, NoAction, SetDefault, SetNull};
    let is = "column `b` is an identity column that is always generated";
    let set_null = format!("{is}, which `on_delete set_null` cannot change");
    assert_eq!(said(&schema, &key(SetNull, NoAction)), set_null);
    let cascade = format!("{is}, which `on_update cascade` cannot change");
    assert_eq!(said(&schema, &key(NoAction, Cascade)), cascade);
    assert_eq!(said(&schema, &key(Cascade, SetDefault)), "");
}

#[test]
fn a_seed_that_is_found_no_more_is_not_taken_back() {
    let seed = |key| crate::step::Seed {
        table: "t",
        columns: vec!["a", "b"].into(),
        on_conflict: crate::step::OnConflict {
            columns: vec![key].into(),
            action: crate::step::ConflictAction::UnlessExists,
        },
        rows: vec![vec![text("x"), text("y")].into()].into(),
        kept: None,
    };
    let fill = Step::Backfill(crate::step::Backfill {
        table: "t",
        column: "a",
        source: crate::step::Source::Expression { value: sql("'z'"), from: None },
        predicate: Some(sql("true")),
        batch: None,
        on_fresh: None,
    });
    let before = after([table("t", &[], &[])]);
    for (key, class) in [("a", crate::Class::Lossy), ("b", crate::Class::Lossless)] {
        let steps = vec![
            add_column("t", col("a", "text")),
            add_column("t", col("b", "text")),
            Step::Seed(seed(key)),
            fill.clone(),
        ];
        let migration = crate::Migration {
            version: crate::Version(2),
            title: "rows",
            steps: steps.leak(),
            down: crate::Down::Derived,
        };
        let replayed = crate::replay::replay(&before, &migration, &mut crate::Report::default());
        assert_eq!(replayed.class(&migration), class, "{key}");
    }
}

#[test]
fn ltree_had_no_hash_for_long() {
    let schema = after([Step::CreateExtension { name: "ltree" }, table("t", &[col("a", "ltree")], &[])]);
    let hash = crate::Index { method: "hash", ..index(&["a"]) };
    assert_eq!(said(&schema, &create_index("t", hash)), "a hash index has no operator class for ltree, which `a` is");
}
