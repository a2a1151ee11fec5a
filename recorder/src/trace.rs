//! The trace of this process: what is written, under one lock, in the order in which it happened.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cbor::Items;
use crate::handles::Handles;
use crate::lock::{self, Held};
use crate::process::Process;
use crate::real::Function;
use crate::segment::Parts;
use crate::short::Short;
use crate::thread;
use crate::vfs::Originals;

/// The folder of a recording, as a path.
const FOLDER: &str = "SQLITE_RECORDER_FOLDER";
/// Set where long values are wanted whole.
const WHOLE: &str = "SQLITE_RECORDER_WHOLE";

/// What an event begins with that is not the call of a function: `docs/trace.md` has their fields.
pub(crate) mod event {
    pub(crate) const END: i64 = -1;
    pub(crate) const FUNCTION: i64 = -2;
    pub(crate) const THREAD: i64 = -3;
    pub(crate) const ORDER: i64 = -4;
    pub(crate) const PROCESS: i64 = -5;
    pub(crate) const FILE: i64 = -6;
    pub(crate) const NOTE: i64 = -7;
    pub(crate) const EXIT: i64 = -8;
}

/// The number of no thread.
const NOBODY: u32 = u32::MAX;

pub(crate) struct Trace {
    pub(crate) items: Items,
    pub(crate) handles: Handles,
    hooks: Option<Hooks>,
    vfs: Vec<Originals>,
    pub(crate) parent: Option<String>,
    /// Which trace of this process it is, 1 for the first: a fork begins another one.
    generation: u32,
    /// The thread of the last event.
    thread: u32,
    /// The next number, if no other process takes it.
    order: u64,
    failed: bool,
}

/// Whether [`start`] was called in this process.
static STARTED: AtomicBool = AtomicBool::new(false);

/// Writes what belongs to no other process's order.
#[inline]
pub(crate) fn local(write: impl FnOnce(&mut Trace)) {
    add(false, write);
}

/// Writes something that other processes may notice, or that notices them.
#[inline]
pub(crate) fn ordered(write: impl FnOnce(&mut Trace)) {
    add(true, write);
}

/// Handles begin and end also where nothing is written any more.
pub(crate) fn with_handles<T>(change: impl FnOnce(&mut Handles) -> T) -> T {
    change(&mut Held::take().handles)
}

/// The hooks that were ever set.
#[derive(Default)]
pub(crate) struct Hooks {
    /// The last one of a connection and a kind.
    pub(crate) last: HashMap<(usize, &'static str), usize>,
    pub(crate) all: HashSet<usize>,
}

pub(crate) fn with_hooks<T>(change: impl FnOnce(&mut Hooks) -> T) -> T {
    change(Held::take().hooks.get_or_insert_default())
}

pub(crate) fn with_vfs<T>(change: impl FnOnce(&mut Vec<Originals>) -> T) -> T {
    change(&mut Held::take().vfs)
}

#[inline]
fn add(is_ordered: bool, write: impl FnOnce(&mut Trace)) {
    unmarked(|trace| {
        trace.mark(is_ordered);
        write(trace);
    });
}

/// Writes an event, which says itself whose it is.
#[inline]
pub(crate) fn unmarked(write: impl FnOnce(&mut Trace)) {
    if !STARTED.load(Ordering::Acquire) {
        start();
    }
    at_length(Held::take(), write);
}

fn at_length(mut trace: Held, write: impl FnOnce(&mut Trace)) {
    if trace.items.parts().is_none() {
        return;
    }
    trace.items.begin();
    write(&mut trace);
    trace.commit();
}

/// Writes an event that is short as a rule, which says itself whose it is: `short` writes it where there is room for one, and says
/// where it ends; where that is `None`, `long` writes it.
#[inline]
pub(crate) fn short_or_long(short: impl FnOnce(&Trace) -> Option<Short>, long: impl FnOnce(&mut Trace)) {
    let mut trace = Held::take();
    if let Some(end) = trace.items.has_room().then(|| short(&trace)).flatten() {
        return trace.items.went_to(end);
    }
    drop(trace);
    instead(long);
}

/// It stands apart so that the short way has the registers.
#[cold]
#[inline(never)]
fn instead(long: impl FnOnce(&mut Trace)) {
    unmarked(long);
}

/// Writes words for whoever reads the trace.
pub(crate) fn note(text: &str) {
    local(|trace| {
        trace.event(event::NOTE, 1);
        trace.items.text(text.as_bytes());
    });
}

/// The folder of the recording.
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

impl Trace {
    /// The trace of a process that has not called yet.
    pub(crate) const fn new() -> Self {
        Self {
            items: Items::new(),
            handles: Handles::new(),
            hooks: None,
            vfs: Vec::new(),
            parent: None,
            generation: 1,
            thread: NOBODY,
            order: 0,
            failed: false,
        }
    }

    /// The number of a function that this trace names already.
    #[inline]
    pub(crate) fn known(&self, function: &Function) -> Option<u32> {
        self.knows(function).then(|| function.number())
    }

    /// Whether this trace names the function already.
    #[inline]
    pub(crate) fn knows(&self, function: &Function) -> bool {
        function.is_named_in(self.generation)
    }

    /// Whether the last event was one of this thread too.
    #[inline]
    pub(crate) fn is_of_this_thread(&self) -> bool {
        thread::is_number(self.thread)
    }

    /// Begins an event with so many fields.
    pub(crate) fn event(&mut self, kind: i64, fields: usize) {
        self.items.tuple(fields + 1);
        self.items.integer(kind);
    }

    /// Begins a call: its array, and which function it is.
    #[inline]
    pub(crate) fn call(&mut self, function: &Function, parts: usize) {
        let number = self.known(function).unwrap_or_else(|| self.define(function));
        self.items.tuple(parts + 1);
        self.items.unsigned(u64::from(number));
    }

    #[cold]
    fn define(&mut self, function: &Function) -> u32 {
        let number = function.number();
        self.event(event::FUNCTION, 4);
        self.items.unsigned(u64::from(number));
        self.items.text(function.name.as_bytes());
        for names in [function.arguments, function.results] {
            self.items.array(names.len());
            names.iter().for_each(|name| self.items.text(name.as_bytes()));
        }
        function.name_in(self.generation);
        number
    }

    /// Says whose event comes next, and when, where that is not what it was.
    #[inline]
    pub(crate) fn mark(&mut self, is_ordered: bool) {
        let thread = thread::number();
        if thread != self.thread {
            self.thread = thread;
            self.event(event::THREAD, 1);
            self.items.unsigned(u64::from(thread));
        }
        let Some(parts) = self.items.parts().filter(|_| is_ordered) else { return };
        let now = parts.now();
        if now != self.order {
            self.event(event::ORDER, 1);
            self.items.unsigned(now);
        }
        self.order = now + 1;
    }

    /// Nothing is written any more after a failure: half a trace is better than a program that fails.
    #[inline]
    fn commit(&mut self) {
        if let Err(error) = self.items.commit() {
            self.failed = true;
            if let Some(parts) = self.items.close() {
                parts.stop(&error);
            }
        }
    }
}

/// Makes this process's trace, at its first call.
#[cold]
fn start() {
    let process = Process::look();
    let mut trace = Held::take();
    if STARTED.swap(true, Ordering::AcqRel) {
        return;
    }
    lock::look();
    watch_forks();
    if std::env::var_os(WHOLE).is_some() {
        crate::bytes::keep_long_values();
    }
    let Some(folder) = folder().filter(|_| !trace.failed) else { return };
    match Parts::new(folder) {
        Ok(parts) => trace.items.open(parts),
        // Who recorded has ended, and this process has not.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => return eprintln!("sqlite-recorder: nothing is recorded of this process: {error}"),
    }
    trace.items.begin();
    trace.mark(true);
    process.write(&mut trace);
    trace.commit();
}

fn watch_forks() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    unsafe extern "C" fn before() {
        lock::take();
    }
    unsafe extern "C" fn after() {
        lock::give();
    }
    unsafe extern "C" fn child() {
        // SAFETY: taken before the fork.
        let mut trace = unsafe { Held::inherited() };
        trace.parent = trace.items.close().map(|parts| parts.name.clone());
        trace.generation += 1;
        // Its first event says whose it is and when, also where that is what the parent's next would have been.
        (trace.thread, trace.order) = (NOBODY, u64::MAX);
        STARTED.store(false, Ordering::Release);
    }
    extern "C" fn exit() {
        // A child that never called has no trace.
        if STARTED.load(Ordering::Acquire) {
            local(|trace| trace.event(event::EXIT, 0));
        }
    }
    ONCE.call_once(|| {
        // SAFETY: functions of this library, which is never unloaded.
        unsafe { libc::pthread_atfork(Some(before), Some(after), Some(child)) };
        // SAFETY: the same.
        unsafe { libc::atexit(exit) };
    });
}
