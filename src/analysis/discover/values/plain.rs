//! Numbers, texts and blobs.

use super::Class;

pub(super) const SIMPLE: Class =
    ("", &["NULL", "0", "1", "''", "'a'", "0.5", "x'61'", "2", "-1", "'b'", "'A'"]);
pub(super) const INTEGER: Class = ("~integer", &["3", "7", "10", "-3", "255", "1000", "65536"]);
pub(super) const LARGE: Class = (
    "~large integer",
    &[
        "2147483647",
        "-2147483648",
        "4294967296",
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775807",
        "(-9223372036854775807 - 1)",
        "0x7fffffffffffffff",
        "0xffffffffffffffff",
    ],
);
pub(super) const TOO_LARGE: Class =
    ("~integer beyond 64 bits", &["9223372036854775808", "-9223372036854775809", "18446744073709551616"]);
pub(super) const REAL: Class =
    ("~real", &["1.5", "-0.5", "34.775", "0.285", "2.5", "1.005", "100.0", "-1.0", "0.1", "-0.0"]);
pub(super) const LONG_REAL: Class = (
    "~real of many digits",
    &[
        "0.30000000000000004",
        "123456789.123456789",
        "1234567890123456.7",
        "0.1234567890123456789",
        "9007199254740993.0",
        "9223372036854775807.0",
    ],
);
pub(super) const EXPONENT: Class = (
    "~real with exponent",
    &[
        "1e15",
        "1e16",
        "1.5e300",
        "-1e308",
        "4.9e-324",
        "2.2250738585072014e-308",
        "1e-7",
        "1.7976931348623157e308",
        "1e23",
    ],
);
pub(super) const INFINITE: Class = ("~infinity", &["9e999", "-9e999"]);
pub(super) const WORD: Class =
    ("~text", &["'abc'", "'aBc'", "'hello world'", "' a '", "'a,b'", "'%'", "'_'", "'it''s'"]);
pub(super) const OTHER_TEXT: Class =
    ("~text that is not ASCII", &["'é'", "'日本'", "'😀'", "'İ'", "'ß'", "'aé日😀'"]);
pub(super) const NUMERIC: Class = (
    "~numeric text",
    &[
        "'12'",
        "' 12 '",
        "'1.5'",
        "'1e3'",
        "'0x1F'",
        "'12abc'",
        "'.5'",
        "'5.'",
        "'-'",
        "'+1'",
        "'1e'",
        "'1e400'",
        "'9223372036854775807'",
        "'9223372036854775808'",
        "'1_000'",
        "'-0'",
        "'-0.0'",
        "'inf'",
        "'nan'",
        "'123e-2'",
    ],
);
pub(super) const ZERO_BYTE: Class =
    ("~text with NUL", &["char(0)", "('a' || char(0) || 'b')", "CAST(x'6100' AS TEXT)"]);
pub(super) const BAD_TEXT: Class =
    ("~text that is not UTF-8", &["CAST(x'ff41' AS TEXT)", "CAST(x'c3' AS TEXT)", "CAST(x'eda080' AS TEXT)"]);
pub(super) const BLOB: Class =
    ("~blob", &["x''", "x'00'", "x'6162'", "x'ff00ff'", "x'0000000000000000'", "zeroblob(3)", "x'31'"]);
pub(super) const LONG_TEXT: Class =
    ("~long text", &["hex(zeroblob(40))", "replace(hex(zeroblob(60)), '0', 'ab')"]);
pub(super) const AMOUNT: Class = (
    "~amount",
    &[
        "0.1",
        "0.2",
        "0.3",
        "0.7",
        "1.1",
        "2.675",
        "1.005",
        "10.05",
        "99.99",
        "0.01",
        "1e16",
        "-1e16",
        "1e100",
        "-1e100",
        "4503599627370497.5",
        "3",
        "9007199254740993",
        "1.0",
        "-0.1",
        "1e-20",
    ],
);
pub(super) const SEPARATED: Class = ("digit separators", &["1_000", "0x1_F", "1_0.5_0", "1__0"]);
