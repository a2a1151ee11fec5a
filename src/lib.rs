//! Compatibility contracts across SQLite builds.
//!
//! ARCHITECTURE.md says how the parts fit together.

#[doc(hidden)]
pub use rstest;

pub mod attribution;
pub mod builds;
pub mod catalogue;
pub mod cell;
pub mod contract;
pub mod diagnostic;
pub mod doubles;
pub mod driver;
pub mod engine;
pub mod ffi;
pub mod figures;
pub mod gate;
pub mod growth;
pub mod history;
pub mod latency;
pub mod limits;
pub mod lineage;
pub mod lock;
pub mod matrix;
pub mod mutants;
pub mod names;
pub mod outcome;
pub mod probe;
pub mod program;
pub mod project;
pub mod protocol;
pub mod row;
pub mod scratch;
pub mod snapshots;
pub mod statements;
pub mod value;
pub mod worker;
mod yaml;
