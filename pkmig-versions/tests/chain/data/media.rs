//! V113, V118, V119, V121, V124, V126, V130: what an earlier version has no place for goes on the way down.

use crate::install::Install;

#[tokio::test]
async fn what_earlier_versions_have_no_place_for() {
    let mut install = Install::at(113).await;
    install.execute(FILES).await;
    v113_removes_what_the_system_made_on_the_way_down(&mut install).await;
    v118_to_v130_remove_the_newer_kinds_on_the_way_down(&mut install).await;
    v124_renames_trashed_folders_whose_name_is_taken_on_the_way_down(&mut install).await;
    v126_removes_notifications_without_an_activity_on_the_way_down(&mut install).await;
}

const FILES: &str = "
    INSERT INTO phoenix_kit_users (uuid, email, hashed_password, inserted_at, updated_at)
        VALUES ('00000000-0000-7000-8000-0000000000f0', 'a@x.org', '', now(), now());
    INSERT INTO phoenix_kit_files (uuid, original_file_name, file_name, mime_type, file_type, ext, file_checksum, size,
        inserted_at, updated_at, user_file_checksum, user_uuid, parent_file_uuid, system_managed)
    SELECT format('00000000-0000-7000-8000-00000000000%s', n)::uuid, name, name, 'image/png', 'image', 'png', name, 1,
        now(), now(), name, owner::uuid, parent::uuid, managed
    FROM (VALUES
        (1, 'map.png', '00000000-0000-7000-8000-0000000000f0', NULL, false),
        (2, 'tile.png', NULL, '00000000-0000-7000-8000-000000000001', true),
        (3, 'owned tile.png', '00000000-0000-7000-8000-0000000000f0', NULL, true),
        (4, 'part.png', NULL, '00000000-0000-7000-8000-000000000001', false)
    ) AS file (n, name, owner, parent, managed)";

async fn v113_removes_what_the_system_made_on_the_way_down(install: &mut Install) {
    install.go(113).await;
    install.go(112).await;
    assert_eq!(install.fields("SELECT file_name FROM phoenix_kit_files").await, ["map.png"]);
}

/// PhoenixKit's own downs stop at annotations of the newer kinds.
async fn v118_to_v130_remove_the_newer_kinds_on_the_way_down(install: &mut Install) {
    install.go(130).await;
    let insert = "
        INSERT INTO phoenix_kit_annotations (file_uuid, kind, geometry, title, inserted_at, updated_at)
        SELECT '00000000-0000-7000-8000-000000000001', kind, '[1]', 'here', now(), now()
        FROM unnest('{circle, callout, text, dimension, line, marker}'::text[]) AS kind";
    install.execute(insert).await;
    let kinds = "SELECT string_agg(kind, ' ' ORDER BY kind) FROM phoenix_kit_annotations";
    for (version, left) in [
        (130, "callout circle dimension line marker text"),
        (129, "callout circle dimension line text"),
        (120, "callout circle dimension text"),
        (118, "callout circle text"),
        (117, "circle"),
    ] {
        install.go(version).await;
        assert_eq!(install.fields(kinds).await, [left], "V{version}");
    }
}

/// PhoenixKit's own down stops where a trashed folder shares a name.
async fn v124_renames_trashed_folders_whose_name_is_taken_on_the_way_down(install: &mut Install) {
    install.go(124).await;
    let insert = "
        INSERT INTO phoenix_kit_media_folders (uuid, name, parent_uuid, trashed_at, inserted_at) VALUES
            ('00000000-0000-7000-8000-0000000000a1', 'photos', NULL, '2024-02-01', '2024-01-01'),
            ('00000000-0000-7000-8000-0000000000a2', 'photos', NULL, NULL, '2024-02-02'),
            ('00000000-0000-7000-8000-0000000000a3', 'photos', '00000000-0000-7000-8000-0000000000a2', NULL, '2024-02-02'),
            ('00000000-0000-7000-8000-0000000000a4', 'scans', NULL, '2024-02-01', '2024-02-02')";
    install.execute(insert).await;
    install.go(123).await;
    let names = "SELECT name FROM phoenix_kit_media_folders ORDER BY uuid";
    assert_eq!(install.fields(names).await, ["photos 0000000000a1", "photos", "photos", "scans"]);
}

async fn v126_removes_notifications_without_an_activity_on_the_way_down(install: &mut Install) {
    install.go(126).await;
    let insert = "
        INSERT INTO phoenix_kit_activities (uuid, action) VALUES ('00000000-0000-7000-8000-0000000000a1', 'uploaded');
        INSERT INTO phoenix_kit_notifications (activity_uuid, recipient_uuid) VALUES
            ('00000000-0000-7000-8000-0000000000a1', '00000000-0000-7000-8000-0000000000f0'),
            (NULL, '00000000-0000-7000-8000-0000000000f0')";
    install.execute(insert).await;
    install.go(125).await;
    let left =
        "SELECT action FROM phoenix_kit_notifications JOIN phoenix_kit_activities AS a ON a.uuid = activity_uuid";
    assert_eq!(install.fields(left).await, ["uploaded"]);
}
