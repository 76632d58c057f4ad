//! Commands and options, and how they are parsed.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use clap::builder::{FalseyValueParser, PossibleValuesParser};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use pkmig_runtime::Chain;

/// Brings a library's PostgreSQL schema from one version to another.
#[derive(Debug, Parser)]
#[command(name = "pkmig", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) options: Options,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options that may stand before or after the command.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The chain of versions
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) chain: Option<String>,

    /// The database: postgres://user:password@host:5432/database
    ///
    /// Set it in the environment or in a file `.env` to hide it from `ps`. Without it, the variables of psql are used:
    /// `PGSERVICE`, or `PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE`, `PGPASSFILE` and so on.
    // Its value is kept out of the help, because it may hold a password.
    #[arg(long, global = true, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub(super) database_url: Option<String>,

    /// If no database is named, use a private PostgreSQL server and its database `pkmig`
    ///
    /// A command that writes starts it if it is not running. Its data stay in the user's data folder.
    #[arg(long, global = true, env = "PKMIG_PRIVATE_SERVER", value_parser = FalseyValueParser::new())]
    pub(super) private_server: bool,

    /// The PostgreSQL schema that the tables live in; any name works
    #[arg(long, global = true, value_name = "SCHEMA", visible_alias = "schema", default_value = "public")]
    pub(super) prefix: String,

    /// How long a version may take: 30s, 5min, 2h; by default without limit, whatever the role has set
    #[arg(long, global = true, value_name = "TIME", env = "PKMIG_STATEMENT_TIMEOUT", value_parser = span)]
    pub(super) statement_timeout: Option<Duration>,

    /// How long a statement waits for a lock before the version is rolled back and retried; 5s by default
    #[arg(long, global = true, value_name = "TIME", env = "PKMIG_LOCK_TIMEOUT", value_parser = span)]
    pub(super) lock_timeout: Option<Duration>,

    /// How often a version is retried after that; 5 times by default
    #[arg(long, global = true, value_name = "N", env = "PKMIG_LOCK_RETRIES")]
    pub(super) lock_retries: Option<u32>,

    /// How long to wait for other sessions: another run of the chain in the schema, or what blocks an index build; 1min by default
    #[arg(long, global = true, value_name = "TIME", env = "PKMIG_RUNNER_TIMEOUT", value_parser = span)]
    pub(super) runner_timeout: Option<Duration>,

    /// The name of this program in the ledger; pkmig and its version by default
    #[arg(long, global = true, value_name = "NAME", env = "PKMIG_PROGRAM")]
    pub(super) program: Option<String>,

    /// Do not create the schema if it is missing
    #[arg(long, global = true, env = "PKMIG_NO_CREATE_SCHEMA", value_parser = FalseyValueParser::new())]
    pub(super) no_create_schema: bool,

    /// Do not create, read or write the ledger
    #[arg(long, global = true, env = "PKMIG_NO_LEDGER", value_parser = FalseyValueParser::new())]
    pub(super) no_ledger: bool,

    /// The role to run as: one that the session's role is a member of, such as the owner of the install
    #[arg(long = "as", global = true, value_name = "ROLE", env = "PKMIG_AS")]
    pub(super) role: Option<String>,

    /// Roles whose objects may be called, replaced and written like those of the running role
    ///
    /// By default, only the running role and the roles that it is a member of are trusted. A superuser is not thereby a member
    /// of every role.
    #[arg(long, global = true, value_name = "ROLE", value_delimiter = ',', env = "PKMIG_TRUST_OWNER")]
    pub(super) trust_owner: Vec<String>,

    /// The schema for an extension that the database does not have yet; public by default
    #[arg(long, global = true, value_name = "EXTENSION=SCHEMA", value_delimiter = ',', env = "PKMIG_EXTENSION_SCHEMA", value_parser = pair)]
    pub(super) extension_schema: Vec<(String, String)>,

    /// Let versions also use the session's search path: for triggers of the host that name no schema
    #[arg(long, global = true, env = "PKMIG_HOST_PATH", value_parser = FalseyValueParser::new())]
    pub(super) host_path: bool,

    /// Print no progress, notes or closing line: only errors, and what was asked for (status, plan, verify, sql, JSON)
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply the missing versions
    ///
    /// If nothing is installed and the chain has a baseline, all versions are applied at once.
    #[command(allow_negative_numbers = true)]
    Up {
        /// The version to stop at; the newest by default
        #[arg(long, value_name = "N", value_parser = version)]
        to: Option<u32>,
        /// Apply the versions one by one even if nothing is installed
        #[arg(long)]
        no_baseline: bool,
        /// Existing tables that the version that creates them may take over
        ///
        /// They must be as the version declares them, and belong to the running role or to one that it is a member of. A table
        /// that is not named is never taken over.
        #[arg(long, value_name = "TABLE", value_delimiter = ',', env = "PKMIG_TAKE_OVER")]
        take_over: Vec<String>,
        /// Continue even if applied versions were edited since
        #[arg(long)]
        accept_edited: bool,
        /// Continue even if data that the recorded version does not declare would be dropped, or that version is in doubt
        #[arg(long)]
        allow_data_loss: bool,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Go back to an earlier version
    ///
    /// Refuses before the first statement if tables or columns that hold data would be dropped.
    #[command(allow_negative_numbers = true)]
    Down {
        /// The version to go back to; 0 uninstalls everything
        #[arg(long, value_name = "N", value_parser = version)]
        to: u32,
        /// Continue even if applied versions were edited since
        #[arg(long)]
        accept_edited: bool,
        /// Drop tables and columns even if they hold rows
        #[arg(long)]
        allow_data_loss: bool,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show which version is installed and which ones are missing
    Status {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what `up` or `down` would run, without running it
    ///
    /// Starts from the installed version. For a down it also shows what each version brings back: everything (lossless),
    /// everything if newer rows fit (conditional), or the schema but not the data (lossy).
    #[command(allow_negative_numbers = true)]
    Plan {
        /// The version to go to, up or down; the newest by default
        #[arg(long, value_name = "N", value_parser = version)]
        to: Option<u32>,
        /// As for `up`: existing tables that the version that creates them may take over
        #[arg(long, value_name = "TABLE", value_delimiter = ',', env = "PKMIG_TAKE_OVER")]
        take_over: Vec<String>,
        /// Print the SQL too: a script for psql, with the plan in its comments
        #[arg(long)]
        sql: bool,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Compare the install with what its version declares
    ///
    /// Lists what is missing, different or extra. Extra objects are those that the version does not declare, mostly the host
    /// application's own; only the others cause exit code 3. The role must be allowed to create a schema: the version is
    /// created there for comparison, and rolled back.
    Verify {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Add what is missing from the installed version, and list what needs manual action
    ///
    /// Drops no table, column or row. A constraint, index or trigger that is not as declared is dropped and created again. If
    /// something needs manual action, the exit code is 3.
    #[command(allow_negative_numbers = true)]
    Repair {
        /// Show what would be done, with its SQL, without doing it
        #[arg(long)]
        dry_run: bool,
        /// The version to repair to, if none is recorded; it is recorded if no difference remains
        #[arg(long, value_name = "N", value_parser = version)]
        at: Option<u32>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Find the version that the schema is really at, and record it
    ///
    /// For an install whose recorded version is too low, too high, missing or not a number. Nothing else is changed. If no
    /// version matches, the differences from the closest one are shown, and the exit code is 3.
    #[command(allow_negative_numbers = true)]
    Heal {
        /// Show what was found, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// The version to compare with; by default the one that matches
        #[arg(long, value_name = "N", value_parser = version)]
        at: Option<u32>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Record the version of a schema that was created by other means, if it is what that version declares
    ///
    /// Nothing else is changed. If something is missing or different, it is shown, and the exit code is 3.
    #[command(allow_negative_numbers = true)]
    Adopt {
        /// The version to compare with; by default the one that matches
        #[arg(long, value_name = "N", value_parser = version)]
        at: Option<u32>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the ledger: which version was applied when and by what, and which ones were edited since
    ///
    /// The ledger is the table pkmig.pkmig_ledger of the database. The first run whose role may create it does so.
    Ledger {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a script for `psql -v ON_ERROR_STOP=1 -f`; needs no database
    ///
    /// The script can be run again: every version checks whether it has been applied.
    #[command(allow_negative_numbers = true)]
    Sql {
        /// The version to start from; by default 0, or with --down the newest
        #[arg(long, value_name = "N", value_parser = version)]
        from: Option<u32>,
        /// The version to end at; by default the newest, or with --down 0
        #[arg(long, value_name = "N", value_parser = version)]
        to: Option<u32>,
        /// Print the script that goes down
        #[arg(long)]
        down: bool,
        /// Print all versions at once, for a database without the install
        #[arg(long, conflicts_with_all = ["from", "down"])]
        baseline: bool,
        /// Print the baseline as a version file instead, for a chain that is to begin there
        #[arg(long, requires = "baseline")]
        language: bool,
    },
    /// Print the hashes of the chain's versions, for the file `released.hashes` beside `chain!`
    ///
    /// A test that `chain!` generates fails if a version that is listed there was edited.
    Hashes,
    /// List the chains of this program
    Chains {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a script that completes this program's commands in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Manage the private PostgreSQL server (--private-server)
    Server {
        #[command(subcommand)]
        command: ServerCommand,
    },
}

/// What to do with the private server.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum ServerCommand {
    /// Stop it; its data stay
    Stop,
    /// Show whether it is running, and where
    Status {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the environment variables for psql, for `eval "$(pkmig server env)"`; starts it if it is not running
    Env,
    /// Print its URL with the password, for `DATABASE_URL`; starts it if it is not running
    Url,
}

/// The command with the names of the chains in it.
fn command(chains: &[&'static Chain]) -> clap::Command {
    let command = Cli::command();
    let Some(first) = chains.first() else { return command };
    let names = PossibleValuesParser::new(chains.iter().map(|chain| chain.name));
    command.mut_arg("chain", |chain| chain.value_parser(names).default_value(first.name))
}

/// Reads the arguments, the program's name first.
pub(super) fn parse(chains: &[&'static Chain], arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = command(chains);
    let matches = command.try_get_matches_from_mut(arguments)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    cli.check(chains).map_err(|why| command.error(clap::error::ErrorKind::ValueValidation, why))?;
    Ok(cli)
}

impl Cli {
    /// What clap cannot check: arguments that belong together.
    fn check(&self, chains: &[&'static Chain]) -> Result<(), String> {
        let Command::Sql { from, to, down, .. } = &self.command else { return Ok(()) };
        let latest = chains.iter().find(|chain| self.options.chain.as_deref() == Some(chain.name));
        let latest = latest.map_or(0, |chain| chain.latest().0);
        match (sql_range(*from, *to, *down, latest), down) {
            ((from, to), false) if from > to => {
                Err(format!("V{to} is below V{from}: add --down for the script that goes down"))
            }
            ((from, to), true) if from < to => {
                Err(format!("V{to} is above V{from}: without --down the script goes up"))
            }
            _ => Ok(()),
        }
    }
}

/// The versions that `sql` starts from and ends at.
pub(super) fn sql_range(from: Option<u32>, to: Option<u32>, down: bool, latest: u32) -> (u32, u32) {
    let (first, last) = if down { (latest, 0) } else { (0, latest) };
    (from.unwrap_or(first), to.unwrap_or(last))
}

/// The program's name as it was called, for hints and completions.
pub(super) fn program(arguments: &[OsString]) -> String {
    let stem = arguments.first().and_then(|name| Path::new(name).file_stem());
    stem.map_or_else(|| "pkmig".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// The completions of a shell.
pub(super) fn completions(chains: &[&'static Chain], shell: Shell, program: &str) -> String {
    // Into memory first: the generator panics where it cannot write, and a pipe may be closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(chains), program, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// A version as one types it: `12`, or `V12` as it is shown.
fn version(text: &str) -> Result<u32, String> {
    let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
    match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => digits.parse().map_err(|_| "a version number is at most 4294967295".to_owned()),
        false => Err("a version is a number: 12 or V12".to_owned()),
    }
}

/// Two names: `citext=extensions`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((extension, schema)) if !extension.is_empty() && !schema.is_empty() => {
            Ok((extension.to_owned(), schema.to_owned()))
        }
        _ => Err("an extension and its schema: citext=extensions".to_owned()),
    }
}

/// A time as PostgreSQL writes it, with its unit; 0 needs none.
fn span(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        "" if number == "0" => 0,
        _ => return Err("a time is a number with its unit: 500ms, 30s, 5min, 2h".to_owned()),
    };
    let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    millis.map(Duration::from_millis).ok_or_else(|| "the time is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    static FIRST: Chain = Chain::new("first", "first", &[]);
    static SECOND: Chain = Chain::new("second", "second", &[]);

    fn parsed(line: &str) -> Result<Cli, clap::Error> {
        parse(&[&FIRST, &SECOND], &line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    fn refused(line: &str) -> (ErrorKind, String) {
        let error = parsed(line).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
        (error.kind(), error.to_string())
    }

    #[test]
    fn the_arguments_are_consistent() {
        command(&[&FIRST, &SECOND]).debug_assert();
        command(&[]).debug_assert();
    }

    #[test]
    fn options_stand_before_the_command_or_behind_it() {
        for line in
            ["pkmig --chain second --schema acme -q up --to 3", "pkmig up --to V3 --prefix acme -q --chain second"]
        {
            let cli = parsed(line).unwrap();
            assert_eq!(cli.options.chain.as_deref(), Some("second"));
            assert_eq!(cli.options.prefix, "acme");
            assert!(cli.options.quiet);
            assert!(
                matches!(cli.command, Command::Up { to: Some(3), no_baseline: false, json: false, .. }),
                "{:?}",
                cli.command
            );
        }
    }

    #[test]
    fn the_first_chain_and_public_are_meant_where_nothing_is_said() {
        let cli = parsed("pkmig status").unwrap();
        assert_eq!((cli.options.chain.as_deref(), cli.options.prefix.as_str()), (Some("first"), "public"));
    }

    #[test]
    fn an_unknown_chain_is_answered_with_a_similar_one() {
        let (kind, message) = refused("pkmig --chain secnd status");
        assert_eq!(kind, ErrorKind::InvalidValue);
        assert!(message.contains("first, second") && message.contains("similar value exists: 'second'"), "{message}");
    }

    #[test]
    fn a_version_is_a_number() {
        for line in ["pkmig up --to x", "pkmig up --to -1", "pkmig down --to V", "pkmig up --to 99999999999"] {
            assert_eq!(refused(line).0, ErrorKind::ValueValidation, "{line}");
        }
        assert_eq!(refused("pkmig down").0, ErrorKind::MissingRequiredArgument);
    }

    #[test]
    fn a_time_has_a_unit() {
        let timeout =
            |text: &str| parsed(&format!("pkmig up --statement-timeout {text}")).map(|it| it.options.statement_timeout);
        assert_eq!(timeout("1500ms").unwrap(), Some(Duration::from_millis(1500)));
        assert_eq!(timeout("2h").unwrap(), Some(Duration::from_secs(7200)));
        assert_eq!(timeout("0").unwrap(), Some(Duration::ZERO));
        for text in ["5", "min", "5m", "1.5s", "99999999999999999999s"] {
            assert!(timeout(text).is_err(), "{text}");
        }
    }

    #[test]
    fn how_long_to_wait_and_how_often_may_be_said() {
        let line = "pkmig --lock-timeout 200ms --lock-retries 0 up --runner-timeout 2min --program notes --no-create-schema \
             --as app --trust-owner a,b --trust-owner c --host-path --extension-schema citext=extensions";
        let options = parsed(line).unwrap().options;
        assert_eq!(options.lock_timeout, Some(Duration::from_millis(200)));
        assert_eq!((options.lock_retries, options.runner_timeout), (Some(0), Some(Duration::from_secs(120))));
        assert_eq!((options.program.as_deref(), options.no_create_schema), (Some("notes"), true));
        assert_eq!((options.role.as_deref(), options.host_path), (Some("app"), true));
        assert_eq!(options.trust_owner, ["a", "b", "c"]);
        assert_eq!(options.extension_schema, [("citext".to_owned(), "extensions".to_owned())]);
        assert!(parsed("pkmig up --extension-schema citext").is_err());
        assert!(parsed("pkmig --lock-retries -1 up").is_err());
    }

    #[test]
    fn the_range_of_a_script_goes_the_way_that_was_asked_for() {
        assert_eq!(sql_range(None, None, false, 9), (0, 9));
        assert_eq!(sql_range(None, None, true, 9), (9, 0));
        assert!(refused("pkmig sql --from 5 --to 2").1.contains("add --down"));
        assert!(refused("pkmig sql --down --from 2 --to 5").1.contains("without --down"));
        assert!(parsed("pkmig sql --down --from 5 --to 2").is_ok());
    }

    #[test]
    fn completions_are_made_for_every_shell() {
        use clap::ValueEnum;
        for shell in Shell::value_variants() {
            let script = completions(&[&FIRST, &SECOND], *shell, "notes");
            assert!(script.contains("notes") && script.contains("completions"), "{shell}: {script}");
        }
    }

    #[test]
    fn the_program_is_known_by_the_name_it_was_called_by() {
        assert_eq!(program(&["/opt/bin/notes.exe".into()]), "notes");
        assert_eq!(program(&[]), "pkmig");
    }
}
