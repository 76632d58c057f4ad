//! V83: a publishing group can be put in the trash without being deleted.

pkmig::migration! {
    V83 "status of publishing groups" {
        add_column phoenix_kit_publishing_groups.status: varchar(20) not_null default("active");
        create_index idx_publishing_groups_status on phoenix_kit_publishing_groups (status);
    }
}
