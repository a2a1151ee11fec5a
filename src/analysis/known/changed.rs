//! How two transcripts of a case differ, step by step: the words of each step that does something else, and how.

use std::collections::{BTreeMap, BTreeSet};

use super::words::words;
use crate::contract::Case;
use crate::outcome::shown::{Shown, parts};
use crate::record::transcript::{Line, Transcript};

/// A step whose outcome changes.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct ChangedStep {
    pub words: BTreeSet<String>,
    /// The row of `with` that it belongs to.
    pub row: String,
    /// The step itself.
    pub text: String,
    pub sort: Sort,
    /// What each value that changes was, and what it is, by their classes. Nothing where there are other rows.
    pub classes: Vec<(Class, Class)>,
    /// The first value that changes, as it was and as it is; where there is one on either side.
    pub value: Option<(String, String)>,
    /// What it did, a line for each row; nothing where the process died.
    pub before: Vec<String>,
    pub after: Vec<String>,
}

/// The class of a value as transcripts and replays show one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analysis) enum Class {
    Null,
    Integer,
    Real,
    Text,
    Blob,
}

impl Class {
    /// The class of a value that a replay shows, or of a column's type: `type TEXT`.
    pub(in crate::analysis) fn of_read(shown: &str) -> Option<Self> {
        match shown.strip_prefix("type ") {
            Some("NULL") => Some(Self::Null),
            Some("INTEGER") => Some(Self::Integer),
            Some("FLOAT") => Some(Self::Real),
            Some("TEXT") => Some(Self::Text),
            Some("BLOB") => Some(Self::Blob),
            Some(_) => None,
            None => Self::of(shown),
        }
    }

    /// The class that a shown text names, as `typeof()` does.
    fn named(shown: &str) -> Option<Self> {
        match shown {
            "\"null\"" => Some(Self::Null),
            "\"integer\"" => Some(Self::Integer),
            "\"real\"" => Some(Self::Real),
            "\"text\"" => Some(Self::Text),
            "\"blob\"" => Some(Self::Blob),
            _ => None,
        }
    }

    /// The class of a shown value; nothing of anything else.
    pub(in crate::analysis) fn of(shown: &str) -> Option<Self> {
        let digits = shown.strip_prefix('-').unwrap_or(shown);
        match shown {
            "NULL" => Some(Self::Null),
            "inf" | "-inf" | "nan" => Some(Self::Real),
            blob if blob.starts_with("x'") => Some(Self::Blob),
            text if text.starts_with(['"', '\'']) => Some(Self::Text),
            _ if !digits.starts_with(|c: char| c.is_ascii_digit()) => None,
            _ if digits.contains(['.', 'e']) => Some(Self::Real),
            _ => Some(Self::Integer),
        }
    }
}

/// The classes of the values that differ between two outcomes of as many rows and columns; nothing where one cannot be read.
/// What `typeof()` returns is the class of another value, so that it is there too.
fn classes(step: &str, before: &[Shown], after: &[Shown]) -> Vec<(Class, Class)> {
    let has_types = words(step).any(|word| word == "typeof");
    let mut found = Vec::new();
    for (before, after) in before.iter().zip(after).filter(|(before, after)| before != after) {
        let (before, after) = (values(&before.to_string()), values(&after.to_string()));
        if before.len() != after.len() {
            return Vec::new();
        }
        for (before, after) in before.iter().zip(&after).filter(|(before, after)| before != after) {
            let Some(pair) = Class::of(before).zip(Class::of(after)) else { return Vec::new() };
            found.push(pair);
            let named = Class::named(before).zip(Class::named(after));
            found.extend(named.filter(|_| has_types));
        }
    }
    if before.len() == after.len() { found } else { Vec::new() }
}

/// The first value that differs between two outcomes, in a row that both have with as many columns.
fn first_value(before: &[Shown], after: &[Shown]) -> Option<(String, String)> {
    let mut rows = before.iter().zip(after).filter(|(before, after)| before != after);
    let (before, after) = rows.next()?;
    let (before, after) = (values(&before.to_string()), values(&after.to_string()));
    if before.len() != after.len() {
        return None;
    }
    before.into_iter().zip(after).find(|(before, after)| before != after)
}

/// The values of a row: of `("a, b", 1)` two, of anything without parentheses one.
pub(in crate::analysis) fn values(row: &str) -> Vec<String> {
    let inside = row.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inside.map_or_else(|| vec![row], parts).into_iter().map(str::to_owned).collect()
}

/// How the outcome of a step changes, as far as a transcript tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analysis) enum Sort {
    /// Both have values.
    Silent,
    OneFails,
    BothFail,
    Plan,
    Crash,
}

impl Sort {
    fn between(step: &str, before: &[Shown], after: &[Shown]) -> Self {
        let is_failure = |outcome: &[Shown]| outcome.iter().any(Shown::is_failure);
        match (is_failure(before), is_failure(after)) {
            (false, false) if is_plan(step) => Self::Plan,
            (false, false) => Self::Silent,
            (true, true) => Self::BothFail,
            _ => Self::OneFails,
        }
    }
}

fn is_plan(step: &str) -> bool {
    step.starts_with("plan ") || step.starts_with("query EXPLAIN QUERY PLAN")
}

pub(in crate::analysis) fn words_of(case: &Case) -> BTreeSet<String> {
    let steps = case.runs.iter().flat_map(|run| &run.steps);
    steps.flat_map(|placed| words(&placed.step.verb.describe()).collect::<Vec<_>>()).collect()
}

/// What a step did, or that the process died in it.
enum Did {
    Showed(Vec<Shown>),
    Died,
}

impl Did {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Showed(shown) => shown.iter().map(ToString::to_string).collect(),
            Self::Died => Vec::new(),
        }
    }
}

/// The steps whose outcomes differ between two transcripts.
pub(in crate::analysis) fn changed(above: &Transcript, below: &Transcript) -> Vec<ChangedStep> {
    let above = by_step(above);
    let differing = by_step(below).into_iter().filter_map(|(key, after)| {
        let before = above.get(&key)?;
        let (sort, classes, value) = match (before, &after) {
            (Did::Showed(before), Did::Showed(after)) if before != after => {
                let sort = Sort::between(&key.1, before, after);
                (sort, classes(&key.1, before, after), first_value(before, after))
            }
            (Did::Showed(_), Did::Died) | (Did::Died, Did::Showed(_)) => (Sort::Crash, Vec::new(), None),
            _ => return None,
        };
        Some(ChangedStep {
            words: words(&format!("{} {}", key.0, key.1)).collect(),
            sort,
            classes,
            value,
            before: before.lines(),
            after: after.lines(),
            row: key.0,
            text: key.1,
        })
    });
    differing.collect()
}

/// What each step of a transcript did, by the row of `with` that it belongs to, its text, and how often that came before.
fn by_step(transcript: &Transcript) -> BTreeMap<(String, String, usize), Did> {
    let mut row = String::new();
    let mut found: Vec<((String, String), Did)> = Vec::new();
    for line in transcript.iter() {
        match line {
            Line::Row(label) => row.clone_from(label),
            Line::Step { step, outcome } => {
                let showed = Did::Showed(outcome.iter().cloned().collect());
                found.push(((row.clone(), step.clone()), showed));
            }
            Line::More(more) => {
                if let Some((_, Did::Showed(shown))) = found.last_mut() {
                    shown.push(more.clone());
                }
            }
            Line::Crashed { step, .. } => found.push(((row.clone(), step.clone()), Did::Died)),
            Line::Silent | Line::TimedOut { .. } | Line::Other(_) => {}
        }
    }
    let mut times: BTreeMap<(String, String), usize> = BTreeMap::new();
    let numbered = found.into_iter().map(|((row, step), did)| {
        let time = times.entry((row.clone(), step.clone())).or_default();
        *time += 1;
        ((row, step, *time), did)
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_that_changes_has_two_classes() {
        let of = |before: &[&str], after: &[&str]| {
            let [before, after] = [before, after].map(|it| it.iter().map(|text| Shown::new(*text)).collect());
            let (before, after): (Vec<Shown>, Vec<Shown>) = (before, after);
            classes("query SELECT a", &before, &after)
        };
        assert_eq!(of(&["34.77"], &["34.78"]), [(Class::Real, Class::Real)]);
        let (null, blob) = ((Class::Null, Class::Text), (Class::Blob, Class::Integer));
        assert_eq!(of(&["(1, \"a, b\", NULL)"], &["(1, \"a, b\", \"\")"]), [null]);
        assert_eq!(of(&["NULL", "(1, x'00')"], &["\"\"", "(1, -2)"]), [null, blob]);
        assert_eq!(of(&["1"], &["(1, 2)"]), []);
        assert_eq!(of(&["1"], &["2", "3"]), []);
        assert_eq!(of(&["ERROR: x"], &["1"]), []);
    }

    #[test]
    fn a_type_that_is_shown_is_the_class_of_a_value() {
        let of = |step: &str| {
            let shown = |text: &str| [Shown::new(text)];
            classes(step, &shown("\"integer\""), &shown("\"text\""))
        };
        let texts = (Class::Text, Class::Text);
        assert_eq!(of("query SELECT typeof(replace(0, '', 0))"), [texts, (Class::Integer, Class::Text)]);
        assert_eq!(of("query SELECT declared FROM t"), [texts]);
    }

    #[test]
    fn the_first_value_that_changes_may_be_in_other_rows() {
        let of = |before: &[&str], after: &[&str]| {
            let shown = |texts: &[&str]| texts.iter().map(|text| Shown::new(*text)).collect::<Vec<_>>();
            first_value(&shown(before), &shown(after))
        };
        assert_eq!(of(&["(1, 34.77)"], &["(1, 34.78)"]), Some(("34.77".to_owned(), "34.78".to_owned())));
        assert_eq!(of(&["1"], &["2", "3"]), Some(("1".to_owned(), "2".to_owned())));
        assert_eq!(of(&["1"], &["(1, 2)"]), None);
    }
}
