//! V44: the exchange between installs is called sync, no longer db_sync.
//!
//! Keys, sequences and the indexes of uuids keep their old names. A setting stays where it is if its
//! new key is taken.

pkmig::migration! {
    V44 "db_sync becomes sync" {
        rename_table phoenix_kit_db_sync_connections => phoenix_kit_sync_connections;
        rename_table phoenix_kit_db_sync_transfers => phoenix_kit_sync_transfers;

        rename_index phoenix_kit_db_sync_connections_site_direction_uidx
            => phoenix_kit_sync_connections_site_direction_uidx;
        rename_index phoenix_kit_db_sync_connections_status_idx
            => phoenix_kit_sync_connections_status_idx;
        rename_index phoenix_kit_db_sync_connections_direction_idx
            => phoenix_kit_sync_connections_direction_idx;
        rename_index phoenix_kit_db_sync_connections_expires_at_idx
            => phoenix_kit_sync_connections_expires_at_idx;
        rename_index phoenix_kit_db_sync_transfers_direction_idx
            => phoenix_kit_sync_transfers_direction_idx;
        rename_index phoenix_kit_db_sync_transfers_connection_id_idx
            => phoenix_kit_sync_transfers_connection_id_idx;
        rename_index phoenix_kit_db_sync_transfers_status_idx
            => phoenix_kit_sync_transfers_status_idx;
        rename_index phoenix_kit_db_sync_transfers_initiated_by_idx
            => phoenix_kit_sync_transfers_initiated_by_idx;
        rename_index phoenix_kit_db_sync_transfers_inserted_at_idx
            => phoenix_kit_sync_transfers_inserted_at_idx;
        rename_index phoenix_kit_db_sync_transfers_approval_idx
            => phoenix_kit_sync_transfers_approval_idx;

        rename_value phoenix_kit_settings.key {
            "db_sync_enabled" => "sync_enabled",
            "db_sync_incoming_mode" => "sync_incoming_mode",
            "db_sync_incoming_password" => "sync_incoming_password",
        } on_conflict do_nothing;
    }
}
