//! V103: a category may stand in another one. What happens to its children is left to the application.

pkmig::migration! {
    V103 "nested categories" {
        add_column phoenix_kit_cat_categories.parent_uuid: uuid references(phoenix_kit_cat_categories.uuid);
        create_index phoenix_kit_cat_categories_parent_index on phoenix_kit_cat_categories (parent_uuid);
    }
}
