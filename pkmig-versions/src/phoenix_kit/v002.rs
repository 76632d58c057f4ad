//! V2: a role that is taken away is gone. Assignments had a flag that switched them off; whoever read
//! them had to remember to ask for it. Now the row itself is the assignment, so the rows that were
//! switched off are deleted with the flag.

pkmig::migration! {
    V02 "role assignments are deleted, not switched off" {
        delete_rows phoenix_kit_user_role_assignments where("NOT is_active")
            down_noop("assignments that were switched off are not kept; the others come back as active");
        drop_index {idx_user_role_assignments_user_active, idx_user_role_assignments_role_active};
        drop_column phoenix_kit_user_role_assignments.is_active;
    }
}
