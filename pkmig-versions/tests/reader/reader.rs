//! Reads a script to its last literal: the statements, the bodies in PL/pgSQL, the SQL in those, and the SQL in text
//! that is executed.
//!
//! tree-sitter's grammar of PL/pgSQL leaves SQL alone, as PL/pgSQL itself does; each piece is then read as what stands
//! in its place, by the grammar of SQL.

use std::collections::HashSet;

use tree_sitter::{Language, Node, Parser, Tree};

use crate::literal::{joined, unquoted};

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Statements outside of any body.
    pub(crate) statements: usize,
    /// Bodies in PL/pgSQL, each text once.
    pub(crate) bodies: usize,
    /// Pieces of SQL in bodies, each text once.
    pub(crate) pieces: usize,
    /// Texts of EXECUTE that are written out.
    pub(crate) executed: usize,
    /// Templates of EXECUTE, which `format` fills in, each text once.
    pub(crate) templates: usize,
    seen: HashSet<String>,
}

impl Reader {
    /// Reads a script.
    pub(crate) fn script(&mut self, script: &str) -> Result<(), String> {
        self.statements += self.sql(script)?;
        Ok(())
    }

    /// Statements, with the bodies in them; how many.
    fn sql(&mut self, text: &str) -> Result<usize, String> {
        let text = &joined(text);
        let tree = tree(&tree_sitter_postgres::LANGUAGE.into(), text)?;
        for node in all(&tree).of("DoStmt") {
            self.body(&literal(node, text)?)?;
        }
        for node in all(&tree).of("CreateFunctionStmt") {
            let options: Vec<_> = below(node).of("createfunc_opt_item").collect();
            let option =
                |first: &str| options.iter().copied().find(|it| it.child(0).is_some_and(|it| it.kind() == first));
            let body = literal(option("kw_as").ok_or("a function without a body")?, text)?;
            let language = option("kw_language").and_then(|it| it.child(1)).map(|it| &text[it.byte_range()]);
            match language {
                Some("plpgsql") => self.body(&body)?,
                Some("sql") => drop(self.sql(&body)?),
                other => return Err(format!("a function in {other:?}")),
            }
        }
        Ok(all(&tree).of("toplevel_stmt").count())
    }

    /// A body in PL/pgSQL.
    fn body(&mut self, text: &str) -> Result<(), String> {
        if !self.seen.insert(text.to_owned()) {
            return Ok(());
        }
        self.bodies += 1;
        let tree = tree(&tree_sitter_postgres::LANGUAGE_PLPGSQL.into(), text)?;
        for node in all(&tree).of("sql_expression") {
            let place = node.parent().map_or("", |parent| parent.kind());
            self.piece(&text[node.byte_range()], place).map_err(|error| format!("{error}\nin {place}"))?;
        }
        Ok(())
    }

    /// The SQL at a place of a body.
    fn piece(&mut self, text: &str, place: &str) -> Result<(), String> {
        if !self.seen.insert(format!("{place}: {text}")) {
            return Ok(());
        }
        self.pieces += 1;
        if matches!(place, "stmt_execsql" | "for_query") {
            return self.sql(text).map(drop);
        }
        // `RETURN QUERY`
        if place == "stmt_return" && text.trim_start().starts_with("SELECT") {
            return self.sql(text).map(drop);
        }
        // PL/pgSQL, too, puts SELECT before an expression (manual section 43.2).
        let select = joined(&format!("SELECT {text}"));
        let tree = tree(&tree_sitter_postgres::LANGUAGE.into(), &select)?;
        let Some(first) = all(&tree).of("Sconst").next() else { return Ok(()) };
        let before = select["SELECT ".len()..first.start_byte()].trim();
        let whole = before.is_empty() && select[first.end_byte()..].trim().is_empty();
        let written = unquoted(&select[first.byte_range()])?;
        match (place, before) {
            ("stmt_dynexecute", "") if whole => {
                self.executed += 1;
                self.sql(&written).map(drop)
            }
            ("stmt_dynexecute", "format(") => self.template(&written),
            ("decl_defval", "") if whole && text.trim_start().starts_with("$template$") => self.template(&written),
            ("decl_defval", "") if whole && text.trim_start().starts_with("$query$") => self.sql(&written).map(drop),
            _ => Ok(()),
        }
    }

    /// SQL with places for `format` to fill (manual section 9.4.1).
    fn template(&mut self, template: &str) -> Result<(), String> {
        self.templates += 1;
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('%') {
            let kind = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '$').chars().next();
            let kind = kind.ok_or("a template ends in %")?;
            filled.push_str(before);
            filled.push_str(match kind {
                '%' => "%",
                'L' => "'x'",
                'I' | 's' => "x",
                other => return Err(format!("format has no %{other}")),
            });
            rest = &after[after.find(kind).unwrap_or_default() + 1..];
        }
        filled.push_str(rest);
        self.sql(&filled).map(drop).map_err(|error| format!("{error}\nin a template"))
    }
}

/// The tree of a text without a mistake.
fn tree(language: &Language, text: &str) -> Result<Tree, String> {
    let mut parser = Parser::new();
    parser.set_language(language).map_err(|error| error.to_string())?;
    let tree = parser.parse(text, None).ok_or("nothing was parsed")?;
    if tree.root_node().has_error() {
        // Where the parser could not go on at all, the mistake has no node of its own.
        let at = all(&tree).0.find(|node| node.is_error() || node.is_missing()).map_or(0, |node| node.start_byte());
        let line = text[..at].matches('\n').count() + 1;
        let rest: String = text[at..].chars().take(60).collect();
        return Err(format!("line {line} does not parse: {rest}"));
    }
    Ok(tree)
}

/// Nodes in the order of the text.
struct Nodes<'t>(Box<dyn Iterator<Item = Node<'t>> + 't>);

impl<'t> Nodes<'t> {
    fn of(self, kind: &'static str) -> impl Iterator<Item = Node<'t>> {
        self.0.filter(move |node| node.kind() == kind)
    }
}

fn all(tree: &Tree) -> Nodes<'_> {
    below(tree.root_node())
}

fn below(node: Node<'_>) -> Nodes<'_> {
    let mut waiting = vec![node];
    Nodes(Box::new(std::iter::from_fn(move || {
        let node = waiting.pop()?;
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        waiting.extend(children.into_iter().rev());
        Some(node)
    })))
}

/// What the string literal in a node stands for.
fn literal(node: Node<'_>, text: &str) -> Result<String, String> {
    let literal = below(node).of("Sconst").next().ok_or("no string literal")?;
    unquoted(&text[literal.byte_range()])
}
