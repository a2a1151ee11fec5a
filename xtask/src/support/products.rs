//! Products of the builds that a command runs on.

use semver::Version;
use sqlite_contracts::builds::{Batch, Build, BuildError, Store};

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
        let display = Display::new(builds.len(), "built");
        display.compiles(builds.iter().filter(|build| store.find(build).is_none()).count());
        let outcomes = Batch::new(store, builds).run(&display);
        display.finish();
        let mut products = Self { ready: Vec::new(), missing: Vec::new() };
        for outcome in outcomes {
            match outcome.result {
                Ok(_) => products.ready.push(outcome.build),
                Err(error) => products.missing.push((outcome.build, error)),
            }
        }
        products
    }

    /// Ignores the builds whose library is not on this machine: that is not a failure.
    pub(crate) fn of_this_machine(mut self) -> Self {
        self.missing.retain(|(_, error)| !matches!(error, BuildError::Absent { .. }));
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

/// A line for each reason.
fn left_out(missing: &[(&str, String)]) -> Vec<String> {
    let line = |group: Group<'_, (&str, String)>| {
        let builds: Vec<&str> = group.members.iter().map(|(build, _)| *build).collect();
        let were = if builds.len() == 1 { "was" } else { "were" };
        format!("{} {were} left out: {}", builds.join(", "), group.first().1)
    };
    groups(missing, |(_, reason)| reason).into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_that_are_missing_for_one_reason_share_a_line() {
        let missing = [("a", "no compiler"), ("b", "no network"), ("c", "no compiler")]
            .map(|(b, why)| (b, why.to_owned()));
        assert_eq!(left_out(&missing), ["a, c were left out: no compiler", "b was left out: no network"]);
    }
}
