//! What earlier runs have left that need not be run again, and what this one leaves for later ones.

use std::borrow::Cow;

use anyhow::Result;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use sqlite_contracts::builds::{Build, State};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::matrix::Checked;
use sqlite_contracts::matrix::results::CellResult;
use sqlite_contracts::matrix::row::{Remembered, Row};
use sqlite_contracts::matrix::run::{CellName, builds_of};
use sqlite_contracts::outcome::value::hex;
use sqlite_contracts::project::Project;

use super::Args;
use crate::support::cells::Cells;
use crate::ui::output::Format;

/// Takes the cells of the rows that are remembered out of those that are wanted.
pub(super) fn take_rows(arguments: &Args, cells: &Cells, wanted: Vec<CellName>) -> (Vec<Row>, Vec<CellName>) {
    let (builds, store) = (cells.engine().builds(), cells.engine().store());
    let wanted_builds: Vec<&Build> = builds_of(&wanted).into_iter().filter_map(|it| builds.get(it)).collect();
    let (there, others): (Vec<&Build>, Vec<&Build>) =
        wanted_builds.into_par_iter().partition(|it| store.find(it).is_some());
    // A report shows every case. And a build that is still to be made is judged together with the others.
    let shows_all = arguments.report.is_some() || arguments.format == Format::Json;
    let needs_all = shows_all || others.iter().any(|it| store.state(it) != State::Absent);
    match needs_all {
        true => (Vec::new(), wanted),
        false => cells.matrix().take_rows(wanted, &there.into_iter().map(Build::name).collect()),
    }
}

/// The results as lines of a file of results, by contract, then build.
pub(super) fn lines<'a>(rows: &'a [Row], checked: &'a [Checked]) -> Vec<Result<Cow<'a, str>>> {
    let remembered = rows.iter().flat_map(|row| row.lines().map(|line| (&*row.contract, Ok(line.into()))));
    let checked = checked.iter().map(|checked| (checked.result.cell().0, checked.line()));
    let mut lines: Vec<(&str, Result<Cow<str>>)> = remembered.chain(checked).collect();
    lines.sort_by_key(|(contract, _)| *contract);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The results, and what the cache holds of those that need no attention.
pub(super) fn parted(checked: Vec<Checked>) -> (Vec<CellResult>, Remembered) {
    let part = |Checked { result, failures, remembered }: Checked| {
        let (contract, build) = result.cell();
        let cell = (contract.to_owned(), build.to_owned());
        (result, remembered.filter(|_| failures.is_empty()).map(|line| (cell, line)))
    };
    let (results, remembered): (Vec<CellResult>, Vec<_>) = checked.into_iter().map(part).unzip();
    (results, remembered.into_iter().flatten().collect())
}

/// A digest of what the whole run is asked, which is the same on every machine that runs a part of it.
pub(super) fn digest(project: &Project, contracts: &[&str], builds: &[&str]) -> String {
    let text =
        |id: &&str| Contract::source(project, id).map_or_else(|_| String::new(), |it| it.text().to_owned());
    let asked: Vec<String> = contracts.iter().map(|id| format!("{id}\0{}", text(id))).collect();
    hex(&Sha256::digest([asked.join("\0"), builds.join("\0")].join("\0")))
}
