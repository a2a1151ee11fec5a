//! A case that drifts between two neighbours, and whether it changes as a finding does.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::discover::answer::Type;
use crate::analysis::discover::change::Change;
use crate::analysis::discover::finding::Finding;
use crate::analysis::discover::statement::step_of;
use crate::analysis::known::{ChangedStep, Class, Needs, Sort, said, said_by, words_of};
use crate::contract::Case;

/// What all steps of a case use and say.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    pub words: BTreeSet<String>,
    said: BTreeSet<String>,
}

impl Uses {
    pub(super) fn of(case: &Case) -> Self {
        Self { words: words_of(case), said: said_by(case) }
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
        Self { words: crate::analysis::known::words(step).collect(), said: said(step) }
    }
}

/// What each statement of a finding says.
pub(super) fn said_of(finding: &Finding) -> Vec<BTreeSet<String>> {
    finding.statements.iter().map(|text| said(&step_of(text).describe())).collect()
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
}

impl CaseChange {
    /// How little it is about anything else than a program, the least first: nothing where it says the program itself, else
    /// the number of words of the shortest step that changes as the program does. Nothing where none does.
    pub(super) fn knows(
        &self,
        needs: &[Needs],
        program: &[BTreeSet<String>],
        at: usize,
        change: &Change,
    ) -> Option<usize> {
        if self.says(program, at, change) { Some(0) } else { self.words_of(needs, change) }
    }

    /// Whether it says all of a program, and changes in the statement of this number in a way of the same sort.
    pub(super) fn says(&self, program: &[BTreeSet<String>], at: usize, change: &Change) -> bool {
        let Some(statement) = program.get(at).filter(|_| self.all.say(program)) else { return false };
        let is_it =
            |step: &ChangedStep| is_of_sort(step.sort, change) && statement.is_subset(&said(&step.text));
        self.steps.iter().any(is_it)
    }

    /// How many words the shortest step has that changes as a program does which needs this; nothing where none does.
    fn words_of(&self, needs: &[Needs], change: &Change) -> Option<usize> {
        let is_there = |step: &&ChangedStep| is_of(step, change) && self.uses(step, needs);
        self.steps.iter().filter(is_there).map(|step| step.words.len()).min()
    }

    /// Whether a step changes in the same way, whatever the types of its values, over what a program needs.
    pub(super) fn is_over(&self, needs: &[Needs], change: &Change) -> bool {
        let is_there = |step: &ChangedStep| is_of_sort(step.sort, change) && self.uses(step, needs);
        self.steps.iter().any(is_there)
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
