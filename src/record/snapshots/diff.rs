//! Differences between transcripts, formatted for people.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The indent of each line of a difference.
const INDENT: &str = "    ";

/// The lines that `after` lost (`-`) and gained (`+`), each with an indent of four; `…` where lines are left out.
pub fn diff(before: &str, after: &str, color: bool) -> String {
    let (before, after) = (lines(before), lines(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            text += &format!("{INDENT}…\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            text.push_str(&line(change.tag(), change.value().trim_end_matches('\n'), color));
        }
    }
    text
}

/// Every line with its line feed, so that the last line differs only if its text does.
fn lines(text: &str) -> String {
    text.trim_end().lines().flat_map(|line| [line, "\n"]).collect()
}

fn line(tag: ChangeTag, value: &str, color: bool) -> String {
    let sign = match tag {
        ChangeTag::Equal => ' ',
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
    };
    let content = format!("{sign} {value}");
    format!("{INDENT}{}\n", paint(style(Some(sign)), content.trim_end(), color))
}

fn style(sign: Option<char>) -> Style {
    match sign {
        Some('-') => AnsiColor::Red.on_default(),
        Some('+') => AnsiColor::Green.on_default(),
        _ => Style::new().dimmed(),
    }
}

/// A difference that was made without colour, in colour.
pub(crate) fn painted(difference: &str) -> String {
    let line = |line: &str| format!("{INDENT}{}\n", paint(style(line.chars().next()), line, true));
    signed(difference).map(line).collect()
}

/// The lines of a difference, each from its sign on.
fn signed(difference: &str) -> impl Iterator<Item = &str> {
    difference.lines().map(|line| line.strip_prefix(INDENT).unwrap_or(line))
}

/// `text` in a style, or as it is.
pub(crate) fn paint(style: Style, text: &str, color: bool) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_what_changed_and_where() {
        let before = "open\nquery → 34.78\nclose\n";
        let after = "open\nquery → 34.77\nclose";
        assert_eq!(
            diff(before, after, false),
            "      open\n    - query → 34.78\n    + query → 34.77\n      close\n"
        );
        assert!(diff(before, after, true).contains("\u{1b}[31m- query → 34.78\u{1b}[0m"));
    }

    #[test]
    fn everything_is_new_when_nothing_was_there() {
        assert_eq!(diff("", "a\nb\n", false), "    + a\n    + b\n");
        assert_eq!(diff("a\n", "a\n\n", false), "");
    }

    #[test]
    fn a_negative_number_is_no_lost_line() {
        let (before, after) = ("query →\n    -1\n    2\n", "query →\n    -1\n    3\n");
        let plain = diff(before, after, false);
        assert_eq!(painted(&plain), diff(before, after, true));
    }
}
