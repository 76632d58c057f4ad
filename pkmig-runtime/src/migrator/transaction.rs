//! A transaction, whether or not one is open: then it is a savepoint in that. sqlx knows only those that it has begun itself,
//! and its `COMMIT` or `ROLLBACK` would end a host's.

use std::ops::{Deref, DerefMut};

use sqlx::{Connection, PgConnection, Postgres};

use super::session::in_transaction;
use crate::Error;

/// A transaction of its own, or a savepoint.
pub(super) enum Transaction<'c> {
    /// Dropped, it is rolled back.
    Own(sqlx::Transaction<'c, Postgres>),
    /// Dropped, it stays: the transaction around it is at its end, or its owner decides.
    Savepoint(&'c mut PgConnection),
}

impl<'c> Transaction<'c> {
    /// Begins one on a connection of which it is not known what a host does with it.
    pub(super) async fn begin(connection: &'c mut PgConnection) -> Result<Self, Error> {
        match in_transaction(connection).await? {
            true => Self::savepoint(connection).await,
            false => connection.begin().await.map(Self::Own).map_err(Error::Connection),
        }
    }

    /// Begins one within a transaction.
    pub(super) async fn savepoint(connection: &'c mut PgConnection) -> Result<Self, Error> {
        send("SAVEPOINT pkmig_savepoint", connection).await?;
        Ok(Self::Savepoint(connection))
    }

    /// Ends it: what was done is kept if it has succeeded, and if it is to be kept.
    pub(super) async fn end<T>(self, done: Result<T, Error>, keep: bool) -> Result<T, Error> {
        let ended = if keep && done.is_ok() { self.commit().await } else { self.rollback().await };
        let done = done?;
        ended.map(|()| done)
    }

    pub(super) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Own(transaction) => transaction.commit().await.map_err(Error::Connection),
            Self::Savepoint(connection) => send("RELEASE SAVEPOINT pkmig_savepoint", connection).await,
        }
    }

    pub(super) async fn rollback(self) -> Result<(), Error> {
        match self {
            Self::Own(transaction) => transaction.rollback().await.map_err(Error::Connection),
            Self::Savepoint(connection) => {
                send("ROLLBACK TO SAVEPOINT pkmig_savepoint; RELEASE SAVEPOINT pkmig_savepoint", connection).await
            }
        }
    }
}

impl Deref for Transaction<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match self {
            Self::Own(transaction) => transaction,
            Self::Savepoint(connection) => connection,
        }
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match self {
            Self::Own(transaction) => transaction,
            Self::Savepoint(connection) => connection,
        }
    }
}

async fn send(sql: &'static str, connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql(sql).execute(connection).await.map(drop).map_err(Error::Connection)
}
