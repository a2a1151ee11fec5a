//! A project and a run that somebody made up.

use std::path::Path;

use libtest_mimic::Failed;
use serde_json::{Value, json};

/// What a transcript may hold that a page must not take for its own.
pub(crate) const EVIL: &str = "</script><script>document.title = 'evil'</script><img src=x onerror=alert(1)>";

/// Four versions and a flag set; `round` changes in 3.46.1 and changes back in 3.46.2. Nothing has to be compiled.
pub(crate) fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let source = format!("source:\n  path: code\n  sha256: {}\n", "0".repeat(64));
    for profile in ["plain", "other"] {
        write(&format!("sqlite-builds/profiles/{profile}.yaml"), &format!("about: the flags of {profile}\n"));
    }
    let manifest = |build: &str, profile: &str, parent: &str| {
        let version = build.split('-').next().unwrap();
        let text = format!("version: {version}\nprofile: {profile}\n{parent}{source}");
        write(&format!("sqlite-builds/core/{build}.yaml"), &text);
    };
    manifest("3.46.0-plain", "plain", "");
    for patch in 1..=3 {
        manifest(&format!("3.46.{patch}-plain"), "plain", &format!("parent: 3.46.{}-plain\n", patch - 1));
    }
    manifest("3.46.3-other", "other", "parent: 3.46.3-plain\n");
    let contract = |title: &str, cases: &str| format!("title: {title}\nwhy: Money is lost.\ncases:\n{cases}");
    let case = |name: &str, requires: &str| {
        format!(
            "  - name: {name}\n{requires}    steps:\n      - open: \":memory:\"\n      - query: SELECT 1\n"
        )
    };
    let cases = case("half", "") + &case("newer", "    requires: {version: \">=3.46.2\"}\n");
    let changed = "changed:\n  3.46.1: half goes up\n  3.46.2: half goes down again\n";
    write("contracts/precision/round.yaml", &(contract("ROUND keeps its digits", &cases) + changed));
    write("contracts/limits/depth.yaml", &contract("A limit limits", &case("deep", "")));
    let snapshot = |name: &str, text: &str| {
        write(&format!("tests/snapshots/{name}.snap"), &format!("---\nsource: x\n---\n{text}\n"));
    };
    snapshot("precision/round/half@3.46.0-plain", &format!("open → OK\nquery → 34.77\n{EVIL}"));
    snapshot("precision/round/half@3.46.1-plain", &format!("open → OK\nquery → 34.78\n{EVIL}"));
    snapshot("precision/round/half@3.46.2-plain", &format!("open → OK\nquery → 34.77\n{EVIL}"));
    snapshot("precision/round/newer@3.46.2-plain", "crashed: SIGSEGV in query SELECT 1");
    snapshot("limits/depth/deep@3.46.0-plain", "query → 1");
    folder
}

/// What the last run left: `half` breaks on one build, does something new on another, and a third cannot run.
pub(crate) fn last_run(root: &Path) -> Result<(), Failed> {
    let case = |name: &str, verdict: &str, line: &str, failures: Value| json!({ "case": name, "verdict": verdict, "transcript": [line], "failures": failures, "seconds": 0.0 });
    let cell = |build: &str, verdict: &str, line: &str, failures: Value| {
        let cases = [case("half", verdict, line, failures), case("newer", "unsupported", "", json!([]))];
        let report = json!({ "contract": "precision/round", "build": build, "cases": cases });
        json!({ "ran": { "report": report, "cached": false } })
    };
    let place = "contracts/precision/round.yaml:7:9";
    let failure = json!([{ "place": place, "step": "query SELECT 1", "expected": "1", "actual": "2" }]);
    let failed = json!({
        "contract": "precision/round", "build": "3.46.2-plain", "blame": "environment", "message": "no compiler",
    });
    let lines = [
        cell("3.46.0-plain", "broken", "query → 2", failure),
        cell("3.46.1-plain", "holds", "query → 35", json!([])),
        json!({ "failed": failed }),
    ];
    let folder = root.join("target/sqlite-contracts");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(
        folder.join("last-run.jsonl"),
        format!(
            "{{\"part\":\"1/1\",\"run\":\"\",\"missing\":[],\"cells\":3}}\n{}",
            lines.map(|line| line.to_string()).join("\n")
        ),
    )?)
}
