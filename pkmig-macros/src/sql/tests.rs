//! Each test is one behaviour of the reading of SQL; the texts are as an author would write them.
//! Over 500 lines because every rule of the reader is shown by its samples, and samples read best side by side.

use super::{Kind, Mistake, Piece};

fn parse(text: &str, kind: Kind) -> Result<Vec<Piece>, Mistake> {
    super::parse(text, kind, "notes")
}

/// As the renderer writes it, for the prefix `p'q`, so that a wrong depth shows.
fn rendered(text: &str, kind: Kind) -> String {
    let pieces = parse(text, kind).unwrap_or_else(|it| panic!("{text}: {it:?}"));
    let pieces = pieces.into_iter().map(|it| match it {
        Piece::Text(text) | Piece::Call(text) => text,
        Piece::Ident(name) | Piece::Column { name, .. } | Piece::Qualifier(name) => format!("\"{name}\""),
        Piece::Object { name, depth } => {
            let name = format!("\"p'q\".\"{}\"", name.replace('"', "\"\""));
            name.replace('\'', &"'".repeat(1 << depth))
        }
        Piece::Outside { schema, name, .. } => format!("\"{schema}\".\"{name}\""),
    });
    pieces.collect()
}

fn objects(text: &str, kind: Kind) -> Vec<(String, u8)> {
    let pieces = parse(text, kind).unwrap_or_else(|it| panic!("{text}: {it:?}"));
    let objects = pieces.into_iter().filter_map(|it| match it {
        Piece::Object { name, depth } => Some((name, depth)),
        _ => None,
    });
    objects.collect()
}

fn columns(text: &str) -> Vec<String> {
    let pieces = parse(text, Kind::Expression).unwrap_or_else(|it| panic!("{text}: {it:?}"));
    let columns = pieces.into_iter().filter_map(|it| match it {
        Piece::Ident(name) => Some(name),
        _ => None,
    });
    columns.collect()
}

fn mistake(text: &str, kind: Kind) -> Mistake {
    match parse(text, kind) {
        Ok(pieces) => panic!("{text}: {pieces:?}"),
        Err(mistake) => mistake,
    }
}

/// The message, and the text from where it points to.
#[track_caller]
fn refused(text: &str, kind: Kind, message: &str, at: &str) {
    let found = mistake(text, kind);
    assert!(found.message.contains(message), "{text}: {found:?}");
    assert!(text[found.offset..].starts_with(at), "{text}: {found:?}");
    assert_eq!(found.offset == text.len(), at.is_empty(), "{text}: {found:?}");
}

const S: Kind = Kind::Statements;

// Objects

#[test]
fn an_object_is_found_in_plain_sql() {
    assert_eq!(objects("DELETE FROM @.users", S), [("users".to_owned(), 0)]);
}

#[test]
fn what_surrounds_an_object_stays_as_it_is() {
    assert_eq!(rendered("DELETE  FROM @.users -- all\n;", S), "DELETE  FROM \"p'q\".\"users\" -- all\n;");
}

#[test]
fn an_object_folds_to_lower_case_unless_quoted() {
    assert_eq!(objects("SELECT * FROM @.Users, @.\"Users\"", S), [("users".to_owned(), 0), ("Users".to_owned(), 0)]);
}

#[test]
fn a_quoted_object_may_hold_quotes_and_spaces() {
    assert_eq!(rendered("TABLE @.\"a \"\"b\"\" c\"", S), "TABLE \"p'q\".\"a \"\"b\"\" c\"");
}

#[test]
fn an_object_may_be_a_keyword() {
    assert_eq!(objects("SELECT 1 FROM @.order JOIN @.user USING (id)", S).len(), 2);
}

#[test]
fn an_object_may_be_called_cast_to_indexed_and_qualify_a_column() {
    let text = "UPDATE @.t SET a = @.f(1), b = 'x'::@.kind, c = @.t.d, e = ARRAY[@.g()], h = @.kind 'x'";
    assert_eq!(objects(text, S).len(), 6);
}

#[test]
fn an_object_in_another_script_is_found() {
    assert_eq!(objects("TABLE @.größe", S), [("größe".to_owned(), 0)]);
}

#[test]
fn an_object_in_a_string_has_depth_one() {
    assert_eq!(rendered("SELECT nextval('@.seq'::regclass)", S), "SELECT nextval('\"p''q\".\"seq\"'::regclass)");
}

#[test]
fn an_object_in_a_string_in_a_string_has_depth_two() {
    let text = "DO $$ BEGIN EXECUTE 'SELECT nextval(''@.seq'') FROM @.t'; END $$";
    assert_eq!(objects(text, S), [("seq".to_owned(), 2), ("t".to_owned(), 1)]);
    assert!(rendered(text, S).contains("nextval(''\"p''''q\".\"seq\"'') FROM \"p''q\".\"t\"'"));
}

#[test]
fn an_apostrophe_in_prose_opens_no_string() {
    assert_eq!(objects("COMMENT ON TABLE @.a IS 'don''t touch @.b'", S), [("a".to_owned(), 0), ("b".to_owned(), 1)]);
}

#[test]
fn a_dollar_quote_adds_no_depth() {
    let text = "DO $x$ BEGIN PERFORM 1 FROM @.t; PERFORM '@.s'::regclass; EXECUTE $y$ DROP TABLE @.u $y$; END $x$";
    assert_eq!(objects(text, S), [("t".to_owned(), 0), ("s".to_owned(), 1), ("u".to_owned(), 0)]);
}

#[test]
fn an_escape_string_is_decoded() {
    assert_eq!(objects(r"SELECT E'it\'s\n@.t', '\'", S), [("t".to_owned(), 1)]);
}

#[test]
fn a_mail_address_is_no_object() {
    assert_eq!(objects("SELECT 'a@.b', 'a_@.b', 'é@.b', 'x.@.b', 'a@b.c'", S), []);
}

#[test]
fn operators_with_an_at_sign_are_no_objects() {
    assert_eq!(objects("SELECT @ -5, @.5, a @> b, a <@ b, a @? '$.a', a @@ b FROM @.t", S), [("t".to_owned(), 0)]);
}

#[test]
fn a_jsonpath_has_no_objects() {
    let text = "SELECT a @? '$.x ? (@.y > 1)', b @@ 'strict $.x ? (@.y == 2)', c @? 'exists($ ? (@.z == 1))' FROM @.t";
    assert_eq!(objects(text, S), [("t".to_owned(), 0)]);
}

#[test]
fn a_json_literal_has_no_objects() {
    assert_eq!(objects(r#"SELECT '{"t": "@.t"}'::jsonb"#, S), []);
}

#[test]
fn comments_and_quoted_names_have_no_objects() {
    assert_eq!(objects("SELECT 1 AS \"@.a\" /* @.b /* @.c */ @.d */ -- @.e", S), []);
}

#[test]
fn an_object_needs_a_space_before_it() {
    refused("SELECT a@.b", S, "put a space before it", "@.b");
    refused("SELECT x.@.b", S, "is a whole name already", "@.b");
    refused("SELECT \"a\"@.b", S, "is a whole name already", "@.b");
    refused("SELECT a <@.b", S, "put a space before it", "@.b");
}

#[test]
fn an_object_next_to_a_quote_or_an_ampersand_keeps_apart() {
    assert_eq!(rendered("SELECT 1 FROM @.a\"b\"", S), "SELECT 1 FROM \"p'q\".\"a\" \"b\"");
    assert_eq!(rendered("u&x", Kind::Expression), "\"u\"& \"x\"");
}

// Syntax

#[test]
fn several_statements_may_stand_in_one_text() {
    assert_eq!(objects("UPDATE @.a SET b = 1; ; DELETE FROM @.c;", S).len(), 2);
}

#[test]
fn a_syntax_error_points_at_the_token() {
    refused("SELECT 1; SELEC 2", S, "syntax error at `SELEC`: expected a statement", "SELEC 2");
    refused("SELECT 1 SELECT 2", S, "syntax error at `2`", "2");
    refused("SELECT 1 FROM", S, "syntax error at the end", "");
}

#[test]
fn a_syntax_error_behind_an_object_is_where_it_is() {
    refused("SELECT 1 FROM @.users WHERE id = = 2", S, "syntax error at", "= 2");
}

#[test]
fn an_empty_text_is_a_mistake() {
    for text in ["", " \n", "-- nothing", ";", "/* */ ;;"] {
        for kind in KINDS {
            assert!(mistake(text, kind).message.contains("empty"), "{text:?} {kind:?}");
        }
    }
}

#[test]
fn what_is_opened_must_be_closed() {
    refused("SELECT 'a", S, "this string is never closed", "'a");
    refused("SELECT \"a", S, "this quoted name is never closed", "\"a");
    refused("SELECT 1 /* a /* b */", S, "this comment is never closed", "/* a");
    refused("SELECT (1", S, "this `(` is never closed", "(1");
    refused("SELECT (1]", S, "this `(` is closed by a `]`", "(1]");
    refused("SELECT 1)", S, "this `)` closes nothing", ")");
}

#[test]
fn the_body_of_a_do_block_is_read() {
    refused("DO $$ BEGIN PERFORM 1 FROM @.t WHERE; END $$", S, "syntax error", "; END");
    refused("DO $$ BEGIN PERFORM 1; END IF; END $$", S, "syntax error at `END`", "END IF");
    refused("DO $$ $$", S, "BEGIN … END", " $$");
}

#[test]
fn the_body_of_a_function_is_read() {
    let text = "CREATE FUNCTION @.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDAT @.t SET a = 1; END $$";
    refused(text, S, "syntax error", "UPDAT");
    refused("CREATE FUNCTION @.f() RETURNS int LANGUAGE sql AS 'SELEC 1'", S, "syntax error", "SELEC");
}

#[test]
fn the_body_in_another_language_is_not_read() {
    let text = "DO LANGUAGE plpython3u $$ don't (look @.t $$";
    assert_eq!(objects(text, S), [("t".to_owned(), 0)]);
}

#[test]
fn a_comment_at_the_end_does_not_swallow_what_follows() {
    assert!(rendered("SELECT 1 -- one", Kind::Query).ends_with("-- one\n"));
    assert!(rendered("a > 1 -- one", Kind::Expression).ends_with("-- one\n"));
}

// Rules

#[test]
fn an_index_is_made_under_its_bare_name() {
    refused("CREATE INDEX @.i ON @.t (a)", S, "write its bare name", "@.i");
    assert_eq!(objects("CREATE INDEX i ON @.t (a); DROP INDEX @.i", S).len(), 2);
}

#[test]
fn a_new_name_takes_no_schema() {
    refused("ALTER TABLE @.a RENAME TO @.b", S, "a rename stays in the schema", "@.b");
    refused("ALTER INDEX @.a RENAME TO @.b", S, "a rename stays in the schema", "@.b");
    refused("COMMENT ON CONSTRAINT @.c ON @.t IS 'x'", S, "belongs to its table", "@.c");
    assert_eq!(objects("ALTER TABLE @.a RENAME TO b", S).len(), 1);
}

#[test]
fn names_that_live_in_a_table_take_no_schema() {
    refused("ALTER TABLE @.t DROP COLUMN @.c", S, "`@.c` has a schema, but only a bare name is allowed here", "@.c");
    refused("ALTER TABLE @.t ADD CONSTRAINT @.c CHECK (true)", S, "only a bare name is allowed here", "@.c");
    refused("CREATE POLICY @.p ON @.t USING (true)", S, "only a bare name is allowed here", "@.p");
}

#[test]
fn a_version_has_its_own_transaction() {
    for text in ["BEGIN", "COMMIT", "ROLLBACK", "END", "ABORT", "START TRANSACTION", "SAVEPOINT a", "RELEASE a"] {
        refused(&format!("SELECT 1; {text}"), S, "already runs in a transaction", text);
    }
    refused("DO $$ BEGIN COMMIT; END $$", S, "already runs in a transaction", "COMMIT");
}

#[test]
fn a_do_block_begins_and_ends() {
    assert_eq!(objects("DO $$ BEGIN BEGIN NULL; EXCEPTION WHEN others THEN NULL; END; END $$", S), []);
}

#[test]
fn a_procedure_may_commit() {
    let text = "CREATE PROCEDURE @.p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$";
    assert_eq!(objects(text, S).len(), 1);
    assert!(parse("BEGIN COMMIT; END", Kind::PlpgsqlBody).is_ok());
}

#[test]
fn what_cannot_run_in_a_transaction_is_refused() {
    for text in ["VACUUM", "CREATE DATABASE x", "DROP DATABASE x", "ALTER SYSTEM SET a = 1", "REINDEX DATABASE x"] {
        assert!(mistake(text, S).message.contains("cannot run inside a transaction"), "{text}");
    }
}

#[test]
fn concurrently_is_a_step_of_its_own() {
    refused("CREATE INDEX CONCURRENTLY i ON @.t (a)", S, "use `create_index … concurrently`", "CREATE");
    refused("SELECT 1; DROP INDEX CONCURRENTLY @.i", S, "cannot run inside a transaction", "DROP");
    refused("REINDEX INDEX CONCURRENTLY @.i", S, "cannot run inside a transaction", "INDEX CON");
    assert!(parse("REFRESH MATERIALIZED VIEW CONCURRENTLY @.v", S).is_ok());
}

#[test]
fn search_path_is_not_set() {
    refused("SET search_path = a", S, "must not depend on search_path", "search_path");
    refused("SET LOCAL search_path TO a, b", S, "write `@.name`", "search_path");
    refused("SET SCHEMA 'a'", S, "must not depend on search_path", "SCHEMA");
    refused("SELECT set_config('search_path', 'a', true)", S, "must not depend on search_path", "set_config");
    refused("SELECT pg_catalog.set_config('search_path', 'a', true)", Kind::Query, "search_path", "pg_catalog");
    refused("DO $$ BEGIN PERFORM set_config('search_path', 'a', true); END $$", S, "search_path", "set_config");
    refused("BEGIN SET search_path = a; END", Kind::PlpgsqlBody, "must not depend on search_path", "search_path");
    let function =
        "CREATE FUNCTION @.f() RETURNS int LANGUAGE sql AS $$ SELECT set_config('search_path', 'a', true) $$";
    refused(function, S, "must not depend on search_path", "set_config");
    assert!(parse("SET lock_timeout = '1s'; SELECT set_config('a.b', 'search_path', true)", S).is_ok());
}

#[test]
fn a_function_may_have_an_empty_search_path() {
    let function =
        |path: &str| format!("CREATE FUNCTION @.f() RETURNS int LANGUAGE sql SET search_path = {path} AS 'SELECT 1'");
    assert!(parse(&function("''"), S).is_ok());
    assert!(parse(&function("pg_catalog, pg_temp"), S).is_ok());
    refused(&function("public"), S, "must not depend on search_path", "search_path");
}

#[test]
fn psql_commands_are_refused() {
    refused("\\d users", S, "`\\d` is for psql", "\\d");
    refused("COPY @.t FROM STDIN;\n1\tx\n\\.\n", S, "`\\.` is for psql", "\\.");
    assert!(parse(r"SELECT '\d', $$\d$$", S).is_ok());
}

#[test]
fn copy_has_no_input() {
    refused("COPY @.t FROM STDIN", S, "write the rows as a `seed`", "STDIN");
    refused("COPY @.t TO STDOUT", S, "no standard input or output", "STDOUT");
}

// Expressions

#[test]
fn bare_names_are_columns() {
    assert_eq!(columns("Length(\"Name\") > 1 AND kind IS NOT NULL"), ["Name", "kind"]);
    assert_eq!(rendered("a > B", Kind::Expression), "\"a\" > \"b\"");
}

#[test]
fn keywords_functions_types_and_collations_are_no_columns() {
    assert_eq!(columns("CAST(a AS text) || b::my_type || lower(c) COLLATE my_collation"), ["a", "b", "c"]);
    assert_eq!(columns("CASE WHEN a THEN NULL ELSE current_user END IN (user, current_date::text)"), ["a"]);
    assert_eq!(columns("extract(epoch FROM a) > date_part(field => 'day', source => b)"), ["a", "b"]);
    assert_eq!(columns("date '2020-01-01' < date AND interval '1 day' > x"), ["date", "x"]);
    assert_eq!(columns("normalize(a, nfc)"), ["a"]);
}

#[test]
fn qualified_names_are_text() {
    assert_eq!(columns("t.a = b AND (c).d > 1"), ["b", "c"]);
    assert_eq!(columns("@.f(a) + @.t.b"), ["a"]);
}

#[test]
fn unreserved_keywords_may_be_columns() {
    assert_eq!(columns("type = 'a' AND name > value AND position IS NULL"), ["type", "name", "value", "position"]);
}

#[test]
fn names_in_literals_are_text() {
    assert_eq!(columns("ARRAY['a', 'b']::text[] || '{c}' || $$d$$"), [""; 0]);
}

#[test]
fn a_subquery_has_names_of_its_own() {
    assert_eq!(columns("EXISTS (SELECT 1 FROM @.o x WHERE x.id = owner_id AND x IS NOT NULL)"), ["owner_id"]);
    assert_eq!(columns("x > 1 AND EXISTS (WITH w AS (SELECT 1) SELECT 1 FROM w x WHERE w IS NULL)"), ["x"]);
}

#[test]
fn a_text_is_one_expression() {
    refused("a, b", Kind::Expression, "not a list", "a, b");
    refused("a) OR (b", Kind::Expression, "closes nothing", ")");
    refused("a b", Kind::Expression, "syntax error at `b`: the expression is complete before it", "b");
    refused("a AS b", Kind::Expression, "syntax error at `AS`", "AS");
    refused("a +", Kind::Expression, "syntax error at the end", "");
    refused("a; b", Kind::Expression, "remove `;`", ";");
    refused("*", Kind::Expression, "syntax error", "*");
}

#[test]
fn a_query_as_an_expression_stands_in_parentheses() {
    refused("SELECT 1", Kind::Expression, "put parentheses", "SELECT");
    assert!(parse("(SELECT max(a) FROM @.t)", Kind::Expression).is_ok());
    assert_eq!(columns("(a, b) = (SELECT 1, 2)"), ["a", "b"]);
}

#[test]
fn numbers_strings_and_calls_are_expressions() {
    for text in
        ["0", "-1", "'x'", "now()", "NULL", "@.uuid_generate_v7()", "'{}'::jsonb", "ARRAY[]::text[]", "now() + '1 day'"]
    {
        assert!(parse(text, Kind::Expression).is_ok(), "{text}");
    }
}

// Queries and what follows FROM

#[test]
fn a_guard_is_one_query() {
    assert_eq!(objects("SELECT 1 FROM @.t WHERE a = 'b'", Kind::Query).len(), 1);
    assert!(parse("WITH a AS (SELECT 1) SELECT 1 FROM a UNION SELECT 2", Kind::Query).is_ok());
    refused("SELECT 1;", Kind::Query, "remove `;`", ";");
    refused("DELETE FROM @.t", Kind::Query, "a guard begins with SELECT", "DELETE");
}

#[test]
fn a_guard_only_reads() {
    refused("WITH a AS (DELETE FROM @.t RETURNING 1) SELECT 1 FROM a", Kind::Query, "may only read", "DELETE");
    refused("SELECT 1 INTO b", Kind::Query, "may only read", "SELECT");
}

#[test]
fn a_from_takes_items_and_no_more() {
    assert_eq!(objects("@.other AS o", Kind::FromItem), [("other".to_owned(), 0)]);
    assert!(parse("@.a a JOIN @.b b ON a.id = b.id, generate_series(1, 2) AS n", Kind::FromItem).is_ok());
    assert!(parse("(SELECT id, count(*) AS n FROM @.a GROUP BY id) AS c", Kind::FromItem).is_ok());
    refused("@.other o WHERE o.a = 1", Kind::FromItem, "rest into `where`", "WHERE");
    refused("@.other o UNION SELECT 1", Kind::FromItem, "expected only the items of FROM", "@.other");
}

// Bodies

#[test]
fn a_plpgsql_body_is_a_block() {
    let body = "DECLARE r @.t%ROWTYPE; n @.t.id%TYPE; BEGIN FOR r IN SELECT * FROM @.t LOOP PERFORM @.f(r.id); END LOOP; RETURN NEW; END;";
    assert_eq!(objects(body, Kind::PlpgsqlBody).len(), 4);
    refused("SELECT 1", Kind::PlpgsqlBody, "", "SELECT");
    refused("BEGIN x := ; END", Kind::PlpgsqlBody, "syntax error", "; END");
    refused("BEGIN NULL; ", Kind::PlpgsqlBody, "syntax error at the end: expected END", "");
}

#[test]
fn a_plpgsql_statement_may_put_its_row_into_variables() {
    for statement in [
        "SELECT id INTO a FROM @.t LIMIT 1",
        "SELECT INTO STRICT a, r.b , c[1] x, y, z FROM @.t",
        "SELECT count(*) FROM @.t INTO a",
        "WITH q AS (SELECT 1 AS x) SELECT x INTO \"A b\" FROM q",
        "INSERT INTO @.t (a) VALUES (1) RETURNING id INTO a",
        "INSERT INTO @.t SELECT 1 RETURNING id INTO STRICT a",
        "UPDATE @.t SET a = 1 RETURNING id, b INTO a, b",
        "EXECUTE 'SELECT 1' INTO STRICT a USING b",
        "FETCH c INTO a, b",
        "IF EXISTS (SELECT 1 FROM @.t) THEN SELECT 1 INTO a; INSERT INTO @.t VALUES (1); END IF",
        "IF a THEN EXECUTE 'SELECT 1' INTO a; ELSE SELECT 1 INTO a; END IF",
    ] {
        let body = format!("BEGIN {statement}; END");
        assert!(parse(&body, Kind::PlpgsqlBody).is_ok(), "{statement}: {:?}", parse(&body, Kind::PlpgsqlBody));
        assert!(parse(&format!("DO $$ {body} $$"), S).is_ok(), "{statement}");
        assert_eq!(rendered(&body, Kind::PlpgsqlBody), body.replace("@.t", "\"p'q\".\"t\""));
    }
    refused("BEGIN SELECT 1 INTO a FRM @.t; END", Kind::PlpgsqlBody, "syntax error", "@.t");
    assert!(parse("DO 'BEGIN SELECT 1 INTO a; END'", S).is_ok());
}

#[test]
fn an_sql_body_may_have_parameters() {
    assert_eq!(objects("SELECT id FROM @.t WHERE a = $1 LIMIT 1", Kind::SqlBody).len(), 1);
}

// Robustness

const KINDS: [Kind; 6] =
    [Kind::Statements, Kind::Expression, Kind::Query, Kind::FromItem, Kind::PlpgsqlBody, Kind::SqlBody];

const SAMPLES: [&str; 8] = [
    "DO $x$ DECLARE r record; BEGIN FOR r IN SELECT a FROM @.t LOOP EXECUTE format('DROP TABLE @.%I', r.a); END LOOP; END $x$;",
    "UPDATE @.\"T a\" SET a = 'it''s @.b', b = E'\\'@.c\\n', c = U&'\\0061' WHERE d @> '{}' AND e <@ f -- é\n",
    "CREATE FUNCTION @.f(a text) RETURNS int LANGUAGE sql SET search_path = '' AS $$ SELECT 1 FROM @.t WHERE $1 = '@.x' $$",
    "CASE WHEN (a).b > 1 THEN \"C\"::text[] ELSE CAST(d AS @.e) END || $q$ @.é $q$ || '$.a ? (@.b)'",
    "SELECT 1 FROM @.t a LEFT JOIN @.u b USING (id) WHERE NOT EXISTS (SELECT 1 /* @.x */ FROM @.v)",
    "@.a AS x JOIN LATERAL (SELECT * FROM @.b) y ON x.id = y.id",
    "DECLARE x int := 1; BEGIN IF x > 1 THEN RAISE NOTICE 'a %', x; ELSIF x THEN NULL; END IF; EXCEPTION WHEN others THEN NULL; END",
    "INSERT INTO @.t (a, \"ö\") VALUES (1, '漢字@.a'), (2, now()) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING 1;",
];

/// Whatever the outcome, it must be sound: no panic, an offset at a character, pieces that hold the whole text.
fn survives(text: &str) {
    for kind in KINDS {
        match parse(text, kind) {
            Ok(pieces) => assert!(!pieces.is_empty(), "{text}"),
            Err(it) => {
                assert!(text.is_char_boundary(it.offset), "{text}: {it:?}");
                assert!(!it.message.contains("cannot be read"), "{text}: {it:?}");
            }
        }
    }
}

#[test]
fn no_truncation_panics() {
    for sample in SAMPLES {
        for (at, _) in sample.char_indices().step_by(2) {
            survives(&sample[..at]);
            survives(&sample[at..]);
        }
    }
}

#[test]
fn no_mutation_panics() {
    let parts = [
        "'", "\"", "$$", "@.", "@.\"", "(", ")", "[", "]", ";", "\\", "--", "/*", "*/", "é", "\0", ".", "::", "E'",
        "U&\"", "$1", "%", "END", "BEGIN", "SELECT", "CASE", "0x", "1e", "<<", "漢",
    ];
    let mut seed = 7_usize;
    for _ in 0..1500 {
        let mut next = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        let mut chars: Vec<char> = SAMPLES[next(SAMPLES.len())].chars().collect();
        for _ in 0..=next(3) {
            let at = next(chars.len());
            let end = (at + next(4)).min(chars.len());
            chars.splice(at..end, parts[next(parts.len())].chars());
        }
        survives(&chars.into_iter().collect::<String>());
    }
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let lead = ["SELECT ", "DO $$ BEGIN ", "DO 'BEGIN ", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT "];
    let parts = [
        "f(",
        "(",
        "NOT ",
        "- ",
        "CASE WHEN ",
        "IF a THEN ",
        "DECLARE x CURSOR FOR ",
        "EXPLAIN ",
        "= ",
        "a[",
        "BEGIN ",
    ];
    for lead in lead {
        for part in parts {
            for times in [110, 2_000, 6_100] {
                let _ = parse(&format!("{lead}{}", part.repeat(times)), Kind::Statements);
                let close = if lead.contains("$$") { "$$" } else { "'" };
                let _ = parse(&format!("{lead}{}{close}", part.repeat(times)), Kind::Statements);
            }
        }
    }
}

#[test]
fn a_text_too_long_is_refused() {
    assert!(mistake(&"SELECT 1;".repeat(7_000), S).message.contains("too long for one step"));
    let rows = "(1, 'x @ y'), ".repeat(2_500);
    assert!(parse(&format!("INSERT INTO @.t VALUES {rows} (1, 'x')"), S).is_ok());
}

#[test]
fn what_lives_in_another_schema_is_found_wherever_it_stands() {
    let outside = |text: &str, kind| {
        let pieces = parse(text, kind).unwrap_or_else(|it| panic!("{text}: {it:?}"));
        let found = pieces.into_iter().filter_map(|it| match it {
            Piece::Outside { schema, name, function } => Some((schema, name, function)),
            _ => None,
        });
        found.collect::<Vec<_>>()
    };
    let of = |schema: &str, name: &str, function| (schema.to_owned(), name.to_owned(), function);
    let both = [of("auth", "users", false), of("auth", "uid", true)];
    assert_eq!(outside("EXISTS (SELECT FROM Auth.users u WHERE u.id = auth.uid())", Kind::Expression), both);
    assert_eq!(outside("BEGIN DELETE FROM auth.users WHERE id = auth.uid(); END", Kind::PlpgsqlBody), both);
    assert_eq!(outside("SELECT @.f(), t.c, pg_catalog.now() FROM @.t, information_schema.tables", Kind::Query), []);
}

#[test]
fn a_table_without_a_schema_is_a_mistake() {
    let mistake = |text: &str, kind| parse(text, kind).unwrap_err();
    let expected = Mistake::new("table `t` without a schema: write `@.t` for one of the chain", 14);
    assert_eq!(mistake("SELECT 1 FROM t", Kind::Query), expected);
    let expected = Mistake::new("table `T t` without a schema: write `@.\"T t\"` for one of the chain", 14);
    assert_eq!(mistake("SELECT 1 FROM \"T t\"", Kind::Query), expected);
    assert_eq!(mistake("BEGIN UPDATE t SET a = 1; END", Kind::PlpgsqlBody).offset, 13);
    for fine in
        ["WITH t AS (SELECT 1) SELECT * FROM t", "SELECT FROM pg_class", "SELECT FROM generate_series(1, 2) AS g"]
    {
        parse(fine, Kind::Query).unwrap();
    }
    parse("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1)", Kind::Statements).unwrap();
}

/// What is read of a policy of the table `notes`: columns as `name<tables`, with `?` behind what may be something else's, other tables'
/// names as `name.`, calls as `name()`.
fn names(text: &str) -> String {
    let pieces = parse(text, Kind::Policy).unwrap_or_else(|it| panic!("{text}: {it:?}"));
    let shown = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Column { name, tables, open } => {
            Some(format!("{name}<{}{}", tables.join(","), if open { "?" } else { "" }))
        }
        Piece::Qualifier(name) => Some(format!("{name}.")),
        Piece::Call(name) => Some(format!("{name}()")),
        _ => None,
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_column_of_a_policy_is_of_its_table() {
    assert_eq!(names("owner = current_user AND notes.\"Body\" <> ''"), "owner<notes notes. Body<notes");
    assert_eq!(names("(SELECT true)"), "");
}

#[test]
fn a_column_in_a_query_is_looked_for_from_the_inside_out() {
    let query = "EXISTS (SELECT 1 FROM @.spaces s, @.members WHERE s.id = space_id AND members.name = notes.owner)";
    let expected = "id<spaces space_id<spaces,members,notes members. name<members notes. owner<notes";
    assert_eq!(names(query), expected);
    let nested = "id IN (SELECT a FROM @.b WHERE c IN (SELECT d FROM @.e JOIN @.f AS g ON g.h = e.i))";
    assert_eq!(names(nested), "id<notes a<b,notes c<b,notes d<e,f,b,notes h<f e. i<e");
    assert_eq!(names("id = (SELECT max(@.spaces.id) FROM @.spaces)"), "id<notes max() id<spaces");
}

#[test]
fn beside_what_is_not_known_a_bare_name_may_stand_for_anything() {
    assert_eq!(
        names("id IN (SELECT v FROM unnest(tags) AS t(v) WHERE v <> x)"),
        "id<notes unnest() tags<notes? x<notes?"
    );
    assert_eq!(names("id IN (WITH w AS (SELECT a FROM @.b) SELECT w.a FROM w WHERE c)"), "id<notes a<b,notes c<notes?");
    assert_eq!(names("id IN (SELECT s.x FROM @.c, (SELECT y AS x FROM @.b) s)"), "id<notes y<b,notes");
    assert_eq!(names("id IN (SELECT s.x FROM @.c, LATERAL (SELECT y AS x FROM @.b) s)"), "id<notes y<b,c,notes?");
    assert_eq!(names("id IN (SELECT u.id FROM auth.users u WHERE u.id = auth.uid())"), "id<notes");
    assert_eq!(names("id IN (SELECT k FROM @.b AS c (k, l) WHERE c.k = m)"), "id<notes m<notes?");
}

#[test]
fn a_whole_row_is_called_by_the_name_of_its_table() {
    assert_eq!(
        names("EXISTS (SELECT m FROM @.members m WHERE f(members) OR m.* IS NULL)"),
        "f() members<members,notes"
    );
    assert_eq!(names("EXISTS (SELECT count(members) FROM @.members)"), "count() members.");
}

#[test]
fn a_qualifier_that_nothing_has_is_a_mistake() {
    let mistake = parse("EXISTS (SELECT 1 FROM @.members m WHERE members.id = 1)", Kind::Policy).unwrap_err();
    let expected = "`members` is not in FROM, nor is it the table `notes`";
    assert_eq!(mistake, Mistake::new(expected, 40));
}

#[test]
fn a_view_has_the_columns_that_its_query_names() {
    assert_eq!(
        super::output_columns("SELECT n.id, \"Shown as\", @.f(b) AS Size FROM @.notes n"),
        ["id", "Shown as", "size"]
    );
    assert_eq!(
        super::output_columns("WITH c AS (SELECT 1 AS x) (SELECT x AS a FROM c) UNION SELECT b FROM @.t"),
        ["a"]
    );
    let mistake = |text: &str| super::parse(text, Kind::View, "").unwrap_err().offset;
    assert_eq!(mistake("SELECT id, lower(a) FROM @.t"), 11);
    assert_eq!(mistake("SELECT t.* FROM @.t"), 7);
    assert_eq!(mistake("SELECT EXISTS (SELECT * FROM @.t) AS a"), 22);
    assert_eq!(mistake("VALUES (1)"), 0);
    super::parse("SELECT count(*) AS n FROM @.t", Kind::View, "").unwrap();
}

#[test]
fn a_view_may_sort_and_group_by_what_it_gives() {
    let column = |name: &str, open| Piece::Column { name: name.to_owned(), tables: vec!["t".to_owned()], open };
    let text = "SELECT lower(a) AS b FROM @.t GROUP BY b ORDER BY b, c";
    let pieces = super::parse(text, Kind::View, "").unwrap();
    let columns: Vec<_> = pieces.into_iter().filter(|piece| matches!(piece, Piece::Column { .. })).collect();
    assert_eq!(columns, [column("a", false), column("b", true), column("c", false)]);
}
