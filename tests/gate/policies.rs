//! `gate.yaml`: what is accepted, until when, and the messages of its mistakes.

use std::path::Path;

use sqlite_contracts::analysis::gate::{Gate, Policy, Report, Standing, Use};

use crate::made_up::*;

use messages::assert_messages;

#[path = "../support/messages.rs"]
mod messages;

fn accepting(case: &str, until: &str) -> String {
    format!("accept:\n  - case: {case}\n    reason: known\n    owner: ann\n    until: {until}\n")
}

fn standings(report: &Report) -> Vec<Standing> {
    report.changes().map(|(_, change)| change.standing).collect()
}

#[test]
fn without_a_policy_a_value_blocks_and_an_added_case_does_not() {
    let report = two_changes(&Policy::default());
    assert_eq!(standings(&report), [Standing::Blocks, Standing::Reported]);
    assert_eq!(report.gate, Gate::Blocked);
}

#[test]
fn an_acceptance_counts_up_to_its_last_day() {
    let report = two_changes(&policy(&accepting("precision/*", "2026-06-30")));
    assert_eq!(standings(&report), [Standing::Accepted(0), Standing::Reported]);
    assert_eq!((report.gate, report.acceptances[0].usage), (Gate::Pass, Use::Used));

    let report = two_changes(&policy(&accepting("precision/*", "2026-06-29")));
    assert_eq!(standings(&report), [Standing::Blocks, Standing::Reported]);
    assert_eq!((report.gate, report.acceptances[0].usage), (Gate::Blocked, Use::Expired));
    let complaint = report.acceptances[0].complaint().unwrap();
    assert_eq!(
        complaint,
        "the acceptance of `precision/*` expired after 2026-06-29, and 2 of its cases change (ann)"
    );
}

#[test]
fn an_acceptance_of_what_does_not_change_is_unused() {
    let half = || holds("half", &["query → 1"]);
    let report =
        report(vec![half()], vec![half()], &policy(&accepting("precision/round/half", "2027-01-01")));
    assert_eq!((report.gate, report.acceptances[0].usage), (Gate::Pass, Use::Unused));
    assert_eq!(report.unchanged, ["precision/round/half"]);
}

#[test]
fn an_acceptance_of_cases_that_were_not_compared_is_no_concern() {
    let report = two_changes(&policy(&accepting("memory-caps/*", "2027-01-01")));
    assert!(report.acceptances.is_empty());
}

#[test]
fn drift_is_accepted_without_saying_more_a_broken_promise_is_not() {
    let changes = |policy: &str| {
        let from = vec![holds("half", &["query → 1"])];
        standings(&report(from, vec![broken("half", 7, "2")], &self::policy(policy)))
    };
    let silent = accepting("precision/**", "2027-01-01");
    assert_eq!(changes(&silent), [Standing::Blocks]);
    assert_eq!(changes(&(silent + "    severity: [broken]\n")), [Standing::Accepted(0)]);
}

#[test]
fn a_glob_that_meets_no_case_is_a_mistake() {
    let cases = ["precision/round/half".to_owned()].into();
    assert!(policy(&accepting("precision/*", "2027-01-01")).check_cases(&cases).is_ok());
    let message = policy(&accepting("precision/round/halv", "2027-01-01")).check_cases(&cases).unwrap_err();
    assert!(message.to_string().contains("did you mean `precision/round/half`?"), "{message}");
}

#[test]
fn every_mistake_has_its_message() {
    let message = |file: &Path| Policy::read(file, "gate.yaml").unwrap_err().render(false);
    assert_messages("policies", "policies", 6, message);
}
