//! What the rows of the table say of a call beside its arguments and its result: lengths of values, and what a call
//! returns through an address.

use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_uchar, c_void};

use super::handles::Sort;
use super::kinds::{Answer, Empty, Handles, Said, Slot, Take, Value};
use super::machine::{Made, NotMade, Taking};
use crate::trace::Item;
use crate::worker::replay::shown;

/// The longest value that a call may be asked to read.
const LONGEST: usize = 64 << 20;

/// A length as a function takes it.
pub(super) trait Length: Empty {
    fn of(length: usize) -> Option<Self>;
    fn size(self) -> Option<usize>;
}

macro_rules! lengths {
    ($($kind:ty),*) => {$(
        impl Length for $kind {
            fn of(length: usize) -> Option<Self> {
                length.try_into().ok()
            }

            fn size(self) -> Option<usize> {
                self.try_into().ok()
            }
        }
    )*};
}

lengths!(c_int, i64, u64);

/// The address of bytes.
pub(super) trait Address: Empty {
    fn of(bytes: *const u8) -> Self;
}

impl Address for *const c_char {
    fn of(bytes: *const u8) -> Self {
        bytes.cast()
    }
}

impl Address for *const c_void {
    fn of(bytes: *const u8) -> Self {
        bytes.cast()
    }
}

impl Address for *mut c_void {
    fn of(bytes: *const u8) -> Self {
        bytes.cast_mut().cast()
    }
}

/// Bytes and their length: two arguments of a call, one item of a trace.
pub(super) struct Bytes<'a, A, L> {
    at: &'a Slot<A>,
    length: &'a Slot<L>,
    is_utf16: bool,
    /// What a call writes into.
    room: RefCell<Vec<u8>>,
}

impl<'a, A: Address, L: Length> Bytes<'a, A, L> {
    fn new(at: &'a Slot<A>, length: &'a Slot<L>, is_utf16: bool) -> Self {
        Self { at, length, is_utf16, room: RefCell::default() }
    }

    pub(super) fn blob(at: &'a Slot<A>, length: &'a Slot<L>) -> Self {
        Self::new(at, length, false)
    }

    pub(super) fn text(at: &'a Slot<A>, length: &'a Slot<L>) -> Self {
        Self::new(at, length, false)
    }

    pub(super) fn sql(at: &'a Slot<A>, length: &'a Slot<L>) -> Self {
        Self::new(at, length, false)
    }

    pub(super) fn utf16(at: &'a Slot<A>, length: &'a Slot<L>) -> Self {
        Self::new(at, length, true)
    }
}

/// A text whose encoding another argument names.
pub(super) fn encoded<'a, A: Address, L: Length>(
    at: &'a Slot<A>,
    length: &'a Slot<L>,
    _: &Slot<c_uchar>,
) -> Bytes<'a, A, L> {
    Bytes::new(at, length, false)
}

impl<A: Address, L: Length> Take for Bytes<'_, A, L> {
    fn take(&self, item: &Item<'_>, taking: &Taking<'_>) -> Result<(), NotMade> {
        let bytes = match item {
            Item::Null => {
                self.at.set(A::EMPTY);
                self.length.set(L::EMPTY);
                return Ok(());
            }
            Item::Text(text) => text.as_bytes(),
            Item::BrokenText(bytes) | Item::Utf16(bytes) | Item::Blob(bytes) => *bytes,
            other => return Err(NotMade::unknown(other)),
        };
        let at = match self.is_utf16 {
            // SQLite reads units of two bytes, which begin at an even address.
            true => taking.keep(bytes).cast(),
            false => bytes.as_ptr(),
        };
        self.at.set(A::of(at));
        self.length.set(L::of(bytes.len()).ok_or(NotMade::Unfit)?);
        Ok(())
    }
}

/// What a call returns beside its result.
pub(super) trait Returns {
    /// Makes room for it.
    fn prepare(&self) -> Result<(), NotMade>;
    fn judge(&self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made);
}

impl<L: Length> Returns for Bytes<'_, *mut c_void, L> {
    fn prepare(&self) -> Result<(), NotMade> {
        // A negative length is an error of the call's.
        let length = self.length.get().size().unwrap_or(0);
        if length > LONGEST {
            return Err(NotMade::Unfit);
        }
        let mut room = self.room.borrow_mut();
        room.resize(length.max(1), 0);
        self.at.set(room.as_mut_ptr().cast());
        Ok(())
    }

    fn judge(&self, recorded: &Item<'_>, _: &Taking<'_>, made: &mut Made) {
        let room = self.room.borrow();
        let length = self.length.get().size().unwrap_or(0).min(room.len());
        // What a call that failed has left there means nothing.
        if made.code.is_none_or(|code| code == 0) {
            made.compare(recorded, &shown::blob(&room[..length]));
        }
    }
}

/// A handle that comes to be.
pub(super) struct Birth<'a>(pub(super) &'a Slot<Handles>);

impl Returns for Birth<'_> {
    fn prepare(&self) -> Result<(), NotMade> {
        self.0.set(self.0.room.as_ptr().cast());
        Ok(())
    }

    fn judge(&self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made) {
        let pointer = self.0.room.get() as usize as *mut c_void;
        let sort = match taking.call.function.name.contains("blob") {
            true => Sort::Blob,
            false => Sort::Stmt,
        };
        taking.born(recorded, sort, pointer, made);
    }
}

/// Something that a call writes where an argument leads to.
pub(super) struct Out<'a, T>(pub(super) &'a Slot<*mut T>)
where
    *mut T: Empty;

macro_rules! outs {
    ($($kind:ty: $read:expr),*) => {$(
        impl Returns for Out<'_, $kind> {
            fn prepare(&self) -> Result<(), NotMade> {
                self.0.set(self.0.room.as_ptr().cast());
                Ok(())
            }

            fn judge(&self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made) {
                // The program may have wanted it nowhere.
                if !matches!(recorded, Item::Null) || made.code.is_none() {
                    let read: fn(u64) -> $kind = $read;
                    Answer::judge(read(self.0.room.get()), recorded, taking, made);
                }
            }
        }
    )*};
}

outs! {
    c_int: |room| {
        let [a, b, c, d, ..] = room.to_ne_bytes();
        c_int::from_ne_bytes([a, b, c, d])
    },
    i64: |room| room.cast_signed(),
    Said: |room| Said(room as usize as *const c_char),
    Value: |room| Value(room as usize as *mut c_void)
}

/// How far a tail is from its beginning.
pub(super) struct Offset<'a, T>(&'a Slot<*const T>, &'a Slot<*mut *const T>)
where
    *const T: Empty,
    *mut *const T: Empty;

pub(super) fn offset<'a, T>(from: &'a Slot<*const T>, tail: &'a Slot<*mut *const T>) -> Offset<'a, T>
where
    *const T: Empty,
    *mut *const T: Empty,
{
    Offset(from, tail)
}

impl<T> Returns for Offset<'_, T>
where
    *const T: Empty,
    *mut *const T: Empty,
{
    fn prepare(&self) -> Result<(), NotMade> {
        self.1.set(self.1.room.as_ptr().cast());
        Ok(())
    }

    fn judge(&self, recorded: &Item<'_>, _: &Taking<'_>, made: &mut Made) {
        // Where the statement did not compile, its end says nothing more.
        if let (Item::Integer(_), Some(0)) = (recorded, made.code) {
            let length = (self.1.room.get() as usize).wrapping_sub(self.0.get() as usize);
            made.compare(recorded, &Item::Integer(length as i64));
        }
    }
}

/// A message that SQLite made for the program, which frees it.
pub(super) struct Message<'a>(&'a Slot<*mut *mut c_char>);

pub(super) fn message_of(message: &Slot<*mut *mut c_char>) -> Message<'_> {
    Message(message)
}

impl Returns for Message<'_> {
    fn prepare(&self) -> Result<(), NotMade> {
        self.0.set(self.0.room.as_ptr().cast());
        Ok(())
    }

    fn judge(&self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made) {
        let message = self.0.room.get() as usize as *mut c_char;
        if !matches!(recorded, Item::Null) {
            Said(message).judge(recorded, taking, made);
        }
        taking.machine.free(message.cast());
    }
}

/// The names and the rows of a table, one text after the other.
pub(super) struct Cells<'a> {
    table: &'a Slot<*mut *mut *mut c_char>,
    rows: &'a Slot<*mut c_int>,
    columns: &'a Slot<*mut c_int>,
}

pub(super) fn cells<'a>(
    table: &'a Slot<*mut *mut *mut c_char>,
    rows: &'a Slot<*mut c_int>,
    columns: &'a Slot<*mut c_int>,
) -> Cells<'a> {
    Cells { table, rows, columns }
}

impl Returns for Cells<'_> {
    fn prepare(&self) -> Result<(), NotMade> {
        self.table.set(self.table.room.as_ptr().cast());
        Ok(())
    }

    fn judge(&self, recorded: &Item<'_>, taking: &Taking<'_>, made: &mut Made) {
        let number = |slot: &Slot<*mut c_int>| slot.room.get() as u32 as usize;
        let (rows, columns) = (number(self.rows), number(self.columns));
        let table = self.table.room.get() as usize as *const Said;
        if table.is_null() {
            return;
        }
        let count = (rows + 1).saturating_mul(columns);
        // SAFETY: `sqlite3_get_table` succeeded, so there are so many texts.
        let texts = (0..count).map(|at| unsafe { *table.wrapping_add(at) });
        let texts = texts.map(|text| text.bytes().map_or(Item::Null, shown::text)).collect();
        made.compare(recorded, &Item::List(texts));
        taking.machine.free_table(table.cast_mut().cast());
    }
}
