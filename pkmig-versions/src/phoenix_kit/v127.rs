//! V127: a project may be a task of another project, of one at most.
//!
//! The way down takes such projects out of the others; they go on by themselves.

pkmig::migration! {
    V127 "projects within projects" {
        add_column phoenix_kit_project_assignments.child_project_uuid: uuid
            references(phoenix_kit_projects.uuid, on_delete: restrict);
        drop_not_null phoenix_kit_project_assignments.task_uuid;
        on_down delete_rows phoenix_kit_project_assignments where("child_project_uuid IS NOT NULL");

        add_check phoenix_kit_project_assignments phoenix_kit_project_assignments_task_xor_child
            ("(task_uuid IS NOT NULL) <> (child_project_uuid IS NOT NULL)");
        create_unique_index phoenix_kit_project_assignments_child_project_unique
            on phoenix_kit_project_assignments (child_project_uuid) where("child_project_uuid IS NOT NULL");
    }
}
