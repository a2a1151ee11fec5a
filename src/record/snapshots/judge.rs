//! The rule of inheritance: what a transcript is compared with, and whether it differs.

use schemars::JsonSchema;
use serde::Serialize;

use super::recorded::CaseSnapshots;
use crate::record::lineage::Lineage;
use crate::record::report::{CaseReport, Verdict};

/// A transcript that a build inherits from a build above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Inherited {
    /// The build that has the transcript on record.
    pub from: String,
    /// The transcript.
    pub text: String,
}

/// A transcript that differs from the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Drift {
    /// The build's own record.
    pub own: Option<String>,
    /// What it inherits from the builds above it.
    pub inherited: Option<Inherited>,
    /// What it does now.
    pub after: String,
}

impl Drift {
    /// What was expected: this build's own record, else what it inherits, else nothing.
    pub fn before(&self) -> &str {
        let inherited = self.inherited.as_ref().map(|inherited| &inherited.text);
        self.own.as_ref().or(inherited).map_or("", String::as_str)
    }

    /// Whether the build now does what it inherits, so that its own record has to be removed.
    pub fn goes_back(&self) -> bool {
        self.own.is_some() && self.inherited.as_ref().is_some_and(|i| same_text(&i.text, &self.after))
    }

    /// What it differs from, as text.
    pub fn against(&self) -> String {
        match (&self.own, &self.inherited) {
            (Some(_), Some(i)) if self.goes_back() => {
                format!("differs from its own snapshot and is what {} does", i.from)
            }
            (Some(_), _) => "differs from its own snapshot".to_owned(),
            (None, Some(i)) => format!("differs from {}", i.from),
            (None, None) => "is not on record, nor for any build above".to_owned(),
        }
    }
}

/// The comparison of a case on a build with the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The transcript is the one on record.
    Same,
    /// The transcript differs.
    Drift(Drift),
    /// Not compared: a broken case is a failure whatever the record, and one that did not run says nothing.
    NotCompared,
    /// The build has a record for a case that it does not support: the snapshot has to be removed.
    Unwanted,
}

/// Compares a case on `build` with the accepted snapshots.
pub fn judge(lineage: &Lineage, snapshots: &CaseSnapshots, build: &str, report: &CaseReport) -> Outcome {
    match report.verdict {
        Verdict::Broken | Verdict::CouldNotRun => Outcome::NotCompared,
        _ if !lineage.is_recorded(build) => Outcome::Same,
        // What this machine lacks says nothing of what others recorded.
        Verdict::Unsupported if report.is_not_here() => Outcome::NotCompared,
        Verdict::Unsupported if snapshots.accepted.contains_key(build) => Outcome::Unwanted,
        Verdict::Unsupported => Outcome::NotCompared,
        Verdict::Holds | Verdict::Crashed | Verdict::TimedOut => {
            let accepted = |build: &str| snapshots.accepted.get(build).map(String::as_str);
            let inherited = inherit(lineage, build, accepted);
            match drift(accepted(build), inherited, &report.transcript.to_string()) {
                Some(drift) => Outcome::Drift(drift),
                None => Outcome::Same,
            }
        }
    }
}

/// The recorded transcript of `build`: its own, else the nearest above it.
pub fn resolve(lineage: &Lineage, snapshots: &CaseSnapshots, build: &str) -> Option<Inherited> {
    let accepted = |build: &str| snapshots.accepted.get(build).map(String::as_str);
    accepted(build)
        .map(|text| Inherited { from: build.to_owned(), text: text.to_owned() })
        .or_else(|| inherit(lineage, build, accepted))
}

/// Whether a build has a record of its own beside one that it would inherit: a difference on record.
pub fn drifts_on_record(lineage: &Lineage, snapshots: &CaseSnapshots, build: &str) -> bool {
    let accepted = |build: &str| snapshots.accepted.get(build).map(String::as_str);
    snapshots.accepted.contains_key(build) && inherit(lineage, build, accepted).is_some()
}

/// The nearest transcript strictly above `build`, or of an older build of its profile.
pub(in crate::record) fn inherit<'a>(
    lineage: &Lineage,
    build: &str,
    text_of: impl Fn(&str) -> Option<&'a str>,
) -> Option<Inherited> {
    lineage
        .forebears(build)
        .find_map(|from| text_of(from).map(|text| Inherited { from: from.to_owned(), text: text.to_owned() }))
}

/// The drift of a transcript, given its build's own record and what it would inherit.
pub(super) fn drift(own: Option<&str>, inherited: Option<Inherited>, after: &str) -> Option<Drift> {
    let expected = match own {
        Some(own) => Some(own),
        None => inherited.as_ref().map(|inherited| inherited.text.as_str()),
    };
    if expected.is_some_and(|expected| same_text(expected, after)) {
        return None;
    }
    Some(Drift { own: own.map(str::to_owned), inherited, after: after.to_owned() })
}

/// Whether two transcripts are equal: trailing white space and CR LF are ignored, as by insta.
pub(crate) fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim_end(), b.trim_end());
    a == b || lines(a).eq(lines(b))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}
