//! Which builds the words of `on` mean.

use super::{Build, BuildSet, Tier};
use crate::contract::Contract;
use crate::contract::other_build::OtherBuild;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};

impl BuildSet {
    /// The build that a case on `build` means by a word. The oldest and the newest do not depend on which builds a
    /// command selects. The error says why there is none.
    ///
    /// # Errors
    /// That reason.
    pub fn other(&self, build: &Build, word: &OtherBuild) -> Result<&Build, String> {
        let found = match word {
            OtherBuild::Oldest => self.oldest(),
            OtherBuild::Newest => self.newest(),
            OtherBuild::Parent => build.parent().and_then(|parent| self.get(parent)),
            OtherBuild::Named(name) => self.get(name),
        };
        found.ok_or_else(|| match word {
            OtherBuild::Oldest | OtherBuild::Newest => "needs a core build".to_owned(),
            OtherBuild::Parent => format!("{} has no parent", build.name()),
            OtherBuild::Named(name) => format!("there is no build `{name}`"),
        })
    }

    /// The first core build.
    fn oldest(&self) -> Option<&Build> {
        self.iter().find(|build| self.is_in_core(build))
    }

    /// The last core build that descends from the oldest one and has its profile.
    fn newest(&self) -> Option<&Build> {
        let oldest = self.oldest()?;
        let descends = |build: &&Build| {
            self.lineage.ancestors(build.name()).any(|above| above == oldest.name())
                && build.profile().name == oldest.profile().name
        };
        let core: Vec<&Build> = self.iter().filter(|build| self.is_in_core(build)).collect();
        core.into_iter().rev().find(descends).or(Some(oldest))
    }

    fn is_in_core(&self, build: &Build) -> bool {
        build.tier() == Tier::Core && self.lineage.is_recorded(build.name())
    }

    /// Checks that the builds exist which a contract names.
    ///
    /// # Errors
    /// A mistake for each that does not, with the nearest name.
    pub fn check_named(&self, contract: &Contract) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        for named in contract.named_builds.iter().filter(|named| self.get(&named.name).is_none()) {
            let help = match nearest(&named.name, &OtherBuild::WORDS) {
                Some(word) => Some(format!("did you mean `{word}`?")),
                None => self.suggestion(&named.name),
            };
            mistakes.push(help.into_iter().fold(named.unknown.clone(), Diagnostic::help));
        }
        mistakes.into_result(())
    }
}
