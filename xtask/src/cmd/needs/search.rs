//! The search: which builds are asked, and what their answers prove.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use semver::Version;
use sqlite_contracts::analysis::needs::versions::{Rung, versions};
use sqlite_contracts::analysis::needs::{
    Answer, Lack, Like, Named, Needs, Program, Reference, Sufficient, Versions, lacks,
};
use sqlite_contracts::builds::{Build, Profile};
use sqlite_contracts::diagnostic::paragraph;
use sqlite_contracts::engine::Engine;

use crate::support::each_build::each_build;
use crate::support::exit::Usage;
use crate::support::products::{Products, tell_missing};
use crate::ui::output::width;

/// A program, and the build whose answers it needs.
pub(super) struct Search<'a> {
    pub engine: &'a Engine,
    pub program: &'a dyn Program,
    pub on: &'a Build,
    pub reference: Reference,
    pub no_build: bool,
    version: &'a Version,
}

/// What a build said.
pub(super) struct Asked<'a> {
    pub build: &'a Build,
    pub answers: Vec<Answer>,
}

impl<'a> Search<'a> {
    /// Asks the build whose answers are needed. `is_sql` says that all of the program is SQL, which is to be readable.
    pub(super) fn new(
        engine: &'a Engine,
        program: &'a dyn Program,
        on: &'a Build,
        version: &'a Version,
        is_sql: bool,
        no_build: bool,
    ) -> Result<Self> {
        if let Some((_, error)) = Products::make(engine.store(), [on]).missing.into_iter().next() {
            return Err(error.into());
        }
        let reference = Reference { statements: program.statements(), answers: program.answers(on, None)? };
        let failing: Vec<_> = reference.failing().collect();
        if let Some((statement, answer)) = failing.iter().find(|(_, answer)| is_sql && answer.is_unreadable())
        {
            bail!(Usage(format!(
                "{}: {} cannot read `{}`: {}",
                statement.place,
                on.name(),
                statement.text,
                answer.said
            )));
        }
        if let Some((statement, answer)) = failing.first() {
            let words = format!(
                "{} of {} statements fail on {} too, and are needed to; the first is {} {} → {}",
                failing.len(),
                reference.statements.iter().filter(|statement| statement.is_asked()).count(),
                on.name(),
                statement.place,
                statement.text,
                answer.said
            );
            anstream::eprint!("{}", paragraph(&words, "", "  ", width()));
        }
        Ok(Self { engine, program, on, reference, no_build, version })
    }

    /// All needs.
    pub(super) fn needs(
        &self,
        subjects: Vec<String>,
        ladder: &[&'a Build],
        peers: &[&'a Build],
    ) -> Result<Needs> {
        let known = ladder.len();
        let (ladder, peers) = (self.ask(ladder)?, self.ask(peers)?);
        if self.no_build && ladder.len() < known {
            let words = format!(
                "{} of {known} builds of the ladder are compiled here, and were asked; `builds` names them",
                ladder.len()
            );
            anstream::eprint!("{}", paragraph(&words, "", "  ", width()));
        }
        let like = Like { build: self.on.name().to_owned(), version: self.version.clone() };
        let mut needs = Needs::new(subjects, like, self.versions(&ladder));
        let all: Vec<&Asked> = ladder.iter().chain(&peers).collect();
        for (lack, named) in self.lacking(&all) {
            match lack {
                Lack::Module(_) => needs.modules.push(named),
                Lack::Function(_) => needs.functions.push(named),
                Lack::Symbol(_) => needs.symbols.push(named),
            }
        }
        let names: BTreeSet<String> = needs
            .modules
            .iter()
            .chain(&needs.functions)
            .map(|named| named.name.to_ascii_uppercase())
            .collect();
        needs.flags = self.flags(&ladder, &peers, &names)?;
        needs.limits = self.limits(&all)?;
        if !self.no_build {
            needs.sufficient = self.sufficient(&needs, &ladder)?;
        }
        Ok(needs)
    }

    /// The builds of the same version with other flags.
    pub(super) fn peers(&self) -> Vec<&'a Build> {
        self.engine.builds().iter().filter(|build| self.is_peer(build)).collect()
    }

    fn is_peer(&self, build: &Build) -> bool {
        build.version() == Some(self.version)
            && build.name() != self.on.name()
            && build.profile().preload.is_empty()
    }

    /// What builds say; those that are missing are made, unless nothing is to be compiled.
    pub(super) fn ask<'b>(&self, builds: &[&'b Build]) -> Result<Vec<Asked<'b>>>
    where
        'a: 'b,
    {
        let at_hand = |build: &&'b Build| !self.no_build || self.engine.store().find(build).is_some();
        let chosen: Vec<&Build> = builds.iter().copied().filter(at_hand).collect();
        let Products { ready, missing } = Products::make(self.engine.store(), chosen).of_this_machine();
        tell_missing(&missing);
        let answers = each_build(&ready, |build| self.program.answers(build, None))?;
        Ok(ready.into_iter().zip(answers).map(|(build, answers)| Asked { build, answers }).collect())
    }

    /// The ranges of versions. What differs on the ladder's build of the very version is the flags' doing.
    fn versions(&self, ladder: &[Asked]) -> Versions {
        let same = ladder.iter().find(|asked| asked.build.version() == Some(self.version));
        let by_flags: BTreeSet<usize> =
            same.into_iter().flat_map(|asked| self.reference.differences(&asked.answers)).collect();
        let builds = ladder.iter().map(|asked| asked.build.name().to_owned()).collect();
        let rung = |asked: &Asked| -> Option<Rung> {
            let differences = self.reference.differences(&asked.answers);
            let first = differences.into_iter().find(|at| !by_flags.contains(at));
            Some((
                asked.build.version()?.clone(),
                first.map(|at| self.reference.proof_of(at, &asked.answers)),
            ))
        };
        versions(&ladder.iter().filter_map(rung).collect::<Vec<Rung>>(), builds)
    }

    /// What some build lacks by name, each with the newest build that lacks it.
    fn lacking(&self, asked: &[&Asked]) -> Vec<(Lack, Named)> {
        let mut found: Vec<(Lack, Named)> = Vec::new();
        for asked in asked.iter().rev() {
            for (at, lack) in lacks(&asked.answers) {
                if !self.reference.answers[at].failed && !found.iter().any(|(known, _)| *known == lack) {
                    let proof = self.reference.proof_of(at, &asked.answers);
                    let (name, lacking) = (lack.name().to_owned(), asked.build.name().to_owned());
                    found.push((lack, Named { name, lacking, proof }));
                }
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }

    /// The version of the build whose answers are needed, with other flags.
    pub(super) fn with(&self, profile: &Profile) -> Option<Build> {
        self.engine.builds().with_profile(self.on, profile)
    }

    /// The oldest and the newest version with the flags that must be set and no others.
    fn sufficient(&self, needs: &Needs, ladder: &[Asked]) -> Result<Vec<Sufficient>> {
        let profile = self.least(&needs.flags);
        let is_in = |asked: &&Asked| {
            asked.build.version().is_some_and(|version| needs.versions.mistake(version).is_none())
        };
        let mut ends: Vec<&Build> = ladder.iter().filter(is_in).map(|asked| asked.build).collect();
        if ends.len() > 2 {
            ends.drain(1..ends.len() - 1);
        }
        let builds: Vec<Build> =
            ends.iter().filter_map(|build| self.engine.builds().with_profile(build, &profile)).collect();
        let asked = self.ask(&builds.iter().collect::<Vec<_>>())?;
        let sufficient = asked.iter().filter_map(|asked| {
            Some(Sufficient {
                version: asked.build.version()?.clone(),
                flags: needs.flags.set.iter().map(|need| need.flag.clone()).collect(),
                but: self.reference.proof(&asked.answers),
            })
        });
        Ok(sufficient.collect())
    }
}
