//! V135, V136: the skills and the employment of people.

use crate::install::Install;

#[tokio::test]
async fn skills_and_employment() {
    let mut install = Install::at(134).await;
    install.execute(PEOPLE).await;
    v135_splits_skills_and_joins_them_again(&mut install).await;
    v136_opens_a_span_for_whoever_is_employed(&mut install).await;
}

const PEOPLE: &str = "
    INSERT INTO phoenix_kit_users (uuid, email, hashed_password, inserted_at, updated_at)
        SELECT format('00000000-0000-7000-8000-0000000000f%s', n)::uuid, n || '@x.org', '', now(), now()
        FROM generate_series(1, 7) AS n;
    INSERT INTO phoenix_kit_staff_departments (uuid, name) VALUES ('00000000-0000-7000-8000-0000000000d1', 'ships');
    INSERT INTO phoenix_kit_staff_people (uuid, user_uuid) SELECT
        format('00000000-0000-7000-8000-00000000000%s', n)::uuid,
        format('00000000-0000-7000-8000-0000000000f%s', n)::uuid
        FROM generate_series(1, 7) AS n;";

async fn v135_splits_skills_and_joins_them_again(install: &mut Install) {
    install.go(134).await;
    let update = r#"
        UPDATE phoenix_kit_staff_people AS person
        SET skills = described.skills, translations = described.translations::jsonb
        FROM (VALUES
            (1, 'sailing, rust,Sailing , ', '{"de": {"skills": "Segeln", "bio": "b"}, "et": {"skills": null}}'),
            (2, 'SAILING,tea', '{"de": {"bio": "b"}}'),
            (3, 'café,,café ', '{"de": ["skills", "x"], "et": "skills", "ja": null}'),
            (4, repeat('a', 255) || 'b,' || repeat('A', 255) || 'c', '[]'),
            (5, ' , ,', '{}'),
            (6, NULL, '{"de": {}}'),
            (7, '', '"skills"')
        ) AS described (n, skills, translations)
        WHERE person.uuid = format('00000000-0000-7000-8000-00000000000%s', n)::uuid"#;
    install.execute(update).await;
    install.go(135).await;
    let skills = "SELECT lower(left(name, 5)) AS name, length(name), levels, translations
        FROM phoenix_kit_staff_skills ORDER BY lower(name) COLLATE \"C\"";
    let expected = ["aaaaa|255|[]|{}", "café|4|[]|{}", "rust|4|[]|{}", "saili|7|[]|{}", "tea|3|[]|{}"];
    assert_eq!(install.fields(skills).await, expected);
    let owned = "
        SELECT right(staff_person_uuid::text, 1) AS person, lower(left(name, 5)) AS name
        FROM phoenix_kit_staff_person_skills JOIN phoenix_kit_staff_skills AS skill ON skill.uuid = skill_uuid
        ORDER BY 1, lower(name) COLLATE \"C\"";
    let expected = ["1|rust", "1|saili", "2|saili", "2|tea", "3|café", "4|aaaaa"];
    assert_eq!(install.fields(owned).await, expected);
    let translations = "SELECT translations FROM phoenix_kit_staff_people ORDER BY uuid";
    let expected = [
        r#"{"de": {"bio": "b"}, "et": {}}"#,
        r#"{"de": {"bio": "b"}}"#,
        r#"{"de": ["x"], "et": "skills", "ja": null}"#,
        "[]",
        "{}",
        r#"{"de": {}}"#,
        "skills",
    ];
    assert_eq!(install.fields(translations).await, expected);

    // PhoenixKit's own down leaves the lists empty.
    install.go(134).await;
    let listed = "SELECT lower(left(skills, 20)) FROM phoenix_kit_staff_people ORDER BY uuid";
    assert_eq!(
        install.fields(listed).await,
        ["rust, sailing", "sailing, tea", "café", "aaaaaaaaaaaaaaaaaaaa", "-", "-", "-"]
    );
}

async fn v136_opens_a_span_for_whoever_is_employed(install: &mut Install) {
    install.go(135).await;
    let update = r#"
        UPDATE phoenix_kit_staff_people SET translations = '{}';
        UPDATE phoenix_kit_staff_people AS person
        SET employment_type = kind, job_title = title, translations = described.translations::jsonb,
            employment_start_date = starts::date, employment_end_date = ends::date, work_location = place
        FROM (VALUES
            (1, 'full_time', 'cook', '{"de": {"job_title": "Koch", "bio": "b"}, "et": {"bio": "b"}}', '2024-01-01', NULL, 'galley'),
            (2, NULL, 'mate', '{"de": {"job_title": null}, "et": "job_title"}', '2023-01-01', '2023-12-31', NULL),
            (3, NULL, '', '{}', NULL, NULL, NULL),
            (4, NULL, NULL, '{"de": {"job_title": "Koch"}}', NULL, NULL, NULL),
            (5, NULL, NULL, '"text"', NULL, NULL, 'deck')
        ) AS described (n, kind, title, translations, starts, ends, place)
        WHERE person.uuid = format('00000000-0000-7000-8000-00000000000%s', n)::uuid;
        UPDATE phoenix_kit_staff_people SET primary_department_uuid = '00000000-0000-7000-8000-0000000000d1'
        WHERE uuid = '00000000-0000-7000-8000-000000000006'"#;
    install.execute(update).await;
    install.go(136).await;
    let spans = "
        SELECT right(staff_person_uuid::text, 1) AS person, employment_type, job_title, span.translations,
            employment_start_date, employment_end_date, work_location, department.name AS department
        FROM phoenix_kit_staff_employments AS span
        LEFT JOIN phoenix_kit_staff_departments AS department ON department.uuid = primary_department_uuid ORDER BY 1";
    let opened = [
        r#"1|full_time|cook|{"de": {"job_title": "Koch"}}|2024-01-01|-|galley|-"#,
        r#"2|-|mate|{"de": {"job_title": null}, "et": {"job_title": null}}|2023-01-01|2023-12-31|-|-"#,
        "3|-||{}|-|-|-|-",
        "5|-|-|{}|-|-|deck|-",
        "6|-|-|{}|-|-|-|ships",
    ];
    assert_eq!(install.fields(spans).await, opened);

    install.go(135).await;
    let kept = "SELECT job_title, work_location, translations -> 'de' AS de FROM phoenix_kit_staff_people ORDER BY uuid LIMIT 2";
    assert_eq!(
        install.fields(kept).await,
        [r#"cook|galley|{"bio": "b", "job_title": "Koch"}"#, r#"mate|-|{"job_title": null}"#]
    );
}
