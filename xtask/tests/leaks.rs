//! `xtask leaks` as people run it, on one build of this repository.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

#[test]
fn each_remedy_holds_memory_flat_and_each_omission_leaks() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = folder.path().join("leaks.svg");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
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
