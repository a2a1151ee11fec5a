//! `xtask new-contract` as people run it: what it writes is a contract, and what is there stays.

use std::path::Path;
use std::process::{Command, Output};

use sqlite_contracts::contract::{Contract, is_slug};
use sqlite_contracts::project::Project;

/// A project with one area and nothing in it.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("sqlite-builds/core")).unwrap();
    std::fs::create_dir_all(folder.path().join("contracts/precision")).unwrap();
    folder
}

fn new_contract(root: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(root).arg("new-contract").args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn load(root: &Path, contract: &str) -> Contract {
    Contract::load(&Project::at(root), &root.join(format!("contracts/{contract}.yaml"))).unwrap()
}

#[test]
fn what_it_writes_is_a_contract_that_says_what_comes_next() {
    let project = project();
    let output = new_contract(project.path(), &["precision/half-cents"]);
    assert!(output.status.success(), "{output:?}");
    let text = stdout(&output);
    assert!(text.starts_with("wrote contracts/precision/half-cents.yaml:\n"), "{text}");
    assert!(text.ends_with("cargo xtask try contracts/precision/half-cents.yaml\n"), "{text}");
    assert!(!text.contains("new area"), "{text}");

    let contract = load(project.path(), "precision/half-cents");
    assert_eq!(contract.id, "precision/half-cents");
    assert_eq!(contract.title, "Half cents");
    assert!(!contract.cases.is_empty());
    for case in &contract.cases {
        assert!(is_slug(&case.name), "{}", case.name);
        assert!(case.runs.iter().all(|run| !run.steps.is_empty()));
    }
    let file = project.path().join("contracts/precision/half-cents.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.starts_with("# yaml-language-server: $schema=../schema.json\n"), "{text}");
    let schema = std::fs::read_to_string(project.path().join("contracts/schema.json")).unwrap();
    assert_eq!(schema, sqlite_contracts::contract::schema::WITH_EXAMPLES);
}

#[test]
fn a_title_may_hold_anything() {
    let project = project();
    for (number, title) in
        ["yes", "a: b # c", "'single' and \"double\"", "`${x}`, {y}", "-"].iter().enumerate()
    {
        let name = format!("precision/number-{number}");
        let output = new_contract(project.path(), &[&name, &format!("--title={title}")]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(load(project.path(), &name).title, *title);
    }
    assert_eq!(new_contract(project.path(), &["precision/none", "--title="]).status.code(), Some(2));
}

#[test]
fn an_existing_contract_stays() {
    let project = project();
    let file = project.path().join("contracts/precision/half-cents.yaml");
    std::fs::write(&file, "mine").unwrap();
    let output = new_contract(project.path(), &["precision/half-cents"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("this contract exists already"), "{output:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_name_that_is_none_is_refused() {
    let project = project();
    for wrong in ["half-cents", "precision/Half", "precision/half_cents", "../precision/half", "a/b/c", ""] {
        let output = new_contract(project.path(), &[wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}: {output:?}");
    }
    let output = new_contract(project.path(), &["contracts/Precision/half_cents.yaml"]);
    assert!(stderr(&output).contains("did you mean `precision/half-cents`?"), "{output:?}");
    assert_eq!(std::fs::read_dir(project.path().join("contracts/precision")).unwrap().count(), 0);
}

#[test]
fn a_new_area_is_made_unless_it_looks_misspelt() {
    let project = project();
    let output = new_contract(project.path(), &["full-text/tokens"]);
    assert!(output.status.success(), "{output:?}");
    assert!(stdout(&output).contains("full-text is a new area\n"), "{output:?}");
    load(project.path(), "full-text/tokens");

    let output = new_contract(project.path(), &["precisoin/half"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("did you mean `precision`?"), "{output:?}");
    assert!(!project.path().join("contracts/precisoin").exists());

    let output = new_contract(project.path(), &["precisoin/half", "--new-area"]);
    assert!(output.status.success(), "{output:?}");
}
