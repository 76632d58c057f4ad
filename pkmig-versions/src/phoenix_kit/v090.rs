//! V90: what happened, who did it, and to whom.
//!
//! Modules write their events here. No foreign keys: an entry outlives what it tells of.

pkmig::migration! {
    V90 "the activity feed" {
        create_table phoenix_kit_activities {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            action: varchar(100) not_null,
            module: varchar(50),
            mode: varchar(20),
            actor_uuid: uuid,
            resource_type: varchar(50),
            resource_uuid: uuid,
            target_uuid: uuid,
            metadata: jsonb default("{}"),
            inserted_at: timestamp(0) not_null default(now()),

            index phoenix_kit_activities_action_index (action),
            index phoenix_kit_activities_module_index (module),
            index phoenix_kit_activities_mode_index (mode),
            index phoenix_kit_activities_actor_uuid_index (actor_uuid),
            index phoenix_kit_activities_resource_type_index (resource_type),
            index phoenix_kit_activities_target_uuid_index (target_uuid),
            index phoenix_kit_activities_inserted_at_index (inserted_at),
            index phoenix_kit_activities_action_inserted_at_index (action, inserted_at),
            index phoenix_kit_activities_actor_uuid_inserted_at_index (actor_uuid, inserted_at),
        }
    }
}
