//! Products of the builds that a command runs on.

use sqlite_contracts::builds::{Batch, Build, BuildError, Store};

use crate::ui::progress::Display;

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

/// Prints which builds were left out, and why.
pub(crate) fn tell_missing(missing: &[(&Build, BuildError)]) {
    for (build, error) in missing {
        anstream::eprintln!("{} was left out: {error}", build.name());
    }
}
