//! The answers that a program needs.

use super::document::Proof;
use super::program::{Answer, Statement};

/// The answers of one build, with the statements that they are to.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The statements.
    pub statements: Vec<Statement>,
    /// What they do where the program works.
    pub answers: Vec<Answer>,
}

impl Reference {
    /// The statements that do something else here, by their numbers; the one that does so first is the first.
    pub fn differences(&self, answers: &[Answer]) -> Vec<usize> {
        let pairs = self.answers.iter().zip(answers).enumerate();
        // What a program got when it was recorded it can live with, also where a replay on its own build gets something else.
        let differ =
            pairs.filter(|(_, (needed, answer))| !answer.is_like(needed) && !answer.is_as_recorded());
        let mut differ: Vec<(usize, usize)> = differ.map(|(at, (_, answer))| (answer.turn, at)).collect();
        differ.sort_unstable();
        differ.into_iter().map(|(_, at)| at).collect()
    }

    /// Whether all of them do the same here.
    pub fn is_like(&self, answers: &[Answer]) -> bool {
        self.differences(answers).is_empty()
    }

    /// The first statement that does something else here, and what.
    pub fn proof(&self, answers: &[Answer]) -> Option<Proof> {
        self.differences(answers).first().map(|at| self.proof_of(*at, answers))
    }

    /// What a statement does here instead of what is needed.
    pub fn proof_of(&self, at: usize, answers: &[Answer]) -> Proof {
        Proof {
            statement: self.statements[at].text.clone(),
            place: self.statements[at].place.clone(),
            goes_wrong: answers[at].said.clone(),
            instead_of: self.answers[at].said.clone(),
        }
    }

    /// The statements that fail even where the program works.
    pub fn failing(&self) -> impl Iterator<Item = (&Statement, &Answer)> {
        self.statements.iter().zip(&self.answers).filter(|(_, answer)| answer.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::needs::program::AS_RECORDED;

    #[test]
    fn what_differs_first_proves_and_not_what_follows_from_it() {
        let statement = |text: &str| Statement { place: "app.trace".to_owned(), text: text.to_owned() };
        let same = Answer::done(AS_RECORDED);
        let reference = Reference {
            statements: ["add", "drop", "read"].map(statement).into(),
            answers: vec![same.clone(), same.clone(), same.clone()],
        };
        let follows = Answer { turn: 1, ..Answer::failed("ERROR: duplicate column name: a") };
        let first = Answer { turn: 0, ..Answer::failed("ERROR: no such column: \"a\"") };
        let answers = [follows, first, same];
        assert_eq!(reference.differences(&answers), [1, 0]);
        assert_eq!(reference.proof(&answers).unwrap().statement, "drop");
    }

    #[test]
    fn what_the_program_got_is_enough_where_a_replay_gets_less() {
        let recorded = Answer::done(AS_RECORDED);
        let not_made = Answer::failed("ERROR: no such table: v, first in call 1");
        let statements = vec![Statement { place: "app.trace".to_owned(), text: "drop table v".to_owned() }];
        let reference = Reference { statements, answers: vec![not_made] };
        assert!(reference.is_like(&[recorded]));
        assert!(!reference.is_like(&[Answer::failed("missing sqlite3_exec, first in call 1")]));
    }
}
