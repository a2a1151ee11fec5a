//! What commands say of variables and names that are wrong, in a project with nothing in it.

use std::path::Path;
use std::process::Command;

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("sqlite-builds/core")).unwrap();
    std::fs::create_dir_all(folder.path().join("contracts/area")).unwrap();
    folder
}

/// The exit status of a command, and what it said.
fn xtask(root: &Path, args: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(root).args(args).env("COLUMNS", "120").envs(variables.iter().copied());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_variable_that_says_nothing_useful_ends_a_command_before_it_begins() {
    let project = project();
    let variables = [("SQLITE_CONTRACTS_ROWS", "many"), ("SQLITE_CONTRACTS_MISTAKES", "-1")];
    for command in ["tidy", "matrix"] {
        let (status, said) = xtask(project.path(), &[command], &variables);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("this is not a limit") && said.contains("2 mistakes"), "{said}");
    }
    for (name, value) in [("SQLITE_CONTRACTS_CASES", "not/there"), ("SQLITE_CONTRACTS_BUDGET", "row=1")] {
        let (status, said) = xtask(project.path(), &["try", "--sql", "SELECT 1"], &[(name, value)]);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(&format!("{name}:1:1")) && !project.path().join("not").exists(), "{said}");
    }
}

#[test]
fn builds_that_may_not_be_compiled_are_not_said_to_be_impossible() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let empty = tempfile::tempdir().unwrap();
    let arguments =
        ["matrix", "--no-build", "--build", "3.54.1-rusqlite", "--contract", "precision/money-round"];
    let (status, said) =
        xtask(repository, &arguments, &[("CARGO_TARGET_DIR", empty.path().to_str().unwrap())]);
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("none of the builds is compiled, and --no-build lets none be"), "{said}");
    let mutants = ["mutants", "--no-build", "round-*"];
    let (status, said) = xtask(repository, &mutants, &[("CARGO_TARGET_DIR", empty.path().to_str().unwrap())]);
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("were left out") && said.contains("not compiled"), "{said}");
}

#[test]
#[cfg(unix)]
fn whoever_starts_a_command_may_ignore_the_end_of_processes() {
    let project = project();
    for arguments in [&["doctor"][..], &["worker", "--supervise", "true"]] {
        // dash does not ignore this signal.
        let mut command = Command::new("bash");
        command
            .args(["-c", "trap '' CHLD; exec \"$@\"", "bash", env!("CARGO_BIN_EXE_sqlite-contracts")])
            .args(arguments);
        let output = command.current_dir(project.path()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains("No child processes"), "{said}");
    }
}

/// Writes a file below the root, with its folders.
fn write(root: &Path, file: &str, text: &str) {
    let file = root.join(file);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

const CONTRACT: &str = "\
title: A title
why: a reason
cases:
  - name: half
    steps:
      - open: \":memory:\"
      - query: SELECT 1
";

/// A project with a build, a contract of one case, and its snapshot that waits for `build`.
fn project_that_waits_for(build: &str) -> tempfile::TempDir {
    let project = project();
    let root = project.path();
    write(root, "sqlite-builds/profiles/plain.yaml", "about: for tests\n");
    // What a library that is not pinned does is never put on record, so nothing of it would wait.
    let source = format!("crate: libsqlite3-sys 0.39.1\n  file: sqlite3/sqlite3.c\n  sha256: {:064}\n", 0);
    let manifest = format!("version: 3.54.1\nprofile: plain\nsource:\n  {source}");
    write(root, "sqlite-builds/core/3.54.1-plain.yaml", &manifest);
    write(root, "contracts/area/round.yaml", CONTRACT);
    let snapshot = "---\nsource: x\ndescription: x\nexpression: x\n---\nquery SELECT 1 → 1\n";
    write(root, &format!("tests/snapshots/area/round/half@{build}.snap.new"), snapshot);
    project
}

/// The exit status of `review`, and all that it said.
fn review(root: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(root).env("COLUMNS", "120").arg("review").args(args);
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_snapshot_of_a_build_that_does_not_exist_is_not_put_on_record() {
    let project = project_that_waits_for("gone");
    let snapshots = project.path().join("tests/snapshots/area/round");
    for arguments in [&["--list"][..], &["--accept", "*"], &["area"]] {
        let (status, said) = review(project.path(), arguments);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains("not offered, stale: there is no manifest of this build"), "{said}");
        assert!(!snapshots.join("half@gone.snap").exists(), "{arguments:?}: {said}");
    }
    let (status, said) = review(project.path(), &["--reject", "area/round/half@gone"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(!snapshots.join("half@gone.snap.new").exists(), "{said}");
}

#[test]
fn a_word_that_names_nothing_is_a_mistake_and_one_that_waits_for_nothing_is_none() {
    let project = project_that_waits_for("3.54.1-plain");
    for (word, said_of_it) in [
        ("nope", "no case matches `nope`"),
        ("area/rund/*", "no case matches `area/rund/*`"),
        ("area/*@3.54.1-plan", "did you mean `3.54.1-plain`?"),
    ] {
        for form in [&["--list"][..], &["--list", "--format", "json"]] {
            let (status, said) = review(project.path(), &[&[word], form].concat());
            assert_eq!(status, Some(2), "{said}");
            assert!(said.contains(said_of_it), "{said}");
        }
    }
    let words = ["area", "area/round", "area/round/half", "area/*@3.54.1-plain", "*@3.54.1-plain"];
    for word in words {
        let (status, said) = review(project.path(), &[word, "--list"]);
        assert_eq!(status, Some(1), "{word}: {said}");
    }
    assert_eq!(review(project.path(), &["--accept", "area"]).0, Some(0));
    for word in words {
        let (status, said) = review(project.path(), &[word, "--list"]);
        assert_eq!(status, Some(0), "{word}: {said}");
        assert!(said.contains("waits for review"), "{said}");
    }
}

#[test]
fn what_is_to_be_accepted_and_does_not_wait_is_told_apart_from_what_there_is_not() {
    let project = project_that_waits_for("3.54.1-plain");
    write(project.path(), "contracts/area/sums.yaml", CONTRACT);
    let (status, said) = review(project.path(), &["--accept", "area/round", "--accept", "area/sums"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("accepted area/round/half@3.54.1-plain"), "{said}");
    assert!(said.contains("nothing that matches `area/sums` waits for review"), "{said}");
    let (status, said) = review(project.path(), &["--accept", "area/round", "--reject", "area/sms"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("nothing that matches `area/round` waits for review"), "{said}");
    assert!(said.contains("no case matches `area/sms`"), "{said}");
}
