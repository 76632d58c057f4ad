//! Fingerprints: what PostgreSQL says of an object, compared with what is declared. Each template is filled in by `format`
//! and stops the version where the two differ. A fingerprint that ends in `...` is the beginning of what is expected.

/// An object as it is and as it was made for comparison, by their fingerprints.
struct Compared<'a> {
    /// The constant that holds the template.
    name: &'static str,
    /// A query for both fingerprints, in an array.
    shapes: &'a str,
    /// The one that is expected.
    expected: &'static str,
    /// What else must hold for the two to differ.
    and: &'static str,
    /// What is wrong, for `RAISE`, and its arguments.
    wrong: &'static str,
    what: &'static str,
}

/// The fingerprint that was given, or else that of what was made.
const EXPECTED: &str = "coalesce(%3$L, shapes[2])";

/// That of what was made.
const PROBED: &str = "shapes[2]";

impl Compared<'_> {
    fn template(&self, quote: &str) -> String {
        let Self { name, shapes, expected, and, wrong, what } = self;
        format!(
            "  {name} CONSTANT text := $template$DO {quote} DECLARE
    shapes text[] := ({shapes});
    expected text := {expected};
    BEGIN IF shapes[1] IS DISTINCT FROM expected{and} THEN
      RAISE EXCEPTION '{wrong}: expected %%, found %%', {what}, expected, coalesce(shapes[1], 'none')
        USING ERRCODE = 'PKM03';
    END IF; END {quote} $template$;
"
        )
    }
}

pub(super) fn columns(quote: &str) -> String {
    format!(
        r#"  pkmig_columns CONSTANT text := $template$DO {quote} DECLARE differs text := (
    SELECT string_agg(format('column %%I: expected %%s, found %%s', e.name, e.shape, coalesce(f.shape, 'none')), '; ')
    FROM (SELECT e[i][1] AS name, e[i][2] AS shape FROM (VALUES (%2$L::text[])) AS v (e), generate_subscripts(e, 1) AS i) AS e
    LEFT JOIN (
      SELECT a.attname, {COLUMN_SHAPE}
      WHERE a.attrelid = to_regclass(%1$L) AND NOT a.attisdropped) AS f ON f.attname = e.name
    WHERE f.shape IS NULL OR f.shape <> e.shape
      AND NOT (right(e.shape, 3) = '...' AND starts_with(f.shape, left(e.shape, -3))));
    BEGIN IF differs IS NOT NULL THEN
      RAISE EXCEPTION 'table %% is not as declared: %%', %1$L, differs USING ERRCODE = 'PKM03';
    END IF; END {quote} $template$;
"#
    )
}

pub(super) fn index(quote: &str) -> String {
    let compared = Compared {
        name: "pkmig_index",
        shapes: &format!(
            r#"SELECT array_agg((
      SELECT {INDEX_SHAPE}
      FROM pg_catalog.pg_index x WHERE x.indexrelid = v.index) ORDER BY v.n)
      FROM (VALUES (1, to_regclass(%1$L), to_regclass(%2$L)), (2, to_regclass(%4$L), to_regclass(%5$L)))
      AS v (n, index, of)"#
        ),
        expected: EXPECTED,
        and: "",
        wrong: "index %% is not as declared",
        what: "%1$L",
    };
    compared.template(quote)
}

pub(super) fn constraint(quote: &str) -> String {
    let compared = Compared {
        name: "pkmig_constraint",
        shapes: &format!(
            r#"SELECT array_agg((
      SELECT {CONSTRAINT_SHAPE}
      WHERE c.conrelid = v.of AND c.conname = %2$L) ORDER BY v.n)
      FROM (VALUES (1, to_regclass(%1$L)), (2, to_regclass(%4$L))) AS v (n, of)"#
        ),
        expected: EXPECTED,
        and: " AND shapes[1] || ' NOT VALID' IS DISTINCT FROM expected",
        wrong: "constraint %% of table %% is not as declared",
        what: "%2$L, %1$L",
    };
    compared.template(quote)
}

pub(super) fn exclusion(quote: &str) -> String {
    let compared = Compared {
        name: "pkmig_exclusion",
        shapes: r#"SELECT array_agg((
      SELECT pg_get_constraintdef(c.oid) FROM pg_catalog.pg_constraint c WHERE c.conrelid = v.of AND c.conname = v.name)
      ORDER BY v.n) FROM (VALUES (1, to_regclass(%1$L), %2$L), (2, to_regclass(%4$L), %5$L)) AS v (n, of, name)"#,
        expected: PROBED,
        and: "",
        wrong: "constraint %% of table %% is not as declared",
        what: "%2$L, %1$L",
    };
    compared.template(quote)
}

pub(super) fn policy(quote: &str) -> String {
    let compared = Compared {
        name: "pkmig_policy",
        shapes: r#"SELECT array_agg((
      SELECT CASE WHEN p.polpermissive THEN '' ELSE 'restrictive ' END || 'for '
        || CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END
        || ' to ' || (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END, ', ' ORDER BY role)
             FROM unnest(p.polroles) AS role)
        || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
        || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
      FROM pg_catalog.pg_policy p WHERE p.polrelid = to_regclass(%1$L) AND p.polname = v.name) ORDER BY v.n)
      FROM (VALUES (1, %2$L), (2, %3$L)) AS v (n, name)"#,
        expected: PROBED,
        and: "",
        wrong: "policy %% of table %% is not as declared",
        what: "%2$L, %1$L",
    };
    compared.template(quote)
}

pub(super) fn trigger(quote: &str) -> String {
    let compared = Compared {
        name: "pkmig_trigger",
        shapes: r#"SELECT array_agg((
      SELECT replace(replace(replace(regexp_replace(pg_get_triggerdef(g.oid), ' EXECUTE FUNCTION .*$', ''),
               'CREATE TRIGGER ' || quote_ident(g.tgname) || ' ', ''),
               ' ON ' || t.relnamespace::regnamespace || '.' || quote_ident(t.relname), ''), '"', '')
        || ' execute ' || CASE WHEN p.pronamespace = t.relnamespace THEN '' ELSE p.pronamespace::regnamespace || '.' END
        || p.proname || '(' || encode(g.tgargs, 'escape') || ')'
        || CASE g.tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' (disabled)' ELSE ' (only in some sessions)' END
      FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
      JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
      WHERE g.tgrelid = v.of AND g.tgname = %2$L) ORDER BY v.n)
      FROM (VALUES (1, to_regclass(%1$L)), (2, to_regclass(%4$L))) AS v (n, of)"#,
        expected: EXPECTED,
        and: "",
        wrong: "trigger %% of %% is not as declared",
        what: "%2$L, %1$L",
    };
    compared.template(quote)
}

pub(super) fn view(quote: &str) -> String {
    let compared = Compared {
        name: "pkmig_view",
        shapes: r#"SELECT array_agg((
      SELECT CASE WHEN v.n = 2 THEN %2$L WHEN c.relkind = 'm' THEN 'materialized view' ELSE 'view' END
        || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')
        || regexp_replace(pg_get_viewdef(c.oid), '\s+', ' ', 'g')
      FROM pg_catalog.pg_class c WHERE c.oid = v.of AND c.relkind IN ('v', 'm')) ORDER BY v.n)
      FROM (VALUES (1, to_regclass(%1$L)), (2, to_regclass(%3$L))) AS v (n, of)"#,
        expected: PROBED,
        and: "",
        wrong: "view %% is not as declared",
        what: "%1$L",
    };
    compared.template(quote)
}

pub(super) fn r#enum(quote: &str) -> String {
    format!(
        r#"  pkmig_enum CONSTANT text := $template$DO {quote} DECLARE lacking text := (
    SELECT string_agg(label, ', ') FROM unnest(%2$L::text[]) AS label WHERE NOT EXISTS (
      SELECT FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype(%1$L) AND enumlabel = label));
    BEGIN IF lacking IS NOT NULL THEN
      RAISE EXCEPTION 'enum %% is not as declared: it lacks %%', %1$L, lacking USING ERRCODE = 'PKM03';
    END IF; END {quote} $template$;
"#
    )
}

pub(super) fn domain(quote: &str) -> String {
    let compared = Compared {
        name: "pkmig_domain",
        shapes: r#"SELECT array_agg((
      SELECT CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE 'no domain' END
        || CASE WHEN t.typnotnull THEN ' not null' ELSE '' END
        || coalesce(' default ' || pg_get_expr(t.typdefaultbin, 0), '')
        || coalesce((SELECT string_agg(' ' || c.conname || ' ' || pg_get_constraintdef(c.oid), '' ORDER BY c.conname)
             FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'), '')
      FROM pg_catalog.pg_type t WHERE t.oid = v.of) ORDER BY v.n)
      FROM (VALUES (1, to_regtype(%1$L)), (2, to_regtype(%2$L))) AS v (n, of)"#,
        expected: PROBED,
        and: "",
        wrong: "domain %% is not as declared",
        what: "%1$L",
    };
    compared.template(quote)
}

pub(super) fn sequence(quote: &str) -> String {
    format!(
        r#"  pkmig_sequence CONSTANT text := $template$DO {quote} DECLARE found text := (
    SELECT format('%%s start %%s increment %%s', seqtypid::regtype, seqstart, seqincrement)
    FROM pg_catalog.pg_sequence WHERE seqrelid = to_regclass(%1$L));
    BEGIN IF found IS DISTINCT FROM %2$L THEN
      RAISE EXCEPTION 'sequence %% is not as declared: expected %%, found %%', %1$L, %2$L, coalesce(found, 'none')
        USING ERRCODE = 'PKM03';
    END IF; END {quote} $template$;
"#
    )
}

pub(super) fn row_security(quote: &str) -> String {
    format!(
        r#"  pkmig_row_security CONSTANT text := $template$DO {quote} DECLARE found text := (
    SELECT CASE WHEN relrowsecurity THEN 'enabled' ELSE 'disabled' END || CASE WHEN relforcerowsecurity THEN ', forced' ELSE '' END
    FROM pg_catalog.pg_class WHERE oid = to_regclass(%1$L));
    BEGIN IF found IS DISTINCT FROM %2$L THEN
      RAISE EXCEPTION 'row level security of table %% is not as declared: expected %%, found %%', %1$L, %2$L,
        coalesce(found, 'no table') USING ERRCODE = 'PKM03';
    END IF; END {quote} $template$;
"#
    )
}

/// Many objects at once: rows of the step's number, the object and its expected shape. One that need not be there ends
/// in ` or none`. Each shape is looked up by itself: joined, PostgreSQL would read the whole catalog.
fn all(quote: &str, name: &str, what: &str, shape: &str) -> String {
    format!(
        r#"  {name} CONSTANT text := $template$DO {quote} DECLARE wrong record; BEGIN
    SELECT string_agg(format('{what}: expected %%3$s, found %%4$s', one, two, expected, coalesce(there, 'none')), '; ' ORDER BY i) AS differs,
      (array_agg(n ORDER BY i))[1] AS step INTO wrong
    FROM (
      SELECT i, n, one, two, regexp_replace(shape, ' or none$', '') AS expected, shape ~ ' or none$' AS optional, (
      SELECT {shape}) AS there
      FROM (SELECT i, r[i][1] AS n, r[i][2] AS one, r[i][3] AS two, r[i][4] AS shape
        FROM (VALUES (%1$L::text[])) AS v (r), generate_subscripts(r, 1) AS i) AS e OFFSET 0) AS e
    WHERE there IS DISTINCT FROM expected AND NOT coalesce(there || ' NOT VALID' = expected
      OR right(expected, 3) = '...' AND starts_with(there, left(expected, -3)), optional);
    IF wrong.differs IS NOT NULL THEN
      RAISE EXCEPTION '%%', wrong.differs USING ERRCODE = 'PKM03', DETAIL = 'step ' || wrong.step;
    END IF; END {quote} $template$;
"#
    )
}

/// Many objects that have gone with others: rows of the step's number, the object, what it was of and its kind.
pub(super) fn gone(quote: &str) -> String {
    format!(
        r#"  pkmig_gone CONSTANT text := $template$DO {quote} DECLARE wrong record; BEGIN
    SELECT string_agg(kind || ' ' || coalesce(two || ' of ', '') || one || ' is still there', '; ' ORDER BY i) AS differs,
      (array_agg(n ORDER BY i))[1] AS step INTO wrong
    FROM (SELECT i, r[i][1] AS n, r[i][2] AS one, r[i][3] AS two, r[i][4] AS kind
      FROM (VALUES (%1$L::text[])) AS v (r), generate_subscripts(r, 1) AS i) AS e
    WHERE CASE kind
      WHEN 'column' THEN EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(one) AND attname = two AND NOT attisdropped)
      WHEN 'constraint' THEN EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass(one) AND conname = two)
      WHEN 'policy' THEN EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = to_regclass(one) AND polname = two)
      WHEN 'trigger' THEN EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass(one) AND tgname = two)
      WHEN 'type' THEN to_regtype(one) IS NOT NULL
      ELSE to_regclass(one) IS NOT NULL END;
    IF wrong.differs IS NOT NULL THEN
      RAISE EXCEPTION '%%', wrong.differs USING ERRCODE = 'PKM03', DETAIL = 'step ' || wrong.step;
    END IF; END {quote} $template$;
"#
    )
}

/// What PostgreSQL says of a column.
const COLUMN_SHAPE: &str = r#"replace(regexp_replace(format_type(a.atttypid, a.atttypmod), '^("([^"]|"")+"|\w+)\.', ''), '"', '')
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || CASE a.attidentity WHEN 'a' THEN ' identity(always)' WHEN 'd' THEN ' identity(by_default)' ELSE '' END
        || CASE WHEN a.attgenerated <> '' THEN ' generated' WHEN d.adbin IS NOT NULL THEN ' default '
             || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '^(''([^'']|'''')*'')::("([^"]|"")+"|[\w .])+(\[\])?$', '\1')
             ELSE '' END AS shape
      FROM pg_catalog.pg_attribute a
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"#;

/// What it says of an index `x`, expected on the table `v.of`.
const INDEX_SHAPE: &str = r#"CASE WHEN x.indisunique THEN 'unique ' ELSE '' END
        || replace(substring(pg_get_indexdef(x.indexrelid) FROM ' USING (.*)$'), '"', '')
        || CASE WHEN x.indrelid <> v.of THEN ' on table ' || x.indrelid::regclass ELSE '' END
        || CASE WHEN NOT x.indisvalid THEN ' (invalid)' ELSE '' END AS shape"#;

/// What it says of a constraint `c`.
const CONSTRAINT_SHAPE: &str = r#"CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
          ELSE pg_get_constraintdef(c.oid) END
        || CASE WHEN c.contype IN ('p', 'u', 'f') THEN ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
             FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, n)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) || ')' ELSE '' END
        || CASE WHEN c.contype = 'f' THEN ' references '
             || CASE WHEN r.relnamespace = t.relnamespace THEN '' ELSE (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = r.relnamespace) || '.' END
             || r.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
                  FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, n)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) || ')'
             || replace(' on delete ' || action.words[strpos('rcnd', c.confdeltype::text)], ' on delete no', '')
             || replace(' on update ' || action.words[strpos('rcnd', c.confupdtype::text)], ' on update no', '')
             || CASE WHEN c.convalidated THEN '' ELSE ' NOT VALID' END ELSE '' END AS shape
      FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
      LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
      CROSS JOIN (VALUES ('[0:4]={no,restrict,cascade,set null,set default}'::text[])) AS action (words)"#;

/// Many columns at once.
pub(super) fn all_columns(quote: &str) -> String {
    let shape =
        format!("{COLUMN_SHAPE}\n      WHERE a.attrelid = to_regclass(one) AND a.attname = two AND NOT a.attisdropped");
    all(quote, "pkmig_all_columns", "table %%1$s is not as declared: column %%2$I", &shape)
}

/// Many indexes at once.
pub(super) fn all_indexes(quote: &str) -> String {
    let from =
        "FROM (VALUES (to_regclass(two))) AS v (of) JOIN pg_catalog.pg_index x ON x.indexrelid = to_regclass(one)";
    all(quote, "pkmig_all_indexes", "index %%1$s is not as declared", &format!("{INDEX_SHAPE}\n      {from}"))
}

/// Many constraints at once.
pub(super) fn all_constraints(quote: &str) -> String {
    let shape = format!("{CONSTRAINT_SHAPE}\n      WHERE c.conrelid = to_regclass(one) AND c.conname = two");
    all(quote, "pkmig_all_constraints", "constraint %%2$s of table %%1$s is not as declared", &shape)
}
