//! What calls are made of, and how each enters a trace.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cbor::{DIGEST_OF_BLOB, DIGEST_OF_TEXT, HANDLE, UTF16};
use crate::real::real;
use crate::trace::Trace;

/// Something that is passed to a function, or comes out of one.
pub(crate) trait Kind: Copy {
    fn write(self, trace: &mut Trace);

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
    fn write(seen: Self::Seen, trace: &mut Trace);
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl Kind for $kind {
            #[inline]
            fn write(self, trace: &mut Trace) {
                trace.items.integer(self as i64);
            }
        }
    )*};
}

integers!(c_int, i64, c_uint, u64, c_uchar, u16);

impl Kind for f64 {
    fn write(self, trace: &mut Trace) {
        trace.items.real(self);
    }
}

impl Kind for () {
    fn write(self, trace: &mut Trace) {
        trace.items.null();
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
            fn write(seen: Self, trace: &mut Trace) {
                Kind::write(seen, trace);
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

/// A text that ends with a zero, and enters a trace whole: what the program passes.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(crate) struct Text(pub(crate) *const c_char);

impl Text {
    pub(crate) fn bytes<'a>(self) -> Option<&'a [u8]> {
        // SAFETY: SQLite reads it to its end too.
        (!self.0.is_null()).then(|| unsafe { CStr::from_ptr(self.0) }.to_bytes())
    }
}

impl Kind for Text {
    fn write(self, trace: &mut Trace) {
        match self.bytes() {
            Some(bytes) => trace.items.text(bytes),
            None => trace.items.null(),
        }
    }
}

/// A text that SQLite returns.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(crate) struct Said(pub(crate) *const c_char);

impl Kind for Said {
    fn write(self, trace: &mut Trace) {
        match Text(self.0).bytes() {
            Some(bytes) => write_long(bytes, DIGEST_OF_TEXT, trace),
            None => trace.items.null(),
        }
    }
}

/// Longer values that SQLite returns enter a trace as length and hash.
static LONG: AtomicUsize = AtomicUsize::new(256);
/// The longest value that enters a trace whole, whoever has it from whom.
const LONGEST: usize = 64 << 20;

/// Values of any length enter the trace whole.
pub(crate) fn keep_long_values() {
    LONG.store(LONGEST, Ordering::Relaxed);
}

fn write_long(bytes: &[u8], digest: u64, trace: &mut Trace) {
    match bytes.len() > LONG.load(Ordering::Relaxed) {
        true => trace.items.digest(digest, bytes),
        false if digest == DIGEST_OF_TEXT => trace.items.text(bytes),
        false => trace.items.blob(bytes),
    }
}

/// Bytes of a known length.
#[derive(Clone, Copy)]
pub(crate) enum Bytes {
    Nothing,
    Blob(*const u8, usize),
    Text(*const u8, usize),
    Utf16(*const u8, usize),
    /// Bytes that SQLite returned.
    Answered(*const u8, usize),
    /// Text that SQLite returned.
    Told(*const u8, usize),
    /// Something of a length that was not asked.
    Unread,
}

/// A length as a function takes it.
pub(crate) trait Length {
    fn long(self) -> i64;
}

macro_rules! lengths {
    ($($kind:ty),*) => {$(
        impl Length for $kind {
            fn long(self) -> i64 {
                self as i64
            }
        }
    )*};
}

lengths!(c_int, i64, u64);

impl Bytes {
    /// What is bound as a blob: `length` bytes, where there are any.
    pub(crate) fn blob(at: *const c_void, length: impl Length) -> Self {
        match usize::try_from(length.long()) {
            Ok(length) if !at.is_null() => Self::Blob(at.cast(), length),
            _ => Self::Nothing,
        }
    }

    /// What is bound as UTF-8: to its end where the length is negative.
    pub(crate) fn text(at: *const c_char, length: impl Length) -> Self {
        match (Text(at).0.is_null(), usize::try_from(length.long())) {
            (true, _) => Self::Nothing,
            (false, Ok(length)) => Self::Text(at.cast(), length),
            (false, Err(_)) => Self::Text(at.cast(), Text(at).bytes().map_or(0, <[u8]>::len)),
        }
    }

    /// SQL: SQLite reads no further than its first zero.
    pub(crate) fn sql(at: *const c_char, length: impl Length) -> Self {
        match Self::text(at, length) {
            Self::Text(at, length) => {
                // SAFETY: the program's text has this length, or ends before it.
                let whole = unsafe { libc::strnlen(at.cast(), length) };
                Self::Text(at, whole)
            }
            other => other,
        }
    }

    /// UTF-16, of so many bytes, or to its end.
    pub(crate) fn utf16(at: *const c_void, length: impl Length) -> Self {
        if at.is_null() {
            return Self::Nothing;
        }
        let length = usize::try_from(length.long()).unwrap_or_else(|_| {
            let units = at.cast::<[u8; 2]>();
            // SAFETY: SQLite reads it to its zero too.
            (0..).find(|unit| unsafe { *units.add(*unit) } == [0, 0]).unwrap_or(0) * 2
        });
        Self::Utf16(at.cast(), length)
    }
}

/// The bytes at an address.
fn slice<'a>(at: *const u8, length: usize) -> &'a [u8] {
    match at.is_null() || length == 0 {
        true => &[],
        // SAFETY: the length is the one that SQLite said, or was told.
        false => unsafe { std::slice::from_raw_parts(at, length) },
    }
}

impl Kind for Bytes {
    fn write(self, trace: &mut Trace) {
        match self {
            Self::Nothing => trace.items.null(),
            Self::Unread => trace.items.boolean(true),
            Self::Blob(at, length) | Self::Utf16(at, length) if length > LONGEST => {
                trace.items.digest(DIGEST_OF_BLOB, slice(at, length));
            }
            Self::Text(at, length) if length > LONGEST => {
                trace.items.digest(DIGEST_OF_TEXT, slice(at, length));
            }
            Self::Blob(at, length) => trace.items.blob(slice(at, length)),
            Self::Text(at, length) => trace.items.text(slice(at, length)),
            Self::Utf16(at, length) => {
                trace.items.tag(UTF16);
                trace.items.blob(slice(at, length));
            }
            Self::Answered(at, length) => write_long(slice(at, length), DIGEST_OF_BLOB, trace),
            Self::Told(at, length) => write_long(slice(at, length), DIGEST_OF_TEXT, trace),
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

/// A result code. An error enters a trace with its extended code and its message.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) c_int);

pub(crate) const OK: Code = Code(0);
const MISUSE: c_int = 21;
const ROW: c_int = 100;
const DONE: c_int = 101;

/// What went wrong.
pub(crate) struct Failure {
    extended: c_int,
    message: Vec<u8>,
}

impl Answer for Code {
    type Seen = (Self, Option<Failure>);

    #[inline]
    fn look(self, connection: impl FnOnce() -> Option<Db>) -> Self::Seen {
        match self.0 {
            0 | ROW | DONE | MISUSE => (self, None),
            _ => (self, connection().map(Failure::of)),
        }
    }

    #[inline]
    fn write((code, failure): Self::Seen, trace: &mut Trace) {
        let Some(failure) = failure else { return trace.items.integer(i64::from(code.0)) };
        trace.items.tuple(2);
        trace.items.integer(i64::from(code.0));
        failure.write(trace);
    }
}

impl Failure {
    pub(crate) fn write(&self, trace: &mut Trace) {
        trace.items.tuple(2);
        trace.items.integer(i64::from(self.extended));
        trace.items.text(&self.message);
    }

    /// What the connection says of its last error, while no other thread can change that.
    #[cold]
    pub(crate) fn of(connection: Db) -> Self {
        let mutex = real!(sqlite3_db_mutex: fn(Db) -> *mut c_void);
        let enter = real!(sqlite3_mutex_enter: fn(*mut c_void) -> ());
        let leave = real!(sqlite3_mutex_leave: fn(*mut c_void) -> ());
        let extended = real!(sqlite3_extended_errcode: fn(Db) -> c_int);
        let message = real!(sqlite3_errmsg: fn(Db) -> *const c_char);
        // SAFETY: the program has this connection; a mutex that is not there may be entered.
        unsafe {
            let mutex = mutex(connection);
            enter(mutex);
            let failure =
                Self { extended: extended(connection), message: crate::real::said(message(connection)) };
            leave(mutex);
            failure
        }
    }
}
