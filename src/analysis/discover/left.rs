//! `discover.yaml`: silent changes that are worth no promise, each with the reason.

use std::collections::BTreeSet;
use std::path::Path;

use globset::{Glob, GlobMatcher};
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::json;
use serde_yaml::Spanned;

use super::change::Change;
use super::finding::{Drift, Finding};
use super::words::as_in_transcripts;
use crate::analysis::known::words;
use crate::builds::{Build, BuildSet};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, yaml};
use crate::project::{Project, catalogue};
use crate::record::lineage::Lineage;

/// The name of the file, in a project's root.
pub const FILE: &str = "discover.yaml";

/// What is left without a promise.
#[derive(Debug, Clone, Default)]
pub struct Left {
    entries: Vec<Entry>,
    lineage: Lineage,
}

#[derive(Debug, Clone)]
struct Entry {
    /// The words of its statements.
    words: BTreeSet<String>,
    builds: Vec<GlobMatcher>,
    /// Whether it is of a process that dies.
    crash: bool,
    reason: String,
}

/// The file as written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "Left",
    description = "Changes that a search finds and that are worth no promise, with the reasons."
)]
struct RawLeft {
    /// The changes.
    #[schemars(with = "Vec<RawEntry>", length(min = 1), example = json!([{"sql": "PRAGMA stats", "builds": ["3.18.0-rusqlite"], "reason": "not documented"}]))]
    leave: Vec<RawEntry>,
}

/// A change, or several of one kind.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Leaving")]
struct RawEntry {
    /// The smallest statements that show it, or the words of them that tell: a finding that uses them all is this one.
    #[schemars(with = "String", length(min = 1), example = &"PRAGMA stats")]
    sql: Spanned<String>,
    /// Globs of the builds with which the changes begin.
    #[schemars(with = "Vec<String>", length(min = 1), example = ["3.18.0-rusqlite", "*-debug"])]
    builds: Spanned<Vec<Spanned<String>>>,
    /// Whether it is about a process that dies; such a change is left by no other entry.
    #[serde(default)]
    #[schemars(example = true)]
    crash: bool,
    /// Why it is worth no promise.
    #[schemars(with = "String", length(min = 1), example = &"it is not documented, and for SQLite's own tests")]
    reason: Spanned<String>,
}

/// The JSON Schema of the file.
pub fn schema() -> String {
    format!("{:#}\n", schema_for!(RawLeft).as_value())
}

impl Left {
    /// What a project of these builds leaves, and this library's catalogue.
    ///
    /// # Errors
    /// Every mistake in the project's file.
    pub fn load(project: &Project, builds: &BuildSet) -> Result<Self, Diagnostics> {
        let own = project.root().join(FILE);
        let mut all = Self { lineage: builds.lineage().clone(), ..Self::parse(&catalogue::left())? };
        if own.exists() {
            let names: Vec<&str> = builds.iter().map(Build::name).collect();
            all.entries.extend(Self::read(&own, FILE, &names)?.entries);
        }
        Ok(all)
    }

    /// Reads a file of a project that has these builds; `shown` is its path in messages.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(file: &Path, shown: &str, builds: &[&str]) -> Result<Self, Diagnostics> {
        let text = SourceText::read(file, shown)?;
        let found = Self::parse(&text)?;
        found.check_builds(&text, builds)?;
        Ok(found)
    }

    fn parse(text: &SourceText) -> Result<Self, Diagnostics> {
        let raw: RawLeft = yaml::parse(text, "`leave`; docs/discover.md shows one")?;
        let mut mistakes = Diagnostics::new();
        let entries = raw.leave.iter().map(|raw| entry(text, raw, &mut mistakes)).collect();
        mistakes.into_result(Self { entries, lineage: Lineage::default() })
    }

    /// A glob that no build matches is probably misspelt.
    fn check_builds(&self, text: &SourceText, builds: &[&str]) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        for glob in self.entries.iter().flat_map(|entry| &entry.builds) {
            if !builds.iter().any(|build| glob.is_match(build)) {
                let written = glob.glob().glob();
                let at = text.find_word(0..text.text().len(), written);
                let mistake = Diagnostic::new(text, at, format!("no build matches `{written}`"));
                mistakes.push(mistake.suggest(written, builds.iter().copied()));
            }
        }
        mistakes.into_result(())
    }

    /// The reasons for which all of a finding is left that no case knows; none where a part of it is left by nothing.
    pub(super) fn reasons(&self, finding: &Finding, known: &[Option<String>]) -> Vec<String> {
        // As they are written, and as a call shows the SQL that it has in quotes.
        let used: BTreeSet<String> = finding
            .statements
            .iter()
            .flat_map(|text| [text.clone(), as_in_transcripts(text)])
            .flat_map(|text| words(&text).collect::<Vec<_>>())
            .collect();
        let mut reasons = Vec::new();
        for at in finding.meant().into_iter().filter(|at| known.get(*at).is_none_or(Option::is_none)) {
            let drift = &finding.drifts[at];
            let builds = self.since(drift);
            let Some(entry) = self.entries.iter().find(|entry| entry.is_about(&used, drift, &builds)) else {
                return Vec::new();
            };
            if !reasons.contains(&entry.reason) {
                reasons.push(entry.reason.clone());
            }
        }
        reasons
    }

    /// The builds between the two of a change, the later one first: one of them may have begun it.
    fn since<'a>(&'a self, drift: &'a Drift) -> Vec<&'a str> {
        let comes_from_it = self.lineage.ancestors(&drift.after).any(|it| it == drift.before);
        let above =
            self.lineage.ancestors(&drift.after).take_while(|it| comes_from_it && *it != drift.before);
        std::iter::once(drift.after.as_str()).chain(above).collect()
    }
}

impl Entry {
    /// Whether it is about a change of a program that uses these words; about a process that dies only where it says so.
    fn is_about(&self, used: &BTreeSet<String>, drift: &Drift, builds: &[&str]) -> bool {
        let is_of_its_builds = builds.iter().any(|build| self.builds.iter().any(|glob| glob.is_match(build)));
        (drift.change == Change::Crash) == self.crash && is_of_its_builds && self.words.is_subset(used)
    }
}

fn entry(text: &SourceText, raw: &RawEntry, mistakes: &mut Diagnostics) -> Entry {
    let mut mistake = |at: std::ops::Range<usize>, message: String, help: &str| {
        mistakes.push(Diagnostic::new(text, at, message).help(help));
    };
    for (key, words) in [("sql", &raw.sql), ("reason", &raw.reason)] {
        if words.value.trim().is_empty() {
            let help = "name the smallest statement that shows the change, and why it is worth no promise";
            mistake(yaml::span(text, words), format!("`{key}` is empty"), help);
        }
    }
    if raw.builds.value.is_empty() {
        let help = "name the builds with which the change begins, such as `3.54.0-rusqlite` or `*-android`";
        mistake(yaml::span(text, &raw.builds), "`builds` is empty".to_owned(), help);
    }
    let mut glob = |written: &Spanned<String>| match Glob::new(&written.value) {
        Ok(glob) => Some(glob.compile_matcher()),
        Err(error) => {
            let help = "write a glob of builds, such as `3.54.1-*`";
            mistake(yaml::span(text, written), error.kind().to_string(), help);
            None
        }
    };
    Entry {
        builds: raw.builds.value.iter().filter_map(&mut glob).collect(),
        words: words(&raw.sql.value).collect(),
        crash: raw.crash,
        reason: raw.reason.value.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> Left {
        Left::parse(&SourceText::new(FILE, text)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    const ROUND: &str = "leave:\n  - {sql: 'SELECT round(', builds: ['3', '4-*'], reason: so be it}\n";

    #[test]
    fn a_finding_is_left_where_it_changes_at_the_builds_of_an_entry_and_uses_its_words() {
        let of =
            |sql, feature, builds: &[&str]| left(ROUND).reasons(&Finding::made_up(sql, feature, builds), &[]);
        assert_eq!(of("SELECT round(7)", "round", &["3"]), ["so be it"]);
        assert_eq!(of("SELECT round(7)", "round", &["3", "4-android"]), ["so be it"]);
        assert!(of("SELECT abs(7)", "abs", &["3"]).is_empty());
        assert!(of("SELECT round(7)", "round", &["2"]).is_empty());
        assert!(of("SELECT round(7)", "round", &["3", "5"]).is_empty());
    }

    #[test]
    fn what_a_case_knows_needs_no_entry_and_a_crash_needs_one_that_says_so() {
        let mut finding = Finding::made_up("SELECT round(7)", "round", &["2", "3"]);
        let known = [Some("a/b/c".to_owned()), None];
        assert_eq!(left(ROUND).reasons(&finding, &known), ["so be it"]);
        assert!(left(ROUND).reasons(&finding, &[None, None]).is_empty());
        finding.drifts[1].change = Change::Crash;
        assert!(left(ROUND).reasons(&finding, &known).is_empty());
        let of_crashes = ROUND.replace("reason", "crash: true, reason");
        assert_eq!(left(&of_crashes).reasons(&finding, &known), ["so be it"]);
        finding.drifts[1].change = Change::Rows;
        assert!(left(&of_crashes).reasons(&finding, &known).is_empty());
    }

    #[test]
    fn what_a_call_asks_in_quotes_counts() {
        let of = |sql: &str| left(ROUND).reasons(&Finding::made_up(sql, "round", &["3"]), &[]).len();
        assert_eq!(of("query: {sql: \"SELECT round(7)\", db: other}"), 1);
        assert_eq!(of("query: {sql: \"SELECT abs(7)\", db: other}"), 0);
    }

    #[test]
    fn a_search_that_leaves_builds_out_finds_it_at_a_later_one() {
        let parents = [("1", None), ("3", Some("1")), ("5", Some("3")), ("5-a", Some("1"))];
        let pairs = parents.map(|(name, it)| (name.to_owned(), it.map(str::to_owned)));
        let left = Left { lineage: Lineage::new(pairs).unwrap(), ..left(ROUND) };
        let of = |before: &str, after| {
            let mut finding = Finding::made_up("SELECT round(7)", "round", &[after]);
            finding.drifts[0].before = before.to_owned();
            left.reasons(&finding, &[]).len()
        };
        assert_eq!(of("1", "5"), 1);
        assert_eq!(of("3", "5"), 0);
        assert_eq!(of("3", "5-a"), 0);
    }

    #[test]
    fn every_mistake_names_its_place_and_a_remedy() {
        let message = |text: &str| Left::parse(&SourceText::new(FILE, text)).unwrap_err().render(false);
        let empty = message("leave:\n  - sql: ' '\n    builds: []\n    reason: ''\n");
        for said in [
            "`sql` is empty",
            "`builds` is empty",
            "`reason` is empty",
            "discover.yaml:2",
            "such as `3.54.0-rusqlite`",
        ] {
            assert!(empty.contains(said), "{said}: {empty}");
        }
        let glob = message("leave:\n  - {sql: PRAGMA stats, builds: ['3.[0'], reason: no}\n");
        assert!(glob.contains("discover.yaml:2") && glob.contains("such as `3.54.1-*`"), "{glob}");
        let key = message("leave:\n  - {sql: PRAGMA stats, build: x, reason: no}\n");
        assert!(key.contains("unknown key `build`") && key.contains("builds"), "{key}");
        assert!(message("# nothing\n").contains("docs/discover.md"));
    }

    #[test]
    fn a_glob_of_no_build_is_a_mistake() {
        let text = SourceText::new(FILE, ROUND);
        let check = |builds: &[&str]| left(ROUND).check_builds(&text, builds);
        assert!(check(&["3", "4-x"]).is_ok());
        let message = check(&["3", "4"]).unwrap_err().render(false);
        assert!(
            message.contains("no build matches `4-*`") && message.contains("discover.yaml:2"),
            "{message}"
        );
    }
}
