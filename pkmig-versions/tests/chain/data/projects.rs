//! V106, V112, V127: projects, their names and their tasks.

use crate::install::Install;

#[tokio::test]
async fn projects_and_tasks() {
    let mut install = Install::at(106).await;
    v106_leaves_a_name_to_whoever_had_it_first_on_the_way_down(&mut install).await;
    v112_archives_projects_and_gives_their_start_an_hour(&mut install).await;
    v112_tells_names_and_titles_apart_on_the_way_down(&mut install).await;
    v127_takes_projects_out_of_projects_on_the_way_down(&mut install).await;
}

/// PhoenixKit's own down stops at a project that is called like its template.
async fn v106_leaves_a_name_to_whoever_had_it_first_on_the_way_down(install: &mut Install) {
    install.go(106).await;
    let insert = "
        INSERT INTO phoenix_kit_projects (uuid, name, is_template, inserted_at) VALUES
            ('00000000-0000-7000-8000-0000000000a1', 'house', false, '2024-01-02'),
            ('00000000-0000-7000-8000-0000000000a2', 'House', true, '2024-01-01'),
            ('00000000-0000-7000-8000-0000000000a3', 'shed', false, '2024-01-01')";
    install.execute(insert).await;
    install.go(105).await;
    let names = "SELECT name FROM phoenix_kit_projects ORDER BY uuid";
    assert_eq!(install.fields(names).await, ["house 0000000000a1", "House", "shed"]);
}

async fn v112_archives_projects_and_gives_their_start_an_hour(install: &mut Install) {
    install.go(111).await;
    let insert = "
        DELETE FROM phoenix_kit_projects;
        INSERT INTO phoenix_kit_projects (name, status, scheduled_start_date, inserted_at, updated_at) VALUES
            ('a', 'archived', '2024-05-01', '2024-01-01', '2024-06-01 12:30:15.6'), ('b', 'active', NULL, now(), now())";
    install.execute(insert).await;
    install.go(112).await;
    let archived = "
        SELECT name, archived_at, scheduled_start_date, translations, position FROM phoenix_kit_projects ORDER BY name";
    let expected = ["a|2024-06-01T12:30:16|2024-05-01T00:00:00|{}|0", "b|-|-|{}|0"];
    assert_eq!(install.fields(archived).await, expected);

    install.execute("UPDATE phoenix_kit_projects SET scheduled_start_date = '2024-05-02 18:00' WHERE name = 'a'").await;
    install.go(111).await;
    let dates = "SELECT name, status, scheduled_start_date FROM phoenix_kit_projects ORDER BY name";
    assert_eq!(install.fields(dates).await, ["a|archived|2024-05-02", "b|active|-"]);
}

/// PhoenixKit's own down stops at names that are no longer unique.
async fn v112_tells_names_and_titles_apart_on_the_way_down(install: &mut Install) {
    install.go(112).await;
    let insert = "
        DELETE FROM phoenix_kit_projects;
        INSERT INTO phoenix_kit_projects (uuid, name, is_template, inserted_at) VALUES
            ('00000000-0000-7000-8000-0000000000a1', 'house', false, '2024-01-02'),
            ('00000000-0000-7000-8000-0000000000a2', 'HOUSE', false, '2024-01-01'),
            ('00000000-0000-7000-8000-0000000000a3', 'house', true, '2024-01-03');
        INSERT INTO phoenix_kit_project_tasks (uuid, title, inserted_at) VALUES
            ('00000000-0000-7000-8000-0000000000b1', 'dig', '2024-01-01'),
            ('00000000-0000-7000-8000-0000000000b2', 'dig', '2024-01-01')";
    install.execute(insert).await;
    install.go(111).await;
    let names = "
        SELECT name FROM (SELECT uuid, name FROM phoenix_kit_projects
            UNION ALL SELECT uuid, title FROM phoenix_kit_project_tasks) AS named ORDER BY uuid";
    assert_eq!(install.fields(names).await, ["house 0000000000a1", "HOUSE", "house", "dig", "dig 0000000000b2"]);
}

async fn v127_takes_projects_out_of_projects_on_the_way_down(install: &mut Install) {
    install.go(127).await;
    let insert = "
        DELETE FROM phoenix_kit_projects;
        DELETE FROM phoenix_kit_project_tasks;
        INSERT INTO phoenix_kit_projects (uuid, name) VALUES
            ('00000000-0000-7000-8000-0000000000a1', 'house'), ('00000000-0000-7000-8000-0000000000a2', 'roof');
        INSERT INTO phoenix_kit_project_tasks (uuid, title) VALUES ('00000000-0000-7000-8000-0000000000b1', 'dig');
        INSERT INTO phoenix_kit_project_assignments (project_uuid, task_uuid, child_project_uuid) VALUES
            ('00000000-0000-7000-8000-0000000000a1', '00000000-0000-7000-8000-0000000000b1', NULL),
            ('00000000-0000-7000-8000-0000000000a1', NULL, '00000000-0000-7000-8000-0000000000a2')";
    install.execute(insert).await;
    install.go(126).await;
    let assigned = "
        SELECT project.name, title FROM phoenix_kit_projects AS project
        LEFT JOIN phoenix_kit_project_assignments AS assignment ON assignment.project_uuid = project.uuid
        LEFT JOIN phoenix_kit_project_tasks AS task ON task.uuid = assignment.task_uuid ORDER BY name";
    assert_eq!(install.fields(assigned).await, ["house|dig", "roof|-"]);
}
