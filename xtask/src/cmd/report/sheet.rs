//! The data of the page.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use semver::Version;
use serde::Serialize;
use sqlite_contracts::builds::{Build, Profile, Store};
use sqlite_contracts::matrix::survey::{Standing, Survey};
use sqlite_contracts::matrix::table::SIGNS;
use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::snapshots::Recorded;

use super::Report;
use super::defects::{Defect, defects};
use super::keys::Keys;
use super::known::{Ground, Ran};
use super::rows::{Collector, Patterns, Rows};

/// Everything that the page shows.
#[derive(Debug, Default, Serialize)]
pub(super) struct Sheet {
    /// When the page was made, in seconds since 1970.
    made: u64,
    /// When the last run ended, if there was one.
    ran: Option<u64>,
    /// Whether the page opens with the builds of the run.
    opens_with_run: bool,
    /// The status that a cell may have, better ones first.
    signs: Vec<Sign>,
    /// The flag sets of the builds, by name.
    profiles: BTreeMap<String, Flags>,
    builds: Vec<Column>,
    #[serde(flatten)]
    keys: Keys,
    contracts: Vec<Rows>,
    patterns: Patterns,
    advisories: Vec<Defect>,
    /// Why cases did not run, how they ended, what was broken, why they differ: cases refer to them by number.
    pub reasons: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Sign {
    sign: char,
    standing: Standing,
    meaning: &'static str,
}

#[derive(Debug, Serialize)]
struct Column {
    name: String,
    version: Option<String>,
    profile: String,
    tier: &'static str,
    released: Option<String>,
    /// The version that this machine's library has, where the build has none.
    found: Option<String>,
    /// The nearest build above it on the page, by number.
    parent: Option<usize>,
    /// The older builds of its profile that it may inherit from as well, by number, nearest first.
    older: Vec<usize>,
}

/// A flag set.
#[derive(Debug, Serialize)]
struct Flags {
    about: String,
    flags: Vec<String>,
}

impl From<&Profile> for Flags {
    fn from(profile: &Profile) -> Self {
        Self {
            about: profile.about.clone(),
            flags: profile.defines.iter().chain(&profile.compiler).cloned().collect(),
        }
    }
}

impl Sheet {
    /// Collects what is known about every case on every build of the report.
    pub(super) fn new(report: &Report, recorded: &Recorded, store: &Store) -> Result<Self> {
        let lineage = report.inventory.builds.lineage();
        let ran = Ran::new(report.run.as_ref().map_or_else(Survey::default, |run| run.survey.clone()));
        let grounds: Vec<Ground> =
            report.builds.iter().map(|build| Ground::new(build, store)).collect::<Result<_>>()?;
        let columns = columns(&report.builds, lineage, &grounds);
        let versions: Vec<_> = report.builds.iter().zip(&grounds).map(version).collect();
        let advisories = defects(report, &versions)?;
        let keys = Keys::new(report);
        let mut collector = Collector::new(report, ran, grounds, &keys);
        let contracts = report
            .contracts()
            .iter()
            .map(|contract| collector.rows(contract, recorded))
            .collect::<Result<_>>()?;
        let (reasons, patterns) = collector.into_shared();
        Ok(Self {
            made: seconds(SystemTime::now()),
            ran: report.run.as_ref().map(|run| seconds(run.finished)),
            opens_with_run: report.is_of_run,
            signs: signs(),
            profiles: report
                .builds
                .iter()
                .map(|build| (build.profile().name.clone(), build.profile().into()))
                .collect(),
            contracts,
            patterns,
            advisories,
            reasons,
            builds: columns,
            keys,
        })
    }
}

/// The version that a build is of, or that was found.
fn version((build, ground): (&&Build, &Ground)) -> Option<Version> {
    build.version().cloned().or_else(|| ground.version().cloned())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn signs() -> Vec<Sign> {
    let mut signs: Vec<Sign> = SIGNS
        .iter()
        .map(|(standing, sign, meaning)| Sign { sign: *sign, standing: *standing, meaning })
        .collect();
    signs.sort_by_key(|sign| sign.standing);
    signs
}

fn columns(builds: &[&Build], lineage: &Lineage, grounds: &[Ground]) -> Vec<Column> {
    let number = |name: &str| builds.iter().position(|build| build.name() == name);
    let column = |(build, ground): (&&Build, &Ground)| {
        let above = lineage.forebears(build.name());
        Column {
            name: build.name().to_owned(),
            version: build.version().map(ToString::to_string),
            profile: build.profile().name.clone(),
            tier: build.tier().as_str(),
            released: ground.released.clone(),
            found: ground.version().filter(|_| build.version().is_none()).map(ToString::to_string),
            parent: lineage.ancestors(build.name()).find_map(number),
            older: above.skip(lineage.depth(build.name())).filter_map(number).collect(),
        }
    };
    builds.iter().zip(grounds).map(column).collect()
}
