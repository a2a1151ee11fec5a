//! A script of sqllogictest on builds: where an answer is not the file's, and where builds differ.

use std::collections::BTreeSet;

use sqlite_contracts::record::report::{CaseReport, Failure, Verdict};
use sqlite_contracts::record::transcript::{Line, Transcript};

use super::{BOLD, Cell, Tried, did, heading, stack, style};
use crate::support::groups::groups;

/// So many failures of a group are shown; JSON has all.
const SHOWN: usize = 20;

/// The groups of builds, with what is particular to each.
pub(super) fn text(tried: &Tried) -> String {
    let Tried { contract, cells, .. } = tried;
    let mut text = format!("{BOLD}{}{BOLD:#}", contract.title);
    for at in 0..contract.cases.len() {
        let groups = groups(cells, |cell| did(&cell.report.cases[at]));
        let shared = shared(cells, at);
        text.extend(groups.iter().map(|group| {
            let report = &group.first().report.cases[at];
            heading(group, report, cells.len(), false)
                + &failures(report)
                + &particular(report, &shared)
                + &unended(report, &shared)
                + &stack(group, report)
        }));
    }
    text
}

/// The records that did the same on all builds, with what they did.
fn shared(cells: &[Cell], at: usize) -> BTreeSet<String> {
    let mut all = cells.iter().map(|cell| records(&cell.report.cases[at].transcript).into_iter().collect());
    let first: BTreeSet<String> = all.next().unwrap_or_default();
    all.fold(first, |shared, next: BTreeSet<String>| shared.intersection(&next).cloned().collect())
}

/// Each record with what it did, on as many lines as that takes.
fn records(transcript: &Transcript) -> Vec<String> {
    let mut records: Vec<String> = Vec::new();
    for line in transcript.iter() {
        match (line, records.last_mut()) {
            (Line::More(row), Some(record)) => *record += &format!("\n          {row}"),
            _ => records.push(line.to_string()),
        }
    }
    records
}

fn particular(report: &CaseReport, shared: &BTreeSet<String>) -> String {
    let differ = records(&report.transcript).into_iter().filter(|record| !shared.contains(record));
    differ.map(|record| format!("\n      {record}")).collect()
}

/// The record that did not end, where that is the same one on all builds.
fn unended(report: &CaseReport, shared: &BTreeSet<String>) -> String {
    let style = style(report.verdict);
    let end = report.transcript.last().filter(|line| line.verdict() != Verdict::Holds);
    let end = end.map(ToString::to_string).filter(|line| shared.contains(line));
    end.map_or_else(String::new, |line| format!("\n    {style}{line}{style:#}"))
}

fn failures(report: &CaseReport) -> String {
    let style = style(report.verdict);
    let one = |Failure { place, step, expected, actual, .. }: &Failure| {
        // The place says the line too.
        let record = step.strip_prefix(&format!("line {}: ", place.line)).unwrap_or(step);
        format!(
            "\n    {style}{}{style:#}: {record}\n      expected {expected}\n      actual   {actual}",
            place.without_column()
        )
    };
    let shown: String = report.failures.iter().take(SHOWN).map(one).collect();
    match report.failures.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}\n    … {more} more answers that are not the file's"),
    }
}
