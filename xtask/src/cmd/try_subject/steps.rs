//! Every step of a case with its outcome, also those that a transcript leaves out: a kept promise, a size.

use anstyle::{AnsiColor, Style};
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::contract::record::Record;
use sqlite_contracts::contract::verb::{Call, Verb};
use sqlite_contracts::contract::{Case, PlacedStep, Run};
use sqlite_contracts::diagnostic::verbatim;
use sqlite_contracts::outcome::Outcome;
use sqlite_contracts::record::report::{CaseReport, Failure};

/// The outcome of a step as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    lines: Vec<String>,
    number: Option<f64>,
}

impl Shown {
    /// As its contract records it; as it is, where it is not recorded.
    pub(super) fn new(placed: &PlacedStep, outcome: &Outcome) -> Self {
        let lines = match (&placed.step.verb, placed.step.recorded()) {
            // Its outcome is whether it is kept.
            (Verb::Check(_), _) => Vec::new(),
            (_, Record::None) => Record::Raw.lines(outcome),
            (_, record) => record.lines(outcome),
        };
        Self { lines, number: outcome.number() }
    }

    /// One for the outcomes of several builds whose transcripts are equal. What differs is not recorded: numbers are
    /// shown by their range, anything else by what is promised of it.
    fn of_all(all: &[&Self], promise: Option<String>) -> Vec<String> {
        let Some((first, others)) = all.split_first() else { return Vec::new() };
        if others.iter().all(|other| other.lines == first.lines) {
            return first.lines.clone();
        }
        let numbers: Option<Vec<f64>> = all.iter().map(|shown| shown.number).collect();
        vec![match (numbers, promise) {
            (Some(numbers), _) => {
                let (least, most) = (numbers.iter().copied(), numbers.iter().copied());
                format!(
                    "{} … {}",
                    least.fold(f64::INFINITY, f64::min),
                    most.fold(f64::NEG_INFINITY, f64::max)
                )
            }
            (None, Some(promise)) => promise,
            (None, None) => "not the same on all of them".to_owned(),
        }]
    }
}

/// What the contract says of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark<'a> {
    Kept,
    Broken(&'a Failure),
    Recorded,
    /// Neither promised nor recorded.
    Left,
}

/// A step that was executed.
struct Executed<'a> {
    row: Option<&'a str>,
    placed: &'a PlacedStep,
    mark: Mark<'a>,
}

/// The steps of a case in order, those of each row of `with` after each other; as far as it got.
fn executed<'a>(case: &'a Case, report: &'a CaseReport) -> impl Iterator<Item = Executed<'a>> {
    case.runs.iter().flat_map(move |run| {
        run.steps.iter().map(move |placed| Executed {
            row: run.label.as_deref(),
            placed,
            mark: mark(run, placed, report),
        })
    })
}

fn mark<'a>(run: &Run, placed: &PlacedStep, report: &'a CaseReport) -> Mark<'a> {
    let is_it = |failure: &&Failure| failure.place == placed.place && failure.row == run.label;
    match report.failures.iter().find(is_it) {
        Some(failure) => Mark::Broken(failure),
        None if placed.step.expect.is_some() || matches!(placed.step.verb, Verb::Check(_)) => Mark::Kept,
        None if placed.step.recorded() == Record::None => Mark::Left,
        None => Mark::Recorded,
    }
}

/// A step as `--format json` prints it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Step<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<&'a str>,
    step: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<bool>,
}

/// The steps of a case on a build.
pub(super) fn steps<'a>(case: &'a Case, report: &'a CaseReport, outcomes: &[Shown]) -> Vec<Step<'a>> {
    let step = |(executed, shown): (Executed<'a>, &Shown)| Step {
        row: executed.row,
        step: executed.placed.step.describe(),
        outcome: shown.lines.join("\n"),
        kept: match executed.mark {
            Mark::Kept => Some(true),
            Mark::Broken(_) => Some(false),
            Mark::Recorded | Mark::Left => None,
        },
    };
    executed(case, report).zip(outcomes).map(step).collect()
}

/// A line for each step, below a line for its row. `all` are the outcomes on builds with the same report. The rows of a replay,
/// which have whole statements, are broken into lines of this width.
pub(super) fn text(case: &Case, report: &CaseReport, all: &[&[Shown]], width: Option<usize>) -> String {
    let mut text = String::new();
    let mut row = None;
    for (at, executed) in executed(case, report).enumerate() {
        let shown: Vec<&Shown> = all.iter().filter_map(|outcomes| outcomes.get(at)).collect();
        if shown.is_empty() {
            break;
        }
        if executed.row != row {
            row = executed.row;
            text.extend(row.map(|row| format!("\n    with {row}")));
        }
        text += &line(&executed, &Shown::of_all(&shown, executed.placed.step.promise()), width);
    }
    text
}

fn line(executed: &Executed, outcome: &[String], width: Option<usize>) -> String {
    let (sign, style) = match executed.mark {
        Mark::Kept => ('✓', AnsiColor::Green.on_default()),
        Mark::Broken(_) => ('✗', AnsiColor::Red.on_default()),
        Mark::Recorded => (' ', Style::new()),
        Mark::Left => (' ', Style::new().dimmed()),
    };
    let step = executed.placed.step.describe();
    let what = match outcome {
        [] => step,
        [one] => format!("{step} → {one}"),
        rows => {
            let width = width.filter(|_| is_replay(&executed.placed.step.verb));
            rows.iter().fold(format!("{step} →"), |text, row| text + "\n" + &self::row(row, width))
        }
    };
    let mut text = match executed.mark {
        Mark::Left => format!("\n    {style}{what}{style:#}"),
        _ => format!("\n  {style}{sign}{style:#} {what}"),
    };
    if let Mark::Broken(Failure { place, expected, actual, .. }) = executed.mark {
        text +=
            &format!("\n      {style}{place}{style:#}\n      expected {expected}\n      actual   {actual}");
    }
    text
}

fn is_replay(verb: &Verb) -> bool {
    matches!(
        verb,
        Verb::Call(Call::Replay(_) | Call::ReplayPlans(_) | Call::ReplayWork(_) | Call::ReplayMemory(_))
    )
}

/// A row on lines of a width, or on one.
fn row(row: &str, width: Option<usize>) -> String {
    match width {
        Some(width) => verbatim(row, "        ", "            ", width).trim_end().to_owned(),
        None => format!("        {row}"),
    }
}

#[cfg(test)]
mod tests {
    use sqlite_contracts::contract::Contract;
    use sqlite_contracts::outcome::value::Value;
    use sqlite_contracts::project::Project;
    use sqlite_contracts::record::report::Verdict;

    use super::*;

    const CONTRACT: &str = "\
title: t
why: w
cases:
  - name: a
    with: {n: [1, 2]}
    steps:
      - open: a.db
      - query: SELECT ${n}
        expect: 2
      - memory_used:
      - query: SELECT 5
";

    fn case() -> Case {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.yaml");
        std::fs::write(&file, CONTRACT).unwrap();
        Contract::load(&Project::at(folder.path()), &file).unwrap().cases.remove(0)
    }

    /// As on a build that uses so much memory.
    fn outcomes(case: &Case, used: i64) -> Vec<Shown> {
        let integer = |n| Outcome::Value(Value::Integer(n));
        let outcomes = [1, 2]
            .map(|n| [Outcome::OK, integer(n), Outcome::Quantity(used), integer(5)])
            .into_iter()
            .flatten();
        let steps = case.runs.iter().flat_map(|run| &run.steps);
        steps.zip(outcomes).map(|(placed, outcome)| Shown::new(placed, &outcome)).collect()
    }

    fn report(case: &Case) -> CaseReport {
        let failure = Failure {
            place: case.runs[0].steps[1].place.clone(),
            row: Some("n=1".to_owned()),
            step: "query SELECT 1".to_owned(),
            expected: "2".to_owned(),
            actual: "1".to_owned(),
        };
        CaseReport {
            case: "a".to_owned(),
            verdict: Verdict::Broken,
            transcript: Default::default(),
            failures: vec![failure],
            reason: None,
            stack: Vec::new(),
            seconds: 0.0,
        }
    }

    #[test]
    fn every_step_is_shown_with_its_row_and_whether_its_promise_is_kept() {
        let case = case();
        let all = [outcomes(&case, 5000), outcomes(&case, 400)];
        let all: Vec<&[Shown]> = all.iter().map(Vec::as_slice).collect();
        let place = &case.runs[0].steps[1].place;
        assert_eq!(
            anstream::adapter::strip_str(&text(&case, &report(&case), &all, Some(20))).to_string(),
            format!(
                "
    with n=1
    open a.db → OK
  ✗ query SELECT 1 → 1
      {place}
      expected 2
      actual   1
    memory_used → 400 … 5000
    query SELECT 5 → 5
    with n=2
    open a.db → OK
  ✓ query SELECT 2 → 2
    memory_used → 400 … 5000
    query SELECT 5 → 5"
            )
        );
    }

    #[test]
    fn rows_of_a_replay_fit_into_the_terminal() {
        let told = r#"("value", "select name, round(price, ?) from item", 1, "call 701", "34.78", "34.77")"#;
        let shown = row(told, Some(40));
        assert!(shown.lines().count() > 1 && shown.lines().all(|line| line.chars().count() <= 40), "{shown}");
        let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words, told);
        assert_eq!(row(told, None), format!("        {told}"));
        let steps = case();
        assert!(steps.runs[0].steps.iter().all(|placed| !is_replay(&placed.step.verb)));
    }

    #[test]
    fn steps_of_a_case_that_died_end_where_it_died() {
        let case = case();
        let outcomes = outcomes(&case, 1);
        let report = report(&case);
        let steps = steps(&case, &report, &outcomes[..6]);
        let kept: Vec<Option<bool>> = steps.iter().map(|step| step.kept).collect();
        assert_eq!(kept, [None, Some(false), None, None, None, Some(true)]);
        assert_eq!(steps[5].row, Some("n=2"));
        assert!(text(&case, &report, &[&outcomes[..6]], None).ends_with("query SELECT 2 → 2"));
    }
}
