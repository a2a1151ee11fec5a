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

    /// `because (3.43.0): …` for each text, which may belong to several keys, and one line for all of those that have been
    /// shown; empty without a cause.
    pub fn lines<'a>(&mut self, causes: impl IntoIterator<Item = &'a Cause>) -> String {
        let (mut text, mut above) = (String::new(), Vec::new());
        for (keys, cause) in by_text(causes) {
            let keys = keys.join(", ");
            match self.shown.insert(format!("{keys}: {cause}")) {
                true => text += &self.one(&keys, cause),
                false => above.push(keys),
            }
        }
        if above.is_empty() { text } else { text + &self.one(&above.join("; "), "as above") }
    }

    fn one(&self, keys: &str, text: &str) -> String {
        let (first, further) = (format!("{}because ({keys}): ", self.indent), format!("{}  ", self.indent));
        paragraph(text, &first, &further, self.width)
    }
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
    fn a_text_is_shown_once_with_all_of_its_keys() {
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
        assert_eq!(because.lines(&causes[..1]), "  because (3.43.0): as\n    above\n");
        let mut wide = Because::new("", 80);
        wide.lines(&causes);
        let all = wide.lines(causes.iter().chain([&cause("3.44.0", "another")]));
        assert_eq!(all, "because (3.44.0): another\nbecause (3.43.0; debian, node): as above\n");
        assert_eq!(because.lines([]), "");
    }
}
