//! What a report says was asked, and what was not.

use sqlite_contracts::analysis::discover::searched::Met;
use sqlite_contracts::analysis::gate::{About, Area, Asked, Format, Gate, Look, Policy};
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::capability::Row;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::{CaseReport, CellReport};

use crate::made_up::*;

fn about(rows: &[&str]) -> About {
    About { rows: rows.iter().map(|row| Row::parse(row).unwrap()).collect(), ..About::default() }
}

fn sql(lines: &[&str]) -> CellReport {
    CellReport { contract: "db/schema.sql".to_owned(), ..cell(FROM, vec![holds("sql", lines)]) }
}

#[test]
fn areas_are_counted_and_those_without_a_row_are_named() {
    let half = || holds("half", &["query → 1"]);
    let old = vec![cell(FROM, vec![half(), unsupported("other")]), sql(&["query SELECT 1 → 1"])];
    let new = vec![cell(TO, vec![half(), unsupported("other")]), sql(&["query SELECT 1 → 1"])];
    let asked = Asked::of(&[about(&["P1"]), About { is_sql: true, ..About::default() }], &[old, new]);
    let area = |area: &str| Area { area: area.to_owned(), contracts: 1, cases: 1 };
    assert_eq!(asked.areas, [area("SQL"), area("precision")]);
    assert!(asked.silent.contains(&"the limits of memory"), "{:?}", asked.silent);
    assert!(!asked.silent.contains(&"the precision of numbers"), "{:?}", asked.silent);
    assert_eq!(Asked::of(&[about(&[])], &[]).silent, [""; 0], "nothing says what it is about");
}

#[test]
fn sql_that_fails_on_both_builds_is_no_silent_pass() {
    let lines = ["query SELECT f(1) → ERROR: no such function: f", "query SELECT 1 → 1"];
    let asked =
        Asked::of(&[About { is_sql: true, ..About::default() }], &[vec![sql(&lines)], vec![sql(&lines)]]);
    let half = || vec![holds("half", &["query → 1"])];
    let report = report(half(), half(), &Policy::default()).asked(asked);
    for format in [Format::Text, Format::Markdown, Format::Github] {
        let text = format.render(&report, Look::default());
        assert!(text.contains("nothing changes; 1 statement fails on every build"), "{format:?}: {text}");
        let plain = text.replace('\\', "").replace("%25", "%").replace("\n    ", " ");
        assert!(plain.contains("query SELECT f(1) → ERROR: no such function: f"), "{format:?}: {plain}");
    }
    let other = ["query SELECT f(1) → 1", "query SELECT 1 → 1"];
    let asked =
        Asked::of(&[About { is_sql: true, ..About::default() }], &[vec![sql(&lines)], vec![sql(&other)]]);
    assert_eq!(asked.failing, []);
}

#[test]
fn what_a_search_has_met_is_said_where_it_is_known() {
    let both = || vec![holds("half", &["query → 1"])];
    let in_form = |format: Format, searched| {
        let asked = Asked::of(&[about(&["P1"])], &[vec![cell(FROM, both())], vec![cell(TO, both())]]);
        let report = report(both(), both(), &Policy::default()).asked(asked.searched(searched));
        format.render(&report, Look::default())
    };
    let met = Met { seeds: vec![1, 2], programs: 1500, builds: 4, silent: 3, unknown: 1 };
    for format in [Format::Text, Format::Markdown] {
        let said = in_form(format, Some(met.clone())).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(" met 3 silent changes between these two, 2 on record and 1 not"), "{said}");
        assert!(!in_form(format, None).contains("searched"), "{format:?}");
    }
    let json =
        |searched| -> serde_json::Value { serde_json::from_str(&in_form(Format::Json, searched)).unwrap() };
    let said = json(Some(met));
    assert_eq!(said["asked"]["searched"]["programs"], 1500);
    assert_eq!(said["asked"]["searched"]["unknown"], 1);
    assert!(json(None)["asked"].get("searched").is_none());
}

#[test]
fn a_case_that_is_broken_on_both_builds_is_no_silent_pass() {
    let both = || vec![broken("half", 12, "34.77"), holds("whole", &["query → 1"])];
    let asked = Asked::of(&[about(&["P1"])], &[vec![cell(FROM, both())], vec![cell(TO, both())]]);
    let text = Format::Text.render(&report(both(), both(), &Policy::default()).asked(asked), Look::default());
    assert!(text.contains("nothing changes; 1 case keeps its promise on no build"), "{text}");
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = &both()[0].failures[0].place;
    let words = format!("broken on every build: precision/round/half ({place}: ");
    assert!(plain.contains(&words) && plain.contains("34.77"), "{plain}");
    let mended = vec![cell(TO, vec![holds("half", &["query → 1"]), holds("whole", &["query → 1"])])];
    assert_eq!(Asked::of(&[about(&["P1"])], &[vec![cell(FROM, both())], mended]).broken, []);
}

#[test]
fn broken_on_every_build_is_only_the_promise_that_no_build_keeps() {
    let with = |lines: &[usize]| {
        let failures = lines.iter().flat_map(|line| broken("half", *line, "2").failures).collect();
        CaseReport { failures, ..broken("half", 1, "2") }
    };
    let asked = |old: &[usize], new: &[usize]| {
        Asked::of(&[about(&["P1"])], &[vec![cell(FROM, vec![with(old)])], vec![cell(TO, vec![with(new)])]])
            .broken
    };
    let both = asked(&[19, 37], &[37]);
    assert!(both[0].because.contains("round.yaml:37:9: "), "{both:?}");
    assert!(!both[0].because.contains("more"), "{both:?}");
    assert!(asked(&[19, 37], &[19, 37])[0].because.ends_with(", and 1 more"));
    assert_eq!(asked(&[19], &[37]), [], "each build keeps one of them");
}

#[test]
fn where_neither_build_supports_a_case_nothing_was_compared() {
    let other = || vec![unsupported("other")];
    let nothing = report(other(), other(), &Policy::default());
    assert_eq!(nothing.gate, Gate::Nothing);
    let text = Format::Text.render(&nothing, Look::default());
    assert!(text.contains("\nnothing compared: neither build supports any of the 1 case\n"), "{text}");
    let half = || holds("half", &["query → 1"]);
    let one =
        report(vec![unsupported("other"), half()], vec![unsupported("other"), half()], &Policy::default());
    assert_eq!(one.gate, Gate::Pass);
}

#[test]
fn where_all_is_broken_on_both_builds_there_is_nothing_to_judge() {
    let report_on = |both: &dyn Fn() -> Vec<CaseReport>, to: Vec<CaseReport>| {
        let asked = Asked::of(&[about(&["P1"])], &[vec![cell(FROM, both())], vec![cell(TO, to.clone())]]);
        report(both(), to, &Policy::default()).asked(asked)
    };
    let all = || vec![broken("half", 12, "34.77")];
    let some = || vec![broken("half", 12, "34.77"), holds("whole", &["query → 1"])];
    assert!(report_on(&all, all()).is_void());
    assert!(!report_on(&some, some()).is_void());
    assert!(!report_on(&all, vec![broken("half", 12, "34.78")]).is_void());
    assert!(!report_on(&all, vec![holds("half", &["query → 1"])]).is_void());
}

#[test]
fn a_trace_that_was_cut_short_is_told() {
    let half = || vec![holds("half", &["query → 1"])];
    let of_trace = About { cut: Some(3488), ..About::default() };
    let asked = Asked::of(&[of_trace], &[vec![cell(FROM, half())], vec![cell(TO, half())]]);
    let report = report(half(), half(), &Policy::default()).asked(asked);
    for format in [Format::Text, Format::Markdown] {
        let text = format.render(&report, Look::default());
        assert!(text.contains("ends behind byte 3488"), "{format:?}: {text}");
    }
}

#[test]
fn releases_between_the_builds_are_named_where_no_build_exists() {
    let builds = BuildSet::load(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let version = |text: &str| text.parse().unwrap();
    let ends = [&version("3.34.1"), &version("3.36.0")];
    let asked = Asked::default().over(&builds, ends, &[version("3.34.1"), version("3.36.0")]);
    assert_eq!(asked.unbuilt.to_string(), "3.35.0, 3.35.1, 3.35.3, 3.35.5");
    assert_eq!(asked.passed_over.to_string(), "3.35.2, 3.35.4");
    let half = || vec![holds("half", &["query → 1"])];
    let text = Format::Text.render(&report(half(), half(), &Policy::default()).asked(asked), Look::default());
    assert!(
        text.contains(
            "not asked: 4 known releases in between without a build, 3.35.0, 3.35.1, 3.35.3, 3.35.5"
        ),
        "{text}"
    );
    assert!(text.contains("not asked: 2 known releases in between that have a build"), "{text}");
}
