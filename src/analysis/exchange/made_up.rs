//! Answers on made-up outcomes.

use super::answer::{Ability, Answer, Asked};
use super::questions::{Question, Questions};
use super::schema::Schema;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A table with an index on an expression, and a view.
fn questions() -> (Questions, Schema) {
    let row = |kind, name, sql| [kind, name, "t", sql].map(Value::text).to_vec();
    let rows = vec![
        row("table", "t", "CREATE TABLE t(a) STRICT"),
        row("index", "i", "CREATE INDEX i ON t(round(a))"),
        row("view", "v", "CREATE VIEW v AS SELECT 1"),
    ];
    let mut answers = [Outcome::Rows(rows), one(Value::Integer(3))].into_iter();
    Questions::of(0, |_| Ok::<_, ()>(vec![Outcome::OK, answers.next().unwrap()])).unwrap()
}

fn one(value: Value) -> Outcome {
    Outcome::Rows(vec![vec![value]])
}

/// The outcomes of a build that is content with everything but what `but` says.
fn asked(questions: &Questions, but: impl Fn(&Question) -> Option<Outcome>) -> Asked {
    let fine = |question: &Question| match question {
        Question::Check | Question::CheckWritten => one(Value::text("ok")),
        Question::Count(_) => one(Value::Integer(3)),
        Question::Find(_) => one(Value::Integer(0)),
        _ => Outcome::OK,
    };
    let of_case = |case: &Vec<Question>| case.iter().map(|it| but(it).unwrap_or_else(|| fine(it))).collect();
    Asked { outcomes: questions.asked().iter().map(of_case).collect(), ended: Vec::new() }
}

fn answer(but: impl Fn(&Question) -> Option<Outcome>) -> (Ability, Vec<String>) {
    let (questions, schema) = questions();
    let answer = Answer::of("1", &schema, &questions, &asked(&questions, but));
    let words = answer.findings.into_iter().map(|it| {
        let (object, feature) = (it.object.unwrap_or_default(), it.feature.unwrap_or_default());
        format!("{}|{object}|{}|{feature}", it.what, it.message)
    });
    (answer.ability, words.collect())
}

fn error(message: &str) -> Outcome {
    Outcome::Error { code: 1, message: Some(message.to_owned()) }
}

#[test]
fn what_cannot_be_opened_is_explained_by_the_objects_that_cannot_be_made() {
    assert_eq!(answer(|_| None), (Ability::Write, vec![]));
    let (ability, findings) = answer(|question| match question {
        Question::Open | Question::Read(_) => Some(error("malformed database schema (t)")),
        Question::Parse { object, .. } if object == "t" => Some(error("near \"STRICT\": syntax error")),
        Question::Parse { object, .. } if object == "i" => Some(error("no such table: main.t")),
        _ => None,
    });
    assert_eq!(ability, Ability::None);
    let said = "cannot open it|table t|ERROR: near \"STRICT\": syntax error|STRICT tables, since 3.37.0";
    assert_eq!(findings, [said]);
}

#[test]
fn an_index_that_does_not_find_rows_is_named_with_how_many() {
    let lines =
        ["row 1 missing from index i", "row 2 missing from index i"].map(|line| vec![Value::text(line)]);
    let rows = Outcome::Rows(lines.to_vec());
    let backwards = Outcome::Rows(lines.into_iter().rev().collect());
    let (ability, findings) = answer(|question| match question {
        Question::Check => Some(rows.clone()),
        Question::CheckWritten => Some(backwards.clone()),
        Question::Find(_) => Some(one(Value::Integer(2))),
        _ => None,
    });
    assert_eq!(ability, Ability::Write);
    let said = "2 rows are not found by it: its expression has another value here; REINDEX mends it";
    assert_eq!(findings, [format!("does not agree with its table|index i|{said}|")]);
}

#[test]
fn what_is_wrong_only_after_a_transaction_is_named() {
    let lost = "Tree 2 page 9: never used";
    let (_, findings) = answer(|question| match question {
        Question::CheckWritten => Some(one(Value::text(lost))),
        _ => None,
    });
    assert_eq!(findings, [format!("quick_check after a transaction||\"{lost}\"|")]);
}

#[test]
fn a_larger_database_has_more_time_and_the_newest_build_only_counts() {
    let mut asked = Vec::new();
    let (questions, _) = Questions::of(250 << 20, |contract| {
        asked.push(contract.cases.iter().map(|case| case.runs[0].steps.len()).sum::<usize>());
        let table = ["table", "t", "t", "CREATE TABLE t(a)"].map(Value::text).to_vec();
        Ok::<_, ()>(vec![Outcome::OK, Outcome::Rows(vec![table])])
    })
    .unwrap();
    assert_eq!(asked, [2, 2]);
    let deadlines = questions.contract().cases.iter().map(|case| case.deadline.as_secs());
    assert!(deadlines.min() >= Some(500));
}

#[test]
fn a_damaged_file_is_not_mended_by_reindex() {
    let lines = ["row 1 missing from index i", "Tree 2 page 2: btreeInitPage() returns error code 11"];
    let rows = Outcome::Rows(lines.map(|line| vec![Value::text(line)]).to_vec());
    let (_, findings) = answer(|question| match question {
        Question::Check | Question::CheckWritten => Some(rows.clone()),
        _ => None,
    });
    let said = [
        "integrity_check||Tree 2 page 2: btreeInitPage() returns error code 11|",
        "does not agree with its table|index i|1 row is not found by it|",
    ];
    assert_eq!(findings, said);
}

#[test]
fn other_rows_than_the_newest_finds_and_what_cannot_be_read_or_written() {
    let (ability, findings) = answer(|question| match question {
        Question::Count(_) => Some(one(Value::Integer(2))),
        Question::Read(name) if name == "v" => Some(error("no such function: f")),
        Question::Write => Some(error("attempt to write a readonly database")),
        _ => None,
    });
    assert_eq!(ability, Ability::Part);
    let said = [
        "cannot read|view v|ERROR: no such function: f|the function f()",
        "finds another number of rows|table t|2, and 3 by the newest build|",
        "cannot write||ERROR: attempt to write a readonly database|",
    ];
    assert_eq!(findings, said);
}
