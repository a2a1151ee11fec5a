//! What calls are made of, and how each enters a trace.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use crate::bytes::{Bytes, Said};
use crate::cbor::HANDLE;
use crate::real::real;
use crate::short::Short;
use crate::trace::Trace;

/// Something that is passed to a function, or comes out of one.
pub(crate) trait Kind: Copy {
    fn write(self, trace: &mut Trace);

    /// The same where it is short; `None` where `write` is needed.
    #[inline]
    fn short(self, _: Short, _: &Trace) -> Option<Short> {
        None
    }

    /// The connection that knows what went wrong with it.
    fn connection(self) -> Option<Db> {
        None
    }

    /// Whether SQLite may call a function of the program's that frees what another argument leads to.
    #[inline]
    fn may_free(self) -> bool {
        false
    }
}

/// What a function returns.
pub(crate) trait Answer: Copy {
    type Seen;

    /// What is to be known of it; SQLite may be asked here, and not while it is written.
    fn look(self, connection: impl FnOnce() -> Option<Db>) -> Self::Seen;
    fn write(seen: &Self::Seen, trace: &mut Trace);

    /// The same where it is short; `None` where `write` is needed.
    fn short(seen: &Self::Seen, at: Short, trace: &Trace) -> Option<Short>;
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl Kind for $kind {
            #[inline]
            fn write(self, trace: &mut Trace) {
                trace.items.integer(self as i64);
            }

            #[inline]
            fn short(self, at: Short, _: &Trace) -> Option<Short> {
                Some(at.integer(self as i64))
            }
        }
    )*};
}

integers!(c_int, i64, c_uint, u64, c_uchar, u16);

impl Kind for f64 {
    fn write(self, trace: &mut Trace) {
        trace.items.real(self);
    }

    #[inline]
    fn short(self, at: Short, _: &Trace) -> Option<Short> {
        Some(at.real(self))
    }
}

impl Kind for () {
    fn write(self, trace: &mut Trace) {
        trace.items.null();
    }

    #[inline]
    fn short(self, at: Short, _: &Trace) -> Option<Short> {
        Some(at.null())
    }
}

macro_rules! answers_as_they_are {
    ($($kind:ty),*) => {$(
        impl Answer for $kind {
            type Seen = Self;

            #[inline]
            fn look(self, _: impl FnOnce() -> Option<Db>) -> Self {
                self
            }

            #[inline]
            fn write(seen: &Self, trace: &mut Trace) {
                Kind::write(*seen, trace);
            }

            #[inline]
            fn short(seen: &Self, at: Short, trace: &Trace) -> Option<Short> {
                Kind::short(*seen, at, trace)
            }
        }
    )*};
}

answers_as_they_are!(
    (),
    c_int,
    i64,
    c_uint,
    u64,
    f64,
    Pointer,
    Said,
    Bytes,
    Birth,
    Ended,
    Context,
    Value,
    Db,
    Stmt,
    Backup
);

macro_rules! handles {
    ($($(#[$meta:meta])* $name:ident)*) => {$(
        $(#[$meta])*
        #[repr(transparent)]
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) *mut c_void);
    )*};
}

handles! {
    /// `sqlite3*`
    Db
    /// `sqlite3_stmt*`
    Stmt
    /// `sqlite3_blob*`
    Blob
    /// `sqlite3_backup*`
    Backup
    /// `sqlite3_context*`
    Context
    /// `sqlite3_value*`
    Value
    /// Another object of SQLite's, or of the program's that the recorder wraps.
    Object
    /// An address that means nothing elsewhere: only whether there is one enters a trace.
    Pointer
    /// What is to become of a value when SQLite does not need it any more.
    Free
}

fn write_handle(pointer: *mut c_void, trace: &mut Trace) {
    if pointer.is_null() {
        return trace.items.null();
    }
    let number = trace.handles.number(pointer as usize);
    trace.items.tag(HANDLE);
    trace.items.unsigned(number);
}

macro_rules! kinds_of_handles {
    ($($name:ident: $connection:expr;)*) => {$(
        impl Kind for $name {
            #[inline]
            fn write(self, trace: &mut Trace) {
                write_handle(self.0, trace);
            }

            #[inline]
            fn short(self, at: Short, trace: &Trace) -> Option<Short> {
                trace.handles.same(self.0 as usize).map(|packed| at.packed(packed))
            }

            fn connection(self) -> Option<Db> {
                let connection: fn(Self) -> Option<Db> = $connection;
                (!self.0.is_null()).then(|| connection(self)).flatten()
            }
        }
    )*};
}

kinds_of_handles! {
    Db: Some;
    Stmt: |stmt| {
        let handle = real!(sqlite3_db_handle: fn(Stmt) -> Db);
        // SAFETY: a statement that the program has.
        Some(unsafe { handle(stmt) })
    };
    Blob: |_| None;
    Backup: |_| None;
    Context: |_| None;
    Value: |_| None;
    Object: |_| None;
}

impl Kind for Pointer {
    #[inline]
    fn write(self, trace: &mut Trace) {
        match self.0.is_null() {
            true => trace.items.null(),
            false => trace.items.boolean(true),
        }
    }
}

impl Kind for Free {
    #[inline]
    fn write(self, trace: &mut Trace) {
        // 0: the value stays where it is; 1: SQLite copies it; 2: the program's function is called.
        trace.items.integer(match self.0 as isize {
            0 => 0,
            -1 => 1,
            _ => 2,
        });
    }

    #[inline]
    fn may_free(self) -> bool {
        !matches!(self.0 as isize, 0 | -1)
    }
}

/// A handle that comes to be: `**out`.
#[derive(Clone, Copy)]
pub(crate) struct Birth(pub(crate) *const *mut c_void);

impl Kind for Birth {
    fn write(self, trace: &mut Trace) {
        let pointer = read(self.0).unwrap_or(std::ptr::null_mut());
        if !pointer.is_null() {
            trace.handles.birth(pointer as usize);
        }
        write_handle(pointer, trace);
    }
}

/// A handle that ended.
#[derive(Clone, Copy)]
pub(crate) struct Ended(pub(crate) Option<u64>);

impl Kind for Ended {
    fn write(self, trace: &mut Trace) {
        let Some(number) = self.0 else { return trace.items.null() };
        trace.items.tag(HANDLE);
        trace.items.unsigned(number);
    }
}

/// What lies at an address that the program gave, if it gave one.
#[inline]
pub(crate) fn read<T: Copy>(at: *const T) -> Option<T> {
    // SAFETY: SQLite wrote or reads there too.
    (!at.is_null()).then(|| unsafe { *at })
}

/// What SQLite wrote where the program wanted it.
#[derive(Clone, Copy)]
pub(crate) struct Out<T>(pub(crate) *const T);

macro_rules! pointers {
    ($($kind:ty),*) => {$(
        impl Kind for $kind {
            /// An address without a meaning of its own.
            fn write(self, trace: &mut Trace) {
                Pointer(self as *mut c_void).write(trace);
            }
        }
    )*};
}

pointers!(
    *const c_char,
    *mut *const c_char,
    *mut *mut c_char,
    *mut *mut *mut c_char,
    *const c_void,
    *mut c_void,
    *mut *mut c_void,
    *mut *const c_void,
    *mut c_int,
    *mut i64,
    *mut Said,
    *mut Value
);

impl<T: Kind> Kind for Out<T> {
    fn write(self, trace: &mut Trace) {
        match read(self.0) {
            Some(value) => value.write(trace),
            None => trace.items.null(),
        }
    }
}

/// Several items in one.
#[derive(Clone, Copy)]
pub(crate) struct All<'a, T>(pub(crate) &'a [T]);

impl<T: Kind> Kind for All<'_, T> {
    fn write(self, trace: &mut Trace) {
        trace.items.array(self.0.len());
        self.0.iter().for_each(|item| item.write(trace));
    }
}

/// As many items as a count says, where SQLite or the program put them.
pub(crate) fn all<'a, T>(at: *const T, count: c_int) -> All<'a, T> {
    match usize::try_from(count) {
        // SAFETY: whoever said the count put so many there.
        Ok(count) if !at.is_null() => All(unsafe { std::slice::from_raw_parts(at, count) }),
        _ => All(&[]),
    }
}
