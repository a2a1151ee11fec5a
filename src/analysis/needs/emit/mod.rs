//! The check of needs that a program runs at its start, in its own language.
//!
//! It opens a database in memory of the SQLite that the program has loaded, and asks that: the version, flags that it says
//! it was compiled with, modules, functions and limits. Missing symbols are what a linker says.

use super::document::{Flag, LimitNeed, Named, Needs, Range};

/// The language of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A module without dependencies, for a program that links SQLite through any crate.
    Rust,
    /// A module for the standard library's `sqlite3`.
    Python,
    /// A function, for `sqlite3.h`.
    C,
}

/// Writes what stands for each mark of the template.
type Write = fn(&Rows) -> Vec<(&'static str, String)>;

/// A check of these needs.
pub fn emit(needs: &Needs, language: Language) -> String {
    let (template, rows): (&str, Write) = match language {
        Language::Rust => (include_str!("check.rs.txt"), rust),
        Language::Python => (include_str!("check.py.txt"), python),
        Language::C => (include_str!("check.c.txt"), c),
    };
    filled(template, &rows(&Rows::of(needs)))
}

/// The template with what stands for its marks, in which no marks are looked for.
fn filled(template: &str, marks: &[(&str, String)]) -> String {
    let (mut text, mut rest) = (String::new(), template);
    let next = |rest: &str| {
        let found = marks.iter().filter_map(|(mark, rows)| Some((rest.find(mark)?, *mark, rows.trim_end())));
        found.min_by_key(|(at, ..)| *at)
    };
    while let Some((at, mark, rows)) = next(rest) {
        text += &rest[..at];
        text += rows;
        rest = &rest[at + mark.len()..];
    }
    text + rest
}

/// What is checked, in a form that each language can write.
struct Rows {
    subjects: String,
    /// First and last version number, such as 3035000.
    versions: Vec<(u64, u64)>,
    needed: String,
    /// Flag, whether it must be set, and what goes wrong.
    flags: Vec<(String, bool, String)>,
    modules: Vec<(String, String)>,
    functions: Vec<(String, String)>,
    /// Number of the limit, its name, the least, and what goes wrong.
    limits: Vec<(i32, String, i32, String)>,
}

impl Rows {
    fn of(needs: &Needs) -> Self {
        let number =
            |version: &semver::Version| version.major * 1_000_000 + version.minor * 1000 + version.patch;
        // In C a row that begins with 0 is the last.
        let range = |range: &Range| {
            (range.from.as_ref().map_or(1, number), range.to.as_ref().map_or(999_999_999, number))
        };
        let flags = |flags: &[Flag], set| {
            flags.iter().map(|need| (need.flag.clone(), set, need.proof.to_string())).collect::<Vec<_>>()
        };
        let named =
            |needs: &[Named]| needs.iter().map(|need| (need.name.clone(), need.proof.to_string())).collect();
        let limit = |need: &LimitNeed| {
            let number = need.known()?.number();
            Some((number, need.limit.clone(), need.at_least, need.proof.to_string()))
        };
        let ranges = needs.versions.ranges.iter();
        Self {
            subjects: on_one_line(&needs.subjects.join(", ")),
            versions: ranges.clone().map(range).collect(),
            needed: ranges.map(Range::to_string).collect::<Vec<_>>().join(", or "),
            flags: [flags(&needs.flags.set, true), flags(&needs.flags.unset, false)].concat(),
            modules: named(&needs.modules),
            functions: named(&needs.functions),
            limits: needs.limits.iter().filter_map(limit).collect(),
        }
    }

    /// The rows of each list by its mark in a template; `comment` writes a text into the comment that begins the file,
    /// `quote` writes a text, `truth` a truth value.
    fn lists(
        &self,
        comment: fn(&str) -> String,
        quote: fn(&str) -> String,
        truth: [&str; 2],
        [open, close]: [&str; 2],
    ) -> Vec<(&'static str, String)> {
        let line = |fields: &[String]| format!("    {open}{}{close},\n", fields.join(", "));
        let named = |rows: &[(String, String)]| {
            rows.iter().map(|(name, why)| line(&[quote(name), quote(why)])).collect::<String>()
        };
        let versions = self.versions.iter().map(|(from, to)| line(&[from.to_string(), to.to_string()]));
        let flags = self
            .flags
            .iter()
            .map(|(flag, set, why)| line(&[quote(flag), truth[usize::from(*set)].to_owned(), quote(why)]));
        let limits = self.limits.iter().map(|(number, name, least, why)| {
            line(&[number.to_string(), quote(name), least.to_string(), quote(why)])
        });
        vec![
            ("@SUBJECTS@", comment(&self.subjects)),
            ("@NEEDED@", quote(&self.needed)),
            ("@VERSIONS@", versions.collect()),
            ("@FLAGS@", flags.collect()),
            ("@MODULES@", named(&self.modules)),
            ("@FUNCTIONS@", named(&self.functions)),
            ("@LIMITS@", limits.collect()),
        ]
    }
}

fn rust(rows: &Rows) -> Vec<(&'static str, String)> {
    rows.lists(str::to_owned, |text| format!("{text:?}"), ["false", "true"], ["(", ")"])
}

fn python(rows: &Rows) -> Vec<(&'static str, String)> {
    // The comment is a text between three quotes.
    let comment = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    rows.lists(comment, python_text, ["False", "True"], ["(", ")"])
}

fn c(rows: &Rows) -> Vec<(&'static str, String)> {
    // Where a comment begins in a comment, compilers warn.
    let comment = |text: &str| text.replace("*/", "* /").replace("/*", "/ *");
    rows.lists(comment, c_text, ["0", "1"], ["{", "}"])
}

/// A text for a comment: what ends a line, turns its direction or is not seen is written as its number.
fn on_one_line(text: &str) -> String {
    let is_seen = |c: char| !c.is_control() && c.escape_debug().len() == 1 || matches!(c, '"' | '\'' | '\\');
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => " ".to_owned(),
            c if is_seen(c) => c.to_string(),
            c => format!("U+{:04X}", u32::from(c)),
        })
        .collect()
}

/// A text of Python: only what is seen stands there as it is.
fn python_text(text: &str) -> String {
    let shown = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08x}", u32::from(c)),
    });
    format!("\"{}\"", shown.collect::<String>())
}

/// A text of C: three octal digits end before any character that follows.
fn c_text(text: &str) -> String {
    let mut shown = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'?' => shown.extend(['\\', char::from(byte)]),
            b' '..=b'~' => shown.push(char::from(byte)),
            other => shown += &format!("\\{other:03o}"),
        }
    }
    shown + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_in_what_is_filled_in_is_no_mark() {
        let marks = [("@A@", "@B@".to_owned()), ("@B@", "b\n".to_owned())];
        assert_eq!(filled("@A@, @B@, @A@.", &marks), "@B@, b, @B@.");
    }

    #[test]
    fn texts_are_written_so_that_nothing_ends_them() {
        assert_eq!(on_one_line("a\nb\u{202e}\u{2028}\0\"é"), "a bU+202EU+2028U+0000\"é");
        assert_eq!(python_text("\"\"\"\\\né"), r#""\"\"\"\\\U0000000a\U000000e9""#);
        assert_eq!(c_text("??/\"\\\n1é"), r#""\?\?/\"\\\0121\303\251""#);
    }
}
