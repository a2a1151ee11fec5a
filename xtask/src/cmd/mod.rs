//! The commands: each is a file, or a folder, with `Args` and `run`.

pub(crate) mod audit;
pub(crate) mod build;
pub(crate) mod completions;
pub(crate) mod discover;
pub(crate) mod doctor;
pub(crate) mod exchange;
pub(crate) mod fetch;
pub(crate) mod fits;
pub(crate) mod gate;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod leaks;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod matrix;
pub(crate) mod memory;
pub(crate) mod min_version;
pub(crate) mod mutants;
pub(crate) mod needs;
pub(crate) mod new_build;
pub(crate) mod new_contract;
pub(crate) mod plan;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod review;
#[cfg(test)]
mod schemas;
pub(crate) mod tidy;
pub(crate) mod trace;
pub(crate) mod try_subject;
pub(crate) mod why;
