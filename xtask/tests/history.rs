//! `history`, `min-version` and `why` as people run them, on a project with three of this repository's versions and two
//! of its profiles.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// `round(34.775, 2)` is 34.77 on the first and the last, 34.78 between.
const BUILDS: [&str; 4] =
    ["core/3.24.0-rusqlite", "core/3.34.1-rusqlite", "core/3.54.1-rusqlite", "extended/3.54.1-dqs0"];

fn project() -> TempDir {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("sqlite-builds");
    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("sqlite-builds");
    for part in ["core", "extended", "profiles"] {
        std::fs::create_dir_all(theirs.join(part)).unwrap();
    }
    for profile in ["rusqlite", "dqs0"] {
        let file = format!("profiles/{profile}.yaml");
        std::fs::copy(ours.join(&file), theirs.join(&file)).unwrap();
    }
    for build in BUILDS {
        let file = format!("{build}.yaml");
        let text = std::fs::read_to_string(ours.join(&file)).unwrap();
        let alone: Vec<&str> = text.lines().filter(|line| !line.starts_with("parent:")).collect();
        std::fs::write(theirs.join(&file), alone.join("\n")).unwrap();
    }
    folder
}

/// Products are those of this repository.
fn run(project: &TempDir, args: &[&str]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    let target = program.ancestors().nth(2).unwrap();
    Command::new(program).current_dir(project).env("CARGO_TARGET_DIR", target).args(args).output().unwrap()
}

fn json(project: &TempDir, args: &[&str]) -> Value {
    let output = run(project, &[args, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn a_change_stands_beside_its_cause() {
    let project = project();
    let contract = project.path().join("contracts/a/rounding.yaml");
    std::fs::create_dir_all(contract.parent().unwrap()).unwrap();
    let text = "title: t\nwhy: w\nchanged: {3.29.0: up, 3.43.0: down, dqs0: strict}\ncases:\n  - name: one\n    steps:\n      \
                - open: ':memory:'\n      - query: SELECT round(34.775, 2)\n";
    std::fs::write(contract, text).unwrap();
    let found = &json(&project, &["history", "a/rounding/one"])[0];
    let because = |at: usize| found["eras"][at]["because"][0]["text"].as_str();
    assert_eq!([because(0), because(1), because(2)], [None, Some("up"), Some("down")]);
    let why = ["why", "a/rounding/one", "--from", "3.34.1-rusqlite", "--to", "3.54.1-rusqlite"];
    assert_eq!(json(&project, &why)[0]["because"][0]["key"], "3.43.0");
    let text = String::from_utf8(run(&project, &why).stdout).unwrap();
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    let order =
        ["  because of the version", "  because (3.43.0): down\n", "    - query", "    + query"].map(at);
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn an_answer_that_went_and_came_back_has_two_changes() {
    let project = project();
    let found = &json(&project, &["history", "--sql", "SELECT round(34.775, 2)"])[0];
    let eras: Vec<(&Value, &Value, &Value)> = found["eras"]
        .as_array()
        .unwrap()
        .iter()
        .map(|era| (&era["first"]["version"], &era["lines"][0], &era["same_as"]))
        .collect();
    let line = |answer: &str| Value::from(format!("query SELECT round(34.775, 2) → {answer}"));
    assert_eq!(
        eras,
        [
            (&"3.24.0".into(), &line("34.77"), &Value::Null),
            (&"3.34.1".into(), &line("34.78"), &Value::Null),
            (&"3.54.1".into(), &line("34.77"), &"3.24.0".into()),
        ]
    );
    assert_eq!(found["eras"][0]["first"]["released"], "2018-06-04");
    assert_eq!(found["eras"][1]["skipped"][0]["version"], "3.25.0");
    let unasked = found["unasked"].as_array().unwrap();
    assert!(unasked.iter().any(|release| release["word"] == "withdrawn"), "{unasked:?}");
    assert_eq!(found["peers"][0]["builds"][0], "3.54.1-dqs0");
    assert_eq!(found["peers"][0]["as_ladder"], true);

    let text = run(&project, &["history", "--sql", "SELECT round(34.775, 2)"]).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("2 changes on 3 builds of rusqlite"), "{text}");
    assert!(text.contains("changed between 3.24.0 and 3.34.1 (not asked: 3.25.0 … 3.34.0)"), "{text}");
    assert!(text.contains("more versions that this project has not: `--catalogue` asks them too"), "{text}");
    let alone = run(&project, &["history", "--sql", "SELECT 1", "--profile", "dqs0"]).stdout;
    let alone = String::from_utf8(alone).unwrap();
    assert!(alone.contains("one build is no ladder"), "{alone}");
    assert!(!alone.contains("never changed"), "{alone}");
}

#[test]
fn a_file_works_from_the_version_that_knows_its_last_statement() {
    let project = project();
    let file = project.path().join("schema.sql");
    std::fs::write(&file, "CREATE TABLE t(a);\nINSERT INTO t VALUES (1)\n  RETURNING a;\n").unwrap();
    let found = &json(&project, &["min-version", "schema.sql"])[0];
    assert_eq!(found["subject"], "schema.sql");
    assert_eq!(found["works"][0]["first"]["version"], "3.54.1");
    assert_eq!(found["works"].as_array().unwrap().len(), 1);
    let failing = &found["eras"][0]["failing"];
    assert_eq!(failing["place"], "schema.sql:2:1");
    assert_eq!(failing["error"], "ERROR: near \"RETURNING\": syntax error");
    assert_eq!(found["eras"][0]["builds"], 2);

    let alone = run(&project, &["min-version", "--profile", "dqs0", "--sql", "SELECT 1"]);
    let alone = String::from_utf8(alone.stdout).unwrap();
    assert!(alone.contains("works on the only version asked, 3.54.1 ("), "{alone}");

    std::fs::write(&file, "SELECT no_such_function();").unwrap();
    let never = run(&project, &["min-version", "schema.sql"]);
    assert_eq!(never.status.code(), Some(1), "{never:?}");
    std::fs::write(&file, "-- nothing").unwrap();
    assert_eq!(run(&project, &["min-version", "schema.sql"]).status.code(), Some(2));
}

#[test]
fn a_difference_is_the_versions_or_the_flags() {
    let project = project();
    let why = |sql: &str, from: &str, to: &str| {
        json(&project, &["why", "--sql", sql, "--from", from, "--to", to])[0].clone()
    };
    let rounding = why("SELECT round(34.775, 2)", "3.24.0-rusqlite", "3.34.1-rusqlite");
    assert_eq!((&rounding["cause"], &rounding["flags"]), (&"version".into(), &Value::Null));
    let quotes = why("SELECT \"text\"", "3.54.1-rusqlite", "3.54.1-dqs0");
    assert_eq!(quotes["cause"], "flags");
    assert_eq!(quotes["flags"]["smallest"], Value::from(vec!["SQLITE_DQS=0"]));
    assert_eq!(why("SELECT 1", "3.54.1-rusqlite", "3.54.1-dqs0")["cause"], "nothing");

    let unknown =
        run(&project, &["why", "--sql", "SELECT 1", "--from", "3.54.1-rusqlit", "--to", "3.24.0-rusqlite"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&unknown.stderr).contains("did you mean `3.54.1-rusqlite`?"),
        "{unknown:?}"
    );
}

#[test]
fn sql_that_is_an_error_on_every_build_is_told_in_the_first_line() {
    let project = project();
    let history = |sql: &str| {
        let output = run(&project, &["history", "--sql", sql]);
        String::from_utf8(output.stdout).unwrap().lines().next().unwrap().to_owned()
    };
    let first = history("SELEC 1");
    let words = "an error on every build, query SELEC 1 → ERROR: near \"SELEC\": syntax error; never changed on 3 builds";
    assert!(first.starts_with("SELEC 1: ") && first.contains(words), "{first}");
    let works = history("SELECT iif(1, 2, 3)");
    assert!(works.contains("1 change on 3 builds") && !works.contains("error"), "{works}");
    let found = json(&project, &["history", "--sql", "SELEC 1"]);
    assert!(found[0]["fails"].as_str().unwrap().contains("syntax error"), "{found}");
}
