//! What happens to a drift, according to insta's environment variables.

use anyhow::{Result, bail};

/// Where the snapshot of a drift is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A pending file, for review.
    Pending,
    /// On record, without review.
    Record,
    /// It is not written.
    Nowhere,
}

/// insta's environment variables, <https://docs.rs/insta/latest/insta/#updating-snapshots>: `INSTA_UPDATE`, `CI` (or
/// `TF_BUILD`), which `INSTA_UPDATE=auto` depends on, and `INSTA_FORCE_PASS`, which `cargo insta test` sets so that
/// all tests run. Its other variables and its configuration file are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Update {
    update: When,
    is_ci: bool,
    /// Whether a drift that waits for review, or is not written, passes the test.
    pub passes: bool,
}

/// The values of `INSTA_UPDATE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Pending files; none on CI.
    Auto,
    /// Pending files.
    New,
    /// On record. insta's `force` differs only for unchanged snapshots, which are not written here.
    Always,
    /// On record where nothing is on record yet, else pending files.
    Unseen,
    /// No file.
    No,
}

impl Update {
    /// The settings in the environment of this process.
    ///
    /// # Errors
    /// When `INSTA_UPDATE` is not one of insta's values.
    pub(crate) fn from_env() -> Result<Self> {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let update = match variable("INSTA_UPDATE").as_deref() {
            None | Some("" | "auto") => When::Auto,
            Some("new") => When::New,
            Some("always" | "1" | "force") => When::Always,
            Some("unseen") => When::Unseen,
            Some("no") => When::No,
            Some(other) => bail!("INSTA_UPDATE is `{other}`: use auto, new, always, unseen, force or no"),
        };
        Ok(Self {
            update,
            is_ci: is_ci(&variable),
            passes: variable("INSTA_FORCE_PASS").as_deref() == Some("1"),
        })
    }

    /// Where the snapshot of a drift goes, given whether its build has one of its own on record.
    pub(crate) fn destination(self, is_on_record: bool) -> Destination {
        match self.update {
            When::Auto if self.is_ci => Destination::Nowhere,
            When::No => Destination::Nowhere,
            When::Always => Destination::Record,
            When::Unseen if !is_on_record => Destination::Record,
            When::Auto | When::New | When::Unseen => Destination::Pending,
        }
    }
}

/// Whether this process runs on a build server, as insta finds out: nobody is there to accept what is new.
pub fn is_build_server() -> bool {
    is_ci(|name| std::env::var(name).ok())
}

fn is_ci(variable: impl Fn(&str) -> Option<String>) -> bool {
    match variable("CI").as_deref() {
        Some("false" | "0" | "") => false,
        Some(_) => true,
        None => variable("TF_BUILD").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(variables: &[(&str, &str)]) -> Result<Update> {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        Update::of(|name| value(name).map(str::to_owned))
    }

    #[test]
    fn the_values_of_insta_mean_what_insta_documents() {
        use Destination::{Nowhere, Pending, Record};
        for (variables, new, known) in [
            (&[][..], Pending, Pending),
            (&[("CI", "true")], Nowhere, Nowhere),
            (&[("CI", "false"), ("TF_BUILD", "1")], Pending, Pending),
            (&[("TF_BUILD", "1")], Nowhere, Nowhere),
            (&[("INSTA_UPDATE", "new"), ("CI", "1")], Pending, Pending),
            (&[("INSTA_UPDATE", "always")], Record, Record),
            (&[("INSTA_UPDATE", "force"), ("CI", "1")], Record, Record),
            (&[("INSTA_UPDATE", "unseen")], Record, Pending),
            (&[("INSTA_UPDATE", "no")], Nowhere, Nowhere),
        ] {
            let update = update(variables).unwrap();
            assert_eq!((update.destination(false), update.destination(true)), (new, known), "{variables:?}");
            assert!(!update.passes);
        }
        assert!(update(&[("INSTA_UPDATE", "nwe")]).is_err());
        assert!(update(&[("INSTA_FORCE_PASS", "1")]).unwrap().passes);
    }
}
