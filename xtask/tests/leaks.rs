//! `xtask leaks` as people run it, on one build of this repository.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

#[test]
fn each_remedy_holds_memory_flat_and_each_omission_leaks() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = folder.path().join("leaks.svg");
    let output = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .args(["leaks", "--build", "3.54.1-rusqlite", "--format", "json", "--svg"])
        .arg(&drawn)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let leaks: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let of = |workload: &str| leaks.iter().find(|leak| leak["workload"] == workload).unwrap();
    for leaking in ["never-finalized", "one-in-ten-never-finalized", "close-v2-over-open-statements"] {
        let leak = of(leaking);
        assert!(leak["growth"].as_i64().unwrap() > 10_000, "{leak}");
        assert_eq!(leak["remains"], 1.0, "{leak}");
    }
    assert!((1..1_000).contains(&of("never-finalized")["cap_hit"].as_u64().unwrap()));
    for remedy in ["finalized", "reset-and-clear-bindings", "statement-cache", "expanded-sql-freed"] {
        let leak = of(remedy);
        assert_eq!((&leak["growth"], &leak["remains"]), (&0.into(), &0.0.into()), "{leak}");
        assert!(leak["samples"].as_array().unwrap().len() > 50);
    }
    let drawn = std::fs::read_to_string(drawn).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.contains("never-finalized"), "{drawn}");
}

#[test]
fn a_workload_that_could_not_run_does_not_end_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.yaml");
    let text = "title: t\nwhy: w\ncases:\n  - name: floods\n    steps:\n      - open: memory\n      - query: WITH c(x) AS (VALUES (1) \
                UNION ALL SELECT x+1 FROM c WHERE x<200) SELECT x FROM c\n  - name: works\n    steps:\n      - open: memory\n      - repeat: \
                {times: 100, steps: [{exec: SELECT 1}]}\n";
    std::fs::write(&file, text).unwrap();
    for command in ["leaks", "memory"] {
        let output = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"))
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
            .env("SQLITE_CONTRACTS_BUDGET", "rows=100")
            .args([command, "--build", "3.54.1-rusqlite", "--format", "json"])
            .arg(&file)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let figures: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert!(figures[0]["reason"].as_str().unwrap().contains("more than 100 rows"), "{figures:?}");
        assert_eq!(figures[1]["workload"], "works");
        assert_eq!(figures[1]["reason"], serde_json::Value::Null, "{figures:?}");
    }
}

/// `leaks --driver DRIVERS` on one build, with this path of programs.
fn through_drivers(drivers: &str, path: Option<&str>) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    if let Some(path) = path {
        command.env("PATH", path).env_remove("CC");
    }
    command.args(["leaks", "--driver", drivers, "3.54.1-rusqlite"]).output().unwrap()
}

#[test]
fn a_build_that_is_there_needs_no_compiler_and_nothing_measured_is_no_success() {
    assert!(through_drivers("capi", None).status.success());
    let bare = through_drivers("capi,go", Some("/nonexistent"));
    let text = String::from_utf8_lossy(&bare.stdout);
    assert!(bare.status.success() && text.contains("never-closed"), "{bare:?}");
    assert!(text.contains("go: this machine has no Go"), "{bare:?}");
    let nothing = through_drivers("go", Some("/nonexistent"));
    let text = String::from_utf8_lossy(&nothing.stdout);
    assert_eq!(nothing.status.code(), Some(3), "{nothing:?}");
    assert!(text.contains("go: this machine has no Go") && !text.contains("PROGRAM"), "{nothing:?}");
}

#[test]
fn a_driver_that_is_not_known_names_what_is() {
    let unknown = through_drivers("node@0.0.1", Some("/nonexistent"));
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    assert!(
        said.contains("no build is of that version") && said.contains("versions of node: node@"),
        "{said}"
    );
}

#[test]
fn what_statements_hold_is_measured_beside_memory() {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .args(["leaks", "--driver", "capi", "3.54.1-rusqlite", "--format", "json"])
        .output()
        .unwrap();
    let leaks: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let of = |workload: &str| leaks.iter().find(|leak| leak["workload"] == workload).unwrap();
    let leaking = of("never-closed-capi");
    let [all, statements] = ["growth", "statements"].map(|name| leaking[name].as_i64().unwrap());
    // They have lookaside memory too, which is there from the beginning.
    assert!(statements >= all && statements < 2 * all, "{all} {statements}");
    assert!(leaking["of_statements"].as_array().unwrap().len() > 50, "{leaking}");
    assert_eq!(of("closed-capi")["statements"], 0);
}
