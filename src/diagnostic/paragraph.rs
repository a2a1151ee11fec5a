//! Line wrapping.

/// The width of texts that are not for a terminal.
pub const WIDTH: usize = 110;

/// Wraps a text to lines of at most `width` columns. The first line starts with `first`, the others with `indent`; each
/// ends with a line feed.
pub fn paragraph(text: &str, first: &str, indent: &str, width: usize) -> String {
    filled(text.split_whitespace(), first, indent, width)
}

/// The same of a text whose spaces matter: only those at which a line ends are lost.
pub fn verbatim(text: &str, first: &str, indent: &str, width: usize) -> String {
    filled(text.split(' '), first, indent, width)
}

fn filled<'a>(words: impl Iterator<Item = &'a str>, first: &str, indent: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words {
        let fits = line.chars().count() + 1 + word.chars().count() <= width;
        if !is_empty && !fits {
            lines += &format!("{line}\n");
            line = indent.to_owned();
            is_empty = true;
        }
        line.extend((!is_empty).then_some(' '));
        line += word;
        is_empty = false;
    }
    format!("{lines}{line}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_unless_a_word_does_not() {
        assert_eq!(paragraph("one two three", "- ", "  ", 9), "- one two\n  three\n");
        assert_eq!(paragraph("incomprehensible é", "", "", 5), "incomprehensible\né\n");
        assert_eq!(paragraph("", "  ", "  ", 5), "  \n");
        assert_eq!(verbatim("a  b c", "- ", "  ", 6), "- a  b\n  c\n");
    }
}
