//! What the cells of a run did, one JSON line per cell, in a file that the runner of the tests follows.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::record::report::CellReport;

/// Names the file that cells report to. Unset: nobody listens.
pub const RESULTS_VARIABLE: &str = "SQLITE_CONTRACTS_RESULTS";

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

    /// The line that says it.
    pub fn line(&self) -> Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

/// Appends the line of a result in one write, so that processes that share the file do not mix their lines.
pub fn append(line: &str, file: &Path) -> Result<()> {
    let append = || OpenOptions::new().append(true).create(true).open(file)?.write_all(line.as_bytes());
    append().with_context(|| format!("cannot report to {}", file.display()))
}

/// Reads results while they are being written.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    file: File,
    offset: u64,
}

impl Follower {
    /// Follows a file, which is made empty.
    pub fn new(path: &Path) -> Result<Self> {
        let create = || -> std::io::Result<File> {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            File::create(path)?;
            File::open(path)
        };
        let file = create().with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file, offset: 0 })
    }

    /// The results whose lines were completed since the last call.
    pub fn read(&mut self) -> Result<Vec<CellResult>> {
        let mut bytes = Vec::new();
        self.file
            .seek(SeekFrom::Start(self.offset))
            .and_then(|_| self.file.read_to_end(&mut bytes))
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        let complete = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.offset += complete as u64;
        parse(&bytes[..complete], &self.path)
    }
}

/// The results that a whole run left in a file.
///
/// # Errors
/// When the file cannot be read, or another version of this program wrote it.
pub fn read(file: &Path) -> Result<Vec<CellResult>> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    parse(&bytes, file)
}

fn parse(lines: &[u8], file: &Path) -> Result<Vec<CellResult>> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            serde_json::from_slice(line).with_context(|| format!("not a result, in {}", file.display()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(build: &str) -> CellResult {
        let report = CellReport { contract: "a/b".into(), build: build.into(), cases: Vec::new() };
        CellResult::Ran { report, cached: false }
    }

    #[test]
    fn a_follower_reads_each_complete_line_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/results.jsonl");
        let mut follower = Follower::new(&path).unwrap();
        append(&result("1").line().unwrap(), &path).unwrap();
        assert_eq!(follower.read().unwrap(), [result("1")]);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        let line = result("2").line().unwrap();
        file.write_all(&line.as_bytes()[..20]).unwrap();
        assert_eq!(follower.read().unwrap(), []);
        file.write_all(&line.as_bytes()[20..]).unwrap();
        assert_eq!(follower.read().unwrap(), [result("2")]);
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
