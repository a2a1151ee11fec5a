//! How many orders, images of a loss of power, and failing calls are looked at in a second, by one worker.

use std::time::Instant;

use anyhow::{Context, Result};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

/// The reference workloads; the number of each is on record with a width of 1.
const WORKLOADS: &str = r"title: Reference workloads
why: Measured.
cases:
  - name: orders
    steps:
      - open: a.db
      - exec: PRAGMA journal_mode=wal; CREATE TABLE t(n); INSERT INTO t VALUES(0)
      - close:
      - schedule:
          a: [{open: a.db}, {busy_timeout: 5000}, {query: SELECT n FROM t}, {exec: UPDATE t SET n = n + 1, expect: OK}]
          b: [{open: a.db}, {busy_timeout: 5000}, {query: SELECT n FROM t}, {exec: UPDATE t SET n = n + 1, expect: OK}]
          begin: [a: 3, b: 3]
          after: [{open: a.db}, {query: SELECT n FROM t, expect: 2}]
        record: {bucket: 1}
  - name: images
    steps:
      - power_loss:
          setup:
            - open: a.db
            - exec: PRAGMA page_size=512; PRAGMA journal_mode=truncate; PRAGMA cache_size=3
            - exec: CREATE TABLE t(a INTEGER PRIMARY KEY, b)
          steps:
            - exec: INSERT INTO t(b) VALUES(zeroblob(12000))
            - exec: UPDATE t SET b = zeroblob(24000)
            - exec: UPDATE t SET b = zeroblob(30000)
          state: SELECT length(b) FROM t
        record: {bucket: 1}
  - name: failing calls
    steps:
      - sweep:
          over: io
          setup:
            - open: a.db
            - exec: PRAGMA page_size=512; PRAGMA cache_size=3; CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b)
          steps:
            - exec: INSERT INTO t(b) VALUES(zeroblob(40000))
            - exec: BEGIN; UPDATE t SET b = zeroblob(90000); DELETE FROM t; COMMIT
          after:
            - open: a.db
            - query: PRAGMA integrity_check
              expect: ok
        record: {bucket: 1}
";

/// Runs each workload on the newest build.
pub(crate) fn measure(project: &Project, engine: &Engine) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("workloads.yaml");
    std::fs::write(&file, WORKLOADS.replace("failing calls", "failing-calls"))?;
    let contract = Contract::load(project, &file)?;
    let build = engine.builds().get("3.54.1-rusqlite").context("no build 3.54.1-rusqlite")?;
    let started = Instant::now();
    let report = engine.run(&contract, build)?;
    let seconds = started.elapsed().as_secs_f64();
    for case in &report.cases {
        let line = case.transcript.iter().last().context("nothing ran")?.to_string();
        let number = line.rsplit(" → ").next().and_then(|range| range.split("..").next());
        let n: f64 =
            number.and_then(|n| n.trim().parse().ok()).with_context(|| format!("no number in {line}"))?;
        println!("{}: {n} in {:.2} s, {:.0} a second", case.case, case.seconds, n / case.seconds);
    }
    println!("together: {seconds:.2} s (images and failing calls at most 3)");
    Ok(())
}
