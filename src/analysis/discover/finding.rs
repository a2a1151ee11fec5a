//! Findings: small programs on which builds disagree, each with the builds between which it changes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::answer::{Answers, digest};
use super::change::Change;
use super::electorate::Electorate;
use super::exchange::have_literal_in_common;
use super::message::is_of_absence;
use super::program::Program;
use crate::analysis::known::values;
use crate::outcome::shown::parts;

/// A reduced program on which builds disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The number of the program that it was made of.
    pub program: u64,
    /// The statements.
    pub statements: Vec<String>,
    /// What of SQLite they use.
    pub features: BTreeSet<String>,
    /// Where it changes, in the order of the builds; never empty.
    pub drifts: Vec<Drift>,
    /// How many programs showed nothing else than findings, this one among them.
    pub seen: u64,
    /// The innermost of what they use: findings with the same groups and one of these are one.
    pub(super) core: BTreeSet<String>,
    /// What else shows it, as far as programs were met in which this was the innermost.
    pub through: BTreeSet<String>,
    /// What other programs used that were reduced to this one.
    others: Vec<Use>,
    /// The group of each build: those of one group do the same.
    groups: Vec<usize>,
    /// What each group does.
    answers: Vec<Answers>,
}

/// How a finding shows itself in larger programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Use {
    /// What they use.
    pub features: BTreeSet<String>,
    /// As which change, where it is not one like its own.
    pub change: Option<Change>,
}

/// A change between a build and its parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The build before.
    pub before: String,
    /// The build with which it begins.
    pub after: String,
    /// In which statement, from 0.
    pub statement: usize,
    /// What changes.
    pub change: Change,
    /// What the statement shows before.
    pub was: String,
    /// What it shows after.
    pub is: String,
}

impl Drift {
    /// Whether one of the builds lacks what is used; the other one may die of it.
    pub(super) fn is_of_absence(&self) -> bool {
        let says_so = |shown: &String| shown.strip_prefix("ERROR: ").is_some_and(is_of_absence);
        self.change.absent().is_some()
            || self.change == Change::Crash && [&self.was, &self.is].into_iter().any(says_so)
    }

    /// The first value that changes, where as many values are shown on both sides.
    pub(super) fn value(&self) -> Option<(String, String)> {
        let (was, is) = (parts(&self.was), parts(&self.is));
        let (was, is) = was.into_iter().zip(is).find(|(was, is)| was != is)?;
        let (was, is) = (values(was), values(is));
        (was.len() == is.len()).then(|| was.into_iter().zip(is).find(|(was, is)| was != is)).flatten()
    }

    /// Whether both builds are of one version, which their names begin with.
    pub(super) fn is_of_flags(&self) -> bool {
        let version = |build: &str| build.split_once('-').map(|(version, _)| version.to_owned());
        version(&self.before).is_some_and(|before| Some(before) == version(&self.after))
    }
}

impl Finding {
    /// What the builds did with a program; `show` says it in words. Nothing where they agree.
    pub(super) fn of(
        number: u64,
        program: &Program,
        electorate: &Electorate,
        of_builds: &[Answers],
        show: impl Fn(usize) -> anyhow::Result<Vec<String>>,
    ) -> anyhow::Result<Option<Self>> {
        let (groups, answers) = groups(of_builds.iter());
        let answers = answers.into_iter().cloned().collect();
        let (mut drifts, mut known) = (Vec::new(), BTreeMap::new());
        for (before, after) in electorate.edges() {
            if let Some((statement, change)) = Change::between(&of_builds[before], &of_builds[after]) {
                let mut shown = |build| {
                    let all = known.entry(build).or_insert_with(|| show(build));
                    let all = all.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
                    Ok::<_, anyhow::Error>(all.get(statement).cloned().unwrap_or_default())
                };
                let (was, is) = (shown(before)?, shown(after)?);
                let (before, after) = (electorate.name(before).to_owned(), electorate.name(after).to_owned());
                drifts.push(Drift { before, after, statement, change, was, is });
            }
        }
        let Some(first) = drifts.first() else { return Ok(None) };
        let found = Self {
            program: number,
            statements: program.sql(),
            features: program.features(),
            seen: 1,
            core: program.core(first.statement),
            through: BTreeSet::new(),
            others: Vec::new(),
            groups,
            answers,
            drifts,
        };
        Ok(Some(found))
    }

    /// Whether a difference between two builds may be this one: the same kind of change, where everything is used that
    /// this one needs.
    pub(super) fn explains(&self, used: &BTreeSet<String>, builds: (usize, usize), change: &Change) -> bool {
        let (before, after) = (self.groups[builds.0], self.groups[builds.1]);
        if before == after || change.absent().is_none() && !self.is_used_in(used) {
            return false;
        }
        let Some((_, own)) = Change::between(&self.answers[before], &self.answers[after]) else {
            return false;
        };
        if own.absent().is_some() {
            return own == *change && (own.names_what_is_absent() || self.core.is_subset(used));
        }
        own.is_like(change) && !self.features.is_empty() && self.features.is_subset(used)
            || self.others.iter().any(|it| it.shows(&own, used, change))
    }

    /// Whether a program that uses all this may show it, whatever changes.
    fn is_used_in(&self, used: &BTreeSet<String>) -> bool {
        !self.features.is_empty() && self.features.is_subset(used)
            || self.others.iter().any(|it| it.features.is_subset(used))
    }

    /// Whether another finding is this one: the same builds do alike, and the innermost of what is used is the same, or
    /// the statements are, which two rules of the generator may have made.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.statements == other.statements
            || self.groups == other.groups && !self.core.is_disjoint(&other.core)
    }

    /// Where it changes, without the builds that lack what it uses: of two functions one may be older.
    pub(super) fn telling(&self) -> Vec<&Drift> {
        self.drifts.iter().filter(|drift| drift.change.absent().is_none()).collect()
    }

    /// The changes that it is about, by their numbers: without the builds that lack what it uses, unless there are no others.
    pub(super) fn meant(&self) -> Vec<usize> {
        let is_telling = |at: &usize| !self.drifts[*at].is_of_absence();
        let telling: Vec<usize> = (0..self.drifts.len()).filter(is_telling).collect();
        if telling.is_empty() { (0..self.drifts.len()).collect() } else { telling }
    }

    /// Whether another finding changes at the same builds in the same way, so that the two may be one.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let (own, others) = (self.telling(), other.telling());
        let is_same =
            |(one, other): (&&Drift, &&Drift)| one.after == other.after && one.change.is_like(&other.change);
        !own.is_empty() && own.len() == others.len() && own.iter().zip(&others).all(is_same)
    }

    /// Whether a message changes, or comes or goes, so that what changes alike changes in the same words.
    pub(super) fn fails_in_words(&self) -> bool {
        let is_in_words =
            |change: &Change| matches!(change, Change::Fails(_) | Change::Works(_) | Change::Message(..));
        self.telling().iter().any(|drift| is_in_words(&drift.change))
    }

    /// Whether the two may be one drift all the same: they change alike, and have a function, a clause or a literal in
    /// common.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        let is_common = || {
            !self.features.is_disjoint(&other.features)
                || have_literal_in_common(&self.statements, &other.statements)
        };
        self.is_alike(other) && is_common()
    }

    /// How programs show it.
    pub(super) fn uses(&self) -> impl Iterator<Item = Use> + '_ {
        let own = Use { features: self.features.clone(), change: None };
        std::iter::once(own).chain(self.others.iter().cloned())
    }

    /// Whether the two change at a common build.
    pub(super) fn shares(&self, other: &Self) -> bool {
        let is_there = |drift: &Drift| other.drifts.iter().any(|it| it.after == drift.after);
        self.drifts.iter().any(is_there)
    }

    /// Remembers that programs which use this are reduced to this finding.
    pub(super) fn also(&mut self, other: Use) {
        let is_new = |known: &Use| known.change != other.change || !known.features.is_subset(&other.features);
        if !other.features.is_empty() && self.uses().all(|known| is_new(&known)) {
            self.others.push(other);
        }
    }

    /// The smaller of two that are the same, with what is known of both.
    pub(super) fn merge(&mut self, mut other: Self) {
        let is_told_more = self.statements == other.statements && self.features.is_empty();
        if other.bytes() < self.bytes() || is_told_more {
            std::mem::swap(self, &mut other);
        }
        self.seen += other.seen;
        self.seen_through(other.core.intersection(&other.features).chain(&other.through));
        let uses: Vec<Use> = other.uses().collect();
        uses.into_iter().for_each(|it| self.also(it));
    }

    /// Remembers what else shows it.
    pub(super) fn seen_through<'a>(&mut self, others: impl IntoIterator<Item = &'a String>) {
        let others = others.into_iter().filter(|other| !self.core.contains(*other));
        self.through.extend(others.cloned().collect::<Vec<_>>());
    }

    /// The drift that says what the finding is: the one that matters most. Of what an older build fails at, and what only
    /// flags change silently afterwards, it is the one by which it came: a setting that is new has a default of each build.
    pub fn main(&self) -> Option<&Drift> {
        let most = self.drifts.iter().min_by_key(|drift| drift.change.rank())?;
        let is_of_versions = |it: &Drift| it.change.is_silent() && !it.is_of_flags();
        let is_set_by_flags = most.change.is_silent() && !self.drifts.iter().any(is_of_versions);
        let comes = |it: &&Drift| matches!(it.change, Change::Works(_) | Change::Appears(_));
        let coming = self.drifts.iter().find(comes).filter(|_| is_set_by_flags);
        coming.or(Some(most))
    }

    /// Bytes of its statements, with a semicolon after each.
    pub fn bytes(&self) -> usize {
        self.statements.iter().map(|sql| sql.len() + 1).sum()
    }

    /// A short name that the same finding has again: `round-1f3a`.
    pub fn name(&self) -> String {
        name_of(&self.features, &self.statements)
    }
}

/// A short name of statements that use these features.
pub(super) fn name_of(features: &BTreeSet<String>, statements: &[String]) -> String {
    let word = |feature: &String| {
        feature
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect()
    };
    let words: Vec<String> = features.iter().map(word).collect();
    let words = words.iter().flat_map(|word| word.split('-')).filter(|word| !word.is_empty()).take(4);
    let words = words.collect::<Vec<_>>().join("-");
    format!("{}-{:04x}", if words.is_empty() { "sql" } else { &words }, digest(statements) & 0xffff)
}

/// The group of each build, and what the builds of each group do.
pub(super) fn groups<'a>(of_builds: impl Iterator<Item = &'a Answers>) -> (Vec<usize>, Vec<&'a Answers>) {
    let mut answers: Vec<&Answers> = Vec::new();
    let groups = of_builds.map(|did| {
        answers.iter().position(|known| *known == did).unwrap_or_else(|| {
            answers.push(did);
            answers.len() - 1
        })
    });
    let groups = groups.collect();
    (groups, answers)
}

impl Use {
    /// Whether a change in a program that uses all this may be a finding whose own change is `own`.
    fn shows(&self, own: &Change, used: &BTreeSet<String>, change: &Change) -> bool {
        let is_meant = self.change.as_ref().map_or_else(|| own.is_like(change), |it| it == change);
        is_meant && self.features.is_subset(used)
    }
}

#[cfg(test)]
impl Finding {
    /// A finding of one statement that changes a text at these builds.
    pub(super) fn made_up(sql: &str, feature: &str, builds: &[&str]) -> Self {
        use super::answer::Type;
        let drift = |build: &&str| Drift {
            before: String::new(),
            after: (*build).to_owned(),
            statement: 0,
            change: Change::Value(Type::Text, Type::Text),
            was: "\"a\"".to_owned(),
            is: "\"b\"".to_owned(),
        };
        Self {
            program: 0,
            statements: vec![sql.to_owned()],
            features: BTreeSet::from([feature.to_owned()]),
            drifts: builds.iter().map(drift).collect(),
            seen: 1,
            core: BTreeSet::from([feature.to_owned()]),
            through: BTreeSet::new(),
            others: Vec::new(),
            groups: Vec::new(),
            answers: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_lacks_is_no_change_of_its_own_where_the_other_dies_of_it() {
        let mut found = Finding::made_up("SELECT sum(a) OVER () FROM t", "sum", &["2", "3"]);
        let [came, mended] = &mut found.drifts[..] else { unreachable!() };
        (came.change, mended.change) = (Change::Crash, Change::Crash);
        came.was = "ERROR: near \"(\": syntax error".to_owned();
        assert_eq!(found.meant(), [1]);
        found.drifts[0].was = "ERROR: no such column: a".to_owned();
        assert_eq!(found.meant(), [0, 1]);
    }

    #[test]
    fn the_value_that_changes_is_told_by_its_place() {
        let of = |was: &str, is: &str| {
            let mut found = Finding::made_up("SELECT 1", "x", &["2"]);
            (found.drifts[0].was, found.drifts[0].is) = (was.to_owned(), is.to_owned());
            found.drifts[0].value()
        };
        let pair = |was: &str, is: &str| Some((was.to_owned(), is.to_owned()));
        assert_eq!(of("(1, \"a, b\"), (2, 3)", "(1, \"a, b\"), (2, NULL)"), pair("3", "NULL"));
        assert_eq!(of("\"a\"", "\"b\""), pair("\"a\"", "\"b\""));
        assert_eq!(of("(1, 2)", "1"), None);
    }

    #[test]
    fn what_came_and_is_set_by_flags_is_no_silent_change() {
        let class = |after: &str| {
            let mut found = Finding::made_up("PRAGMA x", "PRAGMA", &["3.29.0-rusqlite", after]);
            found.drifts[0].change = Change::Works("ERROR".to_owned());
            found.drifts[1].before = "3.54.1-rusqlite".to_owned();
            found.main().unwrap().change.class()
        };
        assert_eq!(class("3.54.1-vanilla"), "error");
        assert_eq!(class("3.54.2-rusqlite"), "value");
        let mut found = Finding::made_up("SELECT x()", "x", &["3.29.0-rusqlite", "3.54.1-vanilla"]);
        found.drifts[0].change = Change::Works("ERROR".to_owned());
        found.drifts[1].change = Change::Crash;
        assert_eq!(found.main().unwrap().change, Change::Crash);
    }
}
