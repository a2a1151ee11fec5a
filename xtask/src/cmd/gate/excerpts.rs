//! `cargo xtask gate … app.trace --write drafts=DIR`: the differences of a trace as contracts.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use sqlite_contracts::analysis::excerpt::Excerpts;
use sqlite_contracts::analysis::gate::Report;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::{Contract, trace};

use crate::support::cells::Cells;
use crate::support::exit::Usage;
use crate::ui::progress::Display;

/// The word before the folder.
pub(super) const DRAFTS: &str = "drafts";

/// Finds out whether there is a trace among what is compared.
pub(super) fn check(cells: &Cells) -> Result<()> {
    match traces(cells)?.is_empty() {
        true => {
            Err(Usage(format!("`--write {DRAFTS}=…` is for traces: name one, such as `app.trace`")).into())
        }
        false => Ok(()),
    }
}

/// Writes a contract for each difference that one can show, and says what became of the others.
pub(super) fn write(cells: &Cells, builds: [&Build; 2], report: &Report, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for contract in traces(cells)? {
        let of_trace = report.contracts.iter().filter(|changes| changes.contract == contract.id);
        let groups =
            of_trace.flat_map(|changes| &changes.changes).filter_map(|it| it.group.as_ref()).collect();
        let excerpts = Excerpts::of(cells.engine(), builds, &contract, groups)?;
        let display = Display::with_unit(excerpts.len(), "made smaller", "differences");
        let mut told = Vec::new();
        for number in 0..excerpts.len() {
            told.push(excerpts.write(number, folder)?.to_string());
            display.steps(1);
        }
        display.finish();
        told.iter().for_each(|line| anstream::eprintln!("{line}"));
    }
    Ok(())
}

fn traces(cells: &Cells) -> Result<Vec<Arc<Contract>>> {
    Ok(cells.contracts()?.into_iter().filter(|contract| trace::path_of(contract).is_some()).collect())
}
