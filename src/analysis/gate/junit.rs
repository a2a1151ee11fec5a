//! A report as JUnit XML: a test suite per contract, a test case per case, and a suite of what the builds lack with a test
//! case per reason.

use std::collections::BTreeMap;

use super::change::Change;
use super::lacking::Lacking;
use super::report::{Report, Standing};
use super::text;
use crate::matrix::junit::escaped;

/// The whole report. A change that blocks is a failure; one that does not block is a passing test with a note.
pub(super) fn junit(report: &Report) -> String {
    let mut suites: BTreeMap<&str, Vec<Test>> = BTreeMap::new();
    let in_full = report.changes().filter(|(_, change)| change.lack().is_none());
    for (contract, change) in in_full {
        let test = Test { case: &change.case, change: Some(change) };
        suites.entry(&contract.contract).or_default().push(test);
    }
    for (contract, case) in report.unchanged.iter().filter_map(|name| name.rsplit_once('/')) {
        suites.entry(contract).or_default().push(Test { case, change: None });
    }
    let mut suites: String = suites.iter().map(|(contract, tests)| suite(report, contract, tests)).collect();
    if !report.lacking.is_empty() {
        suites += &lacking(report);
    }
    let name = escaped(&format!("{} to {}", report.from, report.to));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\">\n{suites}</testsuites>\n"
    )
}

/// What the builds lack, a test case per reason.
fn lacking(report: &Report) -> String {
    let (tests, failures) =
        (report.lacking.len(), report.lacking.iter().filter(|lacking| blocks(lacking)).count());
    let cases: String = report.lacking.iter().map(lacking_case).collect();
    format!(
        "<testsuite name=\"lacking\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"0\">\n{cases}</testsuite>\n"
    )
}

fn blocks(lacking: &Lacking) -> bool {
    lacking.standing == Standing::Blocks
}

fn lacking_case(lacking: &Lacking) -> String {
    let severity = lacking.severity.as_str();
    let name = escaped(&format!("{severity}: {}", lacking.reason));
    let cases = escaped(&lacking.cases.join("\n"));
    let content = match blocks(lacking) {
        true => {
            let message = escaped(&format!("{severity}: {}", lacking.line()));
            format!("<failure type=\"{severity}\" message=\"{message}\">{cases}</failure>")
        }
        false => format!("<system-out>{cases}</system-out>"),
    };
    format!("<testcase classname=\"lacking\" name=\"{name}\">{content}</testcase>\n")
}

struct Test<'a> {
    case: &'a str,
    change: Option<&'a Change>,
}

impl Test<'_> {
    fn fails(&self) -> bool {
        self.change.is_some_and(|change| change.standing == Standing::Blocks)
    }
}

fn suite(report: &Report, contract: &str, tests: &[Test]) -> String {
    let contract = escaped(contract);
    let failures = tests.iter().filter(|test| test.fails()).count();
    let cases: String = tests.iter().map(|test| test_case(report, &contract, test)).collect();
    format!(
        "<testsuite name=\"{contract}\" tests=\"{}\" failures=\"{failures}\" skipped=\"0\">\n{cases}</testsuite>\n",
        tests.len()
    )
}

fn test_case(report: &Report, contract: &str, test: &Test) -> String {
    let start = format!("<testcase classname=\"{contract}\" name=\"{}\"", escaped(test.case));
    let Some(change) = test.change else { return format!("{start}/>\n") };
    let start = format!("{start} file=\"{}\" line=\"{}\"", escaped(&change.place.file), change.place.line);
    let text = [
        format!("{}\n", change.place),
        text::details(change),
        change.difference.clone(),
        text::because(change),
    ]
    .concat();
    let severity = change.severity.as_str();
    if test.fails() {
        let message = escaped(&format!("{severity}: {}", change.headline()));
        return format!(
            "{start}><failure type=\"{severity}\" message=\"{message}\">{}</failure></testcase>\n",
            escaped(&text)
        );
    }
    let standing = match report.acceptance(change.standing) {
        Some(accepted) => {
            format!("accepted until {} by {}: {}", accepted.until, accepted.owner, accepted.reason)
        }
        None => "does not block".to_owned(),
    };
    let said = escaped(&format!("{severity}, {standing}\n{text}"));
    format!("{start}><system-out>{said}</system-out></testcase>\n")
}
