//! The report as text: a section a workload, builds with the same figures on one line.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use super::measure::Leak;
use crate::output::thousands;
use crate::try_file::ranges;

/// The report.
pub fn text(leaks: &[Leak], cap: u32) -> String {
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
    let groups = groups(leaks);
    if groups.iter().any(|group| group.figures().is_some()) {
        lines.push(table(&groups, cap));
    }
    let without = groups.iter().filter_map(|group| Some((group.builds(), group.leaks[0].reason.as_ref()?)));
    lines.extend(without.map(|(builds, reason)| format!("  {builds}: {reason}")));
    let broken = leaks
        .iter()
        .flat_map(|leak| leak.broken.iter().map(move |what| format!("  broken on {}: {what}", leak.build)));
    lines.extend(broken);
    lines.join("\n")
}

/// `flat on all 14 builds`, `grows on 12 of 14 builds`
pub fn summary(leaks: &[Leak]) -> String {
    let growing = leaks.iter().filter(|leak| leak.growth.is_some_and(|growth| growth > 0)).count();
    let measured = leaks.iter().filter(|leak| leak.growth.is_some()).count();
    let builds = if measured == 1 { "build" } else { "builds" };
    match (growing, measured) {
        (_, 0) => "not measured".to_owned(),
        (0, 1) => "flat on 1 build".to_owned(),
        (0, all) => format!("flat on all {all} builds"),
        (some, all) if some == all => format!("grows on all {all} {builds}").replace("all 1 ", "1 "),
        (some, all) => format!("grows on {some} of {all} builds"),
    }
}

/// Builds that leak as fast and keep as much, or have the same reason for having no figures.
struct Group<'a> {
    leaks: Vec<&'a Leak>,
    /// Their places among all builds.
    places: Vec<usize>,
}

impl Group<'_> {
    fn builds(&self) -> String {
        let names: Vec<&str> = self.leaks.iter().map(|leak| leak.build.as_str()).collect();
        ranges(&self.places, &names)
    }

    /// Growth, peak, what remains, and where the cap was hit.
    fn figures(&self) -> Option<[String; 4]> {
        let first = self.leaks[0];
        let kib = |bytes: i64| (bytes + 512) / 1024;
        Some([
            if first.growth? == 0 { "flat".to_owned() } else { format!("{} B", thousands(first.growth?)) },
            span(self.leaks.iter().map(|leak| leak.peak.map(kib)), " KiB"),
            first.remains.map_or_else(|| "-".to_owned(), |share| format!("{} %", percent(share))),
            span(self.leaks.iter().map(|leak| leak.cap_hit.map(u64::cast_signed)), ""),
        ])
    }
}

fn percent(share: f64) -> i64 {
    (share * 100.0).round() as i64
}

/// From the least to the most, or a dash when there is none.
fn span(values: impl Iterator<Item = Option<i64>> + Clone, unit: &str) -> String {
    match (values.clone().flatten().min(), values.flatten().max()) {
        (Some(least), Some(most)) if least == most => format!("{}{unit}", thousands(least)),
        (Some(least), Some(most)) => format!("{} … {}{unit}", thousands(least), thousands(most)),
        _ => "-".to_owned(),
    }
}

fn groups(leaks: &[Leak]) -> Vec<Group<'_>> {
    let key =
        |leak: &Leak| (leak.growth, leak.remains.map(percent), leak.cap_hit.is_some(), leak.reason.clone());
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (place, leak) in leaks.iter().enumerate() {
        match groups.iter_mut().find(|group| key(group.leaks[0]) == key(leak)) {
            Some(group) => {
                group.leaks.push(leak);
                group.places.push(place);
            }
            None => groups.push(Group { leaks: vec![leak], places: vec![place] }),
        }
    }
    groups
}

fn table(groups: &[Group<'_>], cap: u32) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    let cap = format!("{} KIB ARE HIT AT", thousands(i64::from(cap) / 1024));
    table.set_header(["", "PER 1,000", "PEAK", "AFTER CLOSE", &cap, "BUILD"]);
    for group in groups {
        if let Some([growth, peak, remains, cap_hit]) = group.figures() {
            table.add_row([String::new(), growth, peak, remains, cap_hit, group.builds()]);
        }
    }
    for column in table.column_iter_mut().skip(1).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leak(build: &str, workload: &str, growth: Option<i64>) -> Leak {
        Leak {
            build: build.to_owned(),
            workload: workload.to_owned(),
            growth,
            peak: growth.map(|growth| growth + 100_000),
            remains: growth.map(|growth| if growth > 0 { 0.98 } else { 0.0 }),
            cap_hit: growth.filter(|growth| *growth > 0).map(|_| 1_523),
            broken: Vec::new(),
            reason: growth.is_none().then(|| "it has DEFAULT_MEMSTATUS=0".to_owned()),
            samples: growth.map_or_else(Vec::new, |growth| vec![(0, 100_000), (1_000, 100_000 + growth)]),
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
