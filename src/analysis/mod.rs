//! Analyses of the cells of several builds: what changed, when, and why.

pub mod attribution;
pub mod audit;
pub mod discover;
pub mod excerpt;
pub mod exchange;
pub mod gate;
pub mod history;
pub mod known;
pub mod mutants;
pub mod needs;
pub mod reduction;
pub mod replay;
mod sarif;
