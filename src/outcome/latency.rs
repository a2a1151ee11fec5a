//! Latency: how long the iterations of a repetition took. It is reported and never recorded, since times depend on
//! the machine.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// How many iterations there were, and the median, the 99th percentile and the maximum of their times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// How many iterations were timed.
    pub iterations: u64,
    /// The median.
    pub p50: Duration,
    /// The 99th percentile.
    pub p99: Duration,
    /// The maximum.
    pub most: Duration,
}

/// Collects the times of any number of iterations in bounded memory, with a precision of one per cent.
#[derive(Debug)]
pub(crate) struct Stopwatch(Option<Histogram<u32>>);

/// Longer times count as this one.
const LONGEST: Duration = Duration::from_secs(60);
/// How many decimal digits of a time are kept.
const DIGITS: u8 = 2;

impl Default for Stopwatch {
    /// A stopwatch without any time.
    fn default() -> Self {
        Self(Histogram::new_with_max(nanoseconds(LONGEST), DIGITS).ok())
    }
}

impl Stopwatch {
    /// Adds the time of an iteration.
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.as_mut().into_iter().for_each(|times| times.saturating_record(nanoseconds(time)));
    }

    /// The percentiles; zeros without any iteration.
    pub(crate) fn finish(self) -> Latency {
        let Some(times) = self.0.filter(|times| !times.is_empty()) else { return Latency::default() };
        let within = |share: f64| Duration::from_nanos(times.value_at_quantile(share));
        Latency {
            iterations: times.len(),
            p50: within(0.5),
            p99: within(0.99),
            most: Duration::from_nanos(times.max()),
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_iteration_in_fifty_moves_the_99th_percentile_only() {
        let mut stopwatch = Stopwatch::default();
        for iteration in 0..1000 {
            stopwatch.add(Duration::from_micros(if iteration % 50 == 0 { 900 } else { 30 }));
        }
        let Latency { iterations, p50, p99, most } = stopwatch.finish();
        assert_eq!(iterations, 1000);
        let is_about =
            |time: Duration, micros: u64| time.abs_diff(Duration::from_micros(micros)) * 100 <= time;
        assert!(is_about(p50, 30) && is_about(p99, 900) && is_about(most, 900), "{p50:?} {p99:?} {most:?}");
    }

    #[test]
    fn no_iteration_takes_no_time() {
        assert_eq!(Stopwatch::default().finish(), Latency::default());
    }
}
