//! V122: a location has floors, rooms and shelves; staff is translated, and a person has a name.
//!
//! Some installs passed V91 before it had locations, so the table is made here where it is missing.
//! One index has the name that PostgreSQL left of a longer one.

pkmig::migration! {
    V122 "spaces of a location" {
        create_table phoenix_kit_locations if_not_exists {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            public_notes: text,
            address_line_1: varchar(500),
            address_line_2: varchar(500),
            city: varchar(255),
            state: varchar(255),
            postal_code: varchar(20),
            country: varchar(255),
            phone: varchar(50),
            email: varchar(255),
            website: varchar(500),
            notes: text,
            status: varchar(20) default("active"),
            features: jsonb default("{}"),
            data: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_locations_status_index (status),
        }

        create_table phoenix_kit_location_spaces {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            location_uuid: uuid not_null references(phoenix_kit_locations.uuid, on_delete: cascade),
            parent_uuid: uuid references(phoenix_kit_location_spaces.uuid, on_delete: cascade),
            kind: varchar(32) not_null,
            name: varchar(255) not_null,
            description: text,
            notes: text,
            status: varchar(20) not_null default("active"),
            position: integer not_null default(0),
            data: jsonb not_null default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check phoenix_kit_location_spaces_kind_check
                ("kind IN ('floor', 'room', 'hall', 'suite', 'section', 'zone', 'aisle', 'shelf', 'corner')"),
            check phoenix_kit_location_spaces_status_check ("status IN ('active', 'inactive')"),

            index phoenix_kit_location_spaces_location_uuid_index (location_uuid),
            index phoenix_kit_location_spaces_parent_uuid_index (parent_uuid),
            index phoenix_kit_location_spaces_location_uuid_parent_uuid_position_
                (location_uuid, parent_uuid, position),
        }

        add_column phoenix_kit_staff_departments.translations: jsonb not_null default("{}");
        add_column phoenix_kit_staff_teams.translations: jsonb not_null default("{}");
        add_column phoenix_kit_staff_people.translations: jsonb not_null default("{}");
        add_column phoenix_kit_staff_people.name: varchar;
    }
}
