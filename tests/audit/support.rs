//! `support.yaml`: what is due when, and the messages of its mistakes. Nothing is run.

use std::path::Path;

use jiff::civil::Date;
use sqlite_contracts::analysis::audit::{
    AuditedCopy, Finding, Identity, Ignored, Report, Standing, Support, support,
};
use sqlite_contracts::analysis::audit::{openvex, sarif};
use sqlite_contracts::diagnostic::SourceText;

use crate::bench::ADVISORIES;
use crate::messages::assert_messages;

/// A copy of a release that has these defects.
fn copy(place: &str, release: &str, defects: &[&str]) -> AuditedCopy {
    let finding = |advisory: &&str| Finding {
        advisory: (*advisory).to_owned(),
        standing: Standing::Affected,
        reason: "it was seen".to_owned(),
        by_source_id: Some(true),
        failure: None,
        due: None,
    };
    AuditedCopy {
        places: vec![place.to_owned()],
        sha256: "00".repeat(32),
        identity: Identity { release: release.parse().ok(), ..Identity::default() },
        not_run: None,
        without: Default::default(),
        findings: defects.iter().map(finding).collect(),
        ignored: Vec::new(),
        shipped: None,
    }
}

fn applied(text: &str, mut copy: AuditedCopy) -> AuditedCopy {
    let support = Support::parse(&SourceText::new("support.yaml", text), &ADVISORIES).unwrap();
    support.apply(&mut copy, &ADVISORIES);
    copy
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn due(text: &str, copy: AuditedCopy) -> Option<Date> {
    applied(text, copy).findings[0].due
}

#[test]
fn time_counts_from_the_first_release_that_mends() {
    let wal_reset = || copy("a.so", "3.46.0", &["wal-reset"]);
    // 3.51.3 is of 2026-03-13.
    assert_eq!(due("within: {data-loss: 14d}", wal_reset()), Some(day("2026-03-27")));
    assert_eq!(due("within: {data-loss: 2mo}", wal_reset()), Some(day("2026-05-13")));
    assert_eq!(due("within: {hang: 14d}", wal_reset()), None, "no time is set for its effect");
    let known = "within: {data-loss: 14d}\nknown: {wal-reset: 2026-06-01}";
    assert_eq!(due(known, wal_reset()), Some(day("2026-06-15")));
    let since = "within: {data-loss: 14d}\nsince: 2026-11-01";
    assert_eq!(due(since, wal_reset()), Some(day("2026-11-15")));
    let earlier = "within: {data-loss: 14d}\nsince: 2020-11-01";
    assert_eq!(due(earlier, wal_reset()), Some(day("2026-03-27")));
}

#[test]
fn only_what_counts_is_due() {
    let within = "within: {data-loss: 14d}";
    let with = |standing, by_source_id| {
        let mut copy = copy("a.so", "3.46.0", &["wal-reset"]);
        copy.findings[0].standing = standing;
        copy.findings[0].by_source_id = by_source_id;
        due(within, copy).is_some()
    };
    assert!(with(Standing::Affected, Some(false)));
    assert!(with(Standing::NotRun, Some(true)));
    assert!(!with(Standing::NotRun, None));
    assert!(!with(Standing::NotAffected, Some(true)));
    let ignored =
        Ignored { advisory: "wal-reset".to_owned(), reason: "one connection".to_owned(), until: None };
    let ignoring = AuditedCopy { ignored: vec![ignored], ..copy("a.so", "3.46.0", &["wal-reset"]) };
    assert_eq!(due(within, ignoring), None);
}

#[test]
fn a_target_is_a_name_on_the_way_or_a_whole_path() {
    let shipped = |glob: &str| {
        let text = format!("targets: [{{name: '{glob}', until: 2026-06-30}}]");
        applied(&text, copy("dist/app.whl/app/_sqlite3.so", "3.46.0", &[])).shipped.is_some()
    };
    for glob in ["*.whl", "_sqlite3.so", "dist", "dist/*.whl", "dist/app.whl/**", "**/app/*.so"] {
        assert!(shipped(glob), "{glob}");
    }
    for glob in ["*.deb", "app.whl/*.so", "*/app/*.so", "ist/*.whl"] {
        assert!(!shipped(glob), "{glob}");
    }
}

#[test]
fn the_target_that_ends_first_counts() {
    let text = "targets: [{name: '*.whl', until: 2027-06-30}, {name: dist, until: 2026-06-30}]";
    let copy = applied(text, copy("dist/app.whl/a.so", "3.46.0", &[]));
    assert_eq!(copy.shipped.as_ref().unwrap().target, "dist");
    assert!(copy.is_ended(day("2026-07-01")) && !copy.is_ended(day("2026-06-30")));
}

#[test]
fn every_form_has_the_day() {
    let copies = vec![applied("within: {data-loss: 14d}", copy("a.so", "3.46.0", &["wal-reset"]))];
    let (targets, unread) = (vec!["a.so".to_owned()], Default::default());
    let report = Report { today: day("2026-03-28"), targets, copies, unread, advisories: ADVISORIES.len() };
    assert_eq!(report.overdue().count(), 1);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["copies"][0]["findings"][0]["due"], "2026-03-27");
    assert!(sarif(&report, &ADVISORIES).contains("overdue since 2026-03-27"));
    let vex = openvex(&report, &ADVISORIES, "2026-03-28T00:00:00Z".parse().unwrap());
    assert!(vex.contains("Update SQLite to 3.51.3 or later. It is due by 2026-03-27."), "{vex}");
}

#[test]
fn every_mistake_has_its_message() {
    let message = |file: &Path| Support::read(file, "support.yaml", &ADVISORIES).unwrap_err().render(false);
    assert_messages("support", "support", 5, message);
}

#[test]
fn the_schema_is_what_the_type_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/support.json");
    let text = support::schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let on_file = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        on_file == text,
        "schemas/support.json is not the type any more: run `UPDATE_SCHEMA=1 cargo test --test audit`"
    );
}
