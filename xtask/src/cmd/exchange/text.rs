//! The report for people.

use std::fmt::Write;

use sqlite_contracts::analysis::exchange::{Ability, Answer, Finding, Report};
use sqlite_contracts::diagnostic::paragraph;

use crate::support::groups::{Group, groups};
use crate::ui::output::width;

/// A line for each group of builds that answer alike, then what stops them.
pub(super) fn text(report: &Report) -> String {
    let groups = alike(report);
    let widths = groups.iter().map(|group| ranges(group).chars().count());
    let wide = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let line = |group| format!("{:wide$}  {}", ranges(group), summary(group.first()));
    let lines: Vec<String> = groups.iter().map(line).collect();
    let details = groups.iter().filter(|group| !group.first().findings.is_empty());
    let details = details.map(|group| {
        let findings = group
            .first()
            .findings
            .iter()
            .map(|finding| paragraph(&described(finding), "  ", "    ", width()));
        format!("\n{}\n{}", ranges(group), findings.collect::<String>())
    });
    format!("{}\n\n{}\n{}", content(report), lines.join("\n"), details.collect::<String>())
        .trim_end()
        .to_owned()
}

/// The same, to be put into an issue.
pub(super) fn markdown(report: &Report) -> String {
    let groups = alike(report);
    let mut text = format!("{}\n\n| builds | |\n| --- | --- |\n", content(report));
    for group in &groups {
        let _ = writeln!(text, "| {} | {} |", ranges(group), cell(&summary(group.first())));
    }
    for group in groups.iter().filter(|group| !group.first().findings.is_empty()) {
        let _ = writeln!(text, "\n**{}**\n", ranges(group));
        group.first().findings.iter().for_each(|finding| {
            let _ = writeln!(text, "- {}", described(finding));
        });
    }
    text.trim_end().to_owned()
}

fn alike(report: &Report) -> Vec<Group<'_, Answer>> {
    groups(&report.answers, |answer| (answer.ability, &answer.findings))
}

fn ranges(group: &Group<'_, Answer>) -> String {
    group.ranges(|answer| &answer.build)
}

/// `shop.db: 4 tables, 1 index, 2 views; with a log beside it`
fn content(report: &Report) -> String {
    let count = |(kind, more): (&str, &str)| {
        let count = report.schema.of_kind(kind).count();
        (count > 0).then(|| format!("{count} {}", if count == 1 { kind } else { more }))
    };
    let kinds = [("table", "tables"), ("index", "indexes"), ("view", "views"), ("trigger", "triggers")];
    let found: Vec<String> = kinds.into_iter().filter_map(count).collect();
    let found = if found.is_empty() { "an empty schema".to_owned() } else { found.join(", ") };
    let beside = match (report.journal, report.log) {
        (false, false) => "",
        (true, false) => "; with a rollback journal beside it",
        (false, true) => "; with a write-ahead log beside it",
        (true, true) => "; with a rollback journal and a write-ahead log beside it",
    };
    format!("{}: {found}{beside}", report.file)
}

/// How far a build gets, and the first features that stop it.
fn summary(answer: &Answer) -> String {
    let mut features: Vec<String> = answer.findings.iter().filter_map(in_short).collect();
    features.dedup();
    let more = if features.len() > MOST { ", …" } else { "" };
    features.truncate(MOST);
    match features.is_empty() {
        true => answer.ability.words().to_owned(),
        false => format!("{}: {}{more}", answer.ability.words(), features.join("; ")),
    }
}

/// A feature, or what is wrong with which kind of object; nothing where that a file does not open says it all.
fn in_short(finding: &Finding) -> Option<String> {
    let kind = finding.object.as_deref().and_then(|object| object.split(' ').next());
    let does_not_open = finding.what == Ability::None.words();
    Some(match (&finding.feature, kind) {
        (Some(feature), _) => feature.clone(),
        (None, Some(kind)) if does_not_open => format!("a {kind}"),
        (None, None) if does_not_open => return None,
        (None, Some("index")) => format!("an index {}", finding.what),
        (None, Some(kind)) if finding.what.starts_with("cannot") => format!("{} a {kind}", finding.what),
        (None, Some(kind)) => format!("a {kind} {}", finding.what),
        (None, None) => finding.what.to_owned(),
    })
}

/// Longer lists of builds are not what the others are aligned with.
const WIDEST: usize = 48;
/// More features than this do not fit in a line.
const MOST: usize = 3;

/// `cannot open it: table orders: near "STRICT": syntax error (STRICT tables, since 3.37.0)`
fn described(finding: &Finding) -> String {
    let parts = [Some(finding.what), finding.object.as_deref(), Some(&finding.message)];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
    finding.feature.iter().fold(text, |text, feature| format!("{text} ({feature})"))
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
