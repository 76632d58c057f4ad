//! What a down would lose, and rows that the chain has brought or reads: questions that only the database can answer,
//! because hosts have foreign keys and policies of their own.

/// Asks what goes, by these arguments: 1 the table, 2 how a query reads it, 3 the rows that ask for leave, 4 the rows that
/// are counted then, 5 what they are called (null: they go without leave), 6 whether foreign keys are followed, 7 other
/// tables that the conditions read, 8 tables that go anyway, each with the rows that do (null: all), 9 whose down it is, 10 the
/// columns that the conditions read.
///
/// The walk along foreign keys is one query that is put together from the catalog, with a part for each key.
fn loss(quote: &str, tail: &str) -> String {
    format!(
        r#"  pkmig_loss CONSTANT pg_catalog.text := $template$DO {quote} DECLARE
    asked CONSTANT pg_catalog.regclass := pg_catalog.to_regclass(%1$L);
    going CONSTANT pg_catalog.text[] := %8$L;
    edges pg_catalog.oid[] := '{{}}';
    hidden pg_catalog.oid[] := '{{}}';
    tables pg_catalog.oid[];
    lifted pg_catalog.oid[] := '{{}}';
    security CONSTANT pg_catalog.text := pg_catalog.current_setting('row_security');
    columns CONSTANT pg_catalog.text[] := %10$L;
    absent CONSTANT pg_catalog.text[] := {ABSENT};
    asking pg_catalog.text := %3$L;
    home CONSTANT pg_catalog.oid := (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(%1$L));
    found pg_catalog.text[] := '{{}}';
    gone pg_catalog.oid[] := '{{}}';
    one record;
    parts pg_catalog.text;
    rows bigint;
    BEGIN
    IF asked IS NULL OR 'needed' = ANY (absent) OR pg_catalog.current_setting('pkmig.allow_data_loss', true) = 'on' THEN
      RETURN;
    END IF;
    IF 'own' = ANY (absent) THEN
      asking := %4$L;
    END IF;
    IF %6$L THEN
      edges := ARRAY(WITH RECURSIVE edge AS (
          SELECT c.oid, c.conrelid, c.confdeltype FROM pg_catalog.pg_constraint c
          WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid = asked AND c.confdeltype IN ('c', 'n', 'd')
        UNION
          SELECT c.oid, c.conrelid, c.confdeltype FROM edge JOIN pg_catalog.pg_constraint c ON c.confrelid = edge.conrelid
          WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confdeltype IN ('c', 'n', 'd') AND edge.confdeltype = 'c'
            AND NOT EXISTS (SELECT FROM pg_catalog.generate_subscripts(going, 1) AS i
              WHERE going[i][2] IS NULL AND pg_catalog.to_regclass(going[i][1]) = edge.conrelid))
        SELECT edge.oid FROM edge WHERE NOT EXISTS (SELECT FROM pg_catalog.generate_subscripts(going, 1) AS i
          WHERE going[i][2] IS NULL AND pg_catalog.to_regclass(going[i][1]) = edge.conrelid) ORDER BY 1);
      hidden := ARRAY(SELECT c.oid FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
        WHERE c.oid = ANY (edges) AND NOT (pg_catalog.has_table_privilege(r.oid, 'SELECT')
          AND pg_catalog.has_schema_privilege(r.relnamespace, 'USAGE')
          AND (NOT pg_catalog.row_security_active(r.oid) OR pg_catalog.pg_has_role(r.relowner, 'USAGE'))));
    END IF;
    tables := ARRAY[asked::pg_catalog.oid] || ARRAY(SELECT pg_catalog.to_regclass(name)::pg_catalog.oid FROM pg_catalog.unnest(%7$L::pg_catalog.text[]) AS name)
      || ARRAY(SELECT c.conrelid FROM pg_catalog.pg_constraint c WHERE c.oid = ANY (edges) AND c.oid <> ALL (hidden));
    {LIFTING}
    PERFORM pg_catalog.set_config('row_security', 'off', true);
    IF %5$L IS NOT NULL THEN
      EXECUTE 'SELECT pg_catalog.count(*) FROM ' || %2$L || ' WHERE ' || asking INTO rows;
      IF rows > 0 THEN
        EXECUTE 'SELECT pg_catalog.count(*) FROM ' || %2$L || ' WHERE ' || %4$L INTO rows;
        found := found || pg_catalog.format('%%s (%%s row%%s)', %5$L, rows, CASE rows WHEN 1 THEN '' ELSE 's' END);
      END IF;
    END IF;
    IF edges <> '{{}}' THEN
      SELECT pg_catalog.string_agg(pg_catalog.format(
          'SELECT %%s::pg_catalog.oid, %%s::pg_catalog.oid, t.tableoid, t.ctid::pg_catalog.text, %%s, %%s FROM %%s AS t JOIN %%s AS pkmig_of '
          'ON %%s WHERE pkmig_row.goes AND pkmig_row.at = %%s AND pkmig_row.part = pkmig_of.tableoid '
          'AND pkmig_row.line::pg_catalog.tid = pkmig_of.ctid',
          c.oid, c.conrelid, (c.confdeltype = 'c')::pg_catalog.text,
          coalesce((SELECT '(' || pg_catalog.string_agg('(' || going[i][2] || ')', ' OR ') || ') IS NOT TRUE'
            FROM pg_catalog.generate_subscripts(going, 1) AS i WHERE pg_catalog.to_regclass(going[i][1]) = c.conrelid), 'true'),
          c.conrelid::pg_catalog.regclass, c.confrelid::pg_catalog.regclass,
          (SELECT pg_catalog.string_agg(pg_catalog.format('pkmig_of.%%I OPERATOR(%%I.%%s) t.%%I', k.attname, n.nspname, o.oprname,
              f.attname), ' AND ')
            FROM pg_catalog.generate_subscripts(c.conkey, 1) AS i
            JOIN pg_catalog.pg_attribute k ON k.attrelid = c.confrelid AND k.attnum = c.confkey[i]
            JOIN pg_catalog.pg_attribute f ON f.attrelid = c.conrelid AND f.attnum = c.conkey[i]
            JOIN pg_catalog.pg_operator o ON o.oid = c.conpfeqop[i] JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace),
          c.confrelid), ' UNION ALL ')
        INTO parts FROM pg_catalog.pg_constraint c WHERE c.oid = ANY (edges) AND c.oid <> ALL (hidden);
      parts := coalesce(parts, 'SELECT 0::pg_catalog.oid, 0::pg_catalog.oid, 0::pg_catalog.oid, NULL::pg_catalog.text, false, false WHERE false');
      FOR one IN EXECUTE pg_catalog.format('WITH RECURSIVE reached (edge, at, part, line, goes, counts) AS (
            SELECT 0::pg_catalog.oid, %%s::pg_catalog.oid, tableoid, ctid::pg_catalog.text, true, false FROM %%s WHERE %%s
          UNION
            SELECT next.* FROM reached AS pkmig_row CROSS JOIN LATERAL (%%s) AS next (edge, at, part, line, goes, counts))
        SELECT edge, at, goes, pg_catalog.count(*) FILTER (WHERE counts) AS rows
        FROM (SELECT DISTINCT ON (part, line) edge, at, goes, counts FROM reached ORDER BY part, line, goes DESC, edge) AS once
        GROUP BY edge, at, goes ORDER BY edge', asked::pg_catalog.oid, %2$L, asking, parts) LOOP
        IF one.goes THEN
          gone := gone || one.at;
        END IF;
        IF one.rows > 0 THEN
          found := found || (SELECT pg_catalog.format('%%s row%%s of `%%s`%%s (by ON DELETE %%s from `%%s`)', one.rows,
              CASE one.rows WHEN 1 THEN '' ELSE 's' END,
              CASE r.relnamespace WHEN home THEN '' ELSE n.nspname || '.' END || r.relname,
              CASE c.confdeltype WHEN 'c' THEN '' ELSE ', changed' END,
              CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END,
              CASE p.relnamespace WHEN home THEN '' ELSE p.relnamespace::pg_catalog.regnamespace || '.' END || p.relname)
            FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
            WHERE c.oid = one.edge);
        END IF;
      END LOOP;
      found := found || ARRAY(SELECT pg_catalog.format('rows of `%%s.%%s`, which role `%%s` may not read (by ON DELETE %%s from `%%s`)',
          n.nspname, r.relname, current_user,
          CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END,
              CASE p.relnamespace WHEN home THEN '' ELSE p.relnamespace::pg_catalog.regnamespace || '.' END || p.relname)
        FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
        WHERE c.oid = ANY (hidden) AND c.confrelid = ANY (gone) ORDER BY c.oid);
    END IF;
    PERFORM pg_catalog.set_config('row_security', security, true);
    FOR one IN SELECT oid FROM pg_catalog.unnest(lifted) AS oid LOOP
      EXECUTE pg_catalog.format('ALTER TABLE %%s FORCE ROW LEVEL SECURITY', one.oid::pg_catalog.regclass);
    END LOOP;
    IF found <> '{{}}' THEN
      -- A name may hold the end of a line.
      found := ARRAY(SELECT pg_catalog.translate(f.what, pg_catalog.concat(pg_catalog.chr(10), pg_catalog.chr(13)), '  ') FROM pg_catalog.unnest(found) WITH ORDINALITY AS f (what, n) ORDER BY f.n);
      {tail}
    END IF; END {quote} $template$;
"#
    )
}

/// Stops the version where something would go.
pub(super) fn stop(quote: &str) -> String {
    loss(quote, RAISE)
}

/// Tells what would go in a setting.
pub(super) fn tell(quote: &str) -> String {
    loss(quote, TELL)
}

/// What the question does in a version's block.
const RAISE: &str = r#"RAISE EXCEPTION '%% would drop data: %%', %9$L, pg_catalog.array_to_string(found, ', ')
        USING ERRCODE = 'PKM08', DETAIL = pg_catalog.array_to_string(found, pg_catalog.chr(10)),
        HINT = 'save it first, or allow the loss: SET pkmig.allow_data_loss = on';"#;

/// What it does before a run.
const TELL: &str =
    r#"PERFORM pg_catalog.set_config('pkmig.found', pg_catalog.array_to_string(found, pg_catalog.chr(10)), true);"#;

/// Tells which rows of a seed stay, by these arguments: 1 the table, 2 the rows `t` that have its keys, 3 those that are as
/// they were seeded, 4 the keys of a row, 5 rows that go anyway, 6 other tables that the conditions read, 7 its version,
/// 8 the columns that the conditions read.
pub(super) fn stays(quote: &str) -> String {
    format!(
        r#"  pkmig_stays CONSTANT pg_catalog.text := $template$DO {quote} DECLARE
    asked CONSTANT pg_catalog.regclass := pg_catalog.to_regclass(%1$L);
    going CONSTANT pg_catalog.text[] := %5$L;
    columns CONSTANT pg_catalog.text[] := %8$L;
    absent CONSTANT pg_catalog.text[] := {ABSENT};
    keys pg_catalog.oid[];
    tables pg_catalog.oid[];
    lifted pg_catalog.oid[] := '{{}}';
    found pg_catalog.text[] := '{{}}';
    one record;
    pointing pg_catalog.text;
    title pg_catalog.text := (SELECT relname FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(%1$L));
    BEGIN
    IF asked IS NULL OR absent <> '{{}}' THEN
      RETURN;
    END IF;
    keys := ARRAY(SELECT c.oid FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
      WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid = asked AND c.confdeltype IN ('a', 'r')
        AND pg_catalog.has_table_privilege(r.oid, 'SELECT') AND pg_catalog.has_schema_privilege(r.relnamespace, 'USAGE')
        AND (NOT pg_catalog.row_security_active(r.oid) OR pg_catalog.pg_has_role(r.relowner, 'USAGE'))
        AND NOT EXISTS (SELECT FROM pg_catalog.generate_subscripts(going, 1) AS i
          WHERE going[i][2] IS NULL AND pg_catalog.to_regclass(going[i][1]) = r.oid) ORDER BY 1);
    tables := ARRAY[asked::pg_catalog.oid] || ARRAY(SELECT pg_catalog.to_regclass(name)::pg_catalog.oid
        FROM pg_catalog.unnest(%6$L::pg_catalog.text[]) AS name)
      || ARRAY(SELECT c.conrelid FROM pg_catalog.pg_constraint c WHERE c.oid = ANY (keys));
    {LIFTING}
    PERFORM pg_catalog.set_config('row_security', 'off', true);
    SELECT pg_catalog.string_agg(pg_catalog.format('EXISTS (SELECT FROM %%s AS t WHERE %%s AND %%s)', c.conrelid::pg_catalog.regclass,
        (SELECT pg_catalog.string_agg(pg_catalog.format('pkmig_of.%%I OPERATOR(%%I.%%s) t.%%I', k.attname, n.nspname, o.oprname,
            f.attname), ' AND ')
          FROM pg_catalog.generate_subscripts(c.conkey, 1) AS i
          JOIN pg_catalog.pg_attribute k ON k.attrelid = c.confrelid AND k.attnum = c.confkey[i]
          JOIN pg_catalog.pg_attribute f ON f.attrelid = c.conrelid AND f.attnum = c.conkey[i]
          JOIN pg_catalog.pg_operator o ON o.oid = c.conpfeqop[i] JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace),
        coalesce((SELECT '(' || pg_catalog.string_agg('(' || going[i][2] || ')', ' OR ') || ') IS NOT TRUE'
          FROM pg_catalog.generate_subscripts(going, 1) AS i WHERE pg_catalog.to_regclass(going[i][1]) = c.conrelid), 'true')), ' OR ')
      INTO pointing FROM pg_catalog.pg_constraint c WHERE c.oid = ANY (keys);
    FOR one IN EXECUTE pg_catalog.concat('SELECT pkmig_changed AS changed, pg_catalog.count(*) AS rows,
          pg_catalog.array_to_string((pg_catalog.array_agg(''('' || pkmig_key || '')'' ORDER BY pkmig_key))[:5], '', '') AS keys
        FROM (SELECT (', %3$L, ') IS NOT TRUE AS pkmig_changed, ', %4$L, ' AS pkmig_key, t.* FROM ', %1$L, ' AS t WHERE ', %2$L, ') AS pkmig_of
        WHERE pkmig_changed OR ', coalesce(pointing, 'false'), ' GROUP BY pkmig_changed ORDER BY pkmig_changed DESC') LOOP
      found := found || pg_catalog.format('%%s row%%s of `%%s` that %%s has seeded, %%s: %%s%%s', one.rows, CASE one.rows WHEN 1 THEN '' ELSE 's' END,
        title, %7$L, CASE WHEN one.changed THEN 'changed since' ELSE 'which other rows point at' END, one.keys,
        CASE WHEN one.rows > 5 THEN ', ...' ELSE '' END);
    END LOOP;
    PERFORM pg_catalog.set_config('pkmig.found', pg_catalog.array_to_string(
      ARRAY(SELECT pg_catalog.translate(f, pg_catalog.concat(pg_catalog.chr(10), pg_catalog.chr(13)), '  ') FROM pg_catalog.unnest(found) AS f), pg_catalog.chr(10)), true);
    END {quote} $template$;
"#
    )
}

/// What each of `columns` that the table `asked` does not have, or has with another type, is for.
const ABSENT: &str = r#"ARRAY(SELECT columns[i][3] FROM pg_catalog.generate_subscripts(columns, 1) AS i
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = asked AND a.attname = columns[i][1] AND NOT a.attisdropped
        AND columns[i][2] = pg_catalog.replace(pg_catalog.regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod),
          '^("([^"]|"")+"|\w+)\.', ''), '"', '')))"#;

/// Lifts row level security that is forced on `tables`, which its owner may: no other session sees it.
const LIFTING: &str = r#"FOR one IN SELECT r.oid, r.relowner FROM pg_catalog.pg_class r
        WHERE r.oid = ANY (tables) AND pg_catalog.row_security_active(r.oid) LOOP
      IF NOT pg_catalog.pg_has_role(one.relowner, 'USAGE') THEN
        RAISE EXCEPTION 'row level security of table %% hides rows from role %%', one.oid::pg_catalog.regclass, current_user
          USING ERRCODE = '42501', HINT = 'run as the owner of the table, or as a role with BYPASSRLS';
      END IF;
      EXECUTE pg_catalog.format('ALTER TABLE %%s NO FORCE ROW LEVEL SECURITY', one.oid::pg_catalog.regclass);
      lifted := lifted || one.oid;
    END LOOP;"#;

/// Has row level security hide no row of some tables from the steps that follow. The argument is the tables.
pub(super) fn lift(quote: &str) -> String {
    format!(
        r#"  pkmig_lift CONSTANT pg_catalog.text := $template$DO {quote} DECLARE
    tables CONSTANT pg_catalog.oid[] :=
      ARRAY(SELECT pg_catalog.to_regclass(name)::pg_catalog.oid FROM pg_catalog.unnest(%1$L::pg_catalog.text[]) AS name);
    one record;
    lifted pg_catalog.oid[] := '{{}}';
    BEGIN
    {LIFTING}
    PERFORM pg_catalog.set_config('pkmig.lifted', pg_catalog.array_to_string(lifted, ' '), true),
      pg_catalog.set_config('pkmig.row_security', pg_catalog.current_setting('row_security'), true),
      pg_catalog.set_config('row_security', 'off', true); END {quote} $template$;
"#
    )
}

/// Puts back what was lifted. A check of a constraint that waits for the end of the transaction would be in its way.
pub(super) fn put_back(quote: &str) -> String {
    format!(
        r#"  pkmig_put_back CONSTANT pg_catalog.text := $template$DO {quote} DECLARE
    lifted CONSTANT pg_catalog.text := pg_catalog.current_setting('pkmig.lifted');
    one pg_catalog.oid;
    BEGIN
    PERFORM pg_catalog.set_config('row_security', pg_catalog.current_setting('pkmig.row_security'), true);
    IF lifted <> '' THEN
      SET CONSTRAINTS ALL IMMEDIATE;
    END IF;
    FOR one IN SELECT oid::pg_catalog.oid FROM pg_catalog.unnest(pg_catalog.string_to_array(lifted, ' ')) AS oid LOOP
      EXECUTE pg_catalog.format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', one::pg_catalog.regclass);
    END LOOP; END {quote} $template$;
"#
    )
}

/// Deletes rows `t` that the chain has brought, by these arguments: 1 the table, 2 which rows, 3 the number that each has
/// drawn, 4 its sequence. A row that another one points at stays.
pub(super) fn delete_seed(quote: &str) -> String {
    format!(
        r#"  pkmig_delete_seed CONSTANT pg_catalog.text := $template$DO {quote} #variable_conflict use_column
    DECLARE
    low bigint;
    high bigint;
    drawn bigint;
    rows bigint := 0;
    line pg_catalog.tid;
    went boolean;
    deleted record;
    BEGIN
    BEGIN
      WITH gone AS (DELETE FROM %1$s AS t WHERE %2$s RETURNING (%3$s)::bigint AS drawn)
      SELECT pg_catalog.min(gone.drawn) AS low, pg_catalog.max(gone.drawn) AS high, pg_catalog.count(*) AS rows INTO deleted FROM gone;
      low := deleted.low;
      high := deleted.high;
      rows := deleted.rows;
    EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
      LOOP
        went := false;
        FOR line IN SELECT t.ctid FROM %1$s AS t WHERE %2$s LOOP
          BEGIN
            FOR drawn IN DELETE FROM %1$s AS t WHERE t.ctid = line RETURNING (%3$s)::bigint LOOP
              went := true;
              low := least(low, drawn);
              high := greatest(high, drawn);
              rows := rows + 1;
            END LOOP;
          EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
            NULL;
          END;
        END LOOP;
        EXIT WHEN NOT went;
      END LOOP;
    END;
    IF %4$L IS NOT NULL AND rows > 0 AND high - low + 1 = rows THEN
      EXECUTE pg_catalog.concat('SELECT last_value FROM ', %4$L) INTO drawn;
      IF drawn = high THEN
        PERFORM pg_catalog.setval(%4$L::pg_catalog.regclass, greatest(low - 1, 1), low > 1);
      END IF;
    END IF; END {quote} $template$;
"#
    )
}
