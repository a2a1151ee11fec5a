//! The search itself: for so long, or over so many programs, saved now and then, until somebody interrupts it.

use std::convert::Infallible;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use sqlite_contracts::analysis::discover::{Answers, Asked, EngineVoters, Program, Search, State, Voters};
use sqlite_contracts::outcome::value::Value;
use sqlite_contracts::project::Project;

use super::Args;
use crate::interruption;
use crate::ui::progress::Display;

/// An interrupted search loses what it did since it was last saved. A step may take some milliseconds only.
const SAVED: Duration = Duration::from_secs(3);

/// How often the command looks whether it was interrupted, and how long a step that is under way may take then: on a machine that
/// does other things too, half a minute is nothing unusual.
const LOOKS: Duration = Duration::from_millis(100);
const GRACE: Duration = Duration::from_millis(500);

/// Builds that are not asked any more once somebody has interrupted the command.
pub(super) struct Interruptible<'a>(pub EngineVoters<'a>);

impl Interruptible<'_> {
    /// What is asked for. After an interruption workers may have died of it, which says nothing of a library.
    fn unless_interrupted<T>(&self, ask: impl FnOnce(&EngineVoters<'_>) -> Result<T>) -> Result<T> {
        let answer = ask(&self.0);
        if interruption::has_come() {
            bail!("interrupted");
        }
        answer
    }
}

impl Voters for Interruptible<'_> {
    fn ask(&self, build: usize, asked: &Asked) -> Result<Vec<Answers>> {
        self.unless_interrupted(|voters| voters.ask(build, asked))
    }

    fn values(&self, build: usize, asked: &Asked) -> Result<Vec<Option<Value>>> {
        self.unless_interrupted(|voters| voters.values(build, asked))
    }

    fn show(&self, build: usize, program: &Program) -> Result<Vec<String>> {
        self.unless_interrupted(|voters| voters.show(build, program))
    }
}

/// Searches for the time or over the programs, and returns how far it has come, which is in its file too. After an
/// interruption that is what was saved before; `new` is such a search that has not begun. Where a step does not end soon after
/// an interruption, `leave` gets what was saved instead, and is to end the command.
pub(super) fn searched<V: Voters>(
    project: &Project,
    new: &State,
    mut search: Search<'_, V>,
    args: &Args,
    leave: impl FnOnce(Result<State>),
) -> Result<State> {
    interruption::wait_for_us();
    search.state.save(project)?;
    let pace = Pace::of(args, &search.state)?;
    if let Some(programs) = args.programs {
        search = search.with_more(programs);
    }
    let saved = || {
        pace.display.finish();
        new.clone().resumed(project)
    };
    let searched =
        done_or_left(|| steps(project, &mut search, &pace), interruption::has_come, || leave(saved()));
    match searched {
        Err(_) if interruption::has_come() => saved(),
        searched => {
            pace.display.finish();
            searched.map(|()| search.state)
        }
    }
}

/// Does some work beside this thread. When it is over before the work is done, `leave` is called, once.
fn done_or_left<T: Send>(
    work: impl FnOnce() -> T + Send,
    is_over: impl Fn() -> bool,
    leave: impl FnOnce(),
) -> T {
    let mut leave = Some(leave);
    std::thread::scope(|scope| {
        let (works, done) = channel::<Infallible>();
        let work = scope.spawn(move || {
            // What is received at its end is that nobody sends any more.
            let _works = works;
            work()
        });
        let is_under_way = |time| done.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
        while is_under_way(LOOKS) {
            if is_over()
                && is_under_way(GRACE)
                && let Some(leave) = leave.take()
            {
                leave();
            }
        }
        work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Makes one step after another.
fn steps<V: Voters>(project: &Project, search: &mut Search<'_, V>, pace: &Pace) -> Result<()> {
    let (mut saved, mut shown) = (Instant::now(), 0);
    while !search.is_over() && !pace.is_late() {
        search.step()?;
        if saved.elapsed() >= SAVED {
            search.state.save(project)?;
            saved = Instant::now();
        }
        shown = pace.show(&search.state, shown)?;
    }
    search.state.save(project)
}

/// How long a search goes on, and how that is shown.
struct Pace {
    display: Display,
    started: Instant,
    /// Programs that had run before.
    begun: u64,
    /// When it ends; nothing where only programs count.
    time: Option<Duration>,
}

impl Pace {
    fn of(args: &Args, state: &State) -> Result<Self> {
        let is_of_programs = args.minutes.is_none() && args.programs.is_some();
        let seconds = args.minutes.unwrap_or(1).saturating_mul(60);
        let display = match args.programs.filter(|_| is_of_programs) {
            Some(programs) => Display::with_unit(programs.try_into()?, "searched", "programs"),
            None => Display::with_unit(seconds.try_into()?, "searched", "s"),
        };
        let time = (!is_of_programs).then(|| Duration::from_secs(seconds));
        Ok(Self { display, started: Instant::now(), begun: state.counts.programs, time })
    }

    fn is_late(&self) -> bool {
        self.time.is_some_and(|time| self.started.elapsed() >= time)
    }

    /// Shows how far it has come, of which so much is shown, and returns how much that is now.
    fn show(&self, state: &State, shown: u64) -> Result<u64> {
        let done = match self.time {
            Some(_) => self.started.elapsed().as_secs(),
            None => state.counts.programs - self.begun,
        };
        self.display.steps((done - shown).try_into()?);
        self.display.says(format!("{} findings", state.findings.len()));
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_does_not_end_is_left_when_it_is_over() {
        let (left, waits) = channel();
        let said = done_or_left(
            move || waits.recv_timeout(Duration::from_secs(60)),
            || true,
            || left.send("left").unwrap(),
        );
        assert_eq!(said, Ok("left"));
    }

    #[test]
    fn work_that_ends_is_not_left() {
        assert_eq!(done_or_left(|| 1, || false, || panic!("left")), 1);
    }
}
