//! The literals that programs are made of: edges of every type, and texts that functions read in a way of their own.

mod languages;
mod plain;

use crate::outcome::value::Value;
use languages::{BAD_PATH, DATE, DATE_FORMAT, FORMAT, JSON_TEXT, JSON5, MODIFIER, NOT_JSON, PATH, PATTERN};
use plain::{
    AMOUNT, BAD_TEXT, BLOB, EXPONENT, INFINITE, INTEGER, LARGE, LONG_REAL, LONG_TEXT, NUMERIC, OTHER_TEXT,
    REAL, SEPARATED, SIMPLE, TOO_LARGE, WORD, ZERO_BYTE,
};

/// A literal of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal {
    /// As SQL has it.
    pub text: &'static str,
    /// What sort of value it is, as a feature; empty for the simplest ones.
    pub class: &'static str,
}

/// Literals that may take the place of any expression, the simplest first.
pub(super) const SIMPLEST: [Literal; 7] =
    [of("NULL"), of("0"), of("1"), of("''"), of("'a'"), of("0.5"), of("x'61'")];

const fn of(text: &'static str) -> Literal {
    Literal { text, class: "" }
}

/// The literal of a value, and its class.
pub(super) fn literal_of(value: &Value) -> (String, &'static str) {
    match value {
        Value::Null => ("NULL".to_owned(), ""),
        Value::Integer(i64::MIN) => ("(-9223372036854775807 - 1)".to_owned(), LARGE.0),
        Value::Integer(n) => (n.to_string(), if n.unsigned_abs() < 1 << 31 { INTEGER.0 } else { LARGE.0 }),
        Value::Real(x) if x.is_infinite() => {
            (format!("{}9e999", if *x < 0.0 { "-" } else { "" }), INFINITE.0)
        }
        Value::Real(x) => (format!("{x:?}"), REAL.0),
        Value::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => (format!("'{}'", text.replace('\'', "''")), WORD.0),
            _ => (format!("CAST({} AS TEXT)", blob(bytes)), BAD_TEXT.0),
        },
        Value::Blob(bytes) => (blob(bytes), BLOB.0),
    }
}

fn blob(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}'")
}

/// The class of literals that are a language of their own: each is its own feature.
pub(super) const ITSELF: &str = "itself";

/// Literals of one class. Those that begin with `~` tell less than a function that is given them.
type Class = (&'static str, &'static [&'static str]);

/// What an argument is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Any,
    Number,
    Small,
    Text,
    Blob,
    Json,
    Path,
    Date,
    Modifier,
    DateFormat,
    Format,
    Pattern,
    Amount,
}

impl Sort {
    /// The sort with this letter in the table of functions.
    pub(super) fn of(letter: u8) -> Self {
        match letter {
            b'n' => Self::Number,
            b'i' => Self::Small,
            b't' => Self::Text,
            b'b' => Self::Blob,
            b'j' => Self::Json,
            b'p' => Self::Path,
            b'd' => Self::Date,
            b'm' => Self::Modifier,
            b's' => Self::DateFormat,
            b'f' => Self::Format,
            b'g' => Self::Pattern,
            _ => Self::Any,
        }
    }

    /// The classes of its literals.
    pub(super) fn classes(self) -> &'static [Class] {
        match self {
            Self::Any => ANY,
            Self::Number => NUMBERS,
            Self::Small => SMALL,
            Self::Text => TEXTS,
            Self::Blob => BLOBS,
            Self::Json => JSON,
            Self::Path => PATHS,
            Self::Date => DATES,
            Self::Modifier => MODIFIERS,
            Self::DateFormat => DATE_FORMATS,
            Self::Format => FORMATS,
            Self::Pattern => PATTERNS,
            Self::Amount => AMOUNTS,
        }
    }
}

const AMOUNTS: &[Class] = &[AMOUNT];
const NUMBERS: &[Class] = &[
    SIMPLE, INTEGER, LARGE, TOO_LARGE, REAL, AMOUNT, LONG_REAL, EXPONENT, INFINITE, NUMERIC, NUMERIC,
    SEPARATED,
];
const SMALL: &[Class] = &[SIMPLE, SIMPLE, INTEGER, LARGE];
const TEXTS: &[Class] = &[WORD, OTHER_TEXT, NUMERIC, ZERO_BYTE, BAD_TEXT, LONG_TEXT, BLOB, SIMPLE];
const BLOBS: &[Class] = &[BLOB, BLOB, WORD, SIMPLE];
const JSON: &[Class] = &[JSON_TEXT, JSON_TEXT, JSON5, NOT_JSON, BLOB, WORD, REAL];
const PATHS: &[Class] = &[PATH, PATH, PATH, BAD_PATH, SIMPLE];
const DATES: &[Class] = &[DATE, DATE, DATE, NUMERIC, REAL];
const MODIFIERS: &[Class] = &[MODIFIER];
const DATE_FORMATS: &[Class] = &[DATE_FORMAT];
const FORMATS: &[Class] = &[FORMAT];
const PATTERNS: &[Class] = &[PATTERN, PATTERN, WORD];
const ANY: &[Class] = &[
    SIMPLE, SIMPLE, INTEGER, LARGE, TOO_LARGE, REAL, LONG_REAL, EXPONENT, INFINITE, WORD, OTHER_TEXT,
    NUMERIC, ZERO_BYTE, BAD_TEXT, BLOB, JSON_TEXT, DATE,
];
