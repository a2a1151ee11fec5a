//! The changes of a contract that have the same causes: said together, and no more of them than tell something.

use std::collections::BTreeSet;

use super::change::Change;
use super::report::Standing;
use super::severity::Severity;

/// So many changes with the same causes are shown, where not all details are.
const MOST: usize = 3;

/// Changes with the same causes.
pub(super) struct Alike<'a> {
    /// Those to show, the worst first.
    pub shown: Vec<&'a Change>,
    /// Those that are only counted.
    pub counted: Vec<&'a Change>,
}

impl<'a> Alike<'a> {
    /// Puts changes with the same causes together, wherever the contract says these; a group of calls stays by itself, with
    /// what is known of it.
    pub(super) fn of(changes: impl Iterator<Item = &'a Change>) -> Vec<Self> {
        let causes = |change: &Change| {
            let causes = change.because.iter().map(|cause| (cause.key.to_string(), cause.text.clone()));
            causes.collect::<BTreeSet<_>>()
        };
        let mut all: Vec<Self> = Vec::new();
        for change in changes {
            let is_alike =
                |it: &&mut Self| it.shown[0].group.is_none() && causes(it.shown[0]) == causes(change);
            match all.iter_mut().find(|it| change.group.is_none() && is_alike(it)) {
                Some(alike) => alike.shown.push(change),
                None => all.push(Self { shown: vec![change], counted: Vec::new() }),
            }
        }
        all
    }

    /// The first ones alone, where their cause is known: it says what the others would. One alone is shown itself, since it
    /// takes no more room than its number.
    pub(super) fn in_brief(mut self) -> Self {
        let has_cause = self.shown.first().is_some_and(|change| !change.because.is_empty());
        if has_cause && self.shown.len() > MOST + 1 {
            self.counted = self.shown.split_off(MOST);
        }
        self
    }

    /// How many are only counted, by what they are.
    pub(super) fn numbers(&self) -> Vec<(Severity, Standing, usize)> {
        let mut numbers: Vec<(Severity, Standing, usize)> = Vec::new();
        for change in &self.counted {
            match numbers.iter_mut().find(|it| (it.0, it.1) == (change.severity, change.standing)) {
                Some(number) => number.2 += 1,
                None => numbers.push((change.severity, change.standing, 1)),
            }
        }
        numbers
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a Change> {
        self.shown.iter().chain(&self.counted).copied()
    }
}
