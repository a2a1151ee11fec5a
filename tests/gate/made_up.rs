//! Contracts, cells and reports as if somebody had run them.

use jiff::civil::{Date, date};
use sqlite_contracts::analysis::gate::{Policy, Report, changes};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::SourceText;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::causes::{Causes, Family, Traits};
use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::report::{CaseReport, CellReport, Failure, Verdict};
use sqlite_contracts::record::snapshots::ContractSnapshots;

pub(crate) const FROM: &str = "3.42.0-rusqlite";
pub(crate) const TO: &str = "3.43.0-rusqlite";

const CONTRACT: &str = "\
title: round() gives the same cents
why: A report prints another cent (an <issue>).
changed:
  3.29.0: not between the two builds
  3.43.0: printf() rounds the value's own digits, with | and <
cases:
  - name: half
    steps:
      - open: ':memory:'
      - query: SELECT round(34.775, 2)
      - memory_used: ~
        record: {bucket: 4096}
  - name: other
    steps:
      - open: ':memory:'
      - query: SELECT 1
";

/// The contract `precision/round` with the cases `half` and `other`.
pub(crate) fn contract() -> Contract {
    of_text(CONTRACT)
}

/// The contract `precision/round` with this text.
pub(crate) fn of_text(text: &str) -> Contract {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contracts/precision/round.yaml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    Contract::load(&Project::at(folder.path()), &file).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The causes of `precision/round`, of which nothing is on record.
pub(crate) fn with_causes<T>(use_them: impl FnOnce(&Causes) -> T) -> T {
    with_causes_of(&contract(), use_them)
}

pub(crate) fn with_causes_of<T>(contract: &Contract, use_them: impl FnOnce(&Causes) -> T) -> T {
    let versions = ["3.42.0", "3.43.0"].map(|version| version.parse().unwrap());
    let traits = |version| Traits { version: Some(version), profile: "rusqlite" };
    let builds = [(FROM, traits(&versions[0])), (TO, traits(&versions[1]))].into();
    let family = Family { lineage: &Lineage::default(), builds, profiles: Vec::new() };
    use_them(&Causes::new(contract, family, &ContractSnapshots::default()))
}

/// A case that holds with this transcript.
pub(crate) fn holds(case: &str, lines: &[&str]) -> CaseReport {
    CaseReport {
        case: case.to_owned(),
        verdict: Verdict::Holds,
        transcript: lines.iter().copied().collect(),
        failures: Vec::new(),
        reason: None,
        stack: Vec::new(),
        seconds: 0.0,
    }
}

/// A case that the build lacks something for.
pub(crate) fn unsupported(case: &str) -> CaseReport {
    CaseReport {
        verdict: Verdict::Unsupported,
        reason: Some("needs version >=3.43".to_owned()),
        ..holds(case, &[])
    }
}

/// A case that breaks the promise of a line.
pub(crate) fn broken(case: &str, line: usize, actual: &str) -> CaseReport {
    let failure = Failure {
        place: format!("contracts/precision/round.yaml:{line}:9").parse().unwrap(),
        row: None,
        step: "query SELECT 1".to_owned(),
        expected: "1".to_owned(),
        actual: actual.to_owned(),
    };
    CaseReport { verdict: Verdict::Broken, failures: vec![failure], ..holds(case, &["open :memory: → OK"]) }
}

/// A case whose worker died.
pub(crate) fn crashed(case: &str) -> CaseReport {
    let reason = Some("crashed: SIGSEGV".to_owned());
    CaseReport { verdict: Verdict::Crashed, reason, ..holds(case, &["crashed: SIGSEGV in query"]) }
}

pub(crate) fn cell(build: &str, cases: Vec<CaseReport>) -> CellReport {
    CellReport { contract: "precision/round".to_owned(), build: build.to_owned(), cases }
}

pub(crate) fn policy(text: &str) -> Policy {
    Policy::parse(&SourceText::new("gate.yaml", text)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

pub(crate) fn today() -> Date {
    date(2026, 6, 30)
}

/// The report on `precision/round` between two builds.
pub(crate) fn report(from: Vec<CaseReport>, to: Vec<CaseReport>, policy: &Policy) -> Report {
    let (from, to) = (cell(FROM, from), cell(TO, to));
    let found = with_causes(|causes| changes(causes, &from, &to, None)).into_iter().collect();
    Report::new((FROM, TO), &[(from, to)], found, policy, today())
}

/// A change of value in `half`, and a build that lacks something for `other`.
pub(crate) fn two_changes(policy: &Policy) -> Report {
    let half = |value: &str| {
        holds("half", &["open :memory: → OK", &format!("query SELECT round(34.775, 2) → {value}")])
    };
    report(
        vec![half("34.78"), unsupported("other")],
        vec![half("34.77"), holds("other", &["query SELECT 1 → 1"])],
        policy,
    )
}
