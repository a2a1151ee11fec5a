//! Which versions of a driver a promise is of: `python>=3.11`.

use std::cmp::Ordering;

use super::{Driver, DriverVersion};

/// A range of versions of one driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DriverRange {
    driver: Driver,
    accepts: &'static [Ordering],
    numbers: Vec<u64>,
}

/// How a range compares; the longer signs first, since the others begin alike.
const SIGNS: [(&str, &[Ordering]); 5] = [
    (">=", &[Ordering::Greater, Ordering::Equal]),
    ("<=", &[Ordering::Less, Ordering::Equal]),
    (">", &[Ordering::Greater]),
    ("<", &[Ordering::Less]),
    ("=", &[Ordering::Equal]),
];

impl DriverRange {
    /// The range that a word is; `None` when it is none.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let (at, (sign, accepts)) = SIGNS.iter().find_map(|known| Some((word.find(known.0)?, *known)))?;
        let driver = Driver::OF_LANGUAGES.iter().find(|driver| driver.name() == &word[..at])?;
        let numbers = numbers(&word[at + sign.len()..])?;
        Some(Self { driver: *driver, accepts, numbers })
    }

    /// Whether it includes the version of a build, or where that names none the one that the record was made with.
    pub(super) fn admits(&self, of_build: Option<&DriverVersion>) -> bool {
        let named =
            of_build.filter(|driver| driver.driver == self.driver).and_then(|it| it.version.as_deref());
        let version = named.or(self.driver.on_record()).and_then(numbers);
        version.is_some_and(|version| self.accepts.contains(&version.cmp(&self.numbers)))
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_of_one_driver() {
        let admits = |range: &str, driver: &str| {
            DriverRange::parse(range).unwrap().admits(Some(&driver.parse().unwrap()))
        };
        assert!(admits("python>=3.11", "python@3.12"));
        assert!(!admits("python>=3.11", "python@3.9"));
        assert!(admits("python>=3.11", "go@1.14.7") && !admits("python>=3.12", "python"));
        assert!(admits("go<1.14.28", "go@1.14.7") && !admits("go<1.14.28", "go@1.14.28"));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for word in ["python", "python3.11", "capi>=3.1", ">=3.11", "python>=x", "python@3.11"] {
            assert_eq!(DriverRange::parse(word), None, "{word}");
        }
    }
}
