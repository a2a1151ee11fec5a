//! Doubles drawn from a seed, and whether they survive a round trip through SQLite.
//!
//! The reference is Rust: its parsing of digits is
//! [correctly rounded](https://doc.rust-lang.org/std/primitive.f64.html#impl-FromStr-for-f64) and its output is the
//! shortest that parses to the same double.

mod draw;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::draw::DoubleClass;
pub(crate) use self::draw::{Drawn, draw};
use crate::outcome::value::{Value, ulps};

/// At most this many misses are shown; the others are only counted.
const SHOWN: usize = 3;

/// How many doubles came back as something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Misses {
    /// How many were sent.
    pub sent: u64,
    /// How many came back as something else.
    pub missed: u64,
    /// The worst of them.
    farthest: Distance,
    /// The first of them, as they are shown.
    first: Vec<Miss>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Miss {
    given: String,
    came: String,
    distance: Distance,
}

/// The distance from the double that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Distance {
    /// In units in the last place: 1 is the neighbouring double.
    Ulps(u64),
    /// NULL, a blob, a text that is not a number, an integer that no double equals, or no row.
    NoDouble,
}

impl Misses {
    /// Nothing sent yet.
    pub(crate) fn none() -> Self {
        Self { sent: 0, missed: 0, farthest: Distance::Ulps(0), first: Vec::new() }
    }

    /// Compares one double with the value that came back, `None` for no row: more than `within` ulps away is a miss.
    pub(crate) fn judge(&mut self, sent: &Drawn, came: Option<&Value>, within: u64) {
        self.sent += 1;
        let distance = came.map_or(Distance::NoDouble, |came| Distance::between(sent.double, came));
        if distance <= Distance::Ulps(within) {
            return;
        }
        self.missed += 1;
        self.farthest = self.farthest.max(distance);
        if self.first.len() < SHOWN {
            let came = came.map_or_else(|| "no row".to_owned(), Value::to_string);
            self.first.push(Miss { given: sent.digits.clone(), came, distance });
        }
    }
}

impl Distance {
    fn between(sent: f64, came: &Value) -> Self {
        number(came).and_then(|came| ulps(sent, came)).map_or(Self::NoDouble, Self::Ulps)
    }
}

/// The double that a value is, or that its text denotes.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Real(x) => Some(*x),
        Value::Integer(n) => Some(*n as f64).filter(|x| *x as i128 == i128::from(*n)),
        Value::Text(text) => str::from_utf8(text).ok()?.parse().ok(),
        Value::Null | Value::Blob(_) => None,
    }
}

impl fmt::Display for Misses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} missed", self.missed, self.sent)?;
        if self.missed == 0 {
            return Ok(());
        }
        match self.farthest {
            Distance::NoDouble => f.write_str(", not all by a double: ")?,
            ulps => write!(f, " by up to {ulps}: ")?,
        }
        let shown: Vec<String> = self.first.iter().map(Miss::to_string).collect();
        f.write_str(&shown.join(", "))?;
        f.write_str(if self.missed > SHOWN as u64 { ", …" } else { "" })
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.given, self.came)?;
        match self.distance {
            Distance::NoDouble => Ok(()),
            ulps => write!(f, " ({ulps})"),
        }
    }
}

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ulps(1) => f.write_str("1 ulp"),
            Self::Ulps(n) => write!(f, "{n} ulps"),
            Self::NoDouble => f.write_str("no double"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(sent: &str, came: Option<Value>, within: u64) -> String {
        let mut misses = Misses::none();
        misses.judge(&Drawn::of(sent.to_owned()), came.as_ref(), within);
        misses.to_string()
    }

    #[test]
    fn the_same_double_in_any_form_is_no_miss() {
        for came in [Value::Real(1e15), Value::Integer(1_000_000_000_000_000), Value::text("1.0e+15")] {
            assert_eq!(judged("1e15", Some(came), 0), "0 of 1 missed");
        }
        assert_eq!(judged("1e999", Some(Value::text("Inf")), 0), "0 of 1 missed");
    }

    #[test]
    fn a_miss_says_what_was_given_what_came_and_how_far_that_is() {
        let near = Value::Real(f64::from_bits(1.43e267_f64.to_bits() - 1));
        assert_eq!(
            judged("1.43e267", Some(near.clone()), 0),
            "1 of 1 missed by up to 1 ulp: 1.43e267 → 1.4299999999999998e267 (1 ulp)"
        );
        assert_eq!(judged("1.43e267", Some(near), 1), "0 of 1 missed");
        assert_eq!(
            judged("-0e0", Some(Value::Integer(0)), 0),
            "1 of 1 missed by up to 1 ulp: -0e0 → 0 (1 ulp)"
        );
    }

    #[test]
    fn what_is_no_double_is_a_miss_at_any_distance() {
        let beyond = Value::Integer(9_007_199_254_740_993);
        for came in [None, Some(Value::Null), Some(Value::text("[0.1]")), Some(beyond)] {
            let shown = judged("9007199254740992.0", came, u64::MAX);
            assert!(
                shown.starts_with("1 of 1 missed, not all by a double: 9007199254740992.0 → "),
                "{shown}"
            );
        }
    }

    #[test]
    fn of_many_misses_the_first_are_shown() {
        let mut misses = Misses::none();
        for _ in 0..5 {
            misses.judge(&Drawn::of("0.5".to_owned()), Some(&Value::Real(0.25)), 0);
        }
        assert!(misses.to_string().ends_with("0.5 → 0.25 (4503599627370496 ulps), …"), "{misses}");
        assert_eq!(misses.to_string().matches('→').count(), SHOWN);
    }
}
