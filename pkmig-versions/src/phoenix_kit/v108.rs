//! V108: entities, catalogues and items are ordered by hand.

pkmig::migration! {
    V108 "positions" {
        add_column phoenix_kit_entities.position: integer default(0);
        add_column phoenix_kit_cat_catalogues.position: integer default(0);
        add_column phoenix_kit_cat_items.position: integer default(0);
    }
}
