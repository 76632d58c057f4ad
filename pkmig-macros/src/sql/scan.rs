//! Where a text has its `@.name`s, by PostgreSQL's lexical rules. What such a name looks like is said in `object`, what the tokens
//! mean together in `syntax`.
//!
//! A string literal is decoded and read as SQL again, because it may be text for EXECUTE with literals of its own. One that cannot be
//! read so is prose, in which every `@.name` counts. A dollar quote is read the same way, but adds no depth.

use std::{ops::Range, str};

use super::{
    Mistake,
    object::{into_end, is_jsonpath, is_name_part, is_name_start, name_at, prose, quoted_end, stands_apart},
};

/// What the scan of a text found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// In the order of the text.
    pub(super) objects: Vec<Object>,
    /// The INTO clauses of PL/pgSQL, which squawk does not read. PL/pgSQL itself takes them out before it hands a statement on.
    pub(super) into: Vec<Range<usize>>,
    /// How deep a parser may have to go at the worst: the number of words, operators and brackets.
    pub(super) weight: usize,
    /// The first `;` outside of all quotes.
    pub(super) semicolon: Option<usize>,
    /// Nothing but space, comments and `;`.
    pub(super) blank: bool,
    /// The text ends in a `--` comment without a line's end.
    pub(super) ends_in_comment: bool,
}

/// `@.name` in a text.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) range: Range<usize>,
    pub(super) name: String,
    pub(super) depth: u8,
}

/// Quotes within quotes are read to this level; what lies deeper is prose.
const MAX_LEVEL: u8 = 8;

/// Scans a migration's text, which is itself PL/pgSQL or not.
pub(super) fn scan(text: &str, is_plpgsql: bool) -> Result<Scan, Mistake> {
    let mut lexer = Lexer::new(text, Layer { level: 0, depth: 0 });
    lexer.is_body = is_plpgsql;
    lexer.run()?;
    if let Some((open, offset)) = lexer.open.pop() {
        return Err(Mistake::new(format!("this `{}` is never closed", char::from(open)), offset));
    }
    let mut scan = lexer.out;
    if lexer.has_body {
        scan.weight += lexer.quoted_weight;
    }
    Ok(scan)
}

#[derive(Clone, Copy)]
struct Layer {
    /// Quotes of any kind around the text that is read; 0 is the migration's own text.
    level: u8,
    /// String literals among them.
    depth: u8,
}

struct Lexer<'a> {
    text: &'a str,
    pos: usize,
    layer: Layer,
    /// Brackets that are open, and where.
    open: Vec<(u8, usize)>,
    /// The text makes a function or a DO block, so that its literals may be programs.
    has_body: bool,
    quoted_weight: usize,
    /// The text may be a body in PL/pgSQL.
    is_body: bool,
    /// The word before belongs to INSERT or MERGE, or the statement to those that squawk reads with their INTO.
    into_stays: bool,
    out: Scan,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, layer: Layer) -> Self {
        let out = Scan { blank: true, ..Scan::default() };
        Self {
            text,
            pos: 0,
            layer,
            open: Vec::new(),
            has_body: false,
            quoted_weight: 0,
            is_body: layer.level > 0,
            into_stays: false,
            out,
        }
    }

    fn at(&self, index: usize) -> u8 {
        self.text.as_bytes().get(index).copied().unwrap_or(0)
    }

    fn find(&self, from: usize, pattern: &str) -> Option<usize> {
        self.text.get(from..)?.find(pattern).map(|at| from + at)
    }

    fn run(&mut self) -> Result<(), Mistake> {
        while self.pos < self.text.len() {
            let start = self.pos;
            let byte = self.at(start);
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
                    self.pos += 1;
                    continue;
                }
                b'-' if self.at(start + 1) == b'-' => {
                    self.line_comment();
                    continue;
                }
                b'/' if self.at(start + 1) == b'*' => {
                    self.block_comment()?;
                    continue;
                }
                b';' => {
                    self.out.semicolon.get_or_insert(start);
                    self.into_stays = false;
                    self.pos += 1;
                    continue;
                }
                b'\'' => self.string(false)?,
                b'"' => self.quoted_name()?,
                b'$' => self.dollar(),
                b'0'..=b'9' => self.number(),
                b'@' if self.at(start + 1) == b'.' => self.object()?,
                b'(' | b'[' => {
                    self.open.push((byte, start));
                    self.out.weight += 1;
                    self.pos += 1;
                }
                b')' | b']' => self.close(byte)?,
                b'\\' if self.layer.level == 0 => return Err(self.backslash()),
                _ if is_name_start(byte) => self.word()?,
                _ => {
                    self.out.weight += usize::from(byte != b',' && byte != b'.');
                    self.pos += 1;
                }
            }
            self.out.blank = false;
            self.out.ends_in_comment = false;
        }
        Ok(())
    }

    fn close(&mut self, byte: u8) -> Result<(), Mistake> {
        let open = if byte == b')' { b'(' } else { b'[' };
        match self.open.pop() {
            Some((it, _)) if it == open => self.pos += 1,
            // Text for EXECUTE is often put together from parts, so brackets are counted in the migration's own text only.
            _ if self.layer.level > 0 => self.pos += 1,
            Some((it, at)) => {
                let message = format!("this `{}` is closed by a `{}`", char::from(it), char::from(byte));
                return Err(Mistake::new(message, at));
            }
            None => {
                return Err(Mistake::new(format!("this `{}` closes nothing", char::from(byte)), self.pos));
            }
        }
        Ok(())
    }

    fn backslash(&self) -> Mistake {
        let rest = self.text.get(self.pos..).unwrap_or_default();
        let command: String = rest.chars().take_while(|it| !it.is_whitespace()).take(20).collect();
        Mistake::new(format!("`{command}` is for psql and no SQL: write the statement it stands for"), self.pos)
    }

    fn line_comment(&mut self) {
        let end = self.find(self.pos, "\n");
        self.out.ends_in_comment = end.is_none();
        self.comment(end.unwrap_or(self.text.len()));
    }

    fn block_comment(&mut self) -> Result<(), Mistake> {
        let start = self.pos;
        let (mut at, mut nested) = (start + 2, 1_usize);
        while nested > 0 {
            match (self.at(at), self.at(at + 1)) {
                (b'*', b'/') => (at, nested) = (at + 2, nested - 1),
                (b'/', b'*') => (at, nested) = (at + 2, nested + 1),
                _ if at >= self.text.len() => {
                    return Err(Mistake::new("this comment is never closed: add `*/`", start));
                }
                _ => at += 1,
            }
        }
        self.out.ends_in_comment = false;
        self.comment(at);
        Ok(())
    }

    /// In a literal `--` need not begin a comment, so names count there.
    fn comment(&mut self, end: usize) {
        if self.layer.depth > 0 {
            let start = self.pos;
            let text = self.text.get(start..end).unwrap_or_default();
            for it in prose(text, self.layer.depth) {
                self.out.objects.push(Object { range: start + it.range.start..start + it.range.end, ..it });
            }
        }
        self.pos = end;
    }

    /// A string literal, from its first quote; `escapes` for E'…'.
    fn string(&mut self, escapes: bool) -> Result<(), Mistake> {
        let start = self.pos;
        let (mut content, mut raw) = (Vec::new(), Vec::new());
        let mut at = start + 1;
        loop {
            let from = at;
            let byte = match (self.at(at), self.at(at + 1)) {
                _ if at >= self.text.len() => {
                    return Err(Mistake::new("this string is never closed: add `'`", start));
                }
                (b'\'', b'\'') => {
                    at += 1;
                    b'\''
                }
                (b'\'', _) => break,
                (b'\\', b'n' | b'r' | b't' | b'b' | b'f') if escapes => {
                    at += 1;
                    b' '
                }
                (b'\\', escaped) if escapes && escaped.is_ascii() && at + 1 < self.text.len() => {
                    at += 1;
                    escaped
                }
                (byte, _) => byte,
            };
            at += 1;
            content.push(byte);
            raw.push(from);
        }
        raw.push(at);
        self.pos = at + 1;
        // Only ASCII was left out or put in, so the content is UTF-8 as the text is.
        let content = str::from_utf8(&content).unwrap_or_default();
        let layer = Layer { level: self.layer.level + 1, depth: self.layer.depth + 1 };
        self.quoted(content, layer, |at| raw.get(at).copied().unwrap_or(start));
        Ok(())
    }

    fn quoted(&mut self, content: &str, layer: Layer, place: impl Fn(usize) -> usize) {
        if is_jsonpath(content) {
            return;
        }
        let mut lexer = Lexer::new(content, layer);
        let objects = if layer.level <= MAX_LEVEL && lexer.run().is_ok() {
            self.quoted_weight += lexer.out.weight + lexer.quoted_weight;
            self.out.into.extend(lexer.out.into.iter().map(|it| place(it.start)..place(it.end)));
            lexer.out.objects
        } else {
            self.quoted_weight += content.len() / 2;
            prose(content, layer.depth)
        };
        for it in objects {
            let range = place(it.range.start)..place(it.range.end);
            self.out.objects.push(Object { range, ..it });
        }
    }

    fn dollar(&mut self) {
        let start = self.pos;
        let mut at = start + 1;
        if is_name_start(self.at(at)) {
            while is_name_part(self.at(at)) && self.at(at) != b'$' {
                at += 1;
            }
        }
        let found = (self.at(at) == b'$').then_some(at + 1).and_then(|from| {
            let tag = self.text.get(start..from)?;
            Some((from, self.find(from, tag)?, tag.len()))
        });
        let Some((from, to, tag)) = found else {
            // `$1`, or a mistake that squawk will find.
            self.pos += 1;
            return;
        };
        let layer = Layer { level: self.layer.level + 1, ..self.layer };
        self.quoted(self.text.get(from..to).unwrap_or_default(), layer, |at| from + at);
        self.pos = to + tag;
    }

    fn quoted_name(&mut self) -> Result<(), Mistake> {
        let start = self.pos;
        match quoted_end(self.text, start) {
            Some(end) => self.pos = end,
            None => {
                return Err(Mistake::new("this quoted name is never closed: add `\"`", start));
            }
        }
        Ok(())
    }

    fn number(&mut self) {
        while is_name_part(self.at(self.pos)) || (self.at(self.pos) == b'.' && self.at(self.pos + 1) != b'.') {
            self.pos += 1;
        }
    }

    fn word(&mut self) -> Result<(), Mistake> {
        let start = self.pos;
        while is_name_part(self.at(self.pos)) {
            self.pos += 1;
        }
        self.out.weight += 1;
        let word = self.text.get(start..self.pos).unwrap_or_default();
        let is = |it: &str| word.eq_ignore_ascii_case(it);
        self.has_body |= is("do") || is("function") || is("procedure");
        if self.is_body && self.open.is_empty() {
            self.into(start);
        }
        match (self.at(self.pos), self.at(self.pos + 1)) {
            (b'\'', _) if is("e") => self.string(true),
            (b'&', b'"' | b'\'') if is("u") => {
                self.pos += 1;
                if self.at(self.pos) == b'"' { self.quoted_name() } else { self.string(false) }
            }
            _ => Ok(()),
        }
    }

    /// Takes out the INTO clause that begins with the word at `start`, if that is one.
    fn into(&mut self, start: usize) {
        let word = self.text.get(start..self.pos).unwrap_or_default().to_ascii_lowercase();
        match word.as_str() {
            "into" if !self.into_stays => {
                if let Some(end) = into_end(self.text, self.pos) {
                    self.out.into.push(start..end);
                    self.pos = end;
                }
            }
            "execute" | "fetch" | "move" | "import" | "insert" | "merge" => self.into_stays = true,
            // The INTO of INSERT and MERGE is the first one; one behind RETURNING is PL/pgSQL's.
            "into" | "select" | "update" | "delete" | "values" | "with" | "returning" => self.into_stays = false,
            _ => {}
        }
    }

    fn object(&mut self) -> Result<(), Mistake> {
        let start = self.pos;
        let Some((end, name)) = name_at(self.text, start + 2) else {
            self.pos += 1;
            return Ok(());
        };
        self.out.weight += 1;
        // In SQL `<@` is an operator, and a quote would run into what is rendered.
        let before = self.text.get(..start).and_then(|it| it.chars().next_back());
        let apart = stands_apart(before) && !matches!(before, Some('<' | '\''));
        if !apart {
            let written = self.text.get(start..end).unwrap_or_default();
            return Err(Mistake::new(
                format!("`{written}` is a whole name already: put a space before it, or take away what stands there"),
                start,
            ));
        }
        self.out.objects.push(Object { range: start..end, name, depth: self.layer.depth });
        self.pos = end;
        Ok(())
    }
}
