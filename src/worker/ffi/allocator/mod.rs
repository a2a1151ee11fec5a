//! A memory allocator for the library under test, over this process's own, that counts and can be told to fail:
//! `SQLITE_CONFIG_MALLOC`, <https://sqlite.org/c3ref/mem_methods.html>.
//!
//! Each block begins with a header that holds its size and its place in the `ledger`. Only
//! what SQLite allocates is counted; the ledger's own memory is Rust's.

mod counts;
mod ledger;

use std::alloc::{Layout, alloc, dealloc, realloc};
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use libsqlite3_sys as sys;

use self::ledger::ledger;
pub(crate) use self::ledger::{Block, Stack};
use super::process::config_function;
use super::{Call, Library};
use crate::outcome::sqlite_names::AllocationCounter;
use crate::outcome::{Holder, Outcome};

/// What stands before the bytes that SQLite gets. Its size keeps them aligned as `malloc` does.
#[repr(C, align(16))]
struct Header {
    size: usize,
    slot: usize,
}

const HEADER: usize = size_of::<Header>();

/// Whether the library was told to use this allocator, and took it.
static INSTALLED: AtomicBool = AtomicBool::new(false);
/// Captures where an allocation comes from, when somebody wants to know.
static CAPTURE: OnceLock<fn() -> Stack> = OnceLock::new();

/// Whether SQLite allocates from here.
pub(crate) fn is_installed() -> bool {
    INSTALLED.load(Ordering::Relaxed)
}

/// From now on every block keeps the stack that `capture` returns when it is allocated. It is called in the middle
/// of SQLite's `malloc`: it must not call SQLite.
pub(super) fn capture_stacks(capture: fn() -> Stack) {
    let _ = CAPTURE.set(capture);
}

/// Every block that lives, with its stack where stacks are captured.
pub(crate) fn live_blocks() -> Vec<Block> {
    ledger().blocks()
}

/// `sqlite3_config(SQLITE_CONFIG_MALLOC)`, before the library starts.
pub(crate) fn install(library: &Library) -> Call<Outcome> {
    let function = config_function(library)?;
    let methods = sys::sqlite3_mem_methods {
        xMalloc: Some(malloc),
        xFree: Some(free),
        xRealloc: Some(resize),
        xSize: Some(size),
        xRoundup: Some(round_up),
        xInit: Some(init),
        xShutdown: Some(shutdown),
        pAppData: null_mut(),
    };
    // SAFETY: the option takes a pointer to the methods, which SQLite copies; they are functions of this program.
    let code = unsafe { function(sys::SQLITE_CONFIG_MALLOC, &raw const methods) };
    // A library that has started refuses, and goes on with what it has.
    INSTALLED.fetch_or(code == sys::SQLITE_OK, Ordering::Relaxed);
    Ok(Outcome::from_code(code))
}

/// A counter's value.
pub(crate) fn count(counter: AllocationCounter) -> u64 {
    ledger().counts().value(counter)
}

/// How many allocations asked for 2ⁿ bytes or more and for less than twice that, by 2ⁿ.
pub(crate) fn sizes() -> Vec<(u64, u64)> {
    ledger().counts().sizes()
}

/// How many blocks were freed 2ⁿ steps or more and less than twice that after their allocation, by 2ⁿ; 0 is the
/// same step.
pub(crate) fn lifetimes() -> Vec<(u64, u64)> {
    ledger().counts().lifetimes()
}

/// Counts from zero again; the peak is what lives now.
pub(crate) fn reset() {
    ledger().counts().reset();
}

/// A point in time, for [`outstanding`]; 0 is the start.
pub(crate) fn mark() -> u64 {
    ledger().mark()
}

/// What lives of what was allocated since the mark, by the step that allocated it.
pub(crate) fn outstanding(since: u64) -> Vec<Holder> {
    ledger().outstanding(since)
}

/// Lets the n-th allocation from now on fail, alone or with all after it; 0 lets none fail.
pub(crate) fn fail(at: u64, persistent: bool) {
    ledger().fail(at, persistent);
}

/// Refuses to hold more than so many bytes.
pub(crate) fn limit(bytes: Option<usize>) {
    ledger().limit(bytes);
}

/// What the steps are called, by their number; 0 is what comes before the first.
pub(crate) fn name_steps(names: Vec<String>) {
    ledger().name_steps(names);
}

/// What the steps are called.
pub(crate) fn step_names() -> Vec<String> {
    ledger().step_names()
}

/// Begins a step, and returns which one it interrupts.
pub(crate) fn begin(step: u32) -> u32 {
    ledger().begin(step)
}

/// Goes on with the step that was interrupted.
pub(crate) fn resume(step: u32) {
    ledger().resume(step);
}

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.checked_add(HEADER)?, align_of::<Header>()).ok()
}

/// Where a block begins, and its header.
///
/// # Safety
/// `block` is one that [`malloc`] or [`resize`] returned, and lives.
unsafe fn begin_of(block: *mut c_void) -> (*mut Header, Header) {
    // SAFETY: both functions return the place one header after the start of what they allocated.
    let start = unsafe { block.cast::<Header>().sub(1) };
    // SAFETY: both functions write a header there.
    (start, unsafe { start.read() })
}

/// Writes the header of a block. Returns what SQLite gets: the bytes after it.
///
/// # Safety
/// A header and `header.size` bytes were allocated at `start`.
unsafe fn with_header(start: *mut Header, header: Header) -> *mut c_void {
    // SAFETY: the caller vouches for the place.
    unsafe { start.write(header) };
    // SAFETY: what was allocated is longer than the header, or as long.
    unsafe { start.add(1) }.cast()
}

unsafe extern "C" fn malloc(bytes: c_int) -> *mut c_void {
    let Some((size, layout)) = usize::try_from(bytes).ok().and_then(|size| Some((size, layout(size)?)))
    else {
        return null_mut();
    };
    let stack = CAPTURE.get().map(|capture| capture());
    let mut ledger = ledger();
    if ledger.refuses(0, size) {
        return null_mut();
    }
    // SAFETY: the layout has a size above zero.
    let start = unsafe { alloc(layout) }.cast::<Header>();
    if start.is_null() {
        return null_mut();
    }
    let slot = ledger.allocate(size, stack);
    // SAFETY: so much was just allocated.
    unsafe { with_header(start, Header { size, slot }) }
}

unsafe extern "C" fn free(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: SQLite frees only what it got from here and has not freed.
    let (start, Header { size, slot }) = unsafe { begin_of(block) };
    ledger().free(slot);
    if let Some(layout) = layout(size) {
        // SAFETY: it was allocated with this layout.
        unsafe { dealloc(start.cast(), layout) };
    }
}

unsafe extern "C" fn resize(block: *mut c_void, bytes: c_int) -> *mut c_void {
    let Some((size, after)) = usize::try_from(bytes).ok().and_then(|size| Some((size, layout(size)?))) else {
        return null_mut();
    };
    // SAFETY: SQLite resizes only what it got from here and has not freed.
    let (start, Header { size: before, slot }) = unsafe { begin_of(block) };
    let mut ledger = ledger();
    let Some(layout) = layout(before).filter(|_| !ledger.refuses(before, size)) else { return null_mut() };
    // SAFETY: it was allocated with this layout; the new size is above zero and no overflow.
    let start = unsafe { realloc(start.cast(), layout, after.size()) }.cast::<Header>();
    if start.is_null() {
        return null_mut();
    }
    ledger.resize(slot, size);
    // SAFETY: so much was just allocated.
    unsafe { with_header(start, Header { size, slot }) }
}

unsafe extern "C" fn size(block: *mut c_void) -> c_int {
    if block.is_null() {
        return 0;
    }
    // SAFETY: SQLite asks only for the size of what it got from here and has not freed.
    let (_, header) = unsafe { begin_of(block) };
    c_int::try_from(header.size).unwrap_or(c_int::MAX)
}

unsafe extern "C" fn round_up(bytes: c_int) -> c_int {
    bytes.saturating_add(7) & !7
}

unsafe extern "C" fn init(_: *mut c_void) -> c_int {
    sys::SQLITE_OK
}

unsafe extern "C" fn shutdown(_: *mut c_void) {}
