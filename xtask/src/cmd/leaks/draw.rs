//! The report as a chart: memory by iterations, one panel per workload, one line per build.

use super::measure::Leak;
use super::table::summary;
use crate::ui::chart::{Chart, Line, Panel};

/// The chart.
pub(super) fn chart(leaks: &[Leak]) -> Chart {
    let panel = |leaks: &[Leak]| Panel {
        title: leaks[0].workload.clone(),
        note: summary(leaks),
        lines: leaks.iter().filter(|leak| !leak.samples.is_empty()).map(line).collect(),
    };
    Chart {
        title: "Memory that SQLite holds while a workload runs".to_owned(),
        subtitle: "KiB more than at the start, by iterations; one line per build".to_owned(),
        panels: leaks.chunk_by(|a, b| a.workload == b.workload).map(panel).collect(),
    }
}

fn line(leak: &Leak) -> Line {
    let start = leak.samples.first().map_or(0, |(_, bytes)| *bytes);
    let point = |(iteration, bytes): &(u64, i64)| (*iteration as f64, (bytes - start) as f64 / 1024.0);
    Line { label: leak.build.clone(), points: leak.samples.iter().map(point).collect() }
}
