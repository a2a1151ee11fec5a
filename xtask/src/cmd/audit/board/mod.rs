//! The board: copies by advisories, as one page that any browser opens, without a network. What is due first comes first.
//!
//! All of it is text of the page, so that it can be read without JavaScript: a sign leads to its evidence by an address.

mod cell;

use anyhow::{Context, Result};
use jiff::civil::Date;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;
use sqlite_contracts::analysis::audit::{AuditedCopy, Finding, Identity, Report};
use sqlite_contracts::contract::advisory::{Advisory, Effect};

use super::words;
use crate::ui::page::policy;
use cell::{Cell, Kind, SIGNS};

const STYLE: &str = concat!(include_str!("../../../ui/page/base.css"), include_str!("page.css"));

const SCRIPT: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("../../../ui/page/theme.js"),
    include_str!("script.js"),
    "})();\n",
);

/// So few copies have room for words beside the signs.
const FEW: usize = 3;

/// A copy, as a column and as a page of its own in the panel.
#[derive(Serialize)]
struct Column<'a> {
    /// `copy/2`
    id: String,
    label: String,
    release: Option<String>,
    identity: String,
    differences: Option<String>,
    not_run: Option<String>,
    shipped: Option<String>,
    is_ended: bool,
    copy: &'a AuditedCopy,
}

/// An advisory, as a row and as a page of its own in the panel.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    effect: &'static str,
    harm: &'a str,
    links: Vec<&'a String>,
    cve: &'a [String],
    releases: String,
    fixed_by: &'a Option<String>,
    /// The first day by which it must be gone from a copy.
    due: Option<String>,
    is_overdue: bool,
    /// Whether no copy has it or may have it.
    is_clean: bool,
    cells: Vec<Cell<'a>>,
}

/// The page as text.
pub(super) fn board(report: &Report, advisories: &[Advisory]) -> Result<String> {
    let mut copies: Vec<&AuditedCopy> = report.copies.iter().collect();
    copies.sort_by_key(|copy| {
        (
            !copy.is_ended(report.today),
            copy.due().is_none(),
            copy.due(),
            std::cmp::Reverse(copy.affected().count()),
        )
    });
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let rows = rows(&copies, advisories, report.today);
    let page = context! {
        policy => policy(SCRIPT, STYLE),
        style => STYLE,
        script => SCRIPT,
        today => report.today.to_string(),
        targets => &report.targets,
        unread => Serde(&report.unread),
        columns => Serde(columns(&copies, report.today)),
        is_wide => copies.len() <= FEW,
        has_days => rows.iter().any(|row| row.due.is_some()),
        clean => rows.iter().filter(|row| row.is_clean).count(),
        affected => copies.iter().filter(|copy| copy.affected().next().is_some()).count(),
        not_run => copies.iter().filter(|copy| copy.not_run.is_some()).count(),
        overdue => report.overdue().count(),
        signs => Serde(SIGNS),
        rows => Serde(rows),
    };
    // The name says how values are escaped.
    templates
        .render_named_str("board.html", include_str!("page.html"), page)
        .context("cannot write the board")
}

fn columns<'a>(copies: &[&'a AuditedCopy], today: Date) -> Vec<Column<'a>> {
    let labels = labels(copies);
    let column = |(at, (copy, label)): (usize, (&&'a AuditedCopy, String))| Column {
        id: format!("copy/{}", at + 1),
        label,
        release: release(&copy.identity),
        identity: words::identity(&copy.identity),
        differences: words::differences(&copy.identity),
        not_run: words::not_run(copy),
        shipped: words::shipped(copy, today),
        is_ended: copy.is_ended(today),
        copy,
    };
    copies.iter().zip(labels).enumerate().map(column).collect()
}

/// What it says that it is, with a question mark where it behaves otherwise.
fn release(identity: &Identity) -> Option<String> {
    let doubt = if identity.agrees == Some(false) { "?" } else { "" };
    identity.release.as_ref().map(|release| format!("{release}{doubt}"))
}

/// The names of copies: what of their first places is not the same for all, up to the file or package that lies there.
fn labels(copies: &[&AuditedCopy]) -> Vec<String> {
    let places: Vec<Vec<&str>> = copies
        .iter()
        .map(|copy| copy.places.first().map_or_else(Vec::new, |place| place.split('/').collect()))
        .collect();
    let last = |place: &Vec<&str>| place.len().saturating_sub(1);
    let shortest = places.iter().map(last).min().unwrap_or_default();
    let is_common = |at: &usize| places.len() > 1 && places.iter().all(|place| place[*at] == places[0][*at]);
    let common = (0..shortest).take_while(is_common).count();
    let named = |place: &Vec<&str>| match place.len() {
        0 => String::new(),
        _ if places.len() == 1 => place[last(place)].to_owned(),
        _ => {
            let (first, end) = (place[common], place[last(place)]);
            if common == last(place) { first.to_owned() } else { format!("{first} … {end}") }
        }
    };
    places.iter().map(named).collect()
}

fn rows<'a>(copies: &[&'a AuditedCopy], advisories: &'a [Advisory], today: Date) -> Vec<Row<'a>> {
    let row = |advisory: &'a Advisory| (advisory.effect, row(copies, advisory, today));
    let mut rows: Vec<(Effect, Row)> = advisories.iter().map(row).collect();
    // Days as text are in the order of days.
    rows.sort_by_cached_key(|(effect, row)| {
        (row.due.is_none(), row.due.clone(), row.is_clean, *effect, row.id.to_owned())
    });
    rows.into_iter().map(|(_, row)| row).collect()
}

fn row<'a>(copies: &[&'a AuditedCopy], advisory: &'a Advisory, today: Date) -> Row<'a> {
    let finding = |copy: &&'a AuditedCopy| -> Option<(&'a AuditedCopy, &'a Finding)> {
        Some((copy, copy.findings.iter().find(|finding| finding.advisory == advisory.id)?))
    };
    let findings: Vec<_> = copies.iter().filter_map(finding).collect();
    let due = findings.iter().filter_map(|(_, finding)| finding.due).min();
    let cells: Vec<Cell> = findings
        .iter()
        .enumerate()
        .map(|(at, (copy, finding))| {
            Cell::new(format!("{}/{}", advisory.id, at + 1), copy, finding, advisory, today)
        })
        .collect();
    Row {
        id: &advisory.id,
        title: &advisory.title,
        effect: advisory.effect.as_str(),
        harm: &advisory.harm,
        links: advisory.links.iter().filter(|link| link.starts_with("https://")).collect(),
        cve: &advisory.cve,
        releases: advisory.releases(),
        fixed_by: &advisory.fixed_by,
        due: due.map(|due| due.to_string()),
        is_overdue: due.is_some_and(|due| due < today),
        is_clean: !cells.iter().any(|cell| matches!(cell.kind, Kind::Affected | Kind::Named | Kind::Ignored)),
        cells,
    }
}
