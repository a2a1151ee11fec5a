//! `gate --latency`: whether the iterations of workloads take longer on the new build. The builds take turns, so that what
//! else the machine does meets both, and what is judged is the ratio of neighbours.

mod forms;
mod times;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use sqlite_contracts::analysis::gate::{Format, Gate};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::verb::{Block, Verb};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::outcome::Outcome;
use sqlite_contracts::outcome::latency::Latency;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::system::files::write_atomically;

use self::times::{Rounds, Times, least_rounds};
use super::Output;
use crate::support::exit::{Exit, Usage};
use crate::support::measurable;
use crate::ui::output::print;

/// How workloads are timed.
#[derive(clap::Args)]
pub(super) struct Timing {
    /// Compare the times of a file of workloads instead: of each `repeat` of each case, a first one being cold
    #[arg(long, value_name = "WORKLOADS", conflicts_with_all = ["names", "sql", "catalogue"])]
    pub latency: Option<PathBuf>,
    /// The ratio, of the median and of the 99th percentile, above which `--latency` blocks when the spread of the rounds leaves
    /// no doubt
    #[arg(long, value_name = "RATIO", default_value_t = 1.2, value_parser = ratio, requires = "latency")]
    at_most: f64,
    /// How often `--latency` runs each build
    #[arg(long, value_name = "TIMES", default_value = "17", value_parser = rounds, requires = "latency")]
    rounds: NonZeroUsize,
}

/// A ratio that something can be above.
fn ratio(text: &str) -> Result<f64, String> {
    let ratio: f64 = text.parse().map_err(|_| "write a number, such as 1.2".to_owned())?;
    let is_one = ratio.is_finite() && ratio > 0.0;
    is_one.then_some(ratio).ok_or_else(|| "write a number above 0, such as 1.2".to_owned())
}

/// How many rounds there are.
fn rounds(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "write a number of rounds above 0, such as 17".to_owned())
}

/// Measures, and says whether the new build is too slow.
pub(super) fn run(
    project: &Project,
    engine: &Engine,
    (ends, names): ([&Build; 2], &[String; 2]),
    args: &Timing,
    output: &Output,
    file: &Path,
) -> Result<Exit> {
    let mut workloads = independent(Contract::load(project, file)?);
    measurable::has_repeat(&workloads)?;
    // Versions of a driver run its cases only.
    if let Some(driver) = ends.iter().find_map(|end| end.driver()) {
        let name = measurable::name(&workloads);
        workloads.cases.retain(|case| case.driver == driver.driver);
        measurable::through(&workloads, &name, driver.driver.name())?;
        measurable::has_repeat(&workloads)?;
    }
    let repeats = measurable::of_all(&workloads);
    let least = least_rounds(repeats * 2);
    if args.rounds.get() < least {
        bail!(Usage(format!(
            "{} rounds cannot tell a slow build from a disturbed one for the {repeats} repetitions of {}: `--rounds` of {least} or \
             more can",
            args.rounds,
            project.shown(file)
        )));
    }
    let mut rounds = Rounds::new();
    let mut unable = None;
    for round in 0..args.rounds.get() {
        let mut order = [0, 1];
        order.rotate_left(round % 2);
        let mut times: [BTreeMap<(String, usize), Latency>; 2] = Default::default();
        for end in order {
            unable = unable.or(measure(engine, &workloads, ends[end], &mut times[end])?);
        }
        let [old, new] = times;
        for (repetition, old) in old {
            let pair = new.get(&repetition).map(|new| [old, *new]);
            rounds.entry(repetition).or_default().extend(pair);
        }
    }
    ensure!(
        unable.is_some() || rounds.values().any(|rounds| !rounds.is_empty()),
        "nothing was measured: no `repeat` of {} ran to its end on both builds",
        project.shown(file)
    );
    let times = Times::new(names.each_ref().map(String::as_str), args, &rounds, unable);
    write(&times, output)?;
    Ok(match times.could_not_run {
        Some(_) => Exit::Environment,
        None => Exit::of_findings(times.gate == Gate::Blocked),
    })
}

/// The workloads with rounds that are independent: a driver's program is as fast as the place in memory and the core that it got
/// when it started, so that each round starts another one.
fn independent(mut workloads: Contract) -> Contract {
    for case in workloads.cases.iter_mut().filter(|case| case.driver.is_of_a_language()) {
        case.fresh_process = true;
    }
    workloads
}

/// Refuses forms that have no place for times.
pub(super) fn check(output: &Output) -> Result<()> {
    if output.drafts().next().is_some() {
        bail!(Usage("`drafts` are contracts of a trace's differences: `--latency` has none".to_owned()));
    }
    let forms = output.reports().map(|(form, _)| form).chain([output.format]);
    if forms.into_iter().any(|form| form.0 == Format::Sarif) {
        bail!(Usage(
            "`sarif` says where in a file something is: `--latency` has text, json, markdown, junit and github"
                .to_owned()
        ));
    }
    Ok(())
}

/// Writes every form that was asked for.
fn write(times: &Times, output: &Output) -> Result<()> {
    for (form, file) in output.reports() {
        write_atomically(file, forms::render(times, form.0))?;
    }
    let text = forms::render(times, output.format.0);
    match &output.output {
        Some(file) => write_atomically(file, text)?,
        None => print(text.trim_end_matches('\n')),
    }
    Ok(())
}

/// Runs the workloads once; returns why one of them could not run.
fn measure(
    engine: &Engine,
    workloads: &Contract,
    build: &Build,
    times: &mut BTreeMap<(String, usize), Latency>,
) -> Result<Option<String>> {
    let report = engine.observe(workloads, build, &mut |case, step, outcome| {
        if let (Verb::Block(Block::Repeat(_)), Outcome::Growth { latency, .. }) = (&step.step.verb, outcome) {
            let nth = times.keys().filter(|(name, _)| *name == case.name).count();
            times.insert((case.name.clone(), nth), *latency);
        }
    })?;
    let unable = report.cases.iter().find(|case| case.verdict == Verdict::CouldNotRun);
    Ok(unable.map(|case| format!("{} could not run: {}", case.case, case.reason.clone().unwrap_or_default())))
}

/// The JSON Schema of what `--latency … --format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Times>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_that_nothing_is_above_is_refused() {
        assert_eq!(ratio("1.2"), Ok(1.2));
        for wrong in ["nan", "inf", "0", "-1", "fast"] {
            assert!(ratio(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_round_at_all_is_refused_in_words() {
        assert_eq!(rounds("0"), Err("write a number of rounds above 0, such as 17".to_owned()));
        assert_eq!(rounds("17").map(NonZeroUsize::get), Ok(17));
    }
}
