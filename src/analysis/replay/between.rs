//! What differs between the replays of one trace on two builds.

use std::collections::{BTreeMap, BTreeSet};

use super::group::times;
use super::{Group, Replayed};
use crate::diagnostic::numbers::thousands;
use crate::outcome::replayed::{AT_MOST, Difference, Kind};

/// Numbers of steps, or of bytes, differ where one is so many times the other; less varies with what else is there.
const RATIO: u64 = 2;
/// Steps that do not matter, in all executions of a statement together.
const FEW_STEPS: u64 = 1_000;
/// What stands between the lines of a plan.
pub(crate) const LINE_ENDS: &str = "; ";
/// Bytes that do not matter.
const FEW_BYTES: u64 = 64 << 10;

/// What differs, the worst first, then by how often. Where a replay was cut short by a crash, what may have come later is
/// left out.
pub fn between(old: &Replayed, new: &Replayed) -> Vec<Group> {
    let mut groups = calls(old, new);
    groups.extend(plans(old, new));
    if !old.is_cut() && !new.is_cut() {
        groups.extend(work(old, new));
        groups.extend(memory(old, new));
    }
    groups.sort_by(|one, other| {
        let key = |group: &Group| (group.severity(), group.kind, std::cmp::Reverse(group.count));
        key(one)
            .cmp(&key(other))
            .then_with(|| one.statement.cmp(&other.statement))
            .then_with(|| one.column().cmp(&other.column()))
    });
    groups
}

/// Values of several columns may differ each for a cause of its own.
type Key<'a> = (Kind, &'a str, Option<u32>);

fn calls(old: &Replayed, new: &Replayed) -> Vec<Group> {
    fn keyed(replayed: &Replayed) -> BTreeMap<Key<'_>, &Difference> {
        replayed.differences.iter().map(|it| ((it.kind, it.statement.as_str(), it.column()), it)).collect()
    }
    let (before, after) = (keyed(old), keyed(new));
    let keys: BTreeSet<Key> = before.keys().chain(after.keys()).copied().collect();
    let group = |key: Key<'_>| match (before.get(&key), after.get(&key)) {
        // The new build no longer differs from the recording, or did not come so far, or has it among too many.
        (Some(was), None) if !new.is_cut() && new.beyond == 0 => {
            Some(group(was, was.count, &was.new, &was.old))
        }
        (None, Some(is)) if !old.is_cut() && old.beyond == 0 || is_end(is) => {
            Some(group(is, is.count, &is.old, &is.new))
        }
        (Some(was), Some(is)) if was != is => Some(changed(was, is)),
        _ => None,
    };
    keys.into_iter().filter_map(group).collect()
}

fn is_end(difference: &Difference) -> bool {
    matches!(difference.kind, Kind::Crash | Kind::Hang)
}

/// Both builds differ from the recording, each in its own way.
fn changed(was: &Difference, is: &Difference) -> Group {
    if was.place == is.place && was.new != is.new {
        return group(is, is.count, &was.new, &is.new);
    }
    // What changes is how often they do.
    let is_as_it_was = was.place == is.place;
    let shown = |it: &Difference| match is_as_it_was {
        true => format!("{} instead of {}, {}", it.new, it.old, times(it.count)),
        false => format!("{} in {}, {}", it.new, it.place, times(it.count)),
    };
    group(is, is.count, &shown(was), &shown(is))
}

fn group(of: &Difference, count: u64, was: &str, is: &str) -> Group {
    Group { count, was: was.to_owned(), is: is.to_owned(), ..Group::from_recording(of) }
}

/// What two replays have of a statement.
fn of_both<'a, T>(
    old: &'a BTreeMap<String, T>,
    new: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = (&'a String, &'a T, &'a T)> {
    old.iter().filter_map(|(statement, was)| Some((statement, was, new.get(statement)?)))
}

fn plans(old: &Replayed, new: &Replayed) -> Vec<Group> {
    let differing = of_both(&old.plans, &new.plans).filter(|(_, was, is)| was != is);
    let group = |(statement, was, is): (&String, &Vec<String>, &Vec<String>)| {
        of_statement(Kind::Plan, statement, new.times(statement), was.join(LINE_ENDS), is.join(LINE_ENDS))
    };
    differing.map(group).collect()
}

fn work(old: &Replayed, new: &Replayed) -> Vec<Group> {
    // A statement that failed on one of them was not executed as often.
    let differing = of_both(&old.work, &new.work)
        .filter(|(_, (was, before), (is, after))| was == is && is_far(*before, *after, FEW_STEPS));
    let group = |(statement, was, is): (&String, &(u64, u64), &(u64, u64))| {
        let is_shown = format!("{} steps{}", shown(is.1), ratio(was.1, is.1));
        of_statement(Kind::Work, statement, is.0, format!("{} steps", shown(was.1)), is_shown)
    };
    differing.map(group).collect()
}

fn memory(old: &Replayed, new: &Replayed) -> Vec<Group> {
    let keys: BTreeSet<&(String, String)> = old.memory.keys().chain(new.memory.keys()).collect();
    let group = |(what, statement): &(String, String)| {
        let of = |replayed: &Replayed| {
            replayed.memory.get(&(what.clone(), statement.clone())).copied().unwrap_or_default()
        };
        let (was, is) = (of(old), of(new));
        let said = |count: u64| format!("{} {what}", shown(count));
        match statement.is_empty() {
            false if was != is => Some(of_statement(Kind::Leak, statement, is, said(was), said(is))),
            // A library that counts nothing says 0 of everything.
            true if counts(old) && counts(new) && is_far(was, is, FEW_BYTES) => {
                let kind = if what == AT_MOST { Kind::Memory } else { Kind::Leak };
                let is_shown = format!("{}{}", said(is), ratio(was, is));
                Some(of_statement(kind, statement, 1, said(was), is_shown))
            }
            _ => None,
        }
    };
    keys.into_iter().filter_map(group).collect()
}

/// Whether a library counts what it holds.
fn counts(replayed: &Replayed) -> bool {
    replayed.memory.iter().any(|((what, _), bytes)| what == AT_MOST && *bytes > 0)
}

fn is_far(was: u64, is: u64, few: u64) -> bool {
    let (less, more) = (was.min(is), was.max(is));
    more - less >= few && more >= RATIO * less
}

/// `, 2.5 times as many`; nothing where there is no such number.
fn ratio(was: u64, is: u64) -> String {
    match (was, is) {
        (0, _) | (_, 0) => String::new(),
        (was, is) => format!(", {:.1} times as many", is as f64 / was as f64),
    }
}

fn shown(count: u64) -> String {
    thousands(i64::try_from(count).unwrap_or(i64::MAX))
}

fn of_statement(kind: Kind, statement: &str, count: u64, was: String, is: String) -> Group {
    Group { kind, statement: statement.to_owned(), count, first: None, was, is, known: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(kind: Kind, statement: &str, place: &str, [old, new]: [&str; 2]) -> Difference {
        Difference {
            kind,
            statement: statement.to_owned(),
            count: 2,
            place: place.to_owned(),
            old: old.to_owned(),
            new: new.to_owned(),
        }
    }

    fn of(differences: &[Difference]) -> Replayed {
        Replayed { differences: differences.to_vec(), ..Replayed::default() }
    }

    fn lines(old: &Replayed, new: &Replayed) -> Vec<String> {
        let line = |it: &Group| {
            format!("{} {}: {}: {} → {}", it.severity().as_str(), it.kind.words(), it.about(), it.was, it.is)
        };
        between(old, new).iter().map(line).collect()
    }

    #[test]
    fn what_differs_from_the_recording_on_one_build_alone_differs_between_them() {
        let value = |place, values| differs(Kind::Value, "select round(a)", place, values);
        let (none, one) = (of(&[]), of(&[value("call 7", ["0.29", "0.28"])]));
        let about = "value value: select round(a), 2 times, first in call 7";
        assert_eq!(lines(&none, &one), [format!("{about}: 0.29 → 0.28")]);
        assert_eq!(lines(&one, &none), [format!("{about}: 0.28 → 0.29")]);
        assert!(lines(&one, &one).is_empty());
        let other = of(&[value("call 7", ["0.29", "0.3"])]);
        assert_eq!(lines(&one, &other), [format!("{about}: 0.28 → 0.3")]);
        let later = of(&[value("call 9", ["1.0", "2.0"])]);
        let about = "value value: select round(a), 2 times, first in call 9";
        let sides = "0.28 in call 7, 2 times → 2.0 in call 9, 2 times";
        assert_eq!(lines(&one, &later), [format!("{about}: {sides}")]);
        let often = of(&[Difference { count: 1_000, ..value("call 7", ["0.29", "0.28"]) }]);
        let about = "value value: select round(a), 1,000 times, first in call 7";
        let sides = "0.28 instead of 0.29, 2 times → 0.28 instead of 0.29, 1,000 times";
        assert_eq!(lines(&one, &often), [format!("{about}: {sides}")]);
    }

    #[test]
    fn each_column_is_a_difference_of_its_own() {
        let value = |place, values| differs(Kind::Value, "select round(a), time(b)", place, values);
        let (first, second) = (["0.29", "0.28"], ["'24:00:00'", "'00:00:00'"]);
        let both = of(&[value("call 7, column 1", first), value("call 8, column 2", second)]);
        let one = of(&[value("call 7, column 1", first)]);
        let about = "value value: select round(a), time(b), 2 times, first in call";
        let [round, time] = [
            format!("{about} 7, column 1: 0.29 → 0.28"),
            format!("{about} 8, column 2: '24:00:00' → '00:00:00'"),
        ];
        assert_eq!(lines(&of(&[]), &both), [round, time.clone()]);
        assert_eq!(lines(&one, &both), [time]);
    }

    #[test]
    fn what_a_build_has_among_too_many_differences_is_not_said_to_be_new() {
        let one = of(&[differs(Kind::Value, "select a", "call 7", ["1", "2"])]);
        let many = Replayed { beyond: 3, ..of(&[differs(Kind::Value, "select b", "call 9", ["1", "2"])]) };
        assert_eq!(lines(&one, &many), ["value value: select b, 2 times, first in call 9: 1 → 2"]);
        assert_eq!(lines(&many, &one), ["value value: select b, 2 times, first in call 9: 2 → 1"]);
    }

    #[test]
    fn an_error_that_is_new_is_worse_than_one_that_ends() {
        let error = ["OK", "ERROR: no such function: iif"];
        let (none, lacks) = (of(&[]), of(&[differs(Kind::Error, "select iif(?)", "call 1", error)]));
        assert!(lines(&lacks, &none)[0].starts_with("added error: "));
        assert!(lines(&none, &lacks)[0].starts_with("value error: "));
        let words = ["ERROR: a", "ERROR: b"];
        assert!(
            lines(&none, &of(&[differs(Kind::Error, "x", "call 1", words)]))[0].starts_with("error error: ")
        );
    }

    #[test]
    fn an_order_matters_where_one_was_asked_for() {
        let order = |statement| of(&[differs(Kind::Order, statement, "call 1", ["1", "2"])]);
        assert!(lines(&of(&[]), &order("select a from t"))[0].starts_with("unpromised order: "));
        assert!(lines(&of(&[]), &order("select a from t order by b"))[0].starts_with("value order: "));
    }

    #[test]
    fn what_a_crash_has_cut_off_is_no_difference() {
        let early = differs(Kind::Value, "a", "call 1", ["1", "2"]);
        let crash = differs(Kind::Crash, "b", "call 5", ["sqlite3_step came back", "SIGSEGV"]);
        let (old, new) = (of(std::slice::from_ref(&early)), of(&[crash]));
        assert_eq!(lines(&old, &new).len(), 1);
        assert!(lines(&old, &new)[0].starts_with("broken crash: b"));
        assert!(lines(&new, &old)[0].starts_with("mended crash: b"));
        assert_eq!(lines(&new, &old).len(), 1);
    }

    #[test]
    fn plans_differ_in_any_line_and_work_by_twice() {
        let replayed = |plan: &str, steps: u64| Replayed {
            plans: [("s".to_owned(), vec![plan.to_owned()])].into(),
            work: [("s".to_owned(), (3, steps))].into(),
            ..Replayed::default()
        };
        assert!(lines(&replayed("SCAN t", 10_000), &replayed("SCAN t", 19_999)).is_empty());
        assert!(lines(&replayed("SCAN t", 100), &replayed("SCAN t", 1_000)).is_empty());
        assert_eq!(
            lines(&replayed("SCAN t", 10_000), &replayed("SEARCH t", 4_000)),
            [
                "cost plan: s, executed 3 times: SCAN t → SEARCH t",
                "cost work: s, executed 3 times: 10,000 steps → 4,000 steps, 0.4 times as many",
            ]
        );
    }

    #[test]
    fn bytes_are_compared_where_both_libraries_count_them() {
        let replayed = |most: u64, after: u64, left: u64| {
            let held = |what: &str, bytes| ((what.to_owned(), String::new()), bytes);
            let left = (("never finalized".to_owned(), "s".to_owned()), left);
            let memory = [held(AT_MOST, most), held("bytes after the last close", after), left].into();
            Replayed { memory, ..Replayed::default() }
        };
        let usual = || replayed(1 << 20, 0, 1);
        assert!(lines(&usual(), &replayed(3 << 19, 1_000, 1)).is_empty());
        assert!(lines(&usual(), &replayed(0, 0, 1)).is_empty());
        assert_eq!(
            lines(&usual(), &replayed(3 << 20, 100_000, 2)),
            [
                "cost leak: s, 2 statements: 1 never finalized → 2 never finalized",
                "cost leak: : 0 bytes after the last close → 100,000 bytes after the last close",
                "cost memory: : 1,048,576 bytes at most → 3,145,728 bytes at most, 3.0 times as many",
            ]
        );
    }
}
