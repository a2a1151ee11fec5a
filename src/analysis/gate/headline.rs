//! The first difference of two transcripts, in one line.

use std::collections::BTreeSet;

use crate::record::transcript::{Line, Transcript};

/// How many rows a line shows.
const ROWS: usize = 3;

/// A step and what it did.
#[derive(Debug, PartialEq)]
struct Done {
    /// The step; any other line as it is.
    step: String,
    /// One text, or one per row.
    outcomes: Vec<String>,
}

/// The steps of a transcript, each with its rows.
fn steps(transcript: &Transcript) -> Vec<Done> {
    let mut steps: Vec<Done> = Vec::new();
    for line in transcript.iter() {
        match (line, steps.last_mut()) {
            (Line::More(row), Some(above)) => above.outcomes.push(row.to_string()),
            (Line::Step { step, outcome }, _) => {
                let outcomes = outcome.iter().map(ToString::to_string).collect();
                steps.push(Done { step: step.clone(), outcomes });
            }
            (Line::Crashed { how, step }, _) => {
                steps.push(Done { step: step.clone(), outcomes: vec![format!("crashed: {how}")] });
            }
            (Line::TimedOut { step }, _) => {
                steps.push(Done { step: step.clone(), outcomes: vec!["timed out".to_owned()] });
            }
            (other, _) => steps.push(Done { step: other.to_string(), outcomes: Vec::new() }),
        }
    }
    steps
}

/// How a step did other than before: `query SELECT round(34.775, 2) → 34.77, was 34.78`. `None` when nothing differs.
pub(super) fn headline(from: &Transcript, to: &Transcript) -> Option<String> {
    let (old, new) = (steps(from), steps(to));
    let at = (0..old.len().max(new.len())).find(|&at| old.get(at) != new.get(at))?;
    Some(match (old.get(at), new.get(at)) {
        (Some(old), Some(new)) if old.step == new.step => {
            let same = old.outcomes.iter().zip(&new.outcomes).take_while(|(old, new)| old == new).count();
            format!("{} → {}, was {}", shortened(&new.step), rows(new, same), rows(old, same))
        }
        (Some(old), Some(new)) => format!("{}, was {}", whole(new), whole(old)),
        (old, None) => format!("no longer: {}", old.map(whole).unwrap_or_default()),
        (None, Some(new)) => whole(new),
    })
}

/// How a case ended on the new build in the middle of a step: `query SELECT sum(1) → crashed: SIGSEGV, was 1`. `None` where it
/// came to its end.
pub(super) fn ended(from: &Transcript, to: &Transcript, reason: &str) -> Option<String> {
    let (Line::Crashed { step, .. } | Line::TimedOut { step }) = to.last()? else { return None };
    let at = steps(to).len() - 1;
    let before = steps(from).into_iter().nth(at).filter(|it| it.step == *step && !it.outcomes.is_empty());
    let was = before.map_or(String::new(), |it| format!(", was {}", rows(&it, 0)));
    Some(format!("{} → {reason}{was}", shortened(step)))
}

/// How many steps differ.
pub(super) fn differing(from: &Transcript, to: &Transcript) -> usize {
    let (old, new) = (steps(from), steps(to));
    (0..old.len().max(new.len())).filter(|&at| old.get(at) != new.get(at)).count()
}

/// The steps that do something else, or that only one of the transcripts has; a line without a step is its own.
pub(super) fn differing_steps(from: &Transcript, to: &Transcript) -> BTreeSet<String> {
    let (old, new) = (steps(from), steps(to));
    let at = (0..old.len().max(new.len())).filter(|&at| old.get(at) != new.get(at));
    at.flat_map(|at| [old.get(at), new.get(at)]).flatten().map(|done| done.step.clone()).collect()
}

fn whole(done: &Done) -> String {
    if done.outcomes.is_empty() {
        done.step.clone()
    } else {
        format!("{} → {}", shortened(&done.step), rows(done, 0))
    }
}

/// What a step did, without so many rows at the beginning.
fn rows(done: &Done, same: usize) -> String {
    let rows = &done.outcomes[same..];
    let left_out = |is: bool| if is { "…" } else { "" };
    let shown: Vec<&str> = rows.iter().take(ROWS).map(String::as_str).collect();
    match shown.is_empty() {
        true => "no more rows".to_owned(),
        false => [left_out(same > 0), &shown.join(", "), left_out(rows.len() > ROWS)].concat(),
    }
}

/// A step cut to its beginning: in one line its outcome matters.
pub(super) fn shortened(step: &str) -> String {
    const MOST: usize = 60;
    match step.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &step[..end]),
        None => step.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Transcript {
        lines.iter().map(|line| Line::from(*line)).collect()
    }

    #[test]
    fn the_first_step_that_differs_is_shown_with_both_outcomes() {
        let from = of(&["open → OK", "query SELECT 1 → 1", "query SELECT 2 → 2"]);
        let to = of(&["open → OK", "query SELECT 1 → 2", "query SELECT 2 → 3"]);
        assert_eq!(headline(&from, &to).unwrap(), "query SELECT 1 → 2, was 1");
        assert_eq!(differing(&from, &to), 2);
        assert_eq!(headline(&from, &from), None);
        assert_eq!(headline(&from, &of(&["open → OK"])).unwrap(), "no longer: query SELECT 1 → 1");
        assert_eq!(headline(&of(&[]), &from).unwrap(), "open → OK");
        assert_eq!(headline(&of(&["a → 1"]), &of(&["b → 1"])).unwrap(), "b → 1, was a → 1");
    }

    #[test]
    fn a_step_in_which_a_worker_died_comes_first() {
        let from = of(&["open → OK", "query SELECT 1 →", "    1", "    2", "close → OK"]);
        let to = of(&["open → OK", "crashed: SIGSEGV in query SELECT 1"]);
        assert_eq!(
            ended(&from, &to, "crashed: SIGSEGV").unwrap(),
            "query SELECT 1 → crashed: SIGSEGV, was 1, 2"
        );
        let hung = of(&["open → TOOBIG", "timed out in query SELECT 2"]);
        assert_eq!(ended(&from, &hung, "timed out after 5s").unwrap(), "query SELECT 2 → timed out after 5s");
        assert_eq!(ended(&to, &from, "needs version >=3"), None);
        assert_eq!(headline(&to, &from).unwrap(), "query SELECT 1 → 1, 2, was crashed: SIGSEGV");
    }

    #[test]
    fn rows_begin_where_they_differ() {
        let few = of(&["query a →", "    1", "    2"]);
        let many = of(&["query a →", "    1", "    3", "    4", "    5", "    6"]);
        assert_eq!(headline(&few, &many).unwrap(), "query a → …3, 4, 5…, was …2");
        assert_eq!(
            headline(&many, &of(&["query a →", "    1"])).unwrap(),
            "query a → no more rows, was …3, 4, 5…"
        );
        assert_eq!(headline(&of(&["query a → no rows"]), &few).unwrap(), "query a → 1, 2, was no rows");
    }

    #[test]
    fn a_long_step_is_cut() {
        assert_eq!(shortened("query SELECT 1"), "query SELECT 1");
        assert_eq!(shortened(&"é".repeat(61)), "é".repeat(60) + "…");
    }
}
