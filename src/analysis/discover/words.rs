//! What a case uses that knows a finding.

use std::collections::BTreeSet;

use super::exchange::special;
use super::finding::Finding;
use super::statement::{is_call, step_of};
use crate::analysis::known::{Needs, SHOWS_A_TYPE, asked, innermost, json_of_queries, words};

/// Whether a feature is a literal itself.
fn is_literal(feature: &str) -> bool {
    let is_blob = feature.starts_with(['x', 'X']) && feature.ends_with('\'');
    is_blob || feature.starts_with(|c: char| c == '\'' || c.is_ascii_digit())
}

/// What a statement asks, as the words of a case's step are taken of it.
pub(super) fn as_in_transcripts(statement: &str) -> String {
    if is_call(statement) { asked(&step_of(statement).describe()) } else { statement.to_owned() }
}

impl Finding {
    /// What one of the cases that know it uses: what divides the builds, or what else shows the same of such values.
    pub(super) fn needs(&self) -> Vec<Needs> {
        let of_json = self.statements.iter().flat_map(|sql| json_of_queries(sql));
        let own = self.own_needs();
        let left = own.first().and_then(|own| self.left_behind(own));
        let all = own.into_iter().chain(self.through_others()).chain(self.around_a_literal());
        all.chain(of_json).chain(left).collect()
    }

    /// What divides the builds.
    fn own_needs(&self) -> Vec<Needs> {
        let used: BTreeSet<String> =
            self.statements.iter().flat_map(|it| words(&as_in_transcripts(it)).collect::<Vec<_>>()).collect();
        // Where nothing but literals is used, the core names their classes.
        let is_of_features = self.core.is_subset(&self.features);
        let features = if is_of_features { &self.core } else { &self.features };
        let is_alone = features.len() == 1;
        let features = features.iter().filter(|it| is_alone || *it != SHOWS_A_TYPE);
        let features: Vec<String> = features.map(|it| self.as_in_transcripts(it)).collect();
        let own = Needs::of(&features, &used);
        // A fixed text of the grammar says nothing of what it uses, and a sign may be inside of a literal.
        if own.is_empty() { self.innermost() } else { vec![own] }
    }

    /// A feature that is a call, which has no names of handles, as a transcript shows the call; any other one as it is.
    fn as_in_transcripts(&self, feature: &str) -> String {
        let verb = |text: &str| is_call(text).then(|| text.split(':').next().unwrap_or_default().to_owned());
        let is_it = |statement: &&String| verb(feature).is_some() && verb(statement) == verb(feature);
        let call = self.statements.iter().rev().find(is_it);
        call.map_or_else(|| feature.to_owned(), |call| as_in_transcripts(call))
    }

    /// What else shows the same of special values.
    fn through_others(&self) -> Vec<Needs> {
        let values: Vec<String> = special(&self.statements).into_iter().map(str::to_owned).collect();
        let through = self.through.iter().filter(|_| !values.is_empty());
        let needs = |other| {
            let all: Vec<&String> = std::iter::once(other).chain(&values).collect();
            let used = all.iter().flat_map(|it| words(it)).collect();
            Needs::of(all, &used)
        };
        through.map(needs).collect()
    }

    /// A literal says less than what it is given to.
    fn around_a_literal(&self) -> Vec<Needs> {
        let is_of_literals = self.core.len() == 1 && self.core.iter().all(|it| is_literal(it));
        if is_of_literals { self.innermost() } else { Vec::new() }
    }

    fn innermost(&self) -> Vec<Needs> {
        self.statements.last().map_or_else(Vec::new, |sql| innermost(sql))
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
