//! Mutants: faulty builds, made of real ones.
#![cfg(unix)]

use crate::fake::{Counter, FakeProject};
use sqlite_contracts::builds::{Build, BuildError, Event, Mutants, Product, State};

/// What mutant.h uses of SQLite's interface.
const HEADER: &str = r#"
#define SQLITE_OK 0
#define SQLITE_ROW 100
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef struct sqlite3_value sqlite3_value;
int sqlite3_open(const char *, sqlite3 **);
int sqlite3_close(sqlite3 *);
int sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
int sqlite3_bind_value(sqlite3_stmt *, int, const sqlite3_value *);
int sqlite3_step(sqlite3_stmt *);
int sqlite3_finalize(sqlite3_stmt *);
sqlite3_value *sqlite3_column_value(sqlite3_stmt *, int);
sqlite3_value *sqlite3_value_dup(const sqlite3_value *);
const char *sqlite3_libversion(void);
const char *sqlite3_sourceid(void);
"#;
const FRONT: &str = "of: 3.46.0-plain\nfault: it lies about its origin\nrow: S1\n";
const CODE: &str = r#"
#include "mutant.h"
const char *sqlite3_sourceid(void) {
  static char id[99];
  snprintf(id, sizeof id, "%s, or so", REAL(sqlite3_sourceid)());
  return id;
}
"#;

/// A project whose source has a header too, with the mutant `liar`.
fn project() -> FakeProject {
    let project = FakeProject::new();
    project.write("code/sqlite3.h", HEADER);
    project.write("sqlite-builds/mutants/liar.yaml", FRONT);
    project.write("sqlite-builds/mutants/liar.c", CODE);
    project
}

fn mutant(project: &FakeProject, name: &str) -> Build {
    let mutants = Mutants::load(&project.project(), &project.builds());
    let mutants = mutants.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    mutants.iter().find(|mutant| mutant.name() == name).unwrap().build().clone()
}

fn made(project: &FakeProject, name: &str) -> Product {
    let result = project.store().ensure(&mutant(project, name), &());
    result.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_a_mutant_defines_is_found_first_and_everything_else_behind_it() {
    let project = project();
    let product = made(&project, "liar");
    assert_eq!(product.info.source_id, "2024-05-23 13:25:27 fake, or so");
    assert_eq!(product.info.compile_options, ["none"], "this the real library says");
    assert_eq!(product.info.source, "path code with the fault of sqlite-builds/mutants/liar.yaml");
    let real = project.store().ensure(&project.build("3.46.0-plain"), &()).unwrap();
    assert_eq!(real.info.source_id, "2024-05-23 13:25:27 fake");
}

#[test]
fn a_mutant_is_made_once_and_again_when_its_code_changes() {
    let (project, counter) = (project(), Counter::default());
    let store = project.store();
    let first = store.ensure(&mutant(&project, "liar"), &counter).unwrap();
    assert_eq!(store.ensure(&mutant(&project, "liar"), &counter).unwrap(), first);
    assert_eq!(counter.count(Event::Compiling), 2, "the mutant, and the build behind it");

    project.write("sqlite-builds/mutants/liar.c", &CODE.replace("or so", "perhaps"));
    assert_eq!(store.state(&mutant(&project, "liar")), State::NotBuilt);
    let second = store.ensure(&mutant(&project, "liar"), &counter).unwrap();
    assert_eq!(second.info.source_id, "2024-05-23 13:25:27 fake, perhaps");
    assert_eq!(counter.count(Event::Compiling), 3, "the build behind it stays");
}

#[test]
fn a_patch_compiles_a_copy_and_leaves_the_source_alone() {
    let project = project();
    let manifest = "of: 3.46.0-flagged\nfault: another day\nrow: S1\npatch:\n  \
        - replace: 2024-05-23\n    by: 2024-05-24\n";
    project.write("sqlite-builds/mutants/tomorrow.yaml", manifest);
    let product = made(&project, "tomorrow");
    assert_eq!(product.info.released.as_deref(), Some("2024-05-24"));
    assert_eq!(product.info.compile_options, ["x"], "the profile is the real build's");
    let real = project.store().ensure(&project.build("3.46.0-flagged"), &()).unwrap();
    assert_eq!(real.info.released.as_deref(), Some("2024-05-23"));
    let files = std::fs::read_dir(&product.directory).unwrap().count();
    assert_eq!(files, 2, "the library and build.json");
}

#[test]
fn a_text_to_replace_must_stand_in_the_source_exactly_once() {
    let project = project();
    for (text, times) in [("no such text", 0), ("return", 3)] {
        let manifest =
            format!("of: 3.46.0-plain\nfault: any\nrow: S1\npatch:\n  - replace: {text}\n    by: x\n");
        project.write("sqlite-builds/mutants/misses.yaml", &manifest);
        let error = project.store().ensure(&mutant(&project, "misses"), &()).unwrap_err();
        assert!(matches!(&error, BuildError::Patch { times: found, .. } if *found == times), "{error}");
        assert!(error.is_input());
    }
}

#[test]
fn a_function_that_sqlite_does_not_have_is_refused() {
    let project = project();
    project.write("sqlite-builds/mutants/liar.c", &CODE.replace("*sqlite3_sourceid(", "*sqlite3_source_id("));
    let error = project.store().ensure(&mutant(&project, "liar"), &()).unwrap_err().to_string();
    assert!(error.contains("liar does not compile"), "{error}");
    assert!(error.contains("sqlite3_source_id"), "{error}");
}

#[test]
fn prune_keeps_the_mutants_that_it_is_told_of() {
    let project = project();
    let (real, liar) = (project.build("3.46.0-plain"), mutant(&project, "liar"));
    let product = made(&project, "liar");
    assert_eq!(project.store().prune([&real, &liar]).unwrap(), [] as [std::path::PathBuf; 0]);
    assert_eq!(project.store().prune([&real]).unwrap(), [product.directory]);
}
