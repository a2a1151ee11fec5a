//! SQLite's five kinds of value, shown by their bits and never by SQLite's own formatting.

use std::fmt;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A value of a column or of a function (<https://sqlite.org/datatype3.html>).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Value {
    /// `NULL`.
    Null,
    /// A signed integer of 64 bits.
    Integer(i64),
    /// A double.
    Real(f64),
    /// The bytes of a text, which SQLite does not promise to be UTF-8.
    Text(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The bytes of a blob.
    Blob(#[serde(with = "serde_bytes")] Vec<u8>),
}

/// Longer texts and blobs are shown by their first bytes, their size and their hash.
const SHOWN_BYTES: usize = 240;

impl Value {
    /// A text value.
    pub fn text(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }
}

/// Values are equal when transcripts show them alike: reals are compared by their bits, except that all NaNs are
/// equal; an integer never equals a real.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Real(a), Self::Real(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
            (Self::Text(a), Self::Text(b)) | (Self::Blob(a), Self::Blob(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Integer(n) => write!(f, "{n}"),
            Self::Real(x) => f.write_str(&shortest(*x)),
            Self::Text(bytes) => write_long(f, bytes, quote),
            Self::Blob(bytes) => write_long(f, bytes, |bytes| format!("x'{}'", hex(bytes))),
        }
    }
}

/// The shortest decimal that parses to the same double; always with a point or an exponent, so it is not an integer.
pub(crate) fn shortest(x: f64) -> String {
    if x.is_nan() { "nan".to_owned() } else { format!("{x:?}") }
}

/// How many doubles apart two doubles are: 1 for neighbours, infinity after the largest and `-0.0` before `0.0` among
/// them; `None` where one is NaN.
pub fn ulps(a: f64, b: f64) -> Option<u64> {
    // Doubles of one sign are ordered as their bits are.
    let rank = |x: f64| match x.is_sign_negative() {
        true => -1 - i128::from((-x).to_bits()),
        false => i128::from(x.to_bits()),
    };
    if a.is_nan() || b.is_nan() { None } else { u64::try_from((rank(a) - rank(b)).abs()).ok() }
}

/// A text in double quotes: control characters escaped, bytes that are not UTF-8 as `\xff`.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut shown = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => shown.push_str("\\\""),
                '\'' => shown.push('\''),
                c => shown.extend(c.escape_debug()),
            }
        }
        shown.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    shown.push('"');
    shown
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        digits.push(digit(byte >> 4));
        digits.push(digit(byte & 15));
    }
    digits
}

/// The first 12 hexadecimal digits of a text's sha256: enough to distinguish two outcomes.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..6])
}

/// The same of what is read, which may be too long to be in memory.
pub(crate) fn short_hash_of(mut read: impl Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut part = vec![0; 1 << 16];
    loop {
        match read.read(&mut part)? {
            0 => return Ok(hex(&hash.finalize()[..6])),
            n => hash.update(&part[..n]),
        }
    }
}

fn write_long(f: &mut fmt::Formatter<'_>, bytes: &[u8], show: impl Fn(&[u8]) -> String) -> fmt::Result {
    if bytes.len() <= SHOWN_BYTES {
        return f.write_str(&show(bytes));
    }
    write!(f, "{}… ({} bytes, sha256 {})", show(&bytes[..24]), bytes.len(), short_hash(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_are_shown_by_their_bits() {
        let shown = |x| Value::Real(x).to_string();
        assert_eq!(shown(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(shown(34.0), "34.0");
        assert_eq!(shown(-0.0), "-0.0");
        assert_eq!(shown(f64::INFINITY), "inf");
        assert_eq!(shown(-f64::NAN), "nan");
        assert_eq!(shown(5e-324), "5e-324");
    }

    #[test]
    fn distances_count_doubles() {
        assert_eq!(ulps(0.1 + 0.2, 0.3), Some(1));
        assert_eq!(ulps(-5e-324, 5e-324), Some(3));
        assert_eq!(ulps(-0.0, 0.0), Some(1));
        assert_eq!(ulps(f64::MAX, f64::INFINITY), Some(1));
        assert_eq!(ulps(1.0, 1.0), Some(0));
        assert_eq!(ulps(f64::NEG_INFINITY, f64::INFINITY), Some(18_437_736_874_454_810_625));
        assert_eq!(ulps(f64::NAN, f64::NAN), None);
    }

    #[test]
    fn text_that_is_not_utf8_is_still_shown() {
        assert_eq!(Value::Text(b"a\"\xff\n".to_vec()).to_string(), r#""a\"\xff\n""#);
        assert_eq!(Value::Blob(vec![0, 255]).to_string(), "x'00ff'");
    }

    #[test]
    fn an_integer_is_not_a_real_and_negative_zero_is_not_zero() {
        assert_ne!(Value::Integer(1), Value::Real(1.0));
        assert_ne!(Value::Real(0.0), Value::Real(-0.0));
        assert_eq!(Value::Real(f64::NAN), Value::Real(-f64::NAN));
    }
}
