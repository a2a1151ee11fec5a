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

/// Writes each list of what is checked, by its mark in the template.
type Write = fn(&Rows) -> Vec<(&'static str, String)>;

/// A check of these needs.
pub fn emit(needs: &Needs, language: Language) -> String {
    let (template, rows): (&str, Write) = match language {
        Language::Rust => (include_str!("check.rs.txt"), rust),
        Language::Python => (include_str!("check.py.txt"), python),
        Language::C => (include_str!("check.c.txt"), c),
    };
    let filled = |text: String, (mark, rows): (&str, String)| text.replace(mark, rows.trim_end());
    rows(&Rows::of(needs)).into_iter().fold(template.to_owned(), filled)
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
        let range = |range: &Range| (number(&range.from), range.to.as_ref().map_or(999_999_999, number));
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
            subjects: needs.subjects.join(", ").replace(['\n', '\r'], " ").replace("*/", "* /"),
            versions: ranges.clone().map(range).collect(),
            needed: ranges.map(Range::to_string).collect::<Vec<_>>().join(", or "),
            flags: [flags(&needs.flags.set, true), flags(&needs.flags.unset, false)].concat(),
            modules: named(&needs.modules),
            functions: named(&needs.functions),
            limits: needs.limits.iter().filter_map(limit).collect(),
        }
    }

    /// The rows of each list by its mark in a template; `quote` writes a text, `truth` a truth value.
    fn lists(
        &self,
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
            ("@SUBJECTS@", self.subjects.clone()),
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
    rows.lists(|text| format!("{text:?}"), ["false", "true"], ["(", ")"])
}

fn python(rows: &Rows) -> Vec<(&'static str, String)> {
    rows.lists(|text| serde_json::Value::from(text).to_string(), ["False", "True"], ["(", ")"])
}

fn c(rows: &Rows) -> Vec<(&'static str, String)> {
    rows.lists(c_text, ["0", "1"], ["{", "}"])
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
