//! A program that somebody else found, between the two builds on which it does not do the same: made smaller while it
//! still shows that.

use std::time::Instant;

use anyhow::Result;

use super::answer::Answer;
use super::change::Change;
use super::program::Program;
use super::reduce::{Oracle, reduce};
use super::statement::{case_of, is_call};
use super::turn::Turn;
use super::voters::only_value;
use crate::analysis::attribution::ddmin;
use crate::builds::Build;
use crate::contract::Case;
use crate::contract::statements::tokens;
use crate::engine::{Engine, Ran};
use crate::outcome::value::Value;

/// Statements that are run in one request, as far as single programs are not longer.
const AT_A_TIME: usize = 2_000;

/// Two builds, and until when a program is made smaller.
pub struct Between<'a> {
    /// What runs them.
    pub engine: &'a Engine,
    /// The value that is to turn so, where it is a certain one.
    pub turn: Option<Turn>,
    /// The old one and the new one.
    pub builds: [&'a Build; 2],
    /// What is smallest then is taken.
    pub until: Instant,
}

/// How what the last statement of a program does on one build differs from what it does on another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It does something else.
    Change(Change),
    /// It has the same rows in another order.
    Order,
}

impl Difference {
    /// Between two runs of statements, of which the last differs.
    fn of(statements: &[String], old: &Ran, new: &Ran) -> Option<Self> {
        let answers = |ran| Answer::all_of(ran, statements).split_off(statements.len().saturating_sub(1));
        let (before, after) = (answers(old), answers(new));
        let is_stopped = |answers: &[Answer]| answers.contains(&Answer::Stopped);
        match Change::between(&before, &after) {
            Some((_, change)) => Some(Self::Change(change)),
            None if is_stopped(&before) || is_stopped(&after) => None,
            // Answers have no order.
            None => (old.outcomes.last() != new.outcomes.last()).then_some(Self::Order),
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Change(one), Self::Change(other)) => one.is_like(other),
            (one, other) => one == other,
        }
    }
}

impl Between<'_> {
    /// How the last statement of each program differs, if it does.
    ///
    /// # Errors
    /// When nothing can be said about a build.
    pub fn differences(&self, programs: &[Vec<String>]) -> Result<Vec<Option<Difference>>> {
        let mut found = Vec::new();
        let longest = programs.iter().map(Vec::len).max().unwrap_or(1).max(1);
        for some in programs.chunks((AT_A_TIME / longest).max(1)) {
            let [old, new] = self.run(some)?;
            let pairs = some.iter().zip(old.iter().zip(&new));
            found.extend(pairs.map(|(statements, (old, new))| {
                Difference::of(statements, old, new).filter(|_| self.is_meant(old, new))
            }));
        }
        Ok(found)
    }

    /// Whether the value that is meant turns in the last statement.
    fn is_meant(&self, old: &Ran, new: &Ran) -> bool {
        let is_in = |turn: &Turn| turn.is_in(old.outcomes.last(), new.outcomes.last());
        self.turn.as_ref().is_none_or(is_in)
    }

    /// What the last statement of a program shows on both builds.
    ///
    /// # Errors
    /// As [`Between::differences`].
    pub fn show(&self, program: &[String]) -> Result<[String; 2]> {
        let shown = |ran: Vec<Ran>| {
            let did = ran.into_iter().next();
            let ended =
                did.as_ref().and_then(|did| did.ended.as_ref()).map(|end| format!("{end:?}").to_lowercase());
            let last = did.and_then(|did| did.outcomes.last().map(ToString::to_string));
            ended.or(last).unwrap_or_default()
        };
        Ok(self.run(&[program.to_vec()])?.map(shown))
    }

    fn run(&self, programs: &[Vec<String>]) -> Result<[Vec<Ran>; 2]> {
        let cases: Vec<Case> = programs.iter().map(|statements| case_of(statements)).collect();
        let cases: Vec<&Case> = cases.iter().collect();
        let [old, new] = self.builds;
        let (mut old, mut new) = (self.engine.outcomes(&cases, old)?, self.engine.outcomes(&cases, new)?);
        // What opens the database stands before the statements.
        for (ran, statements) in old.iter_mut().zip(programs).chain(new.iter_mut().zip(programs)) {
            let opens_itself = statements.first().is_some_and(|text| text.starts_with("open:"));
            ran.outcomes.drain(..usize::from(!opens_itself && !ran.outcomes.is_empty()));
        }
        Ok([old, new])
    }

    /// The statements without which the last one would not differ like this, and the last one.
    ///
    /// # Errors
    /// As [`Between::differences`].
    pub fn needed(&self, statements: &[String], like: &Difference) -> Result<Vec<usize>> {
        let Some(last) = statements.len().checked_sub(1) else { return Ok(Vec::new()) };
        let with_last = |kept: &[usize]| -> Vec<usize> { kept.iter().copied().chain([last]).collect() };
        let program =
            |kept: &[usize]| -> Vec<String> { kept.iter().map(|at| statements[*at].clone()).collect() };
        let shows = |kept: &Vec<usize>| -> Result<bool> { self.is_shown(&program(&with_last(kept)), like) };
        if shows(&Vec::new())? {
            return Ok(vec![last]);
        }
        let all: Vec<usize> = (0..last).collect();
        let kept = ddmin(&all, |sets| {
            for (at, kept) in sets.iter().enumerate() {
                if shows(kept)? {
                    return Ok(Some(at));
                }
            }
            Ok(None)
        })?;
        Ok(with_last(&kept))
    }

    fn is_shown(&self, program: &[String], like: &Difference) -> Result<bool> {
        if Instant::now() > self.until {
            return Ok(false);
        }
        let found = self.differences(&[program.to_vec()])?.pop().flatten();
        Ok(found.is_some_and(|found| found.is_like(like)))
    }

    /// The smallest program that still shows this.
    ///
    /// # Errors
    /// As [`Between::differences`].
    pub fn smallest(&self, statements: &[String], like: &Difference) -> Result<Smallest> {
        let oracle = Like { between: self, like };
        let program = reduce(&Program::given(statements), &oracle)?.least;
        let sql = program.sql();
        let statements = sql.iter().map(|sql| if is_call(sql) { sql.clone() } else { tidied(sql) });
        Ok(Smallest { statements: statements.collect(), name: program.name() })
    }
}

/// A statement without the spaces that a tree has before commas and around dots.
fn tidied(sql: &str) -> String {
    let mut text = String::new();
    let mut tokens = tokens(sql).peekable();
    while let Some(token) = tokens.next() {
        let is_before = tokens.peek().is_some_and(|next| [",", "."].contains(next));
        if !(token == " " && (is_before || text.ends_with('.'))) {
            text += token;
        }
    }
    text
}

/// A program that was made smaller, and a short name that it has again.
pub struct Smallest {
    /// Its statements.
    pub statements: Vec<String>,
    /// What it uses, and a digest: `round-1f3a`
    pub name: String,
}

struct Like<'a> {
    between: &'a Between<'a>,
    like: &'a Difference,
}

impl Oracle for Like<'_> {
    fn shows(&self, programs: &[Program]) -> Result<Vec<bool>> {
        if Instant::now() > self.between.until {
            return Ok(vec![false; programs.len()]);
        }
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        let found = self.between.differences(&texts)?;
        Ok(found.into_iter().map(|found| found.is_some_and(|found| found.is_like(self.like))).collect())
    }

    fn values(&self, programs: &[Program]) -> Result<Vec<Vec<Value>>> {
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        let [old, new] = self.between.run(&texts)?;
        let both = old.iter().zip(&new);
        Ok(both.map(|(old, new)| only_value(old).into_iter().chain(only_value(new)).collect()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;

    fn ran(rows: &[&[i64]]) -> Ran {
        let row = |row: &&[i64]| row.iter().copied().map(Value::Integer).collect();
        Ran { outcomes: vec![Outcome::Rows(rows.iter().map(row).collect())], ended: None }
    }

    #[test]
    fn the_order_of_rows_is_a_difference_of_its_own() {
        let of = |old: &Ran, new: &Ran| Difference::of(&["SELECT a".to_owned()], old, new);
        let (one, other) = (ran(&[&[1], &[2]]), ran(&[&[2], &[1]]));
        assert_eq!(of(&one, &one), None);
        assert_eq!(of(&one, &other), Some(Difference::Order));
        assert!(matches!(of(&one, &ran(&[&[1]])), Some(Difference::Change(Change::Rows))));
        let stopped = Ran { outcomes: Vec::new(), ended: Some(crate::engine::Ended::Stopped) };
        assert_eq!(of(&one, &stopped), None);
    }

    #[test]
    fn a_tree_prints_its_statement_as_people_write_it() {
        assert_eq!(
            tidied("SELECT t . a , ' , . ' , 1.5 FROM t WHERE a IN (1, 2)"),
            "SELECT t.a, ' , . ', 1.5 FROM t WHERE a IN (1, 2)"
        );
    }
}
