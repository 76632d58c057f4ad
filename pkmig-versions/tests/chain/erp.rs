//! The ERP chain by what it does with rows.

use pkmig::testing::Database;
use pkmig_versions::erp::ERP;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::catalog::{assert_same, of};
use crate::chains::{database_for, migrator};
use crate::{execute, go, rows};

/// A tenant with two people, who are also the only rows that the tests build on.
const PEOPLE: &str = "
    INSERT INTO auth.users (id) VALUES ('00000000-0000-0000-0000-000000000001'), ('00000000-0000-0000-0000-000000000002');
    INSERT INTO sys_tenants (name, slug) VALUES ('Acme', 'acme');
    INSERT INTO sys_users (auth_user_id, email) VALUES
        ('00000000-0000-0000-0000-000000000001', 'Ann@X.org'), ('00000000-0000-0000-0000-000000000002', 'bob@x.org');";

/// An install at a version, with people, and a session that finds its tables.
async fn install(version: u32) -> (Database, PgConnection) {
    let (database, mut connection) = database_for("erp", &[&ERP]).await.expect("contrib is installed");
    execute(&mut connection, "SET search_path = acme, public").await;
    go(&migrator(&ERP, "acme"), version, &mut connection).await;
    execute(&mut connection, PEOPLE).await;
    (database, connection)
}

/// The message that PostgreSQL refuses a statement with.
async fn refused(connection: &mut PgConnection, sql: &str) -> String {
    let result = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    result.expect_err(sql).to_string()
}

#[tokio::test]
async fn nobody_has_two_shifts_at_a_time() {
    let (_database, mut connection) = install(10).await;
    let shift = |staff: u8, from: &str, to: &str, status: &str| {
        format!(
            "INSERT INTO schedule (tenant_id, staff_id, start_time, end_time, status)
             VALUES (1, {staff}, '2026-01-05 {from}Z', '2026-01-05 {to}Z', '{status}')"
        )
    };
    execute(&mut connection, &shift(1, "08:00", "12:00", "confirmed")).await;
    let error = refused(&mut connection, &shift(1, "11:59", "16:00", "completed")).await;
    assert!(error.contains("idx_schedule_overlap"), "{error}");
    // The next shift begins where the first ends; drafts and other people do not count.
    execute(&mut connection, &shift(1, "12:00", "16:00", "confirmed")).await;
    execute(&mut connection, &shift(1, "09:00", "10:00", "draft")).await;
    execute(&mut connection, &shift(2, "08:00", "12:00", "confirmed")).await;
    let error = refused(&mut connection, "UPDATE schedule SET status = 'confirmed' WHERE status = 'draft'").await;
    assert!(error.contains("idx_schedule_overlap"), "{error}");
}

#[tokio::test]
async fn the_price_of_a_line_follows_its_quantity() {
    let (_database, mut connection) = install(4).await;
    let order = "INSERT INTO orders (status, tenant_id) VALUES ('new', 1);
        INSERT INTO order_items (order_id, quantity, unit_price) VALUES (1, 3, 1.25)";
    execute(&mut connection, order).await;
    let total = "SELECT total_price FROM order_items";
    assert_eq!(rows(&mut connection, total).await, ["(3.75)"]);
    execute(&mut connection, "UPDATE order_items SET quantity = 4").await;
    assert_eq!(rows(&mut connection, total).await, ["(5.00)"]);
    let error = refused(&mut connection, "UPDATE order_items SET total_price = 1").await;
    assert!(error.contains("total_price"), "{error}");
}

#[tokio::test]
async fn a_change_sets_its_time() {
    let (_database, mut connection) = install(ERP.latest().0).await;
    execute(&mut connection, "UPDATE sys_tenants SET updated_at = '2000-01-01', notes = 'x'").await;
    let late = "SELECT updated_at > now() - interval '1 hour' FROM sys_tenants";
    assert_eq!(rows(&mut connection, late).await, ["(t)"]);
    // All tables that have the column have the trigger, but for one.
    let without = "SELECT attrelid::regclass FROM pg_attribute WHERE attname = 'updated_at'
        AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'acme'::regnamespace AND relkind = 'r')
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = attrelid AND tgfoid = 'update_updated_at_column'::regproc)";
    assert_eq!(rows(&mut connection, without).await, ["(crm_reengage_personal_keys)"]);
}

#[tokio::test]
async fn addresses_are_found_in_any_case() {
    let (_database, mut connection) = install(1).await;
    let found = "SELECT id FROM sys_users WHERE email = 'aNN@x.ORG'";
    assert_eq!(rows(&mut connection, found).await, ["(1)"]);
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
    let (_database, mut connection) = install(12).await;
    execute(&mut connection, "INSERT INTO orders (status, tenant_id) VALUES ('new', 1)").await;
    let before = of(&mut connection, "acme").await;
    for (orphan, key) in ORPHANS {
        execute(&mut connection, "SET search_path = acme, public").await;
        execute(&mut connection, orphan).await;
        let error = migrator(&ERP, "acme").up(&mut connection).await.unwrap_err().to_string();
        assert!(error.contains("V13") && error.contains(key), "{error}");
        let table = orphan.split(' ').nth(2).unwrap();
        execute(&mut connection, &format!("DELETE FROM acme.{table}")).await;
        assert_same(key, &before, &of(&mut connection, "acme").await);
    }
    go(&migrator(&ERP, "acme"), 13, &mut connection).await;
}

#[tokio::test]
async fn v13_takes_zero_for_no_promotion_and_back() {
    let (_database, mut connection) = install(12).await;
    let products = "INSERT INTO promotion (tenant_id, name) VALUES (1, 'p');
        INSERT INTO product (tenant_id, sku, name) VALUES (1, 'a', 'a');
        INSERT INTO product (tenant_id, sku, name, promotion_id) VALUES (1, 'b', 'b', 1)";
    execute(&mut connection, products).await;
    let promotions = "SELECT sku, promotion_id FROM acme.product ORDER BY sku";
    go(&migrator(&ERP, "acme"), 13, &mut connection).await;
    assert_eq!(rows(&mut connection, promotions).await, ["(a,)", "(b,1)"]);
    go(&migrator(&ERP, "acme"), 12, &mut connection).await;
    assert_eq!(rows(&mut connection, promotions).await, ["(a,0)", "(b,1)"]);
}
