//! The emitted checks, compiled and run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::{needs, project, run, said};

fn emit(project: &TempDir, language: &str, file: &str) -> PathBuf {
    let output = run(project, &["needs", "--known", "sqlite-needs.yaml", "--emit", language]);
    assert!(output.status.success(), "{}", said(&output));
    let file = project.path().join(file);
    std::fs::write(&file, &output.stdout).unwrap();
    file
}

/// The library of a build.
fn library(project: &TempDir, build: &str) -> PathBuf {
    let made = run(project, &["build", build]);
    assert!(made.status.success(), "{}", said(&made));
    let target = Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap().join("sqlite-builds");
    let is_it =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{build}-"));
    let folders = std::fs::read_dir(target).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(is_it).map(|folder| folder.join("libsqlite3.so")).find(|library| library.exists()).unwrap()
}

/// Runs a program once with each library.
fn with_each(project: &TempDir, make: impl Fn(&Path, &Path) -> Option<Output>) {
    let (new, old) = (library(project, "3.54.1-rusqlite"), library(project, "3.24.0-rusqlite"));
    let program = project.path().join("program");
    for (library, fits) in [(&new, true), (&old, false)] {
        let Some(made) = make(library, &program) else { return eprintln!("skipped: no compiler") };
        assert!(made.status.success(), "{}", said(&made));
        let output =
            Command::new(&program).env("LD_LIBRARY_PATH", library.parent().unwrap()).output().unwrap();
        assert_eq!(output.status.success(), fits, "{}", said(&output));
        assert_eq!(said(&output).contains("needed is 3.54.1 or later"), !fits, "{}", said(&output));
    }
}

#[test]
fn the_check_in_c_tells_a_library_that_fits_from_one_that_does_not() {
    let project = project();
    needs(&project);
    emit(&project, "c", "needs.h");
    let main = "#include \"needs.h\"\nint main(void){ char why[500];\n  if( sqlite_needs(why, sizeof(why)) ){ puts(why); return 1; }\n  return 0; }\n";
    let main = super::write(&project, "main.c", main);
    let headers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/needs");
    with_each(&project, |library, program| {
        let mut cc = Command::new("cc");
        cc.args(["-Wall", "-Werror", "-I"]).arg(&headers).arg("-o").arg(program).arg(&main).arg(library);
        cc.output().ok()
    });
}

#[test]
fn the_check_in_rust_tells_a_library_that_fits_from_one_that_does_not() {
    let project = project();
    needs(&project);
    emit(&project, "rust", "needs.rs");
    let main = "mod needs;\nfn main() { if let Err(why) = needs::check() { println!(\"{why}\"); std::process::exit(1) } }\n";
    let main = super::write(&project, "main.rs", main);
    with_each(&project, |library, program| {
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "-D", "warnings", "-o"]).arg(program).arg(&main);
        rustc.arg(format!("-Clink-arg={}", library.display())).output().ok()
    });
}

#[test]
fn the_check_in_python_names_what_is_missing() {
    let project = project();
    needs(&project);
    let check = emit(&project, "python", "needs.py");
    let text = std::fs::read_to_string(&check).unwrap();
    let python = |text: &str| {
        std::fs::write(&check, text).unwrap();
        Command::new("python3").arg(&check).output().ok()
    };
    // Whatever version Python has, it is in the first of these ranges, and not in the second.
    let all = text.replace("(3054001, 999999999)", "(3000000, 999999999)");
    assert_ne!(all, text);
    let Some(output) = python(&all) else { return eprintln!("skipped: there is no Python") };
    let is_fine = output.status.success() || said(&output).contains("RuntimeError: SQLite");
    assert!(is_fine, "{}", said(&output));
    let none = text.replace("(3054001, 999999999)", "(9000000, 999999999)");
    let output = python(&none).unwrap();
    assert!(said(&output).contains("needed is 3.54.1 or later"), "{}", said(&output));
}
