//! What a statement calls that answers something else each time: the time of day, and chance.

use crate::contract::statements::tokens;

/// Functions of dates and times, <https://sqlite.org/lang_datefunc.html>.
const OF_DATES: [&str; 7] = ["date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff"];
const OF_CHANCE: [&str; 2] = ["random", "randomblob"];
/// The largest integer, as it is written.
const LARGEST: [&str; 2] = ["9223372036854775807", "0x7fffffffffffffff"];
/// Names of a rowid, <https://sqlite.org/lang_createtable.html#rowid>, and that of full-text tables.
const ROWIDS: [&str; 3] = ["rowid", "(oid", "docid"];
/// Words that are values of the time of day.
const WORDS_OF_NOW: [&str; 3] = ["current_date", "current_time", "current_timestamp"];
/// Arguments that mean now, the last two in the place of a time.
const TEXTS_OF_NOW: [&str; 3] = ["'now'", "'subsec'", "'subsecond'"];
/// Words after which a name is none of a function, whatever stands behind it.
const BEFORE_NAMES: [&str; 7] = ["into", "table", "on", "view", "exists", "references", "index"];

/// The first call or word in a text of SQL that depends on the time of day or on chance: `random()`. A time that a table
/// or a subquery gives is not seen.
pub(super) fn of_chance(sql: &str) -> Option<String> {
    let is_told =
        |token: &&str| !token.trim().is_empty() && !token.starts_with("--") && !token.starts_with("/*");
    let all: Vec<String> = tokens(sql).filter(is_told).map(str::to_ascii_lowercase).collect();
    (0..all.len()).find_map(|at| {
        if WORDS_OF_NOW.contains(&all[at].as_str()) {
            return Some(all[at].to_ascii_uppercase());
        }
        let is_name = at > 0 && BEFORE_NAMES.contains(&all[at - 1].as_str());
        let name = all[at].trim_matches(['"', '`', '[', ']']);
        let is_called = all.get(at + 1).is_some_and(|next| next == "(") && !is_name;
        let depends = is_called && (OF_CHANCE.contains(&name) || is_now(name, arguments(&all[at + 2..])));
        depends.then(|| format!("{name}()"))
    })
}

/// Whether the largest rowid may be taken when a row without one comes: then SQLite draws one for it,
/// <https://sqlite.org/autoinc.html>.
pub(super) fn draws_rowids(statements: &[String]) -> bool {
    let lower: Vec<String> = statements.iter().map(|sql| sql.to_ascii_lowercase()).collect();
    let is_one_of = |sql: &str, verbs: &[&str]| sql.split_whitespace().any(|word| verbs.contains(&word));
    let names_one = |sql: &String| ROWIDS.iter().any(|name| sql.contains(name));
    let has_key = lower.iter().any(|sql| sql.contains("integer primary key"));
    let takes_it = |sql: &String| {
        is_one_of(sql, &["insert", "replace", "update"])
            && LARGEST.iter().any(|number| sql.contains(number))
            && (has_key || names_one(sql))
    };
    let Some(at) = lower.iter().position(takes_it) else { return false };
    let has_more_rows = lower[at].contains("), (") || is_one_of(&lower[at], &["select"]);
    has_more_rows || lower[at + 1..].iter().any(|sql| is_one_of(sql, &["insert", "replace"]))
}

/// Whether a function of dates with these arguments answers the time of day.
fn is_now(name: &str, arguments: &[String]) -> bool {
    if !OF_DATES.contains(&name) {
        return false;
    }
    let times = if name == "strftime" { after_first(arguments) } else { arguments };
    let is_alone = |at: usize| times.get(at + 1).is_none_or(|next| next == ",");
    let means_now = |(at, token): (usize, &String)| match token.as_str() {
        "'now'" => true,
        text => at == 0 && TEXTS_OF_NOW.contains(&text) && is_alone(at),
    };
    times.is_empty() || times.iter().enumerate().any(means_now)
}

/// The tokens up to the parenthesis that ends them.
fn arguments(tokens: &[String]) -> &[String] {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        depth += nesting(token);
        depth < 0
    });
    &tokens[..end.unwrap_or(tokens.len())]
}

/// What stands behind the first comma that separates arguments.
fn after_first(arguments: &[String]) -> &[String] {
    let mut depth = 0;
    let comma = arguments.iter().position(|token| {
        depth += nesting(token);
        depth == 0 && token == ","
    });
    comma.map_or(&[], |at| &arguments[at + 1..])
}

fn nesting(token: &str) -> i32 {
    match token {
        "(" => 1,
        ")" => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_now_or_is_random_is_named() {
        for (sql, named) in [
            ("SELECT julianday()", "julianday()"),
            ("SELECT strftime('%s')", "strftime()"),
            ("SELECT strftime('%Y', 'NOW', '+1 day')", "strftime()"),
            ("SELECT date(upper('now'))", "date()"),
            ("SELECT unixepoch ( 'subsec' )", "unixepoch()"),
            ("SELECT timediff('now', '2024-01-01')", "timediff()"),
            ("SELECT abs(random ()) % 2", "random()"),
            ("INSERT INTO t VALUES (\"randomblob\"(4))", "randomblob()"),
            ("CREATE TABLE t(a DEFAULT current_timestamp)", "CURRENT_TIMESTAMP"),
        ] {
            assert_eq!(of_chance(sql).as_deref(), Some(named), "{sql}");
        }
    }

    #[test]
    fn a_row_behind_the_largest_rowid_has_a_drawn_one() {
        let draws = |statements: &[&str]| {
            draws_rowids(&statements.iter().map(|&it| it.to_owned()).collect::<Vec<_>>())
        };
        let taken = "INSERT INTO t(rowid, a) VALUES (9223372036854775807, 8)";
        assert!(draws(&["CREATE TABLE t(a)", taken, "INSERT INTO t(a) VALUES (1)"]));
        let key = "CREATE TABLE t(a INTEGER PRIMARY KEY)";
        assert!(draws(&[key, "REPLACE INTO t VALUES (0x7FFFFFFFFFFFFFFF), (NULL)"]));
        assert!(draws(&[key, "INSERT INTO t SELECT 9223372036854775807 UNION ALL SELECT NULL"]));
        assert!(!draws(&["CREATE TABLE t(a)", "INSERT INTO t VALUES (9223372036854775807), (NULL)"]));
        assert!(!draws(&[taken, "SELECT * FROM t"]));
        assert!(!draws(&["INSERT INTO t(a) VALUES (1)", taken]));
        assert!(!draws(&["SELECT 9223372036854775807", "INSERT INTO t(a) VALUES (1)"]));
    }

    #[test]
    fn a_given_time_is_the_same_each_time() {
        for sql in [
            "SELECT julianday('2024-02-29', 'subsec'), date(0), date(a), time(NULL)",
            "SELECT strftime(lower('a,b'), '2024-02-29')",
            "SELECT 'now', 'random()', \"current_date\" -- random()",
            "CREATE TABLE time(date, random); INSERT INTO random(a) VALUES (1)",
            "SELECT date FROM t /* julianday() */",
        ] {
            assert_eq!(of_chance(sql), None, "{sql}");
        }
    }
}
