//! The command line program: `cargo xtask` here, `sqlite-contracts` elsewhere. Each verb is a module with `run`.

mod cli;
mod cmd;
mod interruption;
mod support;
mod ui;

use std::process::ExitCode;

use clap_complete::CompleteEnv;
use cli::{Cli, Verb};
use sqlite_contracts::diagnostic::limit;
use support::exit::Exit;
use ui::pager;

/// The program, whichever name it has.
pub fn main() -> ExitCode {
    // The worker is started by this program itself, with arguments that clap does not know.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == support::context::WORKER) {
        return sqlite_contracts::worker::main(&args.collect::<Vec<_>>());
    }
    CompleteEnv::with_factory(cli::command).var(cli::complete::VARIABLE).complete();
    let Cli { verb, settings } = Cli::read();
    settings.apply();
    match verb {
        Verb::Record(_) => interruption::leave_to_program(),
        _ => interruption::prepare(),
    }
    if verb.is_answer() {
        pager::hold();
    }
    support::exit::code(limit::check_environment().map_err(Into::into).and_then(|()| run(verb)))
}

fn run(verb: Verb) -> anyhow::Result<Exit> {
    match verb {
        Verb::Matrix(args) => cmd::matrix::run(&args),
        Verb::Gate(args) => cmd::gate::run(&args),
        Verb::Plan(args) => cmd::plan::run(&args),
        Verb::Report(args) => cmd::report::run(&args),
        Verb::Review(args) => cmd::review::run(&args),
        Verb::Tidy(args) => cmd::tidy::run(&args),
        Verb::Build(args) => cmd::build::run(&args),
        Verb::Fetch(args) => cmd::fetch::run(&args),
        Verb::History(args) => cmd::history::run(&args),
        Verb::Why(args) => cmd::why::run(&args),
        Verb::MinVersion(args) => cmd::min_version::run(&args),
        Verb::Needs(args) => cmd::needs::run(&args),
        Verb::Fits(args) => cmd::fits::run(&args),
        Verb::Leaks(args) => cmd::leaks::run(&args),
        Verb::Memory(args) => cmd::memory::run(&args),
        Verb::Audit(args) => cmd::audit::run(&args),
        Verb::Exchange(args) => cmd::exchange::run(&args),
        Verb::Discover(args) => cmd::discover::run(&args),
        Verb::Try(args) => cmd::try_subject::run(&args),
        Verb::Record(args) => cmd::record::run(&args),
        Verb::Trace(args) => cmd::trace::run(&args),
        Verb::Mutants(args) => cmd::mutants::run(&args),
        Verb::Init(args) => cmd::init::run(&args),
        Verb::NewBuild(args) => cmd::new_build::run(&args),
        Verb::NewContract(args) => cmd::new_contract::run(&args),
        Verb::Doctor(args) => cmd::doctor::run(&args),
        Verb::Completions(args) => cmd::completions::run(&args),
        Verb::Man(args) => cmd::man::run(&args),
    }
}
