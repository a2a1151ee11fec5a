//! Every known release of SQLite, and which of them were not asked: the gaps in what builds can say.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::BuildSet;
use crate::diagnostic::numbers::counted;
use crate::project::catalogue;

/// The list, compiled in because projects elsewhere need it too.
const LIST: &str = include_str!("../../sqlite-builds/releases.tsv");

/// How many groups of releases a line names before it only counts the rest, unless all are asked for.
const MOST: usize = 8;

static RELEASES: LazyLock<Vec<Release>> = LazyLock::new(|| LIST.lines().filter_map(Release::read).collect());

/// A version of SQLite that was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Release {
    /// `3.46.0`, `3.8.11.1`
    pub version: &'static str,
    /// The day of its source id, where that is known: `2024-05-23`.
    pub released: Option<&'static str>,
    /// What is unusual about it: `withdrawn`, `backport`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<&'static str>,
    #[serde(skip)]
    number: Number,
}

/// The parts of a version; old releases have a fourth, which [`Version`] cannot hold.
type Number = [u64; 4];

/// Every known release from 3.6.0 on, by version.
pub fn releases() -> &'static [Release] {
    &RELEASES
}

impl Release {
    /// The release of a line of the list; `None` for comments and the heading.
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let version = fields.next().filter(|version| version.starts_with("3."))?;
        let mut field = || fields.next().filter(|field| !field.is_empty());
        let (released, word) = (field(), field());
        let mut number = Number::default();
        for (at, part) in version.split('.').enumerate() {
            *number.get_mut(at)? = part.parse().ok()?;
        }
        Some(Self { version, released, word, number })
    }

    /// The release whose source id names this day: `2024-05-23`.
    pub fn of_day(day: &str) -> Option<&'static Self> {
        let mut of_day = releases().iter().filter(|release| release.released == Some(day));
        of_day.next().filter(|_| of_day.next().is_none())
    }

    /// The release of a version that builds can have.
    pub fn of(version: &Version) -> Option<&'static Self> {
        let at = releases().binary_search_by_key(&number(version), |release| release.number);
        at.ok().map(|at| &releases()[at])
    }
}

/// `3.52.0 (withdrawn)`
impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version)?;
        self.word.map_or(Ok(()), |word| write!(f, " ({word})"))
    }
}

fn number(version: &Version) -> Number {
    [version.major, version.minor, version.patch, 0]
}

/// Known releases that were not asked, by version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Unasked(Vec<Release>);

impl Unasked {
    /// Those between two versions, without these, that are none of the versions `asked`.
    pub fn between<'a>(a: &Version, b: &Version, asked: impl IntoIterator<Item = &'a Version>) -> Self {
        let (oldest, newest) = (number(a.min(b)), number(a.max(b)));
        Self::of(asked, |release| oldest < release.number && release.number < newest)
    }

    /// Those from a version on, up to the newest known release.
    pub fn since<'a>(oldest: &Version, asked: impl IntoIterator<Item = &'a Version>) -> Self {
        let oldest = number(oldest);
        Self::of(asked, |release| oldest <= release.number)
    }

    fn of<'a>(asked: impl IntoIterator<Item = &'a Version>, is_meant: impl Fn(&Release) -> bool) -> Self {
        let asked: BTreeSet<Number> = asked.into_iter().map(number).collect();
        let is_unasked = |release: &&Release| is_meant(release) && !asked.contains(&release.number);
        Self(releases().iter().filter(is_unasked).copied().collect())
    }

    /// Those that are none of the others.
    pub fn without(self, others: &Self) -> Self {
        Self(self.0.into_iter().filter(|release| !others.0.contains(release)).collect())
    }

    /// Whether every release was asked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// `3 known releases`
    pub fn counted(&self) -> String {
        counted(self.len(), "known release", "known releases")
    }

    /// Neighbours in the list of all releases form a group.
    fn groups(&self) -> Vec<&[Release]> {
        let place =
            |release: &Release| releases().binary_search_by_key(&release.number, |known| known.number);
        let adjacent = |a: &Release, b: &Release| {
            place(a).ok().zip(place(b).ok()).is_some_and(|(a, b)| a + 1 == b) && a.word == b.word
        };
        self.0.chunk_by(adjacent).collect()
    }
}

/// `3.38.3 … 3.38.5, 3.52.0 (withdrawn)`; of many, the first groups and how many more releases there are. The alternate
/// form, `{:#}`, has all.
impl fmt::Display for Unasked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = self.groups();
        let most = if f.alternate() { groups.len() } else { MOST };
        let shown = groups.iter().take(most).map(|group| match group {
            [first, .., last] if group.len() > 2 => {
                let word = first.word.map_or(String::new(), |word| format!(" ({word})"));
                format!("{} … {}{word}", first.version, last.version)
            }
            few => few.iter().map(Release::to_string).collect::<Vec<_>>().join(", "),
        });
        f.write_str(&shown.collect::<Vec<_>>().join(", "))?;
        match groups.iter().skip(most).map(|group| group.len()).sum::<usize>() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl BuildSet {
    /// The known releases between two versions of which no build exists, whatever its profile: neither here nor among
    /// those that come with the library, which a project of its own can use.
    pub fn unbuilt(&self, a: &Version, b: &Version) -> Unasked {
        let of_name = |name: &str| Version::parse(name.split('-').next()?).ok();
        let brought_along: Vec<Version> =
            catalogue::manifests().filter_map(|(name, _)| of_name(name)).collect();
        let own = self.iter().filter_map(|build| build.version());
        Unasked::between(a, b, own.chain(&brought_along))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    fn between(a: &str, b: &str, asked: &[&str]) -> String {
        let asked: Vec<Version> = asked.iter().map(|text| version(text)).collect();
        Unasked::between(&version(a), &version(b), &asked).to_string()
    }

    #[test]
    fn the_list_is_in_order_and_says_which_releases_came_late() {
        assert!(releases().is_sorted_by(|a, b| a.number < b.number));
        let usual: Vec<&Release> = releases().iter().filter(|release| release.word.is_none()).collect();
        assert!(usual.is_sorted_by_key(|release| release.released), "a release without a word came late");
        assert!(usual.iter().all(|release| release.released.is_some()));
        let lines = LIST.lines().filter(|line| line.starts_with("3."));
        assert_eq!(lines.count(), releases().len(), "a line is not read");
    }

    #[test]
    fn releases_after_the_last_build_of_a_series_lie_between_two_builds() {
        assert_eq!(between("3.38.2", "3.39.0", &[]), "3.38.3 … 3.38.5");
        assert_eq!(between("3.39.0", "3.38.2", &["3.38.4"]), "3.38.3, 3.38.5");
        assert_eq!(between("3.22.0", "3.24.0", &[]), "3.23.0, 3.23.1");
        assert_eq!(between("3.28.0", "3.29.0", &[]), "");
        assert_eq!(between("3.8.11", "3.9.0", &[]), "3.8.11.1");
    }

    #[test]
    fn an_unusual_release_has_its_word() {
        assert_eq!(between("3.51.3", "3.53.0", &[]), "3.52.0 (withdrawn)");
        assert_eq!(Release::of(&version("3.44.6")).unwrap().word, Some("backport"));
        assert_eq!(Release::of(&version("3.44.5")), None);
    }

    #[test]
    fn many_are_counted() {
        let many = between(
            "3.13.0",
            "3.54.1",
            &[
                "3.18.0", "3.24.0", "3.30.0", "3.33.0", "3.36.0", "3.40.0", "3.45.0", "3.47.0", "3.50.0",
                "3.53.0",
            ],
        );
        assert!(many.starts_with("3.14.0 … 3.17.0, "), "{many}");
        assert!(many.ends_with(" more"), "{many}");
        let newest = Unasked::since(&version("3.54.0"), &[version("3.54.0")]);
        assert_eq!((newest.len(), newest.to_string().as_str()), (1, "3.54.1"));
    }
}
