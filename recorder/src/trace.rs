//! The trace of this process: what is written, under one lock, in the order in which it happened.

use std::cell::UnsafeCell;
use std::collections::{HashMap, HashSet};
use std::ffi::c_int;
use std::ops::{Deref, DerefMut};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cbor::Items;
use crate::handles::Handles;
use crate::real::{self, Function, real};
use crate::segment::Parts;
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

pub(crate) struct Trace {
    pub(crate) items: Items,
    pub(crate) handles: Handles,
    hooks: Option<Hooks>,
    vfs: Vec<Originals>,
    parent: Option<String>,
    /// By number: the functions that this trace names already.
    defined: Vec<bool>,
    thread: u32,
    /// The next number, if no other process takes it.
    order: u64,
    failed: bool,
}

struct Locked {
    is_taken: AtomicBool,
    trace: UnsafeCell<Trace>,
}

// SAFETY: the trace is used by whoever holds the lock.
unsafe impl Sync for Locked {}

static TRACE: Locked = Locked {
    is_taken: AtomicBool::new(false),
    trace: UnsafeCell::new(Trace {
        items: Items::new(),
        handles: Handles::new(),
        hooks: None,
        vfs: Vec::new(),
        parent: None,
        defined: Vec::new(),
        thread: 0,
        order: 0,
        failed: false,
    }),
};

/// Whether [`start`] was called in this process.
static STARTED: AtomicBool = AtomicBool::new(false);

impl Locked {
    /// A lock that a fork can take and give back on both sides, and that is held for a few hundred instructions.
    #[inline]
    fn take(&self) {
        let mut tries = 0;
        while self.is_taken.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err()
        {
            tries += 1;
            match tries % 64 {
                0 => std::thread::yield_now(),
                _ => std::hint::spin_loop(),
            }
        }
    }

    #[inline]
    fn give(&self) {
        self.is_taken.store(false, Ordering::Release);
    }
}

struct Held;

impl Held {
    #[inline]
    fn take() -> Self {
        TRACE.take();
        Self
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        TRACE.give();
    }
}

impl Deref for Held {
    type Target = Trace;

    #[inline]
    fn deref(&self) -> &Trace {
        // SAFETY: this value is the lock.
        unsafe { &*TRACE.trace.get() }
    }
}

impl DerefMut for Held {
    #[inline]
    fn deref_mut(&mut self) -> &mut Trace {
        // SAFETY: this value is the lock.
        unsafe { &mut *TRACE.trace.get() }
    }
}

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
    if !STARTED.load(Ordering::Acquire) {
        start();
    }
    let mut trace = Held::take();
    if trace.items.parts().is_none() {
        return;
    }
    trace.items.begin();
    trace.mark(is_ordered);
    write(&mut trace);
    trace.commit();
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
    /// Begins an event with so many fields.
    pub(crate) fn event(&mut self, kind: i64, fields: usize) {
        self.items.tuple(fields + 1);
        self.items.integer(kind);
    }

    /// Begins a call: its array, and which function it is.
    #[inline]
    pub(crate) fn call(&mut self, function: &Function, parts: usize) {
        let number = function.number();
        let at = number as usize;
        if !self.defined.get(at).copied().unwrap_or(false) {
            self.define(function);
        }
        self.items.tuple(parts + 1);
        self.items.unsigned(u64::from(number));
    }

    #[cold]
    fn define(&mut self, function: &Function) {
        let number = function.number();
        self.event(event::FUNCTION, 4);
        self.items.unsigned(u64::from(number));
        self.items.text(function.name.as_bytes());
        for names in [function.arguments, function.results] {
            self.items.array(names.len());
            names.iter().for_each(|name| self.items.text(name.as_bytes()));
        }
        let at = number as usize;
        if self.defined.len() <= at {
            self.defined.resize(at + 1, false);
        }
        self.defined[at] = true;
    }

    /// Says whose event comes next, and when, where that is not what it was.
    #[inline]
    fn mark(&mut self, is_ordered: bool) {
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
    watch_forks();
    if std::env::var_os(WHOLE).is_some() {
        crate::kinds::keep_long_values();
    }
    let Some(folder) = folder().filter(|_| !trace.failed) else { return };
    match Parts::new(folder) {
        Ok(parts) => trace.items.open(parts),
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
        TRACE.take();
    }
    unsafe extern "C" fn after() {
        TRACE.give();
    }
    unsafe extern "C" fn child() {
        let mut trace = Held;
        trace.parent = trace.items.close().map(|parts| parts.name.clone());
        trace.defined.clear();
        // Its first event says whose it is and when, also where that is what the parent's next would have been.
        (trace.thread, trace.order) = (0, u64::MAX);
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

/// What a trace says of its process.
struct Process {
    library: Option<Vec<u8>>,
    source_id: Vec<u8>,
    version: c_int,
    threadsafe: c_int,
    options: Vec<Vec<u8>>,
}

impl Process {
    /// Asks the program's SQLite what may be asked before it is initialised.
    fn look() -> Self {
        let version = real!(sqlite3_libversion_number: fn() -> c_int);
        let source = real!(sqlite3_sourceid: fn() -> *const std::ffi::c_char);
        let threadsafe = real!(sqlite3_threadsafe: fn() -> c_int);
        Self {
            library: real::file_of(version as *const _),
            // SAFETY: these need no state of SQLite's.
            source_id: real::said(unsafe { source() }),
            // SAFETY: the same.
            version: unsafe { version() },
            // SAFETY: the same.
            threadsafe: unsafe { threadsafe() },
            options: Self::options(),
        }
    }

    fn options() -> Vec<Vec<u8>> {
        const MOST: c_int = 500;
        if real::find("sqlite3_compileoption_get").is_none() {
            return Vec::new();
        }
        let get = real!(sqlite3_compileoption_get: fn(c_int) -> *const std::ffi::c_char);
        // SAFETY: a constant list.
        (0..MOST).map(|at| real::said(unsafe { get(at) })).take_while(|option| !option.is_empty()).collect()
    }

    fn write(&self, trace: &mut Trace) {
        let parent = trace.parent.clone();
        let name = trace.items.parts().map_or_else(String::new, |parts| parts.name.clone());
        trace.event(event::PROCESS, 11);
        let items = &mut trace.items;
        items.text(name.as_bytes());
        items.unsigned(u64::from(std::process::id()));
        match parent {
            Some(parent) => items.text(parent.as_bytes()),
            None => items.null(),
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        items.unsigned(now.as_millis() as u64);
        let words: Vec<_> = std::env::args_os().collect();
        items.array(words.len());
        words.iter().for_each(|word| items.text(word.as_bytes()));
        items.text(self.library.as_deref().unwrap_or_default());
        items.text(&self.source_id);
        items.integer(i64::from(self.version));
        items.integer(i64::from(self.threadsafe));
        items.array(self.options.len());
        self.options.iter().for_each(|option| items.text(option));
        items.boolean(cfg!(target_endian = "little"));
    }
}
