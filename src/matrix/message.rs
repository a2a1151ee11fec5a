//! The messages of failed cells.

use anstyle::{AnsiColor, Style};

use super::survey::Standing;
use crate::contract::Contract;
use crate::diagnostic::paragraph;
use crate::project::command_name;
use crate::record::report::{CaseReport, CellReport, Failure};
use crate::record::snapshots::{Drift, SnapshotName, diff};
use diff::paint;

/// Why a case fails its cell.
#[derive(Debug, Clone)]
pub enum CaseFailure {
    /// A promise does not hold.
    Broken(CaseReport),
    /// The environment kept it from running.
    CouldNotRun(CaseReport),
    /// The transcript is not the one on record.
    Drift(CaseReport, SnapshotName, Drift),
    /// A snapshot exists, in this file, though the build does not support the case.
    Unwanted(String, SnapshotName),
}

/// The line that names a case: `contracts/precision/round.yaml:12`; the file alone where its contract cannot be read: a
/// message about a failure must not fail.
pub fn place(contract: Option<&Contract>, name: &SnapshotName) -> String {
    let case = contract.and_then(|contract| contract.cases.iter().find(|case| case.name == name.case));
    case.map_or_else(|| Contract::file_of(&name.contract), |case| case.place.without_column())
}

/// The message of a cell: each failure, and the commands that review and rerun. `contract` is the cell's, if it can be
/// read; `because` is what follows a drift, its causes.
pub fn cell(
    cell: &CellReport,
    contract: Option<&Contract>,
    failures: &[CaseFailure],
    because: impl Fn(&SnapshotName, &Drift) -> String,
) -> String {
    let title = contract.map_or("", |contract| &contract.title);
    let mut text = format!("{} on {}: {title}\n\n", cell.contract, cell.build);
    for failure in failures {
        text.push_str(&case(failure, &cell.build, contract));
        if let CaseFailure::Drift(_, name, drift) = failure {
            text.push_str(&because(name, drift));
        }
        text.push('\n');
    }
    if failures.iter().any(|failure| matches!(failure, CaseFailure::Drift(..))) {
        text.push_str(&format!("review  {}\n", command_name::command("review")));
    }
    let rerun = format!("matrix --contract {} --build {}", cell.contract, cell.build);
    text.push_str(&format!("rerun   {}", command_name::command(&rerun)));
    text
}

/// One failure of a case.
fn case(failure: &CaseFailure, build: &str, contract: Option<&Contract>) -> String {
    match failure {
        CaseFailure::Broken(case) => {
            case.failures.iter().map(|failure| broken(&case.case, build, failure, false)).collect()
        }
        CaseFailure::CouldNotRun(case) => could_not_run(case, build, false),
        CaseFailure::Drift(case, name, drift) => {
            let (place, ending) = (place(contract, name), case.ending_in_brief());
            drift_message(Standing::Unreviewed, name, drift, &place, ending.as_deref(), false)
        }
        CaseFailure::Unwanted(file, name) => unwanted(name, file, false),
    }
}

/// A promise that does not hold: where, what was expected, what happened.
pub fn broken(case: &str, build: &str, failure: &Failure, color: bool) -> String {
    let mark = paint(AnsiColor::Red.on_default().bold(), "broken", color);
    let Failure { place, expected, actual, .. } = failure;
    format!(
        "{mark}: {place}: {case} on {build}\n    step      {}\n    expected  {}\n    actual    {}\n",
        indented(&failure.step_in_row()),
        indented(&beginning(expected)),
        indented(&beginning(actual)),
    )
}

/// A case that the environment kept from running, and what did.
pub fn could_not_run(case: &CaseReport, build: &str, color: bool) -> String {
    let mark = paint(AnsiColor::Red.on_default().bold(), "could not run", color);
    let reason = case.reason.as_deref().unwrap_or_default();
    format!("{mark}: {} on {build}\n    {}\n", case.case, reason.replace('\n', "\n    "))
}

/// Indents the further lines of a value to align them with its first one.
fn indented(value: &str) -> String {
    value.trim_end().replace('\n', "\n              ")
}

/// The beginning of a value, as much as is useful in a message; JUnit and JSON have all of it.
fn beginning(value: &str) -> String {
    const SHOWN: usize = 1000;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} characters)", &value[..end], value.chars().count()),
        None => value.to_owned(),
    }
}

/// A drift, or what a case does of which nothing is on record: the case, what it differs from, its place, how it ended unless
/// after its last step, and the difference.
pub fn drift_message(
    standing: Standing,
    name: &SnapshotName,
    drift: &Drift,
    place: &str,
    ending: Option<&str>,
    color: bool,
) -> String {
    let (word, mark) = match standing {
        Standing::New => ("new", AnsiColor::Blue),
        _ => ("drift", AnsiColor::Yellow),
    };
    let word = paint(mark.on_default().bold(), word, color);
    let name = paint(Style::new().bold(), &name.to_string(), color);
    let ending = ending.map(|ending| format!("    {}\n", ending.replace('\n', "\n    "))).unwrap_or_default();
    let lines = diff::diff(drift.before(), &drift.after, color);
    format!("{word}: {name} {} ({place})\n{ending}{lines}", drift.against())
}

/// A drift as shown for review: what the contract is about, in lines of at most `width` columns, and the difference from
/// what the build inherits, which is what matters; then from its own record, if there is one.
pub fn review(
    name: &SnapshotName,
    drift: &Drift,
    contract: Option<&Contract>,
    width: usize,
    color: bool,
) -> String {
    let from_parent = Drift { own: None, ..drift.clone() };
    let about = contract.map(|contract| [&contract.title, &contract.why]).into_iter().flatten();
    let about: String = about.map(|text| paragraph(text, "", "", width)).collect();
    let place = place(contract, name);
    if drift.goes_back() {
        let own = drift_message(Standing::Unreviewed, name, drift, &place, None, color);
        return format!("{about}{own}    accepting removes its own snapshot\n");
    }
    let mut text = about + &drift_message(Standing::Unreviewed, name, &from_parent, &place, None, color);
    if let Some(own) = &drift.own {
        text.push_str("  and from its own snapshot, which accepting replaces\n");
        text.push_str(&diff::diff(own, &drift.after, color));
    }
    text
}

/// A snapshot of a case that its build does not support.
pub fn unwanted(name: &SnapshotName, file: &str, color: bool) -> String {
    let mark = paint(AnsiColor::Yellow.on_default().bold(), "unwanted", color);
    format!("{mark}: {name} is on record, but the build does not support it\n    remove {file}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceText;
    use crate::record::report::Verdict;
    use crate::record::snapshots::Inherited;
    use crate::record::transcript::Transcript;

    #[test]
    fn only_the_beginning_of_a_long_value_is_shown() {
        assert_eq!(beginning("no rows"), "no rows");
        let long = beginning(&"é".repeat(1200));
        assert_eq!(long, format!("{}… (1200 characters)", "é".repeat(1000)));
    }

    #[test]
    fn a_failed_cell_says_what_where_and_what_to_do() {
        let mut contract = Contract::of_sql(&SourceText::new("round.yaml", "SELECT 1")).unwrap();
        contract.title = "ROUND keeps its digits".into();
        contract.cases[0].name = "half".into();
        contract.cases[0].place = "contracts/precision/round.yaml:3:11".parse().unwrap();
        let failure = Failure {
            place: "contracts/precision/round.yaml:12:9".parse().unwrap(),
            row: Some("n=1".into()),
            step: "query SELECT 1".into(),
            expected: "1".into(),
            actual: "2".into(),
        };
        let case = CaseReport {
            case: "half".into(),
            verdict: Verdict::Broken,
            transcript: Transcript::default(),
            failures: vec![failure],
            reason: None,
            stack: Vec::new(),
            seconds: 0.0,
        };
        let drift = Drift {
            own: None,
            inherited: Some(Inherited { from: "3.45.3-rusqlite".into(), text: "a\n".into() }),
            after: "b\n".into(),
        };
        let name = SnapshotName::new("precision/round", "half", "3.46.0-rusqlite");
        let failures = [CaseFailure::Broken(case.clone()), CaseFailure::Drift(case.clone(), name, drift)];
        let report = CellReport {
            contract: "precision/round".into(),
            build: "3.46.0-rusqlite".into(),
            cases: vec![case],
        };
        let because = |name: &SnapshotName, _: &Drift| format!("    because (3.46.0): {}\n", name.case);
        let text = cell(&report, Some(&contract), &failures, because);
        assert_eq!(
            text,
            "precision/round on 3.46.0-rusqlite: ROUND keeps its digits\n\n\
             broken: contracts/precision/round.yaml:12:9: half on 3.46.0-rusqlite\n\
             \x20   step      query SELECT 1 (with n=1)\n\
             \x20   expected  1\n\
             \x20   actual    2\n\n\
             drift: precision/round/half@3.46.0-rusqlite differs from 3.45.3-rusqlite (contracts/precision/round.yaml:3)\n\
             \x20   - a\n\
             \x20   + b\n\
             \x20   because (3.46.0): half\n\n\
             review  cargo xtask review\n\
             rerun   cargo xtask matrix --contract precision/round --build 3.46.0-rusqlite"
        );
    }

    #[test]
    fn what_a_contract_is_about_is_wrapped_for_review() {
        let mut contract = Contract::of_sql(&SourceText::new("round.yaml", "SELECT 1")).unwrap();
        contract.title = "ROUND keeps its digits".into();
        contract.why = "a report and an invoice differ by a cent".into();
        let name = SnapshotName::new("precision/round", "half", "3.46.0-rusqlite");
        let drift = Drift { own: None, inherited: None, after: "b\n".into() };
        let text = review(&name, &drift, Some(&contract), 24, false);
        let about = "ROUND keeps its digits\na report and an invoice\ndiffer by a cent\ndrift: ";
        assert!(text.starts_with(about), "{text}");
    }
}
