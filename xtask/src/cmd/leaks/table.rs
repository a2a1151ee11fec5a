//! The report as text: one section per workload, builds with the same figures on one line.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement};
use sqlite_contracts::diagnostic::numbers::thousands;

use super::measure::Leak;
use crate::support::groups::{Group, groups};
use crate::ui::output;

/// The report.
pub(super) fn text(leaks: &[Leak], cap: u32) -> String {
    let sections: Vec<String> = leaks
        .chunk_by(|a, b| a.workload == b.workload)
        .map(|of_workload| section(of_workload, cap))
        .collect();
    sections.join("\n\n")
}

fn section(leaks: &[Leak], cap: u32) -> String {
    let bold = anstyle::Style::new().bold();
    let head = format!("{bold}{}{bold:#}: {}", leaks[0].workload, summary(leaks));
    let mut lines = vec![head];
    let groups =
        groups(leaks, |leak| (leak.growth, leak.remains.map(percent), leak.cap_hit.is_some(), &leak.reason));
    if groups.iter().any(|group| figures(group).is_some()) {
        lines.push(table(&groups, cap));
    }
    let without = groups.iter().filter_map(|group| Some((builds(group), group.first().reason.as_ref()?)));
    lines.extend(without.map(|(builds, reason)| format!("  {builds}: {reason}")));
    let broken = leaks
        .iter()
        .flat_map(|leak| leak.broken.iter().map(move |what| format!("  broken on {}: {what}", leak.build)));
    lines.extend(broken);
    lines.join("\n")
}

/// `flat on all 14 builds`, `grows on 12 of 14 builds`
pub(super) fn summary(leaks: &[Leak]) -> String {
    let growing = leaks.iter().filter(|leak| leak.growth.is_some_and(|growth| growth > 0)).count();
    let measured = leaks.iter().filter(|leak| leak.growth.is_some()).count();
    let all = match measured {
        1 => "1 build".to_owned(),
        all => format!("all {all} builds"),
    };
    match growing {
        _ if measured == 0 => "not measured".to_owned(),
        0 => format!("flat on {all}"),
        some if some == measured => format!("grows on {all}"),
        some => format!("grows on {some} of {measured} builds"),
    }
}

pub(super) fn builds(group: &Group<'_, Leak>) -> String {
    group.ranges(|leak| &leak.build)
}

/// Growth, peak, what remains, and where the cap was hit.
fn figures(group: &Group<'_, Leak>) -> Option<[String; 4]> {
    let (first, leaks) = (group.first(), group.members.iter());
    let kib = |bytes: i64| (bytes + 512) / 1024;
    Some([
        if first.growth? == 0 { "flat".to_owned() } else { format!("{} B", thousands(first.growth?)) },
        span(leaks.clone().map(|leak| leak.peak.map(kib)), " KiB"),
        first.remains.map_or_else(|| "-".to_owned(), |share| format!("{} %", percent(share))),
        span(leaks.map(|leak| leak.cap_hit.map(u64::cast_signed)), ""),
    ])
}

pub(super) fn percent(share: f64) -> i64 {
    (share * 100.0).round() as i64
}

/// The range of the values, or a dash without any.
pub(super) fn span(values: impl Iterator<Item = Option<i64>> + Clone, unit: &str) -> String {
    match (values.clone().flatten().min(), values.flatten().max()) {
        (Some(least), Some(most)) if least == most => format!("{}{unit}", thousands(least)),
        (Some(least), Some(most)) => format!("{} … {}{unit}", thousands(least), thousands(most)),
        _ => "-".to_owned(),
    }
}

fn table(groups: &[Group<'_, Leak>], cap: u32) -> String {
    let cap = format!("{} KIB ARE HIT AT", thousands(i64::from(cap) / 1024));
    let mut table = output::table(["", "PER 1,000", "PEAK", "AFTER CLOSE", &cap, "BUILD"]);
    for group in groups {
        if let Some([growth, peak, remains, cap_hit]) = figures(group) {
            table.add_row([String::new(), growth, peak, remains, cap_hit, builds(group)]);
        }
    }
    for column in table.column_iter_mut().take(5) {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    if let Some(width) = output::terminal_width().and_then(|width| width.try_into().ok()) {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    output::shown(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leak(build: &str, workload: &str, growth: Option<i64>) -> Leak {
        Leak {
            build: build.to_owned(),
            workload: workload.to_owned(),
            driver: "capi".to_owned(),
            collected: None,
            statements: None,
            microseconds: growth.map(|_| (12, 40)),
            growth,
            peak: growth.map(|growth| growth + 100_000),
            remains: growth.map(|growth| if growth > 0 { 0.98 } else { 0.0 }),
            could_not_run: false,
            cap_hit: growth.filter(|growth| *growth > 0).map(|_| 1_523),
            broken: Vec::new(),
            reason: growth.is_none().then(|| "it has DEFAULT_MEMSTATUS=0".to_owned()),
            samples: growth.map_or_else(Vec::new, |growth| vec![(0, 100_000), (1_000, 100_000 + growth)]),
            of_statements: Vec::new(),
        }
    }

    fn made_up() -> Vec<Leak> {
        vec![
            leak("3.13.0-rusqlite", "never-finalized", Some(2_400_000)),
            leak("3.14.2-rusqlite", "never-finalized", Some(2_400_000)),
            leak("3.54.1-rusqlite", "never-finalized", Some(1_900_000)),
            leak("3.54.1-node", "never-finalized", None),
            leak("3.13.0-rusqlite", "finalized", Some(0)),
            leak("3.14.2-rusqlite", "finalized", Some(0)),
            Leak {
                broken: vec!["repeat 1000: expected flat, was 64".to_owned()],
                ..leak("3.54.1-rusqlite", "finalized", Some(64))
            },
            leak("3.54.1-node", "finalized", None),
        ]
    }

    #[test]
    fn the_report_as_text() {
        let plain = anstream::adapter::strip_str(&text(&made_up(), 1 << 20)).to_string();
        assert_eq!(plain, include_str!("made-up.txt").trim_end());
    }

    #[test]
    fn the_report_as_json() {
        let json = serde_json::to_string_pretty(&made_up()[2..4]).unwrap();
        assert_eq!(json, include_str!("made-up.json").trim_end());
    }
}
