//! Comments: on what, and the one before.

use super::support::*;
use crate::{ObjectKind, ObjectRef, Step};

#[test]
fn a_comment_is_undone_by_the_one_before_it() {
    let schema = after([
        table("t", &[col("a", "integer")], &[check("[a] > 0")]),
        create_index("t", index(&["a"])),
        super::function::create("f", &[], "integer"),
    ]);
    for target in [
        ObjectRef::new(ObjectKind::Table, "t"),
        ObjectRef::part(ObjectKind::Column, "t", "a"),
        ObjectRef::part(ObjectKind::Constraint, "t", "t_a_check"),
        ObjectRef::new(ObjectKind::Index, "t_a_idx"),
        ObjectRef::new(ObjectKind::Function, "f"),
    ] {
        let step = comment_on(target, "new");
        let old = comment_on(target, "old");
        let none = Step::CommentOn { target, text: None };
        assert_eq!(undone(&schema, &step), [none.to_string()]);
        let commented = then(&schema, &old);
        assert_eq!(undone(&commented, &step), [old.to_string()]);
        assert_eq!(undone(&commented, &old), [""; 0]);
        assert_eq!(undone(&commented, &none), [old.to_string()]);
    }
}

#[test]
fn a_comment_comes_back_with_what_it_is_on() {
    let schema = after([
        table("t", &[col("a", "integer")], &[]),
        comment_on(ObjectRef::new(ObjectKind::Table, "t"), "rows"),
        comment_on(ObjectRef::part(ObjectKind::Column, "t", "a"), "number"),
        super::function::create("f", &[], "integer"),
        comment_on(ObjectRef::new(ObjectKind::Function, "f"), "one"),
    ]);
    undone(&schema, &drop_table("t"));
    undone(&schema, &drop_column("t", "a"));
    assert_eq!(undone(&schema, &super::function::drop("f", &[])).len(), 2);
}

#[test]
fn a_comment_needs_something_to_be_on() {
    let schema = after([table("t", &[], &[])]);
    let refused = |target| refused(&schema, &comment_on(target, "x"));
    assert_eq!(refused(ObjectRef::new(ObjectKind::Table, "u")), "no table `u`");
    assert_eq!(refused(ObjectRef::part(ObjectKind::Column, "t", "a")), "no column `a` in table `t`");
    assert_eq!(refused(ObjectRef::part(ObjectKind::Constraint, "t", "c")), "no constraint `c` on table `t`");
    assert_eq!(refused(ObjectRef::new(ObjectKind::Index, "i")), "no index `i`");
    assert_eq!(refused(ObjectRef::new(ObjectKind::Function, "f")), "no function `f`");
}
