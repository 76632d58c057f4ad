//! What the tests ask PostgreSQL, and the walk that every step kind is sent on.

use std::time::{Duration, Instant};

use pkmig::testing::Database;
use pkmig::{Chain, Error, Failed};
use sqlx::{AssertSqlSafe, PgConnection, Row};

/// A prefix that has everything in it that a name can be broken by.
pub(crate) const ODD: &str = "My \"odd\" 'naïve' $pkmig$ $check$";

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many sessions of the database wait for a lock.
pub(crate) const WAITING: &str =
    "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

pub(crate) async fn database() -> Database {
    Database::create().await.unwrap()
}

/// Runs statements.
pub(crate) async fn run(connection: &mut PgConnection, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

/// The first column of a query, which must be a text, a line each; nulls are `-`.
pub(crate) async fn ask(connection: &mut PgConnection, sql: &str) -> String {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
    let line = |row: &sqlx::postgres::PgRow| row.get::<Option<String>, _>(0).unwrap_or_else(|| "-".to_owned());
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Waits until a question is answered so.
pub(crate) async fn until(connection: &mut PgConnection, question: &str, answer: &str) {
    let began = Instant::now();
    loop {
        let found = ask(connection, question).await;
        if found == answer {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "after {PATIENCE:?} still {found}, not {answer}: {question}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A name in double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Everything that a schema holds, in lines that do not name it. Neither the order of columns counts, because one that
/// was dropped and brought back stands last, nor the comment of the table `track`, which is the version. That a column is not
/// null is the column's: the names that PostgreSQL 18 gives this are nobody's.
const CATALOG: &str = r#"
WITH relation AS (SELECT * FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $prefix$))
SELECT line FROM (
  SELECT format('table %I %s', relname, concat_ws(' ', CASE relpersistence WHEN 'u' THEN 'unlogged' END,
      CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced' END,
      quote_literal(CASE WHEN relname <> 'track' THEN obj_description(oid, 'pg_class') END))) AS line
    FROM relation WHERE relkind = 'r'
  UNION ALL
  SELECT format('column %I.%I %s', relname, attname, concat_ws(' ', format_type(atttypid, atttypmod),
      CASE WHEN attcollation <> t.typcollation THEN 'collate ' || attcollation::regcollation END,
      CASE WHEN attnotnull THEN 'not null' END, nullif('identity ' || attidentity::text, 'identity '),
      CASE WHEN attgenerated <> '' THEN 'generated' END, 'default ' || pg_get_expr(adbin, adrelid),
      quote_literal(col_description(attrelid, attnum))))
    FROM relation c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
    WHERE relkind = 'r'
  UNION ALL
  SELECT format('constraint %I.%I %s', relname, conname,
      concat_ws(' ', pg_get_constraintdef(con.oid), quote_literal(obj_description(con.oid, 'pg_constraint'))))
    -- From PostgreSQL 18 on a NOT NULL is a constraint as well, with a name that no rename follows.
    FROM relation c JOIN pg_constraint con ON conrelid = c.oid AND contype <> 'n'
  UNION ALL
  SELECT format('policy %I on %I %s', polname, relname, concat_ws(' ', CASE WHEN polpermissive THEN '' ELSE 'restrictive' END,
      polcmd, polroles::regrole[], 'using ' || pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid)))
    FROM relation c JOIN pg_policy ON polrelid = c.oid
  UNION ALL
  SELECT format('grant %s on %I to %s', privilege_type, relname, CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END)
    FROM relation c, aclexplode(relacl) WHERE relkind = 'r' AND grantee <> relowner
  UNION ALL
  SELECT format('grant %s on %I to %s', privilege_type, proname, CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END)
    FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $prefix$) AND grantee <> proowner
  UNION ALL
  SELECT format('grant %s to %s', privilege_type, CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END)
    FROM pg_namespace, aclexplode(nspacl) WHERE nspname = $prefix$ AND nspname <> 'public' AND grantee <> nspowner
  UNION ALL
  SELECT format('index %s', concat_ws(' ', pg_get_indexdef(c.oid), CASE WHEN NOT indisvalid THEN 'INVALID' END,
      quote_literal(obj_description(c.oid, 'pg_class')))) FROM relation c JOIN pg_index ON indexrelid = c.oid
  UNION ALL
  SELECT format('%s %I %s', CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, relname,
      concat_ws(' ', regexp_replace(pg_get_viewdef(oid), '\s+', ' ', 'g'), CASE WHEN NOT relispopulated THEN 'empty' END,
      quote_literal(obj_description(oid, 'pg_class')))) FROM relation WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT format('trigger %s', concat_ws(' ', pg_get_triggerdef(g.oid), quote_literal(obj_description(g.oid, 'pg_trigger'))))
    FROM relation c JOIN pg_trigger g ON tgrelid = c.oid AND NOT tgisinternal
  UNION ALL
  SELECT format('sequence %I as %s start %s increment %s%s', relname, seqtypid::regtype, seqstart, seqincrement,
      (SELECT format(' owned by %s.%I', refobjid::regclass, attname) FROM pg_depend d
       JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
       WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
       AND deptype IN ('a', 'i')))
    FROM relation c JOIN pg_sequence ON seqrelid = c.oid
  UNION ALL
  SELECT format('enum %I (%s)', typname, string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder))
    FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid
    WHERE typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $prefix$) GROUP BY typname
  UNION ALL
  SELECT format('function %I(%s) returns %s %s %s strict=%s definer=%s %s %s %s', proname, pg_get_function_arguments(p.oid),
      pg_get_function_result(p.oid), lanname, provolatile, proisstrict, prosecdef,
      replace(array_to_string(proconfig, ' '), quote_ident($prefix$), '@'), quote_literal(obj_description(p.oid, 'pg_proc')),
      replace(prosrc, quote_ident($prefix$) || '.', ''))
    FROM pg_proc p JOIN pg_language l ON l.oid = prolang
    WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $prefix$)
) AS lines ORDER BY 1"#;

pub(crate) async fn catalog(connection: &mut PgConnection, prefix: &str) -> String {
    run(connection, &format!("BEGIN; SET LOCAL search_path = {}, public", quoted(prefix))).await;
    let literal = format!("'{}'", prefix.replace('\'', "''"));
    let lines = ask(connection, &CATALOG.replace("$prefix$", &literal)).await;
    run(connection, "COMMIT").await;
    // What PostgreSQL qualifies although it need not.
    lines.replace(&format!("{}.", quoted(prefix)), "").replace(&format!("{prefix}."), "")
}

/// Fails with the lines that only one side has.
pub(crate) fn same(found: &str, expected: &str, when: &str) {
    let only = |a: &str, b: &str, sign: &str| -> String {
        let missing = |line: &&str| !b.lines().any(|other| other == *line);
        a.lines().filter(missing).map(|line| format!("{sign} {line}\n")).collect()
    };
    let differs = only(expected, found, "-") + &only(found, expected, "+");
    assert!(found == expected, "{when}:\n{differs}");
}

/// Sets the comment that holds the version, as somebody could by hand.
pub(crate) async fn stamp(connection: &mut PgConnection, prefix: &str, version: u32) {
    run(connection, &format!("COMMENT ON TABLE {}.track IS '{version}'", quoted(prefix))).await;
}

/// What a run failed with in one of its versions.
pub(crate) fn failed<T: std::fmt::Debug>(result: Result<T, Error>) -> Failed {
    match result {
        Err(Error::Failed(failed)) => *failed,
        other => panic!("expected a failed version, got {other:?}"),
    }
}

/// Walks a chain up and down, every version of it twice each way, beside another install that must not change, and
/// compares what it makes with what `expected` makes (to which the table `track` is added) in a schema of its own.
pub(crate) async fn walk(chain: &'static Chain, expected: &str) {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    walk_in(connection, chain, expected).await;
}

/// [`walk`] in a database that the caller has prepared.
pub(crate) async fn walk_in(connection: &mut PgConnection, chain: &'static Chain, expected: &str) {
    let latest = chain.latest().0;
    let migrator = chain.migrator().baseline(false).prefix(ODD).allow_data_loss(true);
    let other = chain.migrator().baseline(false).prefix("acme");
    other.up(&mut *connection).await.unwrap_or_else(|error| panic!("all at once: {error}"));

    let sql = format!(
        "CREATE SCHEMA expected; SET search_path = expected, public; CREATE TABLE track (id integer); {expected}; RESET search_path"
    );
    run(connection, &sql).await;
    let expected = catalog(connection, "expected").await;
    let beside = catalog(connection, "acme").await;
    same(&beside, &expected, "all at once");

    let mut snapshots = vec![String::new()];
    for version in 1..=latest {
        up_twice(connection, &migrator, version, &mut snapshots).await;
    }
    same(&snapshots[latest as usize], &expected, "version after version");
    for version in (1..=latest).rev() {
        let before = &snapshots[version as usize - 1];
        let down = migrator.down_to(version - 1, &mut *connection).await;
        down.unwrap_or_else(|error| panic!("down from V{version}: {error}"));
        same(&catalog(connection, ODD).await, before, &format!("down from V{version}"));
        if version > 1 {
            stamp(connection, ODD, version).await;
            let again = migrator.down_to(version - 1, &mut *connection).await;
            again.unwrap_or_else(|error| panic!("down from V{version} again: {error}"));
            same(&catalog(connection, ODD).await, before, &format!("down from V{version} again"));
        }
    }
    migrator.up(&mut *connection).await.unwrap_or_else(|error| panic!("up after down: {error}"));
    same(&catalog(connection, ODD).await, &expected, "up after down");
    migrator.down_to(0, &mut *connection).await.unwrap_or_else(|error| panic!("down at once: {error}"));
    same(&catalog(connection, ODD).await, "", "down at once");
    for version in 1..=latest {
        at_once(connection, chain, version, &snapshots[version as usize]).await;
    }
    same(&catalog(connection, "acme").await, &beside, "the other install");
}

/// A fresh install by baseline, where the chain has one, is what the versions lead to.
async fn at_once(connection: &mut PgConnection, chain: &'static Chain, version: u32, expected: &str) {
    let up = chain.migrator().prefix(ODD).up_to(version, &mut *connection).await;
    let applied = up.unwrap_or_else(|error| panic!("V{version} at once: {error}")).applied;
    let folded = chain.check_baseline(pkmig::schema::Version(version));
    assert_eq!(applied.len() as u32, if folded.is_ok() { 1 } else { version }, "V{version}: {folded:?}");
    // A column that was varchar when it got its default says so for ever, and it means the same.
    let plain = |catalog: &str| catalog.replace("::character varying", "::text");
    same(&plain(&catalog(connection, ODD).await), &plain(expected), &format!("V{version} at once"));
    run(connection, &format!("DROP SCHEMA {} CASCADE", quoted(ODD))).await;
}

async fn up_twice(
    connection: &mut PgConnection,
    migrator: &pkmig::Migrator,
    version: u32,
    snapshots: &mut Vec<String>,
) {
    let up = migrator.up_to(version, &mut *connection).await;
    up.unwrap_or_else(|error| panic!("up to V{version}: {error}"));
    let after = catalog(connection, ODD).await;
    stamp(connection, ODD, version - 1).await;
    let again = migrator.up_to(version, &mut *connection).await;
    again.unwrap_or_else(|error| panic!("up to V{version} again: {error}"));
    same(&catalog(connection, ODD).await, &after, &format!("up to V{version} again"));
    snapshots.push(after);
}
