//! What became of the cells of a run, and the file that keeps it: one JSON line per cell.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::record::report::CellReport;
use crate::system::files::write_atomically;

/// What became of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellResult {
    /// It ran, or an earlier run of the same inputs is remembered.
    Ran { report: CellReport, cached: bool },
    /// It could not run.
    Failed { contract: String, build: String, blame: Blame, message: String },
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
}

/// Writes the results of a run.
///
/// # Errors
/// When the file cannot be written.
pub fn write(file: &Path, results: &[CellResult]) -> Result<()> {
    let mut lines = Vec::new();
    for result in results {
        serde_json::to_writer(&mut lines, result)?;
        lines.push(b'\n');
    }
    write_atomically(file, lines)
}

/// The results that a whole run left in a file.
///
/// # Errors
/// When the file cannot be read, or another version of this program wrote it.
pub fn read(file: &Path) -> Result<Vec<CellResult>> {
    let lines = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let result = |line| {
        serde_json::from_str(line).with_context(|| format!("not a result of a cell, in {}", file.display()))
    };
    lines.lines().map(result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_what_became_of_each_cell() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/results.jsonl");
        let report = CellReport { contract: "a/b".into(), build: "1".into(), cases: Vec::new() };
        let failed = CellResult::failed("a/b", "2", &anyhow::anyhow!("no compiler"));
        let results = [CellResult::Ran { report, cached: true }, failed];
        write(&file, &results).unwrap();
        assert_eq!(read(&file).unwrap(), results);
    }

    #[test]
    fn a_mistake_in_a_contract_is_told_from_a_broken_machine() {
        let blame = |error: anyhow::Error| match CellResult::failed("a/b", "1", &error) {
            CellResult::Failed { blame, .. } => blame,
            CellResult::Ran { .. } => panic!(),
        };
        let mistakes = anyhow::Error::new(Diagnostics::new()).context("in a contract");
        assert_eq!(blame(mistakes), Blame::Input);
        assert_eq!(blame(anyhow::anyhow!("no compiler")), Blame::Environment);
    }
}
