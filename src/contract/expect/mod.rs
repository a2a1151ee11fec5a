//! What a step promises.

mod judge;
mod mistake;
mod written;

use std::borrow::Cow;
use std::fmt;

pub use self::mistake::Mistake;
use super::comparison::Bound;
use super::literal::Literal;
use super::verb::Kind;
use crate::outcome::sqlite_names::code_number;
use crate::outcome::value::Value;

/// `expect:` of a step, as written. What it means depends on the kind of the step's outcome.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// `OK`, `BUSY`, `34.78`, `"<= 65536"`
    Scalar(Literal),
    /// `[1, "a"]`: a row for `step`; one-column rows for `query`. `[[1, "a"], [2, null]]`: rows.
    Rows(Vec<Vec<Literal>>),
    /// `{unordered: [[1, "a"], [2, null]]}`: these rows, in any order.
    Unordered(Vec<Vec<Literal>>),
    /// `{error: CONSTRAINT_UNIQUE, message: "/UNIQUE/"}`
    Error {
        /// The name of the result code.
        error: String,
        /// The message itself, or a regular expression between slashes.
        message: Option<String>,
    },
    /// `{missing: sqlite3_prepare_v3}`
    Missing(String),
    /// `{refused: "/out of range/"}`: the driver itself would not do it, in these words.
    Refused(String),
    /// `{near: 0.3, ulps: 1}`: a real so many doubles away at most.
    Near {
        /// The real.
        near: f64,
        /// How far away the outcome may be, in units in the last place.
        ulps: u64,
    },
    /// `{one_of: [OK, BUSY]}`
    OneOf(Vec<Expect>),
}

/// What is expected of a growth that is none.
const FLAT: &str = "flat";

impl Literal {
    fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Value(Value::Text(text)) => Some(String::from_utf8_lossy(text)),
            _ => None,
        }
    }

    fn is_flat(&self) -> bool {
        self.text().is_some_and(|text| text == FLAT)
    }

    /// What a number must be, where it is `"<= 65536"`.
    fn bound(&self) -> Option<Bound> {
        Bound::parse(&self.text()?)
    }

    fn is_code(&self) -> bool {
        self.text().is_some_and(|text| code_number(&text).is_some())
    }
}

impl Expect {
    /// The promise in words. Where no code is answered, a code's name is a text like any other.
    pub fn describe(&self, kind: Kind) -> String {
        match (self, kind) {
            (Self::Scalar(literal), Kind::Growth) if literal.is_flat() => FLAT.to_owned(),
            (Self::Scalar(literal), Kind::Rows | Kind::Counts | Kind::Value) if literal.bound().is_none() => {
                literal.to_string()
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |items: Vec<String>, separator: &str| items.join(separator);
        match self {
            Self::Scalar(literal) if literal.is_code() || literal.bound().is_some() => {
                f.write_str(&literal.text().unwrap_or_default())
            }
            Self::Scalar(literal) => write!(f, "{literal}"),
            Self::Rows(rows) => f.write_str(&shown(rows)),
            Self::Unordered(rows) => write!(f, "in any order: {}", shown(rows)),
            Self::Error { error, message: None } => f.write_str(error),
            Self::Error { error, message: Some(message) } => write!(f, "{error}: {message}"),
            Self::Missing(function) => write!(f, "missing {function}"),
            Self::Refused(words) => write!(f, "refused: {words}"),
            Self::Near { near, ulps: 1 } => write!(f, "{near:?} or a neighbour of it"),
            Self::Near { near, ulps } => write!(f, "{near:?} up to {ulps} ulps off"),
            Self::OneOf(options) => {
                write!(f, "one of {}", joined(options.iter().map(Self::to_string).collect(), ", "))
            }
        }
    }
}

/// Rows as outcomes show them.
fn shown(rows: &[Vec<Literal>]) -> String {
    let joined = |row: &[Literal]| row.iter().map(Literal::to_string).collect::<Vec<_>>().join(", ");
    let row = |row: &Vec<Literal>| if row.len() == 1 { joined(row) } else { format!("({})", joined(row)) };
    match rows {
        [] => "no rows".to_owned(),
        rows => rows.iter().map(row).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;
    use crate::outcome::growth::Growth;
    use crate::outcome::latency::Latency;

    fn expect(yaml: &str) -> Expect {
        serde_yaml::from_str(yaml).unwrap()
    }

    #[test]
    fn codes_cover_their_extended_codes_but_not_the_other_way_round() {
        let snapshot = Outcome::Error { code: 517, message: None };
        let busy = Outcome::Error { code: 5, message: None };
        assert!(expect("BUSY").holds(Kind::Code, &snapshot));
        assert!(expect("BUSY_SNAPSHOT").holds(Kind::Code, &snapshot));
        assert!(!expect("BUSY_SNAPSHOT").holds(Kind::Code, &busy));
        assert!(!expect("OK").holds(Kind::Code, &busy));
        assert!(expect("ROW").holds(Kind::Row, &Outcome::Row(vec![])));
    }

    #[test]
    fn values_are_compared_by_type_and_bits() {
        let rows = |value| Outcome::Rows(vec![vec![value]]);
        assert!(expect("34.78").holds(Kind::Rows, &rows(Value::Real(34.78))));
        assert!(!expect("34").holds(Kind::Rows, &rows(Value::Real(34.0))));
        assert!(expect(r#""34""#).holds(Kind::Rows, &rows(Value::text("34"))));
        assert!(expect(r#""<= 35""#).holds(Kind::Rows, &rows(Value::Real(34.0))));
        assert!(expect("~").holds(Kind::Rows, &rows(Value::Null)));
    }

    #[test]
    fn rows_and_a_row() {
        let row = vec![Value::Integer(1), Value::text("a")];
        assert!(expect("[[1, a]]").holds(Kind::Rows, &Outcome::Rows(vec![row.clone()])));
        assert!(expect("[1, a]").holds(Kind::Row, &Outcome::Row(row.clone())));
        assert!(!expect("[1, a]").holds(Kind::Rows, &Outcome::Rows(vec![row])));
        assert!(expect("[]").holds(Kind::Rows, &Outcome::Rows(vec![])));
    }

    #[test]
    fn rows_may_be_promised_without_their_order() {
        let rows = |numbers: &[i64]| {
            Outcome::Rows(numbers.iter().map(|n| vec![Value::Integer(*n), Value::text("a")]).collect())
        };
        let unordered = expect("{unordered: [[2, a], [1, a], [1, a]]}");
        assert!(unordered.holds(Kind::Rows, &rows(&[1, 2, 1])));
        assert!(
            !unordered.holds(Kind::Rows, &rows(&[1, 2, 2])) && !unordered.holds(Kind::Rows, &rows(&[1, 2]))
        );
        assert!(expect("{unordered: [1]}").holds(Kind::Rows, &Outcome::Rows(vec![vec![Value::Integer(1)]])));
        assert!(unordered.mistake(Kind::Row).is_some() && unordered.mistake(Kind::Rows).is_none());
        assert_eq!(unordered.describe(Kind::Rows), "in any order: (2, \"a\"), (1, \"a\"), (1, \"a\")");
    }

    #[test]
    fn messages_are_exact_or_patterns() {
        let error = Outcome::Error { code: 1, message: Some("no such table: t".to_owned()) };
        assert!(expect(r#"{error: ERROR, message: "/no such/"}"#).holds(Kind::Code, &error));
        assert!(!expect(r#"{error: ERROR, message: "no such"}"#).holds(Kind::Code, &error));
    }

    #[test]
    fn a_real_may_be_promised_up_to_its_last_bits() {
        let near = expect("{near: 0.3, ulps: 1}");
        let holds = |value| near.holds(Kind::Rows, &Outcome::Rows(vec![vec![value]]));
        assert!(holds(Value::Real(0.1 + 0.2)));
        assert!(holds(Value::Real(0.3)));
        assert!(!holds(Value::Real(0.1 + 0.2 + 1e-16)));
        assert!(!holds(Value::Integer(0)));
        assert!(near.mistake(Kind::Code).is_some());
    }

    #[test]
    fn a_promise_that_cannot_be_meant_is_a_mistake() {
        let Mistake { message, word, .. } = expect("BSUY").mistake(Kind::Code).unwrap();
        assert_eq!((message.as_str(), word.as_str()), ("unknown result code `BSUY`", "BSUY"));
        assert!(expect("[1]").mistake(Kind::Code).is_some());
        assert!(expect("anything").mistake(Kind::Rows).is_none());
        assert!(expect(r#""<= lots""#).mistake(Kind::Quantity).is_some());
        assert!(expect("flat").mistake(Kind::Quantity).is_some());
        assert!(expect("falt").mistake(Kind::Growth).is_some());
        assert!(expect("flat").mistake(Kind::Growth).is_none());
    }

    #[test]
    fn a_growth_is_flat_or_a_number() {
        let growth = |slope| Outcome::Growth {
            growth: Growth { slope, samples: Vec::new() },
            latency: Latency::default(),
        };
        let growing = growth(0.5);
        assert!(expect("0").holds(Kind::Growth, &growing));
        assert!(expect(r#""<= 0""#).holds(Kind::Growth, &growing));
        assert!(!expect("flat").holds(Kind::Growth, &growing));
        let flat = growth(0.0);
        assert!(expect("flat").holds(Kind::Growth, &flat));
        assert_eq!(expect("flat").describe(Kind::Growth), "flat");
    }
}
