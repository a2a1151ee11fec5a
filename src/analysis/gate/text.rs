//! A report for a terminal: the changes by area and contract, then their totals.

use anstyle::{AnsiColor, Style};

use super::change::{Change, ContractChanges};
use super::report::{Count, Gate, Report, Standing};
use crate::diagnostic::numbers::counted;
use crate::diagnostic::{WIDTH, paragraph};
use crate::record::causes::Because;
use crate::record::snapshots::diff::{self, paint};

/// The whole report.
pub(super) fn text(report: &Report, color: bool) -> String {
    let bold = |words: &str| paint(Style::new().bold(), words, color);
    let mut text = bold(&format!("{} → {}", report.from, report.to)) + "\n";
    let mut area = None;
    for contract in &report.contracts {
        if area != Some(contract.area()) {
            area = Some(contract.area());
            if !contract.area().is_empty() {
                text += &format!("\n{}\n", bold(contract.area()));
            }
        }
        text += &heading(contract, color);
        let mut because = Because::new("    ", WIDTH);
        for change in &contract.changes {
            text += &self::change(report, contract, change, color);
            text += &because.lines(&change.because);
        }
    }
    let mark = paint(AnsiColor::Yellow.on_default().bold(), "policy", color);
    for acceptance in report.idle() {
        let complaint = acceptance.complaint().unwrap_or_default();
        text += &format!("\n{mark}: {}:{}: {complaint}\n", acceptance.file, acceptance.line);
    }
    text + "\n" + &summary(report, color)
}

/// What a contract promises and what breaks for whom; SQL promises nothing and has no title but its own text.
fn heading(contract: &ContractChanges, color: bool) -> String {
    let id = paint(Style::new().bold(), &contract.contract, color);
    match contract.why.is_empty() {
        true if contract.title == contract.contract => format!("\n{id}\n"),
        true => format!("\n{id}: {}\n", contract.title),
        false => format!("\n{id}: {}\n{}", contract.title, paragraph(&contract.why, "    ", "    ", WIDTH)),
    }
}

fn change(report: &Report, contract: &ContractChanges, change: &Change, color: bool) -> String {
    let style = match change.standing {
        Standing::Blocks => AnsiColor::Red.on_default().bold(),
        Standing::Accepted(_) => AnsiColor::Green.on_default(),
        Standing::Reported => AnsiColor::Yellow.on_default(),
    };
    let mark = paint(style, change.severity.as_str(), color);
    let mut text = format!("  {mark}: {}/{} ({})\n", contract.contract, change.case, change.place);
    if let Some(accepted) = report.acceptance(change) {
        text += &format!(
            "    accepted until {} by {}: {} ({}:{})\n",
            accepted.until, accepted.owner, accepted.reason, accepted.file, accepted.line
        );
    }
    text += &details(change);
    text + &if color { diff::painted(&change.difference) } else { change.difference.clone() }
}

/// The details of a change besides its difference: why a case was not run or how it ended, and the broken promises.
pub(super) fn details(change: &Change) -> String {
    let reason = change.reason().map(|reason| format!("    {}\n", reason.replace('\n', "\n    ")));
    let broken = change.broken.iter().map(|failure| {
        format!(
            "    {}: {}\n      expected  {}\n      actual    {}\n",
            failure.place,
            failure.step_in_row(),
            failure.expected,
            failure.actual
        )
    });
    reason.into_iter().chain(broken).collect()
}

/// The causes of a change, for a text without other changes.
pub(super) fn because(change: &Change) -> String {
    Because::new("    ", WIDTH).lines(&change.because)
}

/// `blocked: 12 value block; 2 value accepted; 3 cost only reported (340 cases of 34 contracts compared)`
fn summary(report: &Report, color: bool) -> String {
    let (word, style) = match report.gate {
        Gate::Pass => ("pass", AnsiColor::Green.on_default().bold()),
        Gate::Blocked => ("blocked", AnsiColor::Red.on_default().bold()),
    };
    format!("{}: {}\n", paint(style, word, color), tally(report))
}

/// The totals of the changes, in one line.
pub(super) fn tally(report: &Report) -> String {
    let listed = |number: fn(&Count) -> usize, what: &str| {
        let counts = report.counts.iter().filter(|count| number(count) > 0);
        let shown: Vec<String> =
            counts.map(|count| format!("{} {}", number(count), count.severity.as_str())).collect();
        (!shown.is_empty()).then(|| format!("{} {what}", shown.join(", ")))
    };
    let parts = [
        listed(|count| count.blocking, "block"),
        listed(|count| count.accepted, "accepted"),
        listed(|count| count.cases - count.blocking - count.accepted, "only reported"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let cases = counted(report.compared.cases, "case", "cases");
    let contracts = counted(report.compared.contracts, "contract", "contracts");
    let compared = match report.from == report.to {
        true => "it is the same build".to_owned(),
        false => format!("{cases} of {contracts} compared"),
    };
    match parts.is_empty() {
        true => format!("nothing changes ({compared})"),
        false => format!("{} ({compared})", parts.join("; ")),
    }
}
