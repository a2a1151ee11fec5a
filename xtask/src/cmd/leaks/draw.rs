//! The report as a chart: memory by iterations, one panel per workload, one line per build; or one panel per program, one
//! line per driver.

use super::measure::Leak;
use super::program;
use super::table::summary;
use crate::ui::chart::{Chart, Line, Panel};

/// The chart.
pub(super) fn chart(leaks: &[Leak]) -> Chart {
    let panel = |leaks: &[Leak]| Panel {
        title: leaks[0].workload.clone(),
        note: summary(leaks),
        lines: lines(leaks, |leak| leak.build.clone()),
    };
    of_panels("one line per build", leaks.chunk_by(|a, b| a.workload == b.workload).map(panel).collect())
}

/// The chart of the report by drivers.
pub(super) fn by_driver(leaks: &[Leak]) -> Chart {
    fn name(leak: &Leak) -> &str {
        program(&leak.workload, &leak.driver)
    }
    let has_one_build = leaks.iter().all(|leak| leak.build == leaks[0].build);
    let label = |leak: &Leak| match has_one_build {
        true => leak.driver.clone(),
        false => format!("{} {}", leak.driver, leak.build),
    };
    let panel = |leaks: &[Leak]| Panel {
        title: name(&leaks[0]).to_owned(),
        note: String::new(),
        lines: lines(leaks, label),
    };
    of_panels("one line per driver", leaks.chunk_by(|a, b| name(a) == name(b)).map(panel).collect())
}

fn of_panels(what: &str, panels: Vec<Panel>) -> Chart {
    let has_statements = panels.iter().flat_map(|panel| &panel.lines).any(|line| line.is_dashed);
    let dashed =
        if has_statements { "; dashed: what statements hold, SQLITE_DBSTATUS_STMT_USED" } else { "" };
    Chart {
        title: "Memory that SQLite holds while a workload runs".to_owned(),
        subtitle: format!("KiB more than at the start, by iterations; {what}{dashed}"),
        panels,
    }
}

/// A line for each, and a dashed one of what its statements hold, where that was measured.
fn lines(leaks: &[Leak], label: impl Fn(&Leak) -> String) -> Vec<Line> {
    let of = |leak: &Leak| {
        let label = label(leak);
        [
            line(&leak.samples, label.clone(), false),
            line(&leak.of_statements, format!("{label}, statements"), true),
        ]
    };
    leaks.iter().flat_map(of).filter(|line| !line.points.is_empty()).collect()
}

fn line(samples: &[(u64, i64)], label: String, is_dashed: bool) -> Line {
    let start = samples.first().map_or(0, |(_, bytes)| *bytes);
    let point = |(iteration, bytes): &(u64, i64)| (*iteration as f64, (bytes - start) as f64 / 1024.0);
    Line { label, points: samples.iter().map(point).collect(), is_dashed }
}
