//! What people run: `cargo xtask` here, `sqlite-contracts` elsewhere. Each verb is a file with `run`.

mod build;
mod cells;
mod chart;
mod cli;
mod compilation;
mod context;
mod doctor;
mod each_build;
mod exit;
mod fetch;
mod flame_graph;
mod gate;
mod groups;
mod history;
mod inventory;
mod ladder;
mod leaks;
mod list;
mod matrix;
mod memory;
mod min_version;
mod mutants;
mod new_build;
mod new_contract;
mod output;
mod plan;
mod products;
mod progress;
mod report;
mod review;
mod selection;
mod subject;
mod test_run;
mod tidy;
mod try_file;
mod why;
mod workloads;

use std::process::ExitCode;

use cli::{Cli, Verb};

/// The program, whichever name it has.
pub fn main() -> ExitCode {
    // The worker is started by ourselves, with arguments that are none of clap's business.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == context::WORKER) {
        return sqlite_contracts::worker::main(&args.collect::<Vec<_>>());
    }
    let result = match Cli::read().verb {
        Verb::Matrix(args) => matrix::run(&args),
        Verb::Gate(args) => gate::run(&args),
        Verb::Plan(args) => plan::run(&args),
        Verb::Report(args) => report::run(&args),
        Verb::Review(args) => review::run(&args),
        Verb::Tidy(args) => tidy::run(&args),
        Verb::Build(args) => build::run(&args),
        Verb::Fetch(args) => fetch::run(&args),
        Verb::History(args) => history::run(&args),
        Verb::Why(args) => why::run(&args),
        Verb::MinVersion(args) => min_version::run(&args),
        Verb::Leaks(args) => leaks::run(&args),
        Verb::Memory(args) => memory::run(&args),
        Verb::Try(args) => try_file::run(&args),
        Verb::Mutants(args) => mutants::run(&args),
        Verb::NewBuild(args) => new_build::run(&args),
        Verb::NewContract(args) => new_contract::run(&args),
        Verb::Doctor(args) => doctor::run(&args),
    };
    exit::code(result)
}
