//! What people see: text, progress, pictures.

pub mod cells;
pub mod chart;
pub mod flame_graph;
pub mod output;
pub mod progress;
