//! The schema of the report. `UPDATE_SCHEMA=1 cargo test --test audit schema` writes it.

use serde_json::Value;
use sqlite_contracts::analysis::audit::Report;
use tempfile::TempDir;

use crate::bench::{ADVISORIES, audit, builds, library};

#[path = "../support/json_schema.rs"]
mod json_schema;

fn schema() -> String {
    serde_json::to_string_pretty(&schemars::schema_for!(Report)).unwrap() + "\n"
}

#[test]
fn the_schema_is_that_of_the_type() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/audit-report.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, schema()).unwrap();
    }
    let on_file = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(on_file == schema(), "run `UPDATE_SCHEMA=1 cargo test --test audit schema`");
}

#[test]
fn a_report_is_what_the_schema_says() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let folder = TempDir::new().unwrap();
    let damaged = folder.path().join("damaged.so");
    std::fs::write(&damaged, crate::copies::code()).unwrap();
    let copies = vec![audit(&library(builds(false)[0])), audit(&damaged)];
    let report = Report {
        targets: vec!["one".to_owned()],
        today: "2026-11-28".parse().unwrap(),
        copies,
        unread: [("a.zip/b".to_owned(), "it ends too early".to_owned())].into(),
        advisories: ADVISORIES.len(),
    };
    let found = json_schema::mistakes(&schema, &serde_json::to_value(&report).unwrap());
    assert!(found.is_empty(), "{found:#?}");
}
