//! How well a search tells a build with a fault from its real build: it measures the search, not SQLite.

use anyhow::Result;
use serde::Serialize;
use sqlite_contracts::analysis::discover::{Corpus, Electorate, EngineVoters, Finding, Search, State};
use sqlite_contracts::analysis::history::Behaviour;
use sqlite_contracts::analysis::mutants::must_catch;
use sqlite_contracts::builds::{Build, Mutant, Mutants};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::support::exit::{self, Exit};
use crate::support::products::{Products, tell_missing};
use crate::support::selection;
use crate::ui::output::{Format, print, print_json};
use crate::ui::progress::Display;

/// So many programs are tried for each mutant, unless fewer or more are asked for.
const PROGRAMS: u64 = 5_000;

/// What a search says of a mutant.
#[derive(Serialize)]
struct Tried {
    mutant: String,
    fault: String,
    /// The program that shows the fault; nothing where none was found.
    statements: Option<Vec<String>>,
    /// How many programs ran.
    programs: u64,
}

/// Searches between each of these mutants and its real build, as far as SQL alone can show the fault. The status is that of
/// what is missing.
pub(super) fn run(
    project: &Project,
    engine: &Engine,
    globs: &[String],
    seed: u64,
    programs: Option<u64>,
    format: Format,
) -> Result<Exit> {
    let mutants = Mutants::load(project, engine.builds())?;
    let names: Vec<&str> = mutants.iter().map(Mutant::name).collect();
    let meant = selection::select("mutant", globs, &names)?;
    let chosen: Vec<&Mutant> = mutants.iter().filter(|mutant| meant.contains(&mutant.name())).collect();
    let builds = chosen.iter().flat_map(|mutant| [mutant.real(), mutant.build()]);
    let Products { ready, missing } = Products::make(engine.store(), builds);
    let is_ready = |build: &Build| ready.iter().any(|ready| ready.name() == build.name());
    let contracts = Contract::load_all(project)?;
    let display = Display::new(chosen.len(), "searched");
    let mut tried = Vec::new();
    for mutant in chosen {
        if is_ready(mutant.real()) && is_ready(mutant.build()) && is_of_sql(engine, &contracts, mutant)? {
            tried.push(search(engine, mutant, seed, programs.unwrap_or(PROGRAMS))?);
        }
        display.finished(mutant.name(), None);
    }
    display.finish();
    match format {
        Format::Json => print_json(&tried)?,
        Format::Text => print(&text(&tried)),
    }
    tell_missing(&missing);
    if !missing.is_empty() && !engine.store().compiles() {
        anstream::eprintln!("the same command without `--no-build` compiles mutants; `build` does not");
    }
    Ok(missing.first().map_or(Exit::Fine, |(_, error)| exit::of(error)))
}

/// Whether a case of its rows that is SQL alone shows the fault.
fn is_of_sql(engine: &Engine, contracts: &[Contract], mutant: &Mutant) -> Result<bool> {
    for contract in contracts.iter().filter(|contract| must_catch(contract, mutant)) {
        let mut contract = contract.clone();
        contract.cases.retain(|case| case.is_sql_alone());
        let did = |build| -> Result<Vec<Behaviour>> {
            Ok(engine.run(&contract, build)?.cases.iter().map(Behaviour::of).collect())
        };
        if did(mutant.real())? != did(mutant.build())? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn search(engine: &Engine, mutant: &Mutant, seed: u64, programs: u64) -> Result<Tried> {
    let builds = vec![mutant.real(), mutant.build()];
    let names: Vec<String> = builds.iter().map(|build| build.name().to_owned()).collect();
    let electorate = Electorate::new(names.clone(), engine.builds().lineage(), &names[1]);
    let corpus = Corpus::default();
    let voters = EngineVoters::new(engine, &electorate, builds);
    let begun = State::new(seed, &electorate, &corpus);
    let mut search = Search::new(&voters, &electorate, &corpus, begun).with_more(programs);
    while !search.state.findings.iter().any(shows_the_fault) && !search.is_over() {
        search.step()?;
    }
    Ok(Tried {
        mutant: mutant.name().to_owned(),
        fault: mutant.fault().to_owned(),
        statements: search
            .state
            .findings
            .iter()
            .find(|it| shows_the_fault(it))
            .map(|it| it.statements.clone()),
        programs: search.state.counts.programs,
    })
}

/// A mutant whose function is another one says so itself in the list of functions: that is no fault.
fn shows_the_fault(finding: &Finding) -> bool {
    !finding.statements.iter().any(|sql| sql.contains("function_list"))
}

fn text(tried: &[Tried]) -> String {
    let found = tried.iter().filter(|it| it.statements.is_some()).count();
    let lines = tried.iter().map(|it| match &it.statements {
        Some(statements) => format!("found   {}: {}\n", it.mutant, statements.join("; ")),
        None => format!("missed  {}: {}\n", it.mutant, it.fault),
    });
    let lines: String = lines.collect();
    format!("{lines}found {found} of {} mutants whose fault SQL alone can show", tried.len())
}
