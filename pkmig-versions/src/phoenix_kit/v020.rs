//! V20: uploaded files, stored in one or several places. A file has instances (the original, and what is made
//! of it in the given dimensions), and each instance lies in one or more buckets.
//! A new install keeps its files in a folder of the application, in one copy.

pkmig::migration! {
    V20 "distributed file storage" {
        create_table phoenix_kit_buckets {
            id: uuid primary_key,
            name: varchar(255) not_null,
            provider: varchar(255) not_null,
            region: varchar(255),
            endpoint: varchar(255),
            bucket_name: varchar(255),
            access_key_id: varchar(255),
            secret_access_key: varchar(255),
            cdn_url: varchar(255),
            path_prefix: varchar(255),
            enabled: boolean not_null default(true),
            priority: integer not_null default(0),
            max_size_mb: bigint,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_buckets_enabled_index (enabled),
            index phoenix_kit_buckets_provider_index (provider),
            comment "places where files can lie: a local folder or an object store",
        }

        create_table phoenix_kit_files {
            id: uuid primary_key,
            original_file_name: varchar(255) not_null,
            file_name: varchar(255) not_null,
            file_path: varchar(255),
            mime_type: varchar(255) not_null,
            file_type: varchar(255) not_null,
            ext: varchar(255) not_null,
            checksum: varchar(255) not_null,
            size: bigint not_null,
            width: integer,
            height: integer,
            duration: integer,
            status: varchar(255) not_null default("processing"),
            metadata: jsonb,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_files_user_id_index (user_id),
            index phoenix_kit_files_file_type_index (file_type),
            index phoenix_kit_files_status_index (status),
            index phoenix_kit_files_inserted_at_index (inserted_at),
            index phoenix_kit_files_file_path_index (file_path),
            comment "what users have uploaded",
        }

        create_table phoenix_kit_file_instances {
            id: uuid primary_key,
            variant_name: varchar(255) not_null,
            file_name: varchar(255) not_null,
            mime_type: varchar(255) not_null,
            ext: varchar(255) not_null,
            checksum: varchar(255) not_null,
            size: bigint not_null,
            width: integer,
            height: integer,
            processing_status: varchar(255) not_null default("pending"),
            file_id: uuid not_null references(phoenix_kit_files.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_file_instances_file_id_index (file_id),
            index phoenix_kit_file_instances_variant_name_index (variant_name),
            index phoenix_kit_file_instances_processing_status_index (processing_status),
            unique_index phoenix_kit_file_instances_file_id_variant_name_index (file_id, variant_name),
            comment "a file as it was uploaded, and each size or quality made of it",
        }

        create_table phoenix_kit_file_locations {
            id: uuid primary_key,
            path: varchar(255) not_null,
            status: varchar(255) not_null default("active"),
            priority: integer not_null default(0),
            last_verified_at: timestamp(0),
            file_instance_id: uuid not_null references(phoenix_kit_file_instances.id, on_delete: cascade),
            bucket_id: uuid not_null references(phoenix_kit_buckets.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_file_locations_file_instance_id_index (file_instance_id),
            index phoenix_kit_file_locations_bucket_id_index (bucket_id),
            index phoenix_kit_file_locations_status_index (status),
            comment "which instance lies in which bucket; one row for each copy",
        }

        create_table phoenix_kit_storage_dimensions {
            id: uuid primary_key,
            name: varchar(255) not_null,
            width: integer,
            height: integer,
            quality: integer not_null default(85),
            format: varchar(255),
            applies_to: varchar(255) not_null,
            enabled: boolean not_null default(true),
            order: integer not_null default(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_storage_dimensions_enabled_index (enabled),
            index phoenix_kit_storage_dimensions_order_index (order),
            unique_index phoenix_kit_storage_dimensions_name_index (name),
            comment "the sizes and qualities that are made of an upload",
        }

        seed phoenix_kit_storage_dimensions
            (id, name, width, height, quality, format, applies_to, enabled, order, inserted_at, updated_at)
            on_conflict(name) do_nothing
        {
            (gen_random_uuid(), "thumbnail", 150, 150, 85, "jpg", "image", true, 1, now(), now()),
            (gen_random_uuid(), "small", 300, 300, 85, "jpg", "image", true, 2, now(), now()),
            (gen_random_uuid(), "medium", 800, 600, 85, "jpg", "image", true, 3, now(), now()),
            (gen_random_uuid(), "large", 1920, 1080, 85, "jpg", "image", true, 4, now(), now()),
            (gen_random_uuid(), "360p", 640, 360, 28, "mp4", "video", true, 5, now(), now()),
            (gen_random_uuid(), "720p", 1280, 720, 28, "mp4", "video", true, 6, now(), now()),
            (gen_random_uuid(), "1080p", 1920, 1080, 28, "mp4", "video", true, 7, now(), now()),
            (gen_random_uuid(), "video_thumbnail", 640, 360, 85, "jpg", "video", true, 8, now(), now()),
        }

        seed phoenix_kit_buckets (id, name, provider, endpoint, enabled, priority, inserted_at, updated_at)
            unless_exists(name)
        {
            (gen_random_uuid(), "Local Storage", "local", "priv/media", true, 0, now(), now()),
        }

        seed phoenix_kit_settings (key, value, date_added, date_updated) on_conflict(key) do_nothing {
            ("storage_redundancy_copies", "1", now(), now()),
            ("storage_auto_generate_variants", "true", now(), now()),
            ("storage_default_bucket_id", null, now(), now()),
        }
    }
}
