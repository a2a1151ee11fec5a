//! The arguments of the verbs that refuse allocations and limit memory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::brief::{FromBrief, Written};
use super::step::Step;

fn is_false(value: &bool) -> bool {
    !value
}

/// Which allocation fails, counted from 1 from this step on; 0 and null let none fail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailAllocation {
    pub at: u64,
    /// Every allocation from there on fails, not that one alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub persistent: bool,
}

impl FromBrief for FailAllocation {
    const FORMS: &'static [&'static str] = &["null", "integer"];

    fn from_brief(written: Written) -> Option<Self> {
        let at = match written {
            Written::Nothing => 0,
            Written::Integer(at) => u64::try_from(at).ok()?,
            _ => return None,
        };
        Some(Self { at, persistent: false })
    }
}

/// Steps to run for every n with their n-th allocation failing, until they run through without a failure. Each run
/// begins without handles and with the files that were there before; each of its steps succeeds, keeps its
/// `expect` or answers NOMEM or IOERR_NOMEM; when its handles are closed, nothing may be left in memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    pub steps: Vec<Step>,
    /// Steps after each run, when memory is there again: what must still work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Step>,
    /// `true`: every allocation from the n-th on fails; `false`: that one alone; left out: one sweep of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistent: Option<bool>,
    /// The last n, where not all are needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

/// Steps whose least memory is searched, and where. Each try begins without handles and with the files that were
/// there before; it works when every step succeeds or keeps its `expect`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeastMemory {
    /// The least and the greatest limit to try, in bytes.
    pub between: [u64; 2],
    /// How exact the answer is, in bytes.
    #[serde(default = "default_resolution", skip_serializing_if = "is_default_resolution")]
    pub resolution: u64,
    #[serde(default, skip_serializing_if = "LimitedBy::is_default")]
    pub by: LimitedBy,
    pub steps: Vec<Step>,
}

fn default_resolution() -> u64 {
    1024
}

fn is_default_resolution(bytes: &u64) -> bool {
    *bytes == default_resolution()
}

/// What refuses memory beyond the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitedBy {
    /// `sqlite3_hard_heap_limit64`, from 3.31.0 on.
    #[default]
    HardHeapLimit,
    /// The counting allocator, on every build.
    Allocator,
}

impl LimitedBy {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
