//! PgBouncer in transaction mode between the runners and the server, where it is installed.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use url::Url;

use super::snapshot::Extent;
use super::{Case, During, Outcome, Stop};
use pkmig_server::testing::Database;

/// How many runners go through it at once.
const RUNNERS: u32 = 4;
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(10);
/// The number in the name of its socket. It listens on no port, so none can be taken.
const SOCKET: u16 = 6432;

/// Four runners through a pooler that hands a server's connection on after every transaction; then down and up again.
///
/// # Errors
/// Who failed, what differs, or what is left behind.
pub async fn a_pooler_in_transaction_mode_may_stand_between(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let (latest, low) = (case.suite.chain().latest().0, case.suite.low()?);
    let pooler = Pooler::start(install.database())?;
    let mut runs = Vec::new();
    for _ in 0..RUNNERS {
        let (mut connection, migrator) = (pooler.connect().await?, install.migrator.clone());
        runs.push(tokio::spawn(async move { migrator.up(&mut connection).await }));
    }
    let mut applied = 0;
    for run in runs {
        let run = run.await.during(|| "a runner".to_owned())?;
        applied += run.during(|| format!("one of {RUNNERS} runners through a pooler"))?.applied.len();
    }
    if applied != latest as usize {
        return Err(Stop::Fault(format!("{RUNNERS} runners through a pooler have applied {applied} versions")));
    }
    install.expect(reference.at(latest)?, Extent::Everything, || "through a pooler".to_owned()).await?;
    let mut connection = pooler.connect().await?;
    for target in [low, latest] {
        let run = match target == latest {
            true => install.migrator.up(&mut connection).await,
            false => install.migrator.down_to(target, &mut connection).await,
        };
        run.during(|| format!("to V{target} through a pooler"))?;
        let what = || format!("V{target} through a pooler");
        install.expect(reference.at(target)?, Extent::Schema, what).await?;
    }
    let verified = install.migrator.verify(&mut connection).await.during(|| "verify through a pooler".to_owned())?;
    let held = "SELECT count(*)::text FROM pg_catalog.pg_locks WHERE locktype = 'advisory' \
                AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())";
    match (verified.differences.as_slice(), install.text(held).await?.as_str()) {
        ([], "0") => Ok(format!("{RUNNERS} runners")),
        ([], held) => Err(Stop::Fault(format!("{held} advisory locks are still held, through a pooler"))),
        ([first, ..], _) => Err(Stop::Fault(format!("through a pooler: not as declared: {first}"))),
    }
}

/// A PgBouncer of this test's own.
struct Pooler {
    process: Child,
    folder: tempfile::TempDir,
    url: String,
}

impl Pooler {
    fn start(database: &Database) -> Result<Self, Stop> {
        let Some(program) = program() else {
            return Err(Stop::Skipped("pgbouncer is not installed on this machine".to_owned()));
        };
        let what = || "a pooler".to_owned();
        let mut url = Url::parse(database.url()).during(what)?;
        let folder = tempfile::tempdir().during(what)?;
        let options = database.url().parse().during(what)?;
        let configuration = configuration(&url, &options, folder.path());
        std::fs::write(folder.path().join("pgbouncer.ini"), configuration).during(what)?;
        let mut command = Command::new(program);
        // It refuses to run as root. The file is read before it becomes somebody else, who then makes the socket.
        if std::fs::metadata(folder.path()).during(what)?.uid() == 0 {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o733)).during(what)?;
            command.args(["-u", "nobody"]);
        }
        command.arg("-q").arg(folder.path().join("pgbouncer.ini"));
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().during(what)?;
        let place = [("host", folder.path().to_string_lossy().into_owned()), ("port", SOCKET.to_string())];
        url.query_pairs_mut().extend_pairs(place);
        Ok(Self { process, folder, url: url.into() })
    }

    async fn connect(&self) -> Result<PgConnection, Stop> {
        let began = Instant::now();
        loop {
            match PgConnection::connect(&self.url).await {
                Err(_) if began.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(20)).await,
                connected => return connected.during(|| "a connection through a pooler".to_owned()),
            }
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
        tracing::debug!(folder = %self.folder.path().display(), "the pooler has ended");
    }
}

fn configuration(server: &Url, options: &PgConnectOptions, folder: &Path) -> String {
    let host = options.get_socket().map_or_else(|| options.get_host().into(), |socket| socket.to_string_lossy());
    let server_port = options.get_port();
    let password = server.password().map(|password| format!(" password={password}")).unwrap_or_default();
    format!(
        "[databases]\n* = host={host} port={server_port} user={}{password}\n[pgbouncer]\nlisten_addr =\n\
         listen_port = {SOCKET}\nunix_socket_dir = {}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\n\
         server_round_robin = 1\nignore_startup_parameters = extra_float_digits\n",
        server.username(),
        folder.display()
    )
}

/// On the PATH, or where systems put what is meant for servers.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file())
}
