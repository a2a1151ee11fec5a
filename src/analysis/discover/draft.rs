//! Findings as contracts to go on from.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::contrast::contrast;
use super::report::{DatedDrift, Report, Shown};
use super::statement::{is_call, step_of};
use crate::contract::thing::Thing;
use crate::contract::verb::{Call, DbName, Verb};
use crate::contract::{Contract, schema};
use crate::diagnostic::SourceText;
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
    /// Findings that are no contract, by their names: what the checks of contracts say of each.
    pub refused: Vec<(String, String)>,
}

/// Writes each finding that the catalogue neither knows nor leaves into a folder. A file that is there is never changed, and
/// what would not be read as a contract is not written.
///
/// # Errors
/// When one cannot be written, or the file of its name cannot be read.
pub fn write_drafts(folder: &Path, report: &Report<'_>) -> Result<Written> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut written = Written::default();
    for shown in report.findings.iter().filter(|shown| shown.is_new()) {
        let (path, text) = (folder.join(format!("{}.yaml", shown.name)), draft(shown));
        let source = SourceText::new(path.display().to_string(), text.as_str());
        if let Err(mistakes) = Contract::read(&format!("drafts/{}", shown.name), &source) {
            written.refused.push((shown.name.clone(), mistakes.to_string()));
            continue;
        }
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
        let open = if self.opens_itself() { "" } else { "      - open: \":memory:\"\n" };
        let step = |text: &String| match is_call(text) {
            true => format!("      - {text}\n"),
            false => format!("      - query: {}\n", quoted(text)),
        };
        let steps: String = self.statements.iter().map(step).collect();
        let close: String = self.connections().iter().map(|db| format!("      - {}\n", close(db))).collect();
        let found: String = self.found.lines().map(|line| format!("# {line}\n")).collect();
        format!(
            "{modeline}\ntitle: {}\nwhy: >-\n  What breaks for whom when this changes.\n{found}# Say why it changes, and put it \
             on record:\n# changed:\n{causes}cases:\n  - name: found\n    steps:\n{open}{steps}{close}",
            quoted(title),
            modeline = schema::MODELINE,
        )
    }
}

impl Draft<'_> {
    /// Whether its statements open what they use, as the first one shows; else a connection to a new database is there.
    fn opens_itself(&self) -> bool {
        self.statements.first().is_some_and(|text| text.starts_with("open: "))
    }

    /// The connections that are left when its statements are done. One whose `close` returns BUSY was closed as well as it
    /// can be.
    fn connections(&self) -> BTreeSet<String> {
        let own = if self.opens_itself() { None } else { Some(DbName::DEFAULT.to_owned()) };
        let mut left: BTreeSet<String> = own.into_iter().collect();
        let names = |things: BTreeSet<(Thing, &str)>| -> BTreeSet<String> {
            things
                .into_iter()
                .filter(|(it, _)| *it == Thing::Connection)
                .map(|(_, name)| name.to_owned())
                .collect()
        };
        for step in self.statements.iter().map(|text| step_of(text)) {
            let Verb::Call(call) = &step.verb else { continue };
            let ended = if matches!(call, Call::Close(_)) { call.uses() } else { call.ends() };
            left = &(&left - &names(ended)) | &names(call.makes());
        }
        left
    }
}

/// The step that closes a connection.
fn close(db: &str) -> String {
    if db == DbName::DEFAULT { "close:".to_owned() } else { format!("close: {db}") }
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
    fn a_draft_closes_what_its_statements_leave_open() {
        let closing = |statements: &[&str]| {
            let statements: Vec<String> = statements.iter().map(|it| (*it).to_owned()).collect();
            let text =
                Draft { found: "Found.".to_owned(), statements: &statements, drifts: Vec::new() }.text();
            let source = SourceText::new("found.yaml", text.as_str());
            let contract =
                Contract::read("drafts/found", &source).unwrap_or_else(|it| panic!("{it}\n{text}"));
            let steps = &contract.cases[0].runs[0].steps;
            let more = usize::from(!statements[0].starts_with("open: ")) + statements.len();
            steps[more..].iter().map(|it| it.step.describe()).collect::<Vec<_>>()
        };
        let other = "open: {path: ':memory:', db: other}";
        assert_eq!(closing(&["SELECT 1"]), ["close"]);
        assert_eq!(closing(&[other, "error_offset: other"]), ["close other"]);
        assert_eq!(closing(&["error_offset: db", other]), ["close", "close other"]);
        assert_eq!(closing(&["open: f.db", "close: db", other]), ["close other"]);
        assert_eq!(closing(&[other, "close_v2: other"]), [""; 0]);
    }

    #[test]
    fn what_is_no_contract_is_not_written() {
        let (mut state, electorate) = searched();
        state.findings.push(Finding::made_up("step: p", "step", &["3.43.0-rusqlite"]));
        let report = Report::of(&state, &electorate, &Known::default(), &Left::default(), |_| None);
        let folder = tempfile::tempdir().unwrap();
        let written = write_drafts(folder.path(), &report).unwrap();
        assert_eq!((written.new, written.refused.len()), (1, 1));
        assert!(written.refused[0].1.contains("`p` is never prepared"), "{}", written.refused[0].1);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
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
