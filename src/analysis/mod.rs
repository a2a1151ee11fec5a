//! What the cells of several builds say together: what changed, since when, because of what.

pub mod attribution;
pub mod gate;
pub mod history;
pub mod mutants;
