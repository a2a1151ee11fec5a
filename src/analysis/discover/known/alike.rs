//! A case that is no question about the innermost of a finding, and shows the same all the same: it needs nothing that the finding
//! has not, or what changes is told in the same words.

use super::about::{Asked, kind_of, list_of};
use super::case::{CaseChange, Needed, is_of, is_of_sort};
use crate::analysis::discover::answer::Type;
use crate::analysis::discover::change::Change;
use crate::analysis::discover::finding::Drift;
use crate::analysis::known::{
    Agreement, ChangedStep, Class, Ingredients, Sort, form, is_json_but_for_quotes, of_values,
    words_of_message,
};

/// Behind all cases that are over the innermost of a finding.
const IN_THE_SAME_WORDS: usize = 1_000;
const IN_ITS_INGREDIENTS: usize = 2_000;

impl CaseChange {
    /// The step that shows what a finding does, and how little it is about anything else.
    pub(super) fn alike<'a>(&'a self, asked: &Asked<'_>) -> Option<(usize, &'a ChangedStep)> {
        let steps = self.steps.iter().zip(&self.needed);
        let of_sort = steps.filter(|(step, _)| is_of_sort(step.sort, asked.change));
        let found =
            of_sort.filter(|(step, _)| list_of(&step.text) == asked.list).filter_map(|(step, needed)| {
                let words = match tells_the_same(step, needed.own(step), asked) {
                    true => IN_THE_SAME_WORDS + needed.own(step).len(),
                    false => IN_ITS_INGREDIENTS + self.ingredients_in(step, needed, asked)?,
                };
                Some((words, step))
            });
        found.min_by_key(|it| it.0)
    }

    /// How many ingredients a step has with what stands behind it; nothing where the finding lacks one, or where these say too
    /// little for it to be about the same.
    fn ingredients_in(&self, step: &ChangedStep, needed: &Needed, asked: &Asked) -> Option<usize> {
        let is_of_kind = asked.kind.is_some_and(|kind| kind_of(&step.text) == kind);
        if !is_of_kind || !needed.own(step).are_in(asked.ingredients) {
            return None;
        }
        let all = needed.all(step, &self.all).filter(|it| it.are_in(asked.ingredients))?;
        let is_enough = match (all.telling(), asked.change) {
            // Of all changes a crash is the rarest.
            (1.., Change::Crash) => true,
            (1, _) if all.has_aggregate() => false,
            (1, _) => is_of(step, asked.change) && has_the_same_value(step, asked.drift),
            (2.., Change::Fails(_) | Change::Works(_) | Change::Code(..) | Change::Message(..)) => {
                fails_alike(step, asked.drift)
            }
            (2..MANY, _) => is_of(step, asked.change),
            // What shows a value may make another one of it.
            (MANY.., _) => true,
            _ => false,
        };
        is_enough.then(|| all.len())
    }
}

/// So many ingredients say what a program is about, whatever the types of its values.
const MANY: usize = 4;

/// Whether a step tells the same as a finding, before and after: in words for people, whatever they are said of; JSON that becomes a
/// text, or the reverse; an answer of the same pragma; an error between builds of one version.
fn tells_the_same(step: &ChangedStep, own: &Ingredients, asked: &Asked) -> bool {
    match asked.change {
        Change::Value(Type::Text, Type::Text) if step.sort == Sort::Silent => {
            let values = step.value.as_ref().zip(asked.drift.value());
            values.is_some_and(|((was, is), other)| {
                says_the_same([was, is], [&other.0, &other.1])
                    || is_of_quotes(was, is, own) && is_of_quotes(&other.0, &other.1, asked.ingredients)
                    || (was, is) == (&other.0, &other.1)
                        && kind_of(&step.text) == "pragma"
                        && own.are_in(asked.ingredients)
            })
        }
        Change::Fails(_) | Change::Works(_) => {
            asked.drift.is_of_flags() && step.sort == Sort::OneFails && fails_alike(step, asked.drift)
        }
        _ => false,
    }
}

/// Whether two values are texts in the same words before, and in other ones after, these the same too; where one is no text for people,
/// the same. Of texts that change in their names alone nothing is said.
fn says_the_same(own: [&str; 2], other: [&str; 2]) -> bool {
    let words = own.map(words_of_message);
    let is_same = |at: usize| match &words[at] {
        Some(own) => words_of_message(other[at]).as_ref() == Some(own),
        None => own[at] == other[at],
    };
    words[0] != words[1] && is_same(0) && is_same(1)
}

/// Whether a function of JSON puts quotes around what it is given, or no longer.
fn is_of_quotes(was: &str, is: &str, ingredients: &Ingredients) -> bool {
    ingredients.has_json() && is_json_but_for_quotes(was, is)
}

/// Whether the same side fails in the same words.
fn fails_alike(step: &ChangedStep, drift: &Drift) -> bool {
    let failure = |shown: &str| shown.starts_with("ERROR: ").then(|| form(shown));
    let own = |lines: &[String]| lines.iter().find_map(|line| failure(line));
    (own(&step.before), own(&step.after)) == (failure(&drift.was), failure(&drift.is))
}

/// Whether a value changes from and to the same, or a real by as much.
fn has_the_same_value(step: &ChangedStep, drift: &Drift) -> bool {
    const LONG: usize = 4;
    let Some((was, is)) = drift.value() else { return false };
    let is_long = [&was, &is].iter().all(|it| it.trim_matches('"').len() >= LONG && *it != "NULL");
    match of_values(&was, &is, step) {
        Some(Agreement::SameText) => is_long,
        Some(Agreement::SameWay) => Class::of(&was) == Some(Class::Real),
        _ => false,
    }
}
