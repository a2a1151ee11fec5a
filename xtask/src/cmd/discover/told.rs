//! What people are told of a search: what it has found, and how to go on.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::thread::ScopedJoinHandle;

use anyhow::{Context, Result};
use sqlite_contracts::analysis::discover::{
    Corpus, Electorate, Given, Known, Left, Recall, Report, Searched, State, Written, write_drafts,
};
use sqlite_contracts::builds::{Build, BuildError};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::project::command_name;

use super::known::Catalogue;
use super::{Args, flags, text};
use crate::interruption;
use crate::support::cells::Cells;
use crate::support::exit::{self, Exit};
use crate::support::products::tell_missing;
use crate::ui::output::{Format, print, print_json};

/// What is told of a search besides its state.
pub(super) struct Told<'a, 'scope> {
    pub args: &'a Args,
    pub cells: &'a Cells,
    pub electorate: &'a Electorate,
    pub corpus: &'a Corpus,
    /// Taken when it is told, which is once.
    pub catalogue: Cell<Option<ScopedJoinHandle<'scope, Result<Catalogue>>>>,
    pub left: Left,
    /// What the file of `--searched` has, where it is there.
    pub searched: Option<Searched>,
    pub missing: Vec<(&'a Build, BuildError)>,
}

impl Told<'_, '_> {
    /// Shows how far a search has come.
    pub(super) fn of(&self, state: &State) -> Result<Exit> {
        let Self { cells, missing, .. } = self;
        let project = cells.matrix().project();
        let catalogue = self.catalogue.take().context("a search is told once")?.join();
        let catalogue = catalogue.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let (known, damaged) = catalogue.of(cells, state)?;
        self.show(&self.report(state, &known)?)?;
        tell_missing(missing);
        if !damaged.is_empty() {
            anstream::eprintln!("{}", damaged.render(true));
            if !interruption::has_come() {
                anstream::eprintln!("what the contracts of damaged snapshots know was asked of the builds");
            }
        }
        if interruption::has_come() {
            let file = project.shown_alike(&state.file(project));
            anstream::eprintln!(
                "interrupted; what was found so far is kept in {file}; to go on: {}",
                again()
            );
            return Ok(Exit::Interrupted);
        }
        let fine = if damaged.is_empty() { Exit::Fine } else { Exit::Input };
        Ok(missing.first().map_or(fine, |(_, error)| exit::of(error)))
    }

    fn report<'s>(&'s self, state: &'s State, known: &Known) -> Result<Report<'s>> {
        let engine = self.cells.engine();
        let mut report = Report::of(state, self.electorate, known, &self.left, |build| {
            let product = engine.store().find(engine.builds().get(build)?)?;
            product.info.released
        });
        if !interruption::has_come() {
            flags::attribute(engine, &mut report, self.args.flags)?;
        }
        report.corpus = Given::of(self.corpus, state);
        if self.args.self_check {
            let contracts = Contract::load_all(self.cells.matrix().project())?;
            report.recall = Some(Recall::of(state, self.electorate, known, &sql_alone(&contracts)));
        }
        Ok(report)
    }

    fn show(&self, report: &Report) -> Result<()> {
        match self.args.format {
            Format::Json => print_json(report)?,
            Format::Text => print(&text::text(report, self.args.top)),
        }
        if let Some(file) = &self.args.searched {
            Searched::with(self.searched.clone(), report, self.electorate).write(file)?;
        }
        if let Some(folder) = &self.args.write {
            tell_written(folder, &write_drafts(folder, report)?);
        }
        Ok(())
    }
}

/// The command that goes on with this search.
fn again() -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+".contains(c);
    let quoted = |word: String| match word.chars().all(is_plain) && !word.is_empty() {
        true => word,
        false => format!("'{}'", word.replace('\'', "'\\''")),
    };
    let words = std::env::args().skip(1).filter(|word| word != "--anew").map(quoted);
    command_name::command(&words.collect::<Vec<_>>().join(" "))
}

/// What became of the drafts.
fn tell_written(folder: &Path, written: &Written) {
    let Written { new, same, kept, refused } = written;
    let there = if *same > 0 { format!("; {same} were there already") } else { String::new() };
    let drafts = counted(*new, "draft of a contract", "drafts of contracts");
    anstream::eprintln!("wrote {drafts} into {}{there}", folder.display());
    for path in kept {
        anstream::eprintln!("{} has other text, and stays as it is", path.display());
    }
    for (name, mistakes) in refused {
        anstream::eprintln!("{name} is not written, since it would be no contract:\n{mistakes}");
    }
}

/// The cases of the catalogue that are SQL alone.
fn sql_alone(contracts: &[Contract]) -> BTreeSet<String> {
    let names = contracts.iter().flat_map(|contract| {
        let cases = contract.cases.iter().filter(|case| case.is_sql_alone());
        cases.map(|case| format!("{}/{}", contract.id, case.name))
    });
    names.collect()
}
