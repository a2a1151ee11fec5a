//! Texts and bytes, and how each enters a trace.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cbor::{DIGEST_OF_BLOB, DIGEST_OF_TEXT, UTF16};
use crate::kinds::Kind;
use crate::trace::Trace;

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
    /// The image of a database that SQLite returned.
    Image(*const u8, usize),
    /// Something of a length that was not asked.
    Unread,
}

/// What the header of a database says of who wrote it last: the counter of changes, the counter at which the version was
/// written, and that version. <https://sqlite.org/fileformat2.html#the_database_header>
const OF_WRITER: [std::ops::Range<usize>; 2] = [24..28, 92..100];
const HEADER: usize = 100;

/// The hash of an image whose header does not say who wrote it: another SQLite makes the same database of the same rows.
fn hash_of_image(image: &[u8]) -> u128 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let (header, rest) = image.split_at(image.len().min(HEADER));
    let mut header = header.to_vec();
    if header.len() == HEADER {
        OF_WRITER.into_iter().for_each(|range| header[range].fill(0));
    }
    hash.update(&header);
    hash.update(rest);
    hash.digest128()
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
            // As other long values; those that are kept whole are not compared with another build's.
            Self::Image(at, length) if length > LONG.load(Ordering::Relaxed) => {
                trace.items.hashed(DIGEST_OF_BLOB, length, hash_of_image(slice(at, length)));
            }
            Self::Image(at, length) => trace.items.blob(slice(at, length)),
        }
    }
}
