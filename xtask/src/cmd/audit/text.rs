//! The report for people.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use jiff::civil::Date;
use sqlite_contracts::analysis::audit::{AuditedCopy, Finding, Report, Standing};
use sqlite_contracts::contract::advisory::Advisory;
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::diagnostic::paragraph;

use super::words;
use crate::ui::output::{terminal_width, width};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const UNKNOWN: Style = AnsiColor::Yellow.on_default();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// The advisories, one line each.
pub(super) fn list(advisories: &[Advisory]) -> String {
    let wide = advisories.iter().map(|advisory| advisory.id.len()).max().unwrap_or_default();
    let line = |advisory: &Advisory| {
        format!(
            "{STRONG}{:wide$}{STRONG:#}  {} ({}; {})",
            advisory.id,
            advisory.title,
            advisory.effect.as_str(),
            advisory.releases()
        )
    };
    advisories.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A block for each copy, then what was not looked into.
pub(super) fn text(report: &Report, advisories: &[Advisory], verbose: bool) -> String {
    let mut text = String::new();
    for copy in &report.copies {
        block(&mut text, copy, report, advisories, verbose);
    }
    if !report.unread.is_empty() {
        let _ = writeln!(text, "{UNKNOWN}not looked into{UNKNOWN:#}");
        for (place, reason) in &report.unread {
            let _ = writeln!(text, "  {place}: {reason}");
        }
    }
    text.push_str(&ending(report));
    text
}

fn block(text: &mut String, copy: &AuditedCopy, report: &Report, advisories: &[Advisory], verbose: bool) {
    for place in &copy.places {
        let _ = writeln!(text, "{STRONG}{place}{STRONG:#}");
    }
    let line = |text: &mut String, words: &str| text.push_str(&paragraph(words, "  ", "    ", width()));
    line(text, &styled(words::identity(&copy.identity), copy.identity.agrees == Some(false)));
    if !copy.identity.flags.is_empty() {
        line(text, &format!("flags: {}", copy.identity.flags.join(", ")));
    }
    words::differences(&copy.identity).iter().for_each(|differences| line(text, differences));
    if let Some(shipped) = words::shipped(copy, report.today) {
        line(text, &styled(shipped, copy.is_ended(report.today)));
    }
    if let Some(reason) = words::not_run(copy) {
        line(text, &format!("{UNKNOWN}not run{UNKNOWN:#}: {reason}"));
    }
    let _ = writeln!(text, "  {}", summary(copy));
    let mut shown: Vec<(&Finding, &Advisory)> = copy
        .findings
        .iter()
        .filter_map(|finding| Some((finding, finding.among(advisories)?)))
        .filter(|(finding, _)| verbose || is_shown(copy, finding))
        .collect();
    // What is due comes first, then the worst.
    shown.sort_by_key(|(finding, advisory)| {
        (finding.due.is_none(), finding.due, finding.standing, advisory.effect, &advisory.id)
    });
    match verbose {
        true => shown
            .iter()
            .for_each(|(finding, advisory)| described(text, copy, finding, advisory, report.today)),
        false => listed(text, copy, &shown, report.today),
    }
    text.push('\n');
}

/// A line each: standing, id, effect, title.
fn listed(text: &mut String, copy: &AuditedCopy, shown: &[(&Finding, &Advisory)], today: Date) {
    let wide = shown.iter().map(|(_, advisory)| advisory.id.len()).max().unwrap_or_default();
    let has_days = shown.iter().any(|(finding, _)| finding.due.is_some());
    for (finding, advisory) in shown {
        let (style, word) = match finding.is_mended() {
            true => (GOOD, "mended here"),
            false => (style(finding.standing), finding.standing.as_str()),
        };
        let effect = advisory.effect.as_str();
        let remark = remark(copy, finding);
        let due = if has_days { due(finding, today, DUE) } else { String::new() };
        let _ = write!(
            text,
            "  {style}{word:12}{style:#} {STRONG}{:wide$}{STRONG:#}  {effect:12}  {due}",
            advisory.id
        );
        let column = 2 + 12 + 1 + wide + 2 + 12 + 2 + if has_days { DUE } else { 0 };
        text.push_str(&beside(&format!("{}{remark}", advisory.title), column, terminal_width()));
    }
}

/// The width of the column that says when findings are due.
const DUE: usize = 26;

/// A text that begins in a column: its further lines too, and all of it below where a terminal is too narrow for that.
fn beside(words: &str, column: usize, width: Option<usize>) -> String {
    const NARROW: usize = 40;
    match width {
        None => format!("{words}\n"),
        Some(width) if column + words.chars().count() < width => format!("{words}\n"),
        Some(width) if column + NARROW > width => {
            format!("\n{}", paragraph(words, "      ", "      ", width))
        }
        Some(width) => {
            let indent = " ".repeat(column);
            paragraph(words, &indent, &indent, width).trim_start().to_owned()
        }
    }
}

/// What of a finding does not go without saying.
fn remark(copy: &AuditedCopy, finding: &Finding) -> String {
    if let Some(ignored) = words::ignored(copy, finding) {
        return format!(" ({ignored})");
    }
    match finding.standing {
        Standing::Affected if finding.differs_from_release() => {
            " (not in this release, but in this copy)".to_owned()
        }
        Standing::NotRun if copy.not_run.is_none() => format!(" ({})", finding.reason),
        _ => String::new(),
    }
}

/// `due 2026-12-12`, in the colour of what is late.
fn due(finding: &Finding, today: Date, wide: usize) -> String {
    let style = if finding.is_overdue(today) { BAD } else { UNKNOWN };
    format!("{style}{:wide$}{style:#}", finding.due_words(today).unwrap_or_default())
}

fn styled(words: String, is_bad: bool) -> String {
    if is_bad { format!("{BAD}{words}{BAD:#}") } else { words }
}

fn summary(copy: &AuditedCopy) -> String {
    let summary = copy.summary();
    let part = |(standing, count): (&Standing, &usize)| {
        let style = style(*standing);
        format!("{style}{}{style:#}", standing.counted(*count))
    };
    let mut parts: Vec<String> = summary.iter().map(part).collect();
    if copy.not_run.is_some() {
        let named = copy.findings.iter().filter(|finding| finding.by_source_id == Some(true)).count();
        parts.push(format!("{UNKNOWN}{named} of them in its release{UNKNOWN:#}"));
    }
    parts.join(", ")
}

fn style(standing: Standing) -> Style {
    match standing {
        Standing::Affected => BAD,
        Standing::NotRun => UNKNOWN,
        Standing::DoesNotApply => FAINT,
        Standing::NotAffected => GOOD,
    }
}

/// What a reader has to know: what is wrong, what was not told, and where the copy is not what its number says.
fn is_shown(copy: &AuditedCopy, finding: &Finding) -> bool {
    match finding.standing {
        Standing::Affected => true,
        Standing::NotRun => copy.not_run.is_none() || finding.by_source_id == Some(true),
        Standing::DoesNotApply | Standing::NotAffected => finding.differs_from_release(),
    }
}

fn described(text: &mut String, copy: &AuditedCopy, finding: &Finding, advisory: &Advisory, today: Date) {
    let style = style(finding.standing);
    let _ = writeln!(
        text,
        "\n  {style}{}{style:#} {STRONG}{}{STRONG:#}  {}{} {}",
        finding.standing.as_str(),
        advisory.id,
        advisory.title,
        remark(copy, finding),
        due(finding, today, 0)
    );
    let mut line = |words: &str| text.push_str(&paragraph(words, "    ", "      ", width()));
    line(&format!("{}; {}", advisory.effect.as_str(), words::releases(finding, advisory)));
    if finding.standing != Standing::NotAffected {
        line(&finding.reason);
    }
    line(&[advisory.cve.as_slice(), &advisory.links[..1.min(advisory.links.len())]].concat().join(" "));
}

fn ending(report: &Report) -> String {
    let count =
        |is_meant: fn(&AuditedCopy) -> bool| report.copies.iter().filter(|copy| is_meant(copy)).count();
    let affected = count(|copy| copy.affected().next().is_some());
    let not_run = count(|copy| copy.not_run.is_some());
    let by_source_id = count(|copy| copy.not_run.is_some() && copy.by_source_id().next().is_some());
    let style = if affected > 0 { BAD } else { GOOD };
    let not_run = match (not_run, by_source_id) {
        (0, _) => String::new(),
        (count, 0) => format!(", {UNKNOWN}{count} not run{UNKNOWN:#}"),
        (count, by) => {
            format!(", {UNKNOWN}{count} not run{UNKNOWN:#} ({by} of them of a release that is affected)")
        }
    };
    let copies = counted(report.copies.len(), "copy", "copies");
    let overdue = match report.overdue().count() {
        0 => String::new(),
        count => format!(", {BAD}{count} overdue{BAD:#}"),
    };
    format!(
        "{copies}, {style}{affected} affected{style:#}{not_run}; {} advisories{overdue}",
        report.advisories
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_stays_in_its_column_or_goes_below() {
        let words = "UPDATE overwrites a long text whose CHECK tests it for NULL";
        assert_eq!(beside(words, 60, None), format!("{words}\n"));
        assert_eq!(beside(words, 60, Some(132)), format!("{words}\n"));
        let indent = " ".repeat(60);
        assert_eq!(
            beside(words, 60, Some(100)),
            format!("UPDATE overwrites a long text whose\n{indent}CHECK tests it for NULL\n")
        );
        assert_eq!(beside(words, 60, Some(80)), format!("\n      {words}\n"));
    }
}
