//! What goes over the wire, counted by a proxy between the migrator and the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream, UnixStream};

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

/// The server's end, to read from and to write to.
async fn ends(server: &PgConnectOptions) -> (Box<dyn AsyncRead + Send + Unpin>, Box<dyn AsyncWrite + Send + Unpin>) {
    let port = server.get_port();
    match server.get_socket() {
        Some(folder) => {
            let stream = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await.unwrap();
            let (read, write) = stream.into_split();
            (Box::new(read), Box::new(write))
        }
        None => {
            let (read, write) = TcpStream::connect((server.get_host(), port)).await.unwrap().into_split();
            (Box::new(read), Box::new(write))
        }
    }
}

/// A connection through a proxy, with its counts of simple queries and of parsed statements.
async fn counted(url: &str) -> (PgConnection, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let mut url = url::Url::parse(url).unwrap();
    let upstream: PgConnectOptions = url.as_str().parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    url.query_pairs_mut().append_pair("sslmode", "disable");
    let counts = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (queries, parses) = counts.clone();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let (mut from_server, to_server) = ends(&upstream).await;
        let (from_client, mut to_client) = client.into_split();
        tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
        forward(from_client, to_server, queries, parses).await;
    });
    let connection = PgConnection::connect(url.as_str()).await.unwrap();
    (connection, counts.0, counts.1)
}

#[tokio::test]
async fn a_version_is_one_message_and_nothing_to_do_is_one_query() {
    let (database, _connection) = database().await;
    let (mut connection, queries, parses) = counted(database.url()).await;
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
