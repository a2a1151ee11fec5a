//! `cargo xtask tidy`: snapshots that say nothing.

use anyhow::Result;
use sqlite_contracts::project::Project;
use sqlite_contracts::project::command_name;
use sqlite_contracts::record::snapshots::{Recorded, Untidy, store, untidy};

use crate::support::context;
use crate::support::exit::{self, Exit};
use crate::support::inventory::Inventory;
use crate::ui::output::print;

/// List snapshots that are redundant (equal to what they inherit) or stale (of something that is gone)
#[derive(clap::Args)]
#[command(after_help = exit::HELP)]
pub struct Args {
    /// Remove them
    #[arg(long)]
    fix: bool,
}

/// Runs the verb.
pub fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    let found = find(&project)?;
    let folder = project.snapshots();
    for Untidy { name, state, reason } in &found {
        print(&format!("{}: {reason}", project.shown(&name.file(&folder, *state))));
        if arguments.fix {
            store::remove_snapshot(&folder, name, *state)?;
        }
    }
    match (found.len(), arguments.fix) {
        (0, _) => print("tidy: every snapshot says something"),
        (n, true) => print(&format!("{n} removed")),
        (n, false) => print(&format!("{n} to remove: {}", command_name::command("tidy --fix"))),
    }
    Ok(Exit::of_findings(!found.is_empty() && !arguments.fix))
}

fn find(project: &Project) -> Result<Vec<Untidy>> {
    let inventory = Inventory::load(project)?;
    let recorded = Recorded::at(project.snapshots());
    let mut found = Vec::new();
    for contract in recorded.contracts()? {
        let known = inventory.contracts.iter().find(|known| known.id == contract);
        let cases = known.map(|known| known.cases.iter().map(|case| case.name.clone()).collect());
        let snapshots = recorded.contract(&contract)?;
        found.extend(untidy(inventory.builds.lineage(), &contract, cases.as_ref(), &snapshots));
    }
    Ok(found)
}
