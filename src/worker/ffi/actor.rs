//! Actors: lists of steps that take turns. Each has a stack of its own and gives way at calls of the watched file system,
//! and of our mutexes where the library uses them, so that one thread runs them all and an order of turns can be run
//! again.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::null;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

use crate::outcome::io::{FileKind, Operation};

/// Where an actor gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before this call.
    Call {
        /// Which call.
        operation: Operation,
        /// Of which file.
        kind: FileKind,
        /// Whether it waits for another actor: its last call found a lock taken, or it sleeps.
        waits: bool,
    },
    /// Before it takes a mutex.
    Mutex {
        /// Whether another actor has it.
        waits: bool,
    },
    /// Before its next step.
    Step,
}

/// What came of letting an actor run.
pub(crate) enum Resumed<T> {
    /// It gave way.
    At(Place),
    /// It is done.
    Done(T),
}

/// An actor, which does not run until it is resumed. What an actor has that did not come to its end is never freed: its
/// stack holds calls of the library, which cannot be unwound.
pub(crate) struct Actor<T> {
    coroutine: ManuallyDrop<Coroutine<(), Place, T>>,
    turns: *const Turns,
    waits: bool,
}

type Turns = Yielder<(), Place>;

thread_local! {
    /// By which the actor gives way that runs now.
    static RUNNING: Cell<*const Turns> = const { Cell::new(null()) };
    /// Whether the last call of the actor that runs found a lock taken.
    static WAITS: Cell<bool> = const { Cell::new(false) };
    /// Stacks that no actor has: a new one costs more than a short schedule.
    static STACKS: Cell<Vec<DefaultStack>> = const { Cell::new(Vec::new()) };
}

/// Bytes of a stack, as much as a thread of Rust has.
const STACK: usize = 2 << 20;

impl<T: 'static> Actor<T> {
    /// An actor that does this.
    ///
    /// # Errors
    /// When there is no memory for its stack.
    pub(crate) fn new(run: impl FnOnce() -> T + 'static) -> std::io::Result<Self> {
        let stack = match with_stacks(Vec::pop) {
            Some(stack) => stack,
            None => DefaultStack::new(STACK)?,
        };
        let coroutine = Coroutine::with_stack(stack, move |turns: &Turns, ()| {
            RUNNING.set(turns);
            run()
        });
        Ok(Self { coroutine: ManuallyDrop::new(coroutine), turns: null(), waits: false })
    }

    /// Lets it run until it gives way or is done.
    pub(crate) fn resume(&mut self) -> Resumed<T> {
        let before = (RUNNING.replace(self.turns), WAITS.replace(self.waits));
        let result = self.coroutine.resume(());
        (self.turns, self.waits) = (RUNNING.replace(before.0), WAITS.replace(before.1));
        match result {
            CoroutineResult::Yield(place) => Resumed::At(place),
            CoroutineResult::Return(done) => Resumed::Done(done),
        }
    }

    /// Gives back the stack of one that is done.
    pub(crate) fn end(self) {
        if self.coroutine.done() {
            let stack = ManuallyDrop::into_inner(self.coroutine).into_stack();
            with_stacks(|stacks| stacks.push(stack));
        }
    }
}

fn with_stacks<T>(use_them: impl FnOnce(&mut Vec<DefaultStack>) -> T) -> T {
    let mut stacks = STACKS.take();
    let result = use_them(&mut stacks);
    STACKS.set(stacks);
    result
}

/// Whether an actor runs.
pub(super) fn is_one() -> bool {
    !RUNNING.get().is_null()
}

/// The actor that runs gives way before this call. Returns whether there is one.
pub(super) fn pause(operation: Operation, kind: FileKind) -> bool {
    let waits = WAITS.replace(false) || operation == Operation::Sleep;
    give_way(Place::Call { operation, kind, waits })
}

/// The actor that runs gives way before it takes a mutex. Returns whether there is one.
pub(super) fn pause_at_mutex(waits: bool) -> bool {
    give_way(Place::Mutex { waits })
}

/// A number of the actor that runs, which no other has; that of what is no actor is 1.
pub(super) fn identity() -> usize {
    RUNNING.get().addr().max(1)
}

/// The actor that runs gives way before its next step.
pub(crate) fn pause_before_step() {
    give_way(Place::Step);
}

fn give_way(place: Place) -> bool {
    let turns = RUNNING.get();
    if turns.is_null() {
        return false;
    }
    // SAFETY: it belongs to the actor that runs, on whose stack this is called, and lives until the actor is done.
    let turns = unsafe { &*turns };
    turns.suspend(place);
    true
}

/// Notes what came of a call that may find a lock taken.
pub(super) fn note(operation: Operation, code: i32) {
    const BUSY: i32 = 5;
    if matches!(operation, Operation::Lock | Operation::ShmLock) && is_one() {
        WAITS.set(code & 0xff == BUSY);
    }
}
