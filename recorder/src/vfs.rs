//! What comes from outside through SQLite's file systems: database files as they are when they are opened, the time,
//! randomness. The entries of the file systems' own tables are replaced, so that a program sees no other file system than
//! without the recorder.

use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::bytes::{Bytes, Text};
use crate::files;
use crate::kinds::{Kind, read};
use crate::real::{Function, real};
use crate::trace::{self, with_vfs};

/// `sqlite3_vfs`, up to what is replaced here.
#[repr(C)]
pub(crate) struct Vfs {
    version: c_int,
    file_size: c_int,
    path_size: c_int,
    next: *mut Vfs,
    name: Text,
    app: *mut c_void,
    open: AtomicPtr<c_void>,
    delete: *mut c_void,
    access: *mut c_void,
    full_pathname: *mut c_void,
    dl: [*mut c_void; 4],
    randomness: AtomicPtr<c_void>,
    sleep: *mut c_void,
    current_time: AtomicPtr<c_void>,
    last_error: *mut c_void,
    /// Since the second version.
    current_time_64: AtomicPtr<c_void>,
}

/// What a file system had in its table.
#[derive(Clone, Copy)]
pub(crate) struct Originals {
    vfs: usize,
    open: usize,
    randomness: usize,
    current_time: usize,
    current_time_64: usize,
}

type Open = unsafe extern "C" fn(*mut Vfs, Text, *mut c_void, c_int, *mut c_int) -> c_int;
type Randomness = unsafe extern "C" fn(*mut Vfs, c_int, *mut c_char) -> c_int;
type CurrentTime = unsafe extern "C" fn(*mut Vfs, *mut f64) -> c_int;
type CurrentTime64 = unsafe extern "C" fn(*mut Vfs, *mut i64) -> c_int;

/// Replaces the entries of every file system that is registered now.
pub(crate) fn watch() {
    let find = real!(sqlite3_vfs_find: fn(*const c_char) -> *mut Vfs);
    // SAFETY: what comes next opens a connection, which initialises SQLite too.
    let mut vfs = unsafe { find(std::ptr::null()) };
    // SAFETY: SQLite's own list.
    while let Some(this) = unsafe { vfs.as_ref() } {
        if this.name.bytes() != Some(b"memdb") {
            replace(this);
        }
        vfs = this.next;
    }
}

fn replace(vfs: &Vfs) {
    if vfs.open.load(Ordering::Acquire) == on_open as *mut c_void {
        return;
    }
    let entry = |entry: &AtomicPtr<c_void>| entry.load(Ordering::Acquire) as usize;
    with_vfs(|known| {
        known.push(Originals {
            vfs: std::ptr::from_ref(vfs) as usize,
            open: entry(&vfs.open),
            randomness: entry(&vfs.randomness),
            current_time: entry(&vfs.current_time),
            current_time_64: if vfs.version >= 2 { entry(&vfs.current_time_64) } else { 0 },
        });
    });
    let put = |entry: &AtomicPtr<c_void>, ours: *mut c_void| {
        if !entry.load(Ordering::Acquire).is_null() {
            entry.store(ours, Ordering::Release);
        }
    };
    put(&vfs.randomness, on_randomness as *mut c_void);
    put(&vfs.current_time, on_current_time as *mut c_void);
    if vfs.version >= 2 {
        put(&vfs.current_time_64, on_current_time_64 as *mut c_void);
    }
    put(&vfs.open, on_open as *mut c_void);
}

/// The entries of a file system; for one that was made as a copy of another, those of the first.
fn originals(vfs: *mut Vfs) -> Originals {
    with_vfs(|known| *known.iter().rfind(|known| known.vfs == vfs as usize).unwrap_or(&known[0]))
}

/// Something that SQLite was told by its surroundings.
macro_rules! told {
    ($name:literal, [$($label:ident = $value:expr),*], $answer:expr, $out:expr) => {{
        static TOLD: Function = Function::new($name, &[$(stringify!($label)),*], &["result", "value"]);
        let answer: c_int = $answer;
        trace::local(|trace| {
            trace.call(&TOLD, 2);
            trace.items.tuple(TOLD.arguments.len());
            $($value.write(trace);)*
            trace.items.tuple(2);
            answer.write(trace);
            Kind::write($out, trace);
        });
        answer
    }};
}

const READONLY: c_int = 1;
const READWRITE: c_int = 2;
const MAIN_DB: c_int = 0x100;

unsafe extern "C" fn on_open(
    vfs: *mut Vfs,
    name: Text,
    file: *mut c_void,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: the entry that was replaced has this type.
    let open = unsafe { std::mem::transmute::<usize, Open>(originals(vfs).open) };
    let path = name.bytes().filter(|_| flags & MAIN_DB != 0);
    if let Some(path) = path {
        files::before_open(path);
    }
    // SAFETY: SQLite's own arguments.
    let answer = unsafe { open(vfs, name, file, flags, out) };
    if let Some(path) = path.filter(|_| answer == 0) {
        files::after_open(path);
    }
    let got = read(out).unwrap_or(flags);
    let is_less = flags & READWRITE != 0 && got & READONLY != 0;
    if name.bytes().is_some() && (answer != 0 || is_less) {
        return told!("xOpen", [name = name, flags = flags], answer, got);
    }
    answer
}

unsafe extern "C" fn on_randomness(vfs: *mut Vfs, bytes: c_int, to: *mut c_char) -> c_int {
    // SAFETY: the entry that was replaced has this type.
    let randomness = unsafe { std::mem::transmute::<usize, Randomness>(originals(vfs).randomness) };
    told!(
        "xRandomness",
        [bytes = bytes],
        // SAFETY: SQLite's own arguments.
        unsafe { randomness(vfs, bytes, to) },
        Bytes::blob(to.cast(), bytes)
    )
}

unsafe extern "C" fn on_current_time(vfs: *mut Vfs, time: *mut f64) -> c_int {
    // SAFETY: the entry that was replaced has this type.
    let current = unsafe { std::mem::transmute::<usize, CurrentTime>(originals(vfs).current_time) };
    told!(
        "xCurrentTime",
        [],
        // SAFETY: SQLite's own arguments.
        unsafe { current(vfs, time) },
        read(time).unwrap_or(0.0)
    )
}

unsafe extern "C" fn on_current_time_64(vfs: *mut Vfs, time: *mut i64) -> c_int {
    // SAFETY: the entry that was replaced has this type.
    let current = unsafe { std::mem::transmute::<usize, CurrentTime64>(originals(vfs).current_time_64) };
    told!(
        "xCurrentTimeInt64",
        [],
        // SAFETY: SQLite's own arguments.
        unsafe { current(vfs, time) },
        read(time).unwrap_or(0)
    )
}
