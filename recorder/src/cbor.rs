//! Writing CBOR, RFC 8949: just what a trace needs, without an allocation per item.

use std::io;
use std::ptr::null_mut;

use crate::segment::Parts;
use crate::short::Short;

/// Items, one after the other, written where they stay: into the mapped part of a trace.
pub(crate) struct Items {
    parts: Option<Parts>,
    /// Where the event begins that is being written.
    begin: *mut u8,
    at: *mut u8,
    end: *mut u8,
    /// Takes what has no part any more.
    spare: Vec<u8>,
    failure: Option<io::Error>,
}

/// There is always room for so many bytes: the heads of items are written without a look. What may be longer, bytes and
/// arrays, makes room first, and for so many bytes more.
pub(crate) const ROOM: usize = 512;
/// The longest head of an item, with a tag.
const HEAD: usize = 16;

/// The registered tag of an identifier: the number of a handle.
pub(crate) const HANDLE: u64 = 39;
/// What is known of a long value: `[length, hash]`. Not registered.
pub(crate) const DIGEST_OF_TEXT: u64 = 4_000;
pub(crate) const DIGEST_OF_BLOB: u64 = 4_001;
/// Text that is not valid UTF-8, as bytes.
pub(crate) const BROKEN_TEXT: u64 = 4_002;
/// Text in UTF-16, in the byte order of the machine.
pub(crate) const UTF16: u64 = 4_003;

pub(crate) mod major {
    pub(crate) const UNSIGNED: u8 = 0 << 5;
    pub(crate) const NEGATIVE: u8 = 1 << 5;
    pub(crate) const BYTES: u8 = 2 << 5;
    pub(crate) const TEXT: u8 = 3 << 5;
    pub(crate) const ARRAY: u8 = 4 << 5;
    pub(crate) const TAG: u8 = 6 << 5;
    pub(crate) const OTHER: u8 = 7 << 5;
}

impl Items {
    /// Nothing, until there are parts.
    pub(crate) const fn new() -> Self {
        let (begin, at, end) = (null_mut(), null_mut(), null_mut());
        Self { parts: None, begin, at, end, spare: Vec::new(), failure: None }
    }

    /// Writes into these parts from now on.
    pub(crate) fn open(&mut self, parts: Parts) {
        self.parts = Some(parts);
        self.adopt();
    }

    /// Writes nowhere any more.
    pub(crate) fn close(&mut self) -> Option<Parts> {
        (self.begin, self.at, self.end) = (null_mut(), null_mut(), null_mut());
        self.parts.take()
    }

    #[inline]
    pub(crate) fn parts(&self) -> Option<&Parts> {
        self.parts.as_ref()
    }

    /// Begins an event.
    #[inline]
    pub(crate) fn begin(&mut self) {
        self.begin = self.at;
        self.room(0);
    }

    /// Whether there is room for a short event. Where nothing is written there is none.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        (self.end as usize) - (self.at as usize) >= ROOM
    }

    /// Where a short event is written.
    #[inline]
    pub(crate) fn short(&self) -> Short {
        Short(self.at)
    }

    /// A short event was written, to here, and counts. It had room, so it cannot have failed.
    #[inline]
    pub(crate) fn went_to(&mut self, end: Short) {
        self.at = end.0;
        if let Some(parts) = &self.parts {
            parts.publish(self.at);
        }
    }

    /// The event counts from now on.
    ///
    /// # Errors
    /// When there was no room for it. It does not count, and nothing should be written any more.
    #[inline]
    pub(crate) fn commit(&mut self) -> io::Result<()> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        if let Some(parts) = &self.parts {
            parts.publish(self.at);
        }
        Ok(())
    }

    /// Makes room for so many bytes, and for the heads of what follows.
    #[inline]
    fn room(&mut self, bytes: usize) {
        if (self.end as usize) - (self.at as usize) < bytes + ROOM {
            self.grow(bytes + ROOM);
        }
    }

    /// Goes on in a new part, with the event from its beginning.
    #[cold]
    fn grow(&mut self, bytes: usize) {
        let written = self.at as usize - self.begin as usize;
        let begun = match written {
            0 => Vec::new(),
            // SAFETY: these bytes were written.
            _ => unsafe { std::slice::from_raw_parts(self.begin, written) }.to_vec(),
        };
        let size = written + bytes;
        let next = match &mut self.parts {
            Some(parts) if self.failure.is_none() => parts.next(size),
            _ => Err(io::ErrorKind::StorageFull.into()),
        };
        match next {
            Ok(()) => self.adopt(),
            Err(error) => {
                self.failure.get_or_insert(error);
                self.spare.clear();
                self.spare.reserve(size * 2);
                self.at = self.spare.as_mut_ptr();
                self.begin = self.at;
                self.end = self.at.wrapping_add(self.spare.capacity());
            }
        }
        self.raw(&begun);
    }

    fn adopt(&mut self) {
        if let Some(parts) = &self.parts {
            (self.at, self.end) = parts.room();
            self.begin = self.at;
        }
    }

    /// Bytes for which there is room.
    #[inline]
    fn raw(&mut self, bytes: &[u8]) {
        // SAFETY: `room` made room for them.
        unsafe { self.at.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        self.at = self.at.wrapping_add(bytes.len());
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        // SAFETY: `room` made room for it.
        unsafe { *self.at = byte };
        self.at = self.at.wrapping_add(1);
    }

    #[inline]
    fn head(&mut self, major: u8, number: u64) {
        match number {
            0..24 => self.byte(major | number as u8),
            24..0x100 => self.raw(&[major | 24, number as u8]),
            _ => self.long_head(major, number),
        }
    }

    fn long_head(&mut self, major: u8, number: u64) {
        match number {
            0..0x1_0000 => {
                self.byte(major | 25);
                self.raw(&(number as u16).to_be_bytes());
            }
            0x1_0000..0x1_0000_0000 => {
                self.byte(major | 26);
                self.raw(&(number as u32).to_be_bytes());
            }
            _ => {
                self.byte(major | 27);
                self.raw(&number.to_be_bytes());
            }
        }
    }

    /// An array of which the length is known when this is compiled.
    #[inline]
    pub(crate) fn tuple(&mut self, length: usize) {
        self.head(major::ARRAY, length as u64);
    }

    #[inline]
    pub(crate) fn array(&mut self, length: usize) {
        self.room(length * HEAD);
        self.head(major::ARRAY, length as u64);
    }

    #[inline]
    pub(crate) fn unsigned(&mut self, number: u64) {
        self.head(major::UNSIGNED, number);
    }

    #[inline]
    pub(crate) fn integer(&mut self, number: i64) {
        match number {
            0.. => self.head(major::UNSIGNED, number as u64),
            _ => self.head(major::NEGATIVE, !number as u64),
        }
    }

    #[inline]
    pub(crate) fn tag(&mut self, number: u64) {
        self.head(major::TAG, number);
    }

    pub(crate) fn real(&mut self, number: f64) {
        self.byte(major::OTHER | 27);
        self.raw(&number.to_bits().to_be_bytes());
    }

    #[inline]
    pub(crate) fn null(&mut self) {
        self.byte(major::OTHER | 22);
    }

    #[inline]
    pub(crate) fn boolean(&mut self, is: bool) {
        self.byte(major::OTHER | (20 + u8::from(is)));
    }

    pub(crate) fn blob(&mut self, bytes: &[u8]) {
        self.room(bytes.len());
        self.head(major::BYTES, bytes.len() as u64);
        self.raw(bytes);
    }

    pub(crate) fn text(&mut self, bytes: &[u8]) {
        if std::str::from_utf8(bytes).is_err() {
            self.tag(BROKEN_TEXT);
            return self.blob(bytes);
        }
        self.room(bytes.len());
        self.head(major::TEXT, bytes.len() as u64);
        self.raw(bytes);
    }

    /// A long value: its length and its hash.
    pub(crate) fn digest(&mut self, tag: u64, bytes: &[u8]) {
        self.hashed(tag, bytes.len(), xxhash_rust::xxh3::xxh3_128(bytes));
    }

    /// The same of a value whose hash is known.
    pub(crate) fn hashed(&mut self, tag: u64, length: usize, hash: u128) {
        self.tag(tag);
        self.tuple(2);
        self.unsigned(length as u64);
        self.blob(&hash.to_be_bytes());
    }
}
