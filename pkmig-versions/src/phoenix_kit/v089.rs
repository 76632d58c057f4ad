//! V89: the price of an item is what it costs before the markup of its catalogue.

pkmig::migration! {
    V89 "prices have a markup" {
        rename_column phoenix_kit_cat_items.price => base_price;
        add_column phoenix_kit_cat_catalogues.markup_percentage: numeric(7, 2) not_null default(0);
    }
}
