//! Sequences: owners, users, and their way back.

use super::support::*;
use crate::{Class, Step};

fn drop(name: &'static str) -> Step {
    Step::DropSequence { name, if_exists: false }
}

#[test]
fn a_sequence_is_created_dropped_and_undone() {
    assert_eq!(undone(&after([]), &sequence("s", None)), ["drop_sequence s"]);
    let schema = after([sequence("s", None)]);
    assert_eq!(undone(&schema, &drop("s")), ["create_sequence s"]);
    assert_eq!(class(&schema, &drop("s")), Class::Lossy);
    assert_eq!(undone(&schema, &tolerant(drop("none"))), [""; 0]);
    assert_eq!(refused(&after([sequence("s", None), drop("s")]), &drop("s")), "no sequence `s`: it was dropped in V2");
}

#[test]
fn an_owned_sequence_goes_and_comes_with_its_column() {
    let schema = after([table("t", &[col("a", "bigint")], &[]), sequence("s", Some(("t", "a")))]);
    assert!(!then(&schema, &drop_column("t", "a")).has_object("s"));
    assert_eq!(undone(&schema, &drop_column("t", "a")), ["add_column t.a: bigint", "create_sequence s owned_by t.a"]);
    assert_eq!(refused(&schema, &sequence("r", Some(("t", "b")))), "no column `b` in table `t`");
}

#[test]
fn a_sequence_in_use_is_not_dropped() {
    let draws = default(col("a", "bigint"), expression("nextval('@.s'::regclass)"));
    let schema = after([sequence("s", None), table("t", &[draws, bigserial("id")], &[])]);
    assert_eq!(refused(&schema, &drop("s")), "sequence `s` is used in the default of column `a` of table `t`");
    assert_eq!(refused(&schema, &drop("t_id_seq")), "sequence `t_id_seq` fills `t.id`, since V2");
}

#[test]
fn a_sequence_shares_the_names_of_tables_and_indexes() {
    let schema = after([table("t", &[bigserial("id")], &[pk(&["id"])])]);
    for name in ["t", "t_pkey", "t_id_seq"] {
        assert!(refused(&schema, &sequence(name, None)).ends_with("already exists, since V1"));
    }
}
