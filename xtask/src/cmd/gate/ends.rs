//! The two builds that a gate compares, as its options name them: by name, or by a lock file.

use std::path::PathBuf;

use anyhow::Result;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::contract::DriverVersion;

use super::Args;
use crate::support::cells::both;
use crate::support::locks::Locked;
use crate::support::named::named;

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct From {
    /// The old build
    #[arg(long, value_name = "BUILD")]
    pub(super) from: Option<String>,
    /// A Cargo.lock that brings the old build
    #[arg(long, value_name = "FILE")]
    pub(super) from_lock: Option<PathBuf>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct To {
    /// The new build
    #[arg(long, value_name = "BUILD")]
    pub(super) to: Option<String>,
    /// A Cargo.lock that brings the new build
    #[arg(long, value_name = "FILE")]
    pub(super) to_lock: Option<PathBuf>,
}

/// The build that a driver without a version means, `go`: the one that its versions stand on, with what this machine has.
pub(super) fn own_driver<'a>(builds: &'a BuildSet, name: &str) -> Option<&'a Build> {
    let driver: DriverVersion = name.parse().ok()?;
    let is_own = driver.version.is_none() && driver.driver.is_of_a_language();
    is_own.then(|| builds.of_driver(&driver)).flatten()
}

/// The two builds; the mistakes of both ends come together. `locks` are the names that lock files gave.
pub(super) fn ends<'a>(
    builds: &'a BuildSet,
    args: &Args,
    locks: [Option<Result<Locked>>; 2],
) -> Result<(&'a Build, &'a Build)> {
    let end = |option, name: &Option<String>, lock: Option<Result<Locked>>| {
        let name = match lock {
            Some(lock) => lock?.build,
            None => name.clone().unwrap_or_default(),
        };
        match own_driver(builds, &name) {
            Some(build) => Ok(build),
            None => Ok(named(builds, option, &name)?),
        }
    };
    let [from_lock, to_lock] = locks;
    both(end("--from", &args.from.from, from_lock), end("--to", &args.to.to, to_lock))
}
