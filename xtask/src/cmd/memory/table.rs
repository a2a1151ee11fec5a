//! The report as text: one section per workload, builds with the same figures on one line.

use comfy_table::CellAlignment;
use sqlite_contracts::diagnostic::numbers::thousands;

use super::measure::Usage;
use crate::support::groups::{Group, groups};
use crate::ui::output;

/// The sizes that a row of bars shows, as powers of two: 8 bytes to 64 KiB and more.
const EXPONENTS: std::ops::RangeInclusive<u32> = 3..=16;

/// The report.
pub(super) fn text(usages: &[Usage]) -> String {
    let sections: Vec<String> = usages.chunk_by(|a, b| a.workload == b.workload).map(section).collect();
    sections.join("\n\n")
}

fn section(usages: &[Usage]) -> String {
    let bold = anstyle::Style::new().bold();
    let groups = groups(usages, |usage| {
        (usage.least.map(kib), usage.peak.map(kib), usage.mallocs, &usage.reason, &usage.remark)
    });
    let mut lines = vec![format!("{bold}{}{bold:#}", usages[0].workload)];
    if groups.iter().any(|group| group.first().least.is_some()) {
        lines.push(table(&groups));
    }
    let remark = usages.iter().find_map(|usage| usage.remark.as_ref());
    lines.extend(remark.map(|remark| format!("  * {remark}")));
    let without = groups.iter().filter_map(|group| Some((builds(group), group.first().reason.as_ref()?)));
    lines.extend(without.map(|(builds, reason)| format!("  {builds}: {reason}")));
    lines.join("\n")
}

/// A size in whole KiB; smaller differences do not matter.
pub(super) fn kib(bytes: i64) -> i64 {
    (bytes + 512) / 1024
}

fn builds(group: &Group<'_, Usage>) -> String {
    group.ranges(|usage| &usage.build)
}

fn table(groups: &[Group<'_, Usage>]) -> String {
    let is_timed = groups.iter().any(|group| group.first().p50.is_some());
    let timed: &[&str] = if is_timed { &["P50", "P99"] } else { &[] };
    let figures = [&["", "LEAST", "PEAK", "MALLOCS", "REALLOCS"], timed].concat();
    let mut table = output::table(figures.iter().copied().chain(["8 B … 64 KiB", "BUILD"]));
    let size = |bytes: Option<i64>| {
        bytes.map_or_else(|| "-".to_owned(), |bytes| format!("{} KiB", thousands(kib(bytes))))
    };
    let count = |count: Option<i64>| count.map_or_else(|| "-".to_owned(), thousands);
    for group in groups.iter().filter(|group| group.first().least.is_some()) {
        let usage = group.first();
        let mut row = vec![
            String::new(),
            size(usage.least) + if usage.remark.is_some() { " *" } else { "  " },
            size(usage.peak),
            count(usage.mallocs),
            count(usage.reallocs),
        ];
        if is_timed {
            row.extend([usual(group, |usage| usage.p50), usual(group, |usage| usage.p99)]);
        }
        row.extend([bars(&usage.sizes), builds(group)]);
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1).take(figures.len() - 1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    output::shown(&table)
}

/// The median over the builds that share a line.
fn usual(group: &Group<'_, Usage>, time: impl Fn(&Usage) -> Option<f64>) -> String {
    let mut times: Vec<f64> = group.members.iter().filter_map(|usage| time(usage)).collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).map_or_else(|| "-".to_owned(), |time| format!("{time:.0} µs"))
}

/// A bar for each power of two: how many allocations of that size, compared with the most frequent one.
fn bars(sizes: &[(i64, i64)]) -> String {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let place = |power: i64| power.max(1).ilog2().clamp(*EXPONENTS.start(), *EXPONENTS.end());
    let count = |exponent: u32| -> i64 {
        sizes.iter().filter(|(power, _)| place(*power) == exponent).map(|(_, count)| count).sum()
    };
    let counts: Vec<i64> = EXPONENTS.map(count).collect();
    let highest = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    // Rounded up, so that a single allocation is visible, too.
    let bar = |count: &i64| BARS[(*count as f64 / highest * 8.0).ceil() as usize];
    counts.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(build: &str, least: i64) -> Usage {
        Usage {
            build: build.to_owned(),
            workload: "fill-a-file".to_owned(),
            least: Some(least),
            remark: (least > 100_000).then(|| "not monotonic: less is enough, too".to_owned()),
            peak: Some(least + 10_000),
            mallocs: Some(1_234),
            reallocs: Some(20),
            sizes: vec![(8, 100), (64, 50), (4096, 1), (131_072, 13)],
            ..Usage::default()
        }
    }

    #[test]
    fn a_line_shows_the_usual_time_of_its_builds() {
        let timed = |build, p50, p99| Usage { p50: Some(p50), p99: Some(p99), ..usage(build, 1024) };
        let usages = [timed("a", 9.0, 20.4), timed("b", 10.0, 90.0), timed("c", 30.0, 21.0)];
        let plain = anstream::adapter::strip_str(&text(&usages)).to_string();
        assert!(plain.contains("P50    P99"), "{plain}");
        assert!(plain.contains("10 µs  21 µs"), "{plain}");
    }

    #[test]
    fn builds_with_the_same_figures_share_a_line() {
        let refused = Usage { reason: Some("needs function sqlite3_x".to_owned()), ..Usage::default() };
        let refused = Usage { build: "3.54.1-c".to_owned(), workload: "fill-a-file".to_owned(), ..refused };
        let usages =
            [usage("3.13.0-a", 81_920), usage("3.14.0-a", 82_000), usage("3.54.1-b", 120_000), refused];
        let plain = anstream::adapter::strip_str(&text(&usages)).to_string();
        assert_eq!(plain, include_str!("made-up.txt").trim_end());
    }

    #[test]
    fn bars_are_compared_with_the_highest() {
        assert_eq!(bars(&[(8, 80), (16, 40), (32, 1)]), "█▄▁           ");
    }
}
