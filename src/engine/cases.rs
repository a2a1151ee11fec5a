//! The cases of a contract on one build: those that can share a process go to a worker together.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use anyhow::{Context, Result};
use semver::Version;

use super::batch::{PlannedRun, RunEnd, RunResult};
use super::joint::{self, Setting};
use super::others::Lacking;
use super::pool::{Loaded, Pool, Service};
use super::transcript::Judged;
use super::{Observer, ReadyBuild};
use crate::builds::Product;
use crate::contract::cause::{Cause, Key};
use crate::contract::other_build::OtherBuild;
use crate::contract::requires::BuildFacts;
use crate::contract::{Case, DriverVersion, Run};
use crate::diagnostic::Location;
use crate::languages::Unable;
use crate::record::report::{CaseReport, Failure, Frame, OF_ANOTHER_DRIVER, Verdict};
use crate::record::transcript::Transcript;
use crate::worker::launch::Launch;

/// Runs every case and reports on each, in their order. The observer is told what they did.
pub(super) fn run(
    cases: &[Case],
    facts: &BuildFacts,
    setting: &Setting<'_>,
    pool: &Pool,
    observer: &mut Observer<'_>,
) -> Result<Vec<CaseReport>> {
    let mut states: Vec<State> = cases.iter().map(|case| State::new(case, facts, setting)).collect();
    let kinds: BTreeSet<(Service, Option<DriverVersion>)> =
        states.iter().filter(|state| !state.is_joint).map(State::kind).collect();
    for kind in kinds {
        run_together(&mut states, kind, setting.own, pool, observer)?;
    }
    run_joint(&mut states, setting, pool, observer)?;
    Ok(states.into_iter().map(State::report).collect())
}

/// The cases that need such a process. What ends a worker ends one case, and another worker goes on.
fn run_together(
    states: &mut [State],
    kind: (Service, Option<DriverVersion>),
    product: &Product,
    pool: &Pool,
    observer: &mut Observer<'_>,
) -> Result<()> {
    let is_meant = |state: &State| state.kind() == kind && !state.is_joint;
    let launch = states.iter().filter(|state| is_meant(state)).find_map(|state| state.launch.clone());
    let product = Loaded { product, program: kind.1.as_ref().zip(launch.as_deref()) };
    let meant = states.iter().enumerate().filter(|(_, state)| is_meant(state));
    let mut waiting: VecDeque<(usize, PlannedRun)> =
        meant.flat_map(|(index, state)| state.planned().map(move |planned| (index, planned))).collect();
    while !waiting.is_empty() {
        let planned: Vec<PlannedRun> = waiting.iter().map(|(_, planned)| *planned).collect();
        for result in pool.run(&product, kind.0, &planned)?.results {
            let (index, planned) = waiting.pop_front().context("a worker ran more than it was asked to")?;
            states[index].take(planned.run, &result, observer);
        }
        waiting.retain(|(index, _)| states[*index].is_open());
    }
    Ok(())
}

/// The cases whose runs may need several processes each.
fn run_joint(
    states: &mut [State],
    setting: &Setting<'_>,
    pool: &Pool,
    observer: &mut Observer<'_>,
) -> Result<()> {
    let build = &setting.own.build;
    let mut company = None;
    for state in states.iter_mut().filter(|state| state.is_joint) {
        for planned in state.planned().collect::<Vec<_>>() {
            if state.is_open() {
                company = company.or_else(|| pool.company(build));
                let result = joint::run(&planned, setting, pool, &mut company)?;
                state.take(planned.run, &result, observer);
            }
        }
    }
    company.into_iter().for_each(|company| pool.keep(build, company));
    Ok(())
}

/// A case and what it did so far.
struct State<'a> {
    case: &'a Case,
    /// Whether several processes may execute a run, or it begins with files.
    is_joint: bool,
    /// Its driver, where that is a program of another language.
    driver: Option<DriverVersion>,
    /// How to start that.
    launch: Option<Arc<Launch>>,
    judged: Judged,
    seconds: f64,
    /// What its steps on the newest build run on.
    newest: Option<Arc<ReadyBuild>>,
    /// Why it goes no further.
    over: Option<Over>,
}

enum Over {
    /// Nothing of what it did counts.
    NotRun {
        verdict: Verdict,
        reason: String,
    },
    Died {
        verdict: Verdict,
        reason: String,
        stack: Vec<Frame>,
    },
}

impl Over {
    fn unsupported(reason: String) -> Self {
        Self::NotRun { verdict: Verdict::Unsupported, reason }
    }

    fn unable(why: Unable) -> Self {
        match why {
            Unable::Lacking(reason) => Self::unsupported(reason),
            Unable::Broken(reason) => Self::NotRun { verdict: Verdict::CouldNotRun, reason },
        }
    }

    fn lacking(Lacking { verdict, reason }: Lacking) -> Self {
        Self::NotRun { verdict, reason }
    }
}

impl<'a> State<'a> {
    fn new(case: &'a Case, facts: &BuildFacts, setting: &Setting<'_>) -> Self {
        let driver = driver_on(case, setting.driver);
        // First of all: what a case of another driver requires does not matter.
        let other_driver = || driver.as_ref().err().map(|why| Over::unsupported(why.clone()));
        let unmet = || case.requires.unmet(facts).map(Over::unsupported);
        let lacking =
            || case.other_builds().into_iter().find_map(|word| setting.others.get(word)?.as_ref().err());
        let over = other_driver()
            .or_else(unmet)
            .or_else(|| lacking().cloned().map(Over::lacking))
            .map_or(Ok(()), Err);
        let launch = |driver| setting.programs.launch(driver, setting.own).map_err(Over::unable);
        let (launch, over) = match over.and_then(|()| driver.as_ref().map_or(Ok(None), launch)) {
            Ok(launch) => (launch, None),
            Err(over) => (None, Some(over)),
        };
        let is_joint = case.needs_processes() || !setting.files.is_empty();
        let driver = driver.ok().filter(|driver| driver.driver.is_of_a_language());
        let newest = setting.others.get(&OtherBuild::Newest).and_then(|it| it.as_ref().ok()).cloned();
        Self { case, is_joint, driver, launch, judged: Judged::default(), seconds: 0.0, newest, over }
    }

    fn is_open(&self) -> bool {
        self.over.is_none()
    }

    /// Which kind of worker it needs, and for a program of which language.
    fn kind(&self) -> (Service, Option<DriverVersion>) {
        (Service::of(self.case), self.driver.clone())
    }

    /// Its runs, none when the build lacks what it requires.
    fn planned(&self) -> impl Iterator<Item = PlannedRun<'a>> + use<'a> {
        let case = self.case;
        let runs: &[Run] = if self.is_open() { &case.runs } else { &[] };
        runs.iter().map(move |run| PlannedRun { case, run, keeps_stacks: false })
    }

    /// Judges what came of its next run. The runs after the one that ended the case do not count.
    fn take(&mut self, run: &Run, result: &RunResult, observer: &mut Observer<'_>) {
        if !self.is_open() {
            return;
        }
        self.seconds += result.seconds;
        let mut judging = self.judged.start(run);
        for outcome in &result.outcomes {
            judging.step(outcome);
        }
        judging.end(&result.end);
        for (step, outcome) in run.steps.iter().zip(&result.outcomes) {
            observer(self.case, step, outcome);
        }
        self.over = match &result.end {
            RunEnd::Done => None,
            RunEnd::OverBudget(excess) => {
                let at = run.steps.get(result.outcomes.len()).or(run.steps.last());
                let at = at.map_or_else(String::new, |placed| format!(", {}", placed.place));
                Some(Over::NotRun { verdict: Verdict::CouldNotRun, reason: format!("{excess}{at}") })
            }
            RunEnd::Lacks(function) => Some(Over::unsupported(format!("needs function {function}"))),
            RunEnd::CouldNotRun(reason) => {
                Some(Over::NotRun { verdict: Verdict::CouldNotRun, reason: reason.clone() })
            }
            RunEnd::Crashed { how, at, words, stack } => Some(Over::Died {
                verdict: Verdict::Crashed,
                reason: format!("crashed: {how} {}{words}", place(at)).trim_end().to_owned(),
                stack: stack.clone(),
            }),
            RunEnd::TimedOut { at, stack } => Some(Over::Died {
                verdict: Verdict::TimedOut,
                reason: format!("timed out after {:?} {}", self.case.deadline, place(at))
                    .trim_end()
                    .to_owned(),
                stack: stack.clone(),
            }),
        };
    }

    fn report(self) -> CaseReport {
        let report = match self.over {
            None => {
                let report = self.judged.finished(self.case);
                let newest = self.newest.as_ref().map(|ready| &ready.facts.version);
                match newest.and_then(|newest| too_old(self.case, &report.failures, newest)) {
                    Some(reason) => not_run(self.case, Verdict::Unsupported, reason),
                    None => report,
                }
            }
            Some(Over::NotRun { verdict, reason }) => not_run(self.case, verdict, reason),
            Some(Over::Died { verdict, reason, stack }) => {
                self.judged.ended(self.case, verdict, reason, stack)
            }
        };
        CaseReport { seconds: self.seconds, ..report }
    }
}

/// Which version of its driver a case has on a build that may be one of a driver's version, or why it does not run there.
fn driver_on(case: &Case, of_build: Option<&DriverVersion>) -> Result<DriverVersion, String> {
    let own = DriverVersion::new(case.driver, case.driver_version.clone());
    match of_build {
        None => Ok(own),
        Some(driver) if *driver == own || own == driver.driver.into() => Ok(driver.clone()),
        Some(driver) => Err(format!("{OF_ANOTHER_DRIVER}{driver}, and the case has driver {own}")),
    }
}

/// Where in its last step a run ended, in front of other words.
fn place(at: &Option<String>) -> String {
    at.as_ref().map_or_else(String::new, |at| format!("at {at} "))
}

/// Why a case says nothing where promises of its steps on the newest build are broken: a project may have none that is as
/// new as what the case is about, which its causes name.
fn too_old(case: &Case, failures: &[Failure], newest: &Version) -> Option<String> {
    let mut steps = case.runs.iter().flat_map(|run| &run.steps);
    let failed = |place: &Location| failures.iter().any(|failure| failure.place == *place);
    steps.find(|placed| placed.step.on == Some(OtherBuild::Newest) && failed(&placed.place))?;
    let newer = |cause: &Cause| match &cause.key {
        Key::Version(known) if known > newest => Some(known.clone()),
        _ => None,
    };
    let needed = case.changed.iter().filter_map(newer).min()?;
    Some(format!("needs version >={needed} as the newest build, which is of {newest}"))
}

/// The report of a case of which there is nothing to say but why.
fn not_run(case: &Case, verdict: Verdict, reason: String) -> CaseReport {
    CaseReport {
        case: case.name.clone(),
        verdict,
        transcript: Transcript::default(),
        failures: Vec::new(),
        reason: Some(reason),
        stack: Vec::new(),
        seconds: 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;
    use crate::diagnostic::SourceText;

    #[test]
    fn a_broken_step_on_the_newest_build_says_nothing_where_that_is_older_than_the_cause() {
        let text = "title: t\nwhy: w\ncases:\n  - name: c\n    changed:\n      3.37.0: STRICT\n      3.45.0: JSONB\n    steps:\n      \
            - {open: a.db, on: newest, expect: OK}\n      - {close: , on: newest}\n      - {open: a.db, expect: OK}\n";
        let contract = Contract::read("a/b", &SourceText::new("a/b.yaml", text)).unwrap();
        let case = &contract.cases[0];
        let steps = &case.runs[0].steps;
        let reason = |step: usize, newest: &str| {
            let place = steps[step].place.clone();
            let (step, expected, actual) = ("open".to_owned(), "OK".to_owned(), "ERROR".to_owned());
            let failures = [Failure { place, row: None, step, expected, actual }];
            too_old(case, &failures, &newest.parse().unwrap())
        };
        assert_eq!(
            reason(0, "3.40.1").unwrap(),
            "needs version >=3.45.0 as the newest build, which is of 3.40.1"
        );
        assert_eq!(reason(0, "3.45.0"), None, "it is new enough");
        assert_eq!(reason(2, "3.40.1"), None, "the case's own build broke it");
    }
}
