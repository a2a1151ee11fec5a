//! Drifts of the catalogue that may be what a program's calls meet: the cases that may know it run on both builds too.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;
use sqlite_contracts::analysis::gate::ContractChanges;
use sqlite_contracts::analysis::known::{Ask, Drift, Fit, Past};
use sqlite_contracts::analysis::replay::{Group, KnownDrift};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::cause::Cause;
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::outcome::replayed::Kind;
use sqlite_contracts::record::report::CellReport;
use sqlite_contracts::record::snapshots::resolve;
use sqlite_contracts::subject::Subject;

use super::cells::Cells;
use crate::ui::settings::is_quiet;

/// As many cases are named beside a group.
const MOST: usize = 2;

/// A contract, and each case of it that has causes between the builds.
type Chosen = (Arc<Contract>, Vec<Caused>);

/// A case of a contract, by its place, with its causes between the builds and what is on record of each.
struct Caused {
    at: usize,
    because: Vec<Cause>,
    past: Vec<Past>,
}

/// A case that changes between the builds, and may be what a program meets.
struct Candidate {
    /// `precision/money-round/computed-amounts`
    case: String,
    drift: Drift,
    because: Vec<Cause>,
    past: Vec<Past>,
}

/// Names beside each group of calls the cases of the catalogue that change between the same builds, in the same way, over
/// what the statement uses.
///
/// # Errors
/// When contracts or snapshots cannot be read.
pub(crate) fn name_known(cells: &Cells, builds: [&Build; 2], changes: &mut [ContractChanges]) -> Result<()> {
    let mut groups: Vec<&mut Group> = changes
        .iter_mut()
        .flat_map(|contract| &mut contract.changes)
        .filter_map(|it| it.group.as_mut())
        .collect();
    let asks: Vec<Option<Ask>> = groups.iter().map(|group| Ask::of(group)).collect();
    let candidates = candidates(cells, builds, &asks.iter().flatten().collect::<Vec<_>>())?;
    for (group, ask) in groups.iter_mut().zip(&asks) {
        group.known = ask.as_ref().map_or_else(Vec::new, |ask| known(ask, &candidates));
    }
    share_causes_of_errors(&mut groups);
    Ok(())
}

/// A statement that fails has no rows: what explains the one explains the other.
fn share_causes_of_errors(groups: &mut [&mut Group]) {
    let of_error = |group: &&mut Group| {
        let key = (group.statement.clone(), group.first.clone());
        (group.kind == Kind::Error).then(|| (key, group.known.clone()))
    };
    let errors: BTreeMap<_, _> = groups.iter().filter_map(of_error).collect();
    for group in groups.iter_mut().filter(|group| group.kind == Kind::Rows) {
        if let Some(known) = errors.get(&(group.statement.clone(), group.first.clone())) {
            group.known.clone_from(known);
        }
    }
}

fn known(ask: &Ask, candidates: &[Candidate]) -> Vec<KnownDrift> {
    let fit = |candidate: &Candidate| {
        let fit = ask.fit(&candidate.drift)?;
        // Of a case that changes several times, what explains another step is not it.
        let because = Past::because(&candidate.past, &candidate.because, &fit.step);
        Some((fit.clone(), KnownDrift { case: candidate.case.clone(), over: fit.over, because }))
    };
    let mut fits: Vec<(Fit, KnownDrift)> = candidates.iter().filter_map(fit).collect();
    fits.sort_by(|(fit, one), (other_fit, other)| (fit, &one.case).cmp(&(other_fit, &other.case)));
    // What agrees less than another one is not it.
    let best = fits.first().map(|(fit, _)| fit.agreement);
    fits.retain(|(fit, _)| Some(fit.agreement) == best);
    // One cause is enough once: contracts tell the same change of a version in words of their own.
    let keys = |drift: &KnownDrift| drift.because.iter().map(|cause| cause.key.clone()).collect::<Vec<_>>();
    let mut found: Vec<KnownDrift> = Vec::new();
    for (_, drift) in fits {
        if found.len() < MOST && found.iter().all(|known| keys(known) != keys(&drift)) {
            found.push(drift);
        }
    }
    found
}

/// The contracts that have the words and a cause between the builds, on both.
fn candidates(cells: &Cells, builds: [&Build; 2], asks: &[&Ask]) -> Result<Vec<Candidate>> {
    if asks.is_empty() {
        return Ok(Vec::new());
    }
    let project = cells.matrix().project();
    let all = Subject::all_and_catalogue(project)?;
    let mut chosen = Vec::new();
    for subject in all.iter().filter(|subject| !subject.is_trace()) {
        chosen.extend(candidate(cells, builds, asks, subject.id())?);
    }
    if !chosen.is_empty() && !is_quiet() {
        let contracts = counted(chosen.len(), "contract", "contracts");
        anstream::eprintln!("asking both builds {contracts} of the catalogue that may know a difference");
    }
    let found: Vec<Vec<Candidate>> =
        chosen.into_par_iter().map(|chosen| drifts(cells, builds, chosen)).collect::<Result<_>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// How the cases of a contract change that have causes.
fn drifts(cells: &Cells, builds: [&Build; 2], (contract, causes): Chosen) -> Result<Vec<Candidate>> {
    let on =
        |build: &Build| Ok::<_, anyhow::Error>(cells.matrix().report_of(&contract.id, build.name())?.report);
    let (from, to): (CellReport, CellReport) = (on(builds[0])?, on(builds[1])?);
    let candidate = |Caused { at, because, past }: Caused| {
        let case = &contract.cases[at];
        let drift = Drift::of(case, &from.cases[at].transcript, &to.cases[at].transcript);
        Candidate { case: format!("{}/{}", contract.id, case.name), drift, because, past }
    };
    Ok(causes.into_iter().map(candidate).collect())
}

fn candidate(cells: &Cells, builds: [&Build; 2], asks: &[&Ask], id: &str) -> Result<Option<Chosen>> {
    let text = Contract::source(cells.matrix().project(), id)?.text().to_ascii_lowercase();
    if !asks.iter().any(|ask| ask.may_be_in(&text))
        || !cells.engine().builds_beside(&[id], &builds).is_empty()
    {
        return Ok(None);
    }
    let contract = cells.engine().contract(id)?;
    // It names a build that the project has not, so that it cannot run here.
    if cells.engine().builds().check_named(&contract).is_err() {
        return Ok(None);
    }
    let snapshots = cells.matrix().recorded().contract(id)?;
    let known = cells.engine().builds().causes(&contract, &snapshots);
    let lineage = cells.engine().builds().lineage();
    let caused = contract.cases.iter().enumerate().filter_map(|(at, case)| {
        let because = known.between(&case.name, builds[0].name(), builds[1].name());
        let of_case = snapshots.case(&case.name);
        let past = known.by_drift(&case.name, &because).into_iter().filter_map(|(drift, because)| {
            let above = resolve(lineage, of_case, &drift.parent)?;
            let there = of_case.accepted.get(&drift.build)?;
            Some(Past::of(case, &above.text, there, because.into_iter().cloned().collect()))
        });
        let past = past.collect();
        (!because.is_empty()).then(|| Caused { at, because: because.into_iter().cloned().collect(), past })
    });
    let caused: Vec<Caused> = caused.collect();
    Ok((!caused.is_empty()).then_some((contract, caused)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_an_error_takes_away_have_its_cause() {
        let group = |kind, first: &str, case: &str| Group {
            kind,
            statement: "select json(?)".to_owned(),
            count: 1,
            first: Some(first.to_owned()),
            was: "OK".to_owned(),
            is: "ERROR: x".to_owned(),
            known: vec![KnownDrift { case: case.to_owned(), over: "json".to_owned(), because: Vec::new() }],
        };
        let mut groups = [
            group(Kind::Rows, "call 1", "a"),
            group(Kind::Error, "call 1", "b"),
            group(Kind::Rows, "call 9", "c"),
        ];
        share_causes_of_errors(&mut groups.iter_mut().collect::<Vec<_>>());
        let cases = groups.map(|group| group.known[0].case.clone());
        assert_eq!(cases, ["b", "b", "c"]);
    }
}
