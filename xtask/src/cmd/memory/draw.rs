//! The report as a chart: builds down, workloads across. In each field a bar as long as the least memory, and a mark at
//! the peak. Builds that need the same for every workload share a line.

use sqlite_contracts::diagnostic::numbers::thousands;
use svg::Document;
use svg::node::element::{self, Rectangle, Title};

use super::measure::Usage;
use super::table::kib;
use crate::support::groups::{Group, groups};
use crate::ui::chart::{page, rule, text};

/// Space for the names of builds, for the titles above, and the margin.
const NAMES: f64 = 300.0;
const HEAD: f64 = 92.0;
const MARGIN: f64 = 20.0;
/// A field: its bar, and the number after it.
const BAR: f64 = 120.0;
const FIELD: f64 = 240.0;
const LINE: f64 = 20.0;

const LEGEND: &str = "KiB. Bar and number: the least limit under which it works (* less is enough, too). Mark: its \
peak without a limit";

const BARS: &str = " .bar { fill: #6a8caf } .peak { stroke: #222; stroke-width: 1.5 } \
.least { font: 10px sans-serif } .more { font-weight: bold } \
@media (prefers-color-scheme: dark) { .bar { fill: #4f7396 } .peak { stroke: #eee } }";

/// The chart as an SVG document.
pub(super) fn svg(usages: &[Usage]) -> String {
    let workloads: Vec<&[Usage]> = usages.chunk_by(|a, b| a.workload == b.workload).collect();
    let rows = rows(&workloads);
    let lines = groups(&rows, figures);
    let width = MARGIN + NAMES + FIELD * workloads.len() as f64 + MARGIN;
    let height = HEAD + LINE * lines.len() as f64 + MARGIN;
    let page = page((width, height), MARGIN, "Memory that workloads take", LEGEND, BARS);
    let page = lines.iter().enumerate().fold(page, |page, (at, line)| {
        let y = HEAD + LINE * at as f64;
        let names: Vec<&str> = line.members.iter().map(|row| build(row)).collect();
        let name = text("name", MARGIN, y + 13.0, &short(line)).add(Title::new(names.join(", ")));
        page.add(rule("grid", (MARGIN, y + LINE), (width - MARGIN, y + LINE))).add(name)
    });
    let columns = workloads.iter().enumerate().map(|(at, workload)| {
        let x = MARGIN + NAMES + FIELD * at as f64;
        column(workload, at, &lines).set("transform", format!("translate({x} 0)"))
    });
    columns.fold(page, Document::add).to_string()
}

/// What each workload takes on one build.
type Row<'a> = Vec<Option<&'a Usage>>;

/// A row for each build.
fn rows<'a>(workloads: &[&'a [Usage]]) -> Vec<Row<'a>> {
    let builds = workloads.first().map_or(0, |workload| workload.len());
    (0..builds).map(|place| workloads.iter().map(|workload| workload.get(place)).collect()).collect()
}

/// The figures that builds on a shared line have in common.
fn figures(row: &Row<'_>) -> Vec<Option<(Option<i64>, Option<i64>)>> {
    let of = |usage: &Usage| (usage.least.map(kib), usage.peak.map(kib));
    row.iter().map(|usage| usage.map(of)).collect()
}

fn build<'a>(row: &'a Row<'_>) -> &'a str {
    row.iter().flatten().next().map_or("", |usage| &usage.build)
}

/// As many of a line's builds as fit.
fn short(line: &Group<'_, Row<'_>>) -> String {
    const ROOM: usize = 52;
    let all = line.ranges(|row| build(row));
    if all.chars().count() <= ROOM {
        return all;
    }
    format!("{} and {} more", build(line.first()), line.members.len() - 1)
}

/// A workload on its own scale, which begins at zero.
fn column(workload: &[Usage], number: usize, lines: &[Group<'_, Row<'_>>]) -> element::Group {
    let most =
        workload.iter().flat_map(|usage| [usage.least, usage.peak]).flatten().max().unwrap_or(1).max(1);
    let long = |bytes: i64| bytes as f64 / most as f64 * BAR;
    let (name, label) = workload[0].workload.split_once(' ').unwrap_or((&workload[0].workload, ""));
    let head = element::Group::new()
        .add(text("title", 0.0, HEAD - 28.0, name))
        .add(text("note", 0.0, HEAD - 12.0, label))
        .add(rule("base", (0.0, HEAD - 6.0), (0.0, HEAD + LINE * lines.len() as f64)));
    lines.iter().enumerate().fold(head, |group, (at, line)| {
        let y = HEAD + LINE * at as f64;
        let Some(usage) = line.first().get(number).copied().flatten() else { return group };
        let Some(least) = usage.least else {
            let why = usage.reason.clone().unwrap_or_default();
            return group.add(text("note", 4.0, y + 14.0, "not measured").add(Title::new(why)));
        };
        let peak = usage.peak.unwrap_or(least);
        let tooltip = format!("least {} KiB, peak {} KiB", thousands(kib(least)), thousands(kib(peak)));
        let bar = Rectangle::new()
            .set("class", "bar")
            .set("y", y + 4.0)
            .set("width", format!("{:.1}", long(least)))
            .set("height", LINE - 8.0)
            .add(Title::new(tooltip));
        let after = long(least.max(peak)) + 6.0;
        let mark = rule("peak", (long(peak), y + 2.0), (long(peak), y + LINE - 2.0));
        group.add(bar).add(mark).add(text("least", after, y + 14.0, &numbers(usage, least, peak)))
    })
}

/// The least, and the peak where that is another.
fn numbers(usage: &Usage, least: i64, peak: i64) -> String {
    let mark = if usage.remark.is_some() { "*" } else { "" };
    let [shown_least, shown_peak] = [least, peak].map(|bytes| thousands(kib(bytes)));
    match (peak - least).abs() {
        0..=2048 => format!("{shown_least}{mark}"),
        _ => format!("{shown_least}{mark} (peak {shown_peak})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(build: &str, workload: &str, least: Option<i64>) -> Usage {
        Usage {
            build: build.to_owned(),
            workload: workload.to_owned(),
            least,
            peak: least.map(|least| least * 2),
            ..Usage::default()
        }
    }

    #[test]
    fn builds_with_the_same_figures_share_a_line() {
        let drawn = svg(&[
            usage("3.13.0-a", "w", Some(10_240)),
            usage("3.14.0-a", "w", Some(10_240)),
            usage("3.54.1-b", "w", None),
            usage("3.13.0-a", "v<1", Some(5_000)),
            usage("3.14.0-a", "v<1", Some(5_000)),
            usage("3.54.1-b", "v<1", Some(70_000)),
        ]);
        assert_eq!(drawn.matches("class=\"bar\"").count(), 3, "{drawn}");
        assert!(drawn.contains("3.13.0-a, 3.14.0-a"), "{drawn}");
        assert!(drawn.contains("not measured") && drawn.contains("v&lt;1"), "{drawn}");
    }
}
