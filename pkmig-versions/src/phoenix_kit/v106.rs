//! V106: a project may have the name of the template it was made from.
//!
//! The way down gives a name to whoever had it first; the other one gets the end of its uuid
//! behind its name.

pkmig::migration! {
    V106 "templates have names of their own" {
        drop_index phoenix_kit_projects_name_index;
        on_down r"
            UPDATE @.phoenix_kit_projects AS project
            SET name = left(project.name, 242) || ' ' || right(project.uuid::text, 12)
            FROM (
                SELECT uuid, row_number() OVER (PARTITION BY lower(name) ORDER BY inserted_at, uuid) AS place
                FROM @.phoenix_kit_projects
            ) AS namesake
            WHERE namesake.uuid = project.uuid AND namesake.place > 1
        ";

        create_unique_index phoenix_kit_projects_name_template_index on phoenix_kit_projects ("lower(name)")
            where("is_template = true");
        create_unique_index phoenix_kit_projects_name_project_index on phoenix_kit_projects ("lower(name)")
            where("is_template = false");
    }
}
