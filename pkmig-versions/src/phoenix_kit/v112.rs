//! V112: projects are archived at a time, start at an hour, are translated and ordered by hand.
//!
//! Names and titles are what people like them to be, so they need not be unique any more. The way
//! down gives a name to whoever had it first; the others get the end of their uuid behind it.

pkmig::migration! {
    V112 "projects are archived and translated" {
        add_column phoenix_kit_projects.archived_at: timestamp(0);
        backfill phoenix_kit_projects.archived_at
            = "coalesce(updated_at, now())"
            where("status = 'archived' AND archived_at IS NULL");
        create_index phoenix_kit_projects_visible_idx on phoenix_kit_projects (inserted_at desc)
            where("archived_at IS NULL");

        add_column phoenix_kit_projects.translations: jsonb not_null default("{}");
        add_column phoenix_kit_project_tasks.translations: jsonb not_null default("{}");
        add_column phoenix_kit_project_assignments.translations: jsonb not_null default("{}");

        drop_index {
            phoenix_kit_projects_name_template_index,
            phoenix_kit_projects_name_project_index,
            phoenix_kit_project_tasks_title_index,
        };
        on_down r"
            UPDATE @.phoenix_kit_projects AS project
            SET name = left(project.name, 242) || ' ' || right(project.uuid::text, 12)
            FROM (
                SELECT uuid,
                    row_number() OVER (PARTITION BY lower(name), is_template ORDER BY inserted_at, uuid) AS place
                FROM @.phoenix_kit_projects
            ) AS namesake
            WHERE namesake.uuid = project.uuid AND namesake.place > 1;

            UPDATE @.phoenix_kit_project_tasks AS task
            SET title = left(task.title, 242) || ' ' || right(task.uuid::text, 12)
            FROM (
                SELECT uuid, row_number() OVER (PARTITION BY lower(title) ORDER BY inserted_at, uuid) AS place
                FROM @.phoenix_kit_project_tasks
            ) AS namesake
            WHERE namesake.uuid = task.uuid AND namesake.place > 1
        ";

        set_type phoenix_kit_projects.scheduled_start_date: timestamp(0)
            using("scheduled_start_date::timestamp(0)")
            down_using("scheduled_start_date::date");
        add_column phoenix_kit_projects.position: integer not_null default(0);
        add_column phoenix_kit_project_tasks.position: integer not_null default(0);
    }
}
