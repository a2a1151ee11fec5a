//! The commands: each is a file, or a folder, with `Args` and `run`.

pub mod build;
pub mod doctor;
pub mod fetch;
pub mod gate;
pub mod history;
pub mod leaks;
pub mod list;
pub mod matrix;
pub mod memory;
pub mod min_version;
pub mod mutants;
pub mod new_build;
pub mod new_contract;
pub mod plan;
pub mod report;
pub mod review;
pub mod tidy;
pub mod try_subject;
pub mod why;
