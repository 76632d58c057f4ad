//! The ERP chain by what it does with rows.

use pkmig_versions::erp::ERP;

use crate::catalog::assert_same;
use crate::install::Install;

const PEOPLE: &str = "
    INSERT INTO auth.users (id) VALUES
        ('00000000-0000-0000-0000-000000000001'), ('00000000-0000-0000-0000-000000000002');
    INSERT INTO sys_tenants (name, slug) VALUES ('Acme', 'acme');
    INSERT INTO sys_users (auth_user_id, email) VALUES
        ('00000000-0000-0000-0000-000000000001', 'Ann@X.org'), ('00000000-0000-0000-0000-000000000002', 'bob@x.org')";

/// An install at a version: a tenant with two people, and an account for each.
async fn install(version: u32) -> Install {
    let mut install = Install::of(&ERP, version).await;
    install.execute(PEOPLE).await;
    install
}

#[tokio::test]
async fn nobody_has_two_shifts_at_a_time() {
    let mut install = install(10).await;
    let shift = |staff: u8, from: &str, to: &str, status: &str| {
        format!(
            "INSERT INTO schedule (tenant_id, staff_id, start_time, end_time, status)
             VALUES (1, {staff}, '2026-01-05 {from}Z', '2026-01-05 {to}Z', '{status}')"
        )
    };
    install.execute(&shift(1, "08:00", "12:00", "confirmed")).await;
    let error = install.refused(&shift(1, "11:59", "16:00", "completed")).await;
    assert!(error.contains("idx_schedule_overlap"), "{error}");
    // The next shift begins where the first ends; drafts and other people do not count.
    install.execute(&shift(1, "12:00", "16:00", "confirmed")).await;
    install.execute(&shift(1, "09:00", "10:00", "draft")).await;
    install.execute(&shift(2, "08:00", "12:00", "confirmed")).await;
    let error = install.refused("UPDATE schedule SET status = 'confirmed' WHERE status = 'draft'").await;
    assert!(error.contains("idx_schedule_overlap"), "{error}");
}

#[tokio::test]
async fn the_price_of_a_line_follows_its_quantity() {
    let mut install = install(4).await;
    let order = "INSERT INTO orders (status, tenant_id) VALUES ('new', 1);
        INSERT INTO order_items (order_id, quantity, unit_price) VALUES (1, 3, 1.25)";
    install.execute(order).await;
    let total = "SELECT total_price FROM order_items";
    assert_eq!(install.value(total).await, "3.75");
    install.execute("UPDATE order_items SET quantity = 4").await;
    assert_eq!(install.value(total).await, "5.00");
    let error = install.refused("UPDATE order_items SET total_price = 1").await;
    assert!(error.contains("total_price"), "{error}");
}

#[tokio::test]
async fn a_change_sets_its_time() {
    let mut install = install(ERP.latest().0).await;
    install.execute("UPDATE sys_tenants SET updated_at = '2000-01-01', notes = 'x'").await;
    let late = "SELECT updated_at > now() - interval '1 hour' FROM sys_tenants";
    assert_eq!(install.value(late).await, "true");
    // All tables that have the column have the trigger, but for one.
    let without = "SELECT string_agg(attrelid::regclass::text, ' ') FROM pg_attribute WHERE attname = 'updated_at'
        AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'acme'::regnamespace AND relkind = 'r')
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = attrelid AND tgfoid = 'update_updated_at_column'::regproc)";
    assert_eq!(install.value(without).await, "crm_reengage_personal_keys");
}

#[tokio::test]
async fn addresses_are_found_in_any_case() {
    let mut install = install(1).await;
    let found = "SELECT id FROM sys_users WHERE email = 'aNN@x.ORG'";
    assert_eq!(install.value(found).await, "1");
}

/// Rows that point at nothing, each with the key of V13 that refuses it.
const ORPHANS: [(&str, &str); 4] = [
    ("INSERT INTO order_items (order_id, product_id, unit_price) VALUES (1, 77, 1)", "fk_order_items_product_id"),
    (
        "INSERT INTO inv_movements (quantity_change, order_line_item_id) VALUES (1, 77)",
        "fk_inv_movements_order_line_item_id",
    ),
    (
        "INSERT INTO logs_human (tenant_id, action, entity_type, actor_user_id) VALUES (1, 'a', 'b', gen_random_uuid())",
        "fk_logs_human_actor_user_id",
    ),
    ("INSERT INTO product (tenant_id, sku, name, promotion_id) VALUES (1, 'a', 'a', 77)", "fk_product_promotion_id"),
];

#[tokio::test]
async fn v13_refuses_rows_that_point_at_nothing_and_leaves_nothing_half_done() {
    let mut install = install(12).await;
    install.execute("INSERT INTO orders (status, tenant_id) VALUES ('new', 1)").await;
    let before = install.catalog().await;
    for (orphan, key) in ORPHANS {
        install.execute(orphan).await;
        let error = install.stopped().await;
        assert!(error.contains("V13") && error.contains(key) && error.contains("detail: Key ("), "{error}");
        let table = orphan.split(' ').nth(2).unwrap();
        install.execute(&format!("DELETE FROM {table}")).await;
        assert_same(key, &before, &install.catalog().await);
    }
    install.go(13).await;
}

#[tokio::test]
async fn v13_takes_zero_for_no_promotion_and_back() {
    let mut install = install(12).await;
    let products = "INSERT INTO promotion (tenant_id, name) VALUES (1, 'p');
        INSERT INTO product (tenant_id, sku, name) VALUES (1, 'a', 'a');
        INSERT INTO product (tenant_id, sku, name, promotion_id) VALUES (1, 'b', 'b', 1)";
    install.execute(products).await;
    let promotions = "SELECT sku, promotion_id FROM product ORDER BY sku";
    install.go(13).await;
    assert_eq!(
        install.rows(promotions).await,
        [r#"{"sku":"a","promotion_id":null}"#, r#"{"sku":"b","promotion_id":1}"#]
    );
    install.go(12).await;
    assert_eq!(install.rows(promotions).await, [r#"{"sku":"a","promotion_id":0}"#, r#"{"sku":"b","promotion_id":1}"#]);
}
