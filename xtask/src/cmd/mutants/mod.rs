//! `cargo xtask mutants`: which contract catches which seeded fault.

mod report;

use std::time::Instant;

use anyhow::Result;
use rayon::prelude::*;
use sqlite_contracts::analysis::mutants::{Breadth, Found, Hunt, Standing, must_catch};
use sqlite_contracts::builds::{Build, BuildError, Mutant, Mutants};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::record::report::CouldNotRun;

use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::support::products::{Compiling, Products, tell_missing};
use crate::support::selection;
use crate::ui::output::Format;
use crate::ui::progress::Display;
use report::Detail;

const AFTER: &str = "\
Examples:
  cargo xtask mutants                              every mutant, with the contracts of its rows
  cargo xtask mutants 'finalize-*'                 some mutants, and every case that caught them
  cargo xtask mutants --contract 'precision/*'     what these contracts catch of their rows' mutants
  cargo xtask mutants --all-contracts              how many contracts see each fault
  cargo xtask mutants --format json | jq           for programs

A mutant is a real build with one fault (sqlite-builds/mutants/), which at least one contract of its rows must \
catch: by a broken promise, a crash, a hang, or a transcript that differs from that of the real build, which also runs. \
Nothing is recorded. sqlite-builds/README.md says how to add one.

";

/// Show which contract catches which seeded fault: a contract that never fails proves nothing
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// Mutants to test, such as `round-*`; by default all, with `--contract` those of its rows
    #[arg(value_name = "GLOB")]
    mutants: Vec<String>,
    /// Contracts to run, such as `precision/*`; may be repeated. Mutants that they do not catch are then no failure
    #[arg(long = "contract", value_name = "GLOB")]
    contracts: Vec<String>,
    /// Run every contract on each mutant, even when one of its rows has caught it
    #[arg(long)]
    all_contracts: bool,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Tests the mutants, and reports the findings.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let started = Instant::now();
    let project = context::project()?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    args.compiling.apply(engine.store());
    let mutants = Mutants::load(&project, engine.builds())?;
    let contracts = contracts(Contract::load_all(&project)?, &args.contracts)?;
    let chosen = choose(&mutants, args, &contracts)?;
    let (ready, mut missing) = prepare(&engine, &chosen);
    let (found, ended) = apart(hunt(&engine, &contracts, &ready, args))?;
    missing.extend(
        ended.into_iter().map(|(mutant, error)| (mutant.build(), BuildError::Environment(error.into()))),
    );
    match args.format {
        Format::Json => report::json(&found)?,
        Format::Text => {
            let detail = match (args.mutants.is_empty(), args.contracts.is_empty()) {
                (false, _) => Detail::All,
                (true, true) => Detail::Escaped,
                (true, false) => Detail::None,
            };
            report::text(&found, detail, missing.len(), started.elapsed());
        }
    }
    tell_missing(&missing);
    // Other contracts than the selected ones may catch the rest.
    let is_whole = args.contracts.is_empty();
    let escaped = is_whole && found.iter().any(|(_, found)| found.standing != Standing::Caught);
    Ok(missing.first().map_or(Exit::of_findings(escaped), |(_, error)| exit::of(error)))
}

/// The selected mutants, by row: those named, else those that one of the contracts should catch.
fn choose<'a>(mutants: &'a Mutants, args: &Args, contracts: &[Contract]) -> Result<Vec<&'a Mutant>> {
    let mut chosen: Vec<&Mutant> = mutants.iter().collect();
    if !args.mutants.is_empty() {
        let names: Vec<&str> = mutants.iter().map(Mutant::name).collect();
        let meant = selection::select("mutant", &args.mutants, &names)?;
        chosen.retain(|mutant| meant.contains(&mutant.name()));
    } else if !args.contracts.is_empty() {
        chosen.retain(|mutant| contracts.iter().any(|contract| must_catch(contract, mutant)));
    }
    if chosen.is_empty() {
        return Err(Usage("there is no mutant to test".to_owned()).into());
    }
    chosen.sort_by_key(|mutant| mutant.rows().to_vec());
    Ok(chosen)
}

fn contracts(all: Vec<Contract>, globs: &[String]) -> Result<Vec<Contract>> {
    if globs.is_empty() {
        return Ok(all);
    }
    let ids: Vec<&str> = all.iter().map(|contract| contract.id.as_str()).collect();
    let meant: Vec<String> = selection::select("contract", &selection::whole_areas(globs), &ids)?
        .into_iter()
        .map(str::to_owned)
        .collect();
    Ok(all.into_iter().filter(|contract| meant.contains(&contract.id)).collect())
}

/// Compiles the mutants and their real builds, and leaves out those that cannot be compiled.
fn prepare<'a>(engine: &'a Engine, chosen: &[&'a Mutant]) -> (Vec<&'a Mutant>, Vec<(&'a Build, BuildError)>) {
    let mut builds: Vec<&Build> = Vec::new();
    for mutant in chosen {
        if !builds.iter().any(|known| known.name() == mutant.real().name()) {
            builds.push(mutant.real());
        }
    }
    builds.extend(chosen.iter().map(|mutant| mutant.build()));
    let Products { ready, missing } = Products::make(engine.store(), builds);
    let is_there = |build: &Build| ready.iter().any(|ready| ready.name() == build.name());
    let chosen = chosen.iter().copied();
    let mutants = chosen.filter(|mutant| is_there(mutant.build()) && is_there(mutant.real())).collect();
    (mutants, missing)
}

/// Something for each of some mutants.
type Each<M, T> = Vec<(M, T)>;

/// The findings, and what could not be found because a case could not run.
fn apart<M, F>(hunted: Each<M, Result<F>>) -> Result<(Each<M, F>, Each<M, CouldNotRun>)> {
    let (mut found, mut ended) = (Vec::new(), Vec::new());
    for (mutant, result) in hunted {
        match result {
            Ok(it) => found.push((mutant, it)),
            Err(error) => ended.push((mutant, error.downcast::<CouldNotRun>()?)),
        }
    }
    Ok((found, ended))
}

/// The findings about each mutant; several are tested at once.
fn hunt<'a>(
    engine: &Engine,
    contracts: &[Contract],
    mutants: &[&'a Mutant],
    args: &Args,
) -> Each<&'a Mutant, Result<Found>> {
    let hunt = Hunt::new(contracts, |contract, build| engine.run(contract, build));
    let breadth = if args.all_contracts { Breadth::All } else { Breadth::Rows };
    let display = Display::new(mutants.len(), "hunted");
    let found = mutants
        .par_iter()
        .map(|mutant| {
            let result = (*mutant, hunt.find(mutant, breadth));
            display.finished(mutant.name(), None);
            result
        })
        .collect();
    display.finish();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_could_not_run_costs_one_mutant() {
        let [case, build, reason] = ["a/b/c", "3.46.0-rusqlite", "no room"].map(str::to_owned);
        let lost = CouldNotRun { case, build, reason };
        let hunted = vec![(1, Ok('a')), (2, Err(lost.clone().into())), (3, Ok('c'))];
        assert_eq!(apart(hunted).unwrap(), (vec![(1, 'a'), (3, 'c')], vec![(2, lost)]));
        assert!(apart(vec![(1, Ok('a')), (2, Err(anyhow::anyhow!("a fault")))]).is_err());
    }
}
