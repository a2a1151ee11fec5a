//! The values in events.

use minicbor::Encoder;
use minicbor::data::{Tag, Type};
use minicbor::decode::{Decoder, Error};
use serde::Serialize;

/// Something that was passed, or that came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "kebab-case")]
pub enum Item<'a> {
    /// NULL, or nothing.
    Null,
    /// Whether something was there that means nothing elsewhere: an address.
    Present(bool),
    /// A number of any width.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Text.
    Text(&'a str),
    /// Text that is not UTF-8.
    BrokenText(&'a [u8]),
    /// Text in UTF-16, in the byte order of the machine.
    Utf16(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
    /// A text of which only length and hash were kept.
    DigestOfText(Digest<'a>),
    /// Bytes of which only length and hash were kept.
    DigestOfBlob(Digest<'a>),
    /// A handle, by its number.
    Handle(u64),
    /// A value that is hidden.
    Hidden {
        /// Its type.
        kind: HiddenType,
        /// Its bytes.
        length: u64,
        /// Its place among all values of the trace: equal values have the same, larger ones a larger.
        rank: u64,
    },
    /// Several.
    List(Vec<Item<'a>>),
}

/// The type of a value that is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum HiddenType {
    /// SQLITE_INTEGER
    Integer = 1,
    /// SQLITE_FLOAT
    Real = 2,
    /// SQLITE_TEXT
    Text = 3,
    /// SQLITE_BLOB
    Blob = 4,
}

/// What is kept of a long value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Digest<'a> {
    /// Its bytes.
    pub length: u64,
    /// Their XXH3, of 128 bits.
    pub hash: &'a [u8],
}

/// Tags, see `docs/trace.md`.
mod tag {
    pub(super) const HANDLE: u64 = 39;
    pub(super) const DIGEST_OF_TEXT: u64 = 4_000;
    pub(super) const DIGEST_OF_BLOB: u64 = 4_001;
    pub(super) const BROKEN_TEXT: u64 = 4_002;
    pub(super) const UTF16: u64 = 4_003;
    pub(super) const HIDDEN: u64 = 4_004;
}

/// Lists in lists: an argument is a list of values at most, and an error within a result.
const DEEPEST: u32 = 4;

impl<'a> Item<'a> {
    /// The next item.
    pub(super) fn read(from: &mut Decoder<'a>) -> Result<Self, Error> {
        Self::at_depth(from, 0)
    }

    fn at_depth(from: &mut Decoder<'a>, depth: u32) -> Result<Self, Error> {
        Ok(match from.datatype()? {
            Type::Null => {
                from.null()?;
                Self::Null
            }
            Type::Bool => Self::Present(from.bool()?),
            Type::F64 => Self::Real(from.f64()?),
            Type::String => Self::Text(from.str()?),
            Type::Bytes => Self::Blob(from.bytes()?),
            Type::Array if depth < DEEPEST => Self::List(list(from, |from| Self::at_depth(from, depth + 1))?),
            Type::Tag => Self::tagged(from)?,
            _ => Self::Integer(from.i64()?),
        })
    }

    fn tagged(from: &mut Decoder<'a>) -> Result<Self, Error> {
        match from.tag()?.as_u64() {
            tag::HANDLE => Ok(Self::Handle(from.u64()?)),
            tag::BROKEN_TEXT => Ok(Self::BrokenText(from.bytes()?)),
            tag::UTF16 => Ok(Self::Utf16(from.bytes()?)),
            tag::DIGEST_OF_TEXT => Digest::read(from).map(Self::DigestOfText),
            tag::DIGEST_OF_BLOB => Digest::read(from).map(Self::DigestOfBlob),
            tag::HIDDEN => Self::hidden(from),
            _ => Err(Error::message("an unknown tag")),
        }
    }

    fn hidden(from: &mut Decoder<'a>) -> Result<Self, Error> {
        tuple(from, 3)?;
        let kind = match from.u8()? {
            1 => HiddenType::Integer,
            2 => HiddenType::Real,
            3 => HiddenType::Text,
            4 => HiddenType::Blob,
            _ => return Err(Error::message("a hidden value of no type")),
        };
        Ok(Self::Hidden { kind, length: from.u64()?, rank: from.u64()? })
    }

    /// Writes the item as a recorder does.
    pub(super) fn write(&self, to: &mut Encoder<Vec<u8>>) -> anyhow::Result<()> {
        let tagged = |to: &mut Encoder<Vec<u8>>, tag| to.tag(Tag::new(tag)).map(drop);
        match self {
            Self::Null => drop(to.null()?),
            Self::Present(is) => drop(to.bool(*is)?),
            Self::Integer(number) => drop(to.i64(*number)?),
            Self::Real(number) => drop(to.f64(*number)?),
            Self::Text(text) => drop(to.str(text)?),
            Self::Blob(bytes) => drop(to.bytes(bytes)?),
            Self::BrokenText(bytes) => {
                tagged(to, tag::BROKEN_TEXT)?;
                to.bytes(bytes)?;
            }
            Self::Utf16(bytes) => {
                tagged(to, tag::UTF16)?;
                to.bytes(bytes)?;
            }
            Self::DigestOfText(digest) => {
                tagged(to, tag::DIGEST_OF_TEXT)?;
                to.array(2)?.u64(digest.length)?.bytes(digest.hash)?;
            }
            Self::DigestOfBlob(digest) => {
                tagged(to, tag::DIGEST_OF_BLOB)?;
                to.array(2)?.u64(digest.length)?.bytes(digest.hash)?;
            }
            Self::Handle(number) => {
                tagged(to, tag::HANDLE)?;
                to.u64(*number)?;
            }
            Self::Hidden { kind, length, rank } => {
                tagged(to, tag::HIDDEN)?;
                to.array(3)?.u8(*kind as u8)?.u64(*length)?.u64(*rank)?;
            }
            Self::List(items) => {
                to.array(items.len() as u64)?;
                items.iter().try_for_each(|item| item.write(to))?;
            }
        }
        Ok(())
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is one.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The number of the handle, where it is one.
    pub fn handle(&self) -> Option<u64> {
        match self {
            Self::Handle(number) => Some(*number),
            _ => None,
        }
    }
}

impl<'a> Digest<'a> {
    fn read(from: &mut Decoder<'a>) -> Result<Self, Error> {
        tuple(from, 2)?;
        Ok(Self { length: from.u64()?, hash: from.bytes()? })
    }
}

/// The begin of an array of so many items.
fn tuple(from: &mut Decoder<'_>, length: u64) -> Result<(), Error> {
    match from.array()? {
        Some(found) if found == length => Ok(()),
        _ => Err(Error::message(format!("it should have {length} parts"))),
    }
}

/// An array of any length. Its length is believed item by item: nothing is reserved for it.
pub(super) fn list<'a, T>(
    from: &mut Decoder<'a>,
    read: impl Fn(&mut Decoder<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let length = from.array()?.ok_or_else(|| Error::message("an array without a length"))?;
    (0..length).map(|_| read(from)).collect()
}
