//! A copy and an advisory.

use jiff::civil::Date;
use serde::Serialize;
use sqlite_contracts::analysis::audit::{AuditedCopy, Finding, Standing};
use sqlite_contracts::contract::advisory::Advisory;

use super::super::words;

/// What the board says of a copy and an advisory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Affected,
    /// Affected, and somebody lives with it.
    Ignored,
    /// Not run, and its release has the defect.
    Named,
    /// Not run, and its release does not have it.
    Unnamed,
    /// Not run, and its release is not known.
    NotRun,
    DoesNotApply,
    /// Not affected, though its release is.
    Mended,
    NotAffected,
}

/// Each kind with its sign and meaning.
pub(super) const SIGNS: [(Kind, &str, &str); 8] = [
    (Kind::Affected, "✗", "affected"),
    (Kind::Ignored, "(✗)", "affected, and ignored"),
    (Kind::Named, "?✗", "not run; its release is affected, by its source id"),
    (Kind::Unnamed, "?✓", "not run; its release is not affected, by its source id"),
    (Kind::NotRun, "?", "not run"),
    (Kind::DoesNotApply, "·", "does not apply: without the feature"),
    (Kind::Mended, "✓+", "mended in this copy, though its release is affected"),
    (Kind::NotAffected, "✓", "not affected"),
];

impl Kind {
    fn of(copy: &AuditedCopy, finding: &Finding) -> Self {
        match (finding.standing, finding.by_source_id) {
            (Standing::Affected, _) if copy.is_ignored(finding) => Self::Ignored,
            (Standing::Affected, _) => Self::Affected,
            (Standing::NotRun, Some(true)) => Self::Named,
            (Standing::NotRun, Some(false)) => Self::Unnamed,
            (Standing::NotRun, None) => Self::NotRun,
            (Standing::DoesNotApply, _) => Self::DoesNotApply,
            (Standing::NotAffected, Some(true)) => Self::Mended,
            (Standing::NotAffected, _) => Self::NotAffected,
        }
    }
}

/// A copy and an advisory.
#[derive(Serialize)]
pub(super) struct Cell<'a> {
    /// `wal-reset/2`
    id: String,
    pub(super) kind: Kind,
    sign: &'static str,
    meaning: &'static str,
    /// `due 2026-12-12`
    due: Option<String>,
    is_overdue: bool,
    finding: &'a Finding,
    releases: String,
    ignored: Option<String>,
}

impl<'a> Cell<'a> {
    pub(super) fn new(
        id: String,
        copy: &AuditedCopy,
        finding: &'a Finding,
        advisory: &Advisory,
        today: Date,
    ) -> Self {
        let kind = Kind::of(copy, finding);
        let known = SIGNS.iter().find(|(known, ..)| *known == kind);
        let (sign, meaning) = known.map(|(_, sign, meaning)| (*sign, *meaning)).unwrap_or_default();
        Self {
            id,
            kind,
            sign,
            meaning,
            due: finding.due_words(today),
            is_overdue: finding.is_overdue(today),
            finding,
            releases: words::releases(finding, advisory),
            ignored: words::ignored(copy, finding),
        }
    }
}
