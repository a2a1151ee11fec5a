//! What a case uses that knows a finding.

use std::collections::BTreeSet;

use super::exchange::special;
use super::finding::Finding;
use crate::analysis::known::{Needs, innermost, json_of_queries, words};

/// Whether a feature is a literal itself.
fn is_literal(feature: &str) -> bool {
    let is_blob = feature.starts_with(['x', 'X']) && feature.ends_with('\'');
    is_blob || feature.starts_with(|c: char| c == '\'' || c.is_ascii_digit())
}

impl Finding {
    /// What one of the cases that know it uses: what divides the builds, or what else shows the same of such values.
    pub(super) fn needs(&self) -> Vec<Needs> {
        let used: BTreeSet<String> = self.statements.iter().flat_map(|sql| words(sql)).collect();
        // Where nothing but literals is used, the core names their classes.
        let is_of_features = self.core.is_subset(&self.features);
        let own = match self.core.is_empty() && self.features.is_empty() {
            // A fixed text of the grammar says nothing of what it uses.
            true => self.statements.last().map_or_else(Vec::new, |sql| innermost(sql)),
            false => vec![Needs::of(if is_of_features { &self.core } else { &self.features }, &used)],
        };
        let values: Vec<String> = special(&self.statements).into_iter().map(str::to_owned).collect();
        let through = self.through.iter().filter(|_| !values.is_empty());
        let through = through.map(|other| {
            let all: Vec<&String> = std::iter::once(other).chain(&values).collect();
            let used = all.iter().flat_map(|it| words(it)).collect();
            Needs::of(all, &used)
        });
        // A literal says less than what it is given to.
        let is_of_literals = self.core.len() == 1 && self.core.iter().all(|it| is_literal(it));
        let around = self.statements.last().filter(|_| is_of_literals);
        let around = around.into_iter().flat_map(|sql| innermost(sql));
        let of_json = self.statements.iter().flat_map(|sql| json_of_queries(sql));
        let left = own.first().and_then(|own| self.left_behind(own));
        own.into_iter().chain(through).chain(around).chain(of_json).chain(left).collect()
    }

    /// The same with the kind of the statement that differs, where that uses nothing of it: it shows what others left
    /// behind.
    fn left_behind(&self, own: &Needs) -> Option<Needs> {
        let differing = self.statements.get(self.drifts.first()?.statement)?;
        let said: BTreeSet<String> = words(differing).collect();
        let kind = words(differing).next()?;
        (own.is_special() && !own.all().any(|word| said.contains(word))).then(|| own.clone().with(kind))
    }
}
