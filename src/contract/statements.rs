//! A text of SQL as its statements, told apart without SQLite: every build must be given the same ones, also those
//! that it cannot parse.

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// From its first word on, without the semicolon.
    pub sql: &'a str,
    /// Where it begins, in bytes from the start of the text.
    pub start: usize,
}

/// The statements of a text, in order. What stands between them, spaces and comments, belongs to none; a last one
/// needs no semicolon. A semicolon inside a trigger ends no statement, by the rules of
/// <https://sqlite.org/c3ref/complete.html>.
pub fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let mut state = State::Start;
    let (mut at, mut start) = (0, None);
    while at < text.len() {
        let (token, length) = token(&text[at..]);
        let before = state;
        state = state.after(token);
        if start.is_none() && !matches!(token, Token::Space | Token::Semicolon) {
            start = Some(at);
        }
        if state == State::Start
            && before != State::Start
            && let Some(start) = start.take()
        {
            found.push(Statement { sql: text[start..at].trim_end(), start });
        }
        at += length;
    }
    found.extend(start.map(|start| Statement { sql: text[start..].trim_end(), start }));
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Semicolon,
    /// Also a comment.
    Space,
    Explain,
    Create,
    Temp,
    Trigger,
    End,
    Other,
}

/// How far a statement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Normal,
    Explain,
    Create,
    Trigger,
    /// In a trigger, after a semicolon.
    TriggerSemicolon,
    /// In a trigger, after `; END`.
    TriggerEnd,
}

impl State {
    fn after(self, token: Token) -> Self {
        match (self, token) {
            (same, Token::Space) => same,
            (Self::Trigger | Self::TriggerSemicolon, Token::Semicolon) => Self::TriggerSemicolon,
            (Self::TriggerSemicolon, Token::End) => Self::TriggerEnd,
            (Self::TriggerEnd, Token::Semicolon) => Self::Start,
            (Self::Trigger | Self::TriggerSemicolon | Self::TriggerEnd, _) => Self::Trigger,
            (_, Token::Semicolon) => Self::Start,
            (Self::Start, Token::Explain) => Self::Explain,
            (Self::Start | Self::Explain, Token::Create) => Self::Create,
            // `EXPLAIN QUERY PLAN CREATE …`
            (Self::Explain, Token::Other) => Self::Explain,
            (Self::Create, Token::Temp) => Self::Create,
            (Self::Create, Token::Trigger) => Self::Trigger,
            _ => Self::Normal,
        }
    }
}

/// The first token of a text that is not empty, and its length in bytes.
fn token(text: &str) -> (Token, usize) {
    let closed_by =
        |close: &str, from: usize| text[from..].find(close).map_or(text.len(), |at| from + at + close.len());
    match text.as_bytes()[0] {
        b';' => (Token::Semicolon, 1),
        b' ' | b'\t' | b'\n' | b'\r' | 0x0c => (Token::Space, 1),
        b'-' if text.starts_with("--") => (Token::Space, closed_by("\n", 2)),
        b'/' if text.starts_with("/*") => (Token::Space, closed_by("*/", 2)),
        // A doubled quote is the end of one literal and the beginning of the next.
        quote @ (b'\'' | b'"' | b'`') => {
            (Token::Other, closed_by(char::from(quote).encode_utf8(&mut [0]), 1))
        }
        b'[' => (Token::Other, closed_by("]", 1)),
        _ => word(text),
    }
}

/// The tokens of a text, spaces and comments among them.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let length = (!rest.is_empty()).then(|| token_length(rest))?;
        let (token, after) = rest.split_at(length);
        rest = after;
        Some(token)
    })
}

/// How many bytes the first token of a text has, which is not empty. Numbers, blobs and texts with quotes in them are
/// one token each.
pub(crate) fn token_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes[0] {
        b'0'..=b'9' => {
            text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(text.len())
        }
        b'x' | b'X' if bytes.get(1) == Some(&b'\'') => 1 + token_length(&text[1..]),
        quote @ (b'\'' | b'"') => {
            let mut length = token(text).1;
            while bytes.get(length) == Some(&quote) {
                length += token(&text[length..]).1;
            }
            length
        }
        _ => OPERATORS.iter().find(|it| text.starts_with(**it)).map_or_else(|| token(text).1, |it| it.len()),
    }
}

/// Operators of several signs, the longer ones before those that they begin with.
const OPERATORS: [&str; 10] = ["->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "=="];

fn word(text: &str) -> (Token, usize) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let token = match text[..length].to_ascii_lowercase().as_str() {
        "explain" => Token::Explain,
        "create" => Token::Create,
        "temp" | "temporary" => Token::Temp,
        "trigger" => Token::Trigger,
        "end" => Token::End,
        _ => Token::Other,
    };
    (token, length.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        statements(text).into_iter().map(|statement| statement.sql).collect()
    }

    #[test]
    fn semicolons_end_statements_but_not_inside_quotes_and_comments() {
        let text =
            "SELECT ';', \"a;b\", [c;d], `e;f`, 'it''s;' -- no; end\n /* nor; here */ FROM t;\n;; SELECT 2";
        assert_eq!(split(text).len(), 2, "{:?}", split(text));
        assert_eq!(split(text)[1], "SELECT 2");
    }

    #[test]
    fn a_statement_begins_at_its_first_word() {
        let text = "-- first\nSELECT 1 ;\n/* é */\n  VALUES(2)\n;";
        let found = statements(text);
        assert_eq!(split(text), ["SELECT 1", "VALUES(2)"]);
        assert!(text[found[1].start..].starts_with("VALUES"));
    }

    #[test]
    fn a_trigger_is_one_statement() {
        let trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n SELECT CASE 1 WHEN 1 THEN 2 END;\n \
            DELETE FROM a; END";
        assert_eq!(split(&format!("{trigger};SELECT 1;")), [trigger, "SELECT 1"]);
        assert_eq!(
            split("EXPLAIN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; SELECT 2").len(),
            2
        );
    }

    #[test]
    fn a_transaction_is_no_trigger() {
        assert_eq!(
            split("BEGIN; CREATE TABLE trigger_log(a); END;"),
            ["BEGIN", "CREATE TABLE trigger_log(a)", "END"]
        );
    }

    #[test]
    fn what_is_never_closed_goes_to_the_end() {
        assert_eq!(split("SELECT 'a; SELECT 2;"), ["SELECT 'a; SELECT 2;"]);
        assert_eq!(split(" -- nothing"), [""; 0]);
    }
}
