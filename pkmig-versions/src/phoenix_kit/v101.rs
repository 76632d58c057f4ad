//! V101: projects are made of tasks, some of which wait for others.
//!
//! A task of the library is copied into a project as an assignment, which has at most one
//! assignee: a team, a department or a person.

pkmig::migration! {
    V101 "projects and tasks" {
        create_table phoenix_kit_project_tasks {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            title: varchar(255) not_null,
            description: text,
            estimated_duration: integer,
            estimated_duration_unit: varchar(20) default("hours"),
            default_assigned_team_uuid: uuid references(phoenix_kit_staff_teams.uuid, on_delete: set_null),
            default_assigned_department_uuid: uuid
                references(phoenix_kit_staff_departments.uuid, on_delete: set_null),
            default_assigned_person_uuid: uuid references(phoenix_kit_staff_people.uuid, on_delete: set_null),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            check phoenix_kit_project_tasks_single_default_assignee
                (r"num_nonnulls(
                    default_assigned_team_uuid,
                    default_assigned_department_uuid,
                    default_assigned_person_uuid
                ) <= 1"),

            unique_index phoenix_kit_project_tasks_title_index ("lower(title)"),
        }

        create_table phoenix_kit_projects {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            status: varchar(20) not_null default("active"),
            is_template: boolean not_null default(false),
            counts_weekends: boolean not_null default(false),
            start_mode: varchar(20) not_null default("immediate"),
            scheduled_start_date: date,
            started_at: timestamptz,
            completed_at: timestamptz,
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index phoenix_kit_projects_status_index (status),
            unique_index phoenix_kit_projects_name_index ("lower(name)"),
        }

        create_table phoenix_kit_project_assignments {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            project_uuid: uuid not_null references(phoenix_kit_projects.uuid, on_delete: cascade),
            task_uuid: uuid not_null references(phoenix_kit_project_tasks.uuid, on_delete: cascade),
            status: varchar(20) not_null default("todo"),
            position: integer not_null default(0),
            description: text,
            estimated_duration: integer,
            estimated_duration_unit: varchar(20),
            assigned_team_uuid: uuid references(phoenix_kit_staff_teams.uuid, on_delete: set_null),
            assigned_department_uuid: uuid references(phoenix_kit_staff_departments.uuid, on_delete: set_null),
            assigned_person_uuid: uuid references(phoenix_kit_staff_people.uuid, on_delete: set_null),
            counts_weekends: boolean,
            progress_pct: integer not_null default(0),
            track_progress: boolean not_null default(false),
            completed_by_uuid: uuid references(phoenix_kit_users.uuid, on_delete: set_null),
            completed_at: timestamptz,
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            check phoenix_kit_project_assignments_single_assignee
                ("num_nonnulls(assigned_team_uuid, assigned_department_uuid, assigned_person_uuid) <= 1"),

            index phoenix_kit_project_assignments_project_index (project_uuid),
            index phoenix_kit_project_assignments_task_index (task_uuid),
            index phoenix_kit_project_assignments_status_index (status),
            index phoenix_kit_project_assignments_team_index (assigned_team_uuid)
                where("assigned_team_uuid IS NOT NULL"),
            index phoenix_kit_project_assignments_department_index (assigned_department_uuid)
                where("assigned_department_uuid IS NOT NULL"),
            index phoenix_kit_project_assignments_person_index (assigned_person_uuid)
                where("assigned_person_uuid IS NOT NULL"),
            index phoenix_kit_project_assignments_completed_by_index (completed_by_uuid)
                where("completed_by_uuid IS NOT NULL"),
        }

        create_table phoenix_kit_project_dependencies {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            assignment_uuid: uuid not_null references(phoenix_kit_project_assignments.uuid, on_delete: cascade),
            depends_on_uuid: uuid not_null references(phoenix_kit_project_assignments.uuid, on_delete: cascade),
            inserted_at: timestamptz not_null default(now()),

            index phoenix_kit_project_dependencies_depends_on_index (depends_on_uuid),
            unique_index phoenix_kit_project_dependencies_pair_index (assignment_uuid, depends_on_uuid),
        }

        create_table phoenix_kit_project_task_dependencies {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            task_uuid: uuid not_null references(phoenix_kit_project_tasks.uuid, on_delete: cascade),
            depends_on_task_uuid: uuid not_null references(phoenix_kit_project_tasks.uuid, on_delete: cascade),
            inserted_at: timestamptz not_null default(now()),

            unique_index phoenix_kit_project_task_deps_pair_index (task_uuid, depends_on_task_uuid),
        }
    }
}
