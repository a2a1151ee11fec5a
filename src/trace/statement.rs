//! Statements that are alike: the same words, whatever their values are.

/// A statement in one form: its words with one space between them, `?` for each literal and each parameter, and one `?`
/// for a list of them. A name in double quotes stays: SQLite takes it for a text only where there is no such column.
///
/// ```
/// let sql = "SELECT a FROM t  WHERE b = 'it''s' AND c IN (1, 2, x'00') -- comment";
/// assert_eq!(sqlite_contracts::trace::normalized(sql), "SELECT a FROM t WHERE b = ? AND c IN (?)");
/// ```
pub fn normalized(sql: &str) -> String {
    joined(tokens(sql).map(|(token, text)| match token {
        Token::Space => Part::Space,
        Token::Value => Part::Word("?"),
        Token::Word => Part::Word(text),
    }))
}

/// What a statement is made of, in its order.
pub(super) fn tokens(sql: &str) -> impl Iterator<Item = (Token, &str)> {
    let (mut rest, mut last) = (sql, None);
    std::iter::from_fn(move || {
        let (token, length) = (!rest.is_empty()).then(|| token(rest, last))?;
        let (text, behind) = rest.split_at(length);
        rest = behind;
        last = match token {
            Token::Space => last,
            Token::Value => Some("?"),
            Token::Word => Some(text),
        };
        Some((token, text))
    })
}

/// A part of a statement in its normal form.
pub(super) enum Part<'a> {
    Space,
    Word(&'a str),
}

/// A statement of these parts, with one space between words that had any, and one `?` for a list of them.
pub(super) fn joined<'a>(parts: impl Iterator<Item = Part<'a>>) -> String {
    let mut text = String::new();
    let mut had_space = false;
    for part in parts {
        match part {
            Part::Space => had_space = true,
            Part::Word(word) => {
                if std::mem::take(&mut had_space) && !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
    }
    collapsed(text.trim_end_matches([' ', ';']))
}

/// One `?` for a list of them, and one row of `VALUES` for several.
fn collapsed(text: &str) -> String {
    let mut text = text.to_owned();
    for (many, one) in [("?, ?", "?"), ("?,?", "?"), ("? ,?", "?"), ("(?), (?)", "(?)"), ("(?),(?)", "(?)")] {
        while text.contains(many) {
            text = text.replace(many, one);
        }
    }
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// Also a comment.
    Space,
    /// A literal or a parameter.
    Value,
    /// Anything else.
    Word,
}

/// The next token and its length, at least one byte.
fn token(rest: &str, last: Option<&str>) -> (Token, usize) {
    let bytes = rest.as_bytes();
    let follows = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let name = |from: usize| from + rest[from..].find(|c: char| !is_name(c)).unwrap_or(rest.len() - from);
    match bytes[0] {
        byte if byte.is_ascii_whitespace() => (Token::Space, 1),
        b'-' if follows(1, b'-') => (Token::Space, rest.find('\n').unwrap_or(rest.len())),
        b'/' if follows(1, b'*') => (Token::Space, rest.find("*/").map_or(rest.len(), |end| end + 2)),
        b'\'' => (Token::Value, quoted(rest, b'\'')),
        b'x' | b'X' if follows(1, b'\'') => (Token::Value, 1 + quoted(&rest[1..], b'\'')),
        quote @ (b'"' | b'`') => (Token::Word, quoted(rest, quote)),
        b'[' => (Token::Word, rest.find(']').map_or(rest.len(), |end| end + 1)),
        b'?' => (Token::Value, name(1)),
        b':' | b'@' | b'$' | b'#' if name(1) > 1 => (Token::Value, name(1)),
        b'0'..=b'9' => (Token::Value, number(rest)),
        b'.' if bytes.get(1).is_some_and(u8::is_ascii_digit) && !last.is_some_and(ends_in_name) => {
            (Token::Value, number(rest))
        }
        _ if rest.starts_with(is_name) => (Token::Word, name(0)),
        _ => (Token::Word, rest.chars().next().map_or(1, char::len_utf8)),
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

fn ends_in_name(word: &str) -> bool {
    word.ends_with(|c: char| is_name(c) || matches!(c, '"' | '`' | ']'))
}

/// The length of what stands in quotes, with them; two of them are one within.
fn quoted(rest: &str, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] == quote {
            true if bytes.get(at + 1) == Some(&quote) => at += 2,
            true => return at + 1,
            false => at += 1,
        }
    }
    bytes.len()
}

/// The length of a number, with a sign of its exponent.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_hex = rest.len() > 2 && matches!(&bytes[..2], b"0x" | b"0X");
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        let is_sign = matches!(byte, b'+' | b'-') && matches!(bytes[at - 1], b'e' | b'E') && !is_hex;
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || is_sign) {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_differ_in_values_are_alike() {
        for (sql, expected) in [
            ("select 1", "select ?"),
            ("select 1.5e-3, .5, 0x1f, -2", "select ?, -?"),
            ("insert into t values (1,'a'),(2,'b')", "insert into t values (?)"),
            ("insert into t(a,b) values (:a, @b)", "insert into t(a,b) values (?)"),
            (
                "select t1.a1, \"x y\", [z'], `q` from t1 /* 'c' */ where a = ?12;",
                "select t1.a1, \"x y\", [z'], `q` from t1 where a = ?",
            ),
            ("select 'not closed", "select ?"),
            ("PRAGMA  user_version=7\n", "PRAGMA user_version=?"),
            ("", ""),
            ("select 'ä', ä.ö", "select ?, ä.ö"),
        ] {
            assert_eq!(normalized(sql), expected, "{sql}");
        }
    }
}
