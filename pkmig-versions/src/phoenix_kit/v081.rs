//! V81: the records of an entity can be put in an order by hand.
//!
//! Until somebody does, they stand as they were made.

pkmig::migration! {
    V81 "order of entity records" {
        add_column phoenix_kit_entity_data.position: integer;
        backfill phoenix_kit_entity_data.position
            = "ranked.place"
            from(r"(
                SELECT uuid AS record, row_number() OVER (PARTITION BY entity_uuid ORDER BY date_created) AS place
                FROM @.phoenix_kit_entity_data
                WHERE position IS NULL
            ) AS ranked")
            where("ranked.record = uuid AND position IS NULL");
        create_index phoenix_kit_entity_data_entity_position_idx on phoenix_kit_entity_data (entity_uuid, position);
    }
}
