//! Compatibility contracts across SQLite builds.
//!
//! ARCHITECTURE.md says how the parts fit together.

pub mod analysis;
pub mod builds;
pub mod contract;
pub mod copies;
pub mod diagnostic;
pub mod engine;
pub mod languages;
pub mod matrix;
pub mod outcome;
pub mod project;
pub mod record;
pub mod subject;
pub mod system;
pub mod trace;
pub mod worker;
