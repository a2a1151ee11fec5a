//! Mutations of a text: what a slip of the hand, a bad merge, a full disk or somebody hostile makes of a file.

use fastrand::Rng;

/// Pieces that parsers stumble over.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "? ",
    "| ",
    "> ",
    "&a ",
    "*a ",
    "!!binary ",
    "!x ",
    "%YAML 9.9\n",
    "---\n",
    "...\n",
    "\t",
    "\u{0}",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "ﷺ",
    "𝕏",
    "\r\n",
    "\r",
    "#",
    "'",
    "\"",
    "\\",
    "\\u0000",
    "1e999",
    "-0",
    ".nan",
    "0x",
    "0o7",
    "18446744073709551616",
    "-9223372036854775809",
    "true",
    "null",
    "~",
    "<<: *a\n",
    "@",
    "`",
    "${x}",
    "{{x}}",
    "/(/",
    "/a{999999}/",
    "=>",
    "..",
    "../../..",
    "file:///etc/passwd",
    "%s%n",
    "\u{1b}[2J",
];

/// One to four mutations of a text, one of which may bring in a piece of another text.
pub(crate) fn mutated(random: &mut Rng, text: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..random.usize(1..=4) {
        mutate(random, &mut bytes, other);
    }
    bytes
}

fn mutate(random: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = random.usize(0..=bytes.len());
    let length = random.usize(0..=(bytes.len() - at).min(40));
    match random.u8(0..11) {
        0 => _ = bytes.drain(at..at + length),
        1 => insert(bytes, at, PIECES[random.usize(0..PIECES.len())].as_bytes()),
        2 => bytes.extend_from_within(at..at + length),
        3 => bytes.truncate(at),
        4 if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
        5 => insert(bytes, at, &[random.u8(..)]),
        6 => insert(bytes, at, piece(random, other)),
        7 => insert(
            bytes,
            at,
            &PIECES[random.usize(0..PIECES.len())].repeat(random.usize(2..200)).into_bytes(),
        ),
        8 => swap_lines(random, bytes),
        9 => insert(bytes, at, &vec![b'x'; random.usize(1..2000)]),
        _ => indent(random, bytes),
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, what: &[u8]) {
    bytes.splice(at..at, what.iter().copied());
}

fn piece<'a>(random: &mut Rng, other: &'a [u8]) -> &'a [u8] {
    let from = random.usize(0..=other.len());
    &other[from..(from + random.usize(0..400)).min(other.len())]
}

fn swap_lines(random: &mut Rng, bytes: &mut Vec<u8>) {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.len() > 1 {
        let (one, two) = (random.usize(0..lines.len()), random.usize(0..lines.len()));
        lines.swap(one, two);
        *bytes = lines.concat();
    }
}

/// Moves a line to another depth.
fn indent(random: &mut Rng, bytes: &mut Vec<u8>) {
    let starts: Vec<usize> =
        std::iter::once(0).chain((1..bytes.len()).filter(|at| bytes[at - 1] == b'\n')).collect();
    let at = starts[random.usize(0..starts.len())];
    if random.bool() {
        insert(bytes, at, &b"          "[..random.usize(1..10)]);
    } else {
        let spaces = bytes[at..].iter().take_while(|byte| **byte == b' ').count();
        bytes.drain(at..at + random.usize(0..=spaces));
    }
}
