//! The ladder that a command climbs: every version of one profile.

use std::collections::BTreeSet;

use anyhow::Result;
use sqlite_contracts::analysis::history::{Era, Rung};
use sqlite_contracts::builds::chronology::Unasked;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::diagnostic::{nearest, paragraph};

use crate::support::exit::Usage;
use crate::ui::output::width;

/// Whose versions are meant.
#[derive(clap::Args)]
pub(crate) struct Ladder {
    /// The profile whose versions are compared, one after the other
    #[arg(long, value_name = "PROFILE", default_value = "rusqlite")]
    pub profile: String,
}

impl Ladder {
    /// Every version of the profile, the oldest first.
    pub(crate) fn of<'a>(&self, builds: &'a BuildSet) -> Result<Vec<&'a Build>> {
        let ladder = builds.ladder(&self.profile);
        if !ladder.is_empty() {
            return Ok(ladder);
        }
        let known: BTreeSet<&str> = builds.iter().map(|build| build.profile().name.as_str()).collect();
        let known: Vec<&str> = known.into_iter().collect();
        let near =
            nearest(&self.profile, &known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Err(Usage(format!("no version has the profile `{}`{near}", self.profile)).into())
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
pub(crate) fn between<T>(before: &Era<T>, era: &Era<T>) -> String {
    let between = format!("between {} and {}", before.last.version, era.first.version);
    match era.skipped.is_empty() {
        true => between,
        false => format!("{between} (no build of {})", era.skipped),
    }
}

/// What a ladder says nothing about: the known releases that are not on it. A ladder of one build shows no change.
/// `None` when every release is on it.
pub(crate) fn gaps<T>(profile: &str, eras: &[Era<T>], unasked: &Unasked) -> Option<String> {
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
