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
    assert!(contract.contains("\n# changed:\n#   3.44.0: >-\n#     another real: "), "{contract}");
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
    // The sum of the trace needs all rows that it is of, and none of the others.
    assert!(contract.contains("396.4799999999999 → 396.38"), "{contract}");
    assert!(steps(contract) <= 20, "{contract}");
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
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    assert!(
        said(&first).contains("new: traces/shop/replay@3.42.0-rusqlite is not on record"),
        "{}",
        said(&first)
    );
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

    // Every command that asks builds says so.
    let cut = folder.path().join("cut.trace");
    let cut = cut.to_str().unwrap();
    for (arguments, status) in [
        (&["gate", "--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite", cut][..], 1),
        (&["plan", "--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite", cut], 0),
        (&["min-version", cut], 0),
        (&["needs", "--no-build", cut], 0),
        (&["history", "--ladder-only", cut], 0),
    ] {
        let output = run(&repository(), arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", said(&output));
        let words = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        let is_told = words.contains("cut short") && words.contains(&format!("behind byte {last}"));
        assert!(is_told, "{arguments:?}: {}", said(&output));
    }

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
            format!("the frame at byte {second} is damaged: it says that"),
        ),
        (
            "kind.trace",
            changed(second + 8, &[77]),
            format!("the frame at byte {second} is damaged: it is of an unknown kind"),
        ),
        ("mark.trace", changed(second, &[0]), format!("the frame at byte {second} is damaged: no mark")),
        (
            "content.trace",
            changed(second + 40, &[0xff; 4]),
            format!("the frame at byte {second} is damaged: "),
        ),
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

/// A frame of events of the first process that holds this as it is, with its mark.
fn events(content: &[u8]) -> Vec<u8> {
    let size = u8::try_from(content.len()).unwrap();
    // One raw block: <https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1>
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, size, 1 | size << 3, size >> 5, 0];
    frame.extend_from_slice(content);
    let mut mark = [0x51, 0x2a, 0x4d, 0x18, 28, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0].to_vec();
    mark.extend((content.len() as u64).to_le_bytes());
    mark.extend((frame.len() as u64).to_le_bytes());
    mark.extend(crc32fast::hash(content).to_le_bytes());
    [mark, frame].concat()
}

#[test]
fn damage_that_only_a_replay_meets_is_an_error_that_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let (shop, stock) = (fs::read(trace("shop")).unwrap(), fs::read(trace("stock")).unwrap());
    let with = |at: usize, frame: &[u8]| [&shop[..at], frame, &shop[at..]].concat();
    let end = *frames(&shop).last().unwrap();
    let file = frames(&stock)[1];
    let mut other_checksum = events(&[0x82, 0x22, 1]);
    other_checksum[32] ^= 1;
    let mut other_file = stock.clone();
    other_file[file + 32] ^= 1;
    for (name, bytes, expected) in [
        ("whole.trace", with(end, &events(&[0x82, 0x22, 1])), String::new()),
        (
            "checksum.trace",
            with(end, &other_checksum),
            format!("the frame at byte {end} is damaged: its checksum"),
        ),
        ("words.trace", with(end, &events(b"SELECT 1")), format!("the frame at byte {end} is damaged: ")),
        ("file.trace", other_file, format!("the frame at byte {file} is damaged: its checksum is another")),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap();
        let all = [
            &["try", path, "--build", "3.42.0-rusqlite"][..],
            &["gate", "--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite", path],
            &["min-version", path],
            &["history", "--ladder-only", path],
            &["needs", "--no-build", path],
        ];
        // All go the same road, but for `needs`, which reads a trace itself.
        let asked = if name == "checksum.trace" { all.len() } else { 1 };
        for arguments in &all[..asked] {
            let output = run(&repository(), arguments);
            let told = said(&output);
            match expected.as_str() {
                "" => assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}"),
                expected => {
                    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
                    assert!(told.contains(expected) && told.contains(name), "{arguments:?}: {told}");
                }
            }
        }
    }
}
