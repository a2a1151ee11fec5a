//! An audit as a whole.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::{Finding, Shipped, Standing};

/// What an audit found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Report {
    /// The day of the audit.
    #[schemars(with = "String")]
    #[serde(serialize_with = "day")]
    pub today: Date,
    /// What was given.
    pub targets: Vec<String>,
    /// Every SQLite in it.
    pub copies: Vec<AuditedCopy>,
    /// What could not be looked into, by place, with the reason.
    pub unread: BTreeMap<String, String>,
    /// How many advisories there are.
    pub advisories: usize,
}

/// A SQLite and what is known of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditedCopy {
    /// Where it was found.
    pub places: Vec<String>,
    /// The SHA-256 of its file.
    pub sha256: String,
    /// Which SQLite it is.
    pub identity: Identity,
    /// Why it was not run; `null` when it was.
    pub not_run: Option<String>,
    /// The libraries that its file wants, and without which it was loaded.
    pub without: BTreeSet<String>,
    /// What is known of each advisory.
    pub findings: Vec<Finding>,
    /// Of what it is affected by, what is ignored.
    pub ignored: Vec<Ignored>,
    /// Until when it is shipped, by `support.yaml`.
    pub shipped: Option<Shipped>,
}

/// Which SQLite a copy is.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Identity {
    /// The release that its source id or its `sqlite3_libversion()` names.
    #[schemars(with = "Option<String>")]
    pub release: Option<Version>,
    /// Its source ids. One check-in may be named twice, with the last digits changed.
    pub source_ids: Vec<String>,
    /// The releases of the ladder that it answers like, oldest first; empty when it was not run.
    #[schemars(with = "Vec<String>")]
    pub answers_like: Vec<Version>,
    /// Whether the named release may be one that answers like these; `null` when one of both is not known.
    pub agrees: Option<bool>,
    /// The cases in which it answers otherwise than these.
    pub differences: Vec<String>,
    /// The flags that it shows.
    pub flags: Vec<String>,
}

impl Identity {
    /// The release to call it by: the named one, unless what it does contradicts it.
    pub fn release(&self) -> Option<&Version> {
        match self.agrees {
            Some(false) => None,
            _ => self.release.as_ref(),
        }
    }
}

/// A defect that somebody has decided to live with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ignored {
    /// The advisory's id.
    pub advisory: String,
    /// Why.
    pub reason: String,
    /// The last day of it.
    #[schemars(with = "Option<String>")]
    #[serde(serialize_with = "shown")]
    pub until: Option<Date>,
}

pub(super) fn shown<S: serde::Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    day.as_ref().map(Date::to_string).serialize(serializer)
}

pub(super) fn day<S: serde::Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// How many findings of each kind there are.
pub type Summary = BTreeMap<Standing, usize>;

impl AuditedCopy {
    /// The findings that count: it is affected, and that is not ignored.
    pub fn affected(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.standing == Standing::Affected && !self.is_ignored(finding))
    }

    /// The findings that only the source id tells: it was not run, and its release has the defect.
    pub fn by_source_id(&self) -> impl Iterator<Item = &Finding> {
        let is_meant = |finding: &&Finding| finding.may_be_affected() && !self.is_ignored(finding);
        self.findings.iter().filter(is_meant)
    }

    /// Why and until when somebody lives with a finding.
    pub fn ignoring(&self, finding: &Finding) -> Option<&Ignored> {
        self.ignored.iter().find(|ignored| ignored.advisory == finding.advisory)
    }

    /// Whether a finding is ignored.
    pub fn is_ignored(&self, finding: &Finding) -> bool {
        self.ignoring(finding).is_some()
    }

    /// The first day by which a defect of it must be gone.
    pub fn due(&self) -> Option<Date> {
        self.findings.iter().filter_map(|finding| finding.due).min()
    }

    /// Whether it should no longer be shipped.
    pub fn is_ended(&self, today: Date) -> bool {
        self.shipped.as_ref().is_some_and(|shipped| shipped.until < today)
    }

    /// How many findings of each kind there are.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::new();
        self.findings.iter().for_each(|finding| *summary.entry(finding.standing).or_default() += 1);
        summary
    }
}

impl Report {
    /// The findings whose day has passed.
    pub fn overdue(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.copies.iter().flat_map(|copy| &copy.findings);
        findings.filter(|finding| finding.is_overdue(self.today))
    }

    /// Whether a copy is affected by something that is not ignored, or cannot be run and is of a release that is.
    pub fn is_affected(&self) -> bool {
        let may_be =
            |copy: &AuditedCopy| copy.affected().next().is_some() || copy.by_source_id().next().is_some();
        self.copies.iter().any(may_be)
    }
}
