//! Products of the builds that a command runs on.

use semver::Version;
use sqlite_contracts::builds::{Batch, Build, BuildError, Product, Store};

use crate::support::groups::{Group, groups};
use crate::ui::progress::Display;

/// Whether a command may compile what it lacks.
#[derive(Clone, clap::Args)]
pub(crate) struct Compiling {
    /// Do not compile builds that are missing: they are left out
    #[arg(long)]
    no_build: bool,
}

impl Compiling {
    /// Whether it may not.
    pub(crate) fn is_off(&self) -> bool {
        self.no_build
    }

    /// It holds for this store from now on.
    pub(crate) fn apply(&self, store: &Store) {
        if self.no_build {
            store.compile_nothing();
        }
    }
}

/// The builds that can be loaded, and those that cannot.
pub(crate) struct Products<'a> {
    /// The builds that can be loaded, in their order.
    pub ready: Vec<&'a Build>,
    /// Why the others cannot.
    pub missing: Vec<(&'a Build, BuildError)>,
}

impl<'a> Products<'a> {
    /// Compiles the products that do not exist yet.
    pub(crate) fn make(store: &'a Store, builds: impl IntoIterator<Item = &'a Build>) -> Self {
        let builds: Vec<&Build> = builds.into_iter().collect();
        if !store.compiles() {
            return Self::of(builds.into_iter().map(|build| (build, store.ensure(build, &()))));
        }
        let display = Display::new(builds.len(), "built");
        display.compiles(builds.iter().filter(|build| store.find(build).is_none()).count());
        let outcomes = Batch::new(store, builds).run(&display);
        display.finish();
        Self::of(outcomes.into_iter().map(|outcome| (outcome.build, outcome.result)))
    }

    fn of(results: impl Iterator<Item = (&'a Build, Result<Product, BuildError>)>) -> Self {
        let mut products = Self { ready: Vec::new(), missing: Vec::new() };
        for (build, result) in results {
            match result {
                Ok(_) => products.ready.push(build),
                Err(error) => products.missing.push((build, error)),
            }
        }
        products
    }

    /// Ignores the builds whose library, or what their profile needs, is not on this machine: that is not a failure. What a
    /// profile needs can be had, so it is said.
    pub(crate) fn of_this_machine(mut self) -> Self {
        let absent: Vec<_> = self.missing.extract_if(.., |(_, error)| error.is_absence()).collect();
        let is_lacking = |(_, error): &(&Build, BuildError)| matches!(error, BuildError::Lacking { .. });
        tell_missing(&absent.into_iter().filter(is_lacking).collect::<Vec<_>>());
        self
    }
}

/// A build as people read it: a library that has no version in its name is shown with its own, `system (3.45.1)`.
pub(crate) fn named(build: &Build, version: Option<&Version>) -> String {
    match version {
        Some(version) if build.version().is_none() => format!("{} ({version})", build.name()),
        _ => build.name().to_owned(),
    }
}

/// Prints which builds were left out, and why.
pub(crate) fn tell_missing(missing: &[(&Build, BuildError)]) {
    let reasons: Vec<(&str, String)> =
        missing.iter().map(|(build, error)| (build.name(), error.to_string())).collect();
    left_out(&reasons).iter().for_each(|line| anstream::eprintln!("{line}"));
}

/// What stands for the name of any of several builds.
const ELLIPSIS: &str = "…";

/// A line for each reason.
fn left_out(missing: &[(&str, String)]) -> Vec<String> {
    let line = |group: Group<'_, (&str, String)>| {
        let builds: Vec<&str> = group.members.iter().map(|(build, _)| *build).collect();
        let were = if builds.len() == 1 { "was" } else { "were" };
        let reason = match builds.as_slice() {
            [_] => group.first().1.clone(),
            // What a remedy says of one build holds for all of them.
            several => of_several(&group.first().1.replace(several[0], ELLIPSIS)),
        };
        format!("{} {were} left out: {reason}", builds.join(", "))
    };
    groups(missing, |(build, reason)| reason.replace(build, ELLIPSIS)).into_iter().map(line).collect()
}

/// What is said of `it` said of several.
fn of_several(reason: &str) -> String {
    let begun = reason.strip_prefix("it is ").map(|rest| format!("they are {rest}"));
    let reason = begun.unwrap_or_else(|| reason.to_owned());
    match reason.strip_suffix(" compiles it") {
        Some(begin) => format!("{begin} compiles them"),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_that_are_missing_for_one_reason_share_a_line() {
        let left_out = |missing: &[(&str, &str)]| {
            let missing: Vec<_> = missing.iter().map(|(build, why)| (*build, (*why).to_owned())).collect();
            left_out(&missing)
        };
        let missing = [("3.7.17", "no compiler"), ("3.8.2", "no network"), ("3.9.1", "no compiler")];
        assert_eq!(
            left_out(&missing),
            ["3.7.17, 3.9.1 were left out: no compiler", "3.8.2 was left out: no network"]
        );
        let missing = ["3.7.17", "3.8.2"];
        let why = missing.map(|build| format!("it is not compiled: `build {build}` compiles it"));
        let missing = [(missing[0], why[0].as_str()), (missing[1], why[1].as_str())];
        assert_eq!(
            left_out(&missing),
            ["3.7.17, 3.8.2 were left out: they are not compiled: `build …` compiles them"]
        );
        let one = "3.7.17 was left out: it is not compiled: `build 3.7.17` compiles it";
        assert_eq!(left_out(&missing[..1]), [one]);
    }
}
