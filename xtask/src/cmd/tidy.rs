//! `cargo xtask tidy`: finds superfluous snapshots, and causes and drifts that do not match.

use std::collections::BTreeMap;

use anyhow::Result;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::paragraph;
use sqlite_contracts::project::Project;
use sqlite_contracts::project::command_name;
use sqlite_contracts::record::causes::{Finding, RecordedDrift, audit};
use sqlite_contracts::record::snapshots::{Recorded, Untidy, store, untidy};

use crate::support::context;
use crate::support::exit::{self, Exit};
use crate::support::inventory::Inventory;
use crate::support::selection::select;
use crate::ui::output::{print, width};

/// List snapshots that are redundant (equal to what they inherit) or stale (of something that no longer exists),
/// drifts on record without a cause, and causes without a drift
#[derive(clap::Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Args {
    /// Only contracts that match, such as 'precision/*'; may be repeated
    #[arg(long, value_name = "GLOB")]
    contract: Vec<String>,
    /// Remove the snapshots; causes have to be written by hand
    #[arg(long)]
    fix: bool,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    let inventory = Inventory::load(&project)?;
    let recorded = Recorded::at(project.snapshots());
    let contracts = selected(&inventory, &recorded, &arguments.contract)?;
    let (contracts, unreadable) = recorded.readable(contracts)?;
    let redundant = find_untidy(&inventory, &recorded, &contracts)?;
    show_untidy(&project, &redundant, arguments.fix)?;
    let findings = show_causes(&project, &inventory, &recorded, &contracts)?;
    // All else has been shown.
    unreadable.into_result(())?;
    if redundant.is_empty() && findings == 0 {
        print("tidy: no snapshot is superfluous, every drift on record has a cause, and every cause a drift");
    }
    Ok(Exit::of_findings(findings > 0 || !redundant.is_empty() && !arguments.fix))
}

/// The contracts on file or on record that match the globs; all without a glob.
fn selected(inventory: &Inventory, recorded: &Recorded, globs: &[String]) -> Result<Vec<String>> {
    let mut names: Vec<String> = inventory.contracts.iter().map(|contract| contract.id.clone()).collect();
    names.extend(recorded.contracts()?);
    names.sort();
    names.dedup();
    if globs.is_empty() {
        return Ok(names);
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(select("contract", globs, &known)?.into_iter().map(str::to_owned).collect())
}

fn find_untidy(inventory: &Inventory, recorded: &Recorded, contracts: &[String]) -> Result<Vec<Untidy>> {
    let mut found = Vec::new();
    for contract in contracts {
        let known = inventory.contracts.iter().find(|known| known.id == *contract);
        let cases = known.map(|known| known.cases.iter().map(|case| case.name.clone()).collect());
        let snapshots = recorded.contract(contract)?;
        found.extend(untidy(inventory.builds.lineage(), contract, cases.as_ref(), &snapshots));
    }
    Ok(found)
}

fn show_untidy(project: &Project, found: &[Untidy], fix: bool) -> Result<()> {
    let folder = project.snapshots();
    for Untidy { name, state, reason } in found {
        print(&format!("{}: {reason}", project.shown(&name.file(&folder, *state))));
        if fix {
            store::remove_snapshot(&folder, name, *state)?;
        }
    }
    match (found.len(), fix) {
        (0, _) => {}
        (n, true) => print(&format!("{n} removed")),
        (n, false) => print(&format!("{n} to remove: {}", command_name::command("tidy --fix"))),
    }
    Ok(())
}

/// Shows the mismatches between the causes of each contract and the record; returns their number. The contracts of the
/// catalogue that a project includes are not its own to change.
fn show_causes(
    project: &Project,
    inventory: &Inventory,
    recorded: &Recorded,
    contracts: &[String],
) -> Result<usize> {
    let family = inventory.builds.family();
    let own = inventory.contracts.iter().filter(|contract| {
        contracts.contains(&contract.id)
            && project.contracts().join(&contract.id).with_extension("yaml").is_file()
    });
    let mut count = 0;
    for contract in own {
        let findings = audit(&family, contract, &*recorded.contract(&contract.id)?);
        if !findings.is_empty() {
            print(&shown(contract, &inventory.builds, &findings));
        }
        count += findings.len();
    }
    if count > 0 {
        print(&format!("{count} to settle in the contracts, under `changed`"));
    }
    Ok(count)
}

/// The findings of a contract: unexplained drifts by build, then causes.
fn shown(contract: &Contract, builds: &BuildSet, findings: &[Finding]) -> String {
    let mut unexplained: BTreeMap<&str, Vec<&RecordedDrift>> = BTreeMap::new();
    let mut lines = vec![contract.id.clone()];
    for finding in findings {
        match finding {
            Finding::Unexplained(drift) => unexplained.entry(&drift.build).or_default().push(drift),
            Finding::Unneeded(cause) => {
                lines.push(format!("  {}: no drift on record needs the cause `{}`", cause.place, cause.key));
            }
            Finding::Unknown(cause, near) => {
                let near = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                lines.push(format!(
                    "  {}: no profile and no build is named `{}`{near}",
                    cause.place, cause.key
                ));
            }
        }
    }
    for build in builds.iter() {
        let drifts = unexplained.get(build.name()).map_or(&[][..], Vec::as_slice);
        let Some(RecordedDrift { parent, span, .. }) = drifts.first() else { continue };
        lines.push(format!(
            "  {} differs from {parent}, and `changed` has no key for it: {span}",
            build.name()
        ));
        let cases: Vec<&str> = drifts.iter().map(|drift| drift.case.as_str()).collect();
        lines.push(paragraph(&cases.join(", "), "      ", "      ", width()).trim_end().to_owned());
    }
    lines.join("\n") + "\n"
}
