//! Promises that cannot be meant.

use regex::Regex;

use super::judge::pattern;
use super::{Expect, FLAT};
use crate::contract::literal::Literal;
use crate::contract::verb::Kind;
use crate::outcome::sqlite_names::{code_names, code_number};

/// What is wrong with an expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, in the words of a message.
    pub message: String,
    /// The word that it is about; empty where it is about the whole.
    pub word: String,
    /// What the word could have been.
    pub known: Vec<&'static str>,
}

impl Mistake {
    fn of_all(message: &str) -> Self {
        Self { message: message.to_owned(), word: String::new(), known: Vec::new() }
    }
}

impl Expect {
    /// What is wrong with this expectation for a step of this kind.
    pub fn mistake(&self, kind: Kind) -> Option<Mistake> {
        match (self, kind) {
            (_, Kind::Records) => {
                Some(Mistake::of_all("records say themselves what they return: leave `expect` out"))
            }
            (Self::Error { error, message }, _) => {
                code(error).or_else(|| message.as_deref().and_then(expression))
            }
            (Self::Refused(words), _) => expression(words),
            (Self::OneOf(options), _) => options.iter().find_map(|option| option.mistake(kind)),
            (Self::Scalar(literal), _) => scalar(literal, kind),
            (Self::Near { .. }, Kind::Code | Kind::Row) => Some(no_code()),
            (Self::Near { .. }, Kind::Quantity | Kind::Growth | Kind::Counts | Kind::Sweep) => {
                Some(Mistake::of_all("this step counts: expect a number or \"<= 5\""))
            }
            (Self::Rows(_), Kind::Code | Kind::Value | Kind::Quantity | Kind::Growth | Kind::Sweep) => {
                Some(Mistake::of_all("this step gives no rows, but a list is expected"))
            }
            (Self::Unordered(_), kind) if !matches!(kind, Kind::Rows | Kind::Counts) => {
                Some(Mistake::of_all("this step gives no rows that could come in another order"))
            }
            (Self::Unordered(_), _)
            | (Self::Rows(_), Kind::Row | Kind::Rows | Kind::Counts)
            | (Self::Near { .. }, Kind::Rows | Kind::Value)
            | (Self::Missing(_), _) => None,
        }
    }
}

fn scalar(literal: &Literal, kind: Kind) -> Option<Mistake> {
    let Some(text) = literal.text() else {
        return matches!(kind, Kind::Code | Kind::Row).then(no_code);
    };
    let (message, known) = match kind {
        Kind::Code | Kind::Row => return code(&text),
        Kind::Rows | Kind::Value | Kind::Counts => return None,
        _ if literal.bound().is_some() => return None,
        Kind::Records => return None,
        Kind::Growth if literal.is_flat() => return None,
        Kind::Growth => {
            (format!("`{text}` says nothing of growth: write `flat`, \"<= 16\" or a number"), vec![FLAT])
        }
        Kind::Quantity | Kind::Sweep => {
            (format!("`{text}` is no comparison: write \"<= 65536\" or a number"), Vec::new())
        }
    };
    Some(Mistake { message, word: text.into_owned(), known })
}

fn no_code() -> Mistake {
    Mistake::of_all("this step answers a result code: expect OK, BUSY, …")
}

/// What is wrong with the name of a result code.
fn code(name: &str) -> Option<Mistake> {
    if code_number(name).is_some() {
        return None;
    }
    let bare = name.strip_prefix("SQLITE_").filter(|bare| code_number(bare).is_some());
    let message = match bare {
        Some(_) => format!("`{name}`: result codes are named without `SQLITE_`"),
        None => format!("unknown result code `{name}`"),
    };
    let known = code_names().filter(|known| bare.is_none_or(|bare| bare == *known)).collect();
    Some(Mistake { message, word: name.to_owned(), known })
}

/// What is wrong with a message that is a regular expression.
fn expression(message: &str) -> Option<Mistake> {
    let error = Regex::new(pattern(message)?).err()?;
    let wrong = format!("`{message}` is no regular expression: {error}");
    Some(Mistake { message: wrong, word: message.to_owned(), known: Vec::new() })
}
