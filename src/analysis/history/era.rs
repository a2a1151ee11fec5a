//! Runs of equal neighbours in a series.

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::builds::chronology::Unasked;
use crate::builds::{BuildInfo, Product};
use crate::contract::cause::Cause;

/// A build of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rung {
    /// `3.46.0-rusqlite`
    pub build: String,
    /// `3.46.0`
    #[schemars(with = "String")]
    pub version: Version,
    /// The day of its SQLite: `2024-05-23`.
    pub released: Option<String>,
}

impl Rung {
    /// The build of a product.
    pub fn of(product: &Product) -> Self {
        let BuildInfo { version, released, .. } = &product.info;
        Self { build: product.build.clone(), version: version.clone(), released: released.clone() }
    }
}

/// Neighbours on a ladder that behave the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Era<T> {
    /// The oldest of them.
    pub first: Rung,
    /// The newest of them.
    pub last: Rung,
    /// How many they are.
    pub builds: usize,
    /// The known releases between the era before and this one: the change may have happened in any of them.
    pub skipped: Unasked,
    /// The first version of the earliest era with the same behaviour.
    #[schemars(with = "Option<String>")]
    pub same_as: Option<Version>,
    /// The contract's causes of the change with which it began.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Cause>,
    /// What they did.
    #[serde(flatten)]
    pub did: T,
}

/// The eras of a series that goes from the oldest version to the newest.
pub fn eras<T: PartialEq>(series: impl IntoIterator<Item = (Rung, T)>) -> Vec<Era<T>> {
    let mut eras: Vec<Era<T>> = Vec::new();
    for (rung, did) in series {
        match eras.last_mut() {
            Some(era) if era.did == did => {
                era.last = rung;
                era.builds += 1;
            }
            before => {
                let skipped = before
                    .map(|era| Unasked::between(&era.last.version, &rung.version, []))
                    .unwrap_or_default();
                let same_as = eras.iter().find(|era| era.did == did).map(|era| era.first.version.clone());
                eras.push(Era {
                    last: rung.clone(),
                    first: rung,
                    builds: 1,
                    skipped,
                    same_as,
                    because: Vec::new(),
                    did,
                });
            }
        }
    }
    eras
}

/// The known releases since the oldest rung of a ladder that are not on it.
pub fn unasked(rungs: &[Rung]) -> Unasked {
    let oldest = rungs.iter().map(|rung| &rung.version).min();
    oldest.map(|oldest| Unasked::since(oldest, rungs.iter().map(|rung| &rung.version))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(answers: &[(&str, &str)]) -> Vec<Era<String>> {
        eras(answers.iter().map(|(version, answer)| {
            let rung = Rung {
                build: format!("{version}-rusqlite"),
                version: version.parse().unwrap(),
                released: None,
            };
            (rung, (*answer).to_owned())
        }))
    }

    /// `first..last xbuilds`, with what was skipped before and where it was so before.
    fn shown(eras: &[Era<String>]) -> Vec<String> {
        let same = |era: &Era<String>| {
            era.same_as.as_ref().map_or(String::new(), |version| format!(" as {version}"))
        };
        eras.iter()
            .map(|era| {
                let Era { first, last, builds, skipped, did, .. } = era;
                format!("{}..{} x{builds} {did} [{skipped}]{}", first.version, last.version, same(era))
            })
            .collect()
    }

    #[test]
    fn a_behaviour_that_comes_and_goes_has_an_era_each_time() {
        let eras = series(&[
            ("3.27.2", "down"),
            ("3.28.0", "down"),
            ("3.29.0", "up"),
            ("3.42.0", "up"),
            ("3.43.0", "down"),
            ("3.44.0", "error"),
            ("3.45.0", "up"),
        ]);
        assert_eq!(
            shown(&eras),
            [
                "3.27.2..3.28.0 x2 down []",
                "3.29.0..3.42.0 x2 up []",
                "3.43.0..3.43.0 x1 down [] as 3.27.2",
                "3.44.0..3.44.0 x1 error [3.43.1, 3.43.2]",
                "3.45.0..3.45.0 x1 up [3.44.1, 3.44.2, 3.44.3 … 3.44.6 (backport)] as 3.29.0",
            ]
        );
    }

    #[test]
    fn a_series_without_a_change_is_one_era() {
        assert_eq!(shown(&series(&[("3.13.0", "a"), ("3.54.1", "a")])), ["3.13.0..3.54.1 x2 a []"]);
        assert_eq!(series(&[]), []);
    }

    #[test]
    fn an_era_knows_the_releases_before_it_that_were_not_asked() {
        let skipped =
            |before: &str, after: &str| series(&[(before, "a"), (after, "b")])[1].skipped.to_string();
        assert_eq!(skipped("3.28.0", "3.29.0"), "");
        assert_eq!(skipped("3.17.0", "3.19.0"), "3.18.0, 3.18.1 (backport), 3.18.2 (backport)");
        assert_eq!(skipped("3.38.2", "3.39.0"), "3.38.3 … 3.38.5");
    }
}
