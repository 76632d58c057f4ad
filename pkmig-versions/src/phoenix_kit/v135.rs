//! V135: skills are shared by people, and each has levels of its own.
//!
//! The list that a person had is split at its commas; skills that differ in case alone are one, and
//! a name longer than its column is cut. Translated lists have no place any more and are lost, as
//! are levels on the way down, which puts the names back into a list.

pkmig::migration! {
    V135 "skills" {
        create_table phoenix_kit_staff_skills {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            translations: jsonb not_null default("{}"),
            levels: jsonb not_null default("[]"),
            allow_multiple_levels: boolean not_null default(false),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique_index phoenix_kit_staff_skills_lower_name_index ("lower(name)"),
        }

        create_table phoenix_kit_staff_person_skills {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            staff_person_uuid: uuid not_null references(phoenix_kit_staff_people.uuid, on_delete: cascade),
            skill_uuid: uuid not_null references(phoenix_kit_staff_skills.uuid, on_delete: cascade),
            proficiency_levels: jsonb not_null default("[]"),
            inserted_at: timestamptz not_null default(now()),

            index phoenix_kit_staff_person_skills_skill_index (skill_uuid),
            unique_index phoenix_kit_staff_person_skills_person_skill_index (staff_person_uuid, skill_uuid),
        }

        execute r"
            INSERT INTO @.phoenix_kit_staff_skills (name)
            SELECT DISTINCT ON (lower(part.name)) part.name
            FROM @.phoenix_kit_staff_people AS person
            CROSS JOIN LATERAL regexp_split_to_table(person.skills, ',') AS piece
            CROSS JOIN LATERAL (SELECT left(trim(piece), 255) AS name) AS part
            WHERE part.name <> ''
            ORDER BY lower(part.name), part.name
            ON CONFLICT (lower(name)) DO NOTHING;

            INSERT INTO @.phoenix_kit_staff_person_skills (staff_person_uuid, skill_uuid)
            SELECT DISTINCT person.uuid, skill.uuid
            FROM @.phoenix_kit_staff_people AS person
            CROSS JOIN LATERAL regexp_split_to_table(person.skills, ',') AS piece
            JOIN @.phoenix_kit_staff_skills AS skill ON lower(skill.name) = lower(left(trim(piece), 255))
            WHERE trim(piece) <> ''
            ON CONFLICT (staff_person_uuid, skill_uuid) DO NOTHING;

            UPDATE @.phoenix_kit_staff_people AS person
            SET translations = (
                SELECT jsonb_object_agg(
                    language,
                    CASE WHEN jsonb_typeof(texts) IN ('object', 'array') THEN texts - 'skills' ELSE texts END
                )
                FROM jsonb_each(person.translations) AS translation (language, texts)
            )
            WHERE jsonb_typeof(person.translations) = 'object' AND person.translations <> '{}'::jsonb
        "
        when(column phoenix_kit_staff_people.skills)
        on_fresh(skip)
        lossy_down r"
            UPDATE @.phoenix_kit_staff_people AS person
            SET skills = listed.skills
            FROM (
                SELECT owned.staff_person_uuid, string_agg(skill.name, ', ' ORDER BY lower(skill.name)) AS skills
                FROM @.phoenix_kit_staff_person_skills AS owned
                JOIN @.phoenix_kit_staff_skills AS skill ON skill.uuid = owned.skill_uuid
                GROUP BY owned.staff_person_uuid
            ) AS listed
            WHERE listed.staff_person_uuid = person.uuid
        ";
        drop_column phoenix_kit_staff_people.skills;

        create_index phoenix_kit_staff_people_active_dob_index on phoenix_kit_staff_people (date_of_birth)
            where("status = 'active' AND date_of_birth IS NOT NULL");
    }
}
