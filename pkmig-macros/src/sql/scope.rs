//! What the names in a text with queries stand for.
//!
//! A bare name is looked for in the tables of FROM, those of the innermost query first, and at last in the table that the
//! text is about. A qualified one belongs to the table that FROM knows by that name. What a WITH query, a subquery or a
//! function in FROM has is not known here: beside one, a bare name may stand for anything.

use std::ops::Range;

use squawk_syntax::{SyntaxKind as S, SyntaxNode};

use super::columns::{folded, is_called, may_be_column, own_names};
use super::scan::Object;
use super::{Found, Mistake, Piece};

/// One thing in FROM.
struct Item {
    /// The name that its columns are called by.
    name: String,
    /// The table, where it is one of the prefix.
    table: Option<String>,
    /// Whether the name is the table's own.
    by_its_name: bool,
}

/// Reads the names in a text about the table `about`.
pub(super) struct Reader<'a> {
    /// How many bytes of frame stand before the text.
    pub(super) lead: usize,
    pub(super) objects: &'a [Object],
    pub(super) about: &'a str,
}

impl Reader<'_> {
    /// The columns, their qualifiers and the functions called by their bare names.
    pub(super) fn read(&self, root: &SyntaxNode) -> Result<Vec<Found>, Mistake> {
        let own = own_names(root, self.lead);
        let mut found = Vec::new();
        for node in root.descendants() {
            let Some(range) = self.range(&node) else { continue };
            match node.kind() {
                S::FIELD_EXPR => self.qualified(&node, &mut found)?,
                S::NAME_REF if node.parent().is_some_and(|parent| is_called(&node, &parent)) => {
                    found.extend(bare_word(&node).map(|name| Found { range, piece: Piece::Call(name) }));
                }
                S::NAME_REF if may_be_column(&node) => {
                    let Some(name) = folded_text(&node) else { continue };
                    let is_own = own.iter().any(|(it, scope)| *it == name && scope.contains(&range.start));
                    let piece = if is_own { None } else { self.bare(&node, name) };
                    found.extend(piece.map(|piece| Found { range, piece }));
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Where a node stands in the text, if it does not belong to the frame.
    fn range(&self, node: &SyntaxNode) -> Option<Range<usize>> {
        let range = node.text_range();
        Some(usize::from(range.start()).checked_sub(self.lead)?..usize::from(range.end()).checked_sub(self.lead)?)
    }

    fn object(&self, node: &SyntaxNode) -> Option<String> {
        let start = self.range(node)?.start;
        self.objects.iter().find(|object| object.range.start == start).map(|object| object.name.clone())
    }

    fn bare(&self, node: &SyntaxNode, name: String) -> Option<Piece> {
        let (mut tables, mut open) = (Vec::new(), false);
        for item in self.scopes(node) {
            // A whole row, by the name of its table.
            if item.name == name {
                return item.by_its_name.then_some(Piece::Qualifier(name));
            }
            match item.table {
                Some(table) => tables.push(table),
                None => open = true,
            }
        }
        if !self.about.is_empty() {
            tables.push(self.about.to_owned());
        }
        match sorted_by(node, &name) {
            Some(S::ORDER_BY_CLAUSE) => None,
            // A column of FROM goes first here.
            grouped => Some(Piece::Column { name, tables, open: open || grouped.is_some() }),
        }
    }

    fn qualified(&self, node: &SyntaxNode, found: &mut Vec<Found>) -> Result<(), Mistake> {
        let is_function = node.parent().is_some_and(|parent| is_called(node, &parent));
        let (Some(base), false) = (node.first_child(), is_function) else { return Ok(()) };
        let Some(base_range) = self.range(&base) else { return Ok(()) };
        // Of `t.*` there is no field.
        let field = node.children().nth(1).filter(|field| field.kind() == S::NAME_REF);
        let column = |table: String| {
            let field = field.as_ref()?;
            let piece = Piece::Column { name: folded_text(field)?, tables: vec![table], open: false };
            Some(Found { range: self.range(field)?, piece })
        };
        if base.kind() == S::FIELD_EXPR {
            // `@.t.c`; of anything else the inner part is read by itself.
            found.extend(self.object(&base).and_then(column));
            return Ok(());
        }
        // `@.t` itself.
        if base.kind() != S::NAME_REF || self.object(node).is_some() {
            return Ok(());
        }
        let Some(name) = folded_text(&base) else { return Ok(()) };
        let item = self.scopes(&base).into_iter().find(|item| item.name == name);
        let item = item.or_else(|| {
            let about = Item { name: name.clone(), table: Some(name.clone()), by_its_name: true };
            (name == self.about).then_some(about)
        });
        let Some(item) = item else {
            let about = match self.about {
                "" => String::new(),
                about => format!(", nor is it the table `{about}`"),
            };
            let message = format!("`{name}` is not in FROM{about}");
            return Err(Mistake::new(message, base_range.start));
        };
        if item.by_its_name {
            found.push(Found { range: base_range, piece: Piece::Qualifier(name) });
        }
        found.extend(item.table.and_then(column));
        Ok(())
    }

    /// What stands in FROM around a node, that of the innermost query first.
    fn scopes(&self, node: &SyntaxNode) -> Vec<Item> {
        let mut items = Vec::new();
        for query in node.ancestors().filter(|it| it.kind() == S::SELECT && !is_hidden(it, node)) {
            let from = query.children().filter(|it| it.kind() == S::FROM_CLAUSE);
            let own = |it: &SyntaxNode| query_of(it).as_ref() == Some(&query);
            items.extend(from.flat_map(|it| it.descendants()).filter(own).filter_map(|it| self.item(&it)));
        }
        items
    }

    fn item(&self, node: &SyntaxNode) -> Option<Item> {
        let alias = node.children().find(|it| it.kind() == S::FROM_ALIAS);
        let name = alias.as_ref().and_then(|it| it.children().find(|it| it.kind() == S::TABLE_ALIAS));
        let name = name.as_ref().and_then(folded_text);
        let unknown = |name: Option<String>| Item { name: name.unwrap_or_default(), table: None, by_its_name: false };
        match node.kind() {
            S::RELATION_FROM_ITEM => {}
            // What stands in parentheses without a name may be a join, whose tables are read by themselves.
            S::PAREN_FROM_ITEM if name.is_none() => return None,
            S::FUNCTION_FROM_ITEM => return Some(unknown(name.or_else(|| called(node)))),
            S::PAREN_FROM_ITEM
            | S::ROWS_FROM_ITEM
            | S::JSON_TABLE_FROM_ITEM
            | S::XML_TABLE_FROM_ITEM
            | S::GRAPH_TABLE_FROM_ITEM
            | S::EXPR_FROM_ITEM => return Some(unknown(name)),
            _ => return None,
        }
        let relation = node.children().find(|it| it.kind() == S::RELATION_NAME_REF)?;
        let renamed = alias.is_some_and(|it| it.children().any(|it| it.kind() == S::COLUMN_LIST));
        let Some(table) = self.object(&relation) else {
            let last = relation.last_token().and_then(|it| folded(it.text()));
            return Some(unknown(name.or(last)));
        };
        Some(Item {
            by_its_name: name.is_none(),
            name: name.unwrap_or_else(|| table.clone()),
            table: (!renamed).then_some(table),
        })
    }
}

/// The query that a node stands in.
fn query_of(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.ancestors().find(|it| it.kind() == S::SELECT)
}

/// Whether the FROM of an outer query cannot be seen from a node: from a WITH query, or from one in that FROM itself, unless
/// it is lateral.
fn is_hidden(query: &SyntaxNode, node: &SyntaxNode) -> bool {
    let hides = |it: SyntaxNode| match it.kind() {
        S::WITH_CLAUSE => true,
        S::PAREN_FROM_ITEM => it.children_with_tokens().all(|it| it.kind() != S::LATERAL_KW),
        _ => false,
    };
    let between = node.ancestors().skip_while(|it| Some(it) != query_of(node).as_ref()).skip(1);
    between.take_while(|it| it != query).filter(|it| query_of(it).as_ref() == Some(query)).any(hides)
}

/// The clause around a name that may speak of what its query gives, if the query gives a column of that name.
fn sorted_by(node: &SyntaxNode, name: &str) -> Option<S> {
    let is_clause = |it: &SyntaxNode| matches!(it.kind(), S::ORDER_BY_CLAUSE | S::GROUP_BY_CLAUSE);
    let clause = node.ancestors().take_while(|it| it.kind() != S::SELECT).find(is_clause)?;
    let select = clause.parent()?;
    let targets = select.children().filter(|it| it.kind() == S::SELECT_CLAUSE).flat_map(|it| it.descendants());
    let mut names = targets.filter(|it| it.kind() == S::AS_NAME).filter_map(|it| folded_text(&it.last_child()?));
    names.any(|given| given == name).then(|| clause.kind())
}

fn folded_text(node: &SyntaxNode) -> Option<String> {
    folded(node.first_token()?.text())
}

/// A name without quotes, which PostgreSQL folds.
fn bare_word(node: &SyntaxNode) -> Option<String> {
    let text = node.text().to_string();
    (!text.starts_with('"')).then(|| text.to_ascii_lowercase())
}

/// The function that an item of FROM calls, whose name it has where no other is given.
fn called(item: &SyntaxNode) -> Option<String> {
    let call = item.children().find(|it| it.kind() == S::CALL_EXPR)?;
    call.first_child().filter(|it| it.kind() == S::NAME_REF).and_then(|it| folded_text(&it))
}
