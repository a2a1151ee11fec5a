//! A progress bar on a terminal, a line per build elsewhere. Both on stderr: stdout is for results.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sqlite_contracts::builds::{BatchProgress, Build, BuildError, Event, Flaw, Outcome, Progress};

/// Whether a bar is drawn, rather than lines written.
pub(crate) fn is_lively() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("CI").is_none()
}

/// Shows the progress.
pub(crate) struct Display {
    bar: ProgressBar,
    done_word: &'static str,
    under_way: Mutex<BTreeMap<String, Event>>,
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
        if let Ok(style) = ProgressStyle::with_template(&format!(
            "{{bar:24.cyan}} {{pos}}/{{len}} {unit} {{elapsed:>4}}  {{wide_msg}}"
        )) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, done_word, under_way: Mutex::default() }
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
        self.leave(outcome.build.name(), self.line(outcome));
    }

    /// A build is no longer in progress.
    fn leave(&self, build: &str, line: Option<String>) {
        self.builds().remove(build);
        if let Some(line) = line {
            self.bar.suspend(|| anstream::eprintln!("{line}"));
        }
        self.show();
    }

    fn line(&self, outcome: &Outcome<'_>) -> Option<String> {
        let name = outcome.build.name();
        match &outcome.result {
            Ok(_) if outcome.was_there => None,
            Ok(_) => Some(format!("{} {name} ({:.1} s)", self.done_word, outcome.seconds)),
            Err(BuildError::Absent { .. }) => Some(format!("absent {name}")),
            Err(_) => Some(format!("failed {name}")),
        }
    }

    fn builds(&self) -> MutexGuard<'_, BTreeMap<String, Event>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self) {
        let shown: Vec<String> =
            self.builds().iter().map(|(build, event)| under_way(build, *event)).collect();
        self.bar.set_message(shown.join(", "));
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
        self.finished(outcome.build.name(), self.line(outcome));
    }
}
