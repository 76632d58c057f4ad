//! V69: roles are given by uuid alone.
//!
//! A repair of installs in which V67 missed these columns.

pkmig::migration! {
    V69 "roles need no numbers" {
        drop_not_null phoenix_kit_user_role_assignments.{user_id, role_id};
        drop_not_null phoenix_kit_role_permissions.role_id;
    }
}
