//! The words of one line of a plan.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What is said differently and means the same: a pattern, and what is written instead of it.
static SYNONYMS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let pairs = [
        // How many rows the planner expects, up to 3.8.
        (r" \(~\d+ rows?\)$", ""),
        // How a subquery was numbered: not at all, by an address, by a number, by a word with a number.
        (r"^EXECUTE ((?:CORRELATED )?(?:SCALAR|LIST) SUBQUERY)", "$1"),
        (r"(SUBQUERY) (?:0x[0-9A-Fa-f]+|\d+)", "$1"),
        (r"^(\S+) \((?:subquery|join)-\d+\)", "$1 SUBQUERY"),
        // Up to 3.35 a table was called one, and was named beside its alias.
        (r"^(SCAN|SEARCH) (?:TABLE|SUBQUERY) .*?\bAS (.+?)( USING| VIRTUAL TABLE|$)", "$1 $2$3"),
        (r"^(SCAN|SEARCH) TABLE ", "$1 "),
        // From 3.36 on with the name of its database where the statement has it.
        (r"^(SCAN|SEARCH) \w+\.(\w+)( |$)", "$1 $2$3"),
        (r"^SCAN (\d+)-ROW VALUES CLAUSE$", "SCAN $1 CONSTANT ROWS"),
        // From 3.39 on; which of the tables comes first says as much.
        (r" LEFT-JOIN$", ""),
        (r"FOR LAST (?:TERM|\d+ TERMS) OF", "FOR RIGHT PART OF"),
    ];
    pairs.map(|(pattern, instead)| (Regex::new(pattern).expect("a pattern of ours"), instead)).into()
});

/// The words in their one form.
pub(super) fn normal(detail: &str) -> String {
    let one = |text: String, (pattern, instead): &(Regex, &str)| match pattern.replace(&text, *instead) {
        Cow::Borrowed(_) => text,
        Cow::Owned(replaced) => replaced,
    };
    SYNONYMS.iter().fold(detail.to_owned(), one)
}
