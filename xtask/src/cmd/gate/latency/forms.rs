//! The forms in which times are shown. The verdict comes first.

use comfy_table::CellAlignment;
use sqlite_contracts::analysis::gate::{Format, Gate, annotation};
use sqlite_contracts::matrix::junit::escaped;

use super::times::{Time, Times};
use crate::ui::output;

/// The times in this form, with a line feed at the end.
pub(super) fn render(times: &Times, format: Format) -> String {
    match format {
        Format::Json => serde_json::to_string_pretty(times).unwrap_or_default() + "\n",
        Format::Markdown => markdown(times),
        Format::Junit => junit(times),
        Format::Github => github(times),
        Format::Text | Format::Sarif => text(times),
    }
}

fn hop(times: &Times) -> String {
    format!("{} → {}", times.from, times.to)
}

fn text(times: &Times) -> String {
    let mut table = output::table(["WORKLOAD", "REPEAT", "", &times.from, &times.to, "RATIO", ""]);
    for time in &times.times {
        table.add_row(cells(time).into_iter().chain([said(time, times)]));
    }
    for column in table.column_iter_mut().skip(3).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let table = if times.times.is_empty() { String::new() } else { format!("{}\n", output::shown(&table)) };
    format!("{}\n{}\n{table}", hop(times), times.verdict())
}

fn cells(time: &Time) -> [String; 6] {
    [
        time.workload.clone(),
        time.repeat.to_string(),
        time.percentile.to_owned(),
        time.old.to_string(),
        time.new.to_string(),
        match time.at_least {
            Some(least) => format!("{:.2} (≥ {least:.2})", time.ratio),
            None => format!("{:.2}", time.ratio),
        },
    ]
}

fn said(time: &Time, times: &Times) -> String {
    match (time.blocks, time.at_least) {
        (true, _) => format!("blocks: more than {}", times.at_most),
        (false, Some(_)) => String::new(),
        (false, None) => format!("not judged: {} iterations", time.samples),
    }
}

fn markdown(times: &Times) -> String {
    let row = |time: &Time| {
        format!("| {} | {} |\n", cells(time).join(" | "), said(time, times)).replace("|  |", "| |")
    };
    let rows: String = times.times.iter().map(row).collect();
    format!(
        "### {}\n\n{}\n\n| workload | repeat | | {} | {} | ratio | |\n| --- | --- | --- | ---: | ---: | ---: | --- |\n{rows}",
        hop(times),
        times.verdict(),
        times.from,
        times.to
    )
}

/// A test case for each time; one that is too long is a failure.
fn junit(times: &Times) -> String {
    let failures = times.times.iter().filter(|time| time.blocks).count();
    let case = |time: &Time| {
        let name = escaped(&format!("{}, repeat {}, {}", time.workload, time.repeat, time.percentile));
        let said = escaped(&format!("{:.2} times as long: {}, was {}", time.ratio, time.new, time.old));
        let content = match (time.blocks, time.at_least) {
            (true, _) => format!("<failure type=\"latency\" message=\"{said}\"/>"),
            (false, None) => format!("<skipped message=\"not judged: {} iterations\"/>", time.samples),
            (false, Some(_)) => format!("<system-out>{said}</system-out>"),
        };
        format!("<testcase classname=\"latency\" name=\"{name}\">{content}</testcase>\n")
    };
    let skipped = times.times.iter().filter(|time| time.at_least.is_none()).count();
    let mut cases: String = times.times.iter().map(case).collect();
    let errors = usize::from(times.could_not_run.is_some());
    if let Some(reason) = &times.could_not_run {
        let reason = escaped(reason);
        cases += &format!(
            "<testcase classname=\"latency\" name=\"could not run\"><error message=\"{reason}\"/></testcase>\n"
        );
    }
    let name = escaped(&format!("{} to {}", times.from, times.to));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\">\n<testsuite name=\"latency\" tests=\"{}\" \
         failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">\n{cases}</testsuite>\n</testsuites>\n",
        times.times.len() + errors
    )
}

/// The verdict, with the times that block.
fn github(times: &Times) -> String {
    let fails = times.gate == Gate::Blocked || times.could_not_run.is_some();
    let line = |time: &Time| {
        format!(
            "{}, repeat {}, {}: {:.2} times as long",
            time.workload, time.repeat, time.percentile, time.ratio
        )
    };
    let lines = times.times.iter().filter(|time| time.blocks).map(line);
    let message = [times.verdict()].into_iter().chain(lines).collect::<Vec<_>>().join("\n");
    annotation(if fails { "error" } else { "notice" }, &format!("SQLite {}: latency", hop(times)), &message)
}

#[cfg(test)]
mod tests {
    use super::super::times::made_up;
    use super::*;

    #[test]
    fn the_verdict_comes_first() {
        let lines = |format| render(&made_up(1.2), format).lines().map(str::to_owned).collect::<Vec<_>>();
        let verdict = "blocked: 1 of 2 times are more than 1.2 times as long in 15 rounds";
        let text = lines(Format::Text);
        assert_eq!(text[..2], ["old → new", verdict]);
        assert!(text[4].contains("P99") && text[4].ends_with("blocks: more than 1.2"), "{text:?}");
        assert_eq!(lines(Format::Markdown)[..3], ["### old → new", "", verdict]);
        let github = &lines(Format::Github)[0];
        assert!(github.starts_with("::error title=SQLite old → new%3A latency::blocked"), "{github}");
        assert!(github.ends_with("%0Awarm <select>, repeat 1, P99: 3.00 times as long"), "{github}");
    }

    #[test]
    fn times_as_json() {
        let json: serde_json::Value = serde_json::from_str(&render(&made_up(1.2), Format::Json)).unwrap();
        assert_eq!((&json["gate"], &json["times"][1]["blocks"]), (&"blocked".into(), &true.into()));
        assert_eq!(json["times"][0]["new"]["least"], 1.1);
        assert_eq!(json.get("could_not_run"), None);
    }

    #[test]
    fn times_as_junit() {
        let xml = render(&made_up(1.2), Format::Junit);
        assert!(xml.contains("<testsuite name=\"latency\" tests=\"2\" failures=\"1\" errors=\"0\""), "{xml}");
        assert!(
            xml.contains("name=\"warm &lt;select&gt;, repeat 1, P99\"><failure type=\"latency\""),
            "{xml}"
        );
        let unable = Times { could_not_run: Some("no <Go>".to_owned()), ..made_up(9.0) };
        let xml = render(&unable, Format::Junit);
        assert!(xml.contains("tests=\"3\" failures=\"0\" errors=\"1\""), "{xml}");
        assert!(xml.contains("<error message=\"no &lt;Go&gt;\"/>"), "{xml}");
        assert!(
            render(&unable, Format::Github).starts_with("::error "),
            "a gate that could not look does not pass"
        );
    }
}
