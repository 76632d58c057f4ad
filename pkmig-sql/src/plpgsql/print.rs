//! How a block is written. Each kind of text is quoted where it is written, and the lines at which steps begin are counted
//! there.

use std::fmt;

use super::node::{Block, Declaration, Execute, If, Level, Node, Part, Raise};
use crate::ddl::Expression;
use crate::template;
use crate::writer::{dollar_quote_among, dollar_quoted, literal};

/// A block as text.
pub(crate) struct Printed {
    /// `DO`, whole.
    pub(crate) sql: String,
    /// The lines at which steps begin, as PL/pgSQL counts them, and the steps.
    pub(crate) lines: Vec<(usize, usize)>,
}

/// A text that grows, and the lines that it has so far.
#[derive(Default)]
struct Printer {
    text: String,
    written: usize,
    lines: Vec<(usize, usize)>,
}

/// One statement, without its semicolon.
pub(crate) fn one(node: &Node, indent: &str) -> String {
    let mut printer = Printer::default();
    printer.statement(node, indent);
    printer.text
}

impl Block {
    /// The text, with `indent` before each line but the first, and the lines of its steps.
    pub(crate) fn print(&self, indent: &str) -> Printed {
        let mut printer = Printer::default();
        printer.write("\n");
        self.declarations(&mut printer);
        printer.write(&format!("{indent}BEGIN\n"));
        printer.all(&self.body, &format!("{indent}  "));
        printer.write(&format!("{indent}END\n{indent}"));
        Printed { sql: format!("DO {}", dollar_quoted(&printer.text, self.tag)), lines: printer.lines }
    }

    fn declarations(&self, printer: &mut Printer) {
        let (templates, filled) = self.templates();
        let mut texts: Vec<String> = self.declare.iter().map(ToString::to_string).collect();
        texts.extend(self.rests().then(|| template::RESTING.to_owned()));
        // A text that a template is filled in with may hold dollar quotes of its own.
        let filled: Vec<_> = filled.into_iter().map(Expression::as_str).collect();
        let quote = dollar_quote_among(&filled, "check");
        texts.extend(templates.into_iter().map(|template| template.declaration(&quote)));
        if !texts.is_empty() {
            printer.write("DECLARE\n");
            texts.iter().for_each(|text| printer.write(text));
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.print("").sql)
    }
}

impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name, ty, None) => writeln!(f, "  {name} {ty};"),
            Self::Variable(name, ty, Some(value)) => writeln!(f, "  {name} {ty} := {value};"),
            Self::Lines(lines) => f.write_str(lines),
        }
    }
}

impl Printer {
    fn write(&mut self, text: &str) {
        self.written += text.bytes().filter(|byte| *byte == b'\n').count();
        self.text.push_str(text);
    }

    fn all(&mut self, nodes: &[Node], indent: &str) {
        nodes.iter().for_each(|node| self.line(node, indent));
    }

    fn line(&mut self, node: &Node, indent: &str) {
        match node {
            Node::Step(step) => self.lines.push((self.written + 1, *step)),
            Node::Comment(text) => self.write(&format!("\n{indent}-- {text}\n")),
            node => {
                self.write(indent);
                self.statement(node, indent);
                self.write(";\n");
            }
        }
    }

    fn statement(&mut self, node: &Node, indent: &str) {
        match node {
            Node::Step(_) | Node::Comment(_) => self.line(node, indent),
            Node::Sql(statement) => self.write(&statement.to_sql(indent)),
            Node::If(it) => self.condition(it, indent),
            Node::Assign(variable, value) => self.write(&format!("{variable} := {value}")),
            Node::Perform(call) => self.write(&format!("PERFORM {call}")),
            Node::Execute(execute) => self.write(&execute.to_string()),
            Node::Raise(raise) => self.write(&raise.to_string()),
            Node::Return => self.write("RETURN"),
            Node::Null => self.write("NULL"),
            Node::Commit => self.write("COMMIT"),
            Node::ReadCommitted => self.write(crate::session::READ_COMMITTED),
            Node::RowCount(variable) => self.write(&format!("GET DIAGNOSTICS {variable} = ROW_COUNT")),
            Node::ExitWhen(condition) => self.write(&format!("EXIT WHEN {condition}")),
            Node::Loop(body) => {
                self.write("LOOP\n");
                self.all(body, &format!("{indent}  "));
                self.write(&format!("{indent}END LOOP"));
            }
            Node::Try { body, when, then } => {
                self.write("BEGIN\n");
                self.all(body, &format!("{indent}  "));
                self.write(&format!("{indent}EXCEPTION WHEN {} THEN\n", when.join(" OR ")));
                self.all(then, &format!("{indent}  "));
                self.write(&format!("{indent}END"));
            }
        }
    }

    fn condition(&mut self, it: &If, indent: &str) {
        let deeper = format!("{indent}  ");
        for (place, (condition, then)) in it.arms.iter().enumerate() {
            let word = if place == 0 { "IF".to_owned() } else { format!("{indent}ELSIF") };
            self.write(&format!("{word} {condition} THEN\n"));
            self.all(then, &deeper);
        }
        if !it.otherwise.is_empty() {
            self.write(&format!("{indent}ELSE\n"));
            self.all(&it.otherwise, &deeper);
        }
        self.write(&format!("{indent}END IF"));
    }
}

impl fmt::Display for Execute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "EXECUTE {}", dollar_quoted(text.as_str(), "execute")),
            Self::Variable(variable) => write!(f, "EXECUTE {variable}"),
            Self::Template(template, arguments) if arguments.is_empty() => write!(f, "EXECUTE {}", template.name()),
            Self::Template(template, arguments) => format(f, template.name(), arguments),
            Self::Format(variable, arguments) => format(f, variable, arguments),
            Self::Resting(keys) => {
                let keys = keys.iter().map(|key| literal(&key.to_string())).collect::<Vec<_>>().join(", ");
                write!(f, "EXECUTE pkmig_resting INTO pkmig_off, pkmig_on USING ARRAY[{keys}]")
            }
        }
    }
}

fn format(f: &mut fmt::Formatter<'_>, variable: &str, arguments: &[Expression]) -> fmt::Result {
    write!(f, "EXECUTE pg_catalog.format({variable}")?;
    arguments.iter().try_for_each(|argument| write!(f, ", {argument}"))?;
    f.write_str(")")
}

impl fmt::Display for Raise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Exception => "EXCEPTION",
            Level::Warning => "WARNING",
        };
        // In the format, `%` stands for a value (manual, section 43.9.1).
        let format = self.message.iter().map(|part| match part {
            Part::Text(text) => text.replace('%', "%%"),
            Part::Value(_) => "%".to_owned(),
        });
        write!(f, "RAISE {level} {}", literal(&format.collect::<String>()))?;
        for part in &self.message {
            if let Part::Value(value) = part {
                write!(f, ", {value}")?;
            }
        }
        for (place, (word, value)) in self.using.iter().enumerate() {
            write!(f, "{} {word} = {value}", if place == 0 { " USING" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_for_where_it_stands() {
        let raise = Raise::exception(["100% of ".into(), Part::Value(Expression::new("x")), "'s".into()], "PKM02");
        let raise = raise.using("HINT", Expression::literal("50%"));
        let block = Block {
            tag: "pkmig",
            declare: vec![Declaration::Variable("x", "text", Some("'$pkmig$'"))],
            body: vec![
                Node::Comment("a step".to_owned()),
                Node::Step(3),
                Node::If(If {
                    arms: vec![
                        (Expression::new("x IS NULL"), vec![raise.into()]),
                        (Expression::new("x = ''"), vec![Node::Return]),
                    ],
                    otherwise: vec![Node::Execute(Execute::Text(Expression::new("SELECT $execute$a$execute$")))],
                }),
            ],
        };
        let printed = block.print("");
        let expected = "DO $pkmig1$
DECLARE
  x text := '$pkmig$';
BEGIN

  -- a step
  IF x IS NULL THEN
    RAISE EXCEPTION '100%% of %''s', x USING ERRCODE = 'PKM02', HINT = '50%';
  ELSIF x = '' THEN
    RETURN;
  ELSE
    EXECUTE $execute1$SELECT $execute$a$execute$$execute1$;
  END IF;
END
$pkmig1$";
        assert_eq!(printed.sql, expected);
        assert_eq!(printed.lines, [(7, 3)]);
    }
}
