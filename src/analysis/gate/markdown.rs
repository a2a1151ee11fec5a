//! A report for a pull request's comment and the summary of a CI step: a short table, with collapsed details.

use std::collections::BTreeSet;

use super::change::{Change, ContractChanges};
use super::lacking::Lacking;
use super::report::{Gate, Report, Standing};
use super::severity::Severity;
use super::text;

/// GitHub refuses a comment of more than 65,536 characters: beyond this, contracts are listed without details.
const MOST: usize = 65_000;

/// The whole report.
pub(super) fn markdown(report: &Report) -> String {
    let mark = match report.gate {
        Gate::Pass => "✅",
        Gate::Blocked => "❌",
        Gate::Nothing => "⚠️",
    };
    let (from, to, word) = (&report.from, &report.to, text::verdict(report.gate));
    let mut page = format!("## {mark} SQLite `{from}` → `{to}`: {word}\n\n{}\n", text::tally(report));
    let asked: String = report.asked.lines().iter().map(|line| format!("- {}\n", escaped(line))).collect();
    if !asked.is_empty() {
        page += &format!("\n{asked}");
    }
    if !report.contracts.is_empty() {
        page += &format!("\n{}", table(report));
    }
    for acceptance in report.idle() {
        let complaint = acceptance.complaint().unwrap_or_default();
        page += &format!("\n> ⚠️ {}:{}: {}\n", acceptance.file, acceptance.line, escaped(&complaint));
    }
    let lacking: String = report.lacking.iter().map(|lacking| self::lacking(report, lacking)).collect();
    if !lacking.is_empty() {
        page += &format!("\n{lacking}");
    }
    let listed = |contract: &ContractChanges| format!("- {}: {}\n", contract.contract, numbers(contract));
    let in_full: Vec<&ContractChanges> =
        report.contracts.iter().filter(|contract| contract.in_full().next().is_some()).collect();
    let listed: Vec<String> = in_full.iter().map(|contract| listed(contract)).collect();
    // Each has at least its line.
    let mut room = MOST.saturating_sub(page.len() + listed.iter().map(String::len).sum::<usize>());
    let mut short = String::new();
    for (contract, line) in in_full.into_iter().zip(listed) {
        let section = section(report, contract);
        match room.checked_sub(section.len()) {
            Some(rest) => {
                page += &section;
                room = rest;
            }
            None => short += &line,
        }
    }
    if !short.is_empty() {
        page += &format!("\nToo long for a comment; the text report has all of it:\n\n{short}");
    }
    page
}

/// Areas down, severities across.
fn table(report: &Report) -> String {
    let severities: Vec<Severity> = report.counts.iter().map(|count| count.severity).collect();
    let areas: BTreeSet<&str> = report.contracts.iter().map(ContractChanges::area).collect();
    let heads: String = severities.iter().map(|severity| format!(" {} |", head(report, *severity))).collect();
    let rule = " ---: |".repeat(severities.len());
    let row = |area: &str| {
        let number = |severity: &Severity| {
            let changes = report.changes();
            let of_it = changes.filter(|(contract, c)| contract.area() == area && c.severity == *severity);
            match of_it.count() {
                0 => " |".to_owned(),
                n => format!(" {n} |"),
            }
        };
        format!("| {area} |{}\n", severities.iter().map(number).collect::<String>())
    };
    format!("| area |{heads}\n| --- |{rule}\n{}", areas.into_iter().map(row).collect::<String>())
}

/// What cases lack for one reason, in a line.
fn lacking(report: &Report, lacking: &Lacking) -> String {
    let severity = lacking.severity.as_str();
    let standing = standing(report, lacking.standing);
    format!("- **{severity}**, {standing}: {}\n", escaped(&lacking.line()))
}

/// A severity that blocks is shown in bold.
fn head(report: &Report, severity: Severity) -> String {
    match report.block.contains(&severity) {
        true => format!("**{}**", severity.as_str()),
        false => severity.as_str().to_owned(),
    }
}

fn section(report: &Report, contract: &ContractChanges) -> String {
    let title = escaped(&contract.title);
    let changes: String = contract.in_full().map(|change| self::change(report, change)).collect();
    format!(
        "\n<details>\n<summary><b>{}</b> ({}): {title}</summary>\n\n{}\n{changes}\n</details>\n",
        contract.contract,
        numbers(contract),
        escaped(&contract.why),
    )
}

/// `3 value, 1 cost`
fn numbers(contract: &ContractChanges) -> String {
    let number = |severity: Severity| {
        let count = contract.in_full().filter(|change| change.severity == severity).count();
        (count > 0).then(|| format!("{count} {}", severity.as_str()))
    };
    Severity::ALL.into_iter().filter_map(number).collect::<Vec<_>>().join(", ")
}

fn change(report: &Report, change: &Change) -> String {
    let standing = standing(report, change.standing);
    let severity = change.severity.as_str();
    let head = format!("\n**{}**, {severity}, {standing} (`{}`)\n", change.case, change.place);
    let details = unindented(&text::details(change));
    let mut text = head;
    if !details.is_empty() {
        text += &fenced("text", &details);
    }
    if !change.difference.is_empty() {
        text += &fenced("diff", &unindented(&change.difference));
    }
    for cause in &change.because {
        text += &format!("\nBecause ({}): {}\n", escaped(&cause.key.to_string()), escaped(&cause.text));
    }
    text
}

fn standing(report: &Report, standing: Standing) -> String {
    match (standing, report.acceptance(standing)) {
        (Standing::Blocks, _) => "blocks".to_owned(),
        (_, Some(accepted)) => {
            format!("accepted until {} by {}: {}", accepted.until, accepted.owner, escaped(&accepted.reason))
        }
        _ => "does not block".to_owned(),
    }
}

fn unindented(text: &str) -> String {
    text.lines().map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned() + "\n").collect()
}

/// A block whose fence is longer than any in it.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n{fence}{language}\n{text}{fence}\n")
}

/// Text escaped for Markdown and HTML.
fn escaped(text: &str) -> String {
    let special = |c: char| "\\`*_{}[]<>&|#~".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}
