//! Cells that need not run again, because nothing that can change them has changed.

use std::path::PathBuf;

use anyhow::Result;

use crate::engine::Runner;
use crate::record::report::{CellReport, Verdict};
use crate::system::files::write_atomically;

/// Reports by the key of their inputs, one small file per cell: the key on a line, then the report as JSON.
#[derive(Debug)]
pub struct ResultCache {
    folder: PathBuf,
}

impl ResultCache {
    /// The reports kept under `folder`.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The report of a cell, run now unless it is remembered, and whether it was.
    ///
    /// # Errors
    /// Those of [`Runner::run_cell`].
    pub fn report_of(&self, runner: &impl Runner, contract: &str, build: &str) -> Result<(CellReport, bool)> {
        let key = runner.cell_key(contract, build);
        if let Some(report) = key.as_ref().and_then(|key| self.get(contract, build, key)) {
            return Ok((report, true));
        }
        let report = runner.run_cell(contract, build)?;
        if let Some(key) = key {
            self.put(&key, &report);
        }
        Ok((report, false))
    }

    /// The report of a cell, if it ran with inputs of this key last time.
    pub fn get(&self, contract: &str, build: &str, key: &str) -> Option<CellReport> {
        let text = std::fs::read_to_string(self.file(contract, build)).ok()?;
        let report = text.strip_prefix(key)?.strip_prefix('\n')?;
        let report: CellReport = serde_json::from_str(report).ok()?;
        (report.contract == contract && report.build == build).then_some(report)
    }

    /// Remembers a report, if it is one that may be believed again. A cache that cannot be written only
    /// costs time.
    pub fn put(&self, key: &str, report: &CellReport) {
        if !is_settled(report) {
            return;
        }
        if let Ok(text) = serde_json::to_string(report) {
            let file = self.file(&report.contract, &report.build);
            let _ = write_atomically(&file, format!("{key}\n{text}"));
        }
    }

    fn file(&self, contract: &str, build: &str) -> PathBuf {
        self.folder.join(contract).join(format!("{build}.json"))
    }
}

/// Failures, crashes and deadlines may be the machine's doing: they run every time.
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
            transcript: vec!["query → 0.30000000000000004".into()],
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
        assert_eq!(cache.get("a/b", "1", "k"), Some(report(Verdict::Holds)));
        assert_eq!(cache.get("a/c", "1", "k"), None);
        assert_eq!(cache.get("a/b", "1", "other"), None);
        cache.put("l", &report(Verdict::Crashed));
        assert_eq!(cache.get("a/b", "1", "l"), None);
    }
}
