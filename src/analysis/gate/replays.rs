//! Replays of a trace on both builds: a change for each group of calls.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Change, ContractChanges, Place, Side};
use super::headline::shortened;
use super::report::{Report, Standing};
use super::severity::Severity;
use crate::analysis::replay::{Group, KnownDrift, LINE_ENDS, Replayed, between};
use crate::contract::Contract;
use crate::diagnostic::numbers::{counted, thousands};
use crate::outcome::replayed::Kind;
use crate::outcome::shown::Shown;
use crate::record::causes::Because;
use crate::record::report::Verdict;
use crate::record::snapshots::diff;
use crate::record::transcript::{Line, Transcript};

/// As many groups of a trace are shown one by one, unless all are asked for.
pub(super) const MOST_IN_BRIEF: usize = 20;

/// A trace that was replayed, and what the builds did beside the recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Recorded {
    /// The id of the trace.
    pub trace: String,
    /// How many calls it has.
    pub calls: u64,
    /// The old build.
    pub from: Beside,
    /// The new build.
    pub to: Beside,
}

/// A build beside the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Beside {
    /// How many calls did something else.
    pub differ: u64,
    /// How many could not be made.
    pub not_made: u64,
    /// How many differences are in groups that were not told apart, and not compared with the other build.
    pub beyond: u64,
}

/// The changes between the replays of a trace's contract, with what they were beside the recording; no changes where there
/// are none.
pub fn of_replays(
    contract: &Contract,
    old: &Replayed,
    new: &Replayed,
) -> (Recorded, Option<ContractChanges>) {
    let beside = |it: &Replayed| Beside { differ: it.differ, not_made: it.lost(), beyond: it.beyond };
    let trace = contract.id.clone();
    let recorded = Recorded { trace, calls: new.calls.max(old.calls), from: beside(old), to: beside(new) };
    let changes: Vec<Change> =
        between(old, new).into_iter().filter_map(|group| change(contract, group)).collect();
    (recorded, (!changes.is_empty()).then(|| ContractChanges::of(contract, changes)))
}

fn change(contract: &Contract, group: Group) -> Option<Change> {
    let case = contract.cases.first()?;
    let side = |did: &str| {
        let step = format!("{} {}", group.kind.words(), group.statement).trim_end().to_owned();
        let line = Line::Step { step, outcome: Some(Shown::new(did)) };
        Side {
            verdict: Verdict::Holds,
            reason: None,
            stack: Vec::new(),
            transcript: Transcript::from_iter([line]),
        }
    };
    let (from, to) = (side(&group.was), side(&group.is));
    Some(Change {
        case: case.name.clone(),
        severity: group.severity(),
        place: Place::from(&case.place),
        difference: diff::diff(&from.transcript.to_string(), &to.transcript.to_string(), false),
        from,
        to,
        broken: Vec::new(),
        because: Vec::new(),
        standing: Standing::Reported,
        group: Some(group),
    })
}

impl Recorded {
    /// `replayed: app.trace, 40,318 calls; not as recorded are 606 on 3.24.0-rusqlite and 1,826 on 3.54.1-rusqlite`
    pub(super) fn line(&self, report: &Report) -> String {
        let number = |count: u64| thousands(i64::try_from(count).unwrap_or(i64::MAX));
        let beside = |it: Beside, build: &str| {
            let lost = format!(", where {} could not be made", number(it.not_made));
            let beyond = format!(" ({} differences in too many groups to be compared)", number(it.beyond));
            let lost = if it.not_made == 0 { "" } else { &lost };
            let beyond = if it.beyond == 0 { "" } else { &beyond };
            format!("{} on {build}{beyond}{lost}", number(it.differ))
        };
        format!(
            "replayed: {}, {} calls; not as recorded are {}, and {}",
            self.trace,
            number(self.calls),
            beside(self.from, &report.from),
            beside(self.to, &report.to)
        )
    }
}

/// `value`, or `value rows` where the kind says more than the severity.
pub(super) fn mark(severity: Severity, group: &Group) -> String {
    match (severity.as_str(), group.kind.words()) {
        (severity, kind) if severity == kind => severity.to_owned(),
        (severity, kind) => format!("{severity} {kind}"),
    }
}

/// `select round(a) from t, 50 times, first in call 1204: 0.29 → 0.28`
pub(super) fn headline(group: &Group) -> String {
    let short = Group { statement: shortened(&group.statement), ..group.clone() };
    let about = short.about();
    let separator = if about.is_empty() { "" } else { ": " };
    let (was, is) = match group.kind {
        Kind::Plan => first_lines(&group.was, &group.is),
        _ => (shortened(&group.was), shortened(&group.is)),
    };
    format!("{about}{separator}{was} → {is}")
}

/// The first lines in which two plans differ.
fn first_lines(was: &str, is: &str) -> (String, String) {
    let (was, is): (Vec<&str>, Vec<&str>) = (was.split(LINE_ENDS).collect(), is.split(LINE_ENDS).collect());
    let same = was.iter().zip(&is).take_while(|(was, is)| was == is).count();
    let line = |lines: &[&str]| match lines.get(same) {
        Some(line) => {
            let (before, after) =
                (if same > 0 { "…" } else { "" }, if same + 1 < lines.len() { "…" } else { "" });
            format!("{before}{}{after}", shortened(line.trim()))
        }
        None => "no more".to_owned(),
    };
    (line(&was), line(&is))
}

/// A group on lines of their own, nothing cut.
pub(super) fn details(group: &Group, mark: &str) -> String {
    let mut text = format!("  {mark}");
    for part in [&group.statement, &group.extent()].into_iter().filter(|part| !part.is_empty()) {
        text += &format!(": {part}");
    }
    for (sign, side) in [("-", &group.was), ("+", &group.is)] {
        // A plan has several lines.
        let end = if group.kind == Kind::Plan { LINE_ENDS } else { "\n" };
        text.extend(side.split(end).map(|line| format!("\n    {sign} {line}")));
    }
    text + "\n"
}

/// What the catalogue knows that may be the same.
pub(super) fn known(group: &Group, because: &mut Because) -> String {
    // One that is left is not for sure the same either, but there is nothing else that it could be.
    let word = if group.known.len() > 1 { "may be" } else { "as in" };
    let line = |known: &KnownDrift| {
        let head = format!("    {word} {}, over {}\n", known.case, known.over);
        head + &because.lines(&known.because)
    };
    group.known.iter().map(line).collect()
}

/// The groups that are not shown, counted by kind.
pub(super) fn rest<'a>(groups: impl Iterator<Item = &'a Group>) -> String {
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    groups.for_each(|group| *kinds.entry(group.kind).or_default() += 1);
    let all: usize = kinds.values().sum();
    if all == 0 {
        return String::new();
    }
    let shown: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {}", kind.words())).collect();
    format!(
        "  and {}: {}; `--details` shows all\n",
        counted(all, "more group", "more groups"),
        shown.join(", ")
    )
}
