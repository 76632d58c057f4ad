//! The command line: `up`, `down`, `status`, `plan`, `verify`, `repair`, `heal`, `adopt`, `sql`, and the private server.
//!
//! A library that ships chains gets its program in one line: `pkmig::cli::run(&[&NOTES])`. This crate reads the arguments and
//! prints the results; the [`Migrator`] does the work.
//!
//! Results go to standard output; errors, notes and the progress bar go to standard error. A URL is never shown with its
//! password, except by `server url`. Control characters in names and texts from the database are escaped.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done, or nothing to do |
//! | 1 | failed |
//! | 2 | wrong usage |
//! | 3 | not as declared (`verify`, `repair`, `heal`, `adopt`) |
//! | 130 | interrupted |
//!
//! # JSON
//!
//! Existing keys stay; new ones may be added. Versions are numbers; 0 means that nothing is installed.
//!
//! | command | what `--json` prints |
//! |---|---|
//! | `status` | `{chain, prefix, state, unstamped, version, latest, pending: [{version, title}], applied, edited, ledger: {state, why}}`; `applied` is the last version's line in the ledger, or null, `edited` the numbers of versions that were edited after they had been applied; the ledger's `state` is `read`, `off`, `missing`, `unreadable` or `untrusted`; `state` is `not_installed`, `behind`, `current`, or `newer` than the program knows |
//! | `up`, `down` | `{chain, prefix, direction, from, to, milliseconds, applied: [{version, title, milliseconds}], unwritten}`; `unwritten` is why the ledger was not written, or null; if the schema does not match the recorded version (exit code 1): `{chain, prefix, direction, from, to, refused, stamp, evidence, tables: [{table, kind, owner, version}], help}` |
//! | `plan` | `{chain, prefix, direction, from, to, versions: [{version, title, class, steps, drops, sql}]}`; `class` is what the down brings back, `lossless`, `conditional`, `lossy` or `irreversible`; `sql` with `--sql` |
//! | `verify` | `{chain, prefix, version, clean, edited, differences: [{difference, kind, table, name, what, expected, found}], owners: [{kind, name, owner, trusted}]}`; `owners` is what belongs to another role; `difference` is `missing`, `extra` or `different`, and only the last has a `what`; `table` is null for what belongs to none |
//! | `repair` | `{chain, prefix, version, dry_run, done: [{step, statements}], left: [{what, why, help}], unknown_seeds, clean, differences}`; `clean` and `differences` are `verify`'s after it, or of a dry run before it |
//! | `heal`, `adopt` | `{chain, prefix, stamped, version, dry_run, evidence, clean, differences}`; `version` is null if none matches; `closest` is the version that was compared with |
//! | `ledger` | `[{version, direction, hash, started, milliseconds, program, role, edited}]`, oldest first |
//! | `chains` | `[{name, latest, tracked_by}]` |
//! | `server status` | `{state, version, pid, port, folder, log}`; `state` is `running`, `stopped` or `none` |

mod args;
mod database;
mod error;
mod inspect;
mod interrupt;
mod ledger;
mod migrate;
mod output;
mod progress;
mod redact;
mod repair;
mod server;
mod service;
mod stamp;
mod target;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Cli, Command};
use error::Failure;
use output::Output;
use pkmig_runtime::{Chain, Migrator, Prefix};

/// A program for chains.
#[derive(Debug, Clone)]
#[must_use = "a program does nothing until it is run"]
pub struct Program {
    chains: Vec<&'static Chain>,
    private_server: bool,
}

/// Runs the program for these chains: [`Program::run`].
///
/// The first chain is used if no `--chain` is given.
///
/// ```no_run
/// use pkmig_cli as cli; // `pkmig::cli` for who uses the facade
/// # static NOTES: pkmig_runtime::Chain = pkmig_runtime::Chain::new("notes", "notes", &[]);
/// fn main() -> std::process::ExitCode {
///     cli::run(&[&NOTES])
/// }
/// ```
pub fn run(chains: &[&'static Chain]) -> ExitCode {
    Program::new(chains).run()
}

/// The same for given arguments, the program's name first, within a runtime of the caller's.
pub async fn run_from<I, A>(chains: &[&'static Chain], arguments: I) -> ExitCode
where
    I: IntoIterator<Item = A>,
    A: Into<OsString>,
{
    Program::new(chains).run_from(arguments).await
}

impl Program {
    /// A program for these chains. The first is used if no `--chain` is given.
    pub fn new(chains: &[&'static Chain]) -> Self {
        Self { chains: chains.to_vec(), private_server: false }
    }

    /// Whether a private PostgreSQL server is used if no database is named, as with `--private-server`. Off by default: a
    /// deployment without its `DATABASE_URL` must fail, not install somewhere unnoticed.
    pub fn private_server(mut self, private: bool) -> Self {
        self.private_server = private;
        self
    }

    /// Parses the arguments, does what they say, and returns the exit code. Variables that a file `.env` of the working folder, or
    /// of one above it, sets are read as if the environment had them.
    pub fn run(self) -> ExitCode {
        match dotenvy::dotenv() {
            Err(error) if !error.not_found() => return error::report(&Failure::Dotenv(error), &[]),
            _ => {}
        }
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(why) => return error::report(&Failure::Runtime(why), &[]),
        };
        let code = runtime.block_on(self.run_from(std::env::args_os()));
        // So as not to wait for a server that is still starting when the user has left.
        runtime.shutdown_background();
        code
    }

    /// The same for given arguments, the program's name first, within a runtime of the caller's, and without `.env`.
    pub async fn run_from<I, A>(self, arguments: I) -> ExitCode
    where
        I: IntoIterator<Item = A>,
        A: Into<OsString>,
    {
        let Self { chains, private_server } = self;
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let mut cli = match args::parse(&chains, &arguments) {
            Ok(cli) => cli,
            Err(error) => return error::usage(&error, &arguments),
        };
        cli.options.private_server |= private_server;
        let url = cli.options.database_url.clone();
        let secrets: Vec<&str> = url.as_deref().into_iter().collect();
        match answer(&chains, cli, &arguments).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => error::report(&failure, &secrets),
        }
    }
}

/// The names of a list; an empty variable of the environment names none.
fn names(list: Vec<String>) -> impl Iterator<Item = String> {
    list.into_iter().filter(|name| !name.is_empty())
}

/// What was asked about: a chain in a prefix.
struct Subject {
    chain: &'static Chain,
    prefix: Prefix,
    migrator: Migrator,
}

/// A migrator as the options have it.
fn migrator(chain: &'static Chain, options: &args::Options) -> Migrator {
    let mut migrator = chain
        .migrator()
        .prefix(options.prefix.as_str())
        .create_schema(!options.no_create_schema)
        .statement_timeout(options.statement_timeout.unwrap_or_default())
        .with_ledger(!options.no_ledger)
        .trust_owners(names(options.trust_owner.clone()))
        .host_path(options.host_path);
    if let Some(timeout) = options.lock_timeout {
        migrator = migrator.lock_timeout(timeout);
    }
    if let Some(retries) = options.lock_retries {
        migrator = migrator.lock_retries(retries);
    }
    if let Some(timeout) = options.runner_timeout {
        migrator = migrator.runner_timeout(timeout);
    }
    for (extension, schema) in &options.extension_schema {
        migrator = migrator.extension_schema(extension, schema);
    }
    match &options.program {
        Some(name) => migrator.program(name.as_str()),
        None => migrator,
    }
}

async fn answer(chains: &[&'static Chain], cli: Cli, arguments: &[OsString]) -> Result<(), Failure> {
    let Cli { options, command } = cli;
    let output = Output { quiet: options.quiet };
    // Clap has made sure that the name is one of these, and has set the first where none is given.
    let named = chains.iter().find(|chain| options.chain.as_deref() == Some(chain.name));
    let chain = *named.ok_or(Failure::NoChains)?;
    let prefix = Prefix::new(options.prefix.as_str()).map_err(Failure::Prefix)?;
    let subject = Subject { migrator: migrator(chain, &options), chain, prefix };
    let (url, role) = (options.database_url.as_deref(), options.role.as_deref().filter(|role| !role.is_empty()));
    let private = options.private_server;
    let place = database::Place { url, private, role, program: args::program(arguments), output };
    match command {
        Command::Up { to, no_baseline, take_over, accept_edited, allow_data_loss, json } => {
            let migrator = subject.migrator.clone().baseline(!no_baseline).allow_data_loss(allow_data_loss);
            let migrator = migrator.take_over(names(take_over)).accept_edited(accept_edited);
            migrate::up(&Subject { migrator, ..subject }, &place, to, json).await
        }
        Command::Down { to, accept_edited, allow_data_loss, json } => {
            let migrator = subject.migrator.clone().allow_data_loss(allow_data_loss).accept_edited(accept_edited);
            migrate::down(&Subject { migrator, ..subject }, &place, to, json).await
        }
        Command::Status { json } => inspect::status(&subject, &place, json).await,
        Command::Plan { to, take_over, sql, json } => {
            let migrator = subject.migrator.clone().take_over(names(take_over));
            inspect::plan(&Subject { migrator, ..subject }, &place, to, sql, json).await
        }
        Command::Ledger { json } => ledger::ledger(&subject, &place, json).await,
        Command::Verify { json } => verify::verify(&subject, &place, json).await,
        Command::Repair { dry_run, at, json } => repair::repair(&subject, &place, at, dry_run, json).await,
        Command::Heal { dry_run, at, json } => {
            stamp::stamp(&subject, &place, stamp::Aim::Heal { dry_run, at }, json).await
        }
        Command::Adopt { at, json } => stamp::stamp(&subject, &place, stamp::Aim::Adopt { at }, json).await,
        Command::Sql { to, language: true, .. } => inspect::language(&subject, output, to),
        Command::Sql { to, baseline: true, .. } => inspect::baseline(&subject, output, to),
        Command::Sql { from, to, down, .. } => inspect::sql(&subject, output, from, to, down),
        Command::Hashes => output.print_as_it_is(&chain.released_hashes()),
        Command::Chains { json } => inspect::chains(chains, output, json),
        Command::Completions { shell } => output.print_as_it_is(&args::completions(chains, shell, &place.program)),
        Command::Server { command } => server::answer(command, &place).await,
    }
}
