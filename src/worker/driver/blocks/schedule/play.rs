//! One order, played.

use std::collections::VecDeque;
use std::rc::Rc;

use super::super::broken::Broken;
use super::super::{Outcome, Session};
use super::order::{Found, Order, shown};
use crate::contract::step::Step;
use crate::contract::verb::{ActorName, FailIo, Schedule, Turn};
use crate::outcome::io::Operation;
use crate::worker::ffi::{Actor, Place, Resumed, WalIndexHeaders, mutex, pause_before_step};
use crate::worker::io;

/// So many calls are made in an order; then they fail, so that it ends.
const MOST_CALLS: u64 = 100_000;

/// Calls that another actor can notice, or that can notice another actor.
const NOTICEABLE: [Operation; 15] = [
    Operation::Open,
    Operation::Delete,
    Operation::Access,
    Operation::Read,
    Operation::Write,
    Operation::Truncate,
    Operation::Sync,
    Operation::FileSize,
    Operation::Lock,
    Operation::Unlock,
    Operation::CheckReservedLock,
    Operation::ShmLock,
    Operation::ShmUnlock,
    Operation::ShmBarrier,
    Operation::Unfetch,
];

/// Plays orders of the same actors.
pub(super) struct Player {
    lists: Vec<Rc<[Step]>>,
    begin: Vec<Turn>,
    places: Vec<Operation>,
    /// Whether the contract chose the places.
    is_filtered: bool,
    /// Whether taking a mutex is a place too.
    mutexes: bool,
}

/// What came of an order.
pub(super) struct Played {
    /// The turns as a contract asks for them.
    pub turns: String,
    /// The outcomes of the steps that have no promise.
    pub came: String,
    /// The first step that did not do what is expected.
    pub broken: Option<Broken>,
    pub found: Found,
}

impl Player {
    pub(super) fn new(schedule: &Schedule) -> Self {
        let lists = [&schedule.a, &schedule.b, &schedule.c];
        let lists = lists.into_iter().filter(|steps| !steps.is_empty());
        let places = if schedule.at.is_empty() { NOTICEABLE.to_vec() } else { schedule.at.clone() };
        Self {
            lists: lists.map(|steps| steps.clone().into()).collect(),
            begin: schedule.begin.clone(),
            places,
            is_filtered: !schedule.at.is_empty(),
            mutexes: schedule.mutexes,
        }
    }

    pub(super) fn actors(&self) -> usize {
        self.lists.len()
    }

    /// Whether another actor may be let run at this place, and whether it is waited for.
    fn choice(&self, place: Option<Place>) -> Option<bool> {
        match place? {
            Place::Call { operation, waits, .. } => {
                (self.places.contains(&operation) || waits).then_some(waits)
            }
            Place::Mutex { .. } => self.mutexes.then_some(false),
            Place::Step => None,
        }
    }

    pub(super) fn play(&self, session: &Session, order: &Order) -> Result<Played, Outcome> {
        let actors = self.lists.iter().map(|steps| Playing::new(session.another(), steps.clone()));
        let mut stage = Stage {
            player: self,
            actors: actors.collect::<Result<_, _>>()?,
            turns: Vec::new(),
            calls: 0,
            found: Found::default(),
            waiting: 0,
        };
        stage.begin();
        stage.play(order);
        Ok(stage.end())
    }
}

/// An actor in an order.
struct Playing {
    actor: Actor<Done>,
    steps: Rc<[Step]>,
    /// Steps before which there was no choice.
    begun: usize,
    /// Whether it is about to make a call at which it may be interrupted.
    before_call: bool,
    /// The wal-index as it was when it was interrupted, where it is to go on with that.
    held_back: Option<WalIndexHeaders>,
    done: Option<Done>,
}

/// What an actor comes back with.
struct Done {
    session: Session,
    outcomes: Vec<Outcome>,
}

impl Playing {
    fn new(mut session: Session, steps: Rc<[Step]>) -> Result<Self, Outcome> {
        let ours = steps.clone();
        let run = move || {
            let execute = |step: &Step| {
                pause_before_step();
                session.attempt(0, &step.verb)
            };
            let outcomes = steps.iter().map(execute).collect();
            Done { session, outcomes }
        };
        let actor = Actor::new(run).map_err(|error| Outcome::Refused(format!("an actor: {error}")))?;
        Ok(Self { actor, steps: ours, begun: 0, before_call: false, held_back: None, done: None })
    }

    /// Runs to its next place, unless it is done.
    fn resume(&mut self) -> Option<Place> {
        if self.done.is_some() {
            return None;
        }
        match self.actor.resume() {
            Resumed::At(place) => Some(place),
            Resumed::Done(done) => {
                self.done = Some(done);
                None
            }
        }
    }

    /// Runs so many steps, without a choice.
    fn steps(&mut self, n: u64) {
        for _ in 0..n {
            while let Some(Place::Call { .. } | Place::Mutex { .. }) = self.resume() {}
            self.begun += 1;
        }
    }
}

/// The actors with what they have done.
struct Stage<'a> {
    player: &'a Player,
    actors: Vec<Playing>,
    turns: Vec<Turn>,
    calls: u64,
    found: Found,
    /// Turns, one after the other, in which an actor found a mutex taken and did nothing.
    waiting: usize,
}

impl Stage<'_> {
    /// Everything before there is a choice.
    fn begin(&mut self) {
        // Each comes before its first step.
        for actor in &mut self.actors {
            let _ = actor.resume();
        }
        for turn in &self.player.begin {
            if let Some(actor) = self.actors.get_mut(turn.actor as usize) {
                actor.steps(turn.n);
            }
        }
    }

    fn play(&mut self, order: &Order) {
        let mut given: VecDeque<Turn> = match order {
            Order::Given(turns) => turns.iter().copied().collect(),
            Order::Of { .. } => VecDeque::new(),
        };
        let mut now = match order {
            Order::Of { first, .. } => *first,
            Order::Given(turns) => turns.first().map_or(0, |turn| turn.actor as usize),
        };
        while let Some(running) = self.nearest_unfinished(now) {
            if running != now {
                given.pop_front();
            }
            now = running;
            let place = self.take_turn(now);
            let waits_for_mutex = place == Some(Place::Mutex { waits: true });
            self.waiting = if waits_for_mutex { self.waiting + 1 } else { 0 };
            if waits_for_mutex {
                given.pop_front();
                now = self.nearest_unfinished((now + 1) % self.actors.len()).unwrap_or(now);
            } else if let Some(waits) = self.player.choice(place) {
                now = self.before_call(now, waits, order, &mut given);
            }
            if self.waiting >= self.unfinished().count() {
                return;
            }
        }
    }

    /// Those who are not done.
    fn unfinished(&self) -> impl Iterator<Item = ActorName> {
        let actors = ActorName::ALL.into_iter().zip(&self.actors);
        actors.filter(|(_, actor)| actor.done.is_none()).map(|(name, _)| name)
    }

    /// Lets an actor run to its next place. What is held back from it is so until it takes or gives back a lock on the
    /// wal-index, or gives way: only until then could it have read before the others wrote.
    fn take_turn(&mut self, now: usize) -> Option<Place> {
        self.enter(now);
        let written = self.actors[now].held_back.take().and_then(|as_it_was| {
            let written = WalIndexHeaders::now();
            (written != as_it_was).then(|| {
                as_it_was.put();
                written
            })
        });
        loop {
            let place = self.actors[now].resume();
            let looks_again = match place {
                Some(Place::Call { operation, .. }) => {
                    matches!(operation, Operation::ShmLock | Operation::ShmUnlock)
                }
                _ => true,
            };
            if written.is_none() || looks_again {
                written.iter().for_each(WalIndexHeaders::put);
                return place;
            }
        }
    }

    /// Notes that it is this actor's turn, and the call that it makes now.
    fn enter(&mut self, now: usize) {
        let name = ActorName::ALL[now];
        if self.turns.last().is_none_or(|turn| turn.actor != name) {
            self.turns.push(Turn { actor: name, n: 0, hold_back: false });
        }
        if std::mem::take(&mut self.actors[now].before_call) {
            self.turns.iter_mut().last().into_iter().for_each(|turn| turn.n += 1);
        }
    }

    /// Who runs next, where the one that runs now is before a call.
    fn before_call(&mut self, now: usize, waits: bool, order: &Order, given: &mut VecDeque<Turn>) -> usize {
        self.actors[now].before_call = true;
        self.calls += 1;
        if self.calls == MOST_CALLS {
            io::fail(Some(FailIo { persistent: true, ..FailIo::of(1) }));
        }
        let others = self.others(now);
        // One that has made no call yet might as well not have begun.
        let is_first = self.turns.iter().filter(|turn| turn.actor as usize == now).all(|turn| turn.n == 0);
        self.found.others.push(if is_first && !self.player.is_filtered { 0 } else { others });
        if let Some(turn) = given.front() {
            let made = self.turns.last().map_or(0, |turn| turn.n);
            if made < turn.n {
                return now;
            }
            given.pop_front();
            let next = given.front().map(|next| (next.actor as usize, next.hold_back));
            return next.map_or(now, |(by, holds_back)| self.interrupt(now, by, holds_back));
        }
        if let Some(interruption) = order.interruption(self.found.others.len()) {
            return self.interrupt(now, interruption.by, interruption.holds_back);
        }
        let mut other = (1..self.actors.len()).map(|step| (now + step) % self.actors.len());
        let waited_for = other.find(|other| others & (1 << other) != 0);
        if waits { waited_for.unwrap_or(now) } else { now }
    }

    fn interrupt(&mut self, now: usize, by: usize, holds_back: bool) -> usize {
        if holds_back {
            self.actors[now].held_back = Some(WalIndexHeaders::now());
            self.turns.push(Turn { actor: ActorName::ALL[by], n: 0, hold_back: true });
        }
        by
    }

    /// A bit for each other actor that is not done.
    fn others(&self, now: usize) -> u8 {
        let others = self.actors.iter().enumerate().filter(|(at, actor)| *at != now && actor.done.is_none());
        others.fold(0, |bits, (at, _)| bits | 1 << at)
    }

    fn nearest_unfinished(&self, from: usize) -> Option<usize> {
        let n = self.actors.len();
        (0..n).map(|step| (from + step) % n).find(|at| self.actors[*at].done.is_none())
    }

    /// What came of it all. Every actor is done, or waits for ever.
    fn end(self) -> Played {
        let endless = || format!("more than {MOST_CALLS} calls of the file system");
        let mut broken = (self.calls >= MOST_CALLS).then(|| Broken::without_end(endless()));
        let waiting: Vec<_> = self.unfinished().map(|name| name.to_string()).collect();
        if !waiting.is_empty() {
            mutex::give_library_up();
            let waiting = waiting.join(" and ");
            broken =
                Some(Broken::without_end(format!("a deadlock: {waiting} wait for each other's mutexes")));
        }
        io::fail(None);
        let mut came = Vec::new();
        for (name, playing) in ActorName::ALL.iter().zip(self.actors) {
            let Playing { actor, steps, begun, done: Some(Done { session, outcomes }), .. } = playing else {
                continue;
            };
            let shown = unpromised(&steps, &outcomes, begun);
            came.extend((!shown.is_empty()).then(|| format!("{name}: {shown}")));
            broken = broken.or_else(|| Broken::first(*name, &steps, &outcomes, begun));
            session.give_up();
            actor.end();
        }
        let came = if came.is_empty() { "as expected".to_owned() } else { came.join("; ") };
        Played { turns: shown(&self.turns), came, broken, found: self.found }
    }
}

/// The outcomes of the steps that may do anything.
fn unpromised(steps: &[Step], outcomes: &[Outcome], begun: usize) -> String {
    let chosen = steps.iter().zip(outcomes).skip(begun).filter(|(step, _)| step.expect.is_none());
    chosen.map(|(_, outcome)| outcome.to_string()).collect::<Vec<_>>().join(", ")
}
