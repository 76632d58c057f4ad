//! V125: projects have statuses of their own making.
//!
//! A list of statuses is an entity. A project that starts copies the list, and what becomes of the
//! entity later does not touch it. A project may also carry the key it has in another system.

pkmig::migration! {
    V125 "project statuses" {
        create_table phoenix_kit_project_statuses {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            project_uuid: uuid not_null references(phoenix_kit_projects.uuid, on_delete: cascade),
            label: varchar(255) not_null,
            slug: varchar(255) not_null,
            position: integer not_null default(0),
            data: jsonb not_null default("{}"),
            translations: jsonb not_null default("{}"),
            source_entity_data_uuid: uuid,
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index phoenix_kit_project_statuses_project_index (project_uuid),
            unique_index phoenix_kit_project_statuses_project_slug_index (project_uuid, slug),
        }

        add_column phoenix_kit_projects.status_entity_uuid: uuid
            references(phoenix_kit_entities.uuid, on_delete: set_null);
        add_column phoenix_kit_projects.current_status_slug: varchar(255);
        add_column phoenix_kit_projects.settings: jsonb not_null default("{}");
        add_column phoenix_kit_projects.external_id: varchar(255);

        create_index phoenix_kit_projects_status_entity_idx on phoenix_kit_projects (status_entity_uuid)
            where("status_entity_uuid IS NOT NULL");
        create_index phoenix_kit_projects_external_id_idx on phoenix_kit_projects (external_id)
            where("external_id IS NOT NULL");
    }
}
