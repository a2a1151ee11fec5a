//! A cache of cells, which do not run again while none of their inputs has changed.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use anyhow::Result;

use super::results::CellResult;
use crate::engine::Runner;
use crate::record::report::{CellReport, Verdict};
use crate::system::files::write_atomically;

/// Reports by the key of their inputs, one small file per cell: a line with the key, then the line of the
/// [result](CellResult).
#[derive(Debug)]
pub struct ResultCache {
    folder: PathBuf,
}

/// The report of a cell that ran, now or earlier with the same inputs.
#[derive(Debug, PartialEq)]
pub struct Known {
    /// What it did.
    pub report: CellReport,
    /// Whether it ran earlier.
    pub cached: bool,
    /// The result as the cache holds it: thousands are passed on, and need not be serialized again.
    pub line: Option<String>,
}

impl ResultCache {
    /// The reports kept under `folder`.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The report of a cell, run now unless it is cached.
    ///
    /// # Errors
    /// Those of [`Runner::run_cell`].
    pub fn report_of(&self, runner: &impl Runner, contract: &str, build: &str) -> Result<Known> {
        let key = runner.cell_key(contract, build);
        if let Some(known) = key.as_ref().and_then(|key| self.get(contract, build, key)) {
            return Ok(known);
        }
        let report = runner.run_cell(contract, build)?;
        let line = key.and_then(|key| self.put(&key, &report));
        Ok(Known { report, cached: false, line })
    }

    /// The report of a cell, if its last run had inputs with this key.
    pub fn get(&self, contract: &str, build: &str, key: &str) -> Option<Known> {
        let text = std::fs::read_to_string(self.file(contract, build)).ok()?;
        let line = text.strip_prefix(key)?.strip_prefix('\n')?;
        let result: CellResult = serde_json::from_str(line).ok()?;
        let is_it = result.cell() == (contract, build);
        match result {
            CellResult::Ran { report, .. } if is_it => {
                Some(Known { report, cached: true, line: Some(line.to_owned()) })
            }
            _ => None,
        }
    }

    /// Whether the report of a cell is cached, which costs reading the beginning of a file.
    pub fn has(&self, contract: &str, build: &str, key: &str) -> bool {
        let mut found = vec![0; key.len()];
        let read = File::open(self.file(contract, build)).and_then(|mut file| file.read_exact(&mut found));
        read.is_ok() && found == key.as_bytes()
    }

    /// Stores a report, if it is reproducible, and returns what it stored.
    fn put(&self, key: &str, report: &CellReport) -> Option<String> {
        if is_settled(report) { self.write(key, report) } else { None }
    }

    /// Stores a report that is as it is on record, unless it is [stored already](Self::report_of): the machine is not
    /// what makes its cases crash or time out. Returns what it stored.
    pub fn put_confirmed(&self, key: &str, report: &CellReport) -> Option<String> {
        let confirmed = |verdict| !matches!(verdict, Verdict::Broken | Verdict::CouldNotRun);
        let is_confirmed = report.cases.iter().all(|case| confirmed(case.verdict));
        if is_confirmed && !is_settled(report) { self.write(key, report) } else { None }
    }

    /// A cache that cannot be written only costs time.
    fn write(&self, key: &str, report: &CellReport) -> Option<String> {
        let line = CellResult::Ran { report: report.clone(), cached: true }.line().ok()?;
        let file = self.file(&report.contract, &report.build);
        write_atomically(&file, format!("{key}\n{line}")).ok()?;
        Some(line)
    }

    /// The folder of a contract.
    pub(super) fn of_contract(&self, contract: &str) -> PathBuf {
        self.folder.join(contract)
    }

    fn file(&self, contract: &str, build: &str) -> PathBuf {
        self.of_contract(contract).join(format!("{build}.json"))
    }
}

/// Failures, crashes and timeouts may be caused by the machine: they run every time, until they are on record.
fn is_settled(report: &CellReport) -> bool {
    report.cases.iter().all(|case| matches!(case.verdict, Verdict::Holds | Verdict::Unsupported))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::report::CaseReport;

    fn report(verdict: Verdict) -> CellReport {
        let case = CaseReport {
            case: "half".into(),
            verdict,
            transcript: ["query → 0.30000000000000004"].into_iter().collect(),
            failures: Vec::new(),
            reason: None,
            stack: Vec::new(),
            seconds: 0.25,
        };
        CellReport { contract: "a/b".into(), build: "1".into(), cases: vec![case] }
    }

    #[test]
    fn a_cell_is_remembered_by_its_key_and_only_if_it_is_settled() {
        let folder = tempfile::tempdir().unwrap();
        let cache = ResultCache::at(folder.path());
        cache.put("k", &report(Verdict::Holds));
        let known = cache.get("a/b", "1", "k").unwrap();
        assert_eq!(known.report, report(Verdict::Holds));
        let result = serde_json::from_str(&known.line.unwrap()).unwrap();
        assert_eq!(CellResult::Ran { report: known.report, cached: true }, result);
        assert!(cache.has("a/b", "1", "k") && !cache.has("a/b", "1", "other") && !cache.has("a/c", "1", "k"));
        assert_eq!(cache.get("a/c", "1", "k"), None);
        assert_eq!(cache.get("a/b", "1", "other"), None);
        cache.put("l", &report(Verdict::Crashed));
        assert_eq!(cache.get("a/b", "1", "l"), None);
    }

    #[test]
    fn a_crash_is_remembered_once_it_is_on_record_but_not_what_is_broken_or_could_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let cache = ResultCache::at(folder.path());
        for (key, verdict, remembered) in [
            ("c", Verdict::Crashed, true),
            ("t", Verdict::TimedOut, true),
            ("b", Verdict::Broken, false),
            ("n", Verdict::CouldNotRun, false),
        ] {
            cache.put_confirmed(key, &report(verdict));
            assert_eq!(cache.has("a/b", "1", key), remembered, "{verdict:?}");
        }
    }
}
