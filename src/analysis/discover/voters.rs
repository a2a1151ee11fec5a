//! The builds that vote.

use anyhow::Result;

use super::answer::{Answer, Answers};
use super::asked::{Asked, Joined};
use super::electorate::Electorate;
use super::program::Program;
use crate::builds::Build;
use crate::contract::Case;
use crate::engine::{Engine, Ran};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Builds that can be given programs, in an order in which each comes after its parent. Tests have made-up ones.
pub trait Voters: Sync {
    /// What each of some programs does on the build with this number.
    ///
    /// # Errors
    /// When nothing can be said about the build.
    fn ask(&self, build: usize, asked: &Asked) -> Result<Vec<Answers>>;

    /// The one value of each program that has one; nothing where it has none.
    ///
    /// # Errors
    /// As [`Voters::ask`].
    fn values(&self, build: usize, asked: &Asked) -> Result<Vec<Option<Value>>>;

    /// What one program shows on a build, a line for each statement.
    ///
    /// # Errors
    /// As [`Voters::ask`].
    fn show(&self, build: usize, program: &Program) -> Result<Vec<String>>;
}

/// Builds that an engine runs.
pub struct EngineVoters<'a> {
    engine: &'a Engine,
    builds: Vec<&'a Build>,
}

impl<'a> EngineVoters<'a> {
    /// The builds of an electorate, in its order, of these that have been made. What is asked for by a number is then said
    /// of the build that has this number.
    pub fn new(engine: &'a Engine, electorate: &Electorate, mut builds: Vec<&'a Build>) -> Self {
        builds.sort_by_key(|build| electorate.place(build.name()));
        Self { engine, builds }
    }

    /// What the statements of each program did.
    fn outcomes(&self, build: usize, asked: &Asked) -> Result<Vec<Ran>> {
        let mut ran: Vec<Option<Ran>> = vec![None; asked.texts().len()];
        self.run(build, &asked.requests, &mut ran)?;
        // Where the process died over several, each has to be asked alone.
        let left = (0..ran.len()).filter(|at| ran[*at].is_none());
        let alone: Vec<Joined> = left.map(|at| asked.alone(at)).collect();
        self.run(build, &alone, &mut ran)?;
        Ok(ran.into_iter().flatten().collect())
    }

    /// Puts what the statements of each program did in its place, but for those whose process died over several.
    fn run(&self, build: usize, requests: &[Joined], ran: &mut [Option<Ran>]) -> Result<()> {
        let cases: Vec<&Case> = requests.iter().map(|it| &it.case).collect();
        let did = self.engine.outcomes(&cases, self.builds[build])?;
        for (joined, mut whole) in requests.iter().zip(did) {
            whole.outcomes.drain(..joined.opening.min(whole.outcomes.len()));
            match joined.programs.as_slice() {
                [only] => ran[*only] = Some(whole),
                several if whole.ended.is_none() => {
                    let asked = whole.outcomes.split_off(joined.before.min(whole.outcomes.len()));
                    let before = whole.outcomes;
                    let each = asked.into_iter().map(|it| {
                        let outcomes = before.iter().cloned().chain([it]).collect();
                        Ran { outcomes, ended: None }
                    });
                    several.iter().zip(each).for_each(|(at, it)| ran[*at] = Some(it));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Voters for EngineVoters<'_> {
    fn ask(&self, build: usize, asked: &Asked) -> Result<Vec<Answers>> {
        let ran = self.outcomes(build, asked)?;
        Ok(ran.iter().zip(asked.texts()).map(|(ran, statements)| Answer::all_of(ran, statements)).collect())
    }

    fn values(&self, build: usize, asked: &Asked) -> Result<Vec<Option<Value>>> {
        Ok(self.outcomes(build, asked)?.iter().map(only_value).collect())
    }

    fn show(&self, build: usize, program: &Program) -> Result<Vec<String>> {
        let asked = Asked::of(std::slice::from_ref(program));
        let ran = self.outcomes(build, &asked)?;
        let outcomes = ran.iter().flat_map(|ran| &ran.outcomes);
        let statements = asked.texts().iter().flatten();
        let mut shown: Vec<String> =
            outcomes.zip(statements).map(|(outcome, sql)| shown(outcome, sql)).collect();
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
pub(super) fn only_value(ran: &Ran) -> Option<Value> {
    match ran.outcomes.last()? {
        Outcome::Rows(rows) => rows.first()?.first().cloned(),
        _ => None,
    }
}
