//! The times of workloads on two builds, judged: the data of every form.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::analysis::gate::Gate;
use sqlite_contracts::outcome::latency::Latency;

use super::Timing;

/// The times of each repetition of a workload, a pair for each round: the old build's and the new one's.
pub(super) type Rounds = BTreeMap<(String, usize), Vec<[Latency; 2]>>;

/// Whether the iterations of workloads take longer on the new build, as `--format json` prints it.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Times {
    /// The old build.
    pub from: String,
    /// The new build.
    pub to: String,
    /// The result.
    pub gate: Gate,
    /// The ratio above which a time blocks.
    pub at_most: f64,
    /// How often each build ran.
    pub rounds: usize,
    /// By workload, repetition and percentile.
    pub times: Vec<Time>,
    /// Why a workload could not run, where one could not; then the result says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub could_not_run: Option<String>,
}

/// A percentile of a repetition's iterations, on both builds.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Time {
    /// The case.
    pub workload: String,
    /// Which `repeat` of it, from 1.
    pub repeat: usize,
    /// `P50` or `P99`.
    pub percentile: &'static str,
    /// On the old build.
    pub old: Spread,
    /// On the new build.
    pub new: Spread,
    /// The median of the rounds' ratios, new to old: one disturbed round moves nothing.
    pub ratio: f64,
    /// Whether that is too much.
    pub blocks: bool,
}

/// Microseconds over all rounds.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Spread {
    /// The median of the rounds.
    pub median: f64,
    /// The shortest.
    pub least: f64,
    /// The longest.
    pub most: f64,
}

impl Times {
    pub(super) fn new(
        [from, to]: [&str; 2],
        timing: &Timing,
        rounds: &Rounds,
        could_not_run: Option<String>,
    ) -> Self {
        let measured = rounds.iter().filter(|(_, rounds)| !rounds.is_empty());
        let times: Vec<Time> = measured
            .flat_map(|((workload, nth), rounds)| {
                let time = |(name, percentile)| Time::of(workload, nth + 1, name, rounds, percentile);
                PERCENTILES.map(time).map(|time| time.judged(timing.at_most))
            })
            .collect();
        let gate = if times.iter().any(|time| time.blocks) { Gate::Blocked } else { Gate::Pass };
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            gate,
            at_most: timing.at_most,
            rounds: timing.rounds.get(),
            times,
            could_not_run,
        }
    }

    /// The verdict in one line.
    pub(super) fn verdict(&self) -> String {
        let slow = self.times.iter().filter(|time| time.blocks).count();
        let (all, at_most) = (self.times.len(), self.at_most);
        match (&self.could_not_run, slow) {
            (Some(reason), _) => format!("could not run: {reason}"),
            (None, 0) => format!("pass: none of {all} times is more than {at_most} times as long"),
            (None, slow) => format!("blocked: {slow} of {all} times are more than {at_most} times as long"),
        }
    }
}

type Percentile = fn(&Latency) -> Duration;

const PERCENTILES: [(&str, Percentile); 2] = [("P50", |latency| latency.p50), ("P99", |latency| latency.p99)];

impl Time {
    fn of(
        workload: &str,
        repeat: usize,
        name: &'static str,
        rounds: &[[Latency; 2]],
        percentile: Percentile,
    ) -> Self {
        let of = |end: usize| rounds.iter().map(move |pair| percentile(&pair[end]));
        let nanoseconds = |time: Duration| time.as_nanos().max(1) as f64;
        Self {
            workload: workload.to_owned(),
            repeat,
            percentile: name,
            old: Spread::of(of(0)),
            new: Spread::of(of(1)),
            ratio: median(of(0).zip(of(1)).map(|(old, new)| nanoseconds(new) / nanoseconds(old))),
            blocks: false,
        }
    }

    fn judged(self, at_most: f64) -> Self {
        Self { blocks: self.ratio > at_most, ..self }
    }
}

impl Spread {
    fn of(times: impl Iterator<Item = Duration> + Clone) -> Self {
        let micros = times.map(|time| time.as_nanos() as f64 / 1_000.0);
        Self {
            median: median(micros.clone()),
            least: micros.clone().fold(f64::INFINITY, f64::min),
            most: micros.fold(0.0, f64::max),
        }
    }
}

impl std::fmt::Display for Spread {
    /// The median of the rounds, and from where to where they go: `12.4 (11.9 … 15.0) µs`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} ({:.1} … {:.1}) µs", self.median, self.least, self.most)
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(1.0)
}

/// Times of one workload, of which one round was disturbed, and the 99th percentile is 3 times as long.
#[cfg(test)]
pub(super) fn made_up(at_most: f64) -> Times {
    let of = |p50, p99| Latency {
        p50: Duration::from_nanos(p50),
        p99: Duration::from_nanos(p99),
        ..Latency::default()
    };
    let rounds = vec![
        [of(1_000, 2_000), of(1_100, 6_000)],
        [of(1_000, 2_000), of(9_000, 6_000)],
        [of(2_000, 2_000), of(2_200, 6_000)],
    ];
    let timing = Timing { latency: None, at_most, rounds: std::num::NonZeroUsize::new(3).unwrap() };
    let rounds =
        Rounds::from([(("warm <select>".to_owned(), 0), rounds), (("empty".to_owned(), 0), Vec::new())]);
    Times::new(["old", "new"], &timing, &rounds, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_disturbed_round_does_not_block() {
        let times = made_up(1.2);
        let [median, slow] = &times.times[..] else { panic!("{times:?}") };
        assert_eq!((median.ratio, median.blocks), (1.1, false));
        assert_eq!(median.new.to_string(), "2.2 (1.1 … 9.0) µs");
        assert_eq!((slow.ratio, slow.blocks), (3.0, true));
        assert_eq!(times.gate, Gate::Blocked);
        assert_eq!(times.verdict(), "blocked: 1 of 2 times are more than 1.2 times as long");
    }

    #[test]
    fn what_is_at_the_limit_passes() {
        let times = made_up(3.0);
        assert_eq!(times.gate, Gate::Pass);
        assert_eq!(times.verdict(), "pass: none of 2 times is more than 3 times as long");
    }
}
