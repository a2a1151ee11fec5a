//! Each advisory says of each build what is published of its release.

use std::path::Path;

use rayon::prelude::*;
use sqlite_contracts::analysis::audit::{AuditedCopy, Standing};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::advisory::Advisory;
use sqlite_contracts::diagnostic::SourceText;

use crate::bench::{ADVISORIES, audit, builds, library};
use crate::messages::assert_messages;

/// What a distribution's patches mend in a release that has the defect: the build's manifest has them as texts. The audit
/// finds it by running the steps, and the same release without the patches is affected.
const MENDED_BY_PATCHES: &[(&str, &[&str])] =
    &[("3.40.1-debian12", &["check-not-null-overwrites-text", "too-many-aggregates-corrupt-memory"])];
/// Defects that a flag takes away: the LIKE of ICU is computed for each row, and asks no index.
const AVOIDED_BY_FLAGS: &[(&str, &[&str])] = &[("3.24.0-icu", &["like-on-integer-column-loses-rows"])];
/// Defects of functions that the flags of the ladder leave out: SQLITE_ENABLE_MATH_FUNCTIONS.
const OF_OTHER_FLAGS: &[&str] = &["log10-of-1000-below-3"];

#[test]
fn every_advisory_is_right_on_the_core_builds() {
    hold(&builds(false));
}

#[test]
#[ignore = "compiles every build"]
fn every_advisory_is_right_on_every_build() {
    hold(&builds(true));
}

fn hold(builds: &[&Build]) {
    let wrong: Vec<String> = builds.par_iter().flat_map(|build| mistakes(build)).collect();
    assert!(wrong.is_empty(), "{} mistakes\n{}", wrong.len(), wrong.join("\n"));
}

fn mistakes(build: &Build) -> Vec<String> {
    let copy = audit(&library(build));
    let mistake = |text: String| format!("{}: {text}", build.name());
    if let Some(reason) = &copy.not_run {
        return vec![mistake(format!("not run: {reason}"))];
    }
    let mut wrong = misjudged(build, &copy).map(mistake).collect::<Vec<_>>();
    if copy.identity.release.as_ref() != build.version() {
        wrong.push(mistake(format!("it says that it is {:?}", copy.identity.release)));
    }
    wrong
}

/// Everything is what is published. A build of the ladder has every feature of its release that is asked for, so that a
/// defect of the release applies to it.
fn misjudged(build: &Build, copy: &AuditedCopy) -> impl Iterator<Item = String> {
    let version = build.version().unwrap();
    let is_of_ladder = build.profile().name == "rusqlite";
    copy.findings.iter().filter_map(move |finding| {
        let advisory = ADVISORIES.iter().find(|advisory| advisory.id == finding.advisory).unwrap();
        let is_here = |known: &[(&str, &[&str])]| is_listed(known, build, advisory);
        let has_defect = advisory.is_in(version) && !is_here(MENDED_BY_PATCHES) && !is_here(AVOIDED_BY_FLAGS);
        let has_function = !OF_OTHER_FLAGS.contains(&advisory.id.as_str());
        let right = match finding.standing {
            Standing::Affected => has_defect,
            Standing::NotAffected => !has_defect,
            // A function that the build leaves out.
            Standing::NotRun => !is_of_ladder && finding.reason.starts_with("its file has no "),
            Standing::DoesNotApply => !(is_of_ladder && has_function && has_defect),
        };
        (!right).then(|| format!("{} {}: {}", finding.standing.as_str(), advisory.id, finding.reason))
    })
}

fn is_listed(known: &[(&str, &[&str])], build: &Build, advisory: &Advisory) -> bool {
    known.iter().any(|(name, ids)| build.name() == *name && ids.contains(&advisory.id.as_str()))
}

/// An advisory that applies to no build, or that no build has, proves nothing.
#[test]
#[ignore = "compiles every build"]
fn every_advisory_is_seen_on_both_sides_of_its_range() {
    let copies: Vec<AuditedCopy> = builds(true).par_iter().map(|build| audit(&library(build))).collect();
    for advisory in ADVISORIES.iter() {
        let has = |standing| {
            copies
                .iter()
                .flat_map(|copy| &copy.findings)
                .any(|f| f.advisory == advisory.id && f.standing == standing)
        };
        assert!(has(Standing::Affected), "{} affects no build", advisory.id);
        let is_mended = advisory.ranges.iter().any(|range| range.fixed.is_some());
        assert!(!is_mended || has(Standing::NotAffected), "{} is mended in no build", advisory.id);
    }
}

#[test]
fn every_mistake_has_its_message() {
    let message = |file: &Path| {
        let source = SourceText::read(file, "advisories/some.yaml").unwrap();
        Advisory::read("some", &source).unwrap_err().render(false)
    };
    assert_messages("advisories", "advisories", 8, message);
}
