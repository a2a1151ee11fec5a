//! The report by drivers: one table, the same program through each driver beside the others.

use std::collections::BTreeSet;

use comfy_table::CellAlignment;
use sqlite_contracts::diagnostic::numbers::thousands;

use super::measure::Leak;
use super::program;
use super::table::{builds, percent, span};
use crate::support::groups::{Group, groups};
use crate::ui::output;

/// Bytes per 1,000 iterations, as KiB in an hour of one iteration a second.
const SECONDS_IN_AN_HOUR: i64 = 3_600;

/// The report.
pub(super) fn text(leaks: &[Leak], cap: u32) -> String {
    let cap = format!("{} KIB ARE HIT AT", thousands(i64::from(cap) / 1024));
    let heads = [
        "PROGRAM",
        "DRIVER",
        "PER 1,000",
        "STATEMENTS",
        "AN HOUR",
        &cap,
        "HELD AFTER GC",
        "HELD AFTER CLOSE",
        "P50 µs",
        "P99 µs",
        "BUILD",
    ];
    let mut table = output::table(heads);
    for of_workload in leaks.chunk_by(|a, b| a.workload == b.workload) {
        for group in of_one_behaviour(of_workload) {
            if group.first().reason.is_none() {
                table.add_row(row(&group));
            }
        }
    }
    for column in table.column_iter_mut().skip(2).take(8) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let broken = leaks.iter().flat_map(|leak| {
        leak.broken.iter().map(move |what| format!("  {} broken on {}: {what}", leak.workload, leak.build))
    });
    let rows = (table.row_iter().next().is_some()).then(|| output::shown(&table));
    rows.into_iter().chain(without(leaks)).chain(broken).collect::<Vec<_>>().join("\n")
}

/// Why there is no row, once for each driver and reason: most reasons are of the driver and not of a program.
fn without(leaks: &[Leak]) -> Vec<String> {
    let without: Vec<&Leak> = leaks.iter().filter(|leak| leak.reason.is_some()).collect();
    let line = |group: Group<'_, &Leak>| {
        let first = group.first();
        let distinct = |name: fn(&Leak) -> &str| -> Vec<&str> {
            let names: BTreeSet<&str> = group.members.iter().map(|leak| name(leak)).collect();
            names.into_iter().collect()
        };
        let programs = distinct(|leak| program(&leak.workload, &leak.driver));
        let builds = distinct(|leak| &leak.build);
        let reason = first.reason.as_deref().unwrap_or_default();
        format!("  {}: {reason} ({}; {})", first.driver, some(&programs, "programs"), some(&builds, "builds"))
    };
    groups(&without, |leak| (&leak.driver, &leak.reason)).into_iter().map(line).collect()
}

/// `one, two`, or of many how many.
fn some(names: &[&str], what: &str) -> String {
    if names.len() > 3 { format!("{} {what}", names.len()) } else { names.join(", ") }
}

/// Builds with the same figures but for times, and for growth by less than a tenth.
fn of_one_behaviour(leaks: &[Leak]) -> Vec<Group<'_, Leak>> {
    groups(leaks, |leak| {
        let is_growing = leak.growth.map(|growth| growth > 0);
        (
            is_growing,
            leak.statements.map(|growth| growth > 0),
            leak.remains.map(percent),
            leak.collected.map(percent),
            leak.cap_hit.is_some(),
            &leak.reason,
        )
    })
}

fn row(group: &Group<'_, Leak>) -> [String; 11] {
    let (first, leaks) = (group.first(), group.members.iter());
    let growth = |of: fn(i64) -> i64| span(leaks.clone().map(move |leak| leak.growth.map(of)), "");
    let share =
        |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{} %", percent(share)));
    let times = |of: fn((u64, u64)) -> u64| {
        span(leaks.clone().map(move |leak| leak.microseconds.map(|times| of(times).cast_signed())), "")
    };
    let is_flat = first.growth == Some(0);
    let of_statements = match first.statements {
        None => "-".to_owned(),
        Some(0) => "flat".to_owned(),
        Some(_) => format!("{} B", span(leaks.clone().map(|leak| leak.statements), "")),
    };
    [
        program(&first.workload, &first.driver).to_owned(),
        first.driver.clone(),
        if is_flat { "flat".to_owned() } else { format!("{} B", growth(|bytes| bytes)) },
        of_statements,
        if is_flat { "-".to_owned() } else { format!("{} KiB", growth(an_hour)) },
        span(leaks.clone().map(|leak| leak.cap_hit.map(u64::cast_signed)), ""),
        share(first.collected),
        share(first.remains),
        times(|(median, _)| median),
        times(|(_, slow)| slow),
        builds(group),
    ]
}

/// To the nearest KiB.
fn an_hour(per_thousand: i64) -> i64 {
    const BYTES: i64 = 1_000 * 1_024;
    (per_thousand * SECONDS_IN_AN_HOUR + BYTES / 2).div_euclid(BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_rounded() {
        assert_eq!([1_369_212, 1_337_558, 0, 142].map(an_hour), [4_814, 4_702, 0, 0]);
    }

    #[test]
    fn the_report_by_drivers() {
        let leak = |build: &str, driver: &str, growth: i64, collected: Option<f64>| Leak {
            build: build.to_owned(),
            workload: format!("never-closed-{driver}"),
            driver: driver.to_owned(),
            growth: Some(growth),
            statements: collected.map(|_| growth - 6_000),
            peak: Some(5_000_000),
            remains: Some(0.0),
            collected,
            microseconds: Some((25, 60)),
            could_not_run: false,
            cap_hit: (growth > 0).then_some(700),
            broken: Vec::new(),
            reason: None,
            samples: Vec::new(),
            of_statements: Vec::new(),
        };
        let leaks = [
            leak("3.46.0-rusqlite", "go", 1_376_000, Some(0.99)),
            leak("3.54.1-rusqlite", "go", 1_372_000, Some(0.99)),
            leak("3.54.1-rusqlite", "python", 0, None),
        ];
        let plain = anstream::adapter::strip_str(&text(&leaks, 1 << 20)).to_string();
        let lines: Vec<&str> = plain.lines().collect();
        let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
        assert_eq!(
            cells(lines[1]),
            "never-closed go 1,372,000 … 1,376,000 B 1,366,000 … 1,370,000 B 4,823 … 4,838 KiB 700 99 % 0 % 25 60 3.46.0-rusqlite, 3.54.1-rusqlite"
        );
        assert_eq!(cells(lines[2]), "never-closed python flat - - - - 0 % 25 60 3.54.1-rusqlite");
    }

    #[test]
    fn a_reason_is_said_once_for_a_driver() {
        let leak = |program: &str, build: &str, driver: &str| Leak {
            build: build.to_owned(),
            workload: format!("{program}-{driver}"),
            driver: driver.to_owned(),
            growth: None,
            statements: None,
            peak: None,
            remains: None,
            collected: None,
            microseconds: None,
            could_not_run: false,
            cap_hit: None,
            broken: Vec::new(),
            reason: Some("this machine has no Go".to_owned()),
            samples: Vec::new(),
            of_statements: Vec::new(),
        };
        let leaks =
            [leak("a", "1", "go"), leak("a", "2", "go"), leak("b", "1", "go"), leak("a", "1", "node")];
        let expected = ["  go: this machine has no Go (a, b; 1, 2)", "  node: this machine has no Go (a; 1)"];
        assert_eq!(without(&leaks), expected);
        assert_eq!(text(&leaks, 1 << 20), expected.join("\n"), "no head without a row");
    }
}
