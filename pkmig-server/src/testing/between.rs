//! A test between a client and its server.

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use url::Url;

use super::Error;

/// A line to a server: what reads from it, and what writes to it.
pub type Line = (Box<dyn AsyncRead + Send + Unpin>, Box<dyn AsyncWrite + Send + Unpin>);

/// A place between one client and its server.
#[derive(Debug)]
pub struct Between {
    /// Where the client connects to.
    pub url: String,
    listener: TcpListener,
    server: PgConnectOptions,
}

impl Between {
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(sqlx::Error::Io)?;
        let port = listener.local_addr().map_err(sqlx::Error::Io)?.port();
        let mut through = Url::parse(url)?;
        through.set_host(Some("127.0.0.1"))?;
        // OK because a URL with a host takes a port.
        let _ = through.set_port(Some(port));
        through.query_pairs_mut().append_pair("sslmode", "disable");
        Ok(Self { url: through.into(), listener, server: url.parse()? })
    }

    /// Both ends, as soon as a client has connected.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn ends(self) -> Result<(TcpStream, Line), Error> {
        let (client, _) = self.listener.accept().await.map_err(sqlx::Error::Io)?;
        Ok((client, self.line().await.map_err(sqlx::Error::Io)?))
    }

    async fn line(&self) -> std::io::Result<Line> {
        let port = self.server.get_port();
        match self.server.get_socket() {
            Some(folder) => {
                let (read, write) = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?.into_split();
                Ok((Box::new(read), Box::new(write)))
            }
            None => {
                let (read, write) = TcpStream::connect((self.server.get_host(), port)).await?.into_split();
                Ok((Box::new(read), Box::new(write)))
            }
        }
    }
}
