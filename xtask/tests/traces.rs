//! Traces in a project and their differences as contracts, as people have them by commands: on traces that
//! `traces/shop.py` was recorded to, so that no recorder and no Python is needed.

#![cfg(all(target_os = "linux", target_endian = "little"))]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{children, copy, repository, said};
use tempfile::TempDir;

/// `round(34.775, 2)` is 34.78 on the first, and 34.77 on the second.
const ENDS: [&str; 4] = ["--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite"];

fn trace(name: &str) -> PathBuf {
    repository().join("xtask/tests/traces").join(name).with_extension("trace")
}

/// Products are those of this repository.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let target = repository().join("target");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("CI")
        .args(arguments)
        .output()
        .unwrap()
}

/// The contracts that a gate over a trace wrote, and what it said.
fn drafts(name: &str) -> (Vec<String>, String, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let found = folder.path().join("found");
    let write = format!("drafts={}", found.display());
    let trace = trace(name);
    let gate = [&["gate"], &ENDS[..], &[trace.to_str().unwrap(), "--write", &write]].concat();
    let output = run(&repository(), &gate);
    let texts = children(&found).iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    (texts, said(&output), folder)
}

fn steps(contract: &str) -> usize {
    contract.lines().filter(|line| line.starts_with("      - ")).count()
}

#[test]
fn a_difference_among_hundreds_of_calls_becomes_a_contract_of_a_few_steps() {
    let (texts, told, folder) = drafts("shop");
    let [contract] = &texts[..] else { panic!("{told}") };
    assert!(told.contains("value: select name, round(price, ?) from item where id = ?: "), "{told}");
    assert!(steps(contract) <= 5, "{contract}");
    assert!(contract.contains("round("), "{contract}");
    assert!(contract.contains("# From shop.trace, call "), "{contract}");
    assert!(contract.contains("\n# changed:\n#   3.44.0: another real: "), "{contract}");
    // It shows by itself what the trace has shown.
    let file = children(&folder.path().join("found")).remove(0);
    let gate = run(&repository(), &[&["gate"], &ENDS[..], &[file.to_str().unwrap()]].concat());
    assert_eq!(gate.status.code(), Some(1), "{}", said(&gate));
}

#[test]
fn of_a_file_that_was_there_the_rows_come_that_are_needed() {
    let (texts, told, _folder) = drafts("stock");
    let [contract] = &texts[..] else { panic!("{told}") };
    assert!(contract.contains("round("), "{contract}");
    assert!(steps(contract) <= 5, "{contract}");
}

#[test]
fn what_contracts_cannot_show_is_told_with_the_reason() {
    let (texts, told, _folder) = drafts("names");
    assert_eq!(texts.len(), 0, "{texts:?}");
    let reason = "called otherwise: select shown(round(?)): no contract shows it: it is how a function of the \
                  program's is called";
    assert!(told.contains(reason), "{told}");
    let gate = [&["gate"], &ENDS[..], &["--sql", "SELECT 1", "--write", "drafts=found"]].concat();
    let output = run(&repository(), &gate);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("is for traces: name one, such as `app.trace`"), "{}", said(&output));
}

/// A project with the two builds and a trace.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let builds = repository().join("sqlite-builds");
    for file in ["profiles/rusqlite.yaml", "core/3.42.0-rusqlite.yaml", "core/3.44.0-rusqlite.yaml"] {
        let text = fs::read_to_string(builds.join(file)).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("parent:")).collect();
        let to = folder.path().join("sqlite-builds").join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, lines.join("\n")).unwrap();
    }
    copy(&trace("shop"), &folder.path().join("traces/shop.trace"));
    folder
}

#[test]
fn a_trace_in_a_project_is_a_cell_on_record() {
    let folder = project();
    let project = folder.path();
    let first = run(project, &["matrix"]);
    assert_eq!(first.status.code(), Some(1), "{}", said(&first));
    assert!(said(&first).contains("shop"), "{}", said(&first));
    let review = run(project, &["review", "--accept", "traces/*"]);
    assert_eq!(review.status.code(), Some(0), "{}", said(&review));
    let records = children(&project.join("tests/snapshots/traces/shop"));
    let names: Vec<String> =
        records.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["replay@3.42.0-rusqlite.snap", "replay@3.44.0-rusqlite.snap"]);
    let text = fs::read_to_string(&records[1]).unwrap();
    assert!(text.contains("\"34.78\", \"34.77\")"), "{text}");
    assert!(text.len() < 1500 && !text.contains("/tmp"), "{text}");
    let again = run(project, &["matrix"]);
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));

    let tidy = run(project, &["tidy"]);
    assert_eq!(tidy.status.code(), Some(1), "{}", said(&tidy));
    assert!(said(&tidy).contains("3.44.0-rusqlite"), "{}", said(&tidy));
    let known = "title: The prices of the shop\nchanged:\n  3.43.0: round() is exact\n";
    fs::write(project.join("traces/shop.yaml"), known).unwrap();
    let tidy = run(project, &["tidy"]);
    assert_eq!(tidy.status.code(), Some(0), "{}", said(&tidy));
    let gate = run(project, &[&["gate"], &ENDS[..]].concat());
    assert_eq!(gate.status.code(), Some(1), "{}", said(&gate));
    assert!(said(&gate).contains("traces/shop"), "{}", said(&gate));
    let page = project.join("report.html");
    let report = run(project, &["report", "--out", page.to_str().unwrap()]);
    assert_eq!(report.status.code(), Some(0), "{}", said(&report));
    assert!(fs::read_to_string(page).unwrap().contains("The prices of the shop"));

    fs::remove_file(project.join("traces/shop.yaml")).unwrap();
    fs::rename(project.join("traces/shop.trace"), project.join("traces/store.trace")).unwrap();
    let tidy = run(project, &["tidy"]);
    assert!(said(&tidy).contains("stale: there is no such contract"), "{}", said(&tidy));
}

/// The parts of a trace's mark: where each of its frames begins.
fn frames(whole: &[u8]) -> Vec<usize> {
    let number = |at: usize| u64::from_le_bytes(whole[at..at + 8].try_into().unwrap());
    let mut at = 24;
    let mut found = Vec::new();
    while at < whole.len() {
        found.push(at);
        at += 36 + usize::try_from(number(at + 24)).unwrap();
    }
    found
}

#[test]
fn traces_that_are_damaged_are_refused_with_the_place_or_used_to_the_last_whole_frame() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(trace("shop")).unwrap();
    let frames = frames(&whole);
    let tried = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap().to_owned();
        let output = run(&repository(), &["try", &file, "--build", "3.42.0-rusqlite"]);
        let shown = run(&repository(), &["trace", &file]);
        (output.status.code(), said(&output), shown.status.code(), said(&shown))
    };

    // The frame that says that nothing is missing is the last one.
    let last = frames[frames.len() - 1];
    let (status, told, shown, summary) = tried("cut.trace", &whole[..last + 3]);
    assert_eq!((status, shown), (Some(0), Some(1)), "{told}{summary}");
    assert!(told.contains(&format!("(\"the trace is cut short behind byte\", {last})")), "{told}");
    assert!(summary.contains(&format!("the last whole frame ends at byte {last}")), "{summary}");

    let changed = |at: usize, bytes: &[u8]| {
        let mut other = whole.clone();
        other[at..at + bytes.len()].copy_from_slice(bytes);
        other
    };
    let second = frames[1];
    for (name, bytes, expected) in [
        ("version.trace", changed(16, &[9, 0, 0, 0]), "it is a trace of version 9".to_owned()),
        (
            "length.trace",
            changed(second + 16, &[0xff; 8]),
            format!("the frame at byte {second}: it says that"),
        ),
        (
            "kind.trace",
            changed(second + 8, &[77]),
            format!("the frame at byte {second}: it is of an unknown kind"),
        ),
        ("mark.trace", changed(second, &[0]), format!("the frame at byte {second}: no mark")),
        ("content.trace", changed(second + 40, &[0xff; 4]), format!("the frame at byte {second}: ")),
        ("text.trace", b"SELECT 1".to_vec(), "it is not a trace of SQLite's calls".to_owned()),
        ("empty.trace", Vec::new(), "it is not a trace of SQLite's calls".to_owned()),
        ("head.trace", whole[..24].to_vec(), "the frame that says what it is is missing".to_owned()),
    ] {
        let (status, told, shown, summary) = tried(name, &bytes);
        assert_eq!((status, shown), (Some(2), Some(2)), "{name}: {told}{summary}");
        assert!(told.contains(&expected) && told.contains(name), "{name}: {told}");
        assert!(summary.contains(&expected) && summary.contains(name), "{name}: {summary}");
    }
}
