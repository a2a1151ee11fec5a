//! SQL without its literals. What SQLite takes for a literal is more than what looks like one: a text in double quotes where
//! no column has that name, and a bare word in a pragma, in `ATTACH` and behind `DEFAULT`.

use std::collections::HashSet;
use std::ops::Range;

use super::super::statement::{Part, Token, joined, tokens};

/// The words that the statements of a recording use as names. Only they are readable elsewhere, and in double quotes.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

/// Names that SQLite gives by itself.
const OF_SQLITE: [&str; 10] = [
    "",
    ":memory:",
    "main",
    "temp",
    "sqlite_master",
    "sqlite_schema",
    "sqlite_temp_master",
    "sqlite_temp_schema",
    "rowid",
    "binary",
];

/// What a token is to whoever hides literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// White space, a comment.
    Space,
    /// What is neither name nor value: an operator, a bracket.
    Sign,
    /// A keyword or a name, and nothing else.
    Name,
    /// In double quotes: a name, or a text where there is no such name.
    Either,
    /// A literal or a parameter.
    Literal,
    /// A further part of the literal before it.
    Dropped,
}

impl Names {
    /// Takes note of the names in a statement.
    pub(super) fn learn(&mut self, sql: &str) {
        let tokens: Vec<_> = tokens(sql).collect();
        for ((_, text), role) in tokens.iter().zip(roles(&tokens)) {
            if role == Role::Name {
                self.0.insert(bare(text));
            }
        }
    }

    /// Whether a text is such a name.
    pub(super) fn knows(&self, text: &str) -> bool {
        OF_SQLITE.contains(&text) || self.0.contains(&text.to_lowercase())
    }

    /// The statement in its normal form, in which `?` stands for everything that may be a literal.
    pub(super) fn without_literals(&self, sql: &str) -> String {
        let tokens: Vec<_> = tokens(sql).collect();
        let roles = roles(&tokens);
        joined(tokens.iter().zip(roles).filter_map(|((_, text), role)| match role {
            Role::Space => Some(Part::Space),
            Role::Sign | Role::Name => Some(Part::Word(text)),
            Role::Either if self.knows(&bare(text)) => Some(Part::Word(text)),
            Role::Either | Role::Literal => Some(Part::Word("?")),
            Role::Dropped => None,
        }))
    }
}

/// A name as SQLite compares it.
fn bare(word: &str) -> String {
    let inner = match word.as_bytes() {
        [quote @ (b'"' | b'`'), .., end] if end == quote && word.len() > 1 => {
            let quote = char::from(*quote);
            word[1..word.len() - 1].replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        [b'[', .., b']'] => word[1..word.len() - 1].to_owned(),
        _ => word.to_owned(),
    };
    inner.to_lowercase()
}

fn roles(tokens: &[(Token, &str)]) -> Vec<Role> {
    let mut roles: Vec<Role> = tokens.iter().map(|(token, text)| at_first(*token, text)).collect();
    let mut begin = 0;
    for end in 0..=tokens.len() {
        if end == tokens.len() || tokens[end].1 == ";" {
            Statement::of(tokens, begin..end).judge(&mut roles);
            begin = end + 1;
        }
    }
    roles
}

fn at_first(token: Token, text: &str) -> Role {
    match token {
        Token::Space => Role::Space,
        Token::Value => Role::Literal,
        Token::Word if text.starts_with('"') => Role::Either,
        Token::Word
            if text.starts_with(|c: char| {
                c.is_alphabetic() || matches!(c, '_' | '`' | '[') || !c.is_ascii()
            }) =>
        {
            Role::Name
        }
        Token::Word => Role::Sign,
    }
}

/// The words of a statement, with their places among its tokens.
struct Statement<'a> {
    words: Vec<(usize, &'a str)>,
}

/// Behind these comes a name.
const BEFORE_NAME: [&str; 24] = [
    "FROM",
    "JOIN",
    "INTO",
    "UPDATE",
    "TABLE",
    "EXISTS",
    "INDEX",
    "VIEW",
    "TRIGGER",
    "AS",
    "REFERENCES",
    "COLLATE",
    "COLUMN",
    "TO",
    "CONSTRAINT",
    "SAVEPOINT",
    "RELEASE",
    "WITH",
    "RECURSIVE",
    "SET",
    "REINDEX",
    "ANALYZE",
    "DETACH",
    "OF",
];
/// Behind `DEFAULT` these are no texts.
const DEFAULTS: [&str; 7] =
    ["VALUES", "NULL", "TRUE", "FALSE", "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"];

impl<'a> Statement<'a> {
    fn of(tokens: &[(Token, &'a str)], range: Range<usize>) -> Self {
        let words = range.filter(|at| tokens[*at].0 != Token::Space).map(|at| (at, tokens[at].1));
        Self { words: words.collect() }
    }

    /// Whether this word is there.
    fn is(&self, at: usize, word: &str) -> bool {
        self.words.get(at).is_some_and(|(_, text)| text.eq_ignore_ascii_case(word))
    }

    fn is_behind(&self, at: usize, back: usize, word: &str) -> bool {
        at.checked_sub(back).is_some_and(|before| self.is(before, word))
    }

    fn find(&self, from: usize, word: &str) -> Option<usize> {
        (from..self.words.len()).find(|at| self.is(*at, word))
    }

    fn judge(&self, roles: &mut [Role]) {
        self.names(roles);
        self.words_that_are_texts(roles);
        self.texts_without_quotes(roles);
    }

    /// What is in double quotes where nothing but a name can be.
    fn names(&self, roles: &mut [Role]) {
        let listed = self.listed();
        for (at, (token, _)) in self.words.iter().enumerate() {
            let is_name = self.is(at + 1, ".")
                || self.is(at + 1, "(")
                || self.is_behind(at, 1, ".")
                || self.is_behind_word_before_name(at)
                || listed.contains(&at);
            if is_name && roles[*token] == Role::Either {
                roles[*token] = Role::Name;
            }
        }
    }

    /// `x IS NOT DISTINCT FROM "y"` is an expression.
    fn is_behind_word_before_name(&self, at: usize) -> bool {
        let is_expression = self.is_behind(at, 1, "FROM") && self.is_behind(at, 2, "DISTINCT");
        !is_expression && BEFORE_NAME.iter().any(|word| self.is_behind(at, 1, word))
    }

    /// The columns of `INSERT INTO t (…)`, and those that `CREATE TABLE t (…)` makes.
    fn listed(&self) -> HashSet<usize> {
        let mut found = HashSet::new();
        for at in 0..self.words.len() {
            let (is_insert, is_table) = (self.is(at, "INTO"), self.is(at, "TABLE"));
            let mut list = at + 1;
            if is_table && self.is(list, "IF") {
                list += 3;
            }
            if self.is(list + 1, ".") {
                list += 2;
            }
            if (is_insert || is_table) && self.is(list + 1, "(") {
                found.extend(self.names_of_list(list + 1, is_insert));
            }
        }
        found
    }

    /// All names of the list in these brackets, or the first word of each part of it.
    fn names_of_list(&self, open: usize, all: bool) -> Vec<usize> {
        let mut depth = 0;
        let mut found = Vec::new();
        for (at, (_, word)) in self.words.iter().enumerate().skip(open) {
            if depth == 1 && (all || self.is_behind(at, 1, "(") || self.is_behind(at, 1, ",")) {
                found.push(at);
            }
            match *word {
                "(" => depth += 1,
                ")" if depth == 1 => break,
                ")" => depth -= 1,
                _ => {}
            }
        }
        found
    }

    /// `DEFAULT word` and `RAISE(ABORT, word)` mean the word itself.
    fn words_that_are_texts(&self, roles: &mut [Role]) {
        for (at, (token, text)) in self.words.iter().enumerate() {
            let is_default = self.is_behind(at, 1, "DEFAULT")
                && !self.is_behind(at, 2, "SET")
                && !DEFAULTS.iter().any(|word| text.eq_ignore_ascii_case(word));
            let is_message =
                self.is_behind(at, 1, ",") && self.is_behind(at, 3, "(") && self.is_behind(at, 4, "RAISE");
            if (is_default || is_message) && matches!(roles[*token], Role::Name | Role::Either) {
                roles[*token] = Role::Literal;
            }
        }
    }

    /// The value of a pragma, the file and the key of `ATTACH`, the file of `VACUUM INTO`, what a virtual table is given.
    fn texts_without_quotes(&self, roles: &mut [Role]) {
        let mut first = 0;
        for word in ["EXPLAIN", "QUERY", "PLAN"] {
            first += usize::from(self.is(first, word));
        }
        let last = self.words.len();
        let end = if last > 0 && self.is(last - 1, ")") { last - 1 } else { last };
        if self.is(first, "PRAGMA") {
            let equals = self.find(first, "=").map(|at| (at + 1, last));
            let bracket = self.find(first, "(").map(|at| (at + 1, end));
            hide_both(self, [equals, bracket].into_iter().flatten().min(), roles);
        } else if self.is(first, "ATTACH") {
            let file = first + 1 + usize::from(self.is(first + 1, "DATABASE"));
            let behind = (file..last).rev().find(|at| self.is(*at, "AS")).unwrap_or(last);
            self.hide(file..behind, roles);
            hide_both(self, self.find(behind, "KEY").map(|at| (at + 1, last)), roles);
        } else if self.is(first, "VACUUM") {
            hide_both(self, self.find(first, "INTO").map(|at| (at + 1, last)), roles);
        } else if self.is(first, "CREATE") && self.is(first + 1, "VIRTUAL") {
            let bracket = self.find(first, "USING").and_then(|at| self.find(at, "("));
            hide_both(self, bracket.map(|at| (at + 1, end)), roles);
        }
    }

    /// One literal in place of these words.
    fn hide(&self, words: Range<usize>, roles: &mut [Role]) {
        let Some([(from, _), ..]) = self.words.get(words.clone()) else { return };
        let to = self.words[words.end - 1].0;
        roles[*from] = Role::Literal;
        roles[from + 1..=to].fill(Role::Dropped);
    }
}

fn hide_both(statement: &Statement<'_>, words: Option<(usize, usize)>, roles: &mut [Role]) {
    if let Some((from, to)) = words.filter(|(from, to)| from < to) {
        statement.hide(from..to, roles);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_sqlite_takes_for_a_literal_goes() {
        for (sql, expected) in [
            ("pragma key = secret", "pragma key = ?"),
            ("PRAGMA main.key(\"secret\")", "PRAGMA main.key(?)"),
            ("pragma cache_size=-2000", "pragma cache_size=?"),
            ("pragma quick_check", "pragma quick_check"),
            ("explain query plan pragma key=secret;", "explain query plan pragma key=?"),
            ("attach secret as other", "attach ? as other"),
            (
                "ATTACH DATABASE 'x' || secret AS a KEY secret; select 1",
                "ATTACH DATABASE ? AS a KEY ?; select ?",
            ),
            ("vacuum into \"secret\"", "vacuum into ?"),
            (
                "create table t(a default secret, b default \"secret\", c default null)",
                "create table t(a default ?, b default ?, c default null)",
            ),
            (
                "create table t(a references b on delete set default deferrable)",
                "create table t(a references b on delete set default deferrable)",
            ),
            ("insert into t default values", "insert into t default values"),
            ("select raise(abort, secret)", "select raise(abort, ?)"),
            ("create virtual table v using csv(file=/secret, x)", "create virtual table v using csv(?)"),
            ("create virtual table v using fts5", "create virtual table v using fts5"),
            ("select \"secret\" from \"t\"", "select ? from \"t\""),
            ("select a is not distinct from \"secret\"", "select a is not distinct from ?"),
            ("select \"t\".\"a\", \"A\" from t", "select \"t\".\"a\", \"A\" from t"),
            (
                "insert into \"t\" (\"a\", \"b\") values (\"secret\", 1)",
                "insert into \"t\" (\"a\", \"b\") values (?)",
            ),
            (
                "create table if not exists s.\"t\" (\"a\" text check (\"a\" != \"secret\"), \"b\")",
                "create table if not exists s.\"t\" (\"a\" text check (\"a\" != ?), \"b\")",
            ),
            ("update t set \"a\" = [b], `c` = \"secret\"", "update t set \"a\" = [b], `c` = ?"),
        ] {
            let mut names = Names::default();
            names.learn(sql);
            assert_eq!(names.without_literals(sql), expected, "{sql}");
            assert!(!names.knows("secret"), "{sql}");
        }
    }

    #[test]
    fn a_name_of_another_statement_is_one_here() {
        let mut names = Names::default();
        names.learn("create table \"t x\"(Email text)");
        assert_eq!(
            names.without_literals("select \"email\", \"t x\", \"phone\""),
            "select \"email\", \"t x\", ?"
        );
        assert!(names.knows("EMAIL") && !names.knows("phone"));
    }
}
