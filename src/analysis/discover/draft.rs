//! Findings as contracts to go on from.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::contrast::contrast;
use super::report::{DatedDrift, Report, Shown};
use super::statement::is_call;
use crate::contract::schema;
use crate::system::files::write_atomically;

/// What became of drafts that were to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// How many are new.
    pub new: usize,
    /// How many were there already.
    pub same: usize,
    /// Files of their names with other text: somebody has gone on from these, so they stay as they are.
    pub kept: Vec<PathBuf>,
}

/// Writes each finding that the catalogue neither knows nor leaves into a folder. A file that is there is never changed.
///
/// # Errors
/// When one cannot be written, or the file of its name cannot be read.
pub fn write_drafts(folder: &Path, report: &Report<'_>) -> Result<Written> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut written = Written::default();
    for shown in report.findings.iter().filter(|shown| shown.is_new()) {
        let (path, text) = (folder.join(format!("{}.yaml", shown.name)), draft(shown));
        match std::fs::read(&path) {
            Ok(there) if there == text.as_bytes() => written.same += 1,
            Ok(_) => written.kept.push(path),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                write_atomically(&path, text)?;
                written.new += 1;
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
    Ok(written)
}

fn draft(shown: &Shown<'_>) -> String {
    let cause = |it: &DatedDrift<'_>| Expected {
        build: it.drift.after.clone(),
        change: it.drift.change.to_string(),
        was: it.drift.was.clone(),
        is: it.drift.is.clone(),
    };
    let drifts = shown.drifts.iter().map(cause).collect();
    Draft { found: "Found by a search.".to_owned(), statements: shown.statements, drifts }.text()
}

/// A contract to go on from, with one case.
pub struct Draft<'a> {
    /// Where it comes from, in a sentence.
    pub found: String,
    /// Its statements: SQL, or steps as YAML has them on one line.
    pub statements: &'a [String],
    /// Where it changes.
    pub drifts: Vec<Expected>,
}

/// A change that waits for its cause.
pub struct Expected {
    /// The build with which it begins.
    pub build: String,
    /// What changes, in words.
    pub change: String,
    /// What the last statement shows before.
    pub was: String,
    /// What it shows after.
    pub is: String,
}

impl Draft<'_> {
    /// The text of the contract. Nobody knows yet why it changes, so the causes are there as comments: a drift on record
    /// needs them.
    pub fn text(&self) -> String {
        let title = self.statements.last().map_or("", String::as_str);
        let causes: String = self.drifts.iter().map(Expected::line).collect();
        let opens_itself = self.statements.first().is_some_and(|text| text.starts_with("open: "));
        let open = if opens_itself { "" } else { "      - open: \":memory:\"\n" };
        let step = |text: &String| match is_call(text) {
            true => format!("      - {text}\n"),
            false => format!("      - query: {}\n", quoted(text)),
        };
        let steps: String = self.statements.iter().map(step).collect();
        let found: String = self.found.lines().map(|line| format!("# {line}\n")).collect();
        format!(
            "{modeline}\ntitle: {}\nwhy: >-\n  What breaks for whom when this changes.\n{found}# Say why it changes, and put it \
             on record:\n# changed:\n{causes}cases:\n  - name: found\n    steps:\n{open}{steps}      - close:\n",
            quoted(title),
            modeline = schema::MODELINE,
        )
    }
}

impl Expected {
    fn line(&self) -> String {
        let key = match self.build.split_once('-') {
            Some((version, "rusqlite")) => version,
            _ => &self.build,
        };
        // Folded, so that quotes and colons are text.
        let did = comment(&contrast(&self.was, &self.is, MOST));
        format!("#   {key}: >-\n#     {}: {did}\n", self.change)
    }
}

/// A text in JSON, which is also YAML.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// As much of each result as stands in a comment.
const MOST: usize = 80;

/// A text on one line.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::corpus::Corpus;
    use crate::analysis::discover::electorate::Electorate;
    use crate::analysis::discover::finding::Finding;
    use crate::analysis::discover::known::Known;
    use crate::analysis::discover::left::Left;
    use crate::analysis::discover::state::State;
    use crate::contract::Contract;
    use crate::diagnostic::SourceText;
    use crate::record::lineage::Lineage;

    /// A search with one finding.
    fn searched() -> (State, Electorate) {
        let electorate = Electorate::new(vec!["3.42.0-rusqlite".to_owned()], &Lineage::default(), "");
        let mut state = State::new(1, &electorate, &Corpus::default());
        state.findings = vec![Finding::made_up("SELECT '\"a\": \\' || char(10)", "||", &["3.43.0-rusqlite"])];
        (state, electorate)
    }

    #[test]
    fn a_draft_that_somebody_went_on_from_stays_as_it_is() {
        let (state, electorate) = searched();
        let report = Report::of(&state, &electorate, &Known::default(), &Left::default(), |_| None);
        let folder = tempfile::tempdir().unwrap();
        let write = || write_drafts(folder.path(), &report).unwrap();
        assert_eq!(write(), Written { new: 1, ..Written::default() });
        assert_eq!(write(), Written { same: 1, ..Written::default() });
        let file = folder.path().join(format!("{}.yaml", report.findings[0].name));
        std::fs::write(&file, "title: mine").unwrap();
        assert_eq!(write(), Written { kept: vec![file.clone()], ..Written::default() });
        assert_eq!(std::fs::read_to_string(file).unwrap(), "title: mine");
    }

    #[test]
    fn the_causes_of_a_draft_may_be_made_part_of_it() {
        let line = |build: &str, was: &str, is: &str| Expected {
            build: build.to_owned(),
            change: "another text".to_owned(),
            was: was.to_owned(),
            is: is.to_owned(),
        };
        let drifts = vec![
            line("3.54.1-rusqlite", "\"[[1]]\"", "\"[\\\"[1]\\\"]\""),
            line("3.55.0-debian", "- a: {b, #\tc", "'"),
        ];
        let statements = ["SELECT json_array((SELECT json(1)))".to_owned()];
        let text = Draft { found: "Found.".to_owned(), statements: &statements, drifts }.text();
        let (before, causes) = text.split_once("# changed:").unwrap();
        let uncommented =
            |line: &str| format!("{}\n", line.strip_prefix("# ").or(line.strip_prefix('#')).unwrap_or(line));
        let text = format!("{before}changed:{}", causes.lines().map(uncommented).collect::<String>());
        let contract = Contract::read("drafts/found", &SourceText::new("found.yaml", text.as_str())).unwrap();
        let causes = contract.causes("found");
        assert_eq!(causes.len(), 2, "{text}");
    }

    #[test]
    fn a_draft_is_a_contract() {
        let (state, electorate) = searched();
        let report = Report::of(&state, &electorate, &Known::default(), &Left::default(), |_| None);
        let text = draft(&report.findings[0]);
        assert!(text.contains("#   3.43.0: >-\n#     another text: \"a\" → \"b\"\n"), "{text}");
        let contract = Contract::read("drafts/found", &SourceText::new("found.yaml", text.as_str())).unwrap();
        assert_eq!(contract.cases[0].runs[0].steps.len(), 3);
    }
}
