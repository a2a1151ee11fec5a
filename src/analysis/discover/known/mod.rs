//! What the catalogue knows: a case that drifts between the same neighbours as a finding, in the same way, in a step that
//! uses what divides the builds, or in the very statement of it.
//!
//! Here are the drifts of cases. `about` says what of a finding is looked for, `case` whether one case changes so, `answer` which
//! cases are named for a finding, and `wanted` which may be, before any has run.

mod about;
mod alike;
mod answer;
mod case;
#[cfg(test)]
mod tests;
mod wanted;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) use self::answer::Knowledge;
use self::case::{CaseChange, Uses, is_over_builds};
pub use self::wanted::Wanted;
use super::electorate::Electorate;
use crate::analysis::known::changed;
use crate::contract::{Case, Contract};
use crate::record::lineage::Lineage;
use crate::record::snapshots::{CaseSnapshots, ContractSnapshots, resolve};
use crate::record::transcript::Transcript;

/// How cases of the catalogue change between the neighbours of a search, by the later one: each has one neighbour that it
/// is compared with.
#[derive(Debug, Clone, Default)]
pub struct Known(BTreeMap<String, Vec<CaseChange>>);

impl Known {
    /// Adds the cases of a contract, as they are on record, where they change between neighbours.
    pub fn add_recorded(
        &mut self,
        contract: &Contract,
        snapshots: &ContractSnapshots,
        electorate: &Electorate,
        lineage: &Lineage,
    ) {
        for case in &contract.cases {
            let on_record = snapshots.case(&case.name);
            if on_record.accepted.len() < 2 || is_over_builds(case) {
                continue;
            }
            let all = Arc::new(Uses::of(case));
            for (before, after) in electorate.neighbours() {
                let Some(texts) = changing(lineage, on_record, before, after) else { continue };
                self.push(&contract.id, case, &all, after, texts.each_ref().map(|it| it.as_str().into()));
            }
        }
    }

    /// Adds a case that ran on two neighbours.
    pub fn add_run(&mut self, contract: &str, case: &Case, after: &str, did: [&Transcript; 2]) {
        self.push(contract, case, &Arc::new(Uses::of(case)), after, did.map(Transcript::clone));
    }

    fn push(&mut self, contract: &str, case: &Case, all: &Arc<Uses>, after: &str, did: [Transcript; 2]) {
        let steps = changed(&did[0], &did[1]);
        let change = CaseChange::new(format!("{contract}/{}", case.name), Arc::clone(all), steps);
        self.0.entry(after.to_owned()).or_default().push(change);
    }

    /// Every drift: the build with which it begins, and its case.
    pub(super) fn drifts(&self) -> impl Iterator<Item = (&str, &String)> {
        self.0.iter().flat_map(|(build, changes)| changes.iter().map(move |it| (build.as_str(), &it.case)))
    }
}

/// What a case does before a build and on it, where that differs.
fn changing(lineage: &Lineage, on_record: &CaseSnapshots, before: &str, after: &str) -> Option<[String; 2]> {
    // What it inherits from the build before, or from above that, is the same.
    let own = lineage.ancestors(after).take_while(|it| *it != before);
    let is_between = std::iter::once(after).chain(own).any(|it| on_record.accepted.contains_key(it));
    let text = |build: &str| Some(resolve(lineage, on_record, build)?.text);
    let texts = is_between.then(|| Some([text(before)?, text(after)?]))??;
    (texts[0] != texts[1]).then_some(texts)
}

#[cfg(test)]
impl Known {
    /// Cases that drift at builds, each with a step that shows this before and that from there on.
    pub(super) fn made_up(drifts: &[(&str, &str, &str, [&str; 2])]) -> Self {
        let mut known = Self::default();
        for (case, build, step, outcomes) in drifts {
            let [above, text] = outcomes.map(|outcome| Transcript::from(&*format!("{step} → {outcome}")));
            let steps = changed(&above, &text);
            let all = Arc::new(Uses::made_up(step));
            let change = CaseChange::new((*case).to_owned(), all, steps);
            known.0.entry((*build).to_owned()).or_default().push(change);
        }
        known
    }
}
