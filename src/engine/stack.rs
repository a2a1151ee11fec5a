//! Where in the library a worker died.

use std::path::Path;

use super::symbols::Symbols;
use crate::record::report::Frame;

/// More frames of a sanitizer's report than this are a recursion.
const LONGEST_REPORT: usize = 64;

/// The stack of a worker, from what it saved, else from what a sanitizer said in its place. Empty where there is
/// no frame of the library: then it is not the library that died.
pub(super) fn of(saved: &str, said: &str, library: &Path, program: &Path) -> Vec<Frame> {
    let stack = of_saved(saved, library, program);
    if stack.is_empty() { of_sanitizer(said) } else { stack }
}

/// Reads what the worker's signal handler wrote.
fn of_saved(text: &str, library: &Path, program: &Path) -> Vec<Frame> {
    let Some((lines, mappings)) = text.split_once("\n\n") else { return Vec::new() };
    let mut symbols = Symbols::new(library, program, mappings);
    let lines: Vec<Line> = lines.lines().filter_map(Line::parse).collect();
    let of_library = |line: &Line| matches!(line, Line::Call(address) if symbols.is_of_library(*address));
    // What stands below has called the library: the driver.
    let outermost = lines.iter().rposition(of_library).map_or(0, |at| at + 1);
    let mut frames = Vec::new();
    for line in &lines[..outermost] {
        match line {
            Line::Call(address) => frames.extend(symbols.frames(*address)),
            Line::LeftOut(count) => frames.push(Frame::nameless(format!("{count} frames left out"))),
        }
    }
    // A driver that SQLite called back is many functions, none of them news.
    frames.dedup_by(|frame, before| frame.function.is_none() && frame == before);
    frames
}

/// The stack that a sanitizer wrote into its report: `    #1 0x7f10 in change /tmp/sqlite3.c:17`.
fn of_sanitizer(report: &str) -> Vec<Frame> {
    let lines = report.lines().map(str::trim).skip_while(|line| !line.starts_with("#0 "));
    let frames = lines.map_while(|line| {
        let (function, place) = line.strip_prefix('#')?.split_once(" in ")?.1.split_once(' ')?;
        let place = place.rsplit('/').next().unwrap_or(place).trim_end_matches(')');
        Some(Frame { function: Some(function.to_owned()), place: place.to_owned() })
    });
    let mut frames: Vec<Frame> = frames.collect();
    // What stands below the C interface has called it: the driver. A deep recursion is cut off above that.
    let of_interface = |frame: &Frame| frame.function.as_ref().is_some_and(|f| f.starts_with("sqlite3_"));
    let of_library = |frame: &Frame| frame.place.starts_with("sqlite3.c:");
    let outermost = frames.iter().rposition(of_interface).or_else(|| frames.iter().rposition(of_library));
    frames.truncate(outermost.map_or(0, |at| at + 1));
    if frames.len() > LONGEST_REPORT {
        let rest = frames.split_off(LONGEST_REPORT);
        frames.push(Frame::nameless(format!("{} frames left out", rest.len())));
    }
    frames
}

/// A line before the mappings.
enum Line {
    Call(u64),
    LeftOut(u64),
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let number = |hexadecimal| u64::from_str_radix(hexadecimal, 16).ok();
        match line.split_at_checked(1)? {
            ("@", address) => number(address).map(Self::Call),
            ("+", count) => number(count).map(Self::LeftOut),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sanitizer_s_first_stack_counts_down_to_the_interface() {
        let report = "==7==ERROR: AddressSanitizer: SEGV on unknown address\n    \
            #0 0x7f10 in store /tmp/code/sqlite3.c:14\n    \
            #1 0x7f20 in sqlite3_step /tmp/code/sqlite3.c:30\n    \
            #2 0x5510 in sqlite_contracts::worker::driver::execute (/tmp/worker+0x10)\n\n\
            freed by\n    #0 0x7f40 in sqlite3_free (/lib/libasan.so.8+0x1)\n";
        let shown: Vec<String> = of_sanitizer(report).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["store (sqlite3.c:14)", "sqlite3_step (sqlite3.c:30)"]);
    }

    #[test]
    fn a_sanitizer_s_report_of_a_recursion_is_cut() {
        let report: String = (0..200).map(|n| format!("#{n} 0x7f10 in deeper /tmp/sqlite3.c:18\n")).collect();
        let stack = of_sanitizer(&report);
        assert_eq!(stack[0].to_string(), "deeper (sqlite3.c:18)");
        assert_eq!(stack[LONGEST_REPORT..], [Frame::nameless("136 frames left out")]);
    }
}
