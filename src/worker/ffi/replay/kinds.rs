//! What the functions of the table take and return: how each comes from a trace, and how it is compared with one.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr::{null, null_mut};

use super::handles::Sort;
use super::machine::{Made, NotMade, Taking};
use crate::trace::Item;
use crate::worker::replay::shown::{self, is_same};

/// An argument of a call, at a place that stays: some arguments are the addresses of what a call returns beside its result.
pub(super) struct Slot<T> {
    value: Cell<T>,
    /// What a call writes where an argument leads to.
    pub(super) room: Cell<u64>,
}

impl<T: Empty> Slot<T> {
    pub(super) fn new() -> Self {
        Self { value: Cell::new(T::EMPTY), room: Cell::new(0) }
    }

    #[inline]
    pub(super) fn get(&self) -> T {
        self.value.get()
    }

    #[inline]
    pub(super) fn set(&self, value: T) {
        self.value.set(value);
    }
}

/// What an argument is that nobody gave.
pub(super) trait Empty: Copy {
    const EMPTY: Self;
}

/// What can be made of an item.
pub(super) trait Given: Sized {
    fn given(item: &Item<'_>, taking: &Taking<'_>) -> Result<Self, NotMade>;
}

/// Takes the next argument of a call.
pub(super) trait Take {
    fn take(&self, item: &Item<'_>, taking: &Taking<'_>) -> Result<(), NotMade>;
}

impl<T: Empty + Given> Take for &Slot<T> {
    #[inline]
    fn take(&self, item: &Item<'_>, taking: &Taking<'_>) -> Result<(), NotMade> {
        self.set(T::given(item, taking)?);
        Ok(())
    }
}

/// What a function returns.
pub(super) trait Answer: Sized {
    /// Compares it with what was recorded, and keeps handles.
    fn judge(self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made);
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Empty for $kind {
            const EMPTY: Self = 0;
        }

        impl Given for $kind {
            #[inline]
            fn given(item: &Item<'_>, _: &Taking<'_>) -> Result<Self, NotMade> {
                // Larger ones enter a trace as the number of the same bits.
                item.integer().map(|number| number as Self).ok_or(NotMade::Unfit)
            }
        }

        impl Answer for $kind {
            #[inline]
            fn judge(self, recorded: &Item<'_>, _: &Taking<'_>, made: &mut Made) {
                made.compare(recorded, &Item::Integer(self as i64));
            }
        }
    )*};
}

numbers!(c_int, i64, c_uint, u64, c_uchar);

impl Empty for f64 {
    const EMPTY: Self = 0.0;
}

impl Given for f64 {
    fn given(item: &Item<'_>, _: &Taking<'_>) -> Result<Self, NotMade> {
        if let Item::Real(number) = item { Ok(*number) } else { Err(NotMade::Unfit) }
    }
}

impl Answer for f64 {
    fn judge(self, recorded: &Item<'_>, _: &Taking<'_>, made: &mut Made) {
        made.compare(recorded, &Item::Real(self));
    }
}

impl Answer for () {
    fn judge(self, _: &Item<'_>, _: &Taking<'_>, _: &mut Made) {}
}

macro_rules! pointers {
    ($($kind:ty = $empty:expr),*) => {$(
        impl Empty for $kind {
            const EMPTY: Self = $empty;
        }

        impl Given for $kind {
            /// An address means nothing in another process.
            fn given(item: &Item<'_>, _: &Taking<'_>) -> Result<Self, NotMade> {
                if matches!(item, Item::Null) { Ok($empty) } else { Err(NotMade::Address) }
            }
        }
    )*};
}

pointers!(
    *const c_char = null(),
    *const c_void = null(),
    *mut c_void = null_mut(),
    *mut c_char = null_mut(),
    *mut *const c_char = null_mut(),
    *mut *const c_void = null_mut(),
    *mut *mut c_char = null_mut(),
    *mut *mut *mut c_char = null_mut(),
    Handles = null_mut(),
    *mut c_int = null_mut(),
    *mut i64 = null_mut(),
    *mut Said = null_mut(),
    *mut Value = null_mut()
);

/// Where a call puts a handle.
pub(super) type Handles = *mut *mut c_void;

macro_rules! handles {
    ($($(#[$meta:meta])* $name:ident)*) => {$(
        $(#[$meta])*
        #[repr(transparent)]
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name(pub(super) *mut c_void);

        impl Empty for $name {
            const EMPTY: Self = Self(null_mut());
        }

        impl Given for $name {
            #[inline]
            fn given(item: &Item<'_>, taking: &Taking<'_>) -> Result<Self, NotMade> {
                match item {
                    Item::Handle(number) => taking.handle(*number, Sort::$name).map(Self),
                    Item::Null => Ok(Self(null_mut())),
                    _ => Err(NotMade::Unfit),
                }
            }
        }

        impl Answer for $name {
            fn judge(self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made) {
                taking.born(recorded, Sort::$name, self.0, made);
            }
        }
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
}

/// An address that means nothing elsewhere.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(super) struct Pointer(pub(super) *mut c_void);

impl Empty for Pointer {
    const EMPTY: Self = Self(null_mut());
}

impl Given for Pointer {
    fn given(item: &Item<'_>, _: &Taking<'_>) -> Result<Self, NotMade> {
        if matches!(item, Item::Null) { Ok(Self::EMPTY) } else { Err(NotMade::Address) }
    }
}

impl Answer for Pointer {
    fn judge(self, recorded: &Item<'_>, _: &Taking<'_>, made: &mut Made) {
        let found = if self.0.is_null() { Item::Null } else { Item::Present(true) };
        made.compare(recorded, &found);
    }
}

/// What becomes of a value that was passed: SQLite copies it, because ours lives no longer than its call.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(super) struct Free(#[allow(dead_code, reason = "SQLite reads it")] isize);

const TRANSIENT: isize = -1;

impl Empty for Free {
    const EMPTY: Self = Self(TRANSIENT);
}

impl Given for Free {
    fn given(item: &Item<'_>, _: &Taking<'_>) -> Result<Self, NotMade> {
        if matches!(item, Item::Integer(0..=2)) { Ok(Self::EMPTY) } else { Err(NotMade::Unfit) }
    }
}

/// A text that ends with a zero.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(super) struct Text(pub(super) *const c_char);

impl Empty for Text {
    const EMPTY: Self = Self(null());
}

impl Given for Text {
    fn given(item: &Item<'_>, taking: &Taking<'_>) -> Result<Self, NotMade> {
        match item {
            Item::Null => Ok(Self::EMPTY),
            Item::Text(text) => Ok(Self(taking.keep(text.as_bytes()))),
            Item::BrokenText(bytes) => Ok(Self(taking.keep(bytes))),
            other => Err(NotMade::unknown(other)),
        }
    }
}

/// A text that SQLite returns.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(super) struct Said(pub(super) *const c_char);

impl Said {
    /// Its bytes.
    pub(super) fn bytes<'a>(self) -> Option<&'a [u8]> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: SQLite's texts end with a zero, and this one lives until the next call that is about the same.
        Some(unsafe { std::ffi::CStr::from_ptr(self.0) }.to_bytes())
    }
}

impl Empty for Said {
    const EMPTY: Self = Self(null());
}

impl Answer for Said {
    fn judge(self, recorded: &Item<'_>, _: &Taking<'_>, made: &mut Made) {
        made.compare(recorded, &self.bytes().map_or(Item::Null, shown::text));
    }
}

/// A result code.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(pub(super) c_int);

pub(super) const OK: c_int = 0;
const MISUSE: c_int = 21;
pub(super) const ROW: c_int = 100;
const DONE: c_int = 101;

impl Answer for Code {
    fn judge(self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made) {
        self.judge_of(|| taking.connection(), recorded, taking, made);
    }
}

impl Code {
    /// Compares it and, of an error, what the connection says of it.
    #[inline]
    pub(super) fn judge_of(
        self,
        connection: impl FnOnce() -> Option<Db>,
        recorded: &Item<'_>,
        taking: &Taking<'_>,
        made: &mut Made,
    ) {
        made.code = Some(self.0);
        let is_success = matches!(self.0, OK | ROW | DONE | MISUSE);
        if is_success && recorded.integer() == Some(self.0.into()) {
            return;
        }
        let db = if is_success { None } else { connection().filter(|db| !db.0.is_null()) };
        let code = Item::Integer(self.0.into());
        match db.map(|db| taking.machine.failure(db)) {
            Some((extended, message)) => {
                let parts = vec![Item::Integer(extended.into()), shown::text(message)];
                made.compare(recorded, &Item::List(vec![code, Item::List(parts)]));
            }
            None if code_of(recorded) == Some(self.0.into()) => {}
            None => made.compare(recorded, &code),
        }
    }
}

/// The code of a recorded result.
pub(super) fn code_of(recorded: &Item<'_>) -> Option<i64> {
    match recorded {
        Item::Integer(code) => Some(*code),
        Item::List(parts) => parts.first()?.integer(),
        _ => None,
    }
}

impl Made {
    /// Notes a result that is another than the recorded one.
    #[inline]
    pub(super) fn compare(&mut self, recorded: &Item<'_>, found: &Item<'_>) {
        if !is_same(recorded, found) {
            self.differs(recorded, found);
        }
    }
}
