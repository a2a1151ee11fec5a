//! Which releases have which known defects, as published: nothing of it was run.

use std::cmp::Reverse;

use anyhow::Result;
use semver::Version;
use serde::Serialize;
use sqlite_contracts::contract::advisory::Advisory;

use super::Report;

/// An advisory, and the builds whose release has it.
#[derive(Debug, Serialize)]
pub(super) struct Defect {
    id: String,
    title: String,
    effect: &'static str,
    harm: String,
    links: Vec<String>,
    cve: Vec<String>,
    releases: String,
    /// For each build `1`, `0`, or a space where its release is not known.
    has: String,
}

/// The advisories of a project on builds of these versions; those that newer versions have come first.
pub(super) fn defects(report: &Report, versions: &[Option<Version>]) -> Result<Vec<Defect>> {
    let mut advisories = Advisory::all(report.project)?;
    // The newest and the oldest of the versions that have it.
    advisories.sort_by_cached_key(|advisory| {
        let having = || versions.iter().flatten().filter(|version| advisory.is_in(version));
        Reverse((having().max(), having().min()))
    });
    Ok(advisories.into_iter().map(|advisory| defect(advisory, versions)).collect())
}

fn defect(advisory: Advisory, versions: &[Option<Version>]) -> Defect {
    let has = |version: &Option<Version>| match version {
        Some(version) if advisory.is_in(version) => '1',
        Some(_) => '0',
        None => ' ',
    };
    Defect {
        has: versions.iter().map(has).collect(),
        effect: advisory.effect.as_str(),
        releases: advisory.releases(),
        id: advisory.id,
        title: advisory.title,
        harm: advisory.harm,
        links: advisory.links,
        cve: advisory.cve,
    }
}
