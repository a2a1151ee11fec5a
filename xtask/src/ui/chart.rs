//! Line charts as SVG: small multiples on one pair of scales, every line labelled where it ends. They are drawn in
//! greys, for paper and for screens, light and dark.

use svg::Document;
use svg::node::element::{Element, Group, Polyline, Rectangle, Style, Text, Title};

/// A page of panels.
pub(crate) struct Chart {
    pub title: String,
    /// The quantities of the vertical and the horizontal axis.
    pub subtitle: String,
    pub panels: Vec<Panel>,
}

/// One of the small charts.
pub(crate) struct Panel {
    pub title: String,
    /// What it shows, in a few words.
    pub note: String,
    pub lines: Vec<Line>,
}

/// A line, its points from left to right.
pub(crate) struct Line {
    pub label: String,
    pub points: Vec<(f64, f64)>,
    /// A line beside another one, which has no label of its own.
    pub is_dashed: bool,
}

const COLUMNS: usize = 2;
/// Where the lines are drawn.
const PLOT: (f64, f64) = (270.0, 130.0);
/// The margin of a plot: above for its title, to the right for labels, below and to the left for the scales.
const ABOVE: f64 = 46.0;
const RIGHT: f64 = 190.0;
const BELOW: f64 = 28.0;
const LEFT: f64 = 56.0;
/// Space for the title of the page.
const HEAD: f64 = 62.0;
/// The least distance between labels.
const LABEL_HEIGHT: f64 = 13.0;
/// Lines whose ends are at most this far apart share a label.
const TOGETHER: f64 = 2.0;
const TICKS: f64 = 4.0;

/// The style for librsvg and browsers; its end is for browsers in dark mode.
const STYLE: &str = "\
text { font: 11px sans-serif; fill: #333 } .page { font-size: 15px; font-weight: bold } \
.title { font-size: 12px; font-weight: bold } .scale, .note { fill: #666 } .paper { fill: #fff } \
.grid { stroke: #ddd } .base { stroke: #888 } .leader { stroke: #bbb } \
.line { stroke: #222; stroke-width: 1.3; stroke-opacity: .65; fill: none; stroke-linejoin: round } \
.dashed { stroke-dasharray: 3 3 } \
@media (prefers-color-scheme: dark) { text { fill: #ddd } .scale, .note { fill: #aaa } .paper { fill: #1b1b1b } \
.grid { stroke: #3a3a3a } .base { stroke: #888 } .leader { stroke: #555 } .line { stroke: #eee } }";

impl Chart {
    /// The chart as an SVG document.
    pub(crate) fn to_svg(&self) -> String {
        let (width, height) = (LEFT + PLOT.0 + RIGHT, ABOVE + PLOT.1 + BELOW);
        let columns = self.panels.len().clamp(1, COLUMNS);
        let (width_of_all, height_of_all) =
            (width * columns as f64, HEAD + height * self.panels.len().div_ceil(columns) as f64);
        let scales = Scales {
            across: Scale::of(self.values(|point| point.0)),
            upwards: Scale::of(self.values(|point| point.1)),
        };
        let page = page((width_of_all, height_of_all), LEFT, &self.title, &self.subtitle, "");
        let panels = self.panels.iter().enumerate().map(|(at, panel)| {
            let x = width * (at % columns) as f64 + LEFT;
            let y = HEAD + height * (at / columns) as f64 + ABOVE;
            self.panel(panel, &scales).set("transform", format!("translate({x} {y})"))
        });
        panels.fold(page, Document::add).to_string()
    }

    fn values(&self, pick: fn(&(f64, f64)) -> f64) -> impl Iterator<Item = f64> {
        let lines = self.panels.iter().flat_map(|panel| &panel.lines);
        lines.flat_map(|line| &line.points).map(pick)
    }

    fn panel(&self, panel: &Panel, scales: &Scales) -> Group {
        let group = Group::new()
            .add(text("title", 0.0, -28.0, &panel.title))
            .add(text("note", 0.0, -13.0, &panel.note))
            .add(scales.grid());
        let lines = panel.lines.iter().map(|line| {
            let points: Vec<String> =
                line.points.iter().map(|(x, y)| format!("{:.1},{:.1}", scales.x(*x), scales.y(*y))).collect();
            let class = if line.is_dashed { "line dashed" } else { "line" };
            let line_of_points = Polyline::new().set("class", class).set("points", points.join(" "));
            line_of_points.add(Title::new(&line.label))
        });
        labels(&panel.lines, scales).into_iter().fold(lines.fold(group, Group::add), Group::add)
    }
}

/// The scales that all panels share.
struct Scales {
    across: Scale,
    upwards: Scale,
}

impl Scales {
    fn x(&self, value: f64) -> f64 {
        self.across.part(value) * PLOT.0
    }

    fn y(&self, value: f64) -> f64 {
        (1.0 - self.upwards.part(value)) * PLOT.1
    }

    /// The grid with its numbers.
    fn grid(&self) -> Group {
        let mut group = Group::new();
        for tick in self.upwards.ticks() {
            let y = self.y(tick);
            let class = if tick == 0.0 { "base" } else { "grid" };
            group = group.add(rule(class, (0.0, y), (PLOT.0, y)));
            group = group.add(text("scale", -6.0, y + 4.0, &number(tick)).set("text-anchor", "end"));
        }
        for tick in self.across.ticks() {
            group = group
                .add(text("scale", self.x(tick), PLOT.1 + 15.0, &number(tick)).set("text-anchor", "middle"));
        }
        group
    }
}

/// From zero, or from the least if that is below, to a round number above the most.
struct Scale {
    least: f64,
    most: f64,
    step: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) = values
            .filter(|value| value.is_finite())
            .fold((0.0_f64, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
        let step = round_step((most - least).max(1.0) / TICKS);
        Self { least: (least / step).floor() * step, most: ((most / step).ceil() * step).max(step), step }
    }

    fn part(&self, value: f64) -> f64 {
        (value - self.least) / (self.most - self.least)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let count = ((self.most - self.least) / self.step).round() as u32;
        (0..=count).map(|at| self.least + f64::from(at) * self.step)
    }
}

/// 1, 2 or 5 times a power of ten: the least that is not below.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|round| *round >= step)
        .unwrap_or(10.0 * power)
}

/// One label for the lines that end at the same height, beside their end.
fn labels(lines: &[Line], scales: &Scales) -> Vec<Element> {
    let lines: Vec<&Line> = lines.iter().filter(|line| !line.is_dashed).collect();
    let mut ends: Vec<(f64, f64, &str)> = lines
        .iter()
        .filter_map(|line| line.points.last().map(|(x, y)| (scales.y(*y), scales.x(*x), line.label.as_str())))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let clusters: Vec<&[(f64, f64, &str)]> = ends.chunk_by(|a, b| b.0 - a.0 < TOGETHER).collect();
    let mut free = f64::MIN;
    let mut drawn = Vec::new();
    for cluster in clusters {
        let (end, x, name) = cluster[cluster.len() / 2];
        let y = end.max(free);
        free = y + LABEL_HEIGHT;
        let label = match cluster.len() - 1 {
            0 => name.to_owned(),
            _ if cluster.len() == lines.len() => format!("all {}", lines.len()),
            more => format!("{name} and {more} more"),
        };
        let all: Vec<&str> = cluster.iter().map(|(_, _, name)| *name).collect();
        let start = PLOT.0 + 22.0;
        drawn.push(rule("leader", (x + 3.0, end), (start - 3.0, y)));
        drawn.push(Element::from(text("label", start, y + 4.0, &label).add(Title::new(all.join(", ")))));
    }
    drawn
}

/// An empty page with its title, from `left` on; `style` comes after the style of all charts.
pub(crate) fn page(
    (width, height): (f64, f64),
    left: f64,
    title: &str,
    subtitle: &str,
    style: &str,
) -> Document {
    Document::new()
        .set("viewBox", (0.0, 0.0, width, height))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .add(Title::new(title))
        .add(Style::new(format!("{STYLE}{style}")))
        .add(Rectangle::new().set("class", "paper").set("width", "100%").set("height", "100%"))
        .add(text("page", left, 28.0, title))
        .add(text("note", left, 46.0, subtitle))
}

/// A straight line.
pub(crate) fn rule(class: &str, from: (f64, f64), to: (f64, f64)) -> Element {
    svg::node::element::Line::new()
        .set("class", class)
        .set("x1", format!("{:.1}", from.0))
        .set("y1", format!("{:.1}", from.1))
        .set("x2", format!("{:.1}", to.0))
        .set("y2", format!("{:.1}", to.1))
        .into()
}

/// A text whose baseline begins at a point.
pub(crate) fn text(class: &str, x: f64, y: f64, content: &str) -> Text {
    Text::new(content).set("class", class).set("x", format!("{x:.1}")).set("y", format!("{y:.1}"))
}

/// An integer with a comma between thousands, any other number in its shortest form.
fn number(value: f64) -> String {
    if value.fract() != 0.0 {
        return format!("{value}");
    }
    sqlite_contracts::diagnostic::numbers::thousands(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        let scale = Scale::of([3.0, 870.0].into_iter());
        assert_eq!(scale.ticks().collect::<Vec<_>>(), [0.0, 500.0, 1000.0]);
        assert_eq!(Scale::of(std::iter::empty()).ticks().collect::<Vec<_>>(), [0.0, 0.5]);
        assert_eq!(number(12_500.0), "12,500");
    }

    #[test]
    fn lines_that_end_together_share_a_label() {
        let line = |label: &str, end: f64| Line {
            label: label.to_owned(),
            points: vec![(0.0, 0.0), (10.0, end)],
            is_dashed: false,
        };
        let lines = vec![line("a", 0.0), line("b", 0.01), line("c <3", 100.0)];
        let panel = Panel { title: "one".to_owned(), note: String::new(), lines };
        let chart = Chart { title: "t".to_owned(), subtitle: "y by x".to_owned(), panels: vec![panel] };
        let drawn = chart.to_svg();
        assert!(drawn.contains("a and 1 more") || drawn.contains("b and 1 more"), "{drawn}");
        assert!(drawn.contains("c &lt;3"), "{drawn}");
    }
}
