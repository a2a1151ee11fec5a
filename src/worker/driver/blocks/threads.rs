//! Threads: actors that run at the same time, again and again. What may vary is judged and not shown.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{Builder, ScopedJoinHandle, scope};

use super::broken::Broken;
use super::{Numbered, Outcome, Session, all_fine, files, restore};
use crate::contract::step::Step;
use crate::contract::verb::{ActorName, Threads};
use crate::worker::driver::Sessions;
use crate::worker::ffi::{SharedConnection, allow_threads};

/// Runs the threads as often as is wanted. The outcome is that all was as expected, or the first time that it was not.
pub(super) fn run(session: &mut Session, threads: &Threads, after: &[Numbered<'_>]) -> Outcome {
    let all = allow_threads(session.library).and_then(|()| {
        let files = files()?;
        for time in 1..=threads.times {
            let at = || format!("time {time} of {}", threads.times);
            restore(&files)?;
            (session.progress)(at());
            if let Some(broken) = once(session, threads)? {
                return Err(broken.at(at()));
            }
            session.apart(|session| all_fine(session, after, || format!("{}, afterwards", at())))?;
        }
        restore(&files)
    });
    let runs = i64::try_from(threads.times).unwrap_or(i64::MAX);
    all.map_or_else(
        |instead| instead,
        |()| Outcome::Tally { runs, came: vec![("as expected".to_owned(), runs)], remark: None },
    )
}

/// A thread's steps.
struct Part<'a> {
    name: ActorName,
    steps: &'a [Step],
    /// How many it runs before all go on at once.
    begun: usize,
}

impl<'a> Part<'a> {
    fn all(threads: &'a Threads) -> Vec<Self> {
        let lists = ActorName::ALL.into_iter().zip([&threads.a, &threads.b, &threads.c]);
        let part = |(name, steps): (ActorName, &'a Vec<Step>)| {
            let begun =
                threads.begin.iter().filter(|turn| turn.actor == name).map(|turn| turn.n).sum::<u64>();
            Self { name, steps, begun: usize::try_from(begun).map_or(steps.len(), |n| n.min(steps.len())) }
        };
        lists.filter(|(_, steps)| !steps.is_empty()).map(part).collect()
    }

    /// Runs the steps in this thread, with handles of its own.
    fn perform(&self, mut session: Session, ready: &Sender<()>, gate: &RwLock<()>) -> Vec<Outcome> {
        let mut attempt = |step: &Step| session.attempt(0, &step.verb);
        let (first, rest) = self.steps.split_at(self.begun);
        let mut outcomes: Vec<_> = first.iter().map(&mut attempt).collect();
        let _ = ready.send(());
        drop(gate.read());
        outcomes.extend(rest.iter().map(attempt));
        session.give_up();
        outcomes
    }
}

fn once(session: &Session, threads: &Threads) -> Result<Option<Broken>, Outcome> {
    let shared = threads.shared.as_ref();
    let shared =
        shared.map(|open| SharedConnection::open(session.library, open).map(Arc::new)).transpose()?;
    let parts = Part::all(threads);
    let done = at_once(&parts, session.for_threads(shared.clone()));
    shared.map_or(Ok(()), |shared| SharedConnection::close(shared, session.library))?;
    let mut done = parts.iter().zip(done?);
    Ok(done.find_map(|(part, outcomes)| Broken::first(part.name, part.steps, &outcomes, part.begun)))
}

/// Runs each part in a thread of its own. All wait until the last has begun.
fn at_once(parts: &[Part<'_>], sessions: Sessions) -> Result<Vec<Vec<Outcome>>, Outcome> {
    let gate = RwLock::new(());
    let closed = gate.write().unwrap_or_else(PoisonError::into_inner);
    let (ready, is_ready) = channel();
    scope(|scope| {
        let start = |part| {
            let (ready, gate, sessions) = (ready.clone(), &gate, sessions.clone());
            let run = move || Part::perform(part, sessions.one(), &ready, gate);
            Builder::new().spawn_scoped(scope, run)
        };
        let running: Vec<ScopedJoinHandle<'_, _>> =
            parts.iter().map(start).collect::<Result<_, _>>().map_err(no_thread)?;
        for _ in &running {
            let _ = is_ready.recv();
        }
        drop(closed);
        running.into_iter().map(|thread| thread.join().map_err(|_| panicked())).collect()
    })
}

fn no_thread(error: std::io::Error) -> Outcome {
    Outcome::Refused(format!("a thread: {error}"))
}

fn panicked() -> Outcome {
    Outcome::Refused("a thread panicked".to_owned())
}
