//! Our own questions to a database: each is one message in which nothing is found by the session's search path. Who can put
//! an object on the path of another role would otherwise get its rights. In a transaction of a host's, the path is given back at
//! the end; else the message is the transaction.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection};

use pkmig_sql::Path;
use pkmig_sql::session::{pin, unpin};

/// The rows that statements give.
pub async fn rows(sql: &str, connection: &mut PgConnection) -> Result<Vec<PgRow>, sqlx::Error> {
    rows_under(&Path::default(), sql, connection).await
}

/// The rows that statements give with expressions of an author's in them, which are read by a search path that has been checked.
pub(crate) async fn rows_under(
    path: &Path,
    sql: &str,
    connection: &mut PgConnection,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let message = [&pin(path).join(";\n"), sql, &unpin()].join(";\n");
    sqlx::raw_sql(AssertSqlSafe(message)).fetch_all(connection).await
}

/// The first row of a question that has one.
pub(crate) async fn row(sql: &str, connection: &mut PgConnection) -> Result<PgRow, sqlx::Error> {
    rows(sql, connection).await?.into_iter().next().ok_or(sqlx::Error::RowNotFound)
}
