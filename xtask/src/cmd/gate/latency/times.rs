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
    /// How many iterations a build has to have had before its 99th percentile is judged.
    pub samples_for_p99: u64,
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
    /// What the ratio is at least, at a level at which all the times together say too much in one run of a hundred at most.
    /// `null` where there are too few rounds or iterations to say so.
    pub at_least: Option<f64>,
    /// How many iterations each build had, over all rounds.
    pub samples: u64,
    /// Whether that is too much: the least that the ratio can be is above the limit.
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
        let measured = || rounds.iter().filter(|(_, rounds)| !rounds.is_empty());
        let all = measured().count() * PERCENTILES.len();
        let times: Vec<Time> = measured()
            .flat_map(|((workload, nth), rounds)| {
                PERCENTILES.map(|percentile| Time::of(workload, nth + 1, rounds, &percentile, all))
            })
            .map(|time| time.judged(timing.at_most))
            .collect();
        let gate = if times.iter().any(|time| time.blocks) { Gate::Blocked } else { Gate::Pass };
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            gate,
            at_most: timing.at_most,
            rounds: timing.rounds.get(),
            times,
            samples_for_p99: SAMPLES_FOR_P99,
            could_not_run,
        }
    }

    /// The verdict in one line.
    pub(super) fn verdict(&self) -> String {
        let slow = self.times.iter().filter(|time| time.blocks).count();
        let judged = self.times.iter().filter(|time| time.at_least.is_some()).count();
        let (at_most, rounds) = (self.at_most, self.rounds);
        let others = match self.times.len() - judged {
            0 => String::new(),
            few => format!("; {few} of too few iterations are not judged"),
        };
        match (&self.could_not_run, slow) {
            (Some(reason), _) => format!("could not run: {reason}"),
            (None, 0) => format!(
                "pass: none of {judged} times is more than {at_most} times as long beyond the spread of {rounds} rounds{others}"
            ),
            (None, slow) => format!(
                "blocked: {slow} of {judged} times are more than {at_most} times as long in {rounds} rounds{others}"
            ),
        }
    }
}

/// A percentile: its name, how many iterations it takes to say something of it, and where it is.
struct Percentile {
    name: &'static str,
    samples: u64,
    of: fn(&Latency) -> Duration,
}

/// Below a thousand iterations the 99th percentile is one of the ten longest, which are the machine's and not SQLite's.
const SAMPLES_FOR_P99: u64 = 1_000;

const PERCENTILES: [Percentile; 2] = [
    Percentile { name: "P50", samples: 1, of: |latency| latency.p50 },
    Percentile { name: "P99", samples: SAMPLES_FOR_P99, of: |latency| latency.p99 },
];

/// How often a comparison of a build with itself may block, all its times together.
const ERROR: f64 = 0.01;

/// The fewest rounds that can say anything of so many times: each alone may err the less, the more there are.
pub(super) fn least_rounds(times: usize) -> usize {
    (1..).find(|rounds| index_of_least(*rounds, times).is_some()).unwrap_or(usize::MAX)
}

/// Which of the sorted ratios of the rounds the median is not below. Whatever the spread is, a ratio is as often above its
/// median as below, so that all but the first `k` being above it is as likely as that many tosses of a coin.
fn index_of_least(rounds: usize, times: usize) -> Option<usize> {
    let exponent = i32::try_from(rounds).ok()?;
    let level = ERROR / times.max(1) as f64;
    let (mut probability, mut term, mut found) = (0.0, 0.5_f64.powi(exponent), None);
    for k in 0..rounds {
        probability += term;
        if probability > level {
            break;
        }
        found = Some(k);
        term *= (rounds - k) as f64 / (k + 1) as f64;
    }
    found
}

impl Time {
    fn of(
        workload: &str,
        repeat: usize,
        rounds: &[[Latency; 2]],
        percentile: &Percentile,
        all: usize,
    ) -> Self {
        let of = |end: usize| rounds.iter().map(move |pair| (percentile.of)(&pair[end]));
        let nanoseconds = |time: Duration| time.as_nanos().max(1) as f64;
        let mut ratios: Vec<f64> =
            of(0).zip(of(1)).map(|(old, new)| nanoseconds(new) / nanoseconds(old)).collect();
        ratios.sort_by(f64::total_cmp);
        let samples = |end: usize| rounds.iter().map(|pair| pair[end].iterations).sum::<u64>();
        let samples = samples(0).min(samples(1));
        let least = index_of_least(ratios.len(), all).filter(|_| samples >= percentile.samples);
        Self {
            workload: workload.to_owned(),
            repeat,
            percentile: percentile.name,
            old: Spread::of(of(0)),
            new: Spread::of(of(1)),
            at_least: least.map(|at| ratios[at]),
            ratio: median(ratios.into_iter()),
            samples,
            blocks: false,
        }
    }

    fn judged(self, at_most: f64) -> Self {
        Self { blocks: self.at_least.is_some_and(|least| least > at_most), ..self }
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

/// Times of one workload: one round was disturbed, and the 99th percentile is 3 times as long.
#[cfg(test)]
pub(super) fn made_up(at_most: f64) -> Times {
    let of = |p50, p99| tests::latency(p50, p99, 100);
    let mut rounds = vec![[of(1_000, 2_000), of(1_100, 6_000)]; 15];
    rounds[1][1].p50 = Duration::from_nanos(9_000);
    let rounds =
        Rounds::from([(("warm <select>".to_owned(), 0), rounds), (("empty".to_owned(), 0), Vec::new())]);
    tests::times(at_most, &rounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn latency(p50: u64, p99: u64, iterations: u64) -> Latency {
        let (p50, p99) = (Duration::from_nanos(p50), Duration::from_nanos(p99));
        Latency { iterations, p50, p99, most: p99 }
    }

    pub(super) fn times(at_most: f64, rounds: &Rounds) -> Times {
        let many = rounds.values().map(Vec::len).max().unwrap_or(1);
        let timing = Timing { latency: None, at_most, rounds: std::num::NonZeroUsize::new(many).unwrap() };
        Times::new(["old", "new"], &timing, rounds, None)
    }

    #[test]
    fn one_disturbed_round_does_not_block() {
        let times = made_up(1.2);
        let [median, slow] = &times.times[..] else { panic!("{times:?}") };
        assert_eq!((median.ratio, median.blocks), (1.1, false));
        assert_eq!(median.new.to_string(), "1.1 (1.1 … 9.0) µs");
        assert_eq!((slow.ratio, slow.at_least, slow.blocks), (3.0, Some(3.0), true));
        assert_eq!(times.gate, Gate::Blocked);
        assert_eq!(times.verdict(), "blocked: 1 of 2 times are more than 1.2 times as long in 15 rounds");
    }

    #[test]
    fn what_is_at_the_limit_passes() {
        let times = made_up(3.0);
        assert_eq!(times.gate, Gate::Pass);
        assert_eq!(
            times.verdict(),
            "pass: none of 2 times is more than 3 times as long beyond the spread of 15 rounds"
        );
    }

    #[test]
    fn a_99th_percentile_of_few_iterations_is_not_judged() {
        let rounds =
            |iterations| vec![[latency(1_000, 2_000, iterations), latency(1_000, 9_000, iterations)]; 20];
        let of = |iterations| times(1.2, &Rounds::from([(("cold".to_owned(), 0), rounds(iterations))]));
        let few = of(49);
        assert_eq!((few.times[1].at_least, few.times[1].samples, few.gate), (None, 980, Gate::Pass));
        assert!(few.verdict().ends_with("; 1 of too few iterations are not judged"), "{}", few.verdict());
        assert_eq!(of(50).gate, Gate::Blocked);
    }

    #[test]
    fn a_ratio_is_judged_by_the_least_that_it_can_be() {
        // Of 17 tosses, at most one is a head in 18 of 131,072 cases, and at most two in 154.
        assert_eq!(index_of_least(17, 28), Some(1));
        assert_eq!(index_of_least(17, 1), Some(3));
        assert_eq!((index_of_least(11, 28), least_rounds(28)), (None, 12));
        assert_eq!(least_rounds(1), 7);
    }

    /// Rounds of 14 repetitions in which each time is drawn from a wide spread, and now and then from a wider one; those of the
    /// new build are so many times as long.
    fn noisy(seed: u64, slower: f64) -> Rounds {
        let mut state = seed.wrapping_add(1);
        let mut time = |slower: f64| {
            let mut noise = |within: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 33) % within) as f64
            };
            let disturbed = if noise(10) < 1.0 { 5.0 } else { 1.0 };
            let p50 = slower * disturbed * (1_000.0 + noise(500));
            latency(p50 as u64, (p50 * (2.0 + noise(4))) as u64, 500)
        };
        let mut rounds = || (0..17).map(|_| [time(1.0), time(slower)]).collect::<Vec<_>>();
        (0..14).map(|nth| (("noisy".to_owned(), nth), rounds())).collect()
    }

    #[test]
    fn noise_alone_does_not_block_and_twice_as_slow_does() {
        for seed in 0..200 {
            assert_eq!(times(1.2, &noisy(seed, 1.0)).gate, Gate::Pass, "seed {seed}");
            assert_eq!(times(1.2, &noisy(seed, 2.0)).gate, Gate::Blocked, "seed {seed}");
        }
    }
}
