//! What a finding is about, as it is looked for in cases of the catalogue.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::case::Uses;
use crate::analysis::discover::change::Change;
use crate::analysis::discover::finding::{Drift, Finding};
use crate::analysis::discover::statement::step_of;
use crate::analysis::known::{Ingredients, Needs, lacking, said, words};

/// What a case has to use that knows a finding, any one of these, or has to say.
#[derive(Debug, Clone)]
pub(super) struct About {
    needs: Vec<Needs>,
    /// What each statement says.
    program: Vec<BTreeSet<String>>,
    ingredients: Ingredients,
    /// With which word each statement begins.
    kinds: Vec<String>,
    steps: Vec<String>,
}

impl About {
    pub(super) fn of(finding: &Finding) -> Self {
        let steps: Vec<String> = finding.statements.iter().map(|text| step_of(text).describe()).collect();
        let program = steps.iter().map(|step| said(step)).collect();
        let ingredients = Ingredients::of(steps.iter().map(String::as_str));
        let kinds = steps.iter().map(|step| kind_of(step)).collect();
        Self { needs: finding.needs(), program, ingredients, kinds, steps }
    }

    /// The same over what is left of its words without those of its tables, where that is another question. It is less, so
    /// what a program says does not count, and one case has to know all: of several changes, or of several words.
    pub(super) fn telling(&self, changes: usize) -> Option<Self> {
        let telling = self.needs.first().and_then(Needs::telling)?;
        (changes > 1 || telling.len() > 2).then(|| Self {
            needs: vec![telling],
            program: Vec::new(),
            ..self.clone()
        })
    }

    /// The same, with all that any question about a finding may be over: one that is looked for before any case has run.
    pub(super) fn at_all(mut self, drifts: &[Drift]) -> Self {
        self.needs.extend(self.needs.first().and_then(Needs::telling));
        self.needs.extend(drifts.iter().filter_map(|drift| of_lacking(&drift.change)));
        self
    }

    /// What is asked of cases about one of its changes.
    pub(super) fn at<'a>(&'a self, drift: &'a Drift) -> Asked<'a> {
        let of_pragma = self.steps.get(drift.statement).and_then(|step| of_pragma(step, drift));
        let needs = match of_lacking(&drift.change).or(of_pragma) {
            Some(own) => Cow::Owned(vec![own]),
            None => Cow::Borrowed(self.needs.as_slice()),
        };
        Asked {
            needs,
            drift,
            change: &drift.change,
            program: &self.program,
            statement: drift.statement,
            ingredients: &self.ingredients,
            list: self.steps.get(drift.statement).and_then(|step| list_of(step)),
            kind: self.kinds.get(drift.statement).map(String::as_str),
        }
    }

    /// Whether a case that uses and says this may know it.
    pub(super) fn may_be_known_by(&self, uses: &Uses) -> bool {
        let are_used = |needs: &Needs| needs.are_in(&uses.words, &uses.words);
        self.needs.iter().any(are_used) || uses.say(&self.program) || uses.may_be_in(&self.ingredients)
    }
}

/// What is asked of cases about one change of a finding.
pub(super) struct Asked<'a> {
    /// What the change is over, any one of these.
    pub needs: Cow<'a, [Needs]>,
    pub change: &'a Change,
    pub drift: &'a Drift,
    /// The list of what a build has that the statement reads that changes.
    pub list: Option<&'a str>,
    program: &'a [BTreeSet<String>],
    /// The number of the statement that changes.
    statement: usize,
    /// What all statements use.
    pub ingredients: &'a Ingredients,
    /// With which word the statement begins that changes.
    pub kind: Option<&'a str>,
}

impl Asked<'_> {
    /// What the statement says that changes, where a case says all of the program.
    pub(super) fn statement_said_by(&self, uses: &Uses) -> Option<&BTreeSet<String>> {
        self.program.get(self.statement).filter(|_| uses.say(self.program))
    }
}

/// What a change is over that is in its words: of a function that a build lacks, it is that one, whatever else is used.
fn of_lacking(change: &Change) -> Option<Needs> {
    let (Change::Appears(said) | Change::Vanishes(said) | Change::Works(said) | Change::Fails(said)) = change
    else {
        return None;
    };
    lacking(said).map(|word| Needs::together(words(&word).collect::<Vec<_>>()))
}

/// Of what kind a step is: with which word its SQL begins, or which call it is.
pub(super) fn kind_of(step: &str) -> String {
    let mut words = step.split_whitespace().map(str::to_ascii_lowercase);
    let verb = words.next().unwrap_or_default();
    let is_sql = ["query", "exec", "prepare"].contains(&verb.as_str());
    let first = words.next().filter(|_| is_sql).unwrap_or(verb);
    match first.as_str() {
        "with" | "values" => "select".to_owned(),
        _ => first,
    }
}

/// A pragma that a build does not know answers nothing there. Where one side has no rows it is that pragma, whatever else is
/// used, but for one that has nothing to report of a sound database.
fn of_pragma(step: &str, drift: &Drift) -> Option<Needs> {
    let is_nothing = [&drift.was, &drift.is].into_iter().any(|it| it == "no rows");
    let words: Vec<String> = words(step.strip_prefix("query ")?).take(4).collect();
    let name = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["pragma", _, ".", name] | ["pragma", name, ..] if is_nothing => name,
        _ => return None,
    };
    (name != "foreign_key_check").then(|| Needs::together([name.to_owned()]))
}

/// The list of what a build has that a step reads.
pub(super) fn list_of(step: &str) -> Option<&'static str> {
    let used: BTreeSet<String> = words(step).collect();
    LISTS.into_iter().find(|list| used.contains(*list))
}

/// The pragmas that list what a build has.
const LISTS: [&str; 5] = ["collation_list", "compile_options", "function_list", "module_list", "pragma_list"];
