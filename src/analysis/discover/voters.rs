//! The builds that vote.

use anyhow::Result;

use super::answer::{Answer, Answers};
use super::program::Program;
use crate::builds::Build;
use crate::contract::Case;
use crate::engine::{Engine, Ran};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Builds that can be given programs, in an order in which each comes after its parent. Tests have made-up ones.
pub trait Voters: Sync {
    /// What each of some programs does on the build with this number, in a process of its own each if `is_fresh`.
    ///
    /// # Errors
    /// When nothing can be said about the build.
    fn ask(&self, build: usize, programs: &[Program], is_fresh: bool) -> Result<Vec<Answers>>;

    /// The one value of each program that has one; nothing where it has none.
    ///
    /// # Errors
    /// As [`Voters::ask`].
    fn values(&self, build: usize, programs: &[Program]) -> Result<Vec<Option<Value>>>;

    /// What one program shows on a build, a line for each statement.
    ///
    /// # Errors
    /// As [`Voters::ask`].
    fn show(&self, build: usize, program: &Program) -> Result<Vec<String>>;
}

/// Builds that an engine runs.
pub struct EngineVoters<'a> {
    /// What runs them.
    pub engine: &'a Engine,
    /// They have been made.
    pub builds: Vec<&'a Build>,
}

impl Voters for EngineVoters<'_> {
    fn ask(&self, build: usize, programs: &[Program], is_fresh: bool) -> Result<Vec<Answers>> {
        let cases: Vec<Case> = programs.iter().map(|program| program.case(is_fresh)).collect();
        let ran = self.engine.outcomes(&cases, self.builds[build])?;
        Ok(ran.iter().zip(&cases).map(|(ran, case)| Answer::all_of(ran, &case.sql())).collect())
    }

    fn values(&self, build: usize, programs: &[Program]) -> Result<Vec<Option<Value>>> {
        let cases: Vec<Case> = programs.iter().map(|program| program.case(false)).collect();
        let ran = self.engine.outcomes(&cases, self.builds[build])?;
        Ok(ran.iter().map(only_value).collect())
    }

    fn show(&self, build: usize, program: &Program) -> Result<Vec<String>> {
        let case = program.case(false);
        let ran = self.engine.outcomes(std::slice::from_ref(&case), self.builds[build])?;
        let outcomes = ran.iter().flat_map(|ran| ran.outcomes.iter().skip(1));
        let mut shown: Vec<String> =
            outcomes.zip(case.sql()).map(|(outcome, sql)| shown(outcome, sql)).collect();
        let died = ran.iter().filter_map(|ran| ran.ended.as_ref());
        shown.extend(died.map(|ended| format!("{ended:?}").to_lowercase()));
        Ok(shown)
    }
}

/// What a statement shows: of a plan what is compared.
fn shown(outcome: &Outcome, sql: &str) -> String {
    match Answer::of_statement(outcome, sql) {
        Answer::Plan(ways) => ways.join(", "),
        _ => outcome.to_string(),
    }
}

/// The value of the first column of the first row that the last statement has.
fn only_value(ran: &Ran) -> Option<Value> {
    match ran.outcomes.last()? {
        Outcome::Rows(rows) => rows.first()?.first().cloned(),
        _ => None,
    }
}
