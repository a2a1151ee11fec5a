//! What several commands share.

pub(crate) mod cells;

pub(crate) mod context;
pub(crate) mod drivers;
pub(crate) mod each_build;
pub(crate) mod exit;
pub(crate) mod groups;
pub(crate) mod inventory;
pub(crate) mod known;
pub(crate) mod ladder;
pub(crate) mod locks;
pub(crate) mod measurable;
pub(crate) mod named;
pub(crate) mod products;
pub(crate) mod selection;
pub(crate) mod subject;
pub(crate) mod today;

pub(crate) mod workloads;
pub(crate) mod writable;
