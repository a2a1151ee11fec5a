//! Examples in help texts, at the width of a terminal: a call that is broken where the line ends cannot be copied.

use sqlite_contracts::diagnostic::paragraph;

/// A help text whose examples fit: what explains a call stands above it where there is no room beside it, and a call that is
/// longer than a line goes on behind a backslash, as a shell reads it.
pub(super) fn fitting(help: &str, width: usize) -> String {
    let mut text = String::new();
    let mut lines = help.split_inclusive('\n');
    while let Some(line) = lines.next() {
        text += line;
        if matches!(line.trim_end(), "Examples:" | "Example:") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().is_empty()).collect();
            text += &laid_out(&Example::all(&block), width);
            text.push('\n');
        }
    }
    text
}

/// A call, and what explains it.
struct Example<'a> {
    call: &'a str,
    words: String,
}

impl<'a> Example<'a> {
    /// What is explained begins after a gap outside of quotes.
    fn of(line: &'a str) -> Self {
        let line = line.trim();
        let gap = spaces(line).find(|at| line[*at..].starts_with("  "));
        let (call, words) = line.split_at(gap.unwrap_or(line.len()));
        Self { call, words: words.trim_start().to_owned() }
    }

    /// Those of some lines; one that begins further to the right explains the call above it.
    fn all(lines: &[&'a str]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for line in lines {
            match all.last_mut().filter(|_| line.starts_with("        ")) {
                Some(above) => above.words = format!("{} {}", above.words, line.trim()).trim().to_owned(),
                None => all.push(Self::of(line)),
            }
        }
        all
    }
}

/// The spaces of a call that are in no quotes.
fn spaces(call: &str) -> impl Iterator<Item = usize> {
    let mut quote = None;
    call.char_indices().filter_map(move |(at, c)| {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            _ => {}
        }
        (quote.is_none() && c == ' ').then_some(at)
    })
}

const INDENT: &str = "  ";
const FURTHER: &str = "      ";

fn length(text: &str) -> usize {
    text.chars().count()
}

fn laid_out(examples: &[Example], width: usize) -> String {
    let explained = || examples.iter().filter(|it| !it.words.is_empty());
    let column = explained().map(|it| length(it.call)).max().unwrap_or(0) + INDENT.len();
    let has_room = explained().all(|it| INDENT.len() + column + length(&it.words) <= width);
    let one = |it: &Example| match (it.words.is_empty(), has_room) {
        (true, _) => broken(it.call, width),
        (false, true) => format!("{INDENT}{:column$}{}\n", it.call, it.words),
        (false, false) => paragraph(&it.words, "  # ", "  # ", width) + &broken(it.call, width),
    };
    examples.iter().map(one).collect()
}

/// A call in as many lines as it takes, which are one to a shell.
fn broken(call: &str, width: usize) -> String {
    let (mut text, mut line) = (String::new(), INDENT.to_owned());
    let mut parts = parts(call).into_iter().peekable();
    while let Some(part) = parts.next() {
        let room = if parts.peek().is_none() { width } else { width.saturating_sub(" \\".len()) };
        let is_first = line.trim().is_empty();
        if !is_first && length(&line) + 1 + length(part) > room {
            text += &format!("{line} \\\n");
            line = FURTHER.to_owned();
        } else if !is_first {
            line.push(' ');
        }
        line += part;
    }
    format!("{text}{line}\n")
}

/// What a line may end between: the words of a call, an option with its value.
fn parts(call: &str) -> Vec<&str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    for end in spaces(call).chain([call.len()]) {
        let after = call[end..].trim_start();
        let has_value = call[begin..end].starts_with("--") && !call[begin..end].contains(' ');
        if !(has_value && !after.is_empty() && !after.starts_with('-')) {
            parts.push(&call[begin..end]);
            begin = (end + 1).min(call.len());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "\
Examples:
  tool gate --from 3.42.0 --to 3.44.0
  tool try --sql 'SELECT  1'               some builds
  tool try idea.yaml                       on the core builds

What follows    stays.
";

    #[test]
    fn examples_stay_beside_what_explains_them_where_there_is_room() {
        assert_eq!(
            fitting(HELP, 80),
            HELP.replace("'               some", "'  some")
                .replace("yaml                       on", "yaml          on")
        );
    }

    #[test]
    fn a_line_that_begins_further_to_the_right_explains_the_call_above() {
        let help = "Examples:\n  tool matrix --partition 2/4 --results part-2\n             one of four\n             machines\n\n";
        let above = "Examples:\n  # one of four machines\n  tool matrix --partition 2/4 --results part-2\n\n";
        assert_eq!(fitting(help, 60), above);
        let beside = "Examples:\n  tool matrix --partition 2/4 --results part-2  one of four machines\n\n";
        assert_eq!(fitting(help, 80), beside);
    }

    #[test]
    fn what_explains_a_call_stands_above_it_and_a_long_call_goes_on_behind_a_backslash() {
        let expected = "\
Examples:
  tool gate --from 3.42.0 \\
      --to 3.44.0
  # some builds
  tool try \\
      --sql 'SELECT  1'
  # on the core builds
  tool try idea.yaml

What follows    stays.
";
        assert_eq!(fitting(HELP, 27), expected);
    }
}
