//! Programs that were given: each statement as a tree of its parentheses, calls and literals, so that it is changed and
//! made smaller as generated ones are. No grammar is needed: what does not parse any longer differs on no build.

use std::collections::BTreeSet;

use serde::Serialize;

use super::chance::of_chance;
use super::generate::literal_like;
use super::program::Program;
use super::tree::Tree;
use crate::contract::statements::{statements, token_length};
use crate::outcome::random::Random;

/// Programs of more statements than this take long to make smaller.
const MOST_STATEMENTS: usize = 40;
/// The chance, in percent, that a literal is replaced.
const REPLACED: u64 = 30;

/// Words before a parenthesis that call nothing.
const NO_CALLS: &[&str] = &[
    "VALUES",
    "IN",
    "AS",
    "OVER",
    "FILTER",
    "CHECK",
    "KEY",
    "UNIQUE",
    "CONFLICT",
    "USING",
    "EXISTS",
    "AND",
    "OR",
    "NOT",
    "SELECT",
    "WHERE",
    "ON",
    "BY",
    "FROM",
    "JOIN",
    "SET",
    "WHEN",
    "THEN",
    "ELSE",
    "DEFAULT",
    "MATERIALIZED",
];
/// Words after which a name is one of a table or an index.
const BEFORE_NAMES: &[&str] =
    &["INTO", "TABLE", "INDEX", "ON", "REFERENCES", "VIEW", "WITH", "RECURSIVE", "EXISTS"];
/// Keywords that say nothing of what a statement is about.
const PLAIN: &[&str] = &[
    "SELECT", "FROM", "CREATE", "TABLE", "INSERT", "INTO", "VALUES", "AS", "AND", "SET", "NULL", "TEXT",
    "INTEGER", "REAL", "BLOB", "INT", "BY", "BEGIN", "END", "THEN", "WHEN", "IF", "KEY",
];

/// Programs to mutate.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    programs: Vec<Program>,
    left_out: BTreeSet<LeftOut>,
}

/// A statement of a given program that is not run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOut {
    /// The statement.
    pub sql: String,
    /// What it calls that answers something else each time: `random()`.
    pub calls: String,
}

impl Corpus {
    /// Of texts, each of which has the statements of one program. A statement that answers something else each time by what
    /// it calls is left out: it would differ first, and hide what the others show.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut left_out = BTreeSet::new();
        let mut is_kept = |sql: &str| {
            let calls = of_chance(sql);
            let is_kept = calls.is_none();
            left_out.extend(calls.map(|calls| LeftOut { sql: sql.to_owned(), calls }));
            is_kept
        };
        let mut program = |text| {
            let found = statements(text).into_iter().filter(|it| is_kept(it.sql));
            Program(found.take(MOST_STATEMENTS).map(|it| statement(it.sql)).collect())
        };
        let mut programs: Vec<Program> =
            texts.into_iter().map(&mut program).filter(|it| !it.0.is_empty()).collect();
        programs.sort_by_cached_key(Program::sql);
        programs.dedup();
        Self { programs, left_out }
    }

    /// How many programs it has.
    pub fn len(&self) -> usize {
        self.programs.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.programs.is_empty()
    }

    /// The statements that are not run.
    pub fn left_out(&self) -> &BTreeSet<LeftOut> {
        &self.left_out
    }

    /// What tells it from another one.
    pub(super) fn texts(&self) -> Vec<Vec<String>> {
        self.programs.iter().map(Program::sql).collect()
    }

    /// One of its programs: as it is the first time, later with other literals. Nothing where it has none.
    pub(super) fn nth(&self, seed: u64, number: u64) -> Option<Program> {
        let count = self.programs.len() as u64;
        let program = &self.programs[usize::try_from(number.checked_rem(count)?).ok()?];
        if number < count {
            return Some(program.clone());
        }
        let mut random = Random::nth(seed.rotate_left(7), number);
        let mut other =
            |literal: &Tree| (random.below(100) < REPLACED).then(|| literal_like(literal, &mut random));
        Some(Program(program.0.iter().map(|tree| tree.with_literals(&mut other)).collect()))
    }
}

/// A statement as a tree.
pub(super) fn statement(sql: &str) -> Tree {
    let mut reader = Reader { rest: sql };
    let mut parts = Vec::new();
    while reader.peek().is_some() {
        parts.extend(reader.parts());
        // What ended them outside of parentheses: a comma between results, say.
        parts.extend(reader.next().map(Tree::token));
    }
    in_a_row(parts)
}

/// Parts with a space between each and the next.
fn in_a_row(parts: Vec<Tree>) -> Tree {
    Tree::fixed("", vec!["{}"; parts.len()].join(" "), parts)
}

/// Reads the tokens of a statement.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let token = self.peek()?;
        self.rest = &self.rest[token.len()..];
        Some(token)
    }

    /// The next token that is no space and no comment.
    fn peek(&mut self) -> Option<&'a str> {
        while !self.rest.is_empty() {
            let token = &self.rest[..token_length(self.rest)];
            if !token.trim().is_empty() && !token.starts_with("--") && !token.starts_with("/*") {
                return Some(token);
            }
            self.rest = &self.rest[token.len()..];
        }
        None
    }

    /// Parts up to a comma or a closing parenthesis.
    fn parts(&mut self) -> Vec<Tree> {
        let mut parts = Vec::new();
        let (mut before, mut last) = ("", "");
        while let Some(token) = self.peek().filter(|token| ![",", ")"].contains(token)) {
            self.next();
            let part = match token {
                "(" if is_call(before, last) => {
                    parts.pop();
                    Tree::expression(last.to_ascii_lowercase(), format!("{last}({{}})"), vec![self.items()])
                }
                "(" => Tree::fixed("", "({})", vec![self.items()]),
                word => leaf(word),
            };
            parts.push(part);
            (before, last) = (last, token);
        }
        parts
    }

    /// What stands between two parentheses, of which the first was read.
    fn items(&mut self) -> Tree {
        let mut items = vec![in_a_row(self.parts())];
        while self.next() == Some(",") {
            items.push(in_a_row(self.parts()));
        }
        Tree::list(", ", 0, items)
    }
}

/// Whether a parenthesis after these two tokens holds arguments.
fn is_call(before: &str, name: &str) -> bool {
    let is = |list: &[&str], word: &str| list.contains(&word.to_ascii_uppercase().as_str());
    is_word(name) && !is(NO_CALLS, name) && !is(BEFORE_NAMES, before)
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

fn leaf(token: &str) -> Tree {
    let is_number = token.starts_with(|c: char| c.is_ascii_digit());
    match token {
        text if text.starts_with('\'') => Tree::given(text, "~text"),
        blob if blob.starts_with(['x', 'X']) && blob.ends_with('\'') => Tree::given(blob, "~blob"),
        real if is_number && real.contains('.') => Tree::given(real, "~real"),
        integer if is_number => Tree::given(integer, "~integer"),
        word if is_word(word) => {
            let capitals = word.to_ascii_uppercase();
            // Keywords are in capitals, names are not.
            let is_telling = capitals == word && word.len() > 1 && !PLAIN.contains(&word);
            Tree::fixed(if is_telling { capitals } else { String::new() }, word.to_owned(), Vec::new())
        }
        other => Tree::token(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_the_same_as_a_tree_but_for_spaces() {
        let sql =
            "SELECT round(a.b, -2.5), 'it''s' || x'00', (1 + 2) /* no */ FROM t WHERE a IN (1, 2) -- end";
        let expected = "SELECT round(a . b, - 2.5) , 'it''s' || x'00' , (1 + 2) FROM t WHERE a IN (1, 2)";
        let tree = statement(sql);
        assert_eq!(tree.to_string(), expected);
        let features: Vec<&str> = tree.all().into_iter().filter_map(Tree::feature).collect();
        assert_eq!(
            features,
            [
                "round", "~real", "~text", "~blob", "~integer", "~integer", "WHERE", "IN", "~integer",
                "~integer"
            ]
        );
        assert_eq!(statement("SELECT ) , (").to_string(), "SELECT ) , ()");
    }

    #[test]
    fn a_statement_of_chance_is_left_out_and_named() {
        let corpus = Corpus::of(["SELECT random();\n SELECT round(0.285,2);", "SELECT date('now')"]);
        assert_eq!(corpus.texts(), [["SELECT round(0.285, 2)"]]);
        let named: Vec<_> = corpus.left_out().iter().map(|it| (it.sql.as_str(), it.calls.as_str())).collect();
        assert_eq!(named, [("SELECT date('now')", "date()"), ("SELECT random()", "random()")]);
    }

    #[test]
    fn programs_come_as_they_are_and_then_with_other_literals() {
        let corpus =
            Corpus::of(["CREATE TABLE t(a); INSERT INTO t VALUES (1, 2, 3, 4, 5, 6, 7)", "SELECT 1"]);
        assert_eq!(corpus.len(), 2);
        assert_eq!(corpus.nth(1, 1).unwrap().sql(), ["SELECT 1"]);
        let later = || (2..10).filter_map(|number| corpus.nth(1, 2 * number)).collect::<Vec<_>>();
        assert_eq!(later(), later());
        assert!(later().iter().all(|it| it.sql()[1].starts_with("INSERT INTO t VALUES (")));
        assert!(later().iter().any(|it| Some(it) != corpus.nth(1, 0).as_ref()));
        assert_eq!(Corpus::default().nth(1, 1), None);
    }
}
