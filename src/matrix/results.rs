//! The results of the cells of a run, and their file: one JSON line per cell.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::run::Partition;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// A contract, manifest or profile.
    Input,
    /// The machine: compiler, network, disk.
    Environment,
}

impl CellResult {
    /// The result of a cell that could not run.
    pub fn failed(contract: &str, build: &str, error: &anyhow::Error) -> Self {
        let is_input = error.chain().any(|cause| cause.is::<Diagnostics>());
        Self::Failed {
            contract: contract.to_owned(),
            build: build.to_owned(),
            blame: if is_input { Blame::Input } else { Blame::Environment },
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

/// Writes the file of the results of a run, or of a part of it.
///
/// # Errors
/// When the file cannot be written.
pub fn write<'a>(
    file: &Path,
    part: Partition,
    lines: impl IntoIterator<Item = Result<Cow<'a, str>>>,
) -> Result<()> {
    let first = serde_json::to_string(&First { part: part.to_string() })?;
    let lines = std::iter::once(Ok(first.into())).chain(lines);
    let text = lines.map(|line| Ok(line? + "\n")).collect::<Result<String>>()?;
    write_atomically(file, text)
}

/// The first line of the file.
#[derive(Serialize, Deserialize)]
struct First {
    part: String,
}

/// Reads a file: which part of a run it has, and the results.
///
/// # Errors
/// When the file cannot be read, or another version of this program wrote it.
pub fn read(file: &Path) -> Result<(Partition, Vec<CellResult>)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let foreign = || format!("{} was not written by `matrix --results` of this version", file.display());
    let mut lines = text.lines();
    let first: First = serde_json::from_str(lines.next().unwrap_or_default()).with_context(foreign)?;
    let part = first.part.parse().map_err(anyhow::Error::msg).with_context(foreign)?;
    let results = lines.map(|line| serde_json::from_str(line).with_context(foreign));
    Ok((part, results.collect::<Result<_>>()?))
}

/// Joins the results of all parts of a run, one file each.
///
/// # Errors
/// When a file cannot be read, or the parts are not exactly those of one run.
pub fn join(files: &[PathBuf]) -> Result<Vec<CellResult>> {
    let parts = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let mut here: Vec<Partition> = parts.iter().map(|(part, _)| *part).collect();
    here.sort();
    let whole = here.first().map(Partition::all).unwrap_or_default();
    if here != whole {
        let shown =
            |parts: &[Partition]| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        bail!(NotWhole { here: shown(&here), whole: shown(&whole) });
    }
    Ok(parts.into_iter().flat_map(|(_, results)| results).collect())
}

/// Some parts of a run are missing or duplicate.
#[derive(Debug)]
pub struct NotWhole {
    here: String,
    whole: String,
}

impl fmt::Display for NotWhole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "these are not the parts of one run: {} instead of {}", self.here, self.whole)
    }
}

impl std::error::Error for NotWhole {}

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
        let write_part = |file: &Path, part: &str, results: &[CellResult]| {
            let lines = results.iter().map(|result| Ok(result.line()?.into()));
            write(file, part.parse().unwrap(), lines).unwrap();
        };
        write_part(&file, "1/1", &results);
        assert_eq!(read(&file).unwrap(), (Partition::default(), results.to_vec()));
        let parts = ["1/2", "2/2"].map(|part| folder.path().join(part));
        write_part(&parts[1], "2/2", &results[1..]);
        write_part(&parts[0], "1/2", &results[..1]);
        assert_eq!(join(&parts).unwrap(), results);
        let message = join(&parts[1..]).unwrap_err().to_string();
        assert_eq!(message, "these are not the parts of one run: 2/2 instead of 1/2, 2/2");
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
    }
}
