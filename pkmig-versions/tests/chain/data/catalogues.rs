//! V96, V123: items of catalogues.

use crate::install::Install;

#[tokio::test]
async fn items_of_catalogues() {
    let mut install = Install::at(95).await;
    v96_links_items_to_catalogues(&mut install).await;
    v123_tells_items_of_one_sku_apart_on_the_way_down(&mut install).await;
}

const CATALOGUES: &str = "
    INSERT INTO phoenix_kit_cat_catalogues (uuid, name, status, inserted_at, updated_at) VALUES
        ('00000000-0000-7000-8000-0000000000c1', 'in the trash', 'deleted', '2020-01-01', '2020-01-01'),
        ('00000000-0000-7000-8000-0000000000c2', 'old', 'active', '2021-01-01', '2021-01-01'),
        ('00000000-0000-7000-8000-0000000000c3', 'new', 'active', '2022-01-01', '2022-01-01');
    INSERT INTO phoenix_kit_cat_categories (uuid, name, catalogue_uuid, inserted_at, updated_at) VALUES
        ('00000000-0000-7000-8000-0000000000d1', 'rests', '00000000-0000-7000-8000-0000000000c1', now(), now()),
        ('00000000-0000-7000-8000-0000000000d3', 'doors', '00000000-0000-7000-8000-0000000000c3', now(), now());
    INSERT INTO phoenix_kit_cat_items (name, category_uuid, inserted_at, updated_at) VALUES
        ('hinge', '00000000-0000-7000-8000-0000000000d3', now(), now()),
        ('rail', '00000000-0000-7000-8000-0000000000d1', now(), now()),
        ('screw', NULL, now(), now())";

async fn v96_links_items_to_catalogues(install: &mut Install) {
    install.go(95).await;
    install.execute(CATALOGUES).await;
    install.go(96).await;
    let linked = "
        SELECT item.name, catalogue.name AS catalogue FROM phoenix_kit_cat_items AS item
        LEFT JOIN phoenix_kit_cat_catalogues AS catalogue ON catalogue.uuid = item.catalogue_uuid ORDER BY 1";
    assert_eq!(install.fields(linked).await, ["hinge|new", "rail|in the trash", "screw|old"]);

    install.go(95).await;
    let kept = "
        SELECT item.name, category.name AS category FROM phoenix_kit_cat_items AS item
        LEFT JOIN phoenix_kit_cat_categories AS category ON category.uuid = item.category_uuid ORDER BY 1";
    assert_eq!(install.fields(kept).await, ["hinge|doors", "rail|rests", "screw|-"]);

    install.execute("UPDATE phoenix_kit_cat_catalogues SET status = 'deleted'").await;
    install.go(96).await;
    assert_eq!(install.fields(linked).await, ["hinge|new", "rail|in the trash", "screw|-"]);
}

/// PhoenixKit's own down stops at items that share a SKU.
async fn v123_tells_items_of_one_sku_apart_on_the_way_down(install: &mut Install) {
    install.go(123).await;
    let insert = "
        INSERT INTO phoenix_kit_cat_items (uuid, name, sku, inserted_at, updated_at) VALUES
            ('00000000-0000-7000-8000-0000000000e1', 'second', 'S-1', '2022-01-01', now()),
            ('00000000-0000-7000-8000-0000000000e2', 'first', 'S-1', '2021-01-01', now()),
            ('00000000-0000-7000-8000-0000000000e3', 'other', 's-1', '2021-01-01', now()),
            ('00000000-0000-7000-8000-0000000000e4', 'without', NULL, '2021-01-01', now()),
            ('00000000-0000-7000-8000-0000000000e5', 'without too', NULL, '2021-01-01', now())";
    install.execute(insert).await;
    install.go(122).await;
    let skus = "SELECT name, sku FROM phoenix_kit_cat_items WHERE uuid::text LIKE '%0000e_' ORDER BY uuid";
    let told_apart = ["second|S-1-0000000000e1", "first|S-1", "other|s-1", "without|-", "without too|-"];
    assert_eq!(install.fields(skus).await, told_apart);
}
