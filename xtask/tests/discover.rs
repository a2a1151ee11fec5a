//! `discover` as people run it: between two of the library's builds, in a folder of no project.
// Elsewhere another variable names the folder of the user's cache.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The two builds.
const BUILDS: [&str; 4] = ["--from", "3.34.1-rusqlite", "--to", "3.54.1-rusqlite"];

/// A folder with nothing on record, and a cache of its own, whose products are those of this repository.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let program = Path::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        let products = program.ancestors().nth(2).unwrap().join("sqlite-builds");
        std::fs::create_dir_all(place.kept()).unwrap();
        // Where nothing has been compiled yet, it is what this compiles.
        std::fs::create_dir_all(&products).unwrap();
        std::os::unix::fs::symlink(products, place.kept().join("sqlite-builds")).unwrap();
        place
    }

    /// What the command keeps between its runs.
    fn kept(&self) -> PathBuf {
        self.0.path().join("cache/sqlite-contracts")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        command.current_dir(self.0.path()).env("XDG_CACHE_HOME", self.0.path().join("cache"));
        command.env_remove("CARGO_TARGET_DIR").arg("discover").args(BUILDS).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    /// The files of states.
    fn states(&self) -> Vec<PathBuf> {
        let folder = self.kept().join("sqlite-contracts/discover");
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn so_many_programs_run_as_were_asked_for_and_the_next_search_goes_on() {
    let place = Place::new();
    assert_eq!(place.json(&["--programs", "70"])["counts"]["programs"], 70);
    assert_eq!(place.json(&["--programs", "30"])["counts"]["programs"], 100);
    assert_eq!(place.json(&["--programs", "30", "--anew"])["counts"]["programs"], 30);
    assert_eq!(place.states().len(), 1);
}

#[test]
fn the_same_is_found_on_any_number_of_cores() {
    let on = |jobs: &str| {
        let found = Place::new().json(&["--programs", "600", "--seed", "5", "--jobs", jobs]);
        assert!(!found["findings"].as_array().unwrap().is_empty());
        found
    };
    assert_eq!(on("1"), on("2"));
}

#[test]
fn the_contracts_of_the_library_are_known_where_nothing_is_on_record() {
    let place = Place::new();
    let corpus = place.0.path().join("corpus.sql");
    std::fs::write(&corpus, "SELECT octet_length('a')").unwrap();
    let found = place.json(&["--programs", "40", "--corpus", corpus.to_str().unwrap()]);
    let findings = found["findings"].as_array().unwrap();
    let known = |finding: &&Value| finding["known"].as_array().is_some_and(|known| !known.is_empty());
    assert!(findings.iter().any(|it| known(&it)), "{findings:#?}");
    let newer = findings.iter().find(|it| it["statements"][0].as_str().unwrap().contains("octet_length"));
    let newer = newer.unwrap_or_else(|| panic!("{findings:#?}"));
    assert_eq!(newer["known"][0], "since/functions/octet-length", "{newer:#?}");
}

#[test]
fn a_damaged_state_is_named_and_stays_until_it_is_to_be_replaced() {
    let place = Place::new();
    place.json(&["--programs", "10"]);
    let [state] = place.states().try_into().unwrap();
    let text = std::fs::read_to_string(&state).unwrap();
    let half = &text[..text.len() / 2];
    std::fs::write(&state, half).unwrap();
    let output = place.run(&["--programs", "10"]);
    let (said, name) = (said(&output), state.file_name().unwrap().to_str().unwrap().to_owned());
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&name) && said.contains("--anew"), "{said}");
    assert_eq!(std::fs::read_to_string(&state).unwrap(), half);
    assert_eq!(place.json(&["--programs", "10", "--anew"])["counts"]["programs"], 10);
}

#[test]
fn how_far_a_search_has_come_is_written_beside_what_other_seeds_have() {
    let place = Place::new();
    let file = place.0.path().join("searched.yaml");
    let searched = |programs: &str, seed: &str| {
        let output = place.run(&["--programs", programs, "--seed", seed, "--searched", "searched.yaml"]);
        (output.status.code(), std::fs::read_to_string(&file).unwrap(), said(&output))
    };
    let (status, one, _) = searched("200", "5");
    assert_eq!(status, Some(0));
    assert!(one.contains("\n  3.34.1-rusqlite: ~\n  3.54.1-rusqlite: 3.34.1-rusqlite\nsearches:\n"), "{one}");
    assert!(one.contains("\n  - seed: 5\n    programs: 200\n    findings: "), "{one}");
    assert!(one.contains("\n    silent:\n      3.54.1-rusqlite: "), "{one}");
    let (_, two, _) = searched("10", "4");
    assert!(
        two.contains("\n  - seed: 4\n    programs: 10\n")
            && two.ends_with(&one[one.find("  - seed: 5").unwrap()..]),
        "{two}"
    );
    // The same search again takes its place, and nothing is changed where nothing more ran.
    assert_eq!(searched("0", "5").1, two);
    std::fs::write(&file, "edition: nine\n").unwrap();
    let (status, kept, said) = searched("10", "5");
    assert_eq!((status, kept.as_str()), (Some(2), "edition: nine\n"), "{said}");
    assert!(said.contains("searched.yaml:1:10"), "{said}");
}

#[test]
fn a_draft_that_somebody_went_on_from_stays_and_that_is_said() {
    let place = Place::new();
    let drafts = place.0.path().join("drafts");
    place.run(&["--programs", "200", "--write", "drafts"]);
    let written: Vec<PathBuf> = std::fs::read_dir(&drafts).unwrap().map(|it| it.unwrap().path()).collect();
    std::fs::write(&written[0], "title: mine\n").unwrap();
    let output = place.run(&["--minutes", "0", "--write", "drafts"]);
    let name = written[0].file_name().unwrap().to_str().unwrap();
    assert!(said(&output).contains(&format!("{name} has other text, and stays as it is")), "{output:?}");
    assert_eq!(std::fs::read_to_string(&written[0]).unwrap(), "title: mine\n");
}

#[test]
fn builds_that_are_not_compiled_are_left_out_where_nothing_is_to_be() {
    let place = Place::new();
    std::fs::remove_file(place.kept().join("sqlite-builds")).unwrap();
    let output = place.run(&["--programs", "10", "--no-build"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(said(&output).contains("3.34.1-rusqlite, 3.54.1-rusqlite were left out: "), "{output:?}");
}

#[test]
fn an_interrupted_search_shows_what_it_found_and_how_to_go_on() {
    let place = Place::new();
    let mut command = place.command(&["--minutes", "30", "--seed", "9", "--anew"]);
    let pipe = std::process::Stdio::piped;
    let mut child = command.stdout(pipe()).stderr(pipe()).spawn().unwrap();
    // The state is written before the first step.
    while place.states().is_empty() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("programs of seed 9 on 2 builds"), "{output:?}");
    let said = said(&output);
    assert!(
        said.contains(" --to 3.54.1-rusqlite --minutes 30 --seed 9\n") && said.contains("seed-9-"),
        "{said}"
    );
    assert!(place.json(&["--programs", "1", "--seed", "9"])["counts"]["programs"].as_u64() >= Some(1));
}

#[test]
fn a_damaged_snapshot_costs_its_contract_and_not_the_search() {
    let place = Place::new();
    let of_project = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        command.current_dir(place.0.path()).env("XDG_CACHE_HOME", place.0.path().join("cache"));
        command.env_remove("CARGO_TARGET_DIR").env_remove("CI").args(arguments);
        command
    };
    let begun = of_project(&["init", "--build", "3.34.1-rusqlite"]).output().unwrap();
    assert!(begun.status.success(), "{}", said(&begun));
    let snapshot = "tests/snapshots/program/first/first-case@3.34.1-rusqlite.snap";
    std::fs::write(place.0.path().join("sqlite").join(snapshot), "not a snapshot\n").unwrap();
    let arguments = [&["discover"], &BUILDS[..], &["--programs", "20", "--format", "json"]].concat();
    let output = of_project(&arguments).current_dir(place.0.path().join("sqlite")).output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(snapshot) && said.contains("restore it, or remove it"), "{said}");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["counts"]["programs"], 20);
}
