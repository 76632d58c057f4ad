//! Views, on the way back.

use std::collections::BTreeSet;

use super::Way;
use crate::{Known, Name, ObjectKind, ObjectRef, Schema, Step, View};

/// A view that is another one, whatever it and its columns and tables are called now, has another id.
pub(super) fn inverse(before: &Schema, after: &Schema, way: &mut Way) {
    let goes = |known: &&Known<View>| before.view_by_id(known.id).is_none() && !is_replaced(before, &known.def);
    // A view that goes takes those that stand on it along; what was there before comes back.
    let with_upper = |known: &Known<View>| after.views_on(known.def.name, None).into_iter().chain([known.def.name]);
    let going: BTreeSet<Name> = after.views.values().filter(goes).flat_map(with_upper).collect();
    let mut drops: Vec<&View> = going.iter().filter_map(|name| after.view(name)).collect();
    drops.sort_by_key(|view| std::cmp::Reverse(after.height(view)));
    way.drops.extend(drops.into_iter().map(drop_view));

    let now = |known: &Known<View>| after.view_by_id(known.id);
    let comes = |known: &&Known<View>| now(known).is_none_or(|now| going.contains(now.name));
    let mut creates: Vec<_> = before.views.values().filter(comes).collect();
    creates.sort_by_key(|known| before.height(&known.def));
    for known in creates {
        let replace = !going.contains(known.def.name) && after.view(known.def.name).is_some();
        way.views.push(Step::CreateView { def: known.def.clone(), replace });
    }
    for known in before.views.values().filter(|known| !comes(known)) {
        if let Some(now) = now(known) {
            changed(&known.def, now, way);
        }
    }
}

/// Whether the view before can take the place of this one: PostgreSQL lets a replacement have more columns, not fewer.
fn is_replaced(before: &Schema, now: &View) -> bool {
    before
        .view(now.name)
        .is_some_and(|was| !was.materialized && !now.materialized && was.columns.starts_with(&now.columns))
}

fn drop_view(def: &View) -> Step {
    Step::DropView { view: def.name, materialized: def.materialized, if_exists: false, cascade: false }
}

fn changed(was: &View, now: &View, way: &mut Way) {
    let table = was.name;
    if was.name != now.name {
        way.renames.push(Step::RenameView { from: now.name, to: was.name, if_exists: false });
    }
    for index in now.indexes.iter().filter(|index| was.index(index.name).is_none()) {
        way.drops.push(Step::DropIndex { index: index.name, if_exists: false });
    }
    for index in was.indexes.iter().filter(|index| now.index(index.name).is_none()) {
        way.keys.push(Step::CreateIndex { table, index: index.clone(), concurrently: false, if_not_exists: false });
    }
    for trigger in now.triggers.iter().filter(|trigger| was.trigger(trigger.name).is_none()) {
        way.drops.push(Step::DropTrigger { table: now.name, trigger: trigger.name, if_exists: false });
    }
    for trigger in was.triggers.iter().filter(|trigger| now.trigger(trigger.name).is_none()) {
        way.triggers.push(Step::CreateTrigger { table, trigger: trigger.clone() });
    }
    for trigger in &*was.triggers {
        if now.trigger(trigger.name).is_some_and(|now| now.comment != trigger.comment) {
            let target = ObjectRef::part(ObjectKind::Trigger, table, trigger.name);
            way.alters.push(Step::CommentOn { target, text: trigger.comment });
        }
    }
    for index in
        was.indexes.iter().filter(|index| now.index(index.name).is_some_and(|now| now.comment != index.comment))
    {
        way.alters.push(Step::CommentOn { target: ObjectRef::new(ObjectKind::Index, index.name), text: index.comment });
    }
    if was.comment != now.comment {
        way.alters.push(Step::CommentOn { target: ObjectRef::new(ObjectKind::View, table), text: was.comment });
    }
}
