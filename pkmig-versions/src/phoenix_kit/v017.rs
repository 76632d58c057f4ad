//! V17: kinds of content that an administrator defines: an entity names its fields, and each record of it
//! is a row that holds their values. Its settings belong to the module `entities`, which is switched off at first.

pkmig::migration! {
    V17 "entities and their data" {
        create_table phoenix_kit_entities {
            id: bigserial primary_key,
            name: varchar(255) not_null,
            display_name: varchar(255) not_null,
            display_name_plural: varchar(255) comment("what several of them are called in lists and menus"),
            description: text,
            icon: varchar(255),
            status: varchar(255) not_null default("draft"),
            fields_definition: jsonb not_null default("[]")
                comment("the fields in their order: kind, key, label and rules of each"),
            settings: jsonb comment("options of this entity alone, such as who may edit it"),
            created_by: integer not_null,
            date_created: timestamp not_null default(now()),
            date_updated: timestamp not_null default(now()),

            unique_index phoenix_kit_entities_name_uidx (name),
            index phoenix_kit_entities_created_by_idx (created_by),
            index phoenix_kit_entities_status_idx (status),
        }

        create_table phoenix_kit_entity_data {
            id: bigserial primary_key,
            entity_id: integer not_null references(phoenix_kit_entities.id, on_delete: cascade),
            title: varchar(255) not_null,
            slug: varchar(255),
            status: varchar(255) not_null default("draft"),
            data: jsonb not_null default("{}") comment("a value for each field of the entity, by key"),
            metadata: jsonb comment("what belongs to the record but is no field: tags, words to search for"),
            created_by: integer not_null,
            date_created: timestamp not_null default(now()),
            date_updated: timestamp not_null default(now()),

            index phoenix_kit_entity_data_entity_id_idx (entity_id),
            index phoenix_kit_entity_data_slug_idx (slug),
            index phoenix_kit_entity_data_status_idx (status),
            index phoenix_kit_entity_data_created_by_idx (created_by),
            index phoenix_kit_entity_data_title_idx (title),
        }

        seed phoenix_kit_settings (key, value, module, date_added, date_updated) on_conflict(key) do_nothing {
            ("entities_enabled", "false", "entities", now(), now()),
            ("entities_max_per_user", "100", "entities", now(), now()),
            ("entities_allow_relations", "true", "entities", now(), now()),
            ("entities_file_upload", "false", "entities", now(), now()),
        }
    }
}
