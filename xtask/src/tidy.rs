//! `cargo xtask tidy`: snapshots that say nothing.

use anyhow::Result;
use sqlite_contracts::project::Project;
use sqlite_contracts::snapshots::{Recorded, Untidy, store, untidy};

use crate::inventory::Inventory;
use crate::matrix::discover;
use crate::outcome::Outcome;

/// List snapshots that are redundant (equal to what they inherit) or stale (of something that is gone)
#[derive(clap::Args)]
pub struct Arguments {
    /// Remove them
    #[arg(long)]
    fix: bool,
}

/// Runs the verb.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let project = discover()?;
    let found = find(&project)?;
    let folder = project.snapshots();
    for Untidy { name, state, reason } in &found {
        anstream::println!("{}: {reason}", project.shown(&name.file(&folder, *state)));
        if arguments.fix {
            store::remove_snapshot(&folder, name, *state)?;
        }
    }
    match (found.len(), arguments.fix) {
        (0, _) => anstream::println!("tidy: every snapshot says something"),
        (n, true) => anstream::println!("{n} removed"),
        (n, false) => anstream::println!("{n} to remove: cargo xtask tidy --fix"),
    }
    Ok(Outcome::of_findings(!found.is_empty() && !arguments.fix))
}

fn find(project: &Project) -> Result<Vec<Untidy>> {
    let inventory = Inventory::load(project)?;
    let recorded = Recorded::at(project.snapshots());
    let mut found = Vec::new();
    for contract in recorded.contracts()? {
        let cases = inventory.contracts.get(&contract);
        found.extend(untidy(&inventory.lineage, &contract, cases, &*recorded.contract(&contract)?));
    }
    Ok(found)
}
