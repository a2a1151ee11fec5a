//! A case that drifts between two neighbours, and whether it changes as a finding does.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::about::{Asked, list_of};
use crate::analysis::discover::answer::Type;
use crate::analysis::discover::change::Change;
use crate::analysis::known::{ChangedStep, Class, Ingredients, Sort, Steps, said, said_by, words_of};
use crate::contract::Case;

/// What all steps of a case use and say.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    pub words: BTreeSet<String>,
    said: BTreeSet<String>,
    steps: Steps,
    /// What each step needs itself, as it was asked for.
    own: OnceLock<Vec<Ingredients>>,
}

impl Uses {
    pub(super) fn of(case: &Case) -> Self {
        Self { words: words_of(case), said: said_by(case), steps: Steps::of(case), own: OnceLock::new() }
    }

    /// What a step needs: its own ingredients and those of what stands behind it.
    fn ingredients_behind(&self, step: &ChangedStep) -> Option<Ingredients> {
        let behind = self.steps.behind(&step.row, &step.text)?;
        Some(Ingredients::of(behind.iter().map(String::as_str)))
    }

    /// Whether a program has all that one of the steps itself needs.
    pub(super) fn may_be_in(&self, program: &Ingredients) -> bool {
        let own = self.own.get_or_init(|| self.steps.all().map(|step| Ingredients::of([step])).collect());
        own.iter().any(|it| it.telling() > 0 && it.are_in(program))
    }

    /// Whether they say all that a program does.
    pub(super) fn say(&self, program: &[BTreeSet<String>]) -> bool {
        !program.is_empty() && program.iter().all(|statement| statement.is_subset(&self.said))
    }
}

#[cfg(test)]
impl Uses {
    /// Of one step as a transcript shows it.
    pub(super) fn made_up(step: &str) -> Self {
        Self {
            words: crate::analysis::known::words(step).collect(),
            said: said(step),
            steps: Steps::made_up(step),
            own: OnceLock::new(),
        }
    }
}

/// A case that does something else on a build than on the one before it.
#[derive(Debug, Clone)]
pub(super) struct CaseChange {
    /// `precision/money-round/computed-amounts`
    pub case: String,
    /// What all its steps use.
    pub all: Arc<Uses>,
    /// The steps that do something else.
    pub steps: Vec<ChangedStep>,
    /// What each of them needs.
    pub(super) needed: Vec<Needed>,
}

/// What a step needs, as far as it was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Needed {
    own: OnceLock<Ingredients>,
    all: OnceLock<Option<Ingredients>>,
}

impl Needed {
    /// What it needs itself.
    pub(super) fn own(&self, step: &ChangedStep) -> &Ingredients {
        self.own.get_or_init(|| Ingredients::of([step.text.as_str()]))
    }

    /// The same with what stands behind it.
    pub(super) fn all(&self, step: &ChangedStep, case: &Uses) -> Option<&Ingredients> {
        self.all.get_or_init(|| case.ingredients_behind(step)).as_ref()
    }
}

impl CaseChange {
    /// Of a case, all of whose steps use this.
    pub(super) fn new(case: String, all: Arc<Uses>, steps: Vec<ChangedStep>) -> Self {
        Self { case, all, needed: vec![Needed::default(); steps.len()], steps }
    }

    /// How little it is about anything else than a finding that changes so, the least first, and the step that tells so: nothing
    /// where it says the program itself, else the number of words of the shortest step that changes as the program does.
    /// Nothing where none does.
    pub(super) fn knows<'a>(&'a self, asked: &'a Asked<'_>) -> Option<(usize, &'a ChangedStep)> {
        let says = asked.statement_said_by(&self.all);
        if let Some(step) = says.and_then(|said| self.saying(said, asked.change)) {
            return Some((0, step));
        }
        let steps = self.steps_over(asked).filter(|step| is_of(step, asked.change));
        let over = steps.map(|step| (step.words.len(), step)).min_by_key(|it| it.0);
        over.or_else(|| self.alike(asked))
    }

    /// Whether a finding that changes so shows it: where it says the program itself, or changes in a way of the same sort over
    /// the same, whatever the types of its values.
    pub(super) fn is_shown_by(&self, asked: &Asked) -> bool {
        self.says(asked) || self.steps_over(asked).any(|step| is_of_sort(step.sort, asked.change))
    }

    /// Whether it says all of a program, and changes in the statement that changes in a way of the same sort.
    fn says(&self, asked: &Asked) -> bool {
        asked.statement_said_by(&self.all).is_some_and(|said| self.saying(said, asked.change).is_some())
    }

    /// The step that says a statement and changes in a way of the same sort.
    fn saying<'a>(&'a self, statement: &BTreeSet<String>, change: &Change) -> Option<&'a ChangedStep> {
        let is_it =
            |step: &&ChangedStep| is_of_sort(step.sort, change) && statement.is_subset(&said(&step.text));
        self.steps.iter().find(is_it)
    }

    /// The steps that change and are over what is asked.
    fn steps_over<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = &'a ChangedStep> {
        self.steps.iter().filter(|step| self.uses(step, asked))
    }

    /// Whether a step that changes is over what is needed. One that reads a list of what a build has changes with the list,
    /// whatever else it uses, so it is over nothing but that list.
    fn uses(&self, step: &ChangedStep, asked: &Asked) -> bool {
        list_of(&step.text) == asked.list
            && asked.needs.iter().any(|it| it.are_in(&step.words, &self.all.words))
    }

    /// Whether it changes as a finding does in the step that is the one of another change that it knows.
    pub(super) fn goes_on(&self, other: &ChangedStep, change: &Change) -> bool {
        let is_it =
            |step: &ChangedStep| step.row == other.row && step.text == other.text && is_of(step, change);
        self.steps.iter().any(is_it)
    }
}

/// Whether a case runs steps on other builds than its own: what one makes of the files of another is more than any program
/// of one build can show.
pub(super) fn is_over_builds(case: &Case) -> bool {
    case.runs.iter().flat_map(|run| &run.steps).any(|it| it.step.on.is_some())
}

/// Whether a change between builds looks like this step's.
pub(super) fn is_of(step: &ChangedStep, change: &Change) -> bool {
    let is_alike = match change {
        // A value that changes may decide which rows there are.
        Change::Value(before, after) => {
            step.classes.is_empty() || step.classes.contains(&(class(*before), class(*after)))
        }
        _ => true,
    };
    is_alike && is_of_sort(step.sort, change)
}

pub(super) fn is_of_sort(sort: Sort, change: &Change) -> bool {
    match change {
        Change::Value(..) | Change::Rows => sort == Sort::Silent,
        Change::Fails(_) | Change::Works(_) => sort == Sort::OneFails,
        Change::Code(..) | Change::Message(..) => sort == Sort::BothFail,
        Change::Appears(_) | Change::Vanishes(_) => matches!(sort, Sort::OneFails | Sort::BothFail),
        Change::Plan => sort == Sort::Plan,
        Change::Crash => sort == Sort::Crash,
    }
}

fn class(of: Type) -> Class {
    match of {
        Type::Null => Class::Null,
        Type::Integer => Class::Integer,
        Type::Real => Class::Real,
        Type::Text => Class::Text,
        Type::Blob => Class::Blob,
    }
}
