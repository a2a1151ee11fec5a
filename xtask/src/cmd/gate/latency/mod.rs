//! `gate --latency`: whether the iterations of workloads take longer on the new build. The builds take turns, so that what
//! else the machine does meets both, and what is judged is the ratio of neighbours.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};
use comfy_table::CellAlignment;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::verb::{Block, Verb};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::outcome::Outcome;
use sqlite_contracts::outcome::latency::Latency;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::Verdict;

use crate::support::exit::Exit;
use crate::ui::output::{self, print};

/// How workloads are timed.
#[derive(clap::Args)]
pub(super) struct Timing {
    /// Compare the times of a file of workloads instead: of each `repeat` of each case, a first one being cold
    #[arg(long, value_name = "WORKLOADS", conflicts_with_all = ["names", "sql", "catalogue"])]
    pub latency: Option<PathBuf>,
    /// The ratio, of the median and of the 99th percentile, above which `--latency` blocks
    #[arg(long, value_name = "RATIO", default_value_t = 1.2, value_parser = ratio, requires = "latency")]
    at_most: f64,
    /// How often `--latency` runs each build
    #[arg(long, value_name = "TIMES", default_value = "9", requires = "latency")]
    rounds: NonZeroUsize,
}

/// A ratio that something can be above.
fn ratio(text: &str) -> Result<f64, String> {
    let ratio: f64 = text.parse().map_err(|_| "write a number, such as 1.2".to_owned())?;
    let is_one = ratio.is_finite() && ratio > 0.0;
    is_one.then_some(ratio).ok_or_else(|| "write a number above 0, such as 1.2".to_owned())
}

/// The times of one repetition of a workload, a pair for each round: the old build's and the new one's.
type Rounds = BTreeMap<(String, usize), Vec<[Latency; 2]>>;

/// A percentile of both builds over all rounds.
struct Compared {
    old: Vec<Duration>,
    new: Vec<Duration>,
}

impl Compared {
    fn of(rounds: &[[Latency; 2]], percentile: fn(&Latency) -> Duration) -> Self {
        let of = |end: usize| rounds.iter().map(|pair| percentile(&pair[end])).collect();
        Self { old: of(0), new: of(1) }
    }

    /// The median of the rounds' ratios: one disturbed round moves nothing.
    fn ratio(&self) -> f64 {
        let nanoseconds = |time: &Duration| time.as_nanos().max(1) as f64;
        median(self.old.iter().zip(&self.new).map(|(old, new)| nanoseconds(new) / nanoseconds(old)))
    }
}

/// Measures, and says whether the new build is too slow.
pub(super) fn run(
    project: &Project,
    engine: &Engine,
    ends: [&Build; 2],
    args: &Timing,
    file: &Path,
) -> Result<Exit> {
    let workloads = Contract::load(project, file)?;
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
        "nothing was measured: no case of {} has a `repeat`, whose iterations are timed",
        project.shown(file)
    );
    print(&text(&rounds, ends, args.at_most));
    if let Some(reason) = unable {
        print(&reason);
        return Ok(Exit::Environment);
    }
    let is_slow = |rounds: &Vec<[Latency; 2]>| percentiles(rounds).iter().any(|it| it.ratio() > args.at_most);
    Ok(Exit::of_findings(rounds.values().any(is_slow)))
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

fn percentiles(rounds: &[[Latency; 2]]) -> [Compared; 2] {
    [Compared::of(rounds, |latency| latency.p50), Compared::of(rounds, |latency| latency.p99)]
}

fn text(rounds: &Rounds, ends: [&Build; 2], at_most: f64) -> String {
    let [old, new] = ends.map(Build::name);
    let mut table = output::table(["WORKLOAD", "REPEAT", "", old, new, "RATIO", ""]);
    for ((workload, nth), rounds) in rounds.iter().filter(|(_, rounds)| !rounds.is_empty()) {
        for (name, compared) in ["P50", "P99"].into_iter().zip(percentiles(rounds)) {
            let ratio = compared.ratio();
            table.add_row([
                workload.clone(),
                (nth + 1).to_string(),
                name.to_owned(),
                spread(&compared.old),
                spread(&compared.new),
                format!("{ratio:.2}"),
                if ratio > at_most { format!("blocks: more than {at_most}") } else { String::new() },
            ]);
        }
    }
    for column in table.column_iter_mut().skip(3).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    output::shown(&table)
}

/// The median of the rounds, and from where to where they go: `12.4 (11.9 … 15.0) µs`.
fn spread(times: &[Duration]) -> String {
    let micros = |time: &Duration| time.as_nanos() as f64 / 1_000.0;
    let least = times.iter().map(micros).fold(f64::INFINITY, f64::min);
    let most = times.iter().map(micros).fold(0.0, f64::max);
    format!("{:.1} ({least:.1} … {most:.1}) µs", median(times.iter().map(micros)))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(1.0)
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
    fn one_disturbed_round_does_not_block() {
        let of = |nanoseconds| Latency { p50: Duration::from_nanos(nanoseconds), ..Latency::default() };
        let rounds = [[of(1_000), of(1_100)], [of(1_000), of(9_000)], [of(2_000), of(2_200)]];
        let [median, _] = percentiles(&rounds);
        assert_eq!(median.ratio(), 1.1);
        assert_eq!(spread(&median.new), "2.2 (1.1 … 9.0) µs");
    }
}
