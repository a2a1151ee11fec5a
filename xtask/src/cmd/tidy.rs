//! `cargo xtask tidy`: finds superfluous snapshots, and causes and drifts that do not match.

use std::collections::BTreeMap;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::{Contract, trace};
use sqlite_contracts::diagnostic::paragraph;
use sqlite_contracts::project::Project;
use sqlite_contracts::project::command_name;
use sqlite_contracts::record::causes::{Finding, RecordedDrift, audit};
use sqlite_contracts::record::snapshots::{Recorded, Untidy, store, untidy};

use crate::support::context;
use crate::support::exit::Exit;
use crate::support::inventory::Inventory;
use crate::support::selection::{select, whole_areas};
use crate::ui::output::{Format, print, print_json, width};

const AFTER: &str = "\
Examples:
  cargo xtask tidy
  cargo xtask tidy precision 'json/*'        only of some contracts
  cargo xtask tidy --fix                     remove the snapshots that are superfluous

";

/// List superfluous snapshots, drifts without a cause, and causes without a drift
///
/// Snapshots are redundant when they equal what they inherit, and stale when they are of something that no longer exists;
/// drifts are those on record.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// Only contracts that match, such as 'precision/*', or an area
    #[arg(value_name = "GLOB")]
    contracts: Vec<String>,
    /// Remove the snapshots; causes have to be written by hand
    #[arg(long)]
    fix: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "fix")]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    let inventory = Inventory::load(&project)?;
    let recorded = Recorded::at(project.snapshots());
    let contracts = selected(&inventory, &recorded, &whole_areas(&arguments.contracts))?;
    let (contracts, unreadable) = recorded.readable(contracts)?;
    let untidy = find_untidy(&inventory, &recorded, &contracts)?;
    let causes = find_causes(&project, &inventory, &recorded, &contracts)?;
    match arguments.format {
        Format::Json => print_json(&Found::new(&project, &untidy, &causes))?,
        Format::Text => {
            show_untidy(&project, &untidy, arguments.fix)?;
            show_causes(&inventory.builds, &causes);
        }
    }
    // All else has been shown.
    unreadable.into_result(())?;
    if untidy.is_empty() && causes.is_empty() && arguments.format == Format::Text {
        print("tidy: no snapshot is superfluous, every drift on record has a cause, and every cause a drift");
    }
    Ok(Exit::of_findings(!causes.is_empty() || !untidy.is_empty() && !arguments.fix))
}

/// What was found, as `--format json` prints it.
#[derive(Serialize, JsonSchema)]
struct Found<'a> {
    snapshots: Vec<Superfluous>,
    causes: Vec<Mismatch<'a>>,
}

/// A snapshot that should not be there.
#[derive(Serialize, JsonSchema)]
struct Superfluous {
    file: String,
    reason: String,
}

/// A drift without a cause, a cause without a drift, or a text that is no cause: which one, and the build or the cause's key.
#[derive(Serialize, JsonSchema)]
struct Mismatch<'a> {
    contract: &'a str,
    kind: &'static str,
    case: Option<&'a str>,
    key: String,
}

impl<'a> Found<'a> {
    fn new(project: &Project, untidy: &[Untidy], causes: &'a [(&Contract, Vec<Finding<'_>>)]) -> Self {
        let folder = project.snapshots();
        let superfluous = |it: &Untidy| Superfluous {
            file: project.shown(&it.name.file(&folder, it.state)),
            reason: it.reason.to_string(),
        };
        let mismatch = |contract: &'a Contract, finding: &'a Finding<'_>| {
            let (kind, case, key) = match finding {
                Finding::Unexplained(drift) => {
                    ("unexplained drift", Some(drift.case.as_str()), drift.build.clone())
                }
                Finding::Unneeded(cause) => ("cause without a drift", None, cause.key.to_string()),
                Finding::Placeholder(cause) => ("placeholder", None, cause.key.to_string()),
                Finding::Unknown(cause, _) => ("cause of nothing known", None, cause.key.to_string()),
            };
            Mismatch { contract: &contract.id, kind, case, key }
        };
        let of_contract = |(contract, findings): &'a (&Contract, Vec<Finding<'_>>)| {
            findings.iter().map(move |finding| mismatch(contract, finding))
        };
        Self {
            snapshots: untidy.iter().map(superfluous).collect(),
            causes: causes.iter().flat_map(of_contract).collect(),
        }
    }
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

/// The contracts whose causes and record do not match, with the mismatches. The contracts of the catalogue that a project
/// includes are not its own to change.
fn find_causes<'a>(
    project: &Project,
    inventory: &'a Inventory,
    recorded: &Recorded,
    contracts: &[String],
) -> Result<Vec<(&'a Contract, Vec<Finding<'a>>)>> {
    let family = inventory.builds.family();
    let is_own = |contract: &&Contract| {
        contracts.contains(&contract.id)
            && (project.contracts().join(&contract.id).with_extension("yaml").is_file()
                || trace::of_id(project, &contract.id).is_some())
    };
    let own = inventory.contracts.iter().filter(is_own);
    let audited =
        own.map(|contract| Ok((contract, audit(&family, contract, &*recorded.contract(&contract.id)?))));
    let audited: Vec<_> = audited.collect::<Result<_>>()?;
    Ok(audited.into_iter().filter(|(_, findings): &(_, Vec<Finding<'_>>)| !findings.is_empty()).collect())
}

fn show_causes(builds: &BuildSet, found: &[(&Contract, Vec<Finding<'_>>)]) {
    found.iter().for_each(|(contract, findings)| print(&shown(contract, builds, findings)));
    let count: usize = found.iter().map(|(_, findings)| findings.len()).sum();
    if count > 0 {
        print(&format!("{count} to settle in the contracts, under `changed`"));
    }
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
            Finding::Placeholder(cause) => {
                let (place, text) = (&cause.place, &cause.text);
                lines.push(format!(
                    "  {place}: `{text}` is no cause: write what changed in SQLite, such as a check-in, a function or an option"
                ));
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
    for build in builds.all() {
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

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Found<'static>>()
}
