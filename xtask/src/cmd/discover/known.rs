//! What the catalogue knows of findings: as it is on record, and where it is not, as its cases run on the builds.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;
use sqlite_contracts::analysis::discover::{Electorate, Known, State, Wanted};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::Diagnostics;
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::project::{Project, catalogue};
use sqlite_contracts::record::report::CellReport;
use sqlite_contracts::record::snapshots::ContractSnapshots;
use sqlite_contracts::subject::Subject;

use crate::interruption;
use crate::support::cells::Cells;
use crate::ui::settings::is_quiet;

/// Two neighbours, the earlier one first.
type Pair<'a> = (&'a str, &'a str);

/// What a contract did on two neighbours.
type Ran<'a> = (Pair<'a>, [CellReport; 2]);

/// A contract that is not on record between some neighbours at which a finding changes that a case of it may know.
struct Asked<'a> {
    contract: Arc<Contract>,
    pairs: BTreeSet<Pair<'a>>,
}

/// The contracts of the project and the library's own, with what is on record of them.
pub(super) struct Catalogue {
    known: Known,
    /// Whether a contract is on record.
    contracts: Vec<(Arc<Contract>, bool)>,
    damaged: Diagnostics,
}

impl Catalogue {
    /// Reads it, which takes as long as some steps of a search. A contract of which a snapshot cannot be read is asked as if it
    /// had none, because a search of an hour is not lost for a file.
    ///
    /// # Errors
    /// When contracts cannot be read.
    pub(super) fn read(cells: &Cells, electorate: &Electorate) -> Result<Self> {
        let mut read = Self { known: Known::default(), contracts: Vec::new(), damaged: Diagnostics::new() };
        let lineage = cells.engine().builds().lineage();
        for subject in subjects(cells.matrix().project())?.iter().filter(|subject| !subject.is_trace()) {
            let contract = cells.engine().contract(subject.id())?;
            let snapshots = match cells.matrix().recorded().contract(&contract.id) {
                Ok(snapshots) => snapshots,
                Err(error) => {
                    read.damaged.extend(error.downcast()?);
                    Arc::default()
                }
            };
            read.known.add_recorded(&contract, &snapshots, electorate, lineage);
            read.contracts.push((contract, snapshots.cases().next().is_some()));
        }
        Ok(read)
    }

    /// What it knows of findings, and what is wrong with snapshots. After an interruption that is what is on record: no build is
    /// asked.
    ///
    /// # Errors
    /// When a build cannot be asked.
    pub(super) fn of(mut self, cells: &Cells, state: &State) -> Result<(Known, Diagnostics)> {
        if !interruption::has_come() {
            ask(cells, &self.contracts, state, &mut self.known)?;
        }
        Ok((self.known, self.damaged))
    }
}

/// Asks builds what is not on record.
fn ask(cells: &Cells, contracts: &[(Arc<Contract>, bool)], state: &State, known: &mut Known) -> Result<()> {
    let lineage = cells.engine().builds().lineage();
    let wanted = Wanted::of(&state.findings);
    let off_record =
        wanted.between(|before, after| !lineage.is_recorded(before) || !lineage.is_recorded(after));
    let asked = contracts.iter().filter_map(|(contract, is_on_record)| {
        let pairs = pairs(cells, contract, if *is_on_record { &off_record } else { &wanted });
        (!pairs.is_empty()).then(|| Asked { contract: contract.clone(), pairs })
    });
    let asked: Vec<Asked<'_>> = asked.collect();
    if !asked.is_empty() && !is_quiet() {
        let contracts = counted(asked.len(), "contract", "contracts");
        anstream::eprintln!("asking builds {contracts} of the catalogue that may know a finding");
    }
    let ran: Vec<Vec<Ran<'_>>> = asked.par_iter().map(|it| run(cells, it)).collect::<Result<_>>()?;
    for (it, ran) in asked.iter().zip(&ran) {
        for ((_, after), did) in ran {
            for (at, case) in it.contract.cases.iter().enumerate() {
                let transcripts = [&did[0].cases[at].transcript, &did[1].cases[at].transcript];
                known.add_run(&it.contract.id, case, after, transcripts);
            }
        }
    }
    Ok(())
}

/// The contracts of the project, if it has any, and the library's.
fn subjects(project: &Project) -> Result<Vec<Subject>> {
    Ok(match project.contracts().is_dir() {
        true => Subject::all_and_catalogue(project)?,
        false => catalogue::contracts().map(|id| Subject::Known(id.to_owned())).collect(),
    })
}

/// The neighbours between which a contract may know a finding, and has a cause or none at all. A contract that names a
/// build which the project has not cannot run here, and knows nothing.
fn pairs<'a>(cells: &Cells, contract: &Contract, wanted: &Wanted<'a>) -> BTreeSet<Pair<'a>> {
    let builds = cells.engine().builds();
    if builds.check_named(contract).is_err() {
        return BTreeSet::new();
    }
    let causes = builds.causes(contract, &ContractSnapshots::default());
    let mut found = BTreeSet::new();
    for case in &contract.cases {
        let has_no_cause = contract.causes(&case.name).is_empty();
        let may_change = |(before, after): &Pair<'_>| {
            has_no_cause || !causes.between(&case.name, before, after).is_empty()
        };
        found.extend(wanted.of_case(case).into_iter().filter(may_change));
    }
    let both = |(before, after): &Pair<'_>| Some([builds.get(before)?, builds.get(after)?]);
    let is_alone = |builds: [&Build; 2]| cells.engine().builds_beside(&[&contract.id], &builds).is_empty();
    found.retain(|pair| both(pair).is_some_and(is_alone));
    found
}

/// What a contract does on both builds of each pair; without those on which a case could not run here.
fn run<'a>(cells: &Cells, asked: &Asked<'a>) -> Result<Vec<Ran<'a>>> {
    let on = |build: &str| -> Result<Option<CellReport>> {
        Ok(cells.matrix().report_of(&asked.contract.id, build)?.report.whole().ok())
    };
    let mut ran = Vec::new();
    for pair in &asked.pairs {
        if let Some((before, after)) = on(pair.0)?.zip(on(pair.1)?) {
            ran.push((*pair, [before, after]));
        }
    }
    Ok(ran)
}
