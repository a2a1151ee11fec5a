//! Drift as files: the record of each build, what it inherits, and what changed.
//!
//! A case on a build is compared with the snapshot of the nearest build on its way up the lineage that has
//! one, itself included. So only changes are files. Everything but `store`, `file`, `update` and `recorded` is
//! pure.

pub mod diff;
pub mod file;
pub mod judge;
pub mod name;
pub mod recorded;
pub mod settle;
pub mod store;
pub mod tidy;
pub mod update;

pub use judge::{Drift, Inherited, Outcome, drifts_on_record, judge, resolve};
pub use name::SnapshotName;
pub use recorded::{CaseSnapshots, ContractSnapshots, Recorded};
pub use settle::{changes, nothing_to_say};
pub use tidy::{Untidy, UntidyReason, untidy};
