//! The arguments of the verb `doubles`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ColumnAs, DbName, is_default};
use crate::contract::requires::OneOrMany;
pub use crate::outcome::floats::DoubleClass;

/// More doubles than this would fill the time until the deadline and tell no more.
const MOST: u64 = 100_000;
const DEFAULT_COUNT: u64 = 1000;
const DEFAULT_SEED: u64 = 1;

/// Doubles that are drawn from a seed and sent through SQL, each alone. Its outcome is how many came back as another
/// double than the one nearest to what was sent, how far the worst is away, and the first of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Doubles {
    /// The statement that each double goes through as `?1`. Its answer is the first column of its first row: a number,
    /// or a text that is judged by the double it means. Of a list every statement runs, and the last one returns.
    pub through: OneOrMany,
    /// Which doubles.
    pub class: DoubleClass,
    /// As what a double goes in.
    #[serde(default, skip_serializing_if = "is_default")]
    pub given: Given,
    #[serde(default = "default_count", skip_serializing_if = "is_default_count")]
    pub count: u64,
    #[serde(default = "default_seed", skip_serializing_if = "is_default_seed")]
    pub seed: u64,
    /// So many units in the last place away is no miss yet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ulps: u64,
    /// As what the answer is read: `value`, `double` or `text`.
    #[serde(default, rename = "as", skip_serializing_if = "is_default")]
    pub read_as: ColumnAs,
    #[serde(default, skip_serializing_if = "is_default")]
    pub db: DbName,
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

fn default_count() -> u64 {
    DEFAULT_COUNT
}

fn is_default_count(count: &u64) -> bool {
    *count == DEFAULT_COUNT
}

fn default_seed() -> u64 {
    DEFAULT_SEED
}

fn is_default_seed(seed: &u64) -> bool {
    *seed == DEFAULT_SEED
}
