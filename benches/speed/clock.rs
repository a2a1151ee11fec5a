//! Measuring two things side by side.

use std::time::Instant;

use anyhow::Result;

/// The two of a pair are measured in turn so often, so that a machine that slows down slows both.
pub(crate) const ROUNDS: usize = 9;

/// How long so many threads take that do the same at the same time.
pub(crate) fn in_lanes(lanes: usize, work: impl Fn() -> Result<()> + Sync) -> Result<f64> {
    let started = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..lanes).map(|_| scope.spawn(&work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a thread panicked")))
    })?;
    Ok(started.elapsed().as_secs_f64())
}

/// Seconds of processors that the host of this virtual machine has given to others since it started; `None` where the
/// system does not tell.
pub(crate) fn stolen() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    // https://man7.org/linux/man-pages/man5/proc_stat.5.html: `cpu`, then times of which the eighth is `steal`.
    let ticks: f64 = stat.lines().next()?.split_whitespace().nth(8)?.parse().ok()?;
    Some(ticks / rustix::param::clock_ticks_per_second() as f64)
}

/// Runs the two in turn, after a warm-up of both.
pub(crate) fn pairs(
    a: impl Fn() -> Result<f64>,
    b: impl Fn() -> Result<f64>,
) -> Result<(Vec<f64>, Vec<f64>)> {
    a()?;
    b()?;
    let measured = (0..ROUNDS).map(|_| Ok((a()?, b()?))).collect::<Result<Vec<_>>>()?;
    Ok(measured.into_iter().unzip())
}

/// The ratio of each pair.
pub(crate) fn ratios(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a / b).collect()
}

/// The middle one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
