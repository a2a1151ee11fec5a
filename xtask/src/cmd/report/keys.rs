//! Which causes explain a difference between any two builds of the page, as data: the page only looks it up.

use std::collections::BTreeSet;

use serde::Serialize;
use sqlite_contracts::contract::cause::Key;
use sqlite_contracts::record::causes::Span;

use super::Report;

/// The keys of all causes, and which of them lie between two builds.
#[derive(Debug, Default, Serialize)]
pub(super) struct Keys {
    /// Versions in order, then names.
    keys: Vec<Key>,
    /// How many of the versions each build has reached; `None` for one that has none. Between two builds lie those that
    /// only one has reached.
    reached: Vec<Option<usize>>,
    /// The numbers of the names between two builds, by the later one, then by the one before it.
    named: Vec<Vec<Vec<usize>>>,
}

impl Keys {
    /// The keys of every contract of the report.
    pub(super) fn new(report: &Report) -> Self {
        let cases = report.contracts().iter().flat_map(|contract| {
            contract.cases.iter().flat_map(|case| contract.causes(&case.name)).map(|cause| &cause.key)
        });
        let keys: Vec<Key> = cases.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let reached =
            |version| keys.iter().filter(|key| matches!(key, Key::Version(it) if it <= version)).count();
        let reached = report.builds.iter().map(|build| build.version().map(reached)).collect();
        Self { named: named(report, &keys), reached, keys }
    }

    /// The number of a key.
    pub(super) fn number(&self, key: &Key) -> Option<usize> {
        self.keys.binary_search(key).ok()
    }
}

fn named(report: &Report, keys: &[Key]) -> Vec<Vec<Vec<usize>>> {
    let family = report.inventory.builds.family();
    let names: Vec<(usize, &Key)> =
        keys.iter().enumerate().filter(|(_, key)| matches!(key, Key::Name(_))).collect();
    let between = |from: &str, to: &str| {
        let span = Span::between(&family, from, to);
        names.iter().filter(|(_, key)| span.covers(key)).map(|(at, _)| *at).collect()
    };
    let builds: Vec<&str> = report.builds.iter().map(|build| build.name()).collect();
    let earlier = |(at, to): (usize, &&str)| builds[..at].iter().map(|from| between(from, to)).collect();
    builds.iter().enumerate().map(earlier).collect()
}
