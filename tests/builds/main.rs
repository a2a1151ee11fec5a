//! Builds end to end, on a SQLite of a few lines.

mod cache;
mod checkout;
mod driven;
mod fake;
mod hunt;
mod mutants;
mod new_build;
mod others;
mod stack;
