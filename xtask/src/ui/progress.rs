//! A progress bar on a terminal, a line per build elsewhere. Both on stderr: stdout is for results.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use sqlite_contracts::builds::{BatchProgress, Build, Event, Flaw, Outcome, Progress};

use super::settings::is_quiet;

/// Whether a bar is drawn, rather than lines written.
pub(crate) fn is_lively() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("CI").is_none() && !is_quiet()
}

/// Shows the progress.
pub(crate) struct Display {
    bar: ProgressBar,
    done_word: &'static str,
    under_way: Mutex<BTreeMap<String, Event>>,
    libraries: Arc<Libraries>,
}

/// How many libraries are to be compiled before a run is done, and how many were.
#[derive(Default)]
struct Libraries {
    all: AtomicUsize,
    made: AtomicUsize,
}

impl Libraries {
    /// `library 3 of 14, about 2 min left: `, while some are to be made.
    fn show(&self, elapsed: Duration) -> Option<String> {
        let (all, made) = (self.all.load(Ordering::Relaxed), self.made.load(Ordering::Relaxed));
        let left = left(made as u64, Some(all as u64), elapsed);
        (made < all).then(|| format!("library {} of {all}{left}: ", made + 1))
    }
}

impl Display {
    /// A display of `total` builds; `done_word` is printed for a finished one: `built`.
    pub(crate) fn new(total: usize, done_word: &'static str) -> Self {
        Self::with_unit(total, done_word, "")
    }

    /// A display of `total` items other than builds, which are compiled meanwhile.
    pub(crate) fn with_unit(total: usize, done_word: &'static str, unit: &str) -> Self {
        let target = if is_lively() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        let libraries = Arc::<Libraries>::default();
        if let Ok(style) = ProgressStyle::with_template(&format!(
            "{{bar:24.cyan}} {{pos}}/{{len}} {unit} {{elapsed:>4}}{{left}}  {{wide_msg}}"
        )) {
            let shared = libraries.clone();
            bar.set_style(style.with_key(
                "left",
                move |state: &ProgressState, to: &mut dyn std::fmt::Write| {
                    // What waits for libraries says nothing of the pace.
                    if shared.show(state.elapsed()).is_none() {
                        let _ = to.write_str(&left(state.pos(), state.len(), state.elapsed()));
                    }
                },
            ));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, done_word, under_way: Mutex::default(), libraries }
    }

    /// So many libraries are compiled meanwhile.
    pub(crate) fn compiles(&self, libraries: usize) {
        self.libraries.all.store(libraries, Ordering::Relaxed);
        if libraries > 0 && !is_lively() && !is_quiet() {
            let word = if libraries == 1 { "library" } else { "libraries" };
            anstream::eprintln!("compiling {libraries} {word}");
        }
    }

    /// Removes the bar; lines that were printed stay.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// A build is in progress.
    pub(crate) fn begun(&self, build: &str) {
        self.builds().insert(build.to_owned(), Event::Compiling);
        self.show();
    }

    /// One more build is done.
    pub(crate) fn finished(&self, build: &str, line: Option<String>) {
        self.leave(build, line);
        self.steps(1);
    }

    /// So many more are done.
    pub(crate) fn steps(&self, more: usize) {
        self.bar.inc(more as u64);
    }

    /// What is shown beside the bar.
    pub(crate) fn says(&self, message: String) {
        self.bar.set_message(message);
    }

    /// A build was compiled or has failed, which does not advance the bar.
    pub(crate) fn made(&self, outcome: &Outcome<'_>) {
        if !outcome.was_there {
            self.libraries.made.fetch_add(1, Ordering::Relaxed);
        }
        self.leave(outcome.build.name(), self.line(outcome));
    }

    /// A build is no longer in progress.
    fn leave(&self, build: &str, line: Option<String>) {
        self.builds().remove(build);
        if let Some(line) = line.filter(|_| !is_quiet()) {
            self.bar.suspend(|| anstream::eprintln!("{line}"));
        }
        self.show();
    }

    fn line(&self, outcome: &Outcome<'_>) -> Option<String> {
        let name = outcome.build.name();
        match &outcome.result {
            Ok(_) if outcome.was_there => None,
            Ok(_) => Some(format!("{} {name} ({:.1} s)", self.done_word, outcome.seconds)),
            Err(error) if error.is_absence() => Some(format!("absent {name}")),
            Err(_) => Some(format!("failed {name}")),
        }
    }

    fn builds(&self) -> MutexGuard<'_, BTreeMap<String, Event>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self) {
        let shown: Vec<String> =
            self.builds().iter().map(|(build, event)| under_way(build, *event)).collect();
        let libraries = self.libraries.show(self.bar.elapsed()).unwrap_or_default();
        self.bar.set_message(libraries + &shown.join(", "));
    }
}

/// What is left of the time at the pace so far, once that means something.
fn left(done: u64, all: Option<u64>, elapsed: Duration) -> String {
    const SOON: Duration = Duration::from_secs(5);
    let Some(all) = all.filter(|all| (1..*all).contains(&done) && elapsed > SOON) else {
        return String::new();
    };
    let seconds = elapsed.as_secs_f64() * (all - done) as f64 / done as f64;
    match seconds {
        short if short < 90.0 => format!(", about {} s left", short.ceil()),
        long => format!(", about {} min left", (long / 60.0).ceil()),
    }
}

fn under_way(build: &str, event: Event) -> String {
    match event {
        Event::Fetching => format!("{build} (fetching)"),
        Event::Waiting => format!("{build} (waiting for another process)"),
        Event::Compiling => build.to_owned(),
        Event::Probing => format!("{build} (loading)"),
    }
}

impl Progress for Display {
    fn event(&self, build: &Build, event: Event) {
        self.builds().insert(build.name().to_owned(), event);
        self.show();
    }

    fn replaces(&self, build: &Build, flaw: &Flaw) {
        self.bar.suspend(|| anstream::eprintln!("{} is compiled again: {flaw}", build.name()));
    }
}

impl BatchProgress for Display {
    fn done(&self, outcome: &Outcome<'_>) {
        self.made(outcome);
        self.steps(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_shown_once_it_can_be_guessed() {
        let left = |done, seconds| left(done, Some(10), Duration::from_secs(seconds));
        assert_eq!(left(0, 20), "");
        assert_eq!(left(1, 4), "");
        assert_eq!(left(4, 20), ", about 30 s left");
        assert_eq!(left(1, 20), ", about 3 min left");
        assert_eq!(left(10, 20), "");
    }
}
