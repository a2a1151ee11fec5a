//! Events of which all parts are short, which most are. They are written behind a pointer that stays in a register: written
//! through the trace, each byte would have it read anew, and that takes longer than the byte.

use crate::cbor::{HANDLE, ROOM, major};

/// Where the next byte of an event is written. There is room for [`ROOM`] bytes.
#[derive(Clone, Copy)]
pub(crate) struct Short(pub(crate) *mut u8);

/// As much as a call of the table may write: eleven parts with a tag and a number each.
const _: () = assert!(ROOM >= 11 * (3 + 9) + 16);

/// Up to seven bytes and their number, which are written at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packed(u64);

impl Packed {
    /// No bytes.
    pub(crate) const NONE: Self = Self(0);
    const MOST: usize = 7;
    const NUMBER: u32 = 56;

    /// What `write` writes, where it is not longer.
    pub(crate) fn of(write: impl FnOnce(Short) -> Short) -> Option<Self> {
        let mut room = [0; ROOM];
        let end = write(Short(room.as_mut_ptr()));
        let number = end.0 as usize - room.as_ptr() as usize;
        if number > Self::MOST {
            return None;
        }
        let mut bytes = [0; 8];
        bytes[..number].copy_from_slice(&room[..number]);
        Some(Self(u64::from_le_bytes(bytes) | (number as u64) << Self::NUMBER))
    }

    #[inline]
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(crate) fn to_bits(self) -> u64 {
        self.0
    }
}

impl Short {
    /// Bytes that were put together before.
    #[inline]
    pub(crate) fn packed(self, packed: Packed) -> Self {
        // What is behind the bytes is written over, or is behind the end.
        self.put(packed.0.to_le_bytes());
        Self(self.0.wrapping_add((packed.0 >> Packed::NUMBER) as usize))
    }

    #[inline]
    fn put<const LENGTH: usize>(self, bytes: [u8; LENGTH]) -> Self {
        // SAFETY: there is room for an event, and these are parts of one.
        unsafe { self.0.cast::<[u8; LENGTH]>().write_unaligned(bytes) };
        Self(self.0.wrapping_add(LENGTH))
    }

    #[inline]
    fn head(self, major: u8, number: u64) -> Self {
        match number {
            0..24 => self.put([major | number as u8]),
            24..0x100 => self.put([major | 24, number as u8]),
            0x100..0x1_0000 => self.put([major | 25]).put((number as u16).to_be_bytes()),
            0x1_0000..0x1_0000_0000 => self.put([major | 26]).put((number as u32).to_be_bytes()),
            _ => self.put([major | 27]).put(number.to_be_bytes()),
        }
    }

    /// An array of so many parts.
    #[inline]
    pub(crate) fn tuple(self, length: usize) -> Self {
        self.head(major::ARRAY, length as u64)
    }

    #[inline]
    pub(crate) fn integer(self, number: i64) -> Self {
        match number {
            0.. => self.head(major::UNSIGNED, number as u64),
            _ => self.head(major::NEGATIVE, !number as u64),
        }
    }

    #[inline]
    pub(crate) fn real(self, number: f64) -> Self {
        self.put([major::OTHER | 27]).put(number.to_bits().to_be_bytes())
    }

    #[inline]
    pub(crate) fn null(self) -> Self {
        self.put([major::OTHER | 22])
    }

    #[inline]
    pub(crate) fn handle(self, number: u64) -> Self {
        self.put([major::TAG | 24, HANDLE as u8]).head(major::UNSIGNED, number)
    }
}
