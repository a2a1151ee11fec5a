//! Which cases change, and how much each matters.

use sqlite_contracts::analysis::gate::{Severity, changes};
use sqlite_contracts::record::report::CaseReport;
use sqlite_contracts::record::transcript::Line;

use crate::made_up::*;

const QUERY: &str = "query SELECT round(34.775, 2) →";

fn line(outcome: &str) -> String {
    format!("{QUERY} {outcome}")
}

/// The severity of a change of the case `half`.
fn severity(from: CaseReport, to: CaseReport) -> Option<Severity> {
    let (from, to) = (cell(FROM, vec![from]), cell(TO, vec![to]));
    let changes = with_causes(|causes| changes(causes, &from, &to, None))?;
    Some(changes.changes[0].severity)
}

fn of_lines(from: &[&str], to: &[&str]) -> Option<Severity> {
    severity(holds("half", from), holds("half", to))
}

#[test]
fn a_case_that_does_the_same_is_no_change_however_long_it_took() {
    let slow = CaseReport { seconds: 9.0, ..holds("half", &["memory_used → 0..4096"]) };
    assert_eq!(severity(holds("half", &["memory_used → 0..4096"]), slow), None);
}

#[test]
fn a_case_of_other_versions_of_a_driver_is_not_removed() {
    let needs = |reason: &str| CaseReport { reason: Some(reason.to_owned()), ..unsupported("half") };
    let runs = || holds("half", &["memory_used → 0..4096"]);
    assert_eq!(severity(runs(), needs("needs driver go<1.14.26")), Some(Severity::Superseded));
    assert_eq!(severity(runs(), needs("needs function sqlite3_serialize")), Some(Severity::Removed));
}

#[test]
fn a_promise_of_another_row_is_another_promise() {
    let in_row = |row: &str| {
        let mut case = broken("half", 9, "2");
        case.failures[0].row = Some(row.to_owned());
        case
    };
    let both =
        CaseReport { failures: [in_row("n=1").failures, in_row("n=2").failures].concat(), ..in_row("n=1") };
    let (from, to) = (cell(FROM, vec![in_row("n=1")]), cell(TO, vec![both]));
    let changes = with_causes(|causes| changes(causes, &from, &to, None)).unwrap();
    assert_eq!(changes.changes[0].broken.len(), 1);
    assert_eq!(changes.changes[0].headline(), "query SELECT 1 → 2, not 1 (with n=2)");
}

#[test]
fn a_line_is_a_value_an_error_or_a_cost() {
    for (from, to, expected) in [
        (line("34.78"), line("34.77"), Severity::Value),
        (line("34.78"), line("ERROR: no such function: round"), Severity::Value),
        (line("BUSY: database is locked"), line("34.77"), Severity::Value),
        (line("BUSY: database is locked"), line("BUSY_SNAPSHOT: database is locked"), Severity::Error),
        (line("ERROR: near \"x\""), line("missing sqlite3_error_offset"), Severity::Error),
        ("memory_used → 0..4096".to_owned(), "memory_used → 4096..8192".to_owned(), Severity::Cost),
        (
            "memory_used → 0..4096".to_owned(),
            "memory_used → missing sqlite3_memory_used".to_owned(),
            Severity::Value,
        ),
        // A feature that the old build had not is no regression; one that the new build has not is one.
        (line("ERROR: no such function: round"), line("34.77"), Severity::Added),
        (line("missing sqlite3_x"), line("34.77"), Severity::Added),
        (line("ERROR: near \"->\": syntax error"), line("34.77"), Severity::Added),
        (line("ERROR: unrecognized token: \"1_000\""), line("34.77"), Severity::Added),
        (line("ERROR: no such table: pragma_table_list"), line("34.77"), Severity::Added),
        (line("34.77"), line("ERROR: near \"->\": syntax error"), Severity::Value),
        (line("ERROR: no such table: t"), line("34.77"), Severity::Value),
        (line("ERROR: no such function: round"), line("ERROR: no such table: t"), Severity::Error),
        // A text that begins like an error is in quotes.
        (line("\"BUSY\""), line("\"LOCKED\""), Severity::Value),
    ] {
        assert_eq!(of_lines(&[&from], &[&to]), Some(expected), "{from} / {to}");
    }
}

#[test]
fn the_worst_line_counts() {
    let (busy, locked) = (line("BUSY"), line("LOCKED"));
    let cost = ["memory_used → 0..4096", "memory_used → 4096..8192"];
    assert_eq!(of_lines(&[&busy, cost[0]], &[&locked, cost[1]]), Some(Severity::Error));
    assert_eq!(of_lines(&[&busy, cost[0]], &[&line("1"), cost[1]]), Some(Severity::Value));
    assert_eq!(of_lines(&[cost[0]], &[cost[0], cost[1]]), Some(Severity::Cost));
    assert_eq!(of_lines(&[&busy], &[&busy, &locked]), Some(Severity::Value), "an error came up");
}

#[test]
fn rows_belong_to_the_step_above_them() {
    let rows = |last: &str| vec![QUERY.to_owned(), "    1".to_owned(), format!("    {last}")];
    let (from, to) = (rows("2"), rows("3"));
    let lines = |rows: &[String]| holds("half", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(severity(lines(&from), lines(&to)), Some(Severity::Value));
}

#[test]
fn arrows_in_sql_and_in_values_are_no_outcomes() {
    let lines = |outcome: &str| {
        let line = Line::step("query SELECT 'a → b'", outcome);
        CaseReport { transcript: [line].into_iter().collect(), ..holds("half", &[]) }
    };
    let of_outcomes = |from: &str, to: &str| {
        let (from, to) = (cell(FROM, vec![lines(from)]), cell(TO, vec![lines(to)]));
        let changes = with_causes(|causes| changes(causes, &from, &to, None));
        let change = changes.unwrap().changes.remove(0);
        (change.severity, change.headline())
    };
    let (severity, headline) = of_outcomes("\"a → b\"", "\"a → BUSY\"");
    assert_eq!(severity, Severity::Value);
    assert_eq!(headline, "query SELECT 'a → b' → \"a → BUSY\", was \"a → b\"");
    assert_eq!(of_outcomes("BUSY", "LOCKED: a → b").0, Severity::Error);
}

#[test]
fn what_a_build_lacks_is_removed_or_added() {
    let there = || holds("half", &[&line("1")]);
    assert_eq!(severity(there(), unsupported("half")), Some(Severity::Removed));
    assert_eq!(severity(unsupported("half"), there()), Some(Severity::Added));
    assert_eq!(severity(unsupported("half"), broken("half", 7, "2")), Some(Severity::Broken));
    assert_eq!(severity(unsupported("half"), unsupported("half")), None);
}

const SUCCEEDED: &str = "\
title: t
why: w
cases:
  - name: half
    requires: {version: '<3.43.0'}
    steps: [{memory_used: }]
  - name: other
    requires: {version: '>=3.43.0'}
    steps: [{memory_used: }]
";

#[test]
fn a_case_that_ends_below_the_new_version_is_superseded_where_its_contract_goes_on() {
    let contract = of_text(SUCCEEDED);
    let severities = |new: [CaseReport; 2], version: &str| {
        let there = |case: &str| holds(case, &["memory_used → 0"]);
        let (from, to) = (cell(FROM, vec![there("half"), unsupported("other")]), cell(TO, new.to_vec()));
        let version = version.parse().unwrap();
        let found = with_causes_of(&contract, |causes| changes(causes, &from, &to, Some(&version)));
        found.unwrap().changes.iter().map(|change| change.severity).collect::<Vec<_>>()
    };
    let goes_on = || [unsupported("half"), holds("other", &["memory_used → 0"])];
    assert_eq!(severities(goes_on(), "3.43.0"), [Severity::Superseded, Severity::Added]);
    assert_eq!(severities([unsupported("half"), unsupported("other")], "3.43.0"), [Severity::Removed]);
    assert_eq!(severities(goes_on(), "3.42.1"), [Severity::Removed, Severity::Added]);
}

const SEARCH: &str = "\
title: t
why: w
cases:
  - name: half
    with: {limit: [10, 20, 30]}
    steps:
      - hard_heap_limit: '${limit}'
      - open: ':memory:'
      - query: SELECT 1
";

#[test]
fn which_limits_of_memory_are_enough_is_a_cost_where_more_is_not_always_enough() {
    let contract = of_text(SEARCH);
    let rows = |enough: [bool; 3]| {
        let rows = [10, 20, 30].into_iter().zip(enough).flat_map(|(limit, enough)| {
            let outcome = if enough { "1" } else { "NOMEM: out of memory" };
            [format!("with limit={limit}"), format!("query SELECT 1 → {outcome}")]
        });
        CaseReport { transcript: rows.map(|line| Line::from(line.as_str())).collect(), ..holds("half", &[]) }
    };
    let severity = |old, new| {
        let (from, to) = (cell(FROM, vec![rows(old)]), cell(TO, vec![rows(new)]));
        with_causes_of(&contract, |causes| changes(causes, &from, &to, None)).unwrap().changes[0].severity
    };
    assert_eq!(severity([true, false, true], [true, true, true]), Severity::Cost);
    assert_eq!(severity([true, true, true], [true, false, true]), Severity::Cost);
    assert_eq!(severity([false, true, true], [false, false, true]), Severity::Value, "it needs more");
}

#[test]
fn a_promise_that_the_new_build_breaks_is_broken_and_one_that_it_keeps_is_mended() {
    let there = || holds("half", &[&line("1")]);
    assert_eq!(severity(there(), broken("half", 7, "2")), Some(Severity::Broken));
    assert_eq!(severity(there(), crashed("half")), Some(Severity::Broken));
    assert_eq!(
        severity(broken("half", 7, "2"), broken("half", 9, "2")),
        Some(Severity::Broken),
        "another one"
    );
    assert_eq!(severity(broken("half", 7, "2"), crashed("half")), Some(Severity::Broken));
    assert_eq!(
        severity(broken("half", 7, "2"), broken("half", 7, "3")),
        Some(Severity::Value),
        "the same one"
    );
    assert_eq!(severity(crashed("half"), there()), Some(Severity::Mended));
}

#[test]
fn a_change_knows_its_place_and_what_is_otherwise() {
    let report = two_changes(&policy("block: [value]"));
    let contract = &report.contracts[0];
    assert_eq!((contract.area(), contract.title.as_str()), ("precision", "round() gives the same cents"));
    let [value, added] = contract.changes.as_slice() else { panic!("{contract:?}") };
    assert_eq!(value.place.to_string(), "contracts/precision/round.yaml:7");
    assert_eq!(value.headline(), "query SELECT round(34.775, 2) → 34.77, was 34.78");
    assert_eq!(added.headline(), "needs version >=3.43");
    assert_eq!(report.compared.cases, 2);
}

/// A script whose records of these lines are broken, and what its transcript says of the record in line 19.
fn script(broken_lines: &[usize], line_19: &str) -> CaseReport {
    let failures = broken_lines.iter().flat_map(|line| {
        let mut case = broken("half", *line, "2");
        case.failures[0].step = format!("line {line}: query SELECT {line}");
        case.failures
    });
    let transcript =
        [format!("line 19: query SELECT 1… (90 bytes) → {line_19}"), "line 37: query SELECT 37 → 2".into()];
    CaseReport {
        failures: failures.collect(),
        transcript: transcript.iter().map(String::as_str).collect(),
        ..broken("half", 1, "2")
    }
}

#[test]
fn of_a_script_that_stays_broken_the_records_that_hold_now_are_mended() {
    let before = script(&[19, 37], "2");
    assert_eq!(severity(before.clone(), script(&[37], "1")), Some(Severity::Mended));
    // Another record does something else.
    let mut other = script(&[37], "1");
    other.transcript =
        ["line 19: query SELECT 1… (90 bytes) → 1", "line 37: query SELECT 37 → 3"].into_iter().collect();
    assert_eq!(severity(before.clone(), other), Some(Severity::Value));
    // The one that is still broken is so in another way.
    let mut other = script(&[37], "1");
    other.failures[0].actual = "3".to_owned();
    assert_eq!(severity(before.clone(), other), Some(Severity::Value));
    assert_eq!(severity(script(&[37], "1"), before.clone()), Some(Severity::Broken));
    assert_eq!(severity(before, script(&[19, 37], "3")), Some(Severity::Value));
}
