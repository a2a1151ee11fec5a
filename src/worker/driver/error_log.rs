//! The entries of SQLite's error log, without what differs for no reason that matters.

use std::sync::LazyLock;

use regex::Regex;

use super::Outcome;
use crate::outcome::sqlite_names::code_name;
use crate::outcome::value::Value;
use crate::worker::ffi::{self, Call};

/// A row for each entry since this was last asked.
pub(super) fn rows() -> Call<Outcome> {
    let entries =
        ffi::take_log().ok_or_else(|| Outcome::Refused("`config: log` did not come first".to_owned()))?;
    let row = |(code, message): (i32, Vec<u8>)| {
        let message = normal(&String::from_utf8_lossy(&message));
        vec![Value::text(&code_name(code)), Value::text(&message)]
    };
    Ok(Outcome::Rows(entries.into_iter().map(row).collect()))
}

/// A message without lines of SQLite's source, source ids, and places in a statement's program.
fn normal(message: &str) -> String {
    static PATTERNS: LazyLock<[(Regex, &str); 4]> = LazyLock::new(|| {
        [
            (r"\bline \d+", "line ?"),
            (r"\[[0-9a-f]{10,64}\]", "[?]"),
            (r"\b(\w+\.c):\d+", "$1:?"),
            (r"\bat \d+\b", "at ?"),
        ]
        .map(|(pattern, instead)| (Regex::new(pattern).expect("it is a regular expression"), instead))
    });
    PATTERNS.iter().fold(message.to_owned(), |message, (pattern, instead)| {
        pattern.replace_all(&message, *instead).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_version_to_version_is_left_out() {
        assert_eq!(normal("misuse at line 89102 of [2f3a01bc94]"), "misuse at line ? of [?]");
        assert_eq!(
            normal("os_unix.c:45012: (2) open(a.db) - No such file"),
            "os_unix.c:?: (2) open(a.db) - No such file"
        );
        assert_eq!(
            normal("statement aborts at 12: [INSERT INTO t VALUES(1)] UNIQUE constraint failed: t.a"),
            "statement aborts at ?: [INSERT INTO t VALUES(1)] UNIQUE constraint failed: t.a"
        );
    }
}
