//! V97: an item may have a markup of its own; null means that of its catalogue, 0 means none.

pkmig::migration! {
    V97 "markup per item" {
        add_column phoenix_kit_cat_items.markup_percentage: numeric(7, 2);
    }
}
