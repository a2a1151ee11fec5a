//! The arguments of the verb `doubles`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ColumnAs, DbName, arguments, is_default, is_usual, usual};
use crate::contract::requires::OneOrMany;
pub use crate::outcome::floats::DoubleClass;

/// More doubles than this would fill the time until the deadline and tell no more.
const MOST: u64 = 100_000;

arguments! {
    /// Doubles that are drawn from a seed and sent through SQL, each alone.
    Doubles {
        /// The statement that each double goes through as `?1`. What it returns is the first column of its first row: a
        /// number, or a text that is judged by the double it means. Of a list every statement runs, and the last one
        /// returns.
        through: OneOrMany,
        /// Which doubles.
        class: DoubleClass,
        /// As what a double goes in; `real` when left out.
        #[serde(default, skip_serializing_if = "is_default")]
        given: Given,
        /// How many doubles.
        #[serde(default = "usual::<u64, 1000>", skip_serializing_if = "is_usual::<_, 1000>")]
        count: u64 = 1000,
        /// What they are drawn from: the same seed gives the same doubles.
        #[serde(default = "usual::<u64, 1>", skip_serializing_if = "is_usual::<_, 1>")]
        seed: u64 = 1,
    } optional {
        /// At most so many units in the last place away is no miss yet.
        ulps: u64,
        /// As what the result is read: `value` (when left out), `double` or `text`.
        #[serde(rename = "as")]
        read_as: ColumnAs,
        /// The connection.
        db: DbName,
    }
}

/// As what a double goes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// Bound by `sqlite3_bind_double`.
    #[default]
    Real,
    /// Its digits, bound by `sqlite3_bind_text`.
    Text,
    /// Its digits, written into the SQL in the place of `?1`.
    Literal,
}

impl Doubles {
    /// What is wrong with arguments that are each well formed: the word it is about, and the message.
    pub(in crate::contract) fn mistake(&self) -> Option<(&'static str, String)> {
        let reads = matches!(self.read_as, ColumnAs::Value | ColumnAs::Double | ColumnAs::Text);
        if !self.through.iter().any(|sql| sql.contains("?1")) {
            Some(("through", "no statement has `?1`: no double would go through".to_owned()))
        } else if !(1..=MOST).contains(&self.count) {
            Some(("count", format!("`count` is from 1 to {MOST}")))
        } else if !reads {
            Some(("as", "an answer is read as `value`, `double` or `text`".to_owned()))
        } else {
            None
        }
    }
}
