//! A report as annotations of GitHub Actions,
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use super::change::{Change, ContractChanges, Place};
use super::lacking::Lacking;
use super::report::{Gate, Report, Standing};
use super::text;
use crate::record::causes::Because;

/// The verdict, then one annotation per contract and level, at the line of the program that brings the new build, or of
/// the first such case: GitHub shows at most ten
/// per level and step.
pub(super) fn annotations(report: &Report) -> String {
    let mut text = verdict(report);
    for (level, blocks) in [("error", true), ("notice", false)] {
        for contract in &report.contracts {
            let is_meant = |change: &&Change| (change.standing == Standing::Blocks) == blocks;
            let changes: Vec<&Change> = contract.in_full().filter(is_meant).collect();
            text.extend(of_contract(report, level, contract, &changes));
        }
    }
    text.extend(report.lacking.iter().map(|lacking| self::lacking(report, lacking)));
    for acceptance in report.idle() {
        let message = acceptance.complaint().unwrap_or_default();
        let place = Place { file: acceptance.file.clone(), line: acceptance.line };
        let place = properties(&place, "gate policy");
        text += &format!("::warning {place}::{}\n", data(&message));
    }
    text
}

/// An annotation that is of no file, with a line feed at its end.
pub fn annotation(level: &str, title: &str, message: &str) -> String {
    format!("::{level} title={}::{}\n", property(title), data(message))
}

/// The result and what was asked.
fn verdict(report: &Report) -> String {
    let Report { from, to, .. } = report;
    let level = match report.gate {
        Gate::Pass => "notice",
        Gate::Blocked | Gate::Nothing => "error",
    };
    let title = format!("SQLite {from} to {to}: {}", text::verdict(report.gate));
    let lines = [vec![text::tally(report)], report.asked.lines()].concat();
    let place = match &report.at {
        Some(at) => properties(at, &title),
        None => format!("title={}", property(&title)),
    };
    format!("::{level} {place}::{}\n", data(&lines.join("\n")))
}

/// What cases lack for one reason, at the first of them.
fn lacking(report: &Report, lacking: &Lacking) -> String {
    let level = if lacking.standing == Standing::Blocks { "error" } else { "notice" };
    let title = format!("{} from {} to {}", lacking.severity.as_str(), report.from, report.to);
    let place = properties(report.place(&lacking.place), &title);
    format!("::{level} {place}::{}\n", data(&lacking.line()))
}

fn of_contract(
    report: &Report,
    level: &str,
    contract: &ContractChanges,
    changes: &[&Change],
) -> Option<String> {
    let first = changes.first()?;
    let lines = changes
        .iter()
        .map(|change| format!("{} ({}): {}", change.case, change.severity.as_str(), change.headline()));
    let causes = Because::new("", usize::MAX).lines(changes.iter().flat_map(|change| &change.because));
    let message = format!("{}\n{}\n{causes}", contract.title, lines.collect::<Vec<_>>().join("\n"));
    let title = format!("{} changes from {} to {}", contract.contract, report.from, report.to);
    let place = properties(report.place(&first.place), &title);
    Some(format!("::{level} {place}::{}\n", data(message.trim_end())))
}

fn properties(place: &Place, title: &str) -> String {
    format!("file={},line={},title={}", property(&place.file), place.line, property(title))
}

/// Text escaped for a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text escaped for workflow commands.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
