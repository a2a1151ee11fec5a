//! The builds that vote.

use anyhow::Result;

use super::answer::{Answer, Answers};
use super::program::Program;
use super::statement::case_of;
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

/// So many programs that ask an empty database one question are run on one connection: to open and close one takes longer
/// than most questions.
const ON_ONE_CONNECTION: usize = 32;

impl EngineVoters<'_> {
    /// What the statements of each program did.
    fn outcomes(&self, build: usize, programs: &[Vec<String>]) -> Result<Vec<Ran>> {
        let (questions, others): (Vec<usize>, Vec<usize>) =
            (0..programs.len()).partition(|at| is_question(&programs[*at]));
        let chunks: Vec<&[usize]> = questions.chunks(ON_ONE_CONNECTION).collect();
        let together = chunks.iter().map(|some| some.iter().flat_map(|at| programs[*at].clone()).collect());
        let alone = |at: &usize| programs[*at].clone();
        let asked: Vec<Vec<String>> = together.chain(others.iter().map(alone)).collect();
        let mut did = self.run(build, &asked, false)?.into_iter();
        let mut ran: Vec<Option<Ran>> = vec![None; programs.len()];
        for (some, whole) in chunks.into_iter().zip(&mut did) {
            // Where the process died, each has to be asked alone.
            if whole.ended.is_none() {
                let each = whole.outcomes.into_iter().map(|it| Ran { outcomes: vec![it], ended: None });
                some.iter().zip(each).for_each(|(at, it)| ran[*at] = Some(it));
            }
        }
        others.iter().zip(did).for_each(|(at, it)| ran[*at] = Some(it));
        let left: Vec<usize> = (0..programs.len()).filter(|at| ran[*at].is_none()).collect();
        let again = self.run(build, &left.iter().map(alone).collect::<Vec<_>>(), false)?;
        left.iter().zip(again).for_each(|(at, it)| ran[*at] = Some(it));
        Ok(ran.into_iter().flatten().collect())
    }

    /// What the statements of each program did, each program on a database of its own.
    fn run(&self, build: usize, programs: &[Vec<String>], is_fresh: bool) -> Result<Vec<Ran>> {
        let cases: Vec<Case> = programs.iter().map(|statements| case_of(statements, is_fresh)).collect();
        let mut ran = self.engine.outcomes(&cases, self.builds[build])?;
        for ((it, case), statements) in ran.iter_mut().zip(&cases).zip(programs) {
            let opening = case.runs.iter().map(|run| run.steps.len()).sum::<usize>() - statements.len();
            it.outcomes.drain(..opening.min(it.outcomes.len()));
        }
        Ok(ran)
    }
}

impl Voters for EngineVoters<'_> {
    fn ask(&self, build: usize, programs: &[Program], is_fresh: bool) -> Result<Vec<Answers>> {
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        let ran = if is_fresh { self.run(build, &texts, true)? } else { self.outcomes(build, &texts)? };
        Ok(ran.iter().zip(&texts).map(|(ran, statements)| Answer::all_of(ran, statements)).collect())
    }

    fn values(&self, build: usize, programs: &[Program]) -> Result<Vec<Option<Value>>> {
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        Ok(self.outcomes(build, &texts)?.iter().map(only_value).collect())
    }

    fn show(&self, build: usize, program: &Program) -> Result<Vec<String>> {
        let statements = program.sql();
        let ran = self.run(build, std::slice::from_ref(&statements), false)?;
        let outcomes = ran.iter().flat_map(|ran| &ran.outcomes);
        let mut shown: Vec<String> =
            outcomes.zip(&statements).map(|(outcome, sql)| shown(outcome, sql)).collect();
        let died = ran.iter().filter_map(|ran| ran.ended.as_ref());
        shown.extend(died.map(|ended| format!("{ended:?}").to_lowercase()));
        Ok(shown)
    }
}

/// Whether a program asks an empty database something, and leaves nothing behind.
fn is_question(statements: &[String]) -> bool {
    matches!(statements, [only] if only.starts_with("SELECT "))
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
