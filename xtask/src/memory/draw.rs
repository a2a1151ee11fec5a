//! The report as a chart: builds down, workloads across. In each field a bar as long as the least memory, and a mark at
//! the peak. Builds that need the same for every workload share a line.

use svg::Document;
use svg::node::element::{Group, Rectangle, Style, Title};

use super::measure::Usage;
use super::table::kib;
use crate::chart::{STYLE, rule, text};
use crate::output::thousands;
use crate::try_file::ranges;

/// Room for the names of builds, for the titles above, and around everything.
const NAMES: f64 = 300.0;
const HEAD: f64 = 92.0;
const MARGIN: f64 = 20.0;
/// A field: its bar, and the number after it.
const BAR: f64 = 120.0;
const FIELD: f64 = 215.0;
const LINE: f64 = 20.0;

const BARS: &str = " .bar { fill: #6a8caf } .peak { stroke: #222; stroke-width: 1.5 } \
.least { font: 10px sans-serif } .more { font-weight: bold } \
@media (prefers-color-scheme: dark) { .bar { fill: #4f7396 } .peak { stroke: #eee } }";

/// The chart as an SVG document.
pub fn svg(usages: &[Usage]) -> String {
    let workloads: Vec<&[Usage]> = usages.chunk_by(|a, b| a.workload == b.workload).collect();
    let lines = lines(&workloads);
    let width = MARGIN + NAMES + FIELD * workloads.len() as f64 + MARGIN;
    let height = HEAD + LINE * lines.len() as f64 + MARGIN;
    let title = "Memory that workloads take";
    let page = Document::new()
        .set("viewBox", (0.0, 0.0, width, height))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .add(Title::new(title))
        .add(Style::new(format!("{STYLE}{BARS}")))
        .add(Rectangle::new().set("class", "paper").set("width", "100%").set("height", "100%"))
        .add(text("page", MARGIN, 28.0, title))
        .add(text(
            "note",
            MARGIN,
            46.0,
            "KiB. Bar and number: the least limit under which it works (* less is enough, too). Mark: its peak without a limit",
        ));
    let page = lines.iter().enumerate().fold(page, |page, (at, line)| {
        let y = HEAD + LINE * at as f64;
        let name = text("name", MARGIN, y + 13.0, &line.short()).add(Title::new(line.names.join(", ")));
        page.add(rule("grid", (MARGIN, y + LINE), (width - MARGIN, y + LINE))).add(name)
    });
    let columns = workloads.iter().enumerate().map(|(at, workload)| {
        let x = MARGIN + NAMES + FIELD * at as f64;
        column(workload, &lines).set("transform", format!("translate({x} 0)"))
    });
    columns.fold(page, Document::add).to_string()
}

/// A line: builds with the same figures in every workload.
struct Line<'a> {
    names: Vec<&'a str>,
    places: Vec<usize>,
}

impl Line<'_> {
    /// As much of its builds as there is room for.
    fn short(&self) -> String {
        const ROOM: usize = 52;
        let all = ranges(&self.places, &self.names);
        if all.chars().count() <= ROOM {
            return all;
        }
        let first = ranges(&self.places[..1], &self.names);
        format!("{first} and {} more", self.names.len() - 1)
    }
}

fn lines<'a>(workloads: &[&'a [Usage]]) -> Vec<Line<'a>> {
    let figures = |place: usize| -> Vec<(Option<i64>, Option<i64>)> {
        let of = |usage: &Usage| (usage.least.map(kib), usage.peak.map(kib));
        workloads.iter().map(|workload| workload.get(place).map_or((None, None), of)).collect()
    };
    let builds = workloads.first().copied().unwrap_or_default();
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (place, usage) in builds.iter().enumerate() {
        match lines.iter_mut().find(|line| figures(line.places[0]) == figures(place)) {
            Some(line) => {
                line.names.push(&usage.build);
                line.places.push(place);
            }
            None => lines.push(Line { names: vec![&usage.build], places: vec![place] }),
        }
    }
    lines
}

/// A workload on its own scale, which begins at zero.
fn column(workload: &[Usage], lines: &[Line<'_>]) -> Group {
    let most =
        workload.iter().flat_map(|usage| [usage.least, usage.peak]).flatten().max().unwrap_or(1).max(1);
    let long = |bytes: i64| bytes as f64 / most as f64 * BAR;
    let head = Group::new().add(text("title", 0.0, HEAD - 28.0, &workload[0].workload)).add(rule(
        "base",
        (0.0, HEAD - 6.0),
        (0.0, HEAD + LINE * lines.len() as f64),
    ));
    lines.iter().enumerate().fold(head, |group, (at, line)| {
        let y = HEAD + LINE * at as f64;
        let Some(usage) = line.places.first().and_then(|place| workload.get(*place)) else { return group };
        let Some(least) = usage.least else {
            let why = usage.reason.clone().unwrap_or_default();
            return group.add(text("note", 4.0, y + 14.0, "not measured").add(Title::new(why)));
        };
        let peak = usage.peak.unwrap_or(least);
        let words = format!("least {} KiB, peak {} KiB", thousands(kib(least)), thousands(kib(peak)));
        let bar = Rectangle::new()
            .set("class", "bar")
            .set("y", y + 4.0)
            .set("width", format!("{:.1}", long(least)))
            .set("height", LINE - 8.0)
            .add(Title::new(words));
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
