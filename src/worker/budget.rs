//! How much a case may use. No contract of the catalogue comes near; a stranger's is stopped before it fills the machine.
//!
//! Only whoever runs contracts can allow more: a contract that sets its own limits has none.

use serde::{Deserialize, Serialize};

use crate::diagnostic::numbers::thousands;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Names limits that are not to be the usual ones: `rows=200000,file=1GiB`.
pub const VARIABLE: &str = "SQLITE_CONTRACTS_BUDGET";

/// A part of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Rows of one outcome.
    Rows,
    /// Bytes of one outcome.
    Outcome,
    /// Bytes of one file.
    File,
    /// Bytes of all files of a case, also of those without a name.
    Files,
    /// Bytes of memory that a worker takes.
    Memory,
}

impl Limit {
    const ALL: [Self; 5] = [Self::Rows, Self::Outcome, Self::File, Self::Files, Self::Memory];

    fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Outcome => "outcome",
            Self::File => "file",
            Self::Files => "files",
            Self::Memory => "memory",
        }
    }

    fn example(self) -> &'static str {
        if self == Self::Rows { "200000" } else { "2GiB" }
    }

    fn usual(self) -> u64 {
        match self {
            Self::Rows => 100_000,
            Self::Outcome => 64 << 20,
            Self::File => 256 << 20,
            Self::Files => 512 << 20,
            Self::Memory => 2 << 30,
        }
    }
}

/// A limit for each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget([u64; Limit::ALL.len()]);

impl Default for Budget {
    fn default() -> Self {
        Self(Limit::ALL.map(Limit::usual))
    }
}

impl Budget {
    /// The usual limits, but for those that [`VARIABLE`] names.
    ///
    /// # Errors
    /// What is wrong with the variable.
    pub fn of_environment() -> Result<Self, Diagnostics> {
        let text = std::env::var_os(VARIABLE).unwrap_or_default();
        Self::default()
            .with(&text.to_string_lossy())
            .map_err(|message| Diagnostic::of_variable(VARIABLE, &text, message).into())
    }

    /// These limits, but for those that a text such as `rows=200000,file=1GiB` names.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn with(mut self, text: &str) -> Result<Self, String> {
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let (name, number) = part.split_once('=').ok_or_else(|| format!("`{part}` has no `=`"))?;
            let name = name.trim();
            let limit =
                Limit::ALL.into_iter().find(|limit| limit.name() == name).ok_or_else(|| unknown(name))?;
            self.0[limit as usize] = size(number.trim()).ok_or_else(|| {
                format!("`{number}` is not a limit for `{name}`, such as `{}`", limit.example())
            })?;
        }
        Ok(self)
    }

    /// These limits, but for one of them.
    pub fn allowing(mut self, limit: Limit, most: u64) -> Self {
        self.0[limit as usize] = most;
        self
    }

    /// The limit of this part.
    pub fn of(&self, limit: Limit) -> u64 {
        self.0[limit as usize]
    }

    /// Says that a case needs more than a limit, and how it gets more.
    pub(crate) fn exceeded(&self, limit: Limit) -> String {
        let most = self.of(limit);
        let what = match limit {
            Limit::Rows => format!("{} rows of an outcome", thousands(most.try_into().unwrap_or(i64::MAX))),
            Limit::Outcome => format!("{} of an outcome", shown(most)),
            Limit::File => format!("{} in a file", shown(most)),
            Limit::Files => format!("{} in files", shown(most)),
            Limit::Memory => format!("{} of memory", shown(most)),
        };
        format!("more than {what} ({VARIABLE}={}=… allows more)", limit.name())
    }

    /// What an outcome exceeds.
    pub(super) fn exceeded_by(&self, outcome: &Outcome) -> Option<Limit> {
        match outcome {
            Outcome::Value(value) => self.exceeded_by_rows(1, bytes(std::slice::from_ref(value))),
            Outcome::Row(row) => self.exceeded_by_rows(1, bytes(row)),
            Outcome::Rows(rows) => self.exceeded_by_rows(rows.len(), rows.iter().map(|row| bytes(row)).sum()),
            _ => None,
        }
    }

    /// What so many rows of so many bytes together exceed.
    pub(super) fn exceeded_by_rows(&self, rows: usize, bytes: usize) -> Option<Limit> {
        self.first_exceeded([(Limit::Rows, rows), (Limit::Outcome, bytes)])
    }

    /// What a file of so many bytes exceeds, where all files together have so many.
    pub(super) fn exceeded_by_file(&self, bytes: usize, all: usize) -> Option<Limit> {
        self.first_exceeded([(Limit::File, bytes), (Limit::Files, all)])
    }

    fn first_exceeded(&self, used: [(Limit, usize); 2]) -> Option<Limit> {
        used.into_iter().find_map(|(limit, n)| (n as u64 > self.of(limit)).then_some(limit))
    }
}

fn unknown(name: &str) -> String {
    let known = Limit::ALL.map(Limit::name);
    match nearest(name, &known) {
        Some(near) => format!("no limit `{name}`; did you mean `{near}`?"),
        None => format!("no limit `{name}`; there are {}", known.join(", ")),
    }
}

/// Bytes that values take here.
pub(super) fn bytes(values: &[Value]) -> usize {
    let of = |value: &Value| match value {
        Value::Text(bytes) | Value::Blob(bytes) => bytes.len(),
        Value::Null | Value::Integer(_) | Value::Real(_) => 0,
    };
    values.iter().map(|value| size_of::<Value>() + of(value)).sum()
}

/// Reads `2GiB`, `300`.
fn size(text: &str) -> Option<u64> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let found = units.into_iter().find_map(|(unit, bits)| Some((text.strip_suffix(unit)?, bits)));
    let (digits, bits) = found.unwrap_or((text, 0));
    digits.trim().parse::<u64>().ok()?.checked_mul(1 << bits).filter(|size| *size > 0)
}

/// `2 GiB`, in the largest unit of which it is a multiple.
fn shown(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|(_, bits)| bytes >= 1 << bits && bytes.is_multiple_of(1 << bits));
    unit.map_or_else(|| format!("{bytes} bytes"), |(unit, bits)| format!("{} {unit}", bytes >> bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_raised_by_its_name() {
        let budget = Budget::default().with("rows=5, file = 3GiB").unwrap();
        assert_eq!((budget.of(Limit::Rows), budget.of(Limit::File)), (5, 3 << 30));
        assert_eq!(budget.of(Limit::Memory), Limit::Memory.usual());
        assert_eq!(
            budget.exceeded(Limit::File),
            "more than 3 GiB in a file (SQLITE_CONTRACTS_BUDGET=file=… allows more)"
        );
    }

    #[test]
    fn what_is_no_budget_is_said() {
        let mistake = |text| Budget::default().with(text).unwrap_err();
        assert_eq!(mistake("rows"), "`rows` has no `=`");
        assert_eq!(mistake("size=1"), "no limit `size`; there are rows, outcome, file, files, memory");
        assert_eq!(mistake("row=1"), "no limit `row`; did you mean `rows`?");
        assert_eq!(mistake("rows=x"), "`x` is not a limit for `rows`, such as `200000`");
        assert_eq!(mistake("file=many"), "`many` is not a limit for `file`, such as `2GiB`");
        assert_eq!(
            mistake("file=99999999999GiB"),
            "`99999999999GiB` is not a limit for `file`, such as `2GiB`"
        );
    }

    #[test]
    fn an_outcome_is_as_large_as_its_values() {
        let budget = Budget::default().with("rows=2,outcome=1KiB").unwrap();
        let rows = |n, size| Outcome::Rows(vec![vec![Value::Text(vec![b'x'; size])]; n]);
        assert_eq!(budget.exceeded_by(&rows(2, 100)), None);
        assert_eq!(budget.exceeded_by(&rows(3, 1)), Some(Limit::Rows));
        assert_eq!(budget.exceeded_by(&rows(2, 600)), Some(Limit::Outcome));
        assert_eq!(budget.exceeded_by(&Outcome::Value(Value::Blob(vec![0; 1025]))), Some(Limit::Outcome));
    }
}
