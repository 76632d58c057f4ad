//! V116: a record of an entity may stand under another one. What happens to its children is left to
//! the application.

pkmig::migration! {
    V116 "nested records" {
        add_column phoenix_kit_entity_data.parent_uuid: uuid references(phoenix_kit_entity_data.uuid);
        create_index phoenix_kit_entity_data_parent_index on phoenix_kit_entity_data (parent_uuid);
    }
}
