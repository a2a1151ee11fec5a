//! Limits that keep a file from taking all memory or time, and how to raise them.

use std::str::FromStr;

/// A limit: far above what files need, and raised by a variable of the environment, since a file that could raise it
/// itself would not be limited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// What it is where nothing is set.
    pub usual: usize,
    /// The variable that sets another one.
    pub variable: &'static str,
}

impl Limit {
    /// The limit.
    pub(crate) fn get(&self) -> usize {
        self.or(std::env::var(self.variable).ok().as_deref())
    }

    /// The limit that is set, unless it is no number.
    fn or(&self, set: Option<&str>) -> usize {
        set.and_then(|set| usize::from_str(set.trim()).ok()).unwrap_or(self.usual)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_raises_a_limit() {
        let limit = Limit { usual: 1000, variable: "SQLITE_CONTRACTS_NOTHING" };
        assert_eq!([None, Some(" 2000 "), Some("many")].map(|set| limit.or(set)), [1000, 2000, 1000]);
        assert_eq!(
            limit.remedy(),
            "`SQLITE_CONTRACTS_NOTHING` in the environment raises this limit of 1,000"
        );
    }
}
