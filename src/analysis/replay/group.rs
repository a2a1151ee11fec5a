//! Calls that do something else on one build than on another, and are alike.

use schemars::JsonSchema;
use serde::Serialize;

use super::statement::{is_ordered, names_build};
use crate::analysis::gate::Severity;
use crate::contract::cause::Cause;
use crate::diagnostic::numbers::{counted, thousands};
use crate::outcome::replayed::{Difference, Kind, column_of};
use crate::outcome::shown::Shown;

/// Calls of a trace that do something else on the new build than on the old one, and are alike.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Group {
    /// What is different.
    pub kind: Kind,
    /// The statement in its normal form, or the function; empty for what the whole program does.
    pub statement: String,
    /// How many calls; of a plan and of work, how often the statement was executed and ended.
    pub count: u64,
    /// The first of these calls: `call 12`, of a value in one of several columns `call 12, column 3`; nothing for plans, work and
    /// memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// What it was on the old build.
    pub was: String,
    /// What it is on the new build.
    pub is: String,
    /// The drifts of the catalogue that may be the same.
    pub known: Vec<KnownDrift>,
}

/// A case of the catalogue that changes between the same builds in the same way, over what the statement uses.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct KnownDrift {
    /// `precision/money-round/computed-amounts`
    pub case: String,
    /// The function or the words that both use.
    pub over: String,
    /// Why the case changes; never empty.
    pub because: Vec<Cause>,
}

impl Difference {
    /// How much it matters beside the recording, as [`Group::severity`] says of two builds.
    pub(crate) fn severity(&self) -> Severity {
        Group::from_recording(self).severity()
    }
}

impl Group {
    /// The new build beside the recording.
    pub(super) fn from_recording(difference: &Difference) -> Self {
        Self {
            kind: difference.kind,
            statement: difference.statement.clone(),
            count: difference.count,
            first: Some(difference.place.clone()),
            was: difference.old.clone(),
            is: difference.new.clone(),
            known: Vec::new(),
        }
    }

    /// How much it matters. What SQL promises to nobody is not what a program may rely on: the order of rows of a statement
    /// without `ORDER BY`, what is drawn at random, and which SQLite it is.
    pub fn severity(&self) -> Severity {
        match self.kind {
            Kind::Crash | Kind::Hang => self.of_end(),
            Kind::Missing => self.of_missing(),
            Kind::Order if is_ordered(&self.statement) => Severity::Value,
            Kind::Order | Kind::Random => Severity::Unpromised,
            Kind::Value | Kind::Rows if names_build(&self.statement) => Severity::Unpromised,
            Kind::Value | Kind::Rows | Kind::CalledOtherwise => Severity::Value,
            Kind::Error | Kind::Code => self.of_error(),
            Kind::Plan | Kind::Work | Kind::Leak | Kind::Memory => Severity::Cost,
        }
    }

    fn of_end(&self) -> Severity {
        if is_end(&self.is) { Severity::Broken } else { Severity::Mended }
    }

    fn of_missing(&self) -> Severity {
        if is_missing(&self.is) { Severity::Removed } else { Severity::Added }
    }

    fn of_error(&self) -> Severity {
        match (error(&self.was), error(&self.is)) {
            (Some(_), Some(_)) => Severity::Error,
            (Some(was), None) if Shown::new(was).lacks_feature() => Severity::Added,
            _ => Severity::Value,
        }
    }

    /// The column of the value that differs, from 1, where the statement has several.
    pub(in crate::analysis) fn column(&self) -> Option<u32> {
        self.first.as_deref().and_then(column_of)
    }

    /// `50 times, first in call 1204`
    pub fn extent(&self) -> String {
        let times = times(self.count);
        match &self.first {
            Some(first) if self.count == 1 => format!("in {first}"),
            Some(first) => format!("{times}, first in {first}"),
            None if self.statement.is_empty() => String::new(),
            None if self.kind == Kind::Leak => {
                counted(usize::try_from(self.count).unwrap_or(usize::MAX), "statement", "statements")
            }
            None => format!("executed {times}"),
        }
    }

    /// Whether its sides say how often, and not which value became which.
    pub(in crate::analysis) fn is_of_counts(&self) -> bool {
        let counts = |side: &str| side.ends_with(" times") || side.ends_with(", once");
        counts(&self.was) && counts(&self.is)
    }

    /// What it is about, with its extent: `SELECT round(a) FROM t, 50 times, first in call 1204`.
    pub fn about(&self) -> String {
        let parts = [self.statement.clone(), self.extent()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// `once`, `1,204 times`
pub(super) fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{} times", thousands(i64::try_from(count).unwrap_or(i64::MAX))),
    }
}

/// What SQLite said, where this is an error as a replay shows one: `ERROR: no such function: iif`.
pub(crate) fn error(shown: &str) -> Option<&str> {
    Shown::new(shown).is_failure().then_some(shown)
}

fn is_missing(shown: &str) -> bool {
    shown.starts_with("missing ")
}

fn is_end(shown: &str) -> bool {
    !shown.ends_with(" came back")
}
