//! What people see: text, progress, pictures.

pub(crate) mod cells;
pub(crate) mod chart;
pub(crate) mod flame_graph;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod pager;
pub(crate) mod progress;
pub(crate) mod settings;
pub(crate) mod slow;
