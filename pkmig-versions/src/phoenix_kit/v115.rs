//! V115: shapes drawn on an image, to speak about a part of it.

pkmig::migration! {
    V115 "annotations" {
        create_table phoenix_kit_annotations {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            file_uuid: uuid not_null references(phoenix_kit_files.uuid, on_delete: cascade),
            creator_uuid: uuid references(phoenix_kit_users.uuid, on_delete: set_null),
            kind: varchar(32) not_null,
            geometry: jsonb not_null,
            style: jsonb,
            metadata: jsonb,
            position: integer not_null default(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check phoenix_kit_annotations_kind_check ("kind IN ('rectangle', 'circle', 'polygon', 'freehand')"),

            index phoenix_kit_annotations_file_uuid_index (file_uuid),
            index phoenix_kit_annotations_creator_uuid_index (creator_uuid) where("creator_uuid IS NOT NULL"),
        }
    }
}
