//! The ladder that a command climbs: every version of one profile.

use std::collections::BTreeSet;

use anyhow::Result;
use sqlite_contracts::analysis::history::{Era, Rung};
use sqlite_contracts::builds::chronology::Unasked;
use sqlite_contracts::builds::{Build, BuildSet, Store, Tier};
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::diagnostic::{nearest, paragraph};
use sqlite_contracts::project::{Project, catalogue};
use sqlite_contracts::system;

use crate::support::context;
use crate::support::exit::Usage;
use crate::ui::output::width;

/// Whose versions are meant.
#[derive(clap::Args)]
pub(crate) struct Ladder {
    /// The profile whose versions are compared, one after the other
    #[arg(long, value_name = "PROFILE", default_value = "rusqlite")]
    pub profile: String,
    /// Ask every version, and compile what is missing; by default the core builds and those that are compiled
    #[arg(long)]
    pub all: bool,
    /// In a project: ask the builds of the library too
    #[arg(long)]
    pub catalogue: bool,
}

/// The builds of a ladder that are asked.
pub(crate) struct Climb<'a> {
    /// The oldest first.
    pub rungs: Vec<&'a Build>,
    /// How many are left out, because nobody asked to compile so many.
    pub left_out: usize,
    /// How many versions of the ladder the library has, and the project has not.
    pub elsewhere: usize,
    /// Whether others may be compiled at all.
    compiles: bool,
}

impl Ladder {
    /// The project whose builds are asked.
    pub(crate) fn project(&self) -> Result<Project> {
        let project = context::project_or_catalogue()?;
        Ok(if self.catalogue { project.with_builds_of_catalogue() } else { project })
    }

    /// Every version of the profile, the oldest first.
    pub(crate) fn of<'a>(&self, builds: &'a BuildSet) -> Result<Vec<&'a Build>> {
        let ladder = builds.ladder(&self.profile);
        if !ladder.is_empty() {
            return Ok(ladder);
        }
        if catalogue::builds_of(&self.profile).next().is_some() {
            return Err(Usage(format!(
                "no build of this project has the profile `{}`: `--catalogue` asks those of the library",
                self.profile
            ))
            .into());
        }
        let known: BTreeSet<&str> = builds.iter().map(|build| build.profile().name.as_str()).collect();
        let known: Vec<&str> = known.into_iter().collect();
        let near =
            nearest(&self.profile, &known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Err(Usage(format!("no version has the profile `{}`{near}", self.profile)).into())
    }

    /// Of the builds that a question is about, those that are asked: all of them where few have to be compiled, else the
    /// core builds and those that are there. A first answer takes minutes then, and not a quarter of an hour.
    pub(crate) fn climb<'a>(&self, builds: Vec<&'a Build>, store: &Store) -> Climb<'a> {
        let is_here = |name: &str| builds.iter().any(|build| build.name() == name);
        let elsewhere = catalogue::builds_of(&self.profile).filter(|name| !is_here(name)).count();
        let is_ready = |build: &&Build| build.tier() == Tier::Core || store.find(build).is_some();
        let (ready, missing): (Vec<&Build>, Vec<&Build>) = builds.iter().copied().partition(is_ready);
        let (rungs, left_out) = match self.all || missing.len() <= FEW || ready.is_empty() {
            true => (builds, 0),
            false => (ready, missing.len()),
        };
        Climb { rungs, left_out, elsewhere, compiles: store.compiles() }
    }
}

/// So many builds are compiled without being asked for: half a minute on two cores.
const FEW: usize = 4;

impl Climb<'_> {
    /// How to ask the others, where some are left out.
    pub(crate) fn rest(&self) -> Option<String> {
        let rest: String = [self.not_compiled(), self.of_library()].into_iter().flatten().collect();
        (!rest.is_empty()).then_some(rest)
    }

    fn of_library(&self) -> Option<String> {
        let text = format!(
            "not asked: the library has {} that this project has not: `--catalogue` asks them too",
            counted(self.elsewhere, "more version", "more versions")
        );
        (self.elsewhere > 0).then(|| paragraph(&text, "", "  ", width()))
    }

    fn not_compiled(&self) -> Option<String> {
        /// Of one core.
        const SECONDS_EACH: usize = 14;
        let minutes = (self.left_out * SECONDS_EACH).div_ceil(60 * system::cores());
        let how = if self.compiles { "`--all`" } else { "`--all` without `--no-build`" };
        let text = format!(
            "{} not compiled here, and not asked: {how} compiles and asks them too, which takes about {}",
            counted(self.left_out, "more build is", "more builds are"),
            counted(minutes, "minute", "minutes")
        );
        (self.left_out > 0).then(|| paragraph(&text, "", "  ", width()))
    }

    /// What is said of the releases between two builds that were asked.
    pub(crate) fn lack(&self) -> &'static str {
        if self.left_out + self.elsewhere == 0 { "no build of" } else { "not asked:" }
    }
}

/// `3.28.0 (2019-04-16)`
pub(crate) fn dated(rung: &Rung) -> String {
    match &rung.released {
        Some(day) => format!("{} ({day})", rung.version),
        None => rung.version.to_string(),
    }
}

/// `3.13.0 … 3.28.0`
pub(crate) fn versions<T>(era: &Era<T>) -> String {
    match era.builds {
        1 => era.first.version.to_string(),
        _ => format!("{} … {}", era.first.version, era.last.version),
    }
}

/// `2016-05-18 … 2019-04-16, 15 builds`
pub(crate) fn extent<T>(era: &Era<T>) -> String {
    let day = |rung: &Rung| rung.released.clone().unwrap_or_else(|| "?".to_owned());
    match era.builds {
        1 => day(&era.first),
        builds => format!("{} … {}, {builds} builds", day(&era.first), day(&era.last)),
    }
}

/// What lies between an era and the one before it: `between 3.28.0 and 3.29.0`, with the releases that were not asked.
pub(crate) fn between<T>(before: &Era<T>, era: &Era<T>, climb: &Climb<'_>) -> String {
    let between = format!("between {} and {}", before.last.version, era.first.version);
    match era.skipped.is_empty() {
        true => between,
        false => format!("{between} ({} {})", climb.lack(), era.skipped),
    }
}

/// What a ladder says nothing about: the known releases that are not on it. A ladder of one build shows no change.
/// `None` when every release is on it.
pub(crate) fn gaps<T>(
    profile: &str,
    eras: &[Era<T>],
    unasked: &Unasked,
    climb: &Climb<'_>,
) -> Option<String> {
    if let Some(rest) = climb.rest() {
        return Some(rest);
    }
    let text = match eras {
        [] => format!("not asked: no build of {profile} can be loaded here"),
        [only] if only.builds == 1 => {
            format!(
                "one build is no ladder: of {profile} there is only {}, so nothing says what other versions do",
                only.first.build
            )
        }
        [oldest, ..] if !unasked.is_empty() => {
            let (count, since) = (unasked.counted(), &oldest.first.version);
            format!("not asked: {count} since {since} without a build of {profile}, {unasked:#}")
        }
        _ => return None,
    };
    Some(paragraph(&text, "", "  ", width()))
}

#[cfg(test)]
mod tests {
    use sqlite_contracts::worker::WorkerProgram;

    use super::*;

    #[test]
    fn where_nothing_may_be_compiled_the_remedy_says_so() {
        let rest = |left_out, compiles| Climb { rungs: Vec::new(), left_out, elsewhere: 0, compiles }.rest();
        let joined = |left_out, compiles| rest(left_out, compiles).map(|text| text.replace("\n  ", " "));
        assert!(joined(3, true).unwrap().contains("not asked: `--all` compiles and asks them too"));
        assert!(
            joined(3, false).unwrap().contains("`--all` without `--no-build` compiles and asks them too")
        );
        assert_eq!(joined(0, false), None);
    }

    #[test]
    fn a_project_is_told_of_the_versions_that_the_library_has() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let ladder = Ladder { profile: "rusqlite".to_owned(), all: false, catalogue: false };
        let rest = |project: &Project| {
            let builds = BuildSet::load(project).unwrap();
            let store = Store::new(project, WorkerProgram::new("worker"));
            ladder.climb(builds.ladder("rusqlite"), &store).of_library()
        };
        assert!(rest(&project).unwrap().contains("`--catalogue` asks them too"));
        assert_eq!(rest(&project.clone().with_builds_of_catalogue()), None);
        let refused = ladder.of(&BuildSet::load(&project).unwrap()).unwrap_err().to_string();
        assert!(refused.contains("`--catalogue` asks those of the library"), "{refused}");
    }
}
