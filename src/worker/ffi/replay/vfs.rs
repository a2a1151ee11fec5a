//! What comes from outside through SQLite's file systems, from the trace: its files are copies in a directory of their own,
//! the time and randomness are those of the trace, and nobody sleeps. The entries of the file systems' own tables are
//! replaced, as the recorder does, so that SQLite sees no other file system than without a replay.

use std::ffi::{CStr, c_char, c_int};
use std::sync::Mutex;

use libsqlite3_sys as sys;

use super::files::Extract;
use super::machine::{Machine, machine};
use super::real::real;
use crate::trace::Item;
use crate::worker::replay::call::{Happening, Node};
use crate::worker::replay::shown::{self, is_same};

/// The entries that a file system had.
#[derive(Clone, Copy)]
struct Originals {
    vfs: usize,
    open: Option<Open>,
    delete: Option<Delete>,
    access: Option<Access>,
}

type Open = unsafe extern "C" fn(
    *mut sys::sqlite3_vfs,
    *const c_char,
    *mut sys::sqlite3_file,
    c_int,
    *mut c_int,
) -> c_int;
type Delete = unsafe extern "C" fn(*mut sys::sqlite3_vfs, *const c_char, c_int) -> c_int;
type Access = unsafe extern "C" fn(*mut sys::sqlite3_vfs, *const c_char, c_int, *mut c_int) -> c_int;

static ORIGINALS: Mutex<Vec<Originals>> = Mutex::new(Vec::new());

fn originals(vfs: *mut sys::sqlite3_vfs) -> Option<Originals> {
    let known = ORIGINALS.lock().ok()?;
    known.iter().rfind(|known| known.vfs == vfs as usize).or(known.first()).copied()
}

const READONLY: c_int = 1;
/// What asks for more than reading: SQLITE_OPEN_READWRITE, CREATE, EXCLUSIVE.
const MORE: c_int = 2 | 4 | 0x10;
const MAIN_DB: c_int = 0x100;
const CANTOPEN: c_int = 14;
const OK: c_int = 0;

impl Machine {
    /// Why a file could not be taken from the trace.
    pub(crate) fn damaged_file(&self) -> Option<String> {
        self.files.borrow().damage().map(str::to_owned)
    }

    /// Where the trace's files come to be, and how.
    pub(crate) fn begin_files(&self, directory: String, extract: Extract) {
        self.files.borrow_mut().begin(directory, extract);
    }

    /// Replaces the entries of every file system that is registered now.
    pub(super) fn watch(&self) {
        let find = real!(self.library, sqlite3_vfs_find: fn(*const c_char) -> *mut sys::sqlite3_vfs);
        // SAFETY: it starts the library where nobody did, and returns the default file system.
        let mut next = find.map_or(std::ptr::null_mut(), |find| unsafe { find(std::ptr::null()) });
        // SAFETY: SQLite's own list, which nobody else changes now.
        while let Some(vfs) = unsafe { next.as_mut() } {
            if name_of(vfs.zName) != Some(c"memdb") {
                replace(vfs);
            }
            next = vfs.pNext;
        }
    }
}

fn name_of<'a>(name: *const c_char) -> Option<&'a CStr> {
    // SAFETY: SQLite's texts end.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) })
}

fn replace(vfs: &mut sys::sqlite3_vfs) {
    let Ok(mut known) = ORIGINALS.lock() else { return };
    let place = std::ptr::from_mut(vfs) as usize;
    if known.iter().any(|known| known.vfs == place) {
        return;
    }
    known.push(Originals { vfs: place, open: vfs.xOpen, delete: vfs.xDelete, access: vfs.xAccess });
    vfs.xOpen = Some(on_open);
    vfs.xDelete = Some(on_delete);
    vfs.xAccess = Some(on_access);
    vfs.xFullPathname = Some(on_full_pathname);
    vfs.xRandomness = Some(on_randomness);
    vfs.xSleep = Some(on_sleep);
    vfs.xCurrentTime = Some(on_current_time);
    if vfs.iVersion >= 2 {
        vfs.xCurrentTimeInt64 = Some(on_current_time_64);
    }
}

/// What stands behind a database's name: names and values, up to an empty one.
fn parameters<'a>(name: *const c_char) -> &'a [u8] {
    const MOST: usize = 10_000;
    let Some(path) = name_of(name) else { return &[] };
    let begin = name.wrapping_add(path.to_bytes().len() + 1);
    let mut length = 0;
    while length < MOST {
        let Some(part) = name_of(begin.wrapping_add(length)) else { break };
        if part.is_empty() {
            break;
        }
        length += part.to_bytes().len() + 1;
    }
    // SAFETY: all of it was read just now.
    unsafe { std::slice::from_raw_parts(begin.cast(), length) }
}

unsafe extern "C" fn on_open(
    vfs: *mut sys::sqlite3_vfs,
    name: *const c_char,
    file: *mut sys::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let Some(open) = originals(vfs).and_then(|originals| originals.open) else { return CANTOPEN };
    let (Some(machine), Some(path)) = (machine(), name_of(name)) else {
        // SAFETY: SQLite's own arguments: a file without a name is a temporary one.
        return unsafe { open(vfs, name, file, flags, out) };
    };
    if flags & MAIN_DB != 0 {
        machine.open_next(path.to_bytes());
    }
    let flags = match machine.refused(path.to_bytes(), flags) {
        Some((OK, _)) => flags & !MORE | READONLY,
        Some((code, _)) => return code,
        None => flags,
    };
    let parameters = if flags & MAIN_DB != 0 { parameters(name) } else { &[] };
    let given = {
        let mut files = machine.files.borrow_mut();
        let path = files.path(path.to_bytes());
        files.given(&path, parameters)
    };
    // SAFETY: SQLite's own arguments, and a name that stays.
    unsafe { open(vfs, given.cast(), file, flags, out) }
}

impl Machine {
    /// The next file that the trace opens is there as it was, if it is this one.
    fn open_next(&self, path: &[u8]) {
        let next = self.frames.borrow_mut().last_mut().and_then(super::frame::Frame::next_file);
        let Some((body, at)) = next else { return };
        if let Happening::File(opened) = &body[at]
            && opened.path == path
        {
            self.files.borrow_mut().open(opened);
            if let Some(frame) = self.frames.borrow_mut().last_mut() {
                frame.file_is_open(at);
            }
        }
    }

    /// What came of opening this file, where that failed, or only let it be read: the code, and the flags.
    fn refused(&self, path: &[u8], flags: c_int) -> Option<(c_int, c_int)> {
        let process = self.process.get();
        let is_this = |node: &Node| {
            node.with(process, |call| {
                let is_path = call.arguments.first().is_some_and(|of| is_same(of, &shown::text(path)));
                is_path && call.arguments.get(1).and_then(Item::integer) == Some(flags.into())
            }) == Some(true)
        };
        let (body, at) = self.frames.borrow_mut().last_mut()?.refused(is_this)?;
        let number = |item: Option<&Item<'_>>| c_int::try_from(item?.integer()?).ok();
        let node = super::callback::node(&body, at)?;
        node.with(process, |call| Some((number(call.results.first())?, number(call.results.get(1))?)))?
    }

    /// The whole path of a name: the one under which the trace opens it next.
    fn full_path(&self, name: &[u8]) -> Vec<u8> {
        let next = self.frames.borrow_mut().last_mut().and_then(super::frame::Frame::next_file);
        let last = |path: &[u8]| path.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
        if let Some((body, at)) = next
            && let Happening::File(opened) = &body[at]
            && last(&opened.path) == last(name)
        {
            return opened.path.clone();
        }
        match name.first() {
            Some(b'/') => name.to_vec(),
            _ => [b"/", name].concat(),
        }
    }

    /// Something that SQLite is told next, as bytes or a number.
    fn told<T>(&self, what: usize, read: impl Fn(&Item<'_>) -> Option<T>) -> Option<T> {
        let (body, at) = self.frames.borrow_mut().last_mut()?.told(what)?;
        let node = super::callback::node(&body, at)?;
        node.with(self.process.get(), |call| call.results.get(1).and_then(read)).flatten()
    }
}

/// The path here, with a zero behind it.
fn here(name: *const c_char) -> Option<Vec<u8>> {
    let path = machine()?.files.borrow_mut().path(name_of(name)?.to_bytes());
    Some([path.as_bytes(), &[0]].concat())
}

unsafe extern "C" fn on_delete(vfs: *mut sys::sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    let delete = originals(vfs).and_then(|originals| originals.delete);
    let (Some(delete), Some(path)) = (delete, here(name)) else { return OK };
    // SAFETY: a name that ends.
    unsafe { delete(vfs, path.as_ptr().cast(), sync) }
}

unsafe extern "C" fn on_access(
    vfs: *mut sys::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let access = originals(vfs).and_then(|originals| originals.access);
    let (Some(access), Some(path)) = (access, here(name)) else { return OK };
    // SAFETY: a name that ends, and SQLite's own room.
    unsafe { access(vfs, path.as_ptr().cast(), flags, out) }
}

unsafe extern "C" fn on_full_pathname(
    _: *mut sys::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    let (Some(machine), Some(name)) = (machine(), name_of(name)) else { return CANTOPEN };
    let path = machine.full_path(name.to_bytes());
    if usize::try_from(room).is_ok_and(|room| path.len() < room) {
        // SAFETY: there is room for it, and for a zero.
        unsafe { out.copy_from_nonoverlapping(path.as_ptr().cast(), path.len()) };
        // SAFETY: the same.
        unsafe { out.wrapping_add(path.len()).write(0) };
        return OK;
    }
    CANTOPEN
}

unsafe extern "C" fn on_randomness(_: *mut sys::sqlite3_vfs, bytes: c_int, to: *mut c_char) -> c_int {
    let Some(machine) = machine() else { return 0 };
    let told = machine.told(0, |item| match item {
        Item::Blob(bytes) => Some(bytes.to_vec()),
        _ => None,
    });
    let mut answers = machine.answers.borrow_mut();
    if let Some(told) = told {
        answers.randomness = told;
    }
    if answers.randomness.is_empty() {
        answers.randomness = b"replayed".to_vec();
    }
    let length = usize::try_from(bytes).unwrap_or(0);
    for (at, byte) in answers.randomness.iter().cycle().take(length).enumerate() {
        // SAFETY: SQLite has room for so many bytes.
        unsafe { to.wrapping_add(at).write(*byte as c_char) };
    }
    bytes
}

unsafe extern "C" fn on_sleep(_: *mut sys::sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

const MILLISECONDS_A_DAY: f64 = 86_400_000.0;
/// The beginning of 1970, in milliseconds of the Julian day.
const EPOCH: i64 = 210_866_760_000_000;

impl Machine {
    /// The time of the trace, in milliseconds of the Julian day: where it was asked for as another type, or not at all, the
    /// last that is known.
    fn time(&self) -> i64 {
        let number = |item: &Item<'_>| match item {
            Item::Integer(number) => Some(*number),
            Item::Real(days) => Some((days * MILLISECONDS_A_DAY) as i64),
            _ => None,
        };
        let told = [2, 1].into_iter().find_map(|what| self.told(what, number));
        let mut answers = self.answers.borrow_mut();
        if let Some(told) = told {
            answers.time = told;
        }
        if answers.time == 0 { EPOCH } else { answers.time }
    }

    /// When a process of the trace began, in milliseconds since 1970.
    pub(crate) fn begin_time(&self, milliseconds: u64) {
        let time = i64::try_from(milliseconds).unwrap_or(0).saturating_add(EPOCH);
        self.answers.borrow_mut().time = time;
    }
}

unsafe extern "C" fn on_current_time(_: *mut sys::sqlite3_vfs, time: *mut f64) -> c_int {
    let now = machine().map_or(EPOCH, Machine::time);
    // SAFETY: SQLite has room for it.
    unsafe { *time = now as f64 / MILLISECONDS_A_DAY };
    OK
}

unsafe extern "C" fn on_current_time_64(_: *mut sys::sqlite3_vfs, time: *mut sys::sqlite3_int64) -> c_int {
    // SAFETY: SQLite has room for it.
    unsafe { *time = machine().map_or(EPOCH, Machine::time) };
    OK
}
