//! What several commands share.

pub mod causes;
pub mod cells;

pub mod context;
pub mod each_build;
pub mod exit;
pub mod groups;
pub mod inventory;
pub mod ladder;
pub mod products;
pub mod selection;
pub mod subject;

pub mod workloads;
