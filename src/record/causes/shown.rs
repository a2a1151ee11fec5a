//! Causes formatted for people, beside a difference.

use std::collections::BTreeSet;

use crate::contract::cause::Cause;
use crate::diagnostic::paragraph;

/// Formats causes one after the other; one that has been shown is not repeated.
#[derive(Debug, Clone)]
pub struct Because {
    indent: &'static str,
    width: usize,
    shown: BTreeSet<String>,
}

impl Because {
    /// A formatter for lines of at most `width` columns that start with `indent`.
    pub fn new(indent: &'static str, width: usize) -> Self {
        Self { indent, width, shown: BTreeSet::new() }
    }

    /// `because (3.43.0): …` for each text, which may belong to several keys; of one that has been shown, its first words.
    /// Empty without a cause.
    pub fn lines<'a>(&mut self, causes: impl IntoIterator<Item = &'a Cause>) -> String {
        let mut text = String::new();
        for (keys, cause) in by_text(causes) {
            text += &match self.shown.insert(cause.to_owned()) {
                true => self.one(&keys.join(", "), cause),
                false => self.one(&keys.join(", "), &begun(cause)),
            };
        }
        text
    }

    fn one(&self, keys: &str, text: &str) -> String {
        let (first, further) = (format!("{}because ({keys}): ", self.indent), format!("{}  ", self.indent));
        paragraph(text, &first, &further, self.width)
    }
}

/// The first words of a text that has been shown whole.
fn begun(text: &str) -> String {
    const MOST: usize = 50;
    let mut words = String::new();
    for word in text.split_whitespace() {
        if !words.is_empty() && words.chars().count() + word.chars().count() > MOST {
            return format!("{} …, as above", words.trim_end());
        }
        words = words + word + " ";
    }
    words.trim_end().to_owned()
}

/// The keys of each text, in the order of the causes; equal causes count once.
fn by_text<'a>(causes: impl IntoIterator<Item = &'a Cause>) -> Vec<(Vec<String>, &'a str)> {
    let mut texts: Vec<(Vec<String>, &str)> = Vec::new();
    for cause in causes {
        let key = cause.key.to_string();
        match texts.iter_mut().find(|(_, text)| *text == cause.text) {
            Some((keys, _)) if keys.contains(&key) => {}
            Some((keys, _)) => keys.push(key),
            None => texts.push((vec![key], &cause.text)),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::cause::Key;

    #[test]
    fn a_text_is_shown_whole_once_with_all_of_its_keys() {
        let cause = |key: &str, text: &str| Cause {
            key: Key::parse(key).unwrap(),
            text: text.to_owned(),
            place: crate::diagnostic::Location::start_of("c.yaml"),
        };
        let causes = [cause("3.43.0", "new digits"), cause("debian", "STAT4"), cause("node", "STAT4")];
        let mut because = Because::new("  ", 24);
        assert_eq!(
            because.lines(&causes),
            "  because (3.43.0): new\n    digits\n  because (debian, node): STAT4\n"
        );
        assert_eq!(because.lines(&causes[..1]), "  because (3.43.0): new\n    digits\n");
        let mut wide = Because::new("", 80);
        wide.lines(&causes);
        let all = wide.lines(causes.iter().chain([&cause("3.44.0", "another")]));
        assert_eq!(
            all,
            "because (3.43.0): new digits\nbecause (debian, node): STAT4\nbecause (3.44.0): another\n"
        );
        let mut narrow = Because::new("", 120);
        let long = [cause("3.45.0", &format!("the digits of a double are {}", "another ".repeat(12)))];
        narrow.lines(&long);
        let again = "because (3.45.0): the digits of a double are another another another …, as above\n";
        assert_eq!(narrow.lines(&long), again);
        assert_eq!(because.lines([]), "");
    }
}
