//! A progress bar on a terminal, a line per build elsewhere. Both on stderr: stdout is for results.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sqlite_contracts::builds::{BatchProgress, Build, Event, Outcome, Progress};

/// Shows what is under way.
pub struct Display {
    bar: ProgressBar,
    done_word: &'static str,
    under_way: Mutex<BTreeMap<String, Event>>,
}

impl Display {
    /// A display of `total` builds; `done_word` says what became of a finished one: `built`.
    pub fn new(total: usize, done_word: &'static str) -> Self {
        let is_lively = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        let target = if is_lively { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24.cyan} {pos}/{len} {elapsed:>4}  {wide_msg}")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, done_word, under_way: Mutex::default() }
    }

    /// Removes the bar; lines that were printed stay.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// One more is done.
    pub fn finished(&self, build: &str, line: Option<String>) {
        self.builds().remove(build);
        if let Some(line) = line {
            self.bar.suspend(|| anstream::eprintln!("{line}"));
        }
        self.bar.inc(1);
        self.show();
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
}

impl BatchProgress for Display {
    fn done(&self, outcome: &Outcome<'_>) {
        let name = outcome.build.name();
        let line = match &outcome.result {
            Ok(_) if outcome.was_there => None,
            Ok(_) => Some(format!("{} {name} ({:.1} s)", self.done_word, outcome.seconds)),
            Err(sqlite_contracts::builds::BuildError::Absent { .. }) => Some(format!("absent {name}")),
            Err(_) => Some(format!("failed {name}")),
        };
        self.finished(name, line);
    }
}
