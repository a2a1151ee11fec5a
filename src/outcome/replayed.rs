//! What two runs of the same calls differ in, as the rows of a replay have it: the worker writes them, and analyses read them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shown::Shown;
use super::value::Value;

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The library died in a call.
    Crash,
    /// A call did not come back.
    Hang,
    /// The library has no such function.
    Missing,
    /// A value.
    Value,
    /// A value of a statement that draws at random: another build draws otherwise from the same beginning.
    Random,
    /// How many rows there are.
    Rows,
    /// The order of the same rows.
    Order,
    /// A call succeeds where it failed or fails where it succeeded, or fails with other words.
    Error,
    /// The code of an error.
    Code,
    /// A function of the program's is called with other arguments, or another number of times.
    CalledOtherwise,
    /// The plan of a statement. This and what follows is known of two replays alone: a trace says nothing of it.
    Plan,
    /// How much a statement does.
    Work,
    /// What is not given back.
    Leak,
    /// How much memory is held at once.
    Memory,
}

impl Kind {
    /// Every kind.
    const ALL: [Self; 14] = [
        Self::Crash,
        Self::Hang,
        Self::Missing,
        Self::Value,
        Self::Random,
        Self::Rows,
        Self::Order,
        Self::Error,
        Self::Code,
        Self::CalledOtherwise,
        Self::Plan,
        Self::Work,
        Self::Leak,
        Self::Memory,
    ];

    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Missing => "missing",
            Self::Value => "value",
            Self::Random => "random",
            Self::Rows => "rows",
            Self::Order => "order",
            Self::Error => "error",
            Self::Code => "code",
            Self::CalledOtherwise => "called otherwise",
            Self::Plan => "plan",
            Self::Work => "work",
            Self::Leak => "leak",
            Self::Memory => "memory",
        }
    }

    fn of(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words() == words)
    }
}

/// Calls that do something else than they did, and are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What is different.
    pub kind: Kind,
    /// The statement in its normal form, or the function.
    pub statement: String,
    /// How many calls.
    pub count: u64,
    /// The first of them: `call 12`, or `process 2, call 12`; of a value in one of several columns `call 12, column 3`.
    pub place: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

impl Difference {
    /// The row of a replay that says so.
    pub(crate) fn row(&self) -> Vec<Value> {
        let text = |text: &str| Value::text(text);
        vec![
            text(self.kind.words()),
            text(&self.statement),
            Value::Integer(i64::try_from(self.count).unwrap_or(i64::MAX)),
            text(&self.place),
            text(&self.old),
            text(&self.new),
        ]
    }

    /// The column of the value that differs, from 1, where the statement has several.
    pub(crate) fn column(&self) -> Option<u32> {
        column_of(&self.place)
    }

    /// Whether calls fail that did not.
    pub fn fails(&self) -> bool {
        let is_failure = |shown: &str| Shown::new(shown).is_failure();
        match self.kind {
            Kind::Crash | Kind::Hang | Kind::Missing => true,
            Kind::Error => is_failure(&self.new) && !is_failure(&self.old),
            _ => false,
        }
    }

    /// What such a row says; nothing of the rows of counts.
    pub(crate) fn read(row: &[Value]) -> Option<Self> {
        let [kind, statement, Value::Integer(count), place, old, new] = row else { return None };
        Some(Self {
            kind: Kind::of(&words(kind)?)?,
            statement: words(statement)?,
            count: u64::try_from(*count).ok()?,
            place: words(place)?,
            old: words(old)?,
            new: words(new)?,
        })
    }
}

/// The process and the call that such a place names, each from 0 and 1.
pub(crate) fn place_of(words: &str) -> Option<(u32, u64)> {
    let words = words.split_once(COLUMN).map_or(words, |(place, _)| place);
    let (process, call) = words.split_once(", ").unwrap_or(("process 1", words));
    let process: u32 = process.strip_prefix("process ")?.parse().ok()?;
    Some((process.checked_sub(1)?, call.strip_prefix("call ")?.parse().ok()?))
}

/// What stands between a place and the number of the column there.
const COLUMN: &str = ", column ";

/// A place with the column of the value there, from 1.
pub(crate) fn with_column(place: &str, column: u32) -> String {
    format!("{place}{COLUMN}{column}")
}

/// The column that such a place names.
pub(crate) fn column_of(place: &str) -> Option<u32> {
    place.split_once(COLUMN)?.1.parse().ok()
}

/// The first word of the row of counts, and the one before the number of calls that do something else.
pub(crate) const CALLS: &str = "calls";
pub(crate) const DIFFER: &str = "differ";
/// How a row begins that counts calls that could not be made; the reason is behind it.
pub(crate) const NOT_MADE: &str = "not made: ";

/// The first word of the row that counts differences of more groups than are told apart.
pub(crate) const BEYOND: &str = "differences in groups that are not told apart";

/// How many calls do something else, by the row of counts as transcripts show it, `("calls", 7, "same", 7, "differ", 0)`; nothing
/// of other rows.
pub fn differing(row: &str) -> Option<u64> {
    let counts = row.strip_prefix(&format!("(\"{CALLS}\", "))?.strip_suffix(')')?;
    counts.rsplit_once(&format!("\"{DIFFER}\", "))?.1.parse().ok()
}

/// Whether a row as transcripts show it counts calls that could not be made.
pub fn counts_not_made(row: &str) -> bool {
    row.starts_with(&format!("(\"{NOT_MADE}"))
}

/// What a row of memory says of a statement that was there when its process ended.
pub(crate) const NEVER_FINALIZED: &str = "never finalized";
/// What a row of memory says of the most that SQLite held at any time.
pub(crate) const AT_MOST: &str = "bytes at most";

/// The text of a value that is one.
pub(crate) fn words(value: &Value) -> Option<String> {
    match value {
        Value::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_process_and_a_call() {
        assert_eq!(place_of("call 1204"), Some((0, 1204)));
        assert_eq!(place_of("process 2, call 7"), Some((1, 7)));
        assert_eq!(place_of("process 0, call 7"), None);
        assert_eq!(place_of("somewhere"), None);
        assert_eq!(place_of(&with_column("process 2, call 7", 3)), Some((1, 7)));
        assert_eq!((column_of("call 7, column 3"), column_of("call 7")), (Some(3), None));
    }

    #[test]
    fn a_difference_is_read_from_its_row() {
        for kind in Kind::ALL {
            let difference = Difference {
                kind,
                statement: "SELECT round(?)".to_owned(),
                count: 2,
                place: "call 7".to_owned(),
                old: "0.29".to_owned(),
                new: "0.28".to_owned(),
            };
            assert_eq!(Difference::read(&difference.row()), Some(difference));
        }
        assert_eq!(Difference::read(&[Value::text("not compared"), Value::Integer(3)]), None);
        let counts = ["calls", "same", "differ"];
        let row: Vec<Value> = counts.iter().flat_map(|it| [Value::text(it), Value::Integer(1)]).collect();
        assert_eq!(Difference::read(&row), None);
    }
}
