//! Lines of the language, laid out as the version files are: at most 120 columns, blocks indented by four.

const WIDTH: usize = 120;
const INDENT: usize = 4;

/// A step, a part of a table or a row, on its way to the page.
#[derive(Debug)]
pub(crate) struct Line {
    parts: Vec<Part>,
    end: &'static str,
}

#[derive(Debug)]
enum Part {
    Word(String),
    /// Lines of their own in braces.
    Block(Vec<Line>),
    /// Things in braces, which stand in one line if they have room.
    Braces(Vec<String>),
}

impl Line {
    /// A line that begins with a word.
    pub(super) fn new(word: impl Into<String>) -> Self {
        Self { parts: vec![Part::Word(word.into())], end: "" }
    }

    /// A line of these words.
    pub(super) fn of(words: Vec<String>) -> Self {
        Self { parts: words.into_iter().map(Part::Word).collect(), end: "" }
    }

    /// A line without anything, to set others apart.
    pub(super) fn blank() -> Self {
        Self { parts: Vec::new(), end: "" }
    }

    /// A line with another word.
    pub(super) fn word(self, word: impl Into<String>) -> Self {
        self.words([word.into()])
    }

    /// A line with more words.
    pub(super) fn words(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.parts.extend(words.into_iter().map(Part::Word));
        self
    }

    /// A line with another word, if it holds.
    pub(super) fn flag(self, holds: bool, word: &str) -> Self {
        self.words(holds.then(|| word.to_owned()))
    }

    /// A line with what another one has.
    pub(super) fn join(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// A line with the modifiers of a step that takes something away or renames it.
    pub(super) fn dropping(self, if_exists: bool, cascade: bool) -> Self {
        self.flag(if_exists, "if_exists").flag(cascade, "cascade")
    }

    /// A line with a block of lines.
    pub(super) fn block(mut self, lines: Vec<Line>) -> Self {
        self.parts.push(Part::Block(lines));
        self
    }

    /// A line with things in braces.
    pub(super) fn braces(mut self, items: Vec<String>) -> Self {
        self.parts.push(Part::Braces(items));
        self
    }

    /// A line that ends so.
    pub(super) fn end(mut self, end: &'static str) -> Self {
        self.end = end;
        self
    }

    /// Whether it has a block, and so stands apart from its neighbours.
    fn is_block(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Block(_)))
    }

    fn is_blank(&self) -> bool {
        self.parts.is_empty()
    }

    /// All of it in one line, the blocks left out.
    pub(crate) fn brief(&self) -> String {
        let brief = |part: &Part| match part {
            Part::Word(word) => word.clone(),
            Part::Block(_) => "{ … }".to_owned(),
            Part::Braces(items) => in_braces(items),
        };
        self.parts.iter().map(brief).collect::<Vec<_>>().join(" ")
    }

    fn write(&self, page: &mut Page, indent: usize) {
        page.begin_line(indent);
        for (index, part) in self.parts.iter().enumerate() {
            let first = index == 0;
            match part {
                Part::Word(word) => page.word(word, first, indent),
                Part::Block(lines) => page.block(lines, indent),
                Part::Braces(items) => {
                    let inline = in_braces(items);
                    if page.has_room(&inline) {
                        page.word(&inline, first, indent);
                    } else {
                        page.block(&items.iter().map(|item| Line::new(item).end(",")).collect::<Vec<_>>(), indent);
                    }
                }
            }
        }
        page.text.push_str(self.end);
        page.text.push('\n');
    }
}

fn in_braces(items: &[String]) -> String {
    format!("{{ {} }}", items.join(", "))
}

/// The lines as text, `indent` blocks deep; a line with a block has blank lines around it.
pub(super) fn text(lines: &[Line], indent: usize) -> String {
    let mut page = Page::default();
    page.lines(lines, indent);
    page.text
}

/// What has been written.
#[derive(Default)]
struct Page {
    text: String,
    /// The line ends in a text of several lines: what follows begins anew.
    after_text: bool,
    /// The line was too long for one.
    broken: bool,
}

impl Page {
    fn lines(&mut self, lines: &[Line], indent: usize) {
        for (index, line) in lines.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| lines.get(index));
            let at_block = |before: &Line| before.is_block() || line.is_block();
            let set_apart = before.is_some_and(|before| !before.is_blank() && at_block(before));
            if line.is_blank() || set_apart {
                self.text.push('\n');
            }
            if !line.is_blank() {
                line.write(self, indent);
            }
        }
    }

    fn begin_line(&mut self, indent: usize) {
        self.text.push_str(&" ".repeat(indent * INDENT));
        (self.after_text, self.broken) = (false, false);
    }

    fn column(&self) -> usize {
        self.text.rsplit('\n').next().unwrap_or_default().chars().count()
    }

    /// Whether a space, the word and what ends the line fit in.
    fn has_room(&self, word: &str) -> bool {
        let length = word.lines().next().unwrap_or_default().chars().count();
        self.column() + 1 + length + 2 <= WIDTH
    }

    fn word(&mut self, word: &str, first: bool, indent: usize) {
        if !first && self.after_text {
            self.next_line(indent);
        } else if !first && !self.has_room(word) {
            self.next_line(indent + 1);
            self.broken = true;
        } else if !first {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.after_text = word.contains('\n');
    }

    fn next_line(&mut self, indent: usize) {
        self.text.push('\n');
        self.text.push_str(&" ".repeat(indent * INDENT));
    }

    fn block(&mut self, lines: &[Line], indent: usize) {
        if self.broken || self.after_text {
            self.next_line(indent);
        } else if self.column() > indent * INDENT {
            self.text.push(' ');
        }
        self.text.push('{');
        if !lines.is_empty() {
            self.text.push('\n');
            self.lines(lines, indent + 1);
            self.text.push_str(&" ".repeat(indent * INDENT));
        }
        self.text.push('}');
        (self.after_text, self.broken) = (false, false);
    }
}
