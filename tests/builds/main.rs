//! Builds end to end, on a SQLite of a few lines.

mod cache;
mod fake;
mod mutants;
mod new_build;
