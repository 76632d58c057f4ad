//! V128: a whole project may have an assignee: a team, a department or a person.

pkmig::migration! {
    V128 "projects are assigned" {
        add_column phoenix_kit_projects.assigned_team_uuid: uuid
            references(phoenix_kit_staff_teams.uuid, on_delete: set_null);
        add_column phoenix_kit_projects.assigned_department_uuid: uuid
            references(phoenix_kit_staff_departments.uuid, on_delete: set_null);
        add_column phoenix_kit_projects.assigned_person_uuid: uuid
            references(phoenix_kit_staff_people.uuid, on_delete: set_null);
        add_check phoenix_kit_projects phoenix_kit_projects_single_assignee
            ("num_nonnulls(assigned_team_uuid, assigned_department_uuid, assigned_person_uuid) <= 1");

        create_index phoenix_kit_projects_assigned_team_idx on phoenix_kit_projects (assigned_team_uuid)
            where("assigned_team_uuid IS NOT NULL");
        create_index phoenix_kit_projects_assigned_department_idx on phoenix_kit_projects (assigned_department_uuid)
            where("assigned_department_uuid IS NOT NULL");
        create_index phoenix_kit_projects_assigned_person_idx on phoenix_kit_projects (assigned_person_uuid)
            where("assigned_person_uuid IS NOT NULL");
    }
}
