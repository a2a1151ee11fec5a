//! The emitted checks, compiled and run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sqlite_contracts::analysis::needs::{Flags, Named, Proof, Range};

use tempfile::TempDir;

use super::{needs, project, run, said, write};

/// The check of what `needs` found, or of a module more that no SQLite has.
fn emit(project: &TempDir, language: &str, file: &str, asks_for_nonsense: bool) -> PathBuf {
    let mut text = std::fs::read_to_string(project.path().join("sqlite-needs.yaml")).unwrap();
    if asks_for_nonsense {
        let proof = "{statement: s, place: p, goes_wrong: w, instead_of: i}";
        let nonsense = format!("modules:\n  - {{name: nonsense, lacking: all, proof: {proof}}}\n");
        text = text.replace("modules: []\n", &nonsense);
        assert!(text.contains("nonsense"), "{text}");
    }
    write(project, "needs.yaml", &text);
    let output = run(project, &["needs", "--known", "needs.yaml", "--emit", language]);
    assert!(output.status.success(), "{}", said(&output));
    let file = project.path().join(file);
    std::fs::write(&file, &output.stdout).unwrap();
    file
}

/// The folder with the library of a build.
pub(crate) fn library(project: &TempDir, build: &str) -> PathBuf {
    let made = run(project, &["build", build]);
    assert!(made.status.success(), "{}", said(&made));
    let target =
        Path::new(env!("CARGO_BIN_EXE_sqlite-contracts")).ancestors().nth(2).unwrap().join("sqlite-builds");
    let is_it =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{build}-"));
    let folders = std::fs::read_dir(target).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(is_it).find(|folder| folder.join("libsqlite3.so").exists()).unwrap()
}

/// Runs the program that `make` compiles of a check: with a library that fits, with an old one, and of a check that asks
/// for nonsense.
fn tells_them_apart(language: &str, file: &str, make: impl Fn(&Path, &Path) -> Command) {
    let project = project();
    needs(&project);
    let (new, old) = (library(&project, "3.54.1-rusqlite"), library(&project, "3.24.0-rusqlite"));
    let program = project.path().join("program");
    let said_with = |library: &Path, asks_for_nonsense: bool| {
        emit(&project, language, file, asks_for_nonsense);
        let made = make(&new, &program).output().ok()?;
        assert!(made.status.success(), "{}", said(&made));
        let output: Output = Command::new(&program).env("LD_LIBRARY_PATH", library).output().unwrap();
        Some((output.status.code(), said(&output)))
    };
    let Some(fits) = said_with(&new, false) else { return eprintln!("skipped: there is no compiler") };
    assert_eq!(fits, (Some(0), String::new()));
    let (status, words) = said_with(&old, false).unwrap();
    assert!(status == Some(1) && words.contains("needed is 3.54.1 or later"), "{words}");
    let (status, words) = said_with(&new, true).unwrap();
    assert!(status == Some(1) && words.contains("lacks the module nonsense: s → w, not i (p)"), "{words}");
}

/// What would end a text or a comment, or mean something in it, in one of the languages.
const HOSTILE: &str = "\"\"\" ''' \\ \\N{x} \\\" */ /* // # {why} {} %s %n ??/ @VERSIONS@ @NEEDED@ \t \u{1} é \u{202e} \u{2028}\nline";

/// The check of needs whose texts are hostile, and which no SQLite has.
fn hostile(language: &str) -> String {
    let proof = Proof {
        statement: HOSTILE.to_owned(),
        place: HOSTILE.to_owned(),
        goes_wrong: HOSTILE.to_owned(),
        instead_of: HOSTILE.to_owned(),
    };
    let project = project();
    let mut needs = needs(&project);
    needs.subjects = vec![HOSTILE.to_owned(), "\\".to_owned()];
    needs.versions.ranges = vec![Range { from: None, to: None }];
    needs.functions.clear();
    needs.limits.clear();
    needs.flags = Flags::default();
    needs.modules =
        vec![Named { name: "nonsense".to_owned(), lacking: HOSTILE.to_owned(), proof: proof.clone() }];
    write(&project, "hostile.yaml", &needs.yaml());
    let output = run(&project, &["needs", "--known", "hostile.yaml", "--emit", language]);
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether what a check printed has the text of its proof.
fn tells_hostile(words: &str) -> bool {
    words.contains(&format!("lacks the module nonsense: {HOSTILE} → "))
}

#[test]
fn hostile_texts_come_back_from_the_check_in_python() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("needs.py");
    std::fs::write(&file, hostile("python")).unwrap();
    let program =
        "import needs\ntry: needs.check()\nexcept RuntimeError as error: print(str(error).encode().hex())";
    let run = Command::new("python3").current_dir(&folder).args(["-c", program]).output();
    let Ok(output) = run else { return eprintln!("skipped: there is no Python") };
    let digits = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    let words: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
    assert!(tells_hostile(&String::from_utf8_lossy(&words)), "{}", said(&output));
}

#[test]
fn hostile_texts_come_back_from_the_check_in_c() {
    let folder = tempfile::tempdir().unwrap();
    let project = project();
    let build = library(&project, "3.54.1-rusqlite");
    std::fs::write(folder.path().join("needs.h"), hostile("c")).unwrap();
    let main = "#include \"needs.h\"\nint main(void){\n  char why[5000];\n  sqlite_needs(why, sizeof(why));\n  return puts(why)<0;\n}\n";
    std::fs::write(folder.path().join("main.c"), main).unwrap();
    let mut cc = Command::new("cc");
    cc.current_dir(&folder).args(["-Wall", "-Werror", "-trigraphs", "-o", "program", "main.c", "-I"]);
    cc.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/needs")).arg("-L").arg(&build).arg("-lsqlite3");
    let Ok(made) = cc.output() else { return eprintln!("skipped: there is no compiler") };
    assert!(made.status.success(), "{}", said(&made));
    let output = Command::new(folder.path().join("program")).env("LD_LIBRARY_PATH", &build).output().unwrap();
    assert!(tells_hostile(&said(&output)), "{}", said(&output));
}

#[test]
fn hostile_texts_come_back_from_the_check_in_rust() {
    let folder = tempfile::tempdir().unwrap();
    let project = project();
    let build = library(&project, "3.54.1-rusqlite");
    std::fs::write(folder.path().join("needs.rs"), hostile("rust")).unwrap();
    let main = "mod needs;\nfn main() {\n    println!(\"{}\", needs::check().unwrap_err());\n}\n";
    std::fs::write(folder.path().join("main.rs"), main).unwrap();
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&folder).args(["--edition", "2024", "-D", "warnings", "-o", "program", "main.rs"]);
    rustc.arg("-L").arg(&build).args(["-l", "dylib=sqlite3"]);
    let Ok(made) = rustc.output() else { return eprintln!("skipped: there is no compiler") };
    assert!(made.status.success(), "{}", said(&made));
    let output = Command::new(folder.path().join("program")).env("LD_LIBRARY_PATH", &build).output().unwrap();
    assert!(tells_hostile(&said(&output)), "{}", said(&output));
}

#[test]
fn the_check_in_c_tells_a_library_that_fits_from_one_that_does_not() {
    tells_them_apart("c", "needs.h", |library, program| {
        let main = "#include \"needs.h\"\nint main(void){\n  char why[500];\n  if( sqlite_needs(why, sizeof(why)) ){ puts(why); return 1; }\n  return 0;\n}\n";
        let main_file = program.with_file_name("main.c");
        std::fs::write(&main_file, main).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-Wall", "-Werror", "-I"]).arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/needs"));
        cc.arg("-o").arg(program).arg(main_file).arg("-L").arg(library).arg("-lsqlite3");
        cc
    });
}

#[test]
fn the_check_in_rust_tells_a_library_that_fits_from_one_that_does_not() {
    tells_them_apart("rust", "needs.rs", |library, program| {
        let main = "mod needs;\nfn main() {\n    if let Err(why) = needs::check() {\n        println!(\"{why}\");\n        std::process::exit(1);\n    }\n}\n";
        let main_file = program.with_file_name("main.rs");
        std::fs::write(&main_file, main).unwrap();
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "-D", "warnings", "-o"]).arg(program).arg(main_file);
        rustc.arg("-L").arg(library).args(["-l", "dylib=sqlite3"]);
        rustc
    });
}

#[test]
fn the_check_in_python_names_what_is_missing() {
    let project = project();
    needs(&project);
    let python = |from: &str, asks_for_nonsense: bool| {
        let check = emit(&project, "python", "needs.py", asks_for_nonsense);
        let text = std::fs::read_to_string(&check).unwrap();
        // Whatever version Python has is beyond the first, and before the second.
        let ranges = text.replace("(3054001, 999999999)", &format!("({from}, 999999999)"));
        assert_ne!(ranges, text);
        // The machine's own SQLite has any flags and functions.
        std::fs::write(&check, ranges.replace("\"DQS=0\"", "\"NO_FLAG\"")).unwrap();
        Some(said(&Command::new("python3").arg(&check).output().ok()?))
    };
    let Some(newer) = python("9000000", false) else { return eprintln!("skipped: there is no Python") };
    assert!(
        newer.contains("RuntimeError: SQLite 3.") && newer.contains("needed is 3.54.1 or later"),
        "{newer}"
    );
    assert!(!python("3000000", false).unwrap().contains("needed is"));
    assert!(python("3000000", true).unwrap().contains("lacks the module nonsense"));
}
