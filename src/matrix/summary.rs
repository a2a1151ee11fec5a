//! The one line that says how a run went.

use std::time::Duration;

use serde::Serialize;

use super::survey::{Standing, Survey};
use crate::cell::Verdict;

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Builds that ran.
    pub builds: usize,
    /// Contracts that ran.
    pub contracts: usize,
    /// Cells that ran or were remembered.
    pub cells: usize,
    /// Cells that were remembered.
    pub cached: usize,
    /// Cells that could not run.
    pub failed: usize,
    /// All cases.
    pub cases: usize,
    /// Cases by verdict.
    pub hold: usize,
    pub unsupported: usize,
    pub crashed: usize,
    pub timed_out: usize,
    pub broken: usize,
    /// What a person has to look at.
    pub unreviewed: usize,
    /// What follows from that: cases that do what a build above them waits to be on record for.
    pub follow: usize,
    /// Snapshots of cases that the build does not support.
    pub unwanted: usize,
    /// Differences between builds of this run that a person has accepted.
    pub on_record: usize,
}

impl Summary {
    /// Counts a run.
    pub fn of(survey: &Survey) -> Self {
        let verdicts = |verdict| survey.cases().filter(|(_, case)| case.report.verdict == verdict).count();
        let standings = |standing| survey.cases().filter(|(_, case)| case.standing == standing).count();
        Self {
            builds: survey.builds.len(),
            contracts: survey.contracts.len(),
            cells: survey.cells.len(),
            cached: survey.cells.iter().filter(|cell| cell.cached).count(),
            failed: survey.failed.len(),
            cases: survey.cases().count(),
            hold: verdicts(Verdict::Holds),
            unsupported: verdicts(Verdict::Unsupported),
            crashed: verdicts(Verdict::Crashed),
            timed_out: verdicts(Verdict::TimedOut),
            broken: verdicts(Verdict::Broken),
            unreviewed: standings(Standing::Unreviewed),
            follow: standings(Standing::Follows),
            unwanted: standings(Standing::Unwanted),
            on_record: standings(Standing::OnRecord),
        }
    }

    /// Whether there is nothing that a person has to look at.
    pub fn is_clean(&self) -> bool {
        self.broken + self.unreviewed + self.follow + self.unwanted + self.failed == 0
    }

    /// The figures as one line.
    pub fn line(&self, elapsed: Duration) -> String {
        let verdicts = [
            (self.hold, "hold"),
            (self.unsupported, "unsupported"),
            (self.crashed, "crashed"),
            (self.timed_out, "timed out"),
        ];
        let verdicts = listed(verdicts.into_iter().filter(|(n, what)| *n > 0 || *what == "hold"));
        let failures = [
            (self.failed, plural(self.failed, "cell that cannot run", "cells that cannot run")),
            (self.unwanted, plural(self.unwanted, "unwanted snapshot", "unwanted snapshots")),
        ];
        let findings = [
            (self.broken, "broken"),
            (self.unreviewed, plural(self.unreviewed, "unreviewed drift", "unreviewed drifts")),
        ];
        let follow = (self.follow, plural(self.follow, "case that follows one", "cases that follow one"));
        let on_record = [(self.on_record, plural(self.on_record, "drift on record", "drifts on record"))];
        let findings = listed(
            failures
                .into_iter()
                .filter(|(n, _)| *n > 0)
                .chain(findings)
                .chain(Some(follow).filter(|(n, _)| *n > 0))
                .chain(on_record),
        );
        let sizes = listed([
            (self.builds, plural(self.builds, "build", "builds")),
            (self.contracts, plural(self.contracts, "contract", "contracts")),
            (self.cells, plural(self.cells, "cell", "cells")),
            (self.cases, plural(self.cases, "case", "cases")),
        ]);
        let cached = match self.cached {
            0 => String::new(),
            n => format!(", {} from cache", counted((n, plural(n, "cell", "cells")))),
        };
        format!("{sizes}: {verdicts}; {findings} ({:.1} s{cached})", elapsed.as_secs_f64())
    }
}

fn listed<'a>(figures: impl IntoIterator<Item = (usize, &'a str)>) -> String {
    figures.into_iter().map(counted).collect::<Vec<_>>().join(", ")
}

fn counted((n, what): (usize, &str)) -> String {
    format!("{} {what}", thousands(n))
}

/// The word that goes with a number.
pub(crate) fn plural<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

/// `1,722`
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let group = |(at, digit): (usize, char)| {
        let comma = at > 0 && (digits.len() - at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain(Some(digit)).collect::<String>()
    };
    digits.chars().enumerate().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
