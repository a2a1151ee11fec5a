//! How two profiles differ, one flag at a time.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::builds::{Profile, name_of};

/// One way in which a profile differs from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flag {
    /// A macro, as `SQLITE_THREADSAFE=1`.
    Define {
        /// The definition in the first profile; `None` without one.
        before: Option<String>,
        /// The definition in the other profile; `None` without one.
        after: Option<String>,
    },
    /// An argument of the compiler; `-O2` and `-O3` count as one that changed.
    Argument {
        /// The argument in the first profile; `None` without one.
        before: Option<String>,
        /// The argument in the other profile; `None` without one.
        after: Option<String>,
    },
    /// The C files and header folders beside the main one.
    Files,
    /// The libraries and environment variables of a process that uses the build.
    Process,
    /// The properties that a contract may require.
    Properties,
}

/// Every way in which `to` differs from `from`.
pub fn flags(from: &Profile, to: &Profile) -> Vec<Flag> {
    let defines = changed(&from.defines, &to.defines, name_of);
    let defines = defines.into_iter().map(|(before, after)| Flag::Define { before, after });
    let arguments = changed(&from.compiler, &to.compiler, option_name);
    let arguments = arguments.into_iter().map(|(before, after)| Flag::Argument { before, after });
    let others = [
        (Flag::Files, (&from.sources, &from.include) != (&to.sources, &to.include)),
        (Flag::Process, (&from.preload, &from.environment) != (&to.preload, &to.environment)),
        (Flag::Properties, from.properties != to.properties),
    ];
    let others = others.into_iter().filter_map(|(flag, differs)| differs.then_some(flag));
    defines.chain(arguments).chain(others).collect()
}

/// `from` with some of the flags by which `to` differs.
pub fn apply(from: &Profile, to: &Profile, flags: &[Flag]) -> Profile {
    // What nothing uses of a library changes nothing.
    let needs = to.needs.as_ref().or(from.needs.as_ref()).cloned();
    let mut profile = Profile { needs, ..from.clone() };
    for flag in flags {
        match flag {
            Flag::Define { before, after } => replace(&mut profile.defines, before.as_ref(), after.as_ref()),
            Flag::Argument { before, after } => {
                replace(&mut profile.compiler, before.as_ref(), after.as_ref())
            }
            Flag::Files => {
                profile.sources.clone_from(&to.sources);
                profile.include.clone_from(&to.include);
            }
            Flag::Process => {
                profile.preload.clone_from(&to.preload);
                profile.environment.clone_from(&to.environment);
            }
            Flag::Properties => profile.properties.clone_from(&to.properties),
        }
    }
    profile
}

/// Both sides of every item that differs between two lists, in their order. Items of the same name form a pair.
fn changed(from: &[String], to: &[String], name: fn(&str) -> &str) -> Vec<(Option<String>, Option<String>)> {
    let last = |list: &[String], wanted: &str| list.iter().rev().find(|word| name(word) == wanted).cloned();
    let mut seen = BTreeSet::new();
    let names = from.iter().chain(to).map(|word| name(word)).filter(|name| seen.insert(*name));
    let sides = names.map(|name| (last(from, name), last(to, name)));
    sides.filter(|(before, after)| before != after).collect()
}

/// Replaces `before` by `after`, or appends it.
fn replace(list: &mut Vec<String>, before: Option<&String>, after: Option<&String>) {
    let at = list.iter().position(|word| Some(word) == before);
    match (at, after) {
        (Some(at), Some(after)) => list[at].clone_from(after),
        (Some(at), None) => drop(list.remove(at)),
        (None, Some(after)) => list.push(after.clone()),
        (None, None) => {}
    }
}

/// `-ffp-contract` of `-ffp-contract=fast`, and `-O` of every level.
fn option_name(argument: &str) -> &str {
    if argument.starts_with("-O") { "-O" } else { name_of(argument) }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Define { before, after } | Self::Argument { before, after } => match (before, after) {
                (Some(before), Some(after)) => write!(f, "{after} instead of {before}"),
                (Some(before), None) => write!(f, "without {before}"),
                (None, after) => f.write_str(after.as_deref().unwrap_or_default()),
            },
            Self::Files => f.write_str("the C files beside the main one"),
            Self::Process => f.write_str("what is loaded before it"),
            Self::Properties => f.write_str("the profile's properties"),
        }
    }
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(defines: &[&str], compiler: &[&str]) -> Profile {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Profile {
            name: "any".to_owned(),
            about: String::new(),
            defines: words(defines),
            compiler: words(compiler),
            sources: Vec::new(),
            include: Vec::new(),
            preload: Vec::new(),
            environment: Default::default(),
            properties: Default::default(),
            needs: None,
        }
    }

    #[test]
    fn profiles_differ_by_what_only_one_has_and_by_values() {
        let from = profile(&["A", "SQLITE_THREADSAFE=1", "C"], &["-O2"]);
        let to = profile(&["C", "SQLITE_DQS=0", "SQLITE_THREADSAFE=0"], &["-O3", "-ffp-contract=fast"]);
        let found = flags(&from, &to);
        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "without A",
                "SQLITE_THREADSAFE=0 instead of SQLITE_THREADSAFE=1",
                "SQLITE_DQS=0",
                "-O3 instead of -O2",
                "-ffp-contract=fast"
            ]
        );
    }

    #[test]
    fn all_flags_together_make_the_other_profile() {
        let from = profile(&["A", "B=1"], &["-O2"]);
        let mut to = profile(&["B=2", "D"], &[]);
        to.preload = vec!["libasan.so".to_owned()];
        to.properties = ["sanitizer".to_owned()].into();
        assert_eq!(apply(&from, &to, &flags(&from, &to)), to);
        assert_eq!(apply(&from, &to, &[]), from);
        let one = apply(&from, &to, &flags(&from, &to)[..1]);
        assert_eq!(one.defines, ["B=1"]);
        assert_eq!(flags(&from, &from), []);
    }
}
