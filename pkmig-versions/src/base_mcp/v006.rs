//! V6: what anybody may have, be it a user, a merchant or an order: addresses, emails, phones, and so on. An owner is a
//! kind of entity and an id, so no foreign key can hold the id.
//!
//! Row level security is on, but there is no policy before V11: until then only the tables' owner sees rows.

pkmig::migration! {
    V06 "what every entity may own" {
        create_table addresses {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            address_type: text references(address_types.value),
            label: text,
            line1: text not_null,
            line2: text,
            city: text not_null,
            state: text,
            postal_code: text not_null,
            country: text not_null default("US"),
            location: geometry,
            is_verified: boolean default(false),
            verified_at: timestamp(0),
            verification_method: text,
            is_primary: boolean default(false),
            notes: text,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index addresses_owner_type_owner_id_index (owner_type, owner_id),
            index addresses_address_type_index (address_type),
            index addresses_owner_type_owner_id_is_primary_index (owner_type, owner_id, is_primary)
                where("is_primary = true"),
            index idx_addresses_location (location) using gist,
            row_level_security,
        }

        create_table emails {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            email_type: text references(email_types.value),
            label: text,
            email: citext not_null,
            is_verified: boolean default(false),
            verified_at: timestamp(0),
            verification_token: text,
            verification_sent_at: timestamp(0),
            is_primary: boolean default(false),
            can_receive_marketing: boolean default(false),
            can_receive_transactional: boolean default(true),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index emails_owner_type_owner_id_index (owner_type, owner_id),
            index emails_email_index (email),
            index emails_email_type_index (email_type),
            index emails_owner_type_owner_id_is_primary_index (owner_type, owner_id, is_primary)
                where("is_primary = true"),
            row_level_security,
        }

        create_table phones {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            phone_type: text references(phone_types.value),
            label: text,
            phone: text not_null,
            country_code: text default("US"),
            extension: text,
            is_verified: boolean default(false),
            verified_at: timestamp(0),
            verification_code: text,
            verification_sent_at: timestamp(0),
            can_sms: boolean default(false),
            can_voice: boolean default(true),
            is_primary: boolean default(false),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phones_owner_type_owner_id_index (owner_type, owner_id),
            index phones_phone_index (phone),
            index phones_phone_type_index (phone_type),
            index phones_can_sms_index (can_sms) where("can_sms = true"),
            row_level_security,
        }

        create_table socials {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            platform: text not_null references(social_platforms.value),
            username: text not_null,
            url: text not_null,
            is_verified: boolean default(false),
            verified_at: timestamp(0),
            is_public: boolean default(true),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index socials_owner_type_owner_id_index (owner_type, owner_id),
            index socials_platform_index (platform),
            index socials_is_public_index (is_public) where("is_public = true"),
            unique_index socials_owner_type_owner_id_platform_index (owner_type, owner_id, platform),
            row_level_security,
        }

        create_table images {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            image_type: text references(image_types.value),
            storage_provider: text default("s3"),
            storage_bucket: text not_null,
            storage_key: text not_null,
            filename: text not_null,
            mime_type: text not_null,
            file_size: integer not_null,
            width: integer,
            height: integer,
            alt_text: text,
            public_url: text,
            is_public: boolean default(false),
            is_processed: boolean default(false),
            thumbnails: jsonb default("{}"),
            sort_order: integer default(0),
            metadata: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index images_owner_type_owner_id_index (owner_type, owner_id),
            index images_image_type_index (image_type),
            index images_is_public_index (is_public) where("is_public = true"),
            index images_storage_provider_storage_bucket_storage_key_index (
                storage_provider, storage_bucket, storage_key
            ),
            row_level_security,
        }

        create_table documents {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            document_type: text references(document_types.value),
            storage_provider: text default("s3"),
            storage_bucket: text not_null,
            storage_key: text not_null,
            encryption_key_id: text,
            filename: text not_null,
            mime_type: text not_null,
            file_size: integer not_null,
            category: text,
            tags: text[],
            is_sensitive: boolean default(true),
            requires_approval: boolean default(false),
            approved_by: uuid references(users.id),
            approved_at: timestamp(0),
            retention_policy: text,
            expires_at: timestamp(0),
            metadata: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index documents_owner_type_owner_id_index (owner_type, owner_id),
            index documents_document_type_index (document_type),
            index documents_expires_at_index (expires_at) where("expires_at IS NOT NULL"),
            index idx_documents_tags (tags) using gin,
            row_level_security,
        }

        create_table todos {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            related_to_type: text references(entity_types.value),
            related_to_id: uuid,
            title: text not_null,
            description: text,
            status: text default("pending") references(status_types.value),
            priority: text default("medium"),
            due_at: timestamp(0),
            completed_at: timestamp(0),
            assigned_to: uuid references(users.id),
            tags: text[],
            checklist: jsonb default("[]"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index todos_owner_type_owner_id_index (owner_type, owner_id),
            index todos_related_to_type_related_to_id_index (related_to_type, related_to_id),
            index todos_status_index (status),
            index todos_due_at_index (due_at) where("due_at IS NOT NULL"),
            index todos_assigned_to_index (assigned_to) where("assigned_to IS NOT NULL"),
            row_level_security,
        }

        create_table notes {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            related_to_type: text references(entity_types.value),
            related_to_id: uuid,
            title: text,
            content: text not_null,
            category: text,
            tags: text[],
            is_private: boolean default(true),
            is_pinned: boolean default(false),
            metadata: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index notes_owner_type_owner_id_index (owner_type, owner_id),
            index notes_related_to_type_related_to_id_index (related_to_type, related_to_id),
            index notes_is_pinned_index (is_pinned) where("is_pinned = true"),
            index idx_notes_tags (tags) using gin,
            index idx_notes_content_search ("to_tsvector('english', content)") using gin,
            row_level_security,
        }
    }
}
