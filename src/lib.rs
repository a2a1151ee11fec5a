//! Compatibility contracts across SQLite builds.
//!
//! ARCHITECTURE.md says how the parts fit together.

pub mod cell;
pub mod diagnostic;
pub mod lineage;
pub mod matrix;
pub mod project;
pub mod snapshots;
