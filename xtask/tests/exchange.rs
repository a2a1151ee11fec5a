//! `exchange` as people run it, on a database that 3.40.1 wrote.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

const OLD: &str = "3.24.0-rusqlite";
const NEW: &str = "3.54.1-rusqlite";

fn said(output: &Output) -> String {
    [&*output.stdout, &*output.stderr].map(String::from_utf8_lossy).concat()
}

fn exchange(file: &Path, args: &[&str]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    let target = program.ancestors().nth(2).unwrap();
    let mut command = Command::new(program);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", target)
        .arg("exchange")
        .arg(file)
        .args(args);
    command.output().unwrap()
}

fn shop() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/shop.db")
}

#[test]
fn each_build_says_what_stops_it_and_the_file_stays_as_it_was() {
    let before = std::fs::read(shop()).unwrap();
    let output = exchange(&shop(), &[OLD, NEW, "3.54.1-vanilla"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for line in [
        "3.24.0-rusqlite  cannot open it: STRICT tables, since 3.37.0; generated columns, since 3.31.0; window functions",
        "cannot open it: view running: ERROR: near \"(\": syntax error (window functions, since 3.25.0)",
        "does not agree with its table: index orders_by_cents: 2 rows are not found by it",
        "cannot read: table search: ERROR: no such module: rtree (the module rtree)",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert_eq!(std::fs::read(shop()).unwrap(), before);
    assert_eq!(std::fs::read_dir(shop().parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn programs_get_json_and_issues_markdown() {
    let output = exchange(&shop(), &[OLD, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["answers"][0]["ability"], "none");
    assert_eq!(json["answers"][0]["findings"][0]["feature"], "STRICT tables, since 3.37.0");
    let output = exchange(&shop(), &[OLD, "--format", "markdown"]);
    assert!(said(&output).contains("| 3.24.0-rusqlite | cannot open it: STRICT"), "{}", said(&output));
}

#[test]
fn what_is_no_database_is_said_and_an_empty_file_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        folder.path().join(name)
    };
    for (path, words) in [
        (file("noise", b"not a database at all"), "is no SQLite database, or it is encrypted"),
        (folder.path().to_owned(), "is not a file"),
        (folder.path().join("missing"), "No such file"),
    ] {
        let output = exchange(&path, &[]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
    let output = exchange(&file("empty", b""), &[OLD]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = exchange(&file("cut", b"SQLite format 3\0"), &[OLD]);
    assert_eq!(said(&output).matches("cannot open it").count(), 2, "{}", said(&output));
    assert_eq!(exchange(&shop(), &["nonsense"]).status.code(), Some(2));
}
