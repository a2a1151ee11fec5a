//! Mutexes for the library under test, `SQLITE_CONFIG_MUTEX`, <https://sqlite.org/c3ref/mutex_methods.html>. One thread
//! runs all actors of a schedule, so there is nothing to lock: a mutex knows which actor has it, and an actor that finds
//! it taken gives way ([`actor`]). Each place where a mutex is taken may be chosen for an interruption.

use std::ffi::c_int;
use std::ptr::{from_ref, null_mut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use libsqlite3_sys as sys;

use super::process::config_function;
use super::{Call, Library, actor};
use crate::outcome::Outcome;

/// Whether the library was told to use these mutexes, and took them.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// Whether SQLite uses these mutexes.
pub(crate) fn are_installed() -> bool {
    INSTALLED.load(Ordering::Relaxed)
}

/// `sqlite3_config(SQLITE_CONFIG_MUTEX)`, before the library starts.
pub(super) fn install(library: &Library) -> Call<Outcome> {
    let function = config_function(library)?;
    let methods = sys::sqlite3_mutex_methods {
        xMutexInit: Some(nothing),
        xMutexEnd: Some(nothing),
        xMutexAlloc: Some(alloc),
        xMutexFree: Some(free),
        xMutexEnter: Some(enter),
        xMutexTry: Some(try_to_enter),
        xMutexLeave: Some(leave),
        xMutexHeld: Some(is_held),
        xMutexNotheld: Some(is_not_held),
    };
    // SAFETY: the option takes a pointer to the methods, which SQLite copies; they are functions of this program.
    let code = unsafe { function(sys::SQLITE_CONFIG_MUTEX, &raw const methods) };
    INSTALLED.fetch_or(code == sys::SQLITE_OK, Ordering::Relaxed);
    Ok(Outcome::from_code(code))
}

struct Mutex {
    kind: Kind,
    /// The actor that has it; 0 for none.
    owner: AtomicUsize,
    /// How many times it was taken and not given back.
    depth: AtomicUsize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Recursive,
    Fast,
    /// Under it SQLite takes no mutex but another innermost one and makes no call at which an actor gives way: no actor
    /// can ever find it taken.
    Innermost,
}

/// Those that SQLite asks for by a number from 2 on; versions know up to 14 of them.
static OUTER: [Mutex; 16] = [const { Mutex::new(Kind::Fast) }; 16];
/// The same numbers: those of memory, random numbers and the page cache.
static INNERMOST: [Mutex; 16] = [const { Mutex::new(Kind::Innermost) }; 16];

impl Mutex {
    const fn new(kind: Kind) -> Self {
        Self { kind, owner: AtomicUsize::new(0), depth: AtomicUsize::new(0) }
    }

    fn is_mine(&self) -> bool {
        self.owner.load(Ordering::Relaxed) == actor::identity()
    }

    /// Whether the one that has it may take it once more.
    fn is_mine_again(&self) -> bool {
        self.kind == Kind::Recursive && self.is_mine()
    }

    /// Takes it, unless an actor has it.
    fn take(&self) -> bool {
        let is_free = self.depth.load(Ordering::Relaxed) == 0;
        if !is_free && !self.is_mine_again() {
            return false;
        }
        self.owner.store(actor::identity(), Ordering::Relaxed);
        self.depth.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Takes it as soon as no other actor has it.
    fn enter(&self) {
        if (self.kind == Kind::Innermost || self.is_mine_again()) && self.take() {
            return;
        }
        let mut waits = false;
        loop {
            let is_actor = actor::pause_at_mutex(waits);
            if self.take() {
                return;
            }
            if !is_actor {
                // The one that has it does not run before this returns.
                std::process::abort();
            }
            waits = true;
        }
    }

    fn leave(&self) {
        if self.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.owner.store(0, Ordering::Relaxed);
        }
    }
}

/// # Safety
/// `mutex` is one that [`alloc`] returned and that was not freed.
unsafe fn known<'a>(mutex: *mut sys::sqlite3_mutex) -> &'a Mutex {
    // SAFETY: the caller vouches for it.
    unsafe { &*mutex.cast::<Mutex>() }
}

unsafe extern "C" fn nothing() -> c_int {
    sys::SQLITE_OK
}

unsafe extern "C" fn alloc(kind: c_int) -> *mut sys::sqlite3_mutex {
    match kind {
        sys::SQLITE_MUTEX_FAST => boxed(Kind::Fast),
        sys::SQLITE_MUTEX_RECURSIVE => boxed(Kind::Recursive),
        sys::SQLITE_MUTEX_STATIC_MEM
        | sys::SQLITE_MUTEX_STATIC_PRNG
        | sys::SQLITE_MUTEX_STATIC_LRU
        | sys::SQLITE_MUTEX_STATIC_PMEM => numbered(&INNERMOST, kind),
        _ => numbered(&OUTER, kind),
    }
}

fn boxed(kind: Kind) -> *mut sys::sqlite3_mutex {
    Box::into_raw(Box::new(Mutex::new(kind))).cast()
}

/// NULL for a number that is not known. What is behind the pointer changes only by way of atomics.
fn numbered(mutexes: &'static [Mutex], number: c_int) -> *mut sys::sqlite3_mutex {
    let known = usize::try_from(number).ok().and_then(|at| mutexes.get(at));
    known.map_or(null_mut(), |known| from_ref(known).cast_mut().cast())
}

unsafe extern "C" fn free(mutex: *mut sys::sqlite3_mutex) {
    // SAFETY: SQLite frees those that it asked for as fast or recursive, which are boxed, and uses them no more.
    drop(unsafe { Box::from_raw(mutex.cast::<Mutex>()) });
}

unsafe extern "C" fn enter(mutex: *mut sys::sqlite3_mutex) {
    // SAFETY: SQLite hands over a mutex of ours.
    unsafe { known(mutex) }.enter();
}

unsafe extern "C" fn try_to_enter(mutex: *mut sys::sqlite3_mutex) -> c_int {
    actor::pause_at_mutex(false);
    // SAFETY: SQLite hands over a mutex of ours.
    if unsafe { known(mutex) }.take() { sys::SQLITE_OK } else { sys::SQLITE_BUSY }
}

unsafe extern "C" fn leave(mutex: *mut sys::sqlite3_mutex) {
    // SAFETY: SQLite hands over a mutex of ours.
    unsafe { known(mutex) }.leave();
}

unsafe extern "C" fn is_held(mutex: *mut sys::sqlite3_mutex) -> c_int {
    // SAFETY: SQLite hands over a mutex of ours.
    unsafe { known(mutex) }.is_mine().into()
}

unsafe extern "C" fn is_not_held(mutex: *mut sys::sqlite3_mutex) -> c_int {
    // SAFETY: SQLite hands over a mutex of ours.
    (!unsafe { known(mutex) }.is_mine()).into()
}

/// Whether actors wait for each other's mutexes.
static DEADLOCK: AtomicBool = AtomicBool::new(false);

/// Enters that actors wait for each other's mutexes. They never go on, and nothing more can be asked of the library: it
/// would wait for the same mutexes.
pub(crate) fn give_library_up() {
    DEADLOCK.store(true, Ordering::Relaxed);
}

/// Whether nothing more can be asked of the library.
pub(crate) fn is_library_given_up() -> bool {
    DEADLOCK.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recursive_mutex_is_taken_twice() {
        let [fast, recursive] = [Mutex::new(Kind::Fast), Mutex::new(Kind::Recursive)];
        assert_eq!([fast.take(), fast.take(), fast.is_mine()], [true, false, true]);
        assert_eq!([recursive.take(), recursive.take()], [true, true]);
        [&fast, &recursive].into_iter().for_each(Mutex::leave);
        assert_eq!([fast.is_mine(), recursive.is_mine()], [false, true]);
        recursive.leave();
        assert!(!recursive.is_mine() && fast.take());
    }

    #[test]
    fn what_an_actor_has_another_finds_taken() {
        let mutex = &*Box::leak(Box::new(Mutex::new(Kind::Recursive)));
        let mut actor = actor::Actor::new(move || {
            mutex.enter();
            actor::pause_before_step();
            mutex.leave();
        })
        .unwrap();
        // Before it takes it, and with it.
        assert!(matches!(actor.resume(), actor::Resumed::At(actor::Place::Mutex { waits: false })));
        assert!(matches!(actor.resume(), actor::Resumed::At(actor::Place::Step)));
        assert!(!mutex.take());
        assert!(matches!(actor.resume(), actor::Resumed::Done(())));
        assert!(mutex.take());
        actor.end();
    }
}
