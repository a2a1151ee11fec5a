//! Which flags must be set, and which must not be: by delta debugging, each set that is tried being a build.

use std::collections::BTreeSet;

use anyhow::Result;
use sqlite_contracts::analysis::attribution::{Flag as Difference, apply, ddmin, flags};
use sqlite_contracts::analysis::needs::{Answer, Flag, Flags, Proof};
use sqlite_contracts::builds::{Build, Profile};

use super::search::{Asked, Search};

impl Search<'_> {
    /// The flags that matter. `lacking` are names that some build lacks: the flags that are named alike come first.
    pub(super) fn flags(
        &self,
        ladder: &[Asked],
        peers: &[Asked],
        lacking: &BTreeSet<String>,
    ) -> Result<Flags> {
        let mut unset = self.unset_by(peers, !self.no_build)?;
        let mut asked: BTreeSet<String> =
            peers.iter().filter_map(|peer| alone(self.on, peer.build)).map(|flag| name(&flag)).collect();
        for flag in self.unset_elsewhere(ladder, &mut asked)? {
            if !unset.iter().any(|known| known.flag == flag.flag) {
                unset.push(flag);
            }
        }
        if self.no_build {
            return Ok(Flags { set: Vec::new(), unset, not_asked: Some(not_asked(&asked)) });
        }
        Ok(Flags { set: self.set(lacking)?, unset, not_asked: None })
    }

    /// The flags that no build of the version has alone but one of another version, where that version is asked without it too: what
    /// only the build with the flag answers otherwise is the flag's doing. Nothing is compiled for it.
    fn unset_elsewhere(&self, ladder: &[Asked], asked: &mut BTreeSet<String>) -> Result<Vec<Flag>> {
        let mut found = Vec::new();
        for rung in ladder.iter().rev() {
            for (build, flag) in self.beside(rung.build) {
                let flag = name(&flag);
                if asked.contains(&flag) {
                    continue;
                }
                let Some(with) = self.ask(&[build])?.pop() else { continue };
                asked.insert(flag.clone());
                let without = self.reference.differences(&rung.answers);
                let differs = self.reference.differences(&with.answers);
                let first = differs.into_iter().find(|at| !without.contains(at));
                found
                    .extend(first.map(|at| Flag { flag, proof: self.reference.proof_of(at, &with.answers) }));
            }
        }
        Ok(found)
    }

    /// The builds of a rung's version that are at hand and have one flag more than it.
    fn beside(&self, rung: &Build) -> Vec<(&Build, Difference)> {
        let is_beside = |build: &&Build| {
            build.version() == rung.version()
                && build.profile().preload.is_empty()
                && self.engine.store().find(build).is_some()
        };
        let builds = self.engine.builds().iter().filter(is_beside);
        builds.filter_map(|build| Some((build, alone(rung, build)?))).collect()
    }

    /// The profile that has only these flags.
    pub(super) fn least(&self, flags: &Flags) -> Profile {
        let is_needed = |define: &&String| flags.set.iter().any(|need| need.flag == short(define));
        let profile = self.on.profile();
        Profile { defines: profile.defines.iter().filter(is_needed).cloned().collect(), ..profile.clone() }
    }

    fn set(&self, lacking: &BTreeSet<String>) -> Result<Vec<Flag>> {
        let with = self.on.profile();
        let without = Profile { defines: Vec::new(), ..with.clone() };
        let Some(bare) = self.said(&without)? else { return Ok(Vec::new()) };
        if self.reference.is_like(&bare) {
            return Ok(Vec::new());
        }
        let all = flags(&without, with);
        let is_like = |answers: &[Answer]| self.reference.is_like(answers);
        let named: Vec<Difference> = all.iter().filter(|flag| is_named(flag, lacking)).cloned().collect();
        let starts_with = |set: &[Difference]| -> Result<bool> {
            Ok(self.said(&apply(&without, with, set))?.is_some_and(|answers| is_like(&answers)))
        };
        let start = if !named.is_empty() && starts_with(&named)? { named } else { all };
        let least = ddmin(&start, |sets| self.first(&without, with, sets, &is_like))?;
        least.iter().map(|flag| self.needed(flag, &without, with, &least, &bare)).collect()
    }

    /// A flag that must be set, with what goes wrong when only the others are.
    fn needed(
        &self,
        flag: &Difference,
        without: &Profile,
        with: &Profile,
        least: &[Difference],
        bare: &[Answer],
    ) -> Result<Flag> {
        let others: Vec<Difference> = least.iter().filter(|other| *other != flag).cloned().collect();
        let answers = match others.is_empty() {
            true => Some(bare.to_vec()),
            false => self.said(&apply(without, with, &others))?,
        };
        let proof = answers.and_then(|answers| self.reference.proof(&answers));
        Ok(Flag { flag: name(flag), proof: proof.unwrap_or_else(|| does_not_compile(flag)) })
    }

    /// The flags of known builds that must not be set. A build whose differences are explained by flags that were found
    /// before shows no more.
    fn unset_by(&self, peers: &[Asked], is_compiling: bool) -> Result<Vec<Flag>> {
        let mut found: Vec<Flag> = Vec::new();
        let mut explained: BTreeSet<usize> = BTreeSet::new();
        let own = self.on.profile();
        let added = |build: &Build| -> Vec<Difference> {
            flags(own, build.profile()).into_iter().filter(is_added).collect()
        };
        let mut peers: Vec<(&Asked, Vec<Difference>)> = peers
            .iter()
            .map(|asked| (asked, added(asked.build)))
            .filter(|(_, added)| !added.is_empty())
            .collect();
        peers.sort_by_key(|(_, added)| added.len());
        for (asked, added) in peers {
            let differences = self.reference.differences(&asked.answers);
            if differences.iter().all(|at| explained.contains(at)) {
                continue;
            }
            let differs = |answers: &[Answer]| {
                self.reference.differences(answers).iter().any(|at| !explained.contains(at))
            };
            let is_alone = added.len() == flags(own, asked.build.profile()).len();
            let (least, answers) = if added.len() == 1 && is_alone {
                (added, asked.answers.clone())
            } else if !is_compiling {
                continue;
            } else {
                match self.said(&apply(own, asked.build.profile(), &added))? {
                    Some(answers) if differs(&answers) => {}
                    // What it lacks makes the difference, and `set` finds that.
                    _ => continue,
                }
                let least = ddmin(&added, |sets| self.first(own, asked.build.profile(), sets, &differs))?;
                let answers = self.said(&apply(own, asked.build.profile(), &least))?.unwrap_or_default();
                (least, answers)
            };
            let fresh = self.reference.differences(&answers).into_iter().find(|at| !explained.contains(at));
            let Some(first) = fresh else { continue };
            explained.extend(self.reference.differences(&answers));
            let flag = least.iter().map(name).collect::<Vec<_>>().join(" ");
            found.push(Flag { flag, proof: self.reference.proof_of(first, &answers) });
        }
        Ok(found)
    }

    /// The first of the sets with which the answers are as wanted. As many as there are cores are compiled at once.
    fn first(
        &self,
        from: &Profile,
        to: &Profile,
        sets: &[Vec<Difference>],
        wanted: &dyn Fn(&[Answer]) -> bool,
    ) -> Result<Option<usize>> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for (round, some) in sets.chunks(cores).enumerate() {
            let sizes: Vec<String> = some.iter().map(|set| set.len().to_string()).collect();
            anstream::eprintln!("trying {} flags", sizes.join(" and "));
            let builds: Vec<Option<Build>> =
                some.iter().map(|set| self.with(&apply(from, to, set))).collect();
            let asked = self.ask(&builds.iter().flatten().collect::<Vec<_>>())?;
            let hit = asked.iter().find(|asked| wanted(&asked.answers)).map(|asked| asked.build.name());
            let at = builds.iter().position(|build| hit.is_some() && build.as_ref().map(Build::name) == hit);
            if let Some(at) = at {
                return Ok(Some(round * cores + at));
            }
        }
        Ok(None)
    }

    /// What the version says with these flags; `None` where it cannot be made with them.
    fn said(&self, profile: &Profile) -> Result<Option<Vec<Answer>>> {
        let Some(build) = self.with(profile) else { return Ok(None) };
        Ok(self.ask(&[&build])?.into_iter().next().map(|asked| asked.answers))
    }
}

/// The flag that is all by which another build differs, and that it adds.
fn alone(from: &Build, to: &Build) -> Option<Difference> {
    let mut differences = flags(from.profile(), to.profile());
    differences.pop().filter(|flag| differences.is_empty() && is_added(flag))
}

/// What is not known of flags where nothing may be compiled.
fn not_asked(unset: &BTreeSet<String>) -> String {
    let set = "nothing was compiled: which flags must be set was not searched";
    if unset.is_empty() {
        return format!(
            "{set}, and neither was which must not be: no build that is compiled has a flag more"
        );
    }
    let asked: Vec<&str> = unset.iter().map(String::as_str).collect();
    format!(
        "{set}; of those that must not be, only these were asked, each by a build that is compiled and has it more: {}",
        asked.join(", ")
    )
}

/// A definition that another profile has.
fn is_added(flag: &Difference) -> bool {
    matches!(flag, Difference::Define { after: Some(_), .. })
}

fn is_named(flag: &Difference, lacking: &BTreeSet<String>) -> bool {
    let flag = name(flag);
    lacking.iter().any(|lacking| flag.contains(lacking.as_str()))
}

/// `ENABLE_FTS5` of what defines it.
fn name(flag: &Difference) -> String {
    match flag {
        Difference::Define { after: Some(after), .. } => short(after).to_owned(),
        other => other.to_string(),
    }
}

fn short(define: &str) -> &str {
    define.strip_prefix("SQLITE_").unwrap_or(define)
}

fn does_not_compile(flag: &Difference) -> Proof {
    Proof {
        statement: format!("compiling without {}", name(flag)),
        place: String::new(),
        goes_wrong: "the others do not compile without it".to_owned(),
        instead_of: "a library".to_owned(),
    }
}
