//! A trace on builds, in one line: where it is as recorded, and where not.

use sqlite_contracts::outcome::replayed::{counts_not_made, differing};
use sqlite_contracts::record::report::{CaseReport, Verdict};
use sqlite_contracts::record::transcript::Line;

use super::Cell;
use crate::support::groups::{Group, groups};

/// What became of a trace on a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Became {
    AsRecorded,
    /// Nothing differs, but some calls could not be made.
    NotAllMade,
    Differs,
    NotReplayed,
}

impl Became {
    fn of(case: &CaseReport) -> Self {
        if !matches!(case.verdict, Verdict::Holds | Verdict::Broken) {
            return Self::NotReplayed;
        }
        let rows: Vec<String> = case.transcript.iter().filter_map(row).collect();
        match rows.iter().find_map(|row| differing(row)) {
            None => Self::NotReplayed,
            Some(0) if rows.iter().any(|row| counts_not_made(row)) => Self::NotAllMade,
            Some(0) => Self::AsRecorded,
            Some(_) => Self::Differs,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::AsRecorded => "as recorded",
            Self::NotAllMade => "as recorded but for calls that could not be made",
            Self::Differs => "differs",
            Self::NotReplayed => "not replayed to its end",
        }
    }
}

fn row(line: &Line) -> Option<String> {
    match line {
        Line::More(row) => Some(row.to_string()),
        Line::Step { outcome, .. } => outcome.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// `as recorded on 4 builds: 3.31.1-rusqlite … 3.42.0-rusqlite (4); differs on 3.24.0-rusqlite`
pub(super) fn answer(cells: &[Cell], at: usize) -> String {
    let mut groups = groups(cells, |cell| Became::of(&cell.report.cases[at]));
    groups.sort_by_key(|group| became(group, at));
    let each = groups.iter().map(|group| {
        let (words, count) = (became(group, at).words(), group.members.len());
        match count {
            1 => format!("{words} on {}", group.ranges(|cell| &cell.name)),
            all if all == cells.len() => format!("{words} on all {all} builds"),
            some => format!("{words} on {some} builds: {}", group.ranges(|cell| &cell.name)),
        }
    });
    format!("\n  {}", each.collect::<Vec<_>>().join("; "))
}

fn became(group: &Group<'_, Cell>, at: usize) -> Became {
    Became::of(&group.first().report.cases[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn became(verdict: Verdict, transcript: &str) -> Became {
        let (case, reason) = ("replay".to_owned(), None);
        let transcript = transcript.into();
        let (failures, stack) = (Vec::new(), Vec::new());
        Became::of(&CaseReport { case, verdict, transcript, failures, reason, stack, seconds: 0.0 })
    }

    #[test]
    fn a_trace_is_as_recorded_where_no_call_differs_and_all_are_made() {
        let replay = |calls: &str| format!("replay a.trace →\n    {calls}\n    (\"not compared\", 3)");
        let same = replay("(\"calls\", 7, \"same\", 7, \"differ\", 0)");
        assert_eq!(became(Verdict::Holds, &same), Became::AsRecorded);
        let lost = format!("{same}\n    (\"not made: loads an extension\", 2)");
        assert_eq!(became(Verdict::Holds, &lost), Became::NotAllMade);
        let differs = replay("(\"calls\", 27, \"same\", 17, \"differ\", 10)");
        assert_eq!(became(Verdict::Holds, &differs), Became::Differs);
        let only = "replay a.trace → (\"calls\", 7, \"same\", 7, \"differ\", 0)";
        assert_eq!(became(Verdict::Holds, only), Became::AsRecorded);
        assert_eq!(became(Verdict::Crashed, "crashed: SIGSEGV in replay a.trace"), Became::NotReplayed);
    }
}
