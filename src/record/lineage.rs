//! The lineage: which build is compared with which.

use std::collections::{BTreeMap, BTreeSet};

/// A tree (or several) of names: each build and its parent. It does not depend on SQLite, so that the rules of
/// inheritance can be tested with made-up names.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    /// The ancestors of each build, nearest first: a matrix looks them up thousands of times.
    ancestors: BTreeMap<String, Vec<String>>,
    /// The older builds of the same profile that are no ancestors, nearest first.
    older: BTreeMap<String, Vec<String>>,
    off_record: BTreeSet<String>,
}

/// Each build and its parent, not yet checked.
struct Parents(BTreeMap<String, Option<String>>);

/// Why a set of parents is not a lineage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineageError {
    /// A parent that no build has as its name.
    MissingParent {
        /// The build that names it.
        build: String,
        /// The name that no build has.
        parent: String,
    },
    /// Builds that are their own ancestors, in order.
    Cycle {
        /// Their names, each the child of the next.
        builds: Vec<String>,
    },
}

impl Lineage {
    /// The lineage of `(build, parent)` pairs, or all of its errors.
    pub fn new(pairs: impl IntoIterator<Item = (String, Option<String>)>) -> Result<Self, Vec<LineageError>> {
        let parents = Parents(pairs.into_iter().collect());
        let mut errors = parents.missing();
        errors.extend(parents.cycles());
        if !errors.is_empty() {
            return Err(errors);
        }
        let ancestors = parents.0.keys().map(|build| (build.clone(), parents.above(build))).collect();
        Ok(Self { ancestors, ..Self::default() })
    }

    /// The build that `build` is compared with.
    pub fn parent(&self, build: &str) -> Option<&str> {
        self.ancestors(build).next()
    }

    /// The parent, its parent, and so on to the root.
    pub fn ancestors(&self, build: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.ancestors.get(build).into_iter().flatten().map(String::as_str)
    }

    /// The builds whose transcripts `build` may inherit, nearest first: its ancestors, and where none of them has one,
    /// as they support what is asked no more than a build without its flags does, the older builds of its profile.
    pub fn forebears(&self, build: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.ancestors(build).chain(self.older(build))
    }

    /// Where the step to `build` begins that explains why it differs from what it inherits from `holder`.
    pub fn step_from(&self, build: &str, holder: &str) -> Option<&str> {
        match self.ancestors(build).any(|above| above == holder) {
            true => self.parent(build),
            false => self.older(build).next(),
        }
    }

    fn older(&self, build: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.older.get(build).into_iter().flatten().map(String::as_str)
    }

    /// Enters the older builds of each build's profile, nearest first.
    pub(crate) fn with_older(mut self, older: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        for (build, mut older) in older {
            older.retain(|name| !self.ancestors(&build).any(|above| above == name));
            self.older.insert(build, older);
        }
        self
    }

    /// Marks builds that are compared but never recorded: a library that differs from machine to machine does not
    /// belong in snapshots that machines share, nor do releases that nobody upgrades to.
    pub(crate) fn off_record(mut self, builds: impl IntoIterator<Item = String>) -> Self {
        self.off_record.extend(builds);
        self
    }

    /// Whether the behaviour of this build is recorded.
    pub fn is_recorded(&self, build: &str) -> bool {
        !self.off_record.contains(build)
    }

    /// How many ancestors a build has.
    pub fn depth(&self, build: &str) -> usize {
        self.ancestors.get(build).map_or(0, Vec::len)
    }

    /// Whether this build is in the lineage.
    pub fn contains(&self, build: &str) -> bool {
        self.ancestors.contains_key(build)
    }

    /// Every build, parents before their children.
    pub(crate) fn in_order(&self) -> Vec<&str> {
        let mut builds: Vec<&str> = self.ancestors.keys().map(String::as_str).collect();
        builds.sort_by_key(|build| (self.depth(build), *build));
        builds
    }
}

impl Parents {
    fn missing(&self) -> Vec<LineageError> {
        let missing = |(build, parent): (&String, &Option<String>)| {
            let parent = parent.as_ref()?;
            (!self.0.contains_key(parent))
                .then(|| LineageError::MissingParent { build: build.clone(), parent: parent.clone() })
        };
        self.0.iter().filter_map(missing).collect()
    }

    /// Each cycle once, named from its first build in alphabetical order.
    fn cycles(&self) -> Vec<LineageError> {
        let cycle_of = |start: &String| {
            let mut path = vec![start.clone()];
            loop {
                let next = self.0.get(path.last()?)?.as_ref()?;
                if next == start {
                    return Some(path);
                }
                if path.contains(next) {
                    return None;
                }
                path.push(next.clone());
            }
        };
        self.0
            .keys()
            .filter_map(|start| cycle_of(start).filter(|path| path.iter().min() == Some(start)))
            .map(|builds| LineageError::Cycle { builds })
            .collect()
    }

    /// The ancestors of a build, nearest first. Ends only where there is no cycle.
    fn above(&self, build: &str) -> Vec<String> {
        let parent = |build: &String| self.0.get(build)?.clone();
        std::iter::successors(parent(&build.to_owned()), parent).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lineage(pairs: &[(&str, &str)]) -> Result<Lineage, Vec<LineageError>> {
        Lineage::new(pairs.iter().map(|(b, p)| ((*b).to_owned(), (!p.is_empty()).then(|| (*p).to_owned()))))
    }

    #[test]
    fn ancestors_go_up_to_the_root() {
        let lineage = lineage(&[("a", ""), ("b", "a"), ("c", "b"), ("x", "a")]).unwrap();
        assert_eq!(lineage.ancestors("c").collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(lineage.in_order(), ["a", "b", "x", "c"]);
    }

    #[test]
    fn older_builds_of_a_profile_come_after_the_ancestors() {
        let tree = lineage(&[("a", ""), ("b", "a"), ("a-x", "a"), ("b-x", "b")]).unwrap();
        let older = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let tree = tree.with_older([("b-x".to_owned(), older(&["a-x"])), ("b".to_owned(), older(&["a"]))]);
        assert_eq!(tree.forebears("b-x").collect::<Vec<_>>(), ["b", "a", "a-x"]);
        assert_eq!(tree.forebears("b").collect::<Vec<_>>(), ["a"]);
        assert_eq!(tree.ancestors("b-x").collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(tree.step_from("b-x", "a"), Some("b"));
        assert_eq!(tree.step_from("b-x", "a-x"), Some("a-x"));
    }

    #[test]
    fn a_cycle_is_reported_once_and_a_missing_parent_by_name() {
        let errors = lineage(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "nobody"), ("e", "a")]).unwrap_err();
        assert_eq!(
            errors,
            [
                LineageError::MissingParent { build: "d".into(), parent: "nobody".into() },
                LineageError::Cycle { builds: vec!["a".into(), "b".into(), "c".into()] },
            ]
        );
    }
}
