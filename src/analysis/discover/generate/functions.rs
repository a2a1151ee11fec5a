//! The functions that expressions call, with what each argument is meant to be.

/// A function: its name, and a letter for each argument ([`Sort::of`](super::super::values::Sort::of)). Arguments in
/// upper case may be left out, with all after them.
pub(super) type Function = (&'static str, &'static str);

/// Functions that every build of the ladder has.
pub(super) const OLD: &[Function] = &[
    ("abs", "n"),
    ("char", "iII"),
    ("coalesce", "xx"),
    ("hex", "x"),
    ("ifnull", "xx"),
    ("instr", "tt"),
    ("length", "x"),
    ("like", "gtT"),
    ("glob", "gt"),
    ("likely", "x"),
    ("lower", "t"),
    ("ltrim", "tT"),
    ("max", "xxX"),
    ("min", "xxX"),
    ("nullif", "xx"),
    ("printf", "fxX"),
    ("printf", "fnX"),
    ("printf", "fx"),
    ("quote", "x"),
    ("quote", "n"),
    ("replace", "ttt"),
    ("round", "nI"),
    ("round", "nI"),
    ("rtrim", "tT"),
    ("substr", "tiI"),
    ("substr", "biI"),
    ("trim", "tT"),
    ("typeof", "x"),
    ("unicode", "t"),
    ("upper", "t"),
    ("zeroblob", "i"),
    ("date", "dMM"),
    ("time", "dMM"),
    ("datetime", "dMM"),
    ("julianday", "dMM"),
    ("strftime", "sdMM"),
    ("json", "j"),
    ("json_array", "xX"),
    ("json_array_length", "jP"),
    ("json_extract", "jpP"),
    ("json_insert", "jpx"),
    ("json_object", "tx"),
    ("json_remove", "jp"),
    ("json_replace", "jpx"),
    ("json_set", "jpx"),
    ("json_type", "jP"),
    ("json_valid", "j"),
];

/// Functions that came later, or that not every profile has.
pub(super) const LATER: &[Function] = &[
    ("json_quote", "x"),
    ("json_patch", "jj"),
    ("json_error_position", "j"),
    ("json_pretty", "jT"),
    ("json_valid", "ji"),
    ("json_array_insert", "jpx"),
    ("jsonb", "j"),
    ("jsonb_extract", "jp"),
    ("jsonb_set", "jpx"),
    ("jsonb_array", "xx"),
    ("jsonb_object", "tx"),
    ("jsonb_patch", "jj"),
    ("iif", "xxX"),
    ("if", "xxX"),
    ("format", "fx"),
    ("sign", "x"),
    ("unixepoch", "dMM"),
    ("timediff", "dd"),
    ("concat", "xx"),
    ("concat_ws", "txx"),
    ("octet_length", "x"),
    ("string_agg", "tt"),
    ("unhex", "tT"),
    ("unistr", "t"),
    ("unistr_quote", "t"),
    ("substring", "tiI"),
    ("strftime", "sdMM"),
    ("ceil", "n"),
    ("floor", "n"),
    ("trunc", "n"),
    ("mod", "nn"),
    ("pow", "nn"),
    ("log", "nN"),
    ("exp", "n"),
    ("sqrt", "n"),
    ("degrees", "n"),
    ("soundex", "t"),
];

/// Aggregates whose result does not depend on the order of the rows.
pub(super) const AGGREGATES: &[Function] =
    &[("count", "x"), ("min", "x"), ("max", "x"), ("sum", "x"), ("total", "x"), ("avg", "x")];

/// Aggregates that are given few rows in an order of their own.
pub(super) const IN_ORDER: &[Function] = &[
    ("group_concat", "xT"),
    ("json_group_array", "x"),
    ("json_group_object", "tx"),
    ("jsonb_group_array", "x"),
];

/// Functions of windows alone.
pub(super) const OF_WINDOWS: &[Function] = &[
    ("row_number", ""),
    ("rank", ""),
    ("dense_rank", ""),
    ("percent_rank", ""),
    ("cume_dist", ""),
    ("ntile", "i"),
    ("lag", "xIX"),
    ("lead", "xIX"),
    ("first_value", "x"),
    ("last_value", "x"),
    ("nth_value", "xi"),
];
