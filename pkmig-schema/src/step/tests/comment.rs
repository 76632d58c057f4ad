//! Comments: on what, and the one before.

use super::support::*;
use crate::Step;
use crate::step::CommentTarget;

#[test]
fn a_comment_is_undone_by_the_one_before_it() {
    let schema = after([
        table("t", &[col("a", "integer")], &[check("[a] > 0")]),
        create_index("t", index(&["a"])),
        super::function::create("f", &[], "integer"),
    ]);
    for target in [
        CommentTarget::Table("t"),
        CommentTarget::Column("t", "a"),
        CommentTarget::Constraint("t", "t_a_check"),
        CommentTarget::Index("t_a_idx"),
        CommentTarget::Function("f"),
    ] {
        let step = comment_on(target.clone(), "new");
        let old = comment_on(target.clone(), "old");
        let none = Step::CommentOn { target: target.clone(), text: None };
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
        comment_on(CommentTarget::Table("t"), "rows"),
        comment_on(CommentTarget::Column("t", "a"), "number"),
        super::function::create("f", &[], "integer"),
        comment_on(CommentTarget::Function("f"), "one"),
    ]);
    undone(&schema, &drop_table("t"));
    undone(&schema, &drop_column("t", "a"));
    assert_eq!(undone(&schema, &super::function::drop("f", &[])).len(), 2);
}

#[test]
fn a_comment_needs_something_to_be_on() {
    let schema = after([table("t", &[], &[])]);
    let refused = |target| refused(&schema, &comment_on(target, "x"));
    assert_eq!(refused(CommentTarget::Table("u")), "no table `u`");
    assert_eq!(refused(CommentTarget::Column("t", "a")), "no column `a` in table `t`");
    assert_eq!(refused(CommentTarget::Constraint("t", "c")), "no constraint `c` on table `t`");
    assert_eq!(refused(CommentTarget::Index("i")), "no index `i`");
    assert_eq!(refused(CommentTarget::Function("f")), "no function `f`");
}
