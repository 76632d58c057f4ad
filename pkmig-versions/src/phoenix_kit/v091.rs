//! V91: places, such as offices and warehouses, and the types that each of them may have.
//!
//! One index has the name that PostgreSQL left of a longer one.

pkmig::migration! {
    V91 "locations" {
        create_table phoenix_kit_location_types {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            status: varchar(20) default("active"),
            data: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_location_types_status_index (status),
        }

        create_table phoenix_kit_locations {
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

        create_table phoenix_kit_location_type_assignments {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            location_uuid: uuid not_null references(phoenix_kit_locations.uuid, on_delete: cascade),
            location_type_uuid: uuid not_null references(phoenix_kit_location_types.uuid, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_location_type_assignments_location_uuid_index (location_uuid),
            unique_index phoenix_kit_location_type_assignments_location_uuid_location_ty
                (location_uuid, location_type_uuid),
        }
    }
}
