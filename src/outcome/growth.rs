//! Growth: whether a quantity that is measured while a workload runs keeps rising, and how fast.
//!
//! A leak never frees and never ends. So it is looked for in the *floor*: at each moment, the minimum from then on. A
//! cache that is emptied from time to time leaves the floor flat. And the floor must rise in every quarter of the
//! time: a cache that fills once, however late, raises it in only one or two.

use std::fmt;

use serde::{Deserialize, Serialize};

/// At most this many measurements are taken, whatever the number of iterations: some counters are expensive.
const MEASUREMENTS: u64 = 10_000;
/// At most this many samples are kept of them, plus one at the end.
const SAMPLES: u64 = 100;
/// The samples are judged by the lowest of each of this many stretches of time …
const FINE: usize = 32;
/// … and, for a cache that is rarely emptied, of this many.
const COARSE: usize = 9;
/// How much more often than not the later of two fine stretches must be the higher one, within each part of the time
/// (Kendall's tau-b). Jitter reaches that once in 140 parts.
const TREND: f64 = 0.7;
/// By which factor the coarse stretches may rise more in one part than in another.
const ALIKE: f64 = 4.0;
/// Growth must be visible in each of this many parts of the time.
const PARTS: usize = 4;
/// With fewer iterations there is no shape to judge: only the two ends are compared.
const SHORTEST: u64 = 50;

/// The measurements from one iteration up to that of the next sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The iterations that were done at its start.
    pub iteration: u64,
    /// The lowest measurement.
    pub least: f64,
    /// The highest measurement.
    pub most: f64,
}

/// How a measured quantity developed over the iterations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// Per 1,000 iterations; 0 when it neither keeps rising nor keeps falling.
    pub slope: f64,
    /// At most 101, at even distances from the end of the warm-up to the end.
    pub samples: Vec<Sample>,
}

impl Growth {
    /// The slope, rounded towards zero.
    pub fn rate(&self) -> i64 {
        self.slope as i64
    }

    /// Whether it neither keeps rising nor keeps falling.
    pub(crate) fn is_flat(&self) -> bool {
        self.slope == 0.0
    }

    /// The first plateau: the median of the first quarter's samples.
    pub fn first(&self) -> f64 {
        median(&self.samples[..quarter(self.samples.len())])
    }

    /// The last plateau: the median of the last quarter's samples.
    pub fn last(&self) -> f64 {
        median(&self.samples[self.samples.len() - quarter(self.samples.len())..])
    }

    /// The highest measurement.
    pub fn peak(&self) -> f64 {
        self.samples.iter().map(|sample| sample.most).fold(f64::MIN, f64::max)
    }
}

/// `64 per 1,000 iterations, from 131072 to 135168`
impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} per 1,000 iterations, from {} to {}", self.rate(), self.first(), self.last())
    }
}

fn quarter(length: usize) -> usize {
    length.div_ceil(PARTS)
}

/// The lower median of the lowest measurements.
fn median(samples: &[Sample]) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(|sample| sample.least).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// Takes the measurements of a known number of iterations, and keeps a bounded number of samples.
#[derive(Debug)]
pub struct Sampler {
    iterations: u64,
    /// Iterations from one measurement to the next.
    stride: u64,
    /// Iterations from one sample to the next.
    width: u64,
    samples: Vec<Sample>,
}

impl Sampler {
    /// A sampler for `iterations` iterations, without the warm-up.
    pub fn new(iterations: u64) -> Self {
        let stride = iterations.div_ceil(MEASUREMENTS).max(1);
        let width = iterations.div_ceil(SAMPLES).max(1).next_multiple_of(stride);
        Self { iterations, stride, width, samples: Vec::with_capacity(SAMPLES as usize + 1) }
    }

    /// Whether to measure after this many iterations.
    pub fn is_due(&self, iteration: u64) -> bool {
        iteration.is_multiple_of(self.stride) || iteration == self.iterations
    }

    /// Takes a measurement after this many iterations.
    pub fn add(&mut self, iteration: u64, value: f64) {
        let begins = iteration.is_multiple_of(self.width) || iteration == self.iterations;
        match self.samples.last_mut() {
            Some(sample) if !begins => {
                sample.least = sample.least.min(value);
                sample.most = sample.most.max(value);
            }
            _ => self.samples.push(Sample { iteration, least: value, most: value }),
        }
    }

    /// The growth of the measurements.
    pub fn finish(self) -> Growth {
        Growth { slope: slope(self.iterations, &self.samples), samples: self.samples }
    }
}

/// Growth per 1,000 iterations, 0 for none. The first quarter may be a warm-up that was not declared.
fn slope(iterations: u64, samples: &[Sample]) -> f64 {
    if iterations < SHORTEST {
        return between_ends(samples);
    }
    let warm = &samples[quarter(samples.len())..];
    [samples, warm].into_iter().find_map(steady_slope).unwrap_or(0.0)
}

fn steady_slope(samples: &[Sample]) -> Option<f64> {
    let fine = stretches(samples, FINE);
    let coarse = stretches(samples, COARSE);
    let rise = |fine: &[Stretch], coarse: &[Stretch]| fine_rise(fine).or_else(|| coarse_rise(coarse));
    rise(&fine, &coarse).or_else(|| Some(-rise(&upside_down(&fine), &upside_down(&coarse))?))
}

fn between_ends(samples: &[Sample]) -> f64 {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return 0.0 };
    let iterations = last.iteration - first.iteration;
    if iterations == 0 { 0.0 } else { (last.least - first.least) * 1000.0 / iterations as f64 }
}

/// A stretch of time: its start, and the lowest and highest measurement in it.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    iteration: f64,
    least: f64,
    most: f64,
}

fn stretches(samples: &[Sample], count: usize) -> Vec<Stretch> {
    let stretch = |at: usize| {
        let samples = &samples[at * samples.len() / count..(at + 1) * samples.len() / count];
        Stretch {
            iteration: samples[0].iteration as f64,
            least: samples.iter().map(|sample| sample.least).fold(f64::MAX, f64::min),
            most: samples.iter().map(|sample| sample.most).fold(f64::MIN, f64::max),
        }
    };
    (0..count).map(stretch).collect()
}

/// The negated measurements, in which a fall is a rise.
fn upside_down(stretches: &[Stretch]) -> Vec<Stretch> {
    let turned = |stretch: &Stretch| Stretch { least: -stretch.most, most: -stretch.least, ..*stretch };
    stretches.iter().map(turned).collect()
}

/// The rise, when most of the fine stretches show it in every part of the time.
fn fine_rise(stretches: &[Stretch]) -> Option<f64> {
    let rises = rises(stretches)?;
    let steady = stretches.chunks(FINE / PARTS).all(|part| trend(part) >= TREND);
    steady.then(|| usual(&rises) / duration(stretches))
}

/// The rise, when none of the coarse stretches is below the one before. They are too few to distinguish
/// jitter from a leak beside a cache that fills, so all parts must rise alike.
fn coarse_rise(stretches: &[Stretch]) -> Option<f64> {
    let rises = rises(stretches)?;
    let alike = rises[PARTS - 1] <= ALIKE * rises[0];
    let steady = stretches.windows(2).all(|pair| pair[0].least <= pair[1].least);
    (alike && steady).then(|| usual(&rises) / duration(stretches))
}

/// How much the floor rises in each part of the time, the smallest first; `None` when it does not rise in one of them.
fn rises(stretches: &[Stretch]) -> Option<[f64; PARTS]> {
    let floor = floor(stretches);
    let last = floor.len() - 1;
    let at = |part: usize| floor[part * last / PARTS];
    let mut rises: [f64; PARTS] = std::array::from_fn(|part| at(part + 1) - at(part));
    rises.sort_by(f64::total_cmp);
    (rises[0] > 0.0).then_some(rises)
}

/// The rise of all parts together. A part that rises much more than the others counts as their mean: a cache has
/// filled there.
fn usual(rises: &[f64; PARTS]) -> f64 {
    let usual: Vec<f64> = rises.iter().copied().filter(|rise| *rise <= 1.6 * rises[1]).collect();
    usual.iter().sum::<f64>() * PARTS as f64 / usual.len() as f64
}

/// Thousands of iterations from the first stretch to the last.
fn duration(stretches: &[Stretch]) -> f64 {
    (stretches[stretches.len() - 1].iteration - stretches[0].iteration) / 1000.0
}

/// For each stretch, the minimum from there on.
fn floor(stretches: &[Stretch]) -> Vec<f64> {
    let mut floor: Vec<f64> = stretches.iter().map(|stretch| stretch.least).collect();
    for at in (1..floor.len()).rev() {
        floor[at - 1] = floor[at - 1].min(floor[at]);
    }
    floor
}

/// Kendall's tau-b of the lowest against the time: 1 when each is above all before it, 0 without any trend.
fn trend(stretches: &[Stretch]) -> f64 {
    let pairs = (1..stretches.len()).flat_map(|later| (0..later).map(move |earlier| (earlier, later)));
    let signs: Vec<i32> = pairs
        .map(|(earlier, later)| stretches[later].least.total_cmp(&stretches[earlier].least) as i32)
        .collect();
    let unequal = signs.iter().filter(|sign| **sign != 0).count() as f64;
    f64::from(signs.iter().sum::<i32>()) / (unequal * signs.len() as f64).sqrt().max(1.0)
}
