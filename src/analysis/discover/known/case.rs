//! A case that drifts between two neighbours, and whether it changes as a finding does.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::about::{Asked, kind_of};
use crate::analysis::discover::answer::Type;
use crate::analysis::discover::change::Change;
use crate::analysis::known::{ChangedStep, Class, Ingredients, Needs, Sort, Steps, said, said_by, words_of};
use crate::contract::Case;

/// What all steps of a case use and say.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    pub words: BTreeSet<String>,
    said: BTreeSet<String>,
    steps: Steps,
}

impl Uses {
    pub(super) fn of(case: &Case) -> Self {
        Self { words: words_of(case), said: said_by(case), steps: Steps::of(case) }
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
        Self { words: crate::analysis::known::words(step).collect(), said: said(step), steps: Steps::default() }
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
    /// What each of them needs, as it was asked for.
    pub needed: Vec<OnceLock<Option<Ingredients>>>,
}

impl CaseChange {
    /// How little it is about anything else than a finding that changes so, the least first: nothing where it says the
    /// program itself, else the number of words of the shortest step that changes as the program does. Nothing where none does.
    pub(super) fn knows(&self, asked: &Asked) -> Option<usize> {
        if self.says(asked) {
            return Some(0);
        }
        let steps = self.steps_over(asked).filter(|step| is_of(step, asked.change));
        steps.map(|step| step.words.len()).min().or_else(|| self.is_in(asked))
    }

    /// How little is needed by a step that changes as a finding does, and whose ingredients the finding has all.
    fn is_in(&self, asked: &Asked) -> Option<usize> {
        const BEHIND_OTHERS: usize = 1000;
        let steps = self.steps.iter().zip(&self.needed);
        let alike = steps.filter(|(step, _)| {
            is_of(step, asked.change) && asked.kind.is_some_and(|kind| kind_of(&step.text) == kind)
        });
        let needed = alike.filter_map(|(step, needed)| {
            let needed = needed.get_or_init(|| {
                let behind = self.all.steps.behind(&step.row, &step.text)?;
                Some(Ingredients::of(behind.iter().map(String::as_str)))
            });
            needed.as_ref().filter(|it| it.is_telling() && it.are_in(asked.ingredients)).map(Ingredients::len)
        });
        needed.min().map(|len| BEHIND_OTHERS + len)
    }

    /// Whether a finding that changes so shows it: where it says the program itself, or changes in a way of the same sort over
    /// the same, whatever the types of its values.
    pub(super) fn is_shown_by(&self, asked: &Asked) -> bool {
        self.says(asked) || self.steps_over(asked).any(|step| is_of_sort(step.sort, asked.change))
    }

    /// Whether it says all of a program, and changes in the statement that changes in a way of the same sort.
    fn says(&self, asked: &Asked) -> bool {
        let Some(statement) = asked.statement_said_by(&self.all) else { return false };
        let is_it = |step: &ChangedStep| {
            is_of_sort(step.sort, asked.change) && statement.is_subset(&said(&step.text))
        };
        self.steps.iter().any(is_it)
    }

    /// The steps that change and are over what is asked.
    fn steps_over<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = &'a ChangedStep> {
        self.steps.iter().filter(|step| self.uses(step, &asked.needs))
    }

    /// Whether a step that changes is over what is needed. One that reads a list of what a build has changes with the list,
    /// whatever else it uses, so it is over nothing but that list.
    fn uses(&self, step: &ChangedStep, needs: &[Needs]) -> bool {
        let lists: Vec<&str> = LISTS.into_iter().filter(|list| step.words.contains(*list)).collect();
        let is_of_list = |it: &Needs| lists.is_empty() || it.all().any(|word| lists.contains(&word.as_str()));
        needs.iter().any(|it| is_of_list(it) && it.are_in(&step.words, &self.all.words))
    }
}

/// The pragmas that list what a build has.
const LISTS: [&str; 5] = ["collation_list", "compile_options", "function_list", "module_list", "pragma_list"];

/// Whether a case runs steps on other builds than its own: what one makes of the files of another is more than any program
/// of one build can show.
pub(super) fn is_over_builds(case: &Case) -> bool {
    case.runs.iter().flat_map(|run| &run.steps).any(|it| it.step.on.is_some())
}

/// Whether a change between builds looks like this step's.
fn is_of(step: &ChangedStep, change: &Change) -> bool {
    let is_alike = match change {
        // A value that changes may decide which rows there are.
        Change::Value(before, after) => {
            step.classes.is_empty() || step.classes.contains(&(class(*before), class(*after)))
        }
        _ => true,
    };
    is_alike && is_of_sort(step.sort, change)
}

fn is_of_sort(sort: Sort, change: &Change) -> bool {
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
