//! The ledger: a table of the database, outside of every prefix, in which each stamped version leaves a line.
//!
//! It is a record and nothing hangs on it: where it is not there, or cannot be written, a version runs as well without, and
//! does not wait. It is read and written only where it is an ordinary table of the role's own or of one that the role is a
//! member of: triggers, rules and defaults of anybody else's table would run with the rights of whoever writes. Its comment
//! says that it is ours and of which format.

use super::trust::own_roles;
use super::writer::dollar_quote;
use super::{Context, dollar_quoted, literal};
use crate::ddl::Expression;
use crate::plpgsql::{Block, Declaration, Execute, Node};

/// The beginning of its comment: a later format says another number.
const FORMAT: &str = "pkmig ledger 1";

/// What has happened to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entering {
    /// It was applied.
    Up,
    /// It was reverted.
    Down,
    /// It was part of a fresh install that was made at once.
    Baseline,
    /// What was missing was added.
    Repair,
    /// The recorded version was set to what the schema shows.
    Heal,
    /// An install that was made by other means was taken over.
    Adopt,
}

impl Entering {
    /// All of them, with their words.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Up, "up"),
        (Self::Down, "down"),
        (Self::Baseline, "baseline"),
        (Self::Repair, "repair"),
        (Self::Heal, "heal"),
        (Self::Adopt, "adopt"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(entering, _)| *entering == self).map_or("", |(_, word)| word)
    }
}

/// A line for a version: its number and its hash.
pub type Line = (u32, String);

/// The setting that says, until the transaction ends, why a line could not be written.
pub const UNWRITTEN: &str = "pkmig.unwritten";

/// Where the ledger is: the table and its schema. Names are joined and not looked up, because looking into a schema that is
/// closed to the role is an error.
const PLACE: &str = "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname = 'pkmig' AND c.relname = 'pkmig_ledger'";

/// Why the table there is not to be touched; null where it is the ledger.
fn reason(trusted: &[String]) -> String {
    let own = own_roles(trusted);
    format!(
        "CASE
          WHEN c.relkind <> 'r' THEN 'pkmig.pkmig_ledger is not an ordinary table'
          WHEN c.relowner NOT IN (
            WITH RECURSIVE {own}
            SELECT role FROM own)
            THEN 'pkmig.pkmig_ledger belongs to role ' || pg_catalog.pg_get_userbyid(c.relowner) || ', of which '
              || current_user || ' is not a member'
          WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.objoid = c.oid AND d.classoid = c.tableoid
            AND d.objsubid = 0 AND pg_catalog.starts_with(d.description, '{FORMAT}'))
            THEN 'pkmig.pkmig_ledger does not have the comment of a ledger'
        END"
    )
}

/// Writes lines, and notes why where it cannot. What is locked is looked at again, because a name may have been given to
/// another table meanwhile. Nothing is waited for. What a constraint or trigger would raise at the end of the transaction
/// could not be caught any more. What cannot be written is told by a setting, which lasts for a script's session.
pub(super) fn declaration(chain: &str, context: &Context) -> String {
    // The template is filled in with these, which may hold dollar quotes of their own.
    let trusted = context.trusted().concat();
    let filled = format!("{chain} {} {trusted}", context.prefix().as_str());
    let quote = dollar_quote(&filled, "ledger");
    // The roles stand in a format.
    let reason = reason(context.trusted()).replace('%', "%%");
    let template = dollar_quote(&trusted, "template");
    format!(
        "  pkmig_ledger CONSTANT text := {template}DO {quote}
    DECLARE
      why text;
      before CONSTANT text := pg_catalog.current_setting('lock_timeout');
    BEGIN
      FOR pass IN 1..2 LOOP
        SELECT coalesce({reason}, CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND tginitdeferred)
            THEN 'pkmig.pkmig_ledger has a deferred constraint or trigger' END)
          INTO why FROM {PLACE};
        IF NOT FOUND THEN
          RETURN;
        ELSIF why IS NOT NULL THEN
          RAISE EXCEPTION '%%', why;
        END IF;
        LOCK TABLE pkmig.pkmig_ledger IN ROW EXCLUSIVE MODE NOWAIT;
      END LOOP;
      PERFORM pg_catalog.set_config('lock_timeout', '100ms', true);
      INSERT INTO pkmig.pkmig_ledger (chain, prefix, version, direction, hash)
        SELECT %1$L, %2$L, l.version, %3$L, l.hash
        FROM ROWS FROM (pg_catalog.unnest(%4$L::integer[]), pg_catalog.unnest(%5$L::pg_catalog.text[])) AS l (version, hash);
      PERFORM pg_catalog.set_config('lock_timeout', before, true);
    EXCEPTION WHEN OTHERS THEN
      PERFORM pg_catalog.set_config('pkmig.unwritten', SQLERRM,
        coalesce(pg_catalog.current_setting('pkmig.script', true), '') <> 'on');
    END {quote} {template};
"
    )
}

/// Writes lines where there is a ledger: one line of a block.
pub(super) fn enter(chain: &str, context: &Context, entering: Entering, lines: &[Line]) -> Node {
    let array = |texts: Vec<String>| literal(&format!("{{{}}}", texts.join(",")));
    Node::Execute(Execute::Format(
        "pkmig_ledger",
        vec![
            Expression::literal(chain),
            Expression::literal(context.prefix().as_str()),
            Expression::literal(entering.word()),
            Expression::new(array(lines.iter().map(|(version, _)| version.to_string()).collect())),
            Expression::new(array(lines.iter().map(|(_, hash)| hash.clone()).collect())),
        ],
    ))
}

/// The same as a statement of its own.
pub fn statement(chain: &str, context: &Context, entering: Entering, lines: &[Line]) -> String {
    let declare = vec![Declaration::Lines(declaration(chain, context))];
    Block { tag: "pkmig", declare, body: vec![enter(chain, context, entering, lines)] }.to_string()
}

/// Asks why the last lines of this transaction could not be written.
pub fn unwritten() -> String {
    format!("SELECT pg_catalog.current_setting('{UNWRITTEN}', true)")
}

/// Whether there is something to make that the role may make, as an expression: the table, or the index that the tables of
/// the first release lack.
pub fn wanting(trusted: &[String]) -> String {
    let reason = reason(trusted);
    format!(
        "CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'pkmig') \
         THEN pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') \
         ELSE EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = 'pkmig' \
         AND pg_catalog.has_schema_privilege(n.oid, 'CREATE') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')) \
         AND NOT EXISTS (SELECT FROM {PLACE} AND (({reason}) IS NOT NULL OR {INDEXED})) END"
    )
}

/// Whether the table `c` has the index on what is asked.
const INDEXED: &str = "EXISTS (SELECT FROM pg_catalog.pg_class i WHERE i.relnamespace = c.relnamespace \
     AND i.relname = 'pkmig_ledger_install_idx')";

/// Makes the ledger, and the index on what is asked: a transaction of its own. Two runners may be about it at once; the one
/// that comes second finds it made. A table that somebody holds gets its index another time.
pub fn create(trusted: &[String]) -> String {
    let reason = reason(trusted);
    let body = format!(
        "
DECLARE
  before CONSTANT text := pg_catalog.current_setting('lock_timeout');
BEGIN
  PERFORM pg_catalog.set_config('lock_timeout', '1s', true);
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'pkmig') THEN
    CREATE SCHEMA pkmig;
  END IF;
  IF NOT EXISTS (SELECT FROM {PLACE}) THEN
    CREATE TABLE pkmig.pkmig_ledger (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      chain pg_catalog.text NOT NULL,
      prefix pg_catalog.text NOT NULL,
      version integer NOT NULL,
      direction pg_catalog.text NOT NULL,
      hash pg_catalog.text NOT NULL,
      started pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.transaction_timestamp(),
      took interval NOT NULL DEFAULT pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp(),
      program pg_catalog.text NOT NULL DEFAULT coalesce(nullif(pg_catalog.current_setting('pkmig.program', true), ''), pg_catalog.current_setting('application_name')),
      role pg_catalog.text NOT NULL DEFAULT current_user
    );
    COMMENT ON TABLE pkmig.pkmig_ledger IS '{FORMAT}: what pkmig has done in this database; nothing hangs on it';
  END IF;
  IF EXISTS (SELECT FROM {PLACE} AND ({reason}) IS NULL AND NOT {INDEXED}) THEN
    LOCK TABLE pkmig.pkmig_ledger IN SHARE MODE NOWAIT;
    CREATE INDEX pkmig_ledger_install_idx ON pkmig.pkmig_ledger (chain, prefix, id);
  END IF;
  PERFORM pg_catalog.set_config('lock_timeout', before, true);
EXCEPTION WHEN OTHERS THEN
  NULL;
END
"
    );
    format!("DO {}", dollar_quoted(&body, "pkmig"))
}

/// Says which program writes, for the rest of the transaction.
pub fn written_by(program: &str) -> Node {
    Node::Perform(Expression::new(format!("pg_catalog.set_config('pkmig.program', {}, true)", literal(program))))
}

/// Reads the lines of an install, oldest first, without ever failing or waiting for long. The first row says how it went
/// (`missing`, `untrusted`, `closed` or `read`) and why. Each further one is a line: version, word, hash, start (RFC 3339),
/// milliseconds, program, role, as texts.
pub fn read(chain: &str, prefix: &str, trusted: &[String]) -> String {
    let reason = reason(trusted);
    let body = format!(
        "
DECLARE
  why text;
  lines json;
  before CONSTANT text[] := ARRAY[pg_catalog.current_setting('lock_timeout'), pg_catalog.current_setting('row_security')];
BEGIN
  PERFORM pg_catalog.set_config(name, '', true) FROM (VALUES ('pkmig.lines'), ('pkmig.state'), ('pkmig.why')) AS v (name);
  FOR pass IN 1..2 LOOP
    SELECT {reason} INTO why FROM {PLACE};
    IF NOT FOUND OR why IS NOT NULL THEN
      PERFORM pg_catalog.set_config('pkmig.state', CASE WHEN why IS NULL THEN 'missing' ELSE 'untrusted' END, true);
      PERFORM pg_catalog.set_config('pkmig.why', coalesce(why, ''), true);
      RETURN;
    END IF;
    PERFORM pg_catalog.set_config('lock_timeout', '500ms', true);
    LOCK TABLE pkmig.pkmig_ledger IN ACCESS SHARE MODE;
  END LOOP;
  -- Rows that a policy hides would be missed in silence.
  PERFORM pg_catalog.set_config('row_security', 'off', true);
  lines := (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(version::text, direction, hash,
      pg_catalog.to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
      (1000 * extract(epoch FROM took))::bigint::text, program, role) ORDER BY id)
    FROM pkmig.pkmig_ledger WHERE chain = {} AND prefix = {});
  PERFORM pg_catalog.set_config('pkmig.lines', coalesce(lines::text, ''), true);
  PERFORM pg_catalog.set_config('pkmig.state', 'read', true);
  PERFORM pg_catalog.set_config('lock_timeout', before[1], true);
  PERFORM pg_catalog.set_config('row_security', before[2], true);
EXCEPTION WHEN OTHERS THEN
  PERFORM pg_catalog.set_config('pkmig.state', 'closed', true);
  PERFORM pg_catalog.set_config('pkmig.why', SQLERRM, true);
END
",
        literal(chain),
        literal(prefix)
    );
    // One pass: a setting that is an array would be read again for each of its elements.
    let columns = (0..7).map(|column| format!("line OPERATOR(pg_catalog.->>) {column}")).collect::<Vec<_>>().join(", ");
    format!(
        "DO {};\nSELECT pg_catalog.current_setting('pkmig.state', true), pg_catalog.current_setting('pkmig.why', true);\n\
         SELECT {columns} FROM pg_catalog.json_array_elements(\
         nullif(pg_catalog.current_setting('pkmig.lines', true), '')::pg_catalog.json) WITH ORDINALITY AS v (line, place) ORDER BY place",
        dollar_quoted(&body, "pkmig")
    )
}
