//! Compatibility contracts across SQLite builds.
//!
//! ARCHITECTURE.md says how the parts fit together.

pub mod builds;
pub mod cell;
pub mod diagnostic;
pub mod lineage;
pub mod probe;
pub mod project;
pub mod worker;
