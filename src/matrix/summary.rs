//! The summary of a run, in one line.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::survey::{Case, Cell, Standing, Survey};
use crate::diagnostic::numbers::counted;
use crate::record::report::Verdict;

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Builds that ran.
    pub builds: usize,
    /// Contracts that ran.
    pub contracts: usize,
    /// Cells that ran or came from the cache.
    pub cells: usize,
    /// Cells that came from the cache.
    pub cached: usize,
    /// Cells that could not run.
    pub failed: usize,
    /// Cases of other cells that could not run.
    pub could_not_run: usize,
    /// All cases.
    pub cases: usize,
    /// Cases of other drivers, which builds of a driver's version pass over; they are not among all cases.
    #[serde(default)]
    pub of_other_drivers: usize,
    /// Cases in which every promise holds.
    pub hold: usize,
    /// Cases that their build does not support.
    pub unsupported: usize,
    /// Cases that crash.
    pub crashed: usize,
    /// Cases that miss their deadline.
    pub timed_out: usize,
    /// Cases with a broken promise.
    pub broken: usize,
    /// Snapshots of new cases and of new builds, to be looked at and accepted.
    pub new: usize,
    /// Drifts that have to be reviewed.
    pub unreviewed: usize,
    /// Cases that follow such a drift: they do what a build above them does, whose drift waits for review.
    pub follow: usize,
    /// Snapshots of cases that the build does not support.
    pub unwanted: usize,
    /// Differences between builds of this run that are on record.
    pub on_record: usize,
}

impl Summary {
    /// Counts a run.
    pub fn of(survey: &Survey) -> Self {
        let rows = survey.rows.iter().map(|row| &row.overview.figures);
        Self {
            builds: survey.builds.len(),
            contracts: survey.contracts.len(),
            failed: survey.failed.len(),
            ..rows.fold(Self::of_cells(&survey.cells), Self::plus)
        }
    }

    /// The figures of cells and their cases.
    pub(super) fn of_cells(cells: &[Cell]) -> Self {
        // A build of a driver's version is not asked the cases of other drivers.
        let is_asked = |case: &&Case| !case.report.is_of_another_driver();
        let all = || cells.iter().flat_map(|cell| &cell.cases);
        let cases = || all().filter(is_asked);
        let verdicts = |verdict| cases().filter(|case| case.report.verdict == verdict).count();
        let recorded = cells.iter().filter(|cell| cell.is_recorded).flat_map(|cell| &cell.cases);
        let standings = |standing| cases().filter(|case| case.standing == standing).count();
        Self {
            builds: 0,
            contracts: 0,
            cells: cells.len(),
            cached: cells.iter().filter(|cell| cell.cached).count(),
            failed: 0,
            could_not_run: verdicts(Verdict::CouldNotRun),
            cases: cases().count(),
            of_other_drivers: all().count() - cases().count(),
            hold: verdicts(Verdict::Holds),
            unsupported: verdicts(Verdict::Unsupported),
            crashed: verdicts(Verdict::Crashed),
            timed_out: verdicts(Verdict::TimedOut),
            broken: verdicts(Verdict::Broken),
            new: cases().filter(|case| case.standing == Standing::New && case.drift.is_some()).count(),
            unreviewed: standings(Standing::Unreviewed),
            follow: standings(Standing::Follows),
            unwanted: standings(Standing::Unwanted),
            on_record: recorded.filter(|case| case.standing == Standing::OnRecord).count(),
        }
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            builds: self.builds + other.builds,
            contracts: self.contracts + other.contracts,
            cells: self.cells + other.cells,
            cached: self.cached + other.cached,
            failed: self.failed + other.failed,
            could_not_run: self.could_not_run + other.could_not_run,
            cases: self.cases + other.cases,
            of_other_drivers: self.of_other_drivers + other.of_other_drivers,
            hold: self.hold + other.hold,
            unsupported: self.unsupported + other.unsupported,
            crashed: self.crashed + other.crashed,
            timed_out: self.timed_out + other.timed_out,
            broken: self.broken + other.broken,
            new: self.new + other.new,
            unreviewed: self.unreviewed + other.unreviewed,
            follow: self.follow + other.follow,
            unwanted: self.unwanted + other.unwanted,
            on_record: self.on_record + other.on_record,
        }
    }

    /// Whether nothing needs attention; what is new is no failure, and is to be accepted (see [`Self::new`]).
    pub fn is_clean(&self) -> bool {
        self.broken + self.unreviewed + self.follow + self.unwanted + self.failed + self.could_not_run == 0
    }

    /// The figures as one line.
    pub fn line(&self, elapsed: Duration) -> String {
        let verdicts = [
            (self.hold, "hold"),
            (self.unsupported, "unsupported"),
            (self.crashed, "crashed"),
            (self.timed_out, "timed out"),
        ];
        let verdicts = verdicts.into_iter().filter(|(n, what)| *n > 0 || *what == "hold");
        let verdicts: Vec<String> = verdicts.map(|(n, what)| counted(n, what, what)).collect();
        let seldom = |n: usize, one: &str, many: &str| (n > 0).then(|| counted(n, one, many));
        let findings = [
            seldom(self.failed, "cell that cannot run", "cells that cannot run"),
            seldom(self.could_not_run, "case that could not run", "cases that could not run"),
            seldom(self.unwanted, "unwanted snapshot", "unwanted snapshots"),
            Some(counted(self.broken, "broken", "broken")),
            seldom(self.new, "new (not yet on record)", "new (not yet on record)"),
            Some(counted(self.unreviewed, "unreviewed drift", "unreviewed drifts")),
            seldom(self.follow, "case that follows one", "cases that follow one"),
            Some(counted(self.on_record, "drift on record", "drifts on record")),
        ];
        let findings: Vec<String> = findings.into_iter().flatten().collect();
        let sizes = [
            Some(counted(self.builds, "build", "builds")),
            Some(counted(self.contracts, "contract", "contracts")),
            Some(counted(self.cells, "cell", "cells")),
            Some(counted(self.cases, "case", "cases")),
            seldom(self.of_other_drivers, "of another driver left out", "of other drivers left out"),
        ];
        let sizes: Vec<String> = sizes.into_iter().flatten().collect();
        let cached = seldom(self.cached, "cell", "cells").map(|cells| format!(", {cells} from cache"));
        format!(
            "{}: {}; {} ({:.1} s{})",
            sizes.join(", "),
            verdicts.join(", "),
            findings.join(", "),
            elapsed.as_secs_f64(),
            cached.unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::report::{CaseReport, OF_ANOTHER_DRIVER};

    #[test]
    fn a_build_that_is_never_recorded_has_no_drift_on_record() {
        let report = CaseReport {
            case: "half".into(),
            verdict: Verdict::Holds,
            transcript: Default::default(),
            failures: Vec::new(),
            reason: None,
            stack: Vec::new(),
            seconds: 0.0,
        };
        let cell = |build: &str, is_recorded| Cell {
            contract: "precision/round".into(),
            build: build.into(),
            cached: false,
            standing: Standing::OnRecord,
            is_recorded,
            cases: vec![Case { report: report.clone(), standing: Standing::OnRecord, drift: None }],
        };
        let cells = [cell("3.46.0-rusqlite", true), cell("system", false)];
        assert_eq!(Summary::of_cells(&cells).on_record, 1);
    }

    #[test]
    fn cases_of_other_drivers_are_no_cases_of_a_drivers_build() {
        let case = |verdict, reason: Option<&str>| {
            let report = CaseReport {
                case: "one".into(),
                verdict,
                transcript: Default::default(),
                failures: Vec::new(),
                reason: reason.map(str::to_owned),
                stack: Vec::new(),
                seconds: 0.0,
            };
            Case { report, standing: Standing::Holds, drift: None }
        };
        let other = format!("{OF_ANOTHER_DRIVER}go@1.14.22, and the case has driver node");
        let cell = Cell {
            contract: "drivers/busy".into(),
            build: "3.54.1-rusqlite+go-1.14.22".into(),
            cached: false,
            standing: Standing::Holds,
            is_recorded: true,
            cases: vec![
                case(Verdict::Holds, None),
                case(Verdict::Unsupported, Some("needs driver go>=1.14.26")),
                case(Verdict::Unsupported, Some(&other)),
            ],
        };
        let summary = Summary::of_cells(&[cell]);
        assert_eq!((summary.cases, summary.of_other_drivers, summary.unsupported), (2, 1, 1));
        assert!(summary.line(Duration::ZERO).contains("2 cases, 1 of another driver left out: 1 hold"));
    }

    #[test]
    fn the_line_leaves_out_what_did_not_happen() {
        let mut summary = Summary {
            builds: 14,
            contracts: 25,
            cells: 350,
            cached: 340,
            cases: 1722,
            hold: 1700,
            unsupported: 22,
            on_record: 31,
            ..Summary::default()
        };
        assert!(summary.is_clean());
        assert_eq!(
            summary.line(Duration::from_millis(12_300)),
            "14 builds, 25 contracts, 350 cells, 1,722 cases: 1,700 hold, 22 unsupported; \
             0 broken, 0 unreviewed drifts, 31 drifts on record (12.3 s, 340 cells from cache)"
        );
        summary.failed = 1;
        assert!(!summary.is_clean());
        assert!(summary.line(Duration::ZERO).contains("; 1 cell that cannot run, 0 broken"));
    }
}
