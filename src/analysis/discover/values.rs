//! The literals that programs are made of: edges of every type, and texts that functions read in a way of their own.

use crate::outcome::value::Value;

/// A literal of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal {
    /// As SQL has it.
    pub text: &'static str,
    /// What sort of value it is, as a feature; empty for the simplest ones.
    pub class: &'static str,
}

/// Literals that may take the place of any expression, the simplest first.
pub(super) const SIMPLEST: [Literal; 7] =
    [of("NULL"), of("0"), of("1"), of("''"), of("'a'"), of("0.5"), of("x'61'")];

const fn of(text: &'static str) -> Literal {
    Literal { text, class: "" }
}

/// The literal of a value, and its class.
pub(super) fn literal_of(value: &Value) -> (String, &'static str) {
    match value {
        Value::Null => ("NULL".to_owned(), ""),
        Value::Integer(i64::MIN) => ("(-9223372036854775807 - 1)".to_owned(), LARGE.0),
        Value::Integer(n) => (n.to_string(), if n.unsigned_abs() < 1 << 31 { INTEGER.0 } else { LARGE.0 }),
        Value::Real(x) if x.is_infinite() => {
            (format!("{}9e999", if *x < 0.0 { "-" } else { "" }), INFINITE.0)
        }
        Value::Real(x) => (format!("{x:?}"), REAL.0),
        Value::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => (format!("'{}'", text.replace('\'', "''")), WORD.0),
            _ => (format!("CAST({} AS TEXT)", blob(bytes)), BAD_TEXT.0),
        },
        Value::Blob(bytes) => (blob(bytes), BLOB.0),
    }
}

fn blob(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}'")
}

/// The class of literals that are a language of their own: each is its own feature.
pub(super) const ITSELF: &str = "itself";

/// Literals of one class. Those that begin with `~` tell less than a function that is given them.
type Class = (&'static str, &'static [&'static str]);

/// What an argument is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Any,
    Number,
    Small,
    Text,
    Blob,
    Json,
    Path,
    Date,
    Modifier,
    DateFormat,
    Format,
    Pattern,
    Amount,
}

impl Sort {
    /// The sort with this letter in the table of functions.
    pub(super) fn of(letter: u8) -> Self {
        match letter {
            b'n' => Self::Number,
            b'i' => Self::Small,
            b't' => Self::Text,
            b'b' => Self::Blob,
            b'j' => Self::Json,
            b'p' => Self::Path,
            b'd' => Self::Date,
            b'm' => Self::Modifier,
            b's' => Self::DateFormat,
            b'f' => Self::Format,
            b'g' => Self::Pattern,
            _ => Self::Any,
        }
    }

    /// The classes of its literals.
    pub(super) fn classes(self) -> &'static [Class] {
        match self {
            Self::Any => ANY,
            Self::Number => NUMBERS,
            Self::Small => SMALL,
            Self::Text => TEXTS,
            Self::Blob => BLOBS,
            Self::Json => JSON,
            Self::Path => PATHS,
            Self::Date => DATES,
            Self::Modifier => MODIFIERS,
            Self::DateFormat => DATE_FORMATS,
            Self::Format => FORMATS,
            Self::Pattern => PATTERNS,
            Self::Amount => AMOUNTS,
        }
    }
}

const SIMPLE: Class = ("", &["NULL", "0", "1", "''", "'a'", "0.5", "x'61'", "2", "-1", "'b'", "'A'"]);
const INTEGER: Class = ("~integer", &["3", "7", "10", "-3", "255", "1000", "65536"]);
const LARGE: Class = (
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
const TOO_LARGE: Class =
    ("~integer beyond 64 bits", &["9223372036854775808", "-9223372036854775809", "18446744073709551616"]);
const REAL: Class =
    ("~real", &["1.5", "-0.5", "34.775", "0.285", "2.5", "1.005", "100.0", "-1.0", "0.1", "-0.0"]);
const LONG_REAL: Class = (
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
const EXPONENT: Class = (
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
const INFINITE: Class = ("~infinity", &["9e999", "-9e999"]);
const WORD: Class =
    ("~text", &["'abc'", "'aBc'", "'hello world'", "' a '", "'a,b'", "'%'", "'_'", "'it''s'"]);
const OTHER_TEXT: Class = ("~text that is not ASCII", &["'é'", "'日本'", "'😀'", "'İ'", "'ß'", "'aé日😀'"]);
const NUMERIC: Class = (
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
const ZERO_BYTE: Class = ("~text with NUL", &["char(0)", "('a' || char(0) || 'b')", "CAST(x'6100' AS TEXT)"]);
const BAD_TEXT: Class =
    ("~text that is not UTF-8", &["CAST(x'ff41' AS TEXT)", "CAST(x'c3' AS TEXT)", "CAST(x'eda080' AS TEXT)"]);
const BLOB: Class =
    ("~blob", &["x''", "x'00'", "x'6162'", "x'ff00ff'", "x'0000000000000000'", "zeroblob(3)", "x'31'"]);
const LONG_TEXT: Class = ("~long text", &["hex(zeroblob(40))", "replace(hex(zeroblob(60)), '0', 'ab')"]);
const JSON_TEXT: Class = (
    "~JSON",
    &[
        "'{\"a\":1}'",
        "'{\"a\":[1,2.5,null,true],\"b\":{\"c\":\"x\"}}'",
        "'[]'",
        "'[1,2,3]'",
        "'null'",
        "'1.0'",
        "'\"\\u00e9\\n\"'",
        "'{\"a\":1,\"a\":2}'",
        "' [ 1 , 2 ] '",
        "'{\"\":0}'",
        "'1e400'",
        "'-0.0'",
        "'\"a\"'",
        "'[1e5,0.1]'",
        "'12345678901234567890'",
        "x'7b2261223a317d'",
        "x'5b312c325d'",
        "x'0b'",
        "x'2331'",
        "x'c17f'",
        "'\"\\ud83d\\ude00\"'",
        "'\"\\u0000\"'",
        "'[1.5e+2,-1]'",
    ],
);
const JSON5: Class = (
    "JSON5",
    &[
        "'{a:1}'",
        "'[1,]'",
        "'[0x1f,+1,.5]'",
        "'''a'''",
        "'{\"a\":Infinity}'",
        "'[NaN]'",
        "'/*c*/[1]'",
        "'0xffffffffffffffffff'",
        "'-.5'",
        "'{\"a\":0x10}'",
        "'\"\\x41\"'",
    ],
);
const NOT_JSON: Class =
    ("malformed JSON", &["'{'", "'[1,2'", "'{\"a\"}'", "'abc'", "'[01]'", "'\"\t\"'", "'{\"a\":1}x'"]);
const PATH: Class = (
    "~JSON path",
    &[
        "'$'",
        "'$.a'",
        "'$.a[0]'",
        "'$[0]'",
        "'$[#-1]'",
        "'$.\"a\"'",
        "'$.b.c'",
        "'$[#]'",
        "'$.x'",
        "'$.\"\"'",
        "'$[-1]'",
    ],
);
const BAD_PATH: Class =
    ("malformed JSON path", &["'a'", "'$.'", "'$['", "'$[a]'", "'$a'", "'$..a'", "'$[#-]'"]);
const DATE: Class = (
    "~date",
    &[
        "'2024-02-29'",
        "'2024-02-30'",
        "'2000-01-01 12:34:56.789'",
        "'1969-12-31T23:59:59Z'",
        "'12:00'",
        "'2024-03-10 10:00:00+05:30'",
        "'0000-01-01'",
        "'9999-12-31 23:59:59.999'",
        "'-4713-11-24 12:00:00'",
        "2460000.5",
        "0",
        "1700000000",
        "'2024-12-31 24:00:00'",
        "'2005-05-05 05:05:60'",
        "'2024-1-1'",
        "5373484.4999999",
        "5373484.5",
        "'2023-12-31 23:59:59.9996'",
        "-1",
        "1721059.5",
        "'1582-10-10'",
        "'10000-01-01'",
        "253402300799",
    ],
);
const MODIFIER: Class = (
    ITSELF,
    &[
        "'+1 month'",
        "'-1 day'",
        "'start of month'",
        "'start of year'",
        "'weekday 0'",
        "'weekday 6'",
        "'unixepoch'",
        "'+1.5 days'",
        "'+12:30'",
        "'+0001-02-03'",
        "'-0001-01-01 01:01'",
        "'julianday'",
        "'auto'",
        "'ceiling'",
        "'floor'",
        "'subsec'",
        "'subsecond'",
        "'+1 year'",
        "'+100000 months'",
        "'start of day'",
        "'1 hour'",
        "'-0.001 seconds'",
        "'weekday 1.5'",
        "'+ 1 day'",
        "'+1 days '",
        "'+99999999999 days'",
        "'START OF MONTH'",
    ],
);
const DATE_FORMAT: Class = (
    ITSELF,
    &[
        "'%Y-%m-%d'",
        "'%H:%M:%f'",
        "'%j %w %W'",
        "'%s'",
        "'%J'",
        "'%%'",
        "'%e %k %l'",
        "'%I %p %P'",
        "'%G %g %V %u'",
        "'%F %R %T'",
        "'%U'",
        "'%q'",
        "'%'",
        "'%d%x'",
    ],
);
const FORMAT: Class = (
    ITSELF,
    &[
        "'%d'",
        "'%5.2f'",
        "'%.15g'",
        "'%!.20g'",
        "'%e'",
        "'%x'",
        "'%s'",
        "'%5s|'",
        "'%-5s|'",
        "'%q'",
        "'%Q'",
        "'%w'",
        "'%c'",
        "'%,d'",
        "'%+d'",
        "'%05d'",
        "'%.3s'",
        "'%!.3s'",
        "'%%'",
        "'%*d'",
        "'%lld'",
        "'%i'",
        "'%u'",
        "'%o'",
        "'%#x'",
        "'%.0f'",
        "'%g'",
        "'%G'",
        "'%#.3g'",
        "'%z'",
        "'%'",
        "'%.30f'",
        "'%j'",
        "'%n'",
        "'% d'",
        "'%,.2f'",
        "'%X'",
        "'%p'",
        "'%.1c'",
        "'%5c|'",
        "'%#q'",
        "'%010.3f'",
    ],
);
const PATTERN: Class = (
    "~pattern",
    &[
        "'a%'", "'%A%'", "'_b_'", "'a*'", "'[a-c]*'", "'[^a]?'", "'[]]'", "'%\\%%'", "'[a'", "'*é*'", "'É%'",
        "'%'",
    ],
);

const AMOUNT: Class = (
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
const SEPARATED: Class = ("digit separators", &["1_000", "0x1_F", "1_0.5_0", "1__0"]);

const AMOUNTS: &[Class] = &[AMOUNT];
const NUMBERS: &[Class] = &[
    SIMPLE, INTEGER, LARGE, TOO_LARGE, REAL, AMOUNT, LONG_REAL, EXPONENT, INFINITE, NUMERIC, NUMERIC,
    SEPARATED,
];
const SMALL: &[Class] = &[SIMPLE, SIMPLE, INTEGER, LARGE];
const TEXTS: &[Class] = &[WORD, OTHER_TEXT, NUMERIC, ZERO_BYTE, BAD_TEXT, LONG_TEXT, BLOB, SIMPLE];
const BLOBS: &[Class] = &[BLOB, BLOB, WORD, SIMPLE];
const JSON: &[Class] = &[JSON_TEXT, JSON_TEXT, JSON5, NOT_JSON, BLOB, WORD, REAL];
const PATHS: &[Class] = &[PATH, PATH, PATH, BAD_PATH, SIMPLE];
const DATES: &[Class] = &[DATE, DATE, DATE, NUMERIC, REAL];
const MODIFIERS: &[Class] = &[MODIFIER];
const DATE_FORMATS: &[Class] = &[DATE_FORMAT];
const FORMATS: &[Class] = &[FORMAT];
const PATTERNS: &[Class] = &[PATTERN, PATTERN, WORD];
const ANY: &[Class] = &[
    SIMPLE, SIMPLE, INTEGER, LARGE, TOO_LARGE, REAL, LONG_REAL, EXPONENT, INFINITE, WORD, OTHER_TEXT,
    NUMERIC, ZERO_BYTE, BAD_TEXT, BLOB, JSON_TEXT, DATE,
];
