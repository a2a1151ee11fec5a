//! Which few of many flags bring a difference about.

use anyhow::Result;
use sqlite_contracts::analysis::attribution::{Corners, Flag, apply, ddmin, flags};
use sqlite_contracts::analysis::history::Behaviour;
use sqlite_contracts::builds::{Build, Profile};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;

use super::{Smallest, behaviours};
use crate::support::products::Products;

/// The smallest set of flags that turns what a version does with the old flags into what it does with the new ones; on
/// the new version where the flags matter there, else on the old one. `None` when they matter on neither.
pub(super) fn smallest(
    engine: &Engine,
    contract: &Contract,
    builds: &Corners<Build>,
    did: &Corners<Behaviour>,
) -> Result<Option<Smallest>> {
    let on_new = did.version.as_ref().map(|before| (&builds.to, before, &did.to));
    let on_old = did.flags.as_ref().map(|after| (&builds.from, &did.from, after));
    let matters = [on_new, on_old].into_iter().flatten().find(|(_, before, after)| before != after);
    let Some((build, _, goal)) = matters else { return Ok(None) };
    let (from, to) = (builds.from.profile(), builds.to.profile());
    let all = flags(from, to);
    let mut search = Search { engine, contract, build, from, to, goal, tried: 0 };
    let smallest = ddmin(&all, |sets| search.first(sets))?;
    Ok(Some(Smallest {
        on: build.version().map_or_else(|| build.name().to_owned(), ToString::to_string),
        differing: all.len(),
        smallest,
        tried: search.tried,
    }))
}

/// Tries sets of flags on a build.
struct Search<'a> {
    engine: &'a Engine,
    contract: &'a Contract,
    build: &'a Build,
    from: &'a Profile,
    to: &'a Profile,
    goal: &'a Behaviour,
    tried: usize,
}

impl Search<'_> {
    /// The first of the sets with which the build does what it does with all flags. As many as there are cores are
    /// compiled at once; those after them only when none of these does.
    fn first(&mut self, sets: &[Vec<Flag>]) -> Result<Option<usize>> {
        let cores = sqlite_contracts::system::cores();
        for (round, some) in sets.chunks(cores).enumerate() {
            if let Some(at) = self.first_of(some)? {
                return Ok(Some(round * cores + at));
            }
        }
        Ok(None)
    }

    fn first_of(&mut self, sets: &[Vec<Flag>]) -> Result<Option<usize>> {
        let sizes: Vec<String> = sets.iter().map(|set| set.len().to_string()).collect();
        anstream::eprintln!("trying {} flags", sizes.join(" and "));
        self.tried += sets.len();
        let varied =
            |set: &Vec<Flag>| self.engine.builds().with_profile(self.build, &apply(self.from, self.to, set));
        let variations: Vec<Build> = sets.iter().filter_map(varied).collect();
        // Flags that do not compile without others say nothing.
        let ready = Products::make(self.engine.store(), &variations).ready;
        let did = behaviours(self.engine, self.contract, &ready)?;
        let found = ready.iter().zip(did).find(|(_, did)| did == self.goal).map(|(build, _)| build.name());
        Ok(variations.iter().position(|build| Some(build.name()) == found))
    }
}
