//! The words of SQL, and whether a text of SQL uses what is asked for.

use std::collections::BTreeSet;

use crate::contract::statements::tokens;

/// What the builds are divided by, as the words with which SQL asks for it: of each function, operator and clause its
/// own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::analysis) struct Needs {
    words: Vec<BTreeSet<String>>,
    /// Whether these are the words of a call.
    is_call: bool,
}

impl Needs {
    /// Those of some features, as far as these statements have words for them.
    pub(in crate::analysis) fn of<'a>(
        features: impl IntoIterator<Item = &'a String>,
        used: &BTreeSet<String>,
    ) -> Self {
        let words_of = |feature: &String| -> BTreeSet<String> {
            let all = words(feature).chain(also_written(feature));
            // A pragma may be asked as a table, and that something is one says nothing.
            all.filter(|word| used.contains(word) && word != "pragma").collect()
        };
        let words = features.into_iter().map(words_of).filter(|words| !words.is_empty()).collect();
        Self { words, is_call: false }
    }

    /// These words together.
    pub(in crate::analysis) fn together(words: impl IntoIterator<Item = String>) -> Self {
        Self { words: vec![words.into_iter().collect()], is_call: false }
    }

    /// The words of a call.
    pub(super) fn call(words: impl IntoIterator<Item = String>) -> Self {
        Self { is_call: true, ..Self::together(words) }
    }

    /// Whether these are the words of a call.
    pub(super) fn is_call(&self) -> bool {
        self.is_call
    }

    /// Whether it says the same as another one.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.all().collect::<BTreeSet<_>>() == other.all().collect::<BTreeSet<_>>()
    }

    /// The same without words of which every table, and how it was filled, may have some. Nothing where they say too little
    /// without these.
    pub(in crate::analysis) fn telling(&self) -> Option<Self> {
        let left =
            self.words.iter().filter(|words| words.iter().any(|it| !OF_EVERY_TABLE.contains(&it.as_str())));
        let left: Vec<BTreeSet<String>> = left.cloned().collect();
        let is_less = left.len() < self.words.len();
        let is_special = left.iter().flatten().any(|word| !OF_MANY_STATEMENTS.contains(&word.as_str()));
        (is_less && is_special).then_some(Self { words: left, is_call: false })
    }

    /// Whether nothing is asked for, which is in no step.
    pub(in crate::analysis) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether it has a word that not every table and many statements have.
    pub(in crate::analysis) fn is_special(&self) -> bool {
        self.all().any(|word| {
            !OF_EVERY_TABLE.contains(&word.as_str()) && !OF_MANY_STATEMENTS.contains(&word.as_str())
        })
    }

    /// The same and another word.
    pub(in crate::analysis) fn with(mut self, word: String) -> Self {
        self.words.push(BTreeSet::from([word]));
        self
    }

    /// How many words these are.
    pub(in crate::analysis) fn len(&self) -> usize {
        self.words.len()
    }

    /// All words.
    pub(in crate::analysis) fn all(&self) -> impl Iterator<Item = &String> {
        self.words.iter().flatten()
    }

    /// Whether a case uses all of it, and one of its steps something.
    pub(in crate::analysis) fn are_in(&self, step: &BTreeSet<String>, case: &BTreeSet<String>) -> bool {
        let is_in_case =
            |words: &BTreeSet<String>| words.iter().all(|word| step.contains(word) || case.contains(word));
        self.words.iter().any(|words| words.is_subset(step)) && self.words.iter().all(is_in_case)
    }
}

/// Words that tables have for no reason of what is asked.
const OF_EVERY_TABLE: [&str; 24] = [
    "or", "ignore", "boolean", "blob", "numeric", "real", "text", "integer", "int", "varchar", "date",
    "where", "=", "on", "using", "virtual", "primary", "key", "insert", "create", "table", "unique", "fail",
    "abort",
];
/// Words that say little alone.
const OF_MANY_STATEMENTS: [&str; 27] = [
    "is", "not", "and", "in", "<", ">", "<=", ">=", "<>", "between", "order", "by", "desc", "asc", "limit",
    "as", "cast", "null", "true", "false", "index", "join", "count", "default", "match", "+", "-",
];

/// The words of SQL for features whose names are not.
fn also_written(feature: &str) -> impl Iterator<Item = String> + use<> {
    let words: &[&str] = match feature {
        "window" => &["over"],
        "upsert" => &["on", "conflict"],
        "CTE" | "recursive CTE" => &["with"],
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned())
}

/// The words, signs and literals of a text, in small letters. That a query is in parentheses is a word too. A number is there as its form as well: a finding with one
/// real is the same with another. Of the names of one function the oldest is there.
pub(in crate::analysis) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let tokens = tokens(text).filter(|token| !token.trim().is_empty());
    let mut before = "";
    let word = |token: &str| {
        let word = token.to_ascii_lowercase();
        oldest_name(word.strip_prefix("pragma_").map(str::to_owned).unwrap_or(word))
    };
    tokens.flat_map(move |token| {
        let is_subquery = before == "(" && token.eq_ignore_ascii_case("SELECT");
        before = token;
        let own = form(token).map_or_else(|| word(token), str::to_owned);
        is_subquery.then(|| SUBQUERY.to_owned()).into_iter().chain([own])
    })
}

/// What stands before the first word of a query in parentheses.
pub(super) const SUBQUERY: &str = "a subquery";

/// It shows the type of a value, and says nothing of what made it.
pub(in crate::analysis) const SHOWS_A_TYPE: &str = "typeof";

/// Functions that were given another name later, <https://sqlite.org/lang_corefunc.html>, and those that answer what a
/// pragma does: the first name, and the other.
const NAMED_AGAIN: [(&str, &str); 4] = [
    ("printf", "format"),
    ("substr", "substring"),
    ("compile_options", "sqlite_compileoption_used"),
    ("compile_options", "sqlite_compileoption_get"),
];

fn oldest_name(word: String) -> String {
    let oldest = NAMED_AGAIN.iter().find(|(_, again)| *again == word);
    oldest.map_or(word, |(oldest, _)| (*oldest).to_owned())
}

/// Whether a text in small letters has a word, or another name of the same function.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let again = NAMED_AGAIN.iter().filter(|(oldest, _)| *oldest == word);
    text.contains(word) || again.into_iter().any(|(_, again)| text.contains(again))
}

/// Of what form a number is; nothing of other words.
fn form(token: &str) -> Option<&'static str> {
    let is_number = token.starts_with(|c: char| c.is_ascii_digit());
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    is_number.then_some(match token {
        it if it.contains('_') => "a number with separators",
        it if it.contains(['x', 'X']) => "a number in hexadecimal digits",
        it if it.contains(['e', 'E']) => "a real with an exponent",
        it if it.contains('.') && digits > 15 => "a real of many digits",
        it if it.contains('.') => "a real",
        _ if digits > 9 => "a large integer",
        _ => "an integer",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_there_where_its_words_are() {
        let used: BTreeSet<String> = words("SELECT CAST(1.5 AS TEXT), lag(a) OVER (ORDER BY a)").collect();
        let needs = |feature: &str| Needs::of([&feature.to_owned()], &used);
        let case = |sql: &str| words(sql).collect::<BTreeSet<String>>();
        let is_in = |feature: &str, sql: &str| needs(feature).are_in(&case(sql), &BTreeSet::new());
        assert!(
            is_in("CAST AS TEXT", "SELECT cast(b as text)")
                && !is_in("CAST AS TEXT", "SELECT cast(b AS BLOB)")
        );
        assert!(is_in("window", "SELECT sum(a) OVER w") && !is_in("window", "SELECT sum(a)"));
        assert!(!is_in("row value", "SELECT (1, 2) = (3, 4)"));
    }

    #[test]
    fn a_pragma_is_the_same_as_a_table() {
        let used: BTreeSet<String> = words("PRAGMA module_list").collect();
        let needs = Needs::of(&["PRAGMA module_list".to_owned()], &used);
        let case = words("SELECT name FROM pragma_module_list").collect();
        assert!(needs.are_in(&case, &case));
        let any = Needs::of(&["PRAGMA".to_owned()], &words("PRAGMA stats").collect());
        assert!(!any.are_in(&used, &used));
    }

    #[test]
    fn how_a_table_was_made_is_not_what_a_statement_is_about() {
        let features = |names: &[&str]| -> Vec<String> { names.iter().map(|it| (*it).to_owned()).collect() };
        let used: BTreeSet<String> = words("BOOLEAN OR IGNORE WHERE UNION IN").collect();
        let telling = |names: &[&str]| Needs::of(&features(names), &used).telling();
        assert_eq!(telling(&["BOOLEAN", "IGNORE", "UNION"]), Some(Needs::of(&features(&["UNION"]), &used)));
        assert_eq!(telling(&["BOOLEAN", "IN"]), None);
        assert_eq!(telling(&["UNION"]), None);
    }

    #[test]
    fn what_a_case_uses_elsewhere_is_there_too() {
        let used: BTreeSet<String> =
            words("CREATE TABLE t(a) WITHOUT ROWID; SELECT 1 UNION SELECT 2").collect();
        let needs = Needs::of(&["UNION".to_owned(), "WITHOUT ROWID".to_owned()], &used);
        let (step, all) = (words("SELECT 1 UNION SELECT 2").collect(), words("WITHOUT ROWID").collect());
        assert!(needs.are_in(&step, &all) && !needs.are_in(&all, &BTreeSet::new()));
        assert!(!needs.are_in(&words("SELECT 3").collect(), &step.union(&all).cloned().collect()));
    }

    #[test]
    fn numbers_are_alike_by_their_form_and_texts_by_their_bytes() {
        assert!(words("1.5e300").eq(words("2E7")));
        assert!(!words("1.5").eq(words("1")));
        assert!(words("FORMAT('x')").eq(words("printf('x')")));
        assert!(has_word("select format('x')", "printf") && !has_word("select format('x')", "substr"));
        assert_eq!(words("'A'||x").collect::<Vec<_>>(), ["'a'", "||", "x"]);
    }
}
