//! The matrix: every contract on every build, each cell a test.
//!
//! `cargo test` runs the core builds; `cargo xtask matrix` runs these same tests and shows them as a table.

use std::path::PathBuf;

sqlite_contracts::matrix!(core, extended; worker: worker());

/// A binary of its own, which starts faster than a test executable of thousands of tests. Where tests run from an
/// archive of nextest, it says where it has unpacked it.
fn worker() -> PathBuf {
    let unpacked = std::env::var_os("NEXTEST_BIN_EXE_sqlite-contracts-worker");
    unpacked.map_or_else(|| env!("CARGO_BIN_EXE_sqlite-contracts-worker").into(), PathBuf::from)
}
