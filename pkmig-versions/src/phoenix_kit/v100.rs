//! V100: who works here: departments, their teams, and the people in them.
//!
//! A person is a user with what an employer knows of them, and may be in several teams.

pkmig::migration! {
    V100 "staff" {
        create_table phoenix_kit_staff_departments {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique_index phoenix_kit_staff_departments_name_index ("lower(name)"),
        }

        create_table phoenix_kit_staff_teams {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            department_uuid: uuid not_null references(phoenix_kit_staff_departments.uuid, on_delete: cascade),
            name: varchar(255) not_null,
            description: text,
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index phoenix_kit_staff_teams_department_index (department_uuid),
            unique_index phoenix_kit_staff_teams_department_name_index (department_uuid, "lower(name)"),
        }

        create_table phoenix_kit_staff_people {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            user_uuid: uuid not_null references(phoenix_kit_users.uuid, on_delete: cascade),
            primary_department_uuid: uuid references(phoenix_kit_staff_departments.uuid, on_delete: set_null),
            status: varchar(20) not_null default("active"),
            job_title: varchar(255),
            employment_type: varchar(20),
            employment_start_date: date,
            employment_end_date: date,
            work_location: varchar(255),
            work_phone: varchar(50),
            personal_phone: varchar(50),
            bio: text,
            skills: text,
            notes: text,
            date_of_birth: date,
            personal_email: varchar(255),
            emergency_contact_name: varchar(255),
            emergency_contact_phone: varchar(50),
            emergency_contact_relationship: varchar(100),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index phoenix_kit_staff_people_primary_department_index (primary_department_uuid),
            index phoenix_kit_staff_people_status_index (status),
            unique_index phoenix_kit_staff_people_user_index (user_uuid),
        }

        create_table phoenix_kit_staff_team_memberships {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            team_uuid: uuid not_null references(phoenix_kit_staff_teams.uuid, on_delete: cascade),
            staff_person_uuid: uuid not_null references(phoenix_kit_staff_people.uuid, on_delete: cascade),
            inserted_at: timestamptz not_null default(now()),

            index phoenix_kit_staff_team_memberships_person_index (staff_person_uuid),
            unique_index phoenix_kit_staff_team_memberships_team_person_index (team_uuid, staff_person_uuid),
        }
    }
}
