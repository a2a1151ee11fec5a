//! `xtask gate` and `xtask plan` as people run them, on core builds of this repository.

use std::path::Path;
use std::process::{Command, Output};

use sqlite_contracts::analysis::gate::Format;

fn xtask(args: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(root).args(args).output().unwrap()
}

/// A gate on the contract of the incidents on rounding.
fn gate(ends: [&str; 4], more: &[&str]) -> Output {
    let contract = ["precision/money-round"];
    xtask(&[&["gate"], &ends[..], &contract, more].concat())
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const ROUNDING: [&str; 4] = ["--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite"];

#[test]
fn the_change_of_rounding_blocks_and_stands_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = |format: Format| folder.path().join(format.as_str());
    let forms: Vec<String> =
        Format::ALL.iter().map(|format| format!("{}={}", format.as_str(), file(*format).display())).collect();
    let writes: Vec<&str> = forms.iter().flat_map(|form| ["--write", form]).collect();
    let output = gate(ROUNDING, &writes);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = stdout(&output);
    assert!(text.contains("query SELECT round(?1, ?2) values=[34.775, 2] → 34.77, was 34.78"), "{text}");
    let text = stdout(&gate(ROUNDING, &["--details"]));
    assert!(text.contains("- query SELECT round(?1, ?2) values=[34.775, 2] → 34.78"), "{text}");
    assert!(text.contains("+ query SELECT round(?1, ?2) values=[34.775, 2] → 34.77"), "{text}");
    for format in Format::ALL {
        let written = std::fs::read_to_string(file(format)).unwrap();
        assert!(written.contains("34.77"), "{format:?}: {written}");
        assert!(written.contains("sqlite3FpDecode()"), "the cause is not in {format:?}: {written}");
        assert!(!written.contains('\u{1b}'), "{format:?}");
    }
}

/// A new case of precision changes it: then what the command prints goes into both pages.
#[test]
fn the_samples_in_the_pages_are_what_a_gate_prints() {
    const COMMAND: &str = "$ cargo xtask gate --from 3.53.4-rusqlite --to 3.54.1-rusqlite 'precision/*'\n";
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let printed =
        stdout(&xtask(&["gate", "--from", "3.53.4-rusqlite", "--to", "3.54.1-rusqlite", "precision/*"]));
    let sample = |page: &str| {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let (_, after) = text.split_once(COMMAND).unwrap();
        after.split_once("```").unwrap().0.to_owned()
    };
    assert_eq!(sample("docs/gate-in-ci.md"), printed);
    let in_readme = sample("README.md");
    let (head, _) = in_readme.split_once("  …").unwrap();
    assert!(printed.starts_with(head), "README.md has {head}\nand this is {printed}");
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_that_is_lost_is_an_error_unless_its_reader_had_enough() {
    let into = |stdout: std::process::Stdio| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        command.current_dir(root).arg("gate").args(ROUNDING).arg("precision/money-round");
        command.stdout(stdout).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let full = into(std::fs::File::options().write(true).open("/dev/full").unwrap().into());
    let full = full.wait_with_output().unwrap();
    assert_eq!(full.status.code(), Some(3), "{full:?}");
    assert!(stderr(&full).contains("cannot write the output: No space left on device"), "{full:?}");
    let mut gone = into(std::process::Stdio::piped());
    drop(gone.stdout.take());
    assert_eq!(gone.wait().unwrap().code(), Some(1), "the status is the verdict's");
}

#[test]
fn what_is_accepted_does_not_block_until_its_day_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.yaml");
    let text = "accept:\n  - case: precision/money-round/*\n    reason: known\n    owner: ann\n    until: 2027-06-30\n";
    std::fs::write(&policy, text).unwrap();
    let on = |day: &str| gate(ROUNDING, &["--policy", policy.to_str().unwrap(), "--today", day]);
    let accepted = on("2027-06-30");
    assert_eq!(accepted.status.code(), Some(0), "{accepted:?}");
    assert!(stdout(&accepted).contains("accepted until 2027-06-30 by ann: known"), "{accepted:?}");
    let expired = on("2027-07-01");
    assert_eq!(expired.status.code(), Some(1), "{expired:?}");
    assert!(stdout(&expired).contains("expired after 2027-06-30"), "{expired:?}");
}

#[test]
fn a_build_against_itself_passes() {
    let output = gate(["--from", "3.44.0-rusqlite", "--to", "3.44.0-rusqlite"], &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn mistakes_of_all_ends_are_told_together() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("Cargo.lock");
    std::fs::write(&lock, "[[package]]\nname = \"serde\"\nversion = \"1.0.0\"\n").unwrap();
    let output = gate(["--from", "3.42.0-rustqlite", "--to-lock", lock.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let words = stderr(&output);
    assert!(words.contains("did you mean `3.42.0-rusqlite`?"), "{words}");
    assert!(words.contains("no crate in this lock file bundles SQLite"), "{words}");
    for missing in [
        &["gate", "--from", "3.42.0-rusqlite"][..],
        &["gate", "--from", "a", "--from-lock", "b", "--to", "c"],
    ] {
        assert_eq!(xtask(missing).status.code(), Some(2));
    }
    let nowhere = gate(["--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite"], &["--write", "html=x"]);
    assert_eq!(nowhere.status.code(), Some(2), "{nowhere:?}");
}

#[test]
fn a_plan_shows_each_step() {
    let args = ["plan", "--from", "3.54.1-rusqlite", "--to", "3.54.1-recommended", "statement-lifetime/*"];
    let output = xtask(&args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = stdout(&output);
    assert!(text.starts_with("3.54.1-rusqlite → 3.54.1-recommended: 1 step, "), "{text}");
    assert!(text.contains(" cases: needs a build without compile option THREADSAFE=0"), "{text}");
    let json: serde_json::Value =
        serde_json::from_slice(&xtask(&[&args[..], &["--format", "json"]].concat()).stdout).unwrap();
    assert_eq!(json["steps"][0]["to"], "3.54.1-recommended");
    let output = xtask(&["plan", "--from", "3.40.1-debian", "--to", "3.54.1-rusqlite"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for told in [
        "3.40.1-debian has the profile `debian`, 3.54.1-rusqlite `rusqlite`",
        "gate --from 3.40.1-debian --to 3.54.1-rusqlite` compares the two",
        "plan --from 3.40.1-rusqlite --to 3.54.1-rusqlite` goes from the same version",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let output = xtask(&["plan", "--from", "3.54.1-debian", "--to", "3.54.1-recommended"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_file_that_cannot_be_written_is_found_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (folder, file) = (folder.path().to_str().unwrap(), file.to_str().unwrap());
    let junit = format!("junit={file}/gate.xml");
    // A folder is no file on any machine; all else is the machine's.
    for (args, status) in [
        (&["matrix", "--results", folder][..], 2),
        (&["matrix", "--report", file], 3),
        (&[&["gate"], &ROUNDING[..], &["--write", &junit]].concat(), 3),
        (&["try", "--sql", "SELECT 1", "--flamegraph", folder], 2),
    ] {
        let output = xtask(args);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {output:?}");
        assert!(stderr(&output).contains(&format!("cannot write {folder}")), "{args:?}: {output:?}");
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn a_script_that_is_broken_on_both_builds_is_an_error_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.test");
    std::fs::write(&file, "statement ok\nSELECT 1\n\nquery I\nSELECT 2\n----\n3\n").unwrap();
    let script = file.to_str().unwrap();
    let output = xtask(&[&["gate"], &ROUNDING[..], &[script]].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("broken on both builds"), "{}", stderr(&output));
    let text = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    let words = format!("broken on every build: {script}/script ({script}:4");
    assert!(text.contains(&words) && text.contains("query SELECT 2 → 2, not 3"), "{text}");
}
