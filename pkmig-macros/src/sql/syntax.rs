//! Lets squawk read a text, and says its complaints so that the author of a migration understands them.
//!
//! squawk does not know `@.name`. It sees `o.xxxx` instead: a qualified name of the same length, so that every offset stays right and a
//! place that takes no qualified name is a mistake. Of PL/pgSQL it does not know `SELECT … INTO variable`; there it sees spaces.

use std::{any::Any, ops::Range, panic, thread};

use squawk_syntax::{
    SourceFile, SyntaxKind, SyntaxNode,
    ast::{self, AstNode},
    body::{Body, BodyLanguage},
    syntax_error::SyntaxError,
};

use super::{
    Found, Kind, Mistake, Piece, columns, complaint, output, relations,
    rules::{self, Place},
    scan::Scan,
    scope,
};

/// squawk is a recursive descent, and takes up to 10 kB of stack for a word or bracket in an unoptimised build. Up to this
/// weight it runs on the stack it is called on; above it, in a thread with room for the greatest weight.
const LIGHT: usize = 120;
const HEAVY: usize = 6_000;
const ROOM: usize = 128 << 20;

/// The names in the text that are not written `@.name`: the columns of an expression, and what lives outside of the prefix.
/// A text with queries is about the table `about`.
pub(super) fn check(text: &str, kind: Kind, scan: &Scan, about: &str) -> Result<Vec<Found>, Mistake> {
    if scan.weight > HEAVY {
        return Err(Mistake::new("this SQL is too long for one step: split it", 0));
    }
    let masked = mask(text, scan);
    let (lead, tail) = match kind {
        Kind::Statements | Kind::Query | Kind::View | Kind::SqlBody => ("", String::new()),
        Kind::Expression | Kind::Policy | Kind::When { .. } => ("select (\n", "\n)".to_owned()),
        Kind::FromItem => ("select 1 from\n", String::new()),
        Kind::PlpgsqlBody => ("do $pkmig_body$\n", "\n$pkmig_body$".to_owned()),
    };
    if kind == Kind::PlpgsqlBody
        && let Some(offset) = text.find("$pkmig_body$")
    {
        return Err(Mistake::new("`$pkmig_body$` is reserved: choose another name for this quote", offset));
    }
    let sql = format!("{lead}{masked}{tail}");
    let reader = Reader { text, sql: &sql, lead: lead.len(), kind, scan, about };
    with_room(scan.weight, || reader.read())
        .unwrap_or_else(|_| Err(Mistake::new("this SQL cannot be read: split it, or write it more simply", 0)))
}

/// The names of the columns that a view's query gives.
pub(super) fn output(text: &str, scan: &Scan) -> Option<Vec<String>> {
    let sql = mask(text, scan);
    let read = || output::columns(&SourceFile::parse(&sql).syntax_node()).ok();
    with_room(scan.weight, read).ok().flatten()
}

fn mask(text: &str, scan: &Scan) -> String {
    let objects = scan.objects.iter().map(|it| (&it.range, "o.", 'x'));
    let mut masks: Vec<_> = objects.chain(scan.into.iter().map(|it| (it, "", ' '))).collect();
    masks.sort_by_key(|(range, ..)| range.start);
    let mut masked = String::with_capacity(text.len());
    for (range, lead, fill) in masks {
        masked.push_str(text.get(masked.len()..range.start).unwrap_or_default());
        masked.push_str(lead);
        masked.extend(std::iter::repeat_n(fill, range.len().saturating_sub(lead.len())));
    }
    masked.push_str(text.get(masked.len()..).unwrap_or_default());
    masked
}

/// A panic of the parser must not become one of the macro, where it would say nothing about the SQL.
fn with_room<T: Send>(weight: usize, read: impl Fn() -> T + Send + Sync) -> Result<T, Box<dyn Any + Send>> {
    if weight <= LIGHT {
        return panic::catch_unwind(panic::AssertUnwindSafe(read));
    }
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(ROOM);
        let reader = builder.spawn_scoped(scope, read);
        reader.map_err(|error| -> Box<dyn Any + Send> { Box::new(error) })?.join()
    })
}

struct Reader<'a> {
    text: &'a str,
    /// What squawk reads: `text`, masked, behind `lead` bytes of frame.
    sql: &'a str,
    lead: usize,
    kind: Kind,
    scan: &'a Scan,
    about: &'a str,
}

impl Reader<'_> {
    fn read(&self) -> Result<Vec<Found>, Mistake> {
        let parse = SourceFile::parse(self.sql);
        let root = parse.syntax_node();
        let (mut mistakes, mut found) = (Vec::new(), Vec::new());
        // In this order, because of mistakes at one place the first one counts: a rule knows better than a syntax error, and
        // where a text does not parse, what looks like a table may be none.
        self.bodies(&root, &mut mistakes, &mut found);
        let place = if matches!(self.kind, Kind::SqlBody) { Place::Function } else { Place::Version };
        for (message, node) in rules::broken(&root, place) {
            mistakes.push(self.mistake(message, start_of(&node)));
        }
        mistakes.extend(parse.errors().iter().map(|it| self.complaint(it)));
        self.relations(&root, |node| node.text_range().into(), &mut mistakes, &mut found);
        if let Some(first) = mistakes.into_iter().min_by_key(|it: &Mistake| it.offset) {
            return Err(first);
        }
        let objects = self.scan.objects.iter().map(|it| it.range.start);
        if let Some((message, at)) = rules::misplaced(&root, self.lead, objects) {
            return Err(Mistake::new(message, at));
        }
        self.shape(&root)?;
        match self.kind {
            Kind::Expression => found.extend(columns::of(&root, self.lead)),
            Kind::Policy | Kind::View => {
                let names = scope::Reader { lead: self.lead, objects: &self.scan.objects, about: self.about };
                found.extend(names.read(&root)?);
            }
            Kind::When { new, old } => {
                let columns = columns::of_rows(&root, self.lead, new, old);
                found.extend(columns.map_err(|(message, node)| self.mistake(message, start_of(&node)))?);
            }
            _ => {}
        }
        Ok(found)
    }

    fn mistake(&self, message: impl Into<String>, at: usize) -> Mistake {
        let mut offset = at.saturating_sub(self.lead).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        Mistake::new(message, offset)
    }

    /// The bodies of functions and DO blocks; squawk reads those in SQL with the rest, those in PL/pgSQL only when asked.
    fn bodies(&self, root: &SyntaxNode, mistakes: &mut Vec<Mistake>, found: &mut Vec<Found>) {
        // Nothing but search_path is looked for in a body in SQL, so most need not be read once more.
        let has_path = self.sql.to_ascii_lowercase().contains("search_path");
        for node in root.descendants() {
            let (plpgsql, sql) = if let Some(it) = ast::Do::cast(node.clone()) {
                (it.plpgsql(), None)
            } else if let Some(it) = ast::CreateFunction::cast(node.clone()) {
                (it.plpgsql(), has_path.then(|| it.sql_body()).flatten())
            } else if let Some(it) = ast::CreateProcedure::cast(node.clone()) {
                (it.plpgsql(), has_path.then(|| it.sql_body()).flatten())
            } else {
                continue;
            };
            let is_do = node.kind() == SyntaxKind::DO && self.kind != Kind::PlpgsqlBody;
            let place = if is_do { Place::Do } else { Place::Function };
            if let Some(body) = plpgsql {
                self.broken(&body, place, mistakes);
                if !body.syntax().children().any(|it| it.kind() == SyntaxKind::PLPGSQL_BLOCK) {
                    let at = body.source_range(body.syntax().text_range()).start();
                    mistakes.push(self.mistake("a PL/pgSQL body must be BEGIN … END", at.into()));
                }
                mistakes.extend(body.errors().iter().map(|it| self.complaint(it)));
                self.relations(&body.syntax(), |node| body.source_range(node.text_range()).into(), mistakes, found);
            }
            if let Some(body) = sql {
                self.broken(&body, place, mistakes);
            }
        }
    }

    /// The tables and functions of other schemas; a table without any is a mistake.
    fn relations(
        &self,
        root: &SyntaxNode,
        place: impl Fn(&SyntaxNode) -> Range<usize>,
        mistakes: &mut Vec<Mistake>,
        found: &mut Vec<Found>,
    ) {
        for (name, node) in relations::bare(root) {
            let object = pkmig_schema::sql::object(&name);
            let message = format!("table `{name}` without a schema: write `{object}` for one of the chain");
            mistakes.push(self.mistake(message, place(&node).start));
        }
        for it in relations::qualified(root) {
            let range = place(&it.node);
            let (Some(start), Some(end)) = (range.start.checked_sub(self.lead), range.end.checked_sub(self.lead))
            else {
                continue;
            };
            // squawk sees `@.name` as a qualified name, too.
            if !self.scan.objects.iter().any(|object| object.range.start == start) {
                let piece = Piece::Outside { schema: it.schema, name: it.name, function: it.function };
                found.push(Found { range: start..end, piece });
            }
        }
    }

    fn broken<T: BodyLanguage>(&self, body: &Body<T>, place: Place, mistakes: &mut Vec<Mistake>) {
        for (message, node) in rules::broken(&body.syntax(), place) {
            let at = body.source_range(node.text_range()).start();
            mistakes.push(self.mistake(message, at.into()));
        }
    }

    fn complaint(&self, error: &SyntaxError) -> Mistake {
        let at = self.mistake("", error.range().start().into()).offset;
        // Right behind the `@` squawk sees the dot of a qualified name.
        if let Some(object) = self.scan.objects.iter().map(|it| &it.range).find(|it| it.start + 1 == at) {
            let written = self.text.get(object.clone()).unwrap_or_default();
            return Mistake::new(
                format!("`{written}` has a schema, but only a bare name is allowed here"),
                object.start,
            );
        }
        complaint::put(error.message(), self.text, at, self.kind)
    }

    /// Is it the one thing that its kind may be?
    fn shape(&self, root: &SyntaxNode) -> Result<(), Mistake> {
        use SyntaxKind as S;
        let mut statements = root.children().filter(|it| it.kind() != S::EMPTY_STMT);
        let Some(first) = statements.next() else {
            return Ok(());
        };
        let framed = self.kind.is_expression() || matches!(self.kind, Kind::FromItem | Kind::PlpgsqlBody);
        if let Some(second) = statements.next()
            && (framed || matches!(self.kind, Kind::Query | Kind::View))
        {
            return Err(self.mistake("expected a single statement or expression", start_of(&second)));
        }
        match self.kind {
            Kind::Query => self.query(&first, "a guard"),
            Kind::View => {
                self.query(&first, "a view")?;
                output::columns(root).map(|_| ()).map_err(|(message, node)| self.mistake(message, start_of(&node)))
            }
            Kind::Expression | Kind::Policy | Kind::When { .. } => {
                let value = first.descendants().find(|it| it.kind() == S::TARGET).and_then(|it| it.first_child());
                let value = value.filter(|it| it.kind() == S::PAREN_EXPR);
                let bare = self.text.trim_start();
                let begins = |word: &str| bare.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
                match value {
                    None => Err(Mistake::new("expected a single expression, not a list", 0)),
                    Some(it) if it.first_child().is_some_and(|it| is_query(it.kind())) && !begins("(") => {
                        Err(Mistake::new("put parentheses around a query that is used as an expression", 0))
                    }
                    Some(_) => Ok(()),
                }
            }
            Kind::FromItem => {
                let rest = first.children().find(|it| !matches!(it.kind(), S::SELECT_CLAUSE | S::FROM_CLAUSE));
                match rest {
                    None if first.kind() == S::SELECT => Ok(()),
                    None => Err(Mistake::new("expected the items of FROM", 0)),
                    Some(it) => {
                        Err(self.mistake("expected only the items of FROM: put the rest into `where`", start_of(&it)))
                    }
                }
            }
            Kind::Statements | Kind::PlpgsqlBody | Kind::SqlBody => Ok(()),
        }
    }

    fn query(&self, first: &SyntaxNode, what: &str) -> Result<(), Mistake> {
        use SyntaxKind as S;
        if !is_query(first.kind()) && first.kind() != S::SELECT_INTO {
            return Err(self.mistake(format!("expected a query: {what} begins with SELECT"), start_of(first)));
        }
        let writes = first.descendants().find(|it| {
            matches!(it.kind(), S::INSERT | S::UPDATE | S::DELETE | S::MERGE | S::SELECT_INTO | S::INTO_CLAUSE)
        });
        match writes {
            Some(it) => Err(self.mistake(format!("{what} may only read: remove this"), start_of(&it))),
            None => Ok(()),
        }
    }
}

fn is_query(kind: SyntaxKind) -> bool {
    use SyntaxKind as S;
    matches!(kind, S::SELECT | S::COMPOUND_SELECT | S::PAREN_SELECT | S::VALUES | S::TABLE)
}

fn start_of(node: &SyntaxNode) -> usize {
    node.text_range().start().into()
}
