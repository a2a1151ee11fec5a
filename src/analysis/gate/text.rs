//! A report for a terminal: the verdict and what was asked, then the changes by contract, the worst first; each with
//! its first difference, or with all of its lines.

use anstyle::{AnsiColor, Style};

use super::alike::Alike;
use super::change::{Change, ContractChanges};
use super::format::Look;
use super::lacking::Lacking;
use super::replays;
use super::report::{Acceptance, Count, Gate, Report, Standing};
use super::severity::Severity;
use crate::analysis::replay::Group;
use crate::diagnostic::numbers::{counted, plural};
use crate::diagnostic::{WIDTH, paragraph, verbatim};
use crate::record::causes::Because;
use crate::record::report::{FRAMES_IN_BRIEF, stack_lines};
use crate::record::snapshots::diff::{self, paint};

/// The whole report: the verdict, what was asked, then the changes.
pub(super) fn text(report: &Report, look: Look) -> String {
    let hop = paint(Style::new().bold(), &format!("{} → {}", report.from, report.to), look.color);
    let mut text = format!("{hop}\n{}", summary(report, look));
    let asked = if look.details { report.asked.lines_in_full() } else { report.asked.lines() };
    for line in report.replays.iter().map(|it| it.line(report)).chain(asked) {
        text += &paragraph(&line, "  ", "    ", look.width);
    }
    let mark = paint(AnsiColor::Yellow.on_default().bold(), "policy", look.color);
    for acceptance in report.idle() {
        let complaint = acceptance.complaint().unwrap_or_default();
        text += &format!("\n{mark}: {}:{}: {complaint}\n", acceptance.file, acceptance.line);
    }
    let sections: String = report.contracts.iter().map(|contract| section(report, contract, look)).collect();
    let hint = match sections.is_empty() || look.details {
        true => "",
        false => "\n`--details` shows every case and line that differs, and what breaks for whom\n",
    };
    text + &sections + &lacking(report, look) + hint
}

/// A contract with its changes, unless a build lacks what all of these need.
fn section(report: &Report, contract: &ContractChanges, look: Look) -> String {
    let mut because = Because::new("    ", look.width);
    let mut text = String::new();
    let most = if look.details { usize::MAX } else { replays::MOST_IN_BRIEF };
    let is_shown = |at: usize, change: &Change| change.group.is_none() || at < most;
    let shown = contract.in_full().enumerate().filter(|(at, change)| is_shown(*at, change));
    for alike in Alike::of(shown.map(|(_, change)| change)) {
        let alike = if look.details { alike } else { alike.in_brief() };
        for change in &alike.shown {
            text += &match (look.details, &change.group) {
                (true, Some(group)) => {
                    replays::details(group, &marked(change, group, look)) + &accepted(report, change.standing)
                }
                (true, None) => self::change(report, contract, change, look.color),
                (false, _) => in_brief(report, change, look),
            };
        }
        text += &counted_only(&alike, look);
        text += &because.lines(alike.all().flat_map(|change| &change.because));
        let groups = alike.shown.iter().filter_map(|change| change.group.as_ref());
        text.extend(groups.map(|group| replays::known(group, &mut because)));
    }
    text += &replays::rest(contract.in_full().skip(most).filter_map(|change| change.group.as_ref()));
    if text.is_empty() { text } else { heading(contract, look) + &text }
}

/// `value: 19 more cases for this reason`
fn counted_only(alike: &Alike<'_>, look: Look) -> String {
    let line = |(severity, standing, number): (Severity, Standing, usize)| {
        let mark = paint(style(standing), severity.as_str(), look.color);
        format!("  {mark}: {} for this reason\n", counted(number, "more case", "more cases"))
    };
    alike.numbers().into_iter().map(line).collect()
}

/// `value: half: query SELECT round(34.775, 2) → 34.77, was 34.78; 2 more lines differ`
fn in_brief(report: &Report, change: &Change, look: Look) -> String {
    let severity = change.severity.as_str();
    let more = match change.differing_steps().saturating_sub(1) {
        0 => String::new(),
        more => format!(
            "; {} differ{}",
            counted(more, "more step", "more steps"),
            if more == 1 { "s" } else { "" }
        ),
    };
    let line = match &change.group {
        Some(group) => format!("{}: {}", replays::mark(change.severity, group), change.headline()),
        None => format!("{severity}: {}: {}{more}", change.case, change.headline()),
    };
    let text = verbatim(&line, "  ", "      ", look.width);
    let mark = paint(style(change.standing), severity, look.color);
    let stack = stack_lines(change.stack(), FRAMES_IN_BRIEF);
    let stack: String = stack.lines().skip(1).map(|line| format!("  {line}\n")).collect();
    text.replacen(severity, &mark, 1) + &stack + &accepted(report, change.standing)
}

/// The severity and the kind of a group, as they begin its lines.
fn marked(change: &Change, group: &Group, look: Look) -> String {
    let mark = replays::mark(change.severity, group);
    let severity = change.severity.as_str();
    mark.replacen(severity, &paint(style(change.standing), severity, look.color), 1)
}

/// What the builds lack, a line per reason.
fn lacking(report: &Report, look: Look) -> String {
    let line = |lacking: &Lacking| {
        let severity = lacking.severity.as_str();
        let mark = paint(style(lacking.standing), severity, look.color);
        let text = paragraph(&format!("{severity}: {}", lacking.line()), "", "    ", look.width);
        text.replacen(severity, &mark, 1) + &accepted(report, lacking.standing)
    };
    let lines: String = report.lacking.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// What a contract promises and what breaks for whom; SQL promises nothing and has no title but its own text.
fn heading(contract: &ContractChanges, look: Look) -> String {
    let id = paint(Style::new().bold(), &contract.contract, look.color);
    if contract.why.is_empty() && contract.title == contract.contract {
        return format!("\n{id}\n");
    }
    let title = paragraph(&format!("{}: {}", contract.contract, contract.title), "", "    ", look.width);
    let title = title.replacen(&contract.contract, &id, 1);
    match look.details && !contract.why.is_empty() {
        true => format!("\n{title}{}", paragraph(&contract.why, "    ", "    ", look.width)),
        false => format!("\n{title}"),
    }
}

fn change(report: &Report, contract: &ContractChanges, change: &Change, color: bool) -> String {
    let mark = paint(style(change.standing), change.severity.as_str(), color);
    let mut text = format!("  {mark}: {}/{} ({})\n", contract.contract, change.case, change.place);
    text += &accepted(report, change.standing);
    text += &details(change);
    text + &if color { diff::painted(&change.difference) } else { change.difference.clone() }
}

/// The acceptance by which something does not block, on a line.
fn accepted(report: &Report, standing: Standing) -> String {
    report.acceptance(standing).map_or(String::new(), |accepted| {
        let Acceptance { until, owner, reason, file, line, .. } = accepted;
        format!("    accepted until {until} by {owner}: {reason} ({file}:{line})\n")
    })
}

fn style(standing: Standing) -> Style {
    match standing {
        Standing::Blocks => AnsiColor::Red.on_default().bold(),
        Standing::Accepted(_) => AnsiColor::Green.on_default(),
        Standing::Reported => AnsiColor::Yellow.on_default(),
    }
}

/// The details of a change besides its difference: why a case was not run or how it ended, and the broken promises.
pub(super) fn details(change: &Change) -> String {
    let reason = change.reason().map(|reason| {
        let ending = format!("{reason}{}", stack_lines(change.stack(), usize::MAX));
        format!("    {}\n", ending.replace('\n', "\n    "))
    });
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

/// `blocked: 12 changes block the upgrade (10 value, 2 error); 1 change is only reported (cost); 340 cases of 34 contracts
/// compared`
fn summary(report: &Report, look: Look) -> String {
    let style = match report.gate {
        Gate::Pass => AnsiColor::Green.on_default().bold(),
        Gate::Blocked => AnsiColor::Red.on_default().bold(),
        Gate::Nothing => AnsiColor::Yellow.on_default().bold(),
    };
    let verdict = verdict(report.gate);
    let text = paragraph(&format!("{verdict}: {}", tally(report)), "", "  ", look.width);
    text.replacen(verdict, &paint(style, verdict, look.color), 1)
}

/// The verdict in one word or two.
pub(super) fn verdict(gate: Gate) -> &'static str {
    match gate {
        Gate::Pass => "pass",
        Gate::Blocked => "blocked",
        Gate::Nothing => "nothing compared",
    }
}

/// The totals of the changes, in one line.
pub(super) fn tally(report: &Report) -> String {
    if report.gate == Gate::Nothing {
        return match report.compared.unsupported {
            0 => "nothing that these builds could be asked was found".to_owned(),
            n => format!("neither build supports any of the {}", counted(n, "case", "cases")),
        };
    }
    let listed = |number: fn(&Count) -> usize, is_meant: fn(Standing) -> bool, [one, many]: [&str; 2]| {
        let counts: Vec<&Count> = report.counts.iter().filter(|count| number(count) > 0).collect();
        let kind = |count: &Count| kind(report, count, number(count), is_meant);
        let kinds: Vec<String> = match counts.as_slice() {
            [one] => vec![kind(one)],
            several => several.iter().map(|count| format!("{} {}", number(count), kind(count))).collect(),
        };
        let changes = report.counts.iter().map(number).sum();
        let (said, does) = (counted(changes, "change", "changes"), plural(changes, one, many));
        (changes > 0).then(|| format!("{said} {does} ({})", kinds.join(", ")))
    };
    let parts = [
        listed(
            |count| count.blocking,
            |standing| standing == Standing::Blocks,
            ["blocks the upgrade", "block the upgrade"],
        ),
        listed(
            |count| count.accepted,
            |standing| matches!(standing, Standing::Accepted(_)),
            ["is accepted", "are accepted"],
        ),
        listed(
            |count| count.cases - count.blocking - count.accepted,
            |standing| standing == Standing::Reported,
            ["is only reported", "are only reported"],
        ),
    ];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        parts.push("nothing changes".to_owned());
    }
    parts.extend(report.asked.failures());
    format!("{}; {}", parts.join("; "), compared(report))
}

/// `value`, or `removed for 4 reasons`.
fn kind(report: &Report, count: &Count, changes: usize, is_meant: fn(Standing) -> bool) -> String {
    let severity = count.severity.as_str();
    let of_it = report.lacking.iter().filter(|lacking| lacking.severity == count.severity);
    match of_it.filter(|lacking| is_meant(lacking.standing)).count() {
        reasons if reasons > 0 && changes > 1 => {
            format!("{severity} for {}", counted(reasons, "reason", "reasons"))
        }
        _ => severity.to_owned(),
    }
}

fn compared(report: &Report) -> String {
    if report.from == report.to {
        return "it is the same build".to_owned();
    }
    let cases = counted(report.compared.cases, "case", "cases");
    let contracts = counted(report.compared.contracts, "contract", "contracts");
    let neither = match report.compared.unsupported {
        0 => String::new(),
        n => format!("; neither build supports {n} more"),
    };
    format!("{cases} of {contracts} compared{neither}")
}
