//! Scripts of sqllogictest as subjects, `needs` and `fits` as people run them, on a project with three of this repository's
//! versions and two of its profiles.
#![cfg(unix)]

mod emitted;
mod script;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sqlite_contracts::analysis::needs::Needs;
use sqlite_contracts::diagnostic::SourceText;
use tempfile::TempDir;

const BUILDS: [&str; 4] =
    ["core/3.24.0-rusqlite", "core/3.34.1-rusqlite", "core/3.54.1-rusqlite", "extended/3.54.1-dqs0"];

fn project() -> TempDir {
    project_with(&BUILDS)
}

fn project_with(builds: &[&str]) -> TempDir {
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
    for build in builds {
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

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn json(project: &TempDir, args: &[&str]) -> Value {
    let output = run(project, &[args, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn write(project: &TempDir, name: &str, text: &str) -> PathBuf {
    let file = project.path().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

/// A window function, RETURNING, a word in double quotes, and many columns.
fn program(project: &TempDir) -> PathBuf {
    let many: Vec<String> = (0..1500).map(|n| n.to_string()).collect();
    let text = format!(
        "CREATE TABLE t(a);\nINSERT INTO t VALUES(1) RETURNING a;\nSELECT iif(1, 2, 3);\nSELECT \"text\";\nSELECT {};\n",
        many.join(", ")
    );
    write(project, "app.sql", &text)
}

fn needs(project: &TempDir) -> Needs {
    program(project);
    let output = run(project, &["needs", "app.sql", "--no-build", "-o", "sqlite-needs.yaml"]);
    assert!(output.status.success(), "{}", said(&output));
    let text = std::fs::read_to_string(project.path().join("sqlite-needs.yaml")).unwrap();
    Needs::read(&SourceText::new("sqlite-needs.yaml", text)).unwrap()
}

#[test]
fn each_need_has_the_statement_that_proves_it() {
    let project = project();
    let needs = needs(&project);
    assert_eq!(needs.like.build, "3.54.1-rusqlite");
    let ranges: Vec<String> = needs.versions.ranges.iter().map(ToString::to_string).collect();
    assert_eq!(ranges, ["3.54.1 or later"]);
    let wrong = &needs.versions.without[0];
    assert_eq!((wrong.from.to_string(), wrong.to.to_string()), ("3.24.0".into(), "3.34.1".into()));
    assert_eq!(wrong.proof.place, "app.sql:2");
    assert!(wrong.proof.goes_wrong.contains("near \"RETURNING\": syntax error"), "{wrong:?}");
    let [iif] = needs.functions.as_slice() else { panic!("{:?}", needs.functions) };
    assert_eq!(
        (iif.name.as_str(), iif.lacking.as_str(), iif.proof.place.as_str()),
        ("iif", "3.24.0-rusqlite", "app.sql:3")
    );
    let [dqs] = needs.flags.unset.as_slice() else { panic!("{:?}", needs.flags) };
    assert_eq!((dqs.flag.as_str(), dqs.proof.place.as_str()), ("DQS=0", "app.sql:4"));
    let columns = needs.limits.iter().find(|need| need.limit == "column").unwrap();
    assert_eq!((columns.at_least, columns.proof.place.as_str()), (1500, "app.sql:5"));
    assert!(columns.proof.goes_wrong.contains("too many columns"), "{columns:?}");
}

#[test]
fn a_copy_fits_or_it_is_said_what_it_lacks() {
    let project = project();
    needs(&project);
    let fits = |build: &str| run(&project, &["fits", "sqlite-needs.yaml", build]);
    let fine = fits("3.54.1-rusqlite");
    assert_eq!((fine.status.code(), said(&fine).contains("fits")), (Some(0), true), "{}", said(&fine));
    let old = fits("3.24.0-rusqlite");
    assert_eq!(old.status.code(), Some(1));
    for lacking in ["version 3.24.0", "function iif", "app.sql:3"] {
        assert!(said(&old).contains(lacking), "{lacking}: {}", said(&old));
    }
    let found = json(&project, &["fits", "sqlite-needs.yaml", "3.54.1-dqs0"]);
    let missing = found[0]["missing"].as_array().unwrap();
    assert_eq!((missing.len(), missing[0]["what"].as_str()), (1, Some("no flag DQS=0")), "{found}");
    let nothing = run(&project, &["fits", "sqlite-needs.yaml", "app.sql"]);
    assert_eq!(nothing.status.code(), Some(2), "{}", said(&nothing));
    write(&project, "bad.yaml", "needs: 1\nversion: 3\n");
    assert_eq!(run(&project, &["fits", "bad.yaml", "3.54.1-rusqlite"]).status.code(), Some(2));
}

#[test]
fn without_a_version_that_fails_there_is_no_bound_and_the_builds_are_named() {
    let project = project_with(&["core/3.34.1-rusqlite", "core/3.54.1-rusqlite"]);
    let sql = "SELECT iif(1, 2, 3)";
    let output = run(&project, &["needs", "--no-build", "--sql", sql, "-o", "few.yaml"]);
    assert!(output.status.success(), "{}", said(&output));
    let text = std::fs::read_to_string(project.path().join("few.yaml")).unwrap();
    let few = Needs::read(&SourceText::new("few.yaml", text)).unwrap();
    let ranges: Vec<String> = few.versions.ranges.iter().map(ToString::to_string).collect();
    assert_eq!(ranges, ["any version"]);
    assert_eq!(few.versions.builds, ["3.34.1-rusqlite", "3.54.1-rusqlite"]);
    // What was not asked is neither served nor refused.
    let all = self::project();
    std::fs::copy(project.path().join("few.yaml"), all.path().join("few.yaml")).unwrap();
    let fits = |build: &str| run(&all, &["fits", "few.yaml", build]);
    assert_eq!(fits("3.34.1-rusqlite").status.code(), Some(0));
    let older = fits("3.24.0-rusqlite");
    let words = "the oldest version that was asked is 3.34.1";
    assert!(older.status.code() == Some(1) && said(&older).contains(words), "{}", said(&older));
}

#[test]
fn a_flag_that_no_build_of_the_version_has_is_asked_of_another_version() {
    let project = project();
    let asked = |sql: &str| {
        let on = ["--on", "3.34.1-rusqlite", "--no-build", "-o", "flags.yaml"];
        let output = run(&project, &[&["needs", "--sql", sql][..], &on].concat());
        assert!(output.status.success(), "{}", said(&output));
        let text = std::fs::read_to_string(project.path().join("flags.yaml")).unwrap();
        Needs::read(&SourceText::new("flags.yaml", text)).unwrap().flags
    };
    let flags = asked("SELECT \"text\"");
    let [unset] = flags.unset.as_slice() else { panic!("{flags:?}") };
    assert_eq!((unset.flag.as_str(), unset.proof.statement.as_str()), ("DQS=0", "SELECT \"text\""));
    let not_asked = flags.not_asked.unwrap();
    assert!(not_asked.contains("only these were asked") && not_asked.ends_with(": DQS=0"), "{not_asked}");
    assert_eq!(asked("SELECT 1").unset, []);
}

#[test]
fn sql_that_cannot_be_read_is_a_mistake_that_names_it() {
    let project = project();
    let output = run(&project, &["needs", "--no-build", "--sql", "SELEC 1"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let words = "3.54.1-rusqlite cannot read `SELEC 1`: ERROR: near \"SELEC\": syntax error";
    assert!(said(&output).contains(words), "{}", said(&output));
    // What fails otherwise is needed to fail, and opening a database is no statement.
    let output = run(&project, &["needs", "--no-build", "--sql", "SELECT no_such"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("1 of 1 statements fail"), "{}", said(&output));
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_is_asked_by_the_library_that_it_is_linked_to_and_a_trace_is_a_mistake() {
    let project = project();
    needs(&project);
    let library = emitted::library(&project, "3.54.1-rusqlite");
    let main =
        "int sqlite3_libversion_number(void);\nint main(void){ return sqlite3_libversion_number()<0; }\n";
    write(&project, "main.c", main);
    let mut cc = Command::new("cc");
    cc.current_dir(&project).args(["-o", "app", "main.c", "-lsqlite3", "-L"]).arg(&library);
    cc.arg(format!("-Wl,-rpath,{}", library.display()));
    let Ok(made) = cc.output() else { return eprintln!("skipped: there is no compiler") };
    assert!(made.status.success(), "{}", said(&made));
    let fits = run(&project, &["fits", "sqlite-needs.yaml", "app"]);
    assert_eq!(fits.status.code(), Some(0), "{}", said(&fits));
    let words = format!("app is linked to {}/libsqlite3.so", library.display());
    assert!(said(&fits).contains(&words), "{}", said(&fits));

    let mistake = |args: &[&str], words: &str| {
        let output = run(&project, args);
        let told = said(&output);
        assert!(output.status.code() == Some(2) && told.contains(words), "{args:?}: {told}");
    };
    write(&project, "app.trace", "");
    write(&project, "script.sh", "#!/bin/sh\n");
    mistake(
        &["fits", "app.trace", "app"],
        "app.trace -o sqlite-needs.yaml` writes the file that is compared",
    );
    mistake(
        &["fits", "sqlite-needs.yaml", "app.trace"],
        "app.trace is a recording of a program, and no SQLite",
    );
    mistake(&["fits", "sqlite-needs.yaml", "script.sh"], "name the one that it loads when it runs");
}
