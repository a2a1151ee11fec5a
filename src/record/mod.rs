//! What cases did, and what is on record.

pub mod causes;
pub mod lineage;
pub mod report;
pub mod snapshots;
pub mod transcript;
