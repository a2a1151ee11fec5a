//! Limits that keep a file from taking all memory or time, and how to raise them.

use std::ffi::OsStr;

use super::{Diagnostic, Diagnostics};

/// A limit: far above what files need, and raised by a variable of the environment, since a file that could raise it
/// itself would not be limited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// What it is where nothing is set.
    usual: usize,
    /// The variable that sets another one.
    variable: &'static str,
}

/// How many mistakes of a run are shown: more are not read.
pub(super) const MISTAKES: Limit = Limit { usual: 50, variable: "SQLITE_CONTRACTS_MISTAKES" };
/// How long a file that people write may be.
pub(super) const FILE_BYTES: Limit = Limit { usual: 16_000_000, variable: "SQLITE_CONTRACTS_FILE_BYTES" };
/// How many rows a case may have.
pub(crate) const ROWS: Limit = Limit { usual: 10_000, variable: "SQLITE_CONTRACTS_ROWS" };
/// How many bytes the steps of a case may be with all its rows filled in.
pub(crate) const STEP_BYTES: Limit = Limit { usual: 64_000_000, variable: "SQLITE_CONTRACTS_STEP_BYTES" };

/// Finds the variables whose values are no limits. For the beginning of a run, which would ignore them.
///
/// # Errors
/// A mistake for each.
pub fn check_environment() -> Result<(), Diagnostics> {
    let mut mistakes = Diagnostics::new();
    for limit in [MISTAKES, FILE_BYTES, ROWS, STEP_BYTES] {
        let set = std::env::var_os(limit.variable);
        set.and_then(|set| limit.mistake(&set)).into_iter().for_each(|mistake| mistakes.push(mistake));
    }
    mistakes.into_result(())
}

impl Limit {
    /// The limit.
    pub(crate) fn get(&self) -> usize {
        std::env::var_os(self.variable).and_then(|set| read(&set)).unwrap_or(self.usual)
    }

    fn mistake(&self, set: &OsStr) -> Option<Diagnostic> {
        let example = || format!("write a whole number; without the variable it is {}", self.usual);
        let is_blank = set.to_str().is_some_and(|set| set.trim().is_empty());
        (!is_blank && read(set).is_none())
            .then(|| Diagnostic::of_variable(self.variable, set, "this is not a limit").help(example()))
    }

    /// How to raise it, as a remedy.
    pub(crate) fn remedy(&self) -> String {
        format!("`{}` in the environment raises this limit of {}", self.variable, self.shown())
    }

    /// The limit for people.
    pub(crate) fn shown(&self) -> String {
        super::numbers::thousands(i64::try_from(self.get()).unwrap_or(i64::MAX))
    }
}

fn read(set: &OsStr) -> Option<usize> {
    set.to_str()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_raises_a_limit() {
        let limit = Limit { usual: 1000, variable: "SQLITE_CONTRACTS_NOTHING" };
        assert_eq!([" 2000 ", "many", ""].map(|set| read(OsStr::new(set))), [Some(2000), None, None]);
        assert_eq!(
            limit.remedy(),
            "`SQLITE_CONTRACTS_NOTHING` in the environment raises this limit of 1,000"
        );
    }

    #[test]
    fn a_value_that_is_no_limit_is_a_mistake() {
        let mistake = |set: &str| ROWS.mistake(OsStr::new(set)).map(|mistake| mistake.render(false));
        assert_eq!([mistake("5"), mistake(" ")], [None, None]);
        let told = mistake("many").unwrap();
        assert!(told.contains("this is not a limit") && told.contains("SQLITE_CONTRACTS_ROWS:1:1"), "{told}");
    }
}
