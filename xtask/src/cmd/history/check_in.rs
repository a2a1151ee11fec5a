//! From a change between two versions on to the check-in, in a checkout of SQLite's source.

use std::path::Path;

use anyhow::Result;
use sqlite_contracts::analysis::history::{Behaviour, Era, Located, bisect};
use sqlite_contracts::builds::{Build, BuildError, CheckIn, Checkout};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;

use crate::support::exit::Usage;

/// The checkout in a directory.
pub(super) fn checkout(directory: &Path) -> Result<Checkout> {
    let none = || {
        let what = format!("{} is no checkout of SQLite's source, in git or fossil", directory.display());
        Usage(format!("{what}; https://sqlite.org/getthecode.html says how to get one"))
    };
    Ok(Checkout::open(directory).ok_or_else(none)?)
}

/// Searches the check-ins between two eras for one that changed the contract's first case. The builds have the flags
/// of `build`. `None`, with the reason on stderr, when the checkout does not lead from one to the other.
pub(super) fn locate(
    engine: &Engine,
    checkout: &Checkout,
    contract: &Contract,
    build: &Build,
    (before, after): (&Era<Behaviour>, &Era<Behaviour>),
) -> Result<Option<Located>> {
    let line = checkout.between(&before.last.version, &after.first.version);
    let line = match line.and_then(|line| checkout.check_files_of(&line[0]).map(|()| line)) {
        Ok(line) => line,
        Err(error) => {
            anstream::eprintln!("{error}");
            return Ok(None);
        }
    };
    let found = bisect(line.len(), |at| {
        anstream::eprintln!("making check-in {} of {}", line[at].short(), line[at].day);
        let did = behaviour(engine, checkout, contract, build, &line[at])?;
        Ok(did.map(|did| did == before.did))
    })?;
    let first = found.before.map_or(0, |before| before + 1);
    Ok(Some(Located {
        before: before.last.version.clone(),
        after: after.first.version.clone(),
        check_ins: line[first..=found.after].to_vec(),
        between: line.len(),
        made: found.asked,
    }))
}

/// What the case does on a check-in; `None`, with the reason on stderr, when it cannot be made.
fn behaviour(
    engine: &Engine,
    checkout: &Checkout,
    contract: &Contract,
    build: &Build,
    check_in: &CheckIn,
) -> Result<Option<Behaviour>> {
    let project = engine.store().project();
    let code = match checkout.amalgamation(project, check_in) {
        Ok(code) => code,
        Err(error) => return Ok(passed_over(check_in, &error)),
    };
    let build = build.check_in(check_in, code);
    match engine.store().ensure(&build, &()) {
        Ok(_) => Ok(Some(Behaviour::of(&engine.run(contract, &build)?.cases[0]))),
        Err(error) => Ok(passed_over(check_in, &error)),
    }
}

fn passed_over(check_in: &CheckIn, error: &BuildError) -> Option<Behaviour> {
    anstream::eprintln!("check-in {} was passed over: {error}", check_in.short());
    None
}
