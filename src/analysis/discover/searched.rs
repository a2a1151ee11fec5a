//! `searched.yaml`: how far the catalogue's builds have been searched, and how many of the silent changes that were met no
//! contract knows. `discover --searched` writes it, a gate says what it has of two builds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::electorate::Electorate;
use super::generate;
use super::report::Report;
use crate::diagnostic::numbers::{counted, thousands};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, yaml};
use crate::project::{Project, catalogue};
use crate::record::lineage::Lineage;
use crate::system::files::write_atomically;

/// The name of the file, in a project's root.
pub const FILE: &str = "searched.yaml";

/// What the file begins with.
const HEAD: &str = "\
# How far the builds were searched for changes that nobody wrote down, and how many changes of values or rows without an
# error were met at each of them. Written by `discover --searched`, read by `gate`: docs/discover.md.
";

/// What to do with a file that nobody has to write.
const AGAIN: &str = "remove the file and write it again: `discover --all --programs 0 --searched`";

/// Searches of the same builds by the same generator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Searched {
    /// The edition of the generator: another one makes other programs of a seed.
    edition: u32,
    /// The builds, each with the one that it was compared with.
    builds: BTreeMap<String, Option<String>>,
    searches: Vec<OneSearch>,
}

/// A search with one seed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneSearch {
    seed: u64,
    /// How many programs ran.
    programs: u64,
    /// How many findings they gave, of any kind.
    findings: usize,
    /// How many silent changes were met at each build.
    silent: BTreeMap<String, usize>,
    /// How many of these no case knows and `discover.yaml` does not leave.
    unknown: BTreeMap<String, usize>,
}

/// What a search has met between two builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Met {
    /// The seeds of the programs.
    pub seeds: Vec<u64>,
    /// How many programs ran, of all seeds.
    pub programs: u64,
    /// On how many builds, these two among them.
    pub builds: usize,
    /// How often a silent change was met at the builds between these two, one that several seeds met as often as these.
    pub silent: usize,
    /// How many of them are neither in the record of the catalogue nor left with a reason.
    pub unknown: usize,
}

impl Searched {
    /// What a project has of its own, else what comes with the library.
    ///
    /// # Errors
    /// Every mistake in the project's file.
    pub fn load(project: &Project) -> Result<Self, Diagnostics> {
        let own = project.root().join(FILE);
        match own.exists() {
            true => Self::read(&own, FILE),
            false => Self::parse(&catalogue::searched()),
        }
    }

    /// Reads a file; `shown` is its path in messages.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(file: &Path, shown: &str) -> Result<Self, Diagnostics> {
        Self::parse(&SourceText::read(file, shown)?)
    }

    fn parse(text: &SourceText) -> Result<Self, Diagnostics> {
        let found: Self = yaml::parse(text, "what `discover --searched` writes")?;
        found.lineage().map_err(|build| {
            let at = text.find_word(0..text.text().len(), &build);
            let message =
                format!("`{build}` is compared with a build that is not in `builds`, or with itself");
            Diagnostic::new(text, at, message).help(AGAIN)
        })?;
        let mut counted =
            found.searches.iter().flat_map(|search| search.silent.keys().chain(search.unknown.keys()));
        if let Some(build) = counted.find(|build| !found.builds.contains_key(*build)) {
            let at = text.find_word(0..text.text().len(), build);
            let message = format!("`{build}` is counted, and is not in `builds`");
            return Err(Diagnostic::new(text, at, message).help(AGAIN).into());
        }
        Ok(found)
    }

    /// What a search has found, beside the other seeds of `before` where they are of the same builds and generator.
    pub fn with(before: Option<Self>, report: &Report<'_>, electorate: &Electorate) -> Self {
        let builds = electorate.names().iter().map(|name| (name.clone(), None));
        let compared =
            electorate.neighbours().map(|(before, after)| (after.to_owned(), Some(before.to_owned())));
        let builds: BTreeMap<String, Option<String>> = builds.chain(compared).collect();
        let edition = generate::EDITION;
        let of_same = before.filter(|it| it.edition == edition && it.builds == builds);
        let mut searches = of_same.map_or_else(Vec::new, |it| it.searches);
        searches.retain(|search| search.seed != report.seed);
        searches.push(OneSearch::of(report));
        searches.sort_by_key(|search| search.seed);
        Self { edition, builds, searches }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, file: &Path) -> anyhow::Result<()> {
        write_atomically(file, self.text())
    }

    fn text(&self) -> String {
        let mut text = format!("{HEAD}edition: {}\nbuilds:\n", self.edition);
        let mut line = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").unwrap_or_default();
        for (build, before) in &self.builds {
            line(format_args!("  {build}: {}", before.as_deref().unwrap_or("~")));
        }
        line(format_args!("searches:"));
        for search in &self.searches {
            let OneSearch { seed, programs, findings, silent, unknown } = search;
            line(format_args!("  - seed: {seed}\n    programs: {programs}\n    findings: {findings}"));
            for (key, of_builds) in [("silent", silent), ("unknown", unknown)] {
                let empty = if of_builds.is_empty() { " {}" } else { "" };
                line(format_args!("    {key}:{empty}"));
                of_builds.iter().for_each(|(build, count)| line(format_args!("      {build}: {count}")));
            }
        }
        text
    }

    /// What was met on the way from one build to another; nothing where one of them was not searched.
    pub fn between(&self, from: &str, to: &str) -> Option<Met> {
        let lineage = self.lineage().ok()?;
        if from == to || self.searches.is_empty() || !lineage.contains(from) || !lineage.contains(to) {
            return None;
        }
        let line =
            |build| -> BTreeSet<&str> { std::iter::once(build).chain(lineage.ancestors(build)).collect() };
        let (down, up) = (line(from), line(to));
        let at = |counts: &BTreeMap<String, usize>| -> usize {
            down.symmetric_difference(&up).filter_map(|build| counts.get(*build)).sum()
        };
        Some(Met {
            seeds: self.searches.iter().map(|search| search.seed).collect(),
            programs: self.programs(),
            builds: self.builds.len(),
            silent: self.searches.iter().map(|search| at(&search.silent)).sum(),
            unknown: self.searches.iter().map(|search| at(&search.unknown)).sum(),
        })
    }

    /// How many programs ran.
    pub fn programs(&self) -> u64 {
        self.searches.iter().map(|search| search.programs).sum()
    }

    /// How many builds were asked.
    pub fn builds(&self) -> usize {
        self.builds.len()
    }

    /// The seeds of the programs.
    pub fn seeds(&self) -> impl Iterator<Item = u64> {
        self.searches.iter().map(|search| search.seed)
    }

    /// The builds by what they were compared with; else the first that cannot be.
    fn lineage(&self) -> Result<Lineage, String> {
        use crate::record::lineage::LineageError::{Cycle, MissingParent};
        let pairs = self.builds.iter().map(|(build, before)| (build.clone(), before.clone()));
        Lineage::new(pairs).map_err(|errors| match errors.into_iter().next() {
            Some(MissingParent { build, .. }) => build,
            Some(Cycle { builds }) => builds.into_iter().next().unwrap_or_default(),
            None => String::new(),
        })
    }
}

impl OneSearch {
    fn of(report: &Report<'_>) -> Self {
        let (mut silent, mut unknown) = (BTreeMap::new(), BTreeMap::new());
        for shown in report.silent() {
            for drift in shown.drifts.iter().filter(|it| it.drift.change.is_silent()) {
                *silent.entry(drift.drift.after.clone()).or_default() += 1;
                if shown.is_new() && drift.known.is_empty() {
                    *unknown.entry(drift.drift.after.clone()).or_default() += 1;
                }
            }
        }
        let (programs, findings) = (report.counts.programs, report.findings.len());
        Self { seed: report.seed, programs, findings, silent, unknown }
    }
}

impl Met {
    /// `searched: 843,777 programs of 3 seeds on 121 builds, …`
    pub fn line(&self) -> String {
        let programs = thousands(i64::try_from(self.programs).unwrap_or(i64::MAX));
        let seeds = counted(self.seeds.len(), "seed", "seeds");
        let met = match (self.silent, self.unknown) {
            (0, _) => "met no silent change between these two".to_owned(),
            (n, 0) => format!("met {} between these two, all on record", silent_changes(n)),
            (n, unknown) => {
                let known = n.saturating_sub(unknown);
                format!("met {} between these two, {known} on record and {unknown} not", silent_changes(n))
            }
        };
        format!(
            "searched: {programs} generated programs of {seeds}, SQL and calls of one connection, on {} builds {met} \
             (docs/discover.md)",
            self.builds
        )
    }
}

fn silent_changes(n: usize) -> String {
    counted(n, "silent change", "silent changes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
edition: 9
builds:
  3.13.0-a: ~
  3.14.0-a: 3.13.0-a
  3.15.0-a: 3.14.0-a
  3.15.0-b: 3.15.0-a
searches:
  - seed: 1
    programs: 1000
    findings: 9
    silent:
      3.14.0-a: 2
      3.15.0-a: 3
      3.15.0-b: 1
    unknown: {}
  - seed: 2
    programs: 500
    findings: 4
    silent:
      3.15.0-a: 1
    unknown:
      3.15.0-a: 1
";

    fn searched(text: &str) -> Result<Searched, Diagnostics> {
        Searched::parse(&SourceText::new("searched.yaml", text))
    }

    fn met(from: &str, to: &str) -> (usize, usize) {
        let met = searched(FILE).unwrap().between(from, to).unwrap();
        (met.silent, met.unknown)
    }

    #[test]
    fn what_was_met_on_the_way_between_two_builds_is_counted() {
        assert_eq!(met("3.13.0-a", "3.14.0-a"), (2, 0));
        assert_eq!(met("3.13.0-a", "3.15.0-a"), (6, 1));
        assert_eq!(met("3.15.0-b", "3.14.0-a"), (5, 1));
        assert_eq!(met("3.15.0-a", "3.15.0-b"), (1, 0));
    }

    #[test]
    fn of_a_build_that_was_not_searched_and_of_one_build_nothing_is_said() {
        let searched = searched(FILE).unwrap();
        assert_eq!(searched.between("3.13.0-a", "3.16.0-a"), None);
        assert_eq!(searched.between("3.16.0-a", "3.13.0-a"), None);
        assert_eq!(searched.between("3.13.0-a", "3.13.0-a"), None);
    }

    #[test]
    fn the_line_says_how_many_are_not_on_record() {
        let line = |from, to| searched(FILE).unwrap().between(from, to).unwrap().line();
        assert_eq!(
            line("3.13.0-a", "3.15.0-a"),
            "searched: 1,500 generated programs of 2 seeds, SQL and calls of one connection, on 4 builds met 6 silent \
             changes between these two, 5 on record and 1 not (docs/discover.md)"
        );
        assert!(
            line("3.15.0-a", "3.15.0-b").contains(" met 1 silent change between these two, all on record (")
        );
        let none = Met { silent: 0, ..searched(FILE).unwrap().between("3.13.0-a", "3.14.0-a").unwrap() };
        assert!(none.line().contains(" met no silent change between these two ("));
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let read = searched(FILE).unwrap();
        assert_eq!(read.text(), format!("{HEAD}{FILE}"));
        assert_eq!(searched(&read.text()).unwrap(), read);
    }

    #[test]
    fn a_build_without_the_one_before_is_a_mistake_with_its_place() {
        let mistakes = searched(&FILE.replace("3.15.0-b: 3.15.0-a", "3.15.0-b: 3.15.1-a")).unwrap_err();
        let message = mistakes.to_string();
        assert!(message.contains("`3.15.0-b` is compared with a build that is not in `builds`"), "{message}");
        assert!(message.contains("searched.yaml:6"), "{message}");
        assert!(searched("edition: 9\nbuilds: {}\n").is_err());
    }

    #[test]
    fn a_count_of_a_build_that_was_not_searched_is_a_mistake_with_its_place() {
        let mistakes = searched(&FILE.replace("3.15.0-b: 1\n", "3.16.0-b: 1\n")).unwrap_err().to_string();
        assert!(mistakes.contains("`3.16.0-b` is counted, and is not in `builds`"), "{mistakes}");
        assert!(mistakes.contains("searched.yaml:14"), "{mistakes}");
    }

    #[test]
    fn what_comes_with_the_library_can_be_read() {
        let own = Searched::load(&Project::at("/nowhere")).unwrap();
        assert!(own.programs() > 0 && own.builds() > 1 && own.seeds().count() > 0);
    }
}
