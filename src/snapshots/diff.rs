//! Differences between transcripts, as people read them.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The lines that `after` lost (`-`) and gained (`+`), each with an indent of four; `…` where lines are left out.
pub fn diff(before: &str, after: &str, color: bool) -> String {
    let (before, after) = (lines(before), lines(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            text.push_str("    …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            text.push_str(&line(change.tag(), change.value().trim_end_matches('\n'), color));
        }
    }
    text
}

/// Every line with its line feed, so that the last line differs only if its words do.
fn lines(text: &str) -> String {
    text.trim_end().lines().flat_map(|line| [line, "\n"]).collect()
}

fn line(tag: ChangeTag, value: &str, color: bool) -> String {
    let (sign, style) = match tag {
        ChangeTag::Equal => (' ', Style::new().dimmed()),
        ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
        ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
    };
    let content = format!("{sign} {value}");
    format!("    {}\n", paint(style, content.trim_end(), color))
}

/// `text` in a style, or as it is.
pub fn paint(style: Style, text: &str, color: bool) -> String {
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
}
