//! A run as JUnit XML, which most CI servers show as a list of tests.

use std::time::Duration;

use super::message;
use super::survey::{Case, Cell, Standing, Survey};
use crate::record::snapshots::{Drift, SnapshotName};

/// What follows a drift: its causes.
type Causes<'a> = &'a dyn Fn(&SnapshotName, &Drift) -> String;

/// A case of which nothing is on record: a failure, as it is to a build server.
const NEW: &str = "new, not yet on record";

/// One test suite per cell, one test case per case.
pub fn junit(survey: &Survey, elapsed: Duration, because: Causes) -> String {
    let suites: String = survey.cells.iter().map(|cell| suite(cell, because)).collect();
    let failed: String = survey
        .failed
        .iter()
        .map(|cell| {
            let name = escaped(&format!("{}@{}", cell.contract, cell.build));
            let message = escaped(&cell.message);
            format!(
                "<testsuite name=\"{name}\" tests=\"1\" errors=\"1\"><testcase classname=\"{name}\" name=\"run\">\
                 <error message=\"could not run\">{message}</error></testcase></testsuite>\n"
            )
        })
        .collect();
    let seconds = elapsed.as_secs_f64();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"sqlite-contracts\" time=\"{seconds:.3}\">\n{suites}{failed}</testsuites>\n"
    )
}

fn suite(cell: &Cell, because: Causes) -> String {
    let name = escaped(&format!("{}@{}", cell.contract, cell.build));
    let failures = cell.cases.iter().filter(|case| finding(cell, case, because).is_some()).count();
    let errors = cell.cases.iter().filter(|case| case.standing == Standing::Failed).count();
    let skipped = cell.cases.iter().filter(|case| case.standing == Standing::Unsupported).count();
    let seconds: f64 = cell.cases.iter().map(|case| case.report.seconds).sum();
    let cases: String = cell.cases.iter().map(|case| test_case(cell, case, because)).collect();
    format!(
        "<testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" \
         time=\"{seconds:.3}\">\n{cases}</testsuite>\n",
        cell.cases.len()
    )
}

fn test_case(cell: &Cell, case: &Case, because: Causes) -> String {
    let class = escaped(&format!("{}@{}", cell.contract, cell.build));
    let start = format!(
        "<testcase classname=\"{class}\" name=\"{}\" time=\"{:.3}\"",
        escaped(&case.report.case),
        case.report.seconds
    );
    let reason = escaped(case.report.reason.as_deref().unwrap_or_default());
    match (finding(cell, case, because), case.standing) {
        (Some((what, text)), _) => {
            format!("{start}><failure message=\"{what}\">{}</failure></testcase>\n", escaped(&text))
        }
        (None, Standing::Unsupported) => format!("{start}><skipped message=\"{reason}\"/></testcase>\n"),
        (None, Standing::Failed) => {
            format!("{start}><error message=\"could not run\">{reason}</error></testcase>\n")
        }
        (None, _) => format!("{start}/>\n"),
    }
}

/// What needs attention: a short message, and the details.
fn finding(cell: &Cell, case: &Case, because: Causes) -> Option<(&'static str, String)> {
    let name = SnapshotName::new(&cell.contract, &case.report.case, &cell.build);
    match case.standing {
        Standing::Broken => {
            let failures = case.report.failures.iter();
            let text = failures.map(|f| message::broken(&case.report.case, &cell.build, f, false)).collect();
            Some(("broken", text))
        }
        Standing::New | Standing::Unreviewed => {
            let what = if case.standing == Standing::New { NEW } else { "unreviewed drift" };
            let Some(drift) = &case.drift else { return Some((what, String::new())) };
            let ending = case.report.ending();
            let text =
                message::drift_message(case.standing, &name, drift, &cell.contract, ending.as_deref(), false);
            Some((what, text + &because(&name, drift)))
        }
        Standing::Follows => Some(("follows an unreviewed drift above", String::new())),
        Standing::Unwanted => Some(("on record but unsupported", name.to_string())),
        _ => None,
    }
}

/// Text escaped for XML, which cannot represent control characters other than tab and line feed at all.
pub fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\n' | '\t' => c.to_string(),
            c if c.is_control() => "\u{fffd}".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::report::{CaseReport, Failure, Verdict};

    fn survey(report: CaseReport, standing: Standing, drift: Option<Drift>) -> Survey {
        let cell = Cell {
            contract: "precision/round".into(),
            build: "3.46.0-rusqlite".into(),
            cached: false,
            is_recorded: true,
            standing,
            cases: vec![Case { report, standing, drift }],
        };
        Survey { cells: vec![cell], ..Survey::default() }
    }

    fn report(verdict: Verdict, failures: Vec<Failure>) -> CaseReport {
        CaseReport {
            case: "half".into(),
            verdict,
            transcript: Default::default(),
            failures,
            reason: None,
            stack: Vec::new(),
            seconds: 0.5,
        }
    }

    #[test]
    fn a_broken_case_is_a_failure_with_its_text_escaped() {
        let failure = Failure {
            place: "c.yaml:1:1".parse().unwrap(),
            row: None,
            step: "step".into(),
            expected: "<= 5".into(),
            actual: "6\u{1}".into(),
        };
        let survey = survey(report(Verdict::Broken, vec![failure]), Standing::Broken, None);
        let xml = junit(&survey, Duration::from_secs(1), &|_, _| String::new());
        assert!(
            xml.contains("tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.500\""),
            "{xml}"
        );
        assert!(xml.contains("expected  &lt;= 5\n"), "{xml}");
        assert!(xml.contains("actual    6\u{fffd}\n"), "{xml}");
    }

    #[test]
    fn the_causes_of_a_drift_follow_it() {
        let drift = Drift { own: None, inherited: None, after: "query → 1\n".into() };
        let survey = survey(report(Verdict::Holds, Vec::new()), Standing::Unreviewed, Some(drift));
        let because = |name: &SnapshotName, _: &Drift| format!("    because (3.46.0): of {name}\n");
        let xml = junit(&survey, Duration::ZERO, &because);
        let end =
            "    + query → 1\n    because (3.46.0): of precision/round/half@3.46.0-rusqlite\n</failure>";
        assert!(xml.contains(end), "{xml}");
    }
}
