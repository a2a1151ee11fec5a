//! The options that every command has, and what they change.

use std::num::NonZeroUsize;
use std::sync::OnceLock;

use clap::ColorChoice;
use sqlite_contracts::system;

/// The options that every command has.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Settings {
    /// Print results and errors only: no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Print all details that a command has: every line that differs, the evidence of each finding
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to print in colour
    #[arg(long, global = true, value_name = "WHEN", default_value_t)]
    pub color: ColorChoice,
    /// How many compilers and workers run at once, at most four per core; by default one per core
    #[arg(long, short, global = true, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Print long results at once, not through the pager: $PAGER, else `less`
    #[arg(long, global = true)]
    pub no_pager: bool,
}

static SETTINGS: OnceLock<Settings> = OnceLock::new();

impl Settings {
    /// They hold from now on.
    pub(crate) fn apply(self) {
        let color = match self.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        color.write_global();
        if let Some(jobs) = self.jobs.map(|jobs| useful(jobs, system::cores())) {
            system::use_cores(jobs);
            // It fails where a pool is there already, which is then as large as it is.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs.get()).build_global();
        }
        let _ = SETTINGS.set(self);
    }
}

/// As many jobs as are of any use: idle threads of a pool look for work all the time, so that a thousand of them take the
/// processor from those that have some.
fn useful(jobs: NonZeroUsize, cores: usize) -> NonZeroUsize {
    jobs.min(NonZeroUsize::new(cores.saturating_mul(4)).unwrap_or(NonZeroUsize::MIN))
}

/// Those of this process.
fn settings() -> &'static Settings {
    SETTINGS.get_or_init(Settings::default)
}

/// Whether only results and errors are printed.
pub(crate) fn is_quiet() -> bool {
    settings().quiet
}

/// Whether all details are printed.
pub(crate) fn is_verbose() -> bool {
    settings().verbose
}

/// Whether a pager may show a long result.
pub(crate) fn may_page() -> bool {
    !settings().no_pager
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_jobs_than_four_per_core() {
        let useful = |jobs: usize, cores| useful(NonZeroUsize::new(jobs).unwrap(), cores).get();
        assert_eq!([useful(1000, 2), useful(8, 2), useful(3, 2), useful(1, 64)], [8, 8, 3, 1]);
    }
}
