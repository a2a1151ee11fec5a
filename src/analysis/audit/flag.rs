//! Flags of a compilation, told by what a copy does.

use crate::contract::Contract;
use crate::contract::flag::{Flag, Told};
use crate::copies::Code;
use crate::outcome::Outcome;
use crate::outcome::value::Value;
use crate::record::report::Verdict;

use super::Asked;

/// A contract that runs the steps of all flags.
pub fn questions(flags: &[Flag]) -> Contract {
    let cases = flags.iter().filter_map(Flag::case).cloned().collect();
    Contract { id: "flags".to_owned(), cases, ..Contract::default() }
}

/// The flags that a copy shows: `ENABLE_FTS5`, `DEFAULT_CACHE_SIZE=-16000`.
pub fn shown(flags: &[Flag], asked: &Asked, code: &Code) -> Vec<String> {
    flags.iter().filter_map(|flag| told(flag, asked, code)).collect()
}

/// What is said of a flag; nothing when it is not set, or cannot be told.
fn told(flag: &Flag, asked: &Asked, code: &Code) -> Option<String> {
    let is_set = match &flag.told {
        Told::Set(case) => {
            let (report, outcomes) = asked.case(&case.name)?;
            let steps = case.runs.iter().flat_map(|run| &run.steps);
            let mut prepares = steps.zip(outcomes).filter(|(placed, _)| placed.step.expect.is_none());
            report.verdict == Verdict::Holds && prepares.all(|(_, outcome)| outcome.succeeded())
        }
        Told::Value { case, defaults } => {
            let (report, outcomes) = asked.case(&case.name)?;
            let value = value(outcomes.last()?)?;
            let is_said = report.verdict == Verdict::Holds && !defaults.contains(&value);
            return is_said.then(|| format!("{}={value}", flag.name));
        }
        Told::Exports(function) => code.exported.contains(function),
        // The linker takes what is not called out of a program, but not out of a library.
        Told::Lacks(function) => is_whole(code) && !code.exported.contains(function),
    };
    is_set.then(|| flag.name.clone())
}

/// Whether a file exports all functions that it has.
fn is_whole(code: &Code) -> bool {
    const SELDOM: [&str; 3] = ["sqlite3_open_v2", "sqlite3_test_control", "sqlite3_vmprintf"];
    SELDOM.iter().all(|function| code.exported.contains(*function))
}

fn value(outcome: &Outcome) -> Option<String> {
    let shown = |value: &Value| match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    };
    match outcome {
        Outcome::Value(value) => shown(value),
        Outcome::Rows(rows) => match rows.as_slice() {
            [row] if row.len() == 1 => shown(&row[0]),
            _ => None,
        },
        other => other.quantity().map(|number| number.to_string()),
    }
}
