//! What goes over the wire, counted by a proxy between the migrator and the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pkmig::testing::Database;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, copy};
use tokio::net::tcp::OwnedReadHalf;

use crate::{database, phoenix_kit};

/// Hands a client's messages on and counts them by their type (manual section 55.7): `Q` is a simple query, anything
/// of the extended protocol would be a `P`.
async fn forward(
    mut client: OwnedReadHalf,
    mut server: Box<dyn AsyncWrite + Send + Unpin>,
    queries: Arc<AtomicUsize>,
    parses: Arc<AtomicUsize>,
) {
    // The first message has no type.
    let mut typed = false;
    loop {
        let kind = match typed {
            true => client.read_u8().await.ok(),
            false => None,
        };
        let Ok(length) = client.read_u32().await else { return };
        let mut body = vec![0; length as usize - 4];
        client.read_exact(&mut body).await.unwrap();
        match kind {
            Some(b'Q') => queries.fetch_add(1, Ordering::Relaxed),
            Some(b'P') => parses.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        if let Some(kind) = kind {
            server.write_u8(kind).await.unwrap();
        }
        server.write_u32(length).await.unwrap();
        server.write_all(&body).await.unwrap();
        typed = true;
    }
}

/// A connection through a proxy, with its counts of simple queries and of parsed statements.
async fn counted(database: &Database) -> (PgConnection, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let between = database.between().await.unwrap();
    let url = between.url.clone();
    let counts = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (queries, parses) = counts.clone();
    tokio::spawn(async move {
        let (client, (mut from_server, to_server)) = between.ends().await.unwrap();
        let (from_client, mut to_client) = client.into_split();
        tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
        forward(from_client, to_server, queries, parses).await;
    });
    let connection = PgConnection::connect(&url).await.unwrap();
    (connection, counts.0, counts.1)
}

#[tokio::test]
async fn a_version_is_one_message_and_nothing_to_do_is_one_query() {
    let (database, _connection) = database().await;
    let (mut connection, queries, parses) = counted(&database).await;
    let greeting = queries.swap(0, Ordering::Relaxed);

    let versions = phoenix_kit("acme").baseline(false).up(&mut connection).await.unwrap().applied.len();
    // The rest: where the install stands, whether what is there fits it, what the session is like (two), what the run needs,
    // who may create objects on its path, whose triggers it fires, and the ledger, which is made.
    assert_eq!(queries.swap(0, Ordering::Relaxed), versions + 8);
    assert_eq!(versions, PHOENIX_KIT.migrations().len());

    let nothing = phoenix_kit("acme").up(&mut connection).await.unwrap();
    assert!(nothing.applied.is_empty());
    assert_eq!(queries.load(Ordering::Relaxed), 1);

    queries.store(0, Ordering::Relaxed);
    let run = phoenix_kit("at_once").up(&mut connection).await.unwrap();
    assert_eq!((run.applied.len(), run.applied[0].versions), (1, versions));
    assert_eq!(queries.load(Ordering::Relaxed), 8, "a baseline is one message");
    assert_eq!(parses.load(Ordering::Relaxed), 0, "simple queries only, for poolers in transaction mode");
    assert!(greeting <= 1, "{greeting} queries of sqlx's own at the start");
}
