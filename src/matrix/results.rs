//! The results of the cells of a run, and their file: one JSON line per cell.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::run::Partition;

use crate::builds::BuildError;
use crate::diagnostic::Diagnostics;
use crate::record::report::CellReport;
use crate::system::files::write_atomically;

/// The result of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellResult {
    /// It ran, or an earlier run with the same inputs was cached.
    Ran {
        /// What the contract did on the build.
        report: CellReport,
        /// Whether an earlier run was reused.
        cached: bool,
    },
    /// It could not run.
    Failed {
        /// The contract: `precision/round`.
        contract: String,
        /// The build: `3.46.0-rusqlite`.
        build: String,
        /// What has to change before it can run.
        blame: Blame,
        /// The error with its causes, for people.
        message: String,
    },
}

/// What has to change before a cell can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// A contract, manifest or profile.
    Input,
    /// The machine: compiler, network, disk.
    Environment,
    /// Nothing: not every machine is expected to have the library, or what the profile needs.
    Absent,
}

impl CellResult {
    /// The result of a cell that could not run.
    pub fn failed(contract: &str, build: &str, error: &anyhow::Error) -> Self {
        let is_input = error.chain().any(|cause| cause.is::<Diagnostics>());
        let is_absent =
            error.chain().any(|cause| cause.downcast_ref::<BuildError>().is_some_and(BuildError::is_absence));
        Self::Failed {
            contract: contract.to_owned(),
            build: build.to_owned(),
            blame: match (is_input, is_absent) {
                (true, _) => Blame::Input,
                (_, true) => Blame::Absent,
                _ => Blame::Environment,
            },
            message: format!("{error:#}"),
        }
    }

    /// Contract and build.
    pub fn cell(&self) -> (&str, &str) {
        match self {
            Self::Ran { report, .. } => (&report.contract, &report.build),
            Self::Failed { contract, build, .. } => (contract, build),
        }
    }

    /// The result as a line of JSON, without its line feed.
    ///
    /// # Errors
    /// When it cannot be serialized.
    pub fn line(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}

/// What a file of results is about: its first line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which part of the run.
    pub part: Partition,
    /// A digest of what the whole run was asked: parts of different runs have different ones.
    pub run: String,
    /// The builds of this part that could not be produced, so that no cell of theirs has a result.
    pub missing: Vec<String>,
    /// How many lines follow: a file that was cut short has fewer.
    pub cells: usize,
}

/// Writes the file of the results of a run, or of a part of it. `part.cells` is counted here.
///
/// # Errors
/// When the file cannot be written.
pub fn write<'a>(
    file: &Path,
    part: &Part,
    lines: impl IntoIterator<Item = Result<Cow<'a, str>>>,
) -> Result<()> {
    let lines = lines.into_iter().collect::<Result<Vec<_>>>()?;
    let first = serde_json::to_string(&Part { cells: lines.len(), ..part.clone() })?;
    let lines = std::iter::once(first.as_str()).chain(lines.iter().map(|line| line.trim_end()));
    write_atomically(file, lines.fold(String::new(), |text, line| text + line + "\n"))
}

/// Reads a file of results.
///
/// # Errors
/// When the file cannot be read, and [`UnusableResults`] when it was not written whole by this version.
pub fn read(file: &Path) -> Result<(Part, Vec<CellResult>)> {
    let unusable = |reason: String| UnusableResults(format!("{}: {reason}", file.display()));
    let text = match std::fs::read_to_string(file) {
        Err(error) if is_of_the_argument(error.kind()) => {
            bail!(UnusableResults(format!("cannot read {}: {error}", file.display())))
        }
        read => read.with_context(|| format!("cannot read {}", file.display()))?,
    };
    let foreign = |error: serde_json::Error| {
        unusable(format!("this was not written by `matrix --results` of this version ({error})"))
    };
    let mut lines = text.lines();
    let part: Part = serde_json::from_str(lines.next().unwrap_or_default()).map_err(foreign)?;
    let results = lines.map(|line| serde_json::from_str(line).map_err(foreign));
    let results: Vec<CellResult> = results.collect::<Result<_, _>>()?;
    if results.len() != part.cells {
        bail!(unusable(format!("it was cut short: {} of {} results", results.len(), part.cells)));
    }
    Ok((part, results))
}

/// Whether a file cannot be read because another one was meant, and not for a reason of this machine.
fn is_of_the_argument(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::InvalidData | ErrorKind::IsADirectory)
}

/// Joins the results of all parts of a run, one file each; the second list is the builds that some part could not
/// produce.
///
/// # Errors
/// When a file cannot be read, and [`UnusableResults`] when the files are not exactly the parts of one run.
pub fn join(files: &[PathBuf]) -> Result<(Vec<CellResult>, Vec<String>)> {
    let parts = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let mut here: Vec<Partition> = parts.iter().map(|(part, _)| part.part).collect();
    here.sort();
    let whole = here.first().map(Partition::all).unwrap_or_default();
    if here != whole {
        let shown =
            |parts: &[Partition]| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let message =
            format!("these are not the parts of one run: {} instead of {}", shown(&here), shown(&whole));
        bail!(UnusableResults(message));
    }
    let runs: BTreeSet<&str> = parts.iter().map(|(part, _)| part.run.as_str()).collect();
    if runs.len() > 1 {
        let message =
            "these are parts of different runs: every part needs the same contracts, builds and options";
        bail!(UnusableResults(message.to_owned()));
    }
    let missing: BTreeSet<String> = parts.iter().flat_map(|(part, _)| part.missing.iter().cloned()).collect();
    let results = parts.into_iter().flat_map(|(_, results)| results).collect();
    Ok((results, missing.into_iter().collect()))
}

/// Files of results that cannot be used: the message says why.
#[derive(Debug)]
pub struct UnusableResults(String);

impl fmt::Display for UnusableResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnusableResults {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_the_result_of_each_cell() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/results.jsonl");
        let report = CellReport { contract: "a/b".into(), build: "1".into(), cases: Vec::new() };
        let failed = CellResult::failed("a/b", "2", &anyhow::anyhow!("no compiler"));
        let results = [CellResult::Ran { report, cached: true }, failed];
        let write_part = |file: &Path, part: &str, run: &str, results: &[CellResult]| {
            let part = Part { part: part.parse().unwrap(), run: run.to_owned(), ..Part::default() };
            let lines = results.iter().map(|result| Ok(result.line()?.into()));
            write(file, &part, lines).unwrap();
        };
        write_part(&file, "1/1", "a", &results);
        assert_eq!(read(&file).unwrap().1, results);
        let parts = ["1/2", "2/2"].map(|part| folder.path().join(part));
        write_part(&parts[1], "2/2", "a", &results[1..]);
        write_part(&parts[0], "1/2", "a", &results[..1]);
        assert_eq!(join(&parts).unwrap(), (results.to_vec(), Vec::new()));
        let message = |files: &[PathBuf]| join(files).unwrap_err().to_string();
        assert_eq!(message(&parts[1..]), "these are not the parts of one run: 2/2 instead of 1/2, 2/2");
        write_part(&parts[0], "1/2", "b", &results[..1]);
        assert!(message(&parts).starts_with("these are parts of different runs"));
        let whole = std::fs::read_to_string(&file).unwrap();
        let (cut, _) = whole.trim_end().rsplit_once('\n').unwrap();
        std::fs::write(&file, cut).unwrap();
        assert!(message(&[file]).ends_with("it was cut short: 1 of 2 results"));
    }

    #[test]
    fn a_file_that_is_none_of_results_is_a_mistake_of_who_named_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            file
        };
        let bad = [
            file("junk.sql", b"\xff\xfe"),
            file("text.sql", b"SELECT 1;"),
            file("empty.jsonl", b""),
            folder.path().to_owned(),
            folder.path().join("missing"),
        ];
        for file in bad {
            let error = join(std::slice::from_ref(&file)).unwrap_err();
            assert!(error.is::<UnusableResults>(), "{}: {error:#}", file.display());
        }
    }

    #[test]
    fn a_mistake_in_a_contract_is_distinguished_from_a_broken_machine() {
        let blame = |error: anyhow::Error| match CellResult::failed("a/b", "1", &error) {
            CellResult::Failed { blame, .. } => blame,
            CellResult::Ran { .. } => panic!(),
        };
        let mistakes = anyhow::Error::new(Diagnostics::new()).context("in a contract");
        assert_eq!(blame(mistakes), Blame::Input);
        assert_eq!(blame(anyhow::anyhow!("no compiler")), Blame::Environment);
        let lack = BuildError::Lacking { what: "ICU".to_owned(), reason: "no header".to_owned() };
        assert_eq!(blame(anyhow::Error::new(lack).context("of a build")), Blame::Absent);
    }
}
