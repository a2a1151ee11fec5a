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
    /// The statements that do something else here, by their numbers.
    pub fn differences(&self, answers: &[Answer]) -> Vec<usize> {
        let pairs = self.answers.iter().zip(answers).enumerate();
        pairs.filter(|(_, (needed, answer))| !answer.is_like(needed)).map(|(at, _)| at).collect()
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
