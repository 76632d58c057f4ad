//! V136: the employment of a person has a history, of which one span at most is open.
//!
//! Whoever has any data of an employment gets a first span of it. The person keeps them too, as a
//! copy of the current span, so nothing is lost on the way down but the history.

pkmig::migration! {
    V136 "employment history" {
        create_table phoenix_kit_staff_employments {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            staff_person_uuid: uuid not_null references(phoenix_kit_staff_people.uuid, on_delete: cascade),
            employment_type: varchar(50),
            job_title: varchar(255),
            translations: jsonb not_null default("{}"),
            primary_department_uuid: uuid references(phoenix_kit_staff_departments.uuid, on_delete: set_null),
            primary_team_uuid: uuid references(phoenix_kit_staff_teams.uuid, on_delete: set_null),
            employment_start_date: date,
            employment_end_date: date,
            work_location: varchar(255),
            notes: text,
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index phoenix_kit_staff_employments_person_index (staff_person_uuid),
            unique_index phoenix_kit_staff_employments_one_open_index (staff_person_uuid)
                where("employment_end_date IS NULL"),
        }

        execute r"
            INSERT INTO @.phoenix_kit_staff_employments (
                staff_person_uuid, employment_type, job_title, translations, primary_department_uuid,
                employment_start_date, employment_end_date, work_location
            )
            SELECT person.uuid, person.employment_type, person.job_title, coalesce(titles.translations, '{}'::jsonb),
                person.primary_department_uuid, person.employment_start_date, person.employment_end_date,
                person.work_location
            FROM @.phoenix_kit_staff_people AS person
            CROSS JOIN LATERAL (
                SELECT jsonb_object_agg(language, jsonb_build_object('job_title', texts -> 'job_title')) AS translations
                FROM jsonb_each(
                    CASE jsonb_typeof(person.translations) WHEN 'object' THEN person.translations ELSE '{}'::jsonb END
                ) AS translation (language, texts)
                WHERE texts ? 'job_title'
            ) AS titles
            WHERE num_nonnulls(
                    person.employment_type, person.job_title, person.employment_start_date,
                    person.employment_end_date, person.primary_department_uuid, person.work_location
                ) > 0
                AND NOT EXISTS (
                    SELECT FROM @.phoenix_kit_staff_employments AS span WHERE span.staff_person_uuid = person.uuid
                )
        "
        idempotent
        on_fresh(skip)
        down_noop("the spans go with their table");
    }
}
