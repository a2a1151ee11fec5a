//! A small case through the engine against the same calls in a C loop, on the same library.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::clock::{ROUNDS, in_lanes, median, pairs, ratios};

/// The same calls as small_case.c.
const SMALL_CASE: &str = r#"
    steps:
      - open: ":memory:"
      - exec: CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)
      - exec: INSERT INTO t(b) VALUES ('one'), ('two'), ('three')
      - exec: UPDATE t SET b = b || '!' WHERE a > 1
      - exec: DELETE FROM t WHERE a = 2
      - query: SELECT a FROM t ORDER BY b
      - close:
"#;

/// A contract has about so many cases, which share a request to a worker.
const CASES: u32 = 10;

/// Each side of a pair runs so many cases.
const TIMES: u32 = 500;

/// Measures it alone, and on every core.
pub(crate) fn measure(project: &Project, engine: &Engine) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("small-case.yaml");
    let cases: String = (0..CASES).map(|n| format!("  - name: small-{n}{SMALL_CASE}")).collect();
    let head = "title: Small cases\nwhy: Measured against the same calls in C.\ncases:\n";
    std::fs::write(&file, format!("{head}{cases}"))?;
    let contract = Contract::load(project, &file)?;
    let build = engine.builds().get("3.54.1-rusqlite").context("no build 3.54.1-rusqlite")?;
    let library = engine.store().ensure(build, &())?.library;
    let loop_in_c = compile_loop(project, folder.path())?;
    let each = |seconds: f64| seconds / f64::from(TIMES) * 1e6;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Alone, a case also pays for waking idle processors, which a virtual machine makes dear; with a case on
    // every core, as the matrix runs them, no processor is idle.
    for (lanes, how) in [(1, "alone".to_owned()), (cores, format!("on each of {cores} cores"))] {
        let ours = || {
            in_lanes(lanes, || (0..TIMES / CASES).try_for_each(|_| engine.run(&contract, build).map(drop)))
        };
        let bare = || {
            in_lanes(lanes, || {
                let status = Command::new(&loop_in_c)
                    .arg(&library)
                    .arg(TIMES.to_string())
                    .stdout(Stdio::null())
                    .status()?;
                ensure!(status.success(), "the C loop failed");
                Ok(())
            })
        };
        let (ours, bare) = pairs(ours, bare)?;
        println!(
            "small case, of {CASES} in a contract, {how}: {:.0} µs here, {:.0} µs in a C loop: ratio {:.2} (median of {ROUNDS} pairs; at most 1.3)",
            each(median(&ours)),
            each(median(&bare)),
            median(&ratios(&ours, &bare))
        );
    }
    Ok(())
}

fn compile_loop(project: &Project, folder: &Path) -> Result<PathBuf> {
    let program = folder.join("small_case");
    let source = project.root().join("benches/speed/small_case.c");
    let status = Command::new("cc").arg("-O2").arg(source).arg("-ldl").arg("-o").arg(&program).status()?;
    ensure!(status.success(), "cc cannot compile small_case.c");
    Ok(program)
}
