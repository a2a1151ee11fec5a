//! Messages without what they say of one program alone.

use crate::outcome::shown::MISSING;

/// How messages begin that say that something is not there at all. A syntax error is one: the parser knows the rest of
/// what is generated. Which table is missing is said of the tables of functions as well.
const ABSENT: [&str; 6] =
    ["no such function: ", "unknown function: ", "no such module: ", "near \"", "RIGHT and FULL ", MISSING];

pub(super) fn is_of_absence(message: &str) -> bool {
    let is_table_of_function = |name: &str| name.len() > 2 && !name.contains('.');
    ABSENT.iter().any(|start| message.starts_with(start))
        || message.strip_prefix("no such table: ").is_some_and(is_table_of_function)
}

/// A message without names and values of one program. Those of functions and the words of syntax stay: they say what
/// the difference is about.
pub(super) fn shape(message: &str) -> String {
    if let Some(name) = message.strip_prefix("unknown function: ") {
        return format!("no such function: {}", name.trim_end_matches("()"));
    }
    if is_of_absence(message) {
        return message.to_owned();
    }
    let kept = message.split('\'').step_by(2).collect::<Vec<_>>().join("…");
    let kept =
        kept.find("constraint failed").map_or(kept.as_str(), |at| &kept[..at + "constraint failed".len()]);
    let mut before = "";
    let mut words: Vec<&str> = Vec::new();
    for word in kept.split_whitespace() {
        let is_article = word == "a" && !before.ends_with(':');
        words.push(if is_of_program(word) && !is_article { "…" } else { word });
        before = word;
    }
    words.dedup();
    words.join(" ")
}

/// Whether a word of a message is a number or a name of the program: those have one letter, or are in quotes.
fn is_of_program(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_short = |part: &str| part.len() < 2 || part.bytes().any(|byte| byte.is_ascii_digit());
    !bare.is_empty() && bare.split('.').all(is_short) || word.contains('…')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_of_a_program_are_left_out() {
        assert_eq!(shape("bad JSON path: '$[#-]'"), "bad JSON path: …");
        assert_eq!(shape("no such column: x.b"), "no such column: …");
        assert_eq!(shape("unknown function: sign()"), "no such function: sign");
    }
}
