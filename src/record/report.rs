//! What a contract did on a build: the types that the engine produces, and that snapshots and reports read.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transcript::Transcript;
use crate::diagnostic::Location;
use crate::diagnostic::numbers::counted;

/// The verdict of a case on a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every `expect` held.
    Holds,
    /// An `expect` failed.
    Broken,
    /// The build lacks what `requires` names; nothing was run.
    Unsupported,
    /// The worker was killed by a signal or exited.
    Crashed,
    /// The case did not end before its deadline.
    TimedOut,
    /// The environment kept it from running to its end, twice, or it exceeded its budget: nothing is known of it.
    CouldNotRun,
}

impl Verdict {
    /// Whether a promise is not kept: it is broken, or the case did not complete.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Broken | Self::Crashed | Self::TimedOut)
    }

    /// Whether the case's transcript is compared with the record.
    pub fn is_compared(self) -> bool {
        matches!(self, Self::Holds | Self::Crashed | Self::TimedOut)
    }

    /// The verdict as it is displayed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Unsupported => "unsupported",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed out",
            Self::CouldNotRun => "could not run",
        }
    }
}

/// An `expect` that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// `contracts/precision/round.yaml:12:9`
    #[schemars(with = "String")]
    pub place: Location,
    /// The row of `with` whose steps ran: `amount=34.775 places=2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The step as transcripts show it.
    pub step: String,
    /// What the contract promises.
    pub expected: String,
    /// What the build did.
    pub actual: String,
}

impl Failure {
    /// Whether both are of one promise, which is known by its place, its row and its step.
    pub fn is_of_same(&self, other: &Self) -> bool {
        (&self.place, &self.row, &self.step) == (&other.place, &other.row, &other.step)
    }

    /// The step, and the row of `with` where there is one: `query SELECT 1 (with n=1)`.
    pub fn step_in_row(&self) -> String {
        match &self.row {
            Some(row) => format!("{} (with {row})", self.step),
            None => self.step.clone(),
        }
    }
}

/// `query SELECT 1 → 2, not 1 (with n=1)`
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}, not {}", self.step, self.actual, self.expected)?;
        self.row.iter().try_for_each(|row| write!(f, " (with {row})"))
    }
}

/// A function that was being executed when a worker died.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Frame {
    /// `sqlite3VdbeExec`; `None` without a symbol.
    pub function: Option<String>,
    /// `sqlite3.c:95123`, or the file of the code: `libc.so.6`.
    pub place: String,
}

impl Frame {
    /// A frame without a function name.
    pub(crate) fn nameless(place: impl Into<String>) -> Self {
        Self { function: None, place: place.into() }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.function.iter().try_for_each(|function| write!(f, "{function} "))?;
        write!(f, "({})", self.place)
    }
}

/// How many frames tell where a worker died, with the step beside them; a recursion has hundreds.
pub const FRAMES_IN_BRIEF: usize = 5;

/// The innermost frames, each on a line of its own that begins with a line feed, and how many more there are.
pub fn stack_lines(stack: &[Frame], most: usize) -> String {
    let shown = stack.iter().take(most).map(|frame| format!("\n    at {frame}"));
    let rest = stack.len().saturating_sub(most);
    let more = (rest > 0).then(|| format!("\n    … {}", counted(rest, "frame more", "frames more")));
    shown.chain(more).collect()
}

/// A case on a build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseReport {
    /// The case's name, unique in its contract: lower case, digits and hyphens.
    pub case: String,
    /// The verdict.
    pub verdict: Verdict,
    /// One line per step (never empty unless unsupported): the text that is snapshotted.
    pub transcript: Transcript,
    /// The broken promises.
    pub failures: Vec<Failure>,
    /// Why it was not run, which signal ended it, which deadline it missed.
    pub reason: Option<String>,
    /// Where in the library it crashed or hung, innermost first. Not in the transcript: lines differ from build
    /// to build.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<Frame>,
    /// How long it took.
    pub seconds: f64,
}

/// A case of which nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouldNotRun {
    /// `precision/round/half`
    pub case: String,
    /// The build.
    pub build: String,
    /// What kept it from running.
    pub reason: String,
}

/// `precision/round/half could not run on 3.46.0-rusqlite: its worker was killed`
impl fmt::Display for CouldNotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} could not run on {}: {}", self.case, self.build, self.reason)
    }
}

impl std::error::Error for CouldNotRun {}

/// A cell: one contract on one build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellReport {
    /// `precision/round`: the path of the contract under `contracts/`, without `.yaml`.
    pub contract: String,
    /// `3.46.0-rusqlite`
    pub build: String,
    /// Every case of the contract, in the contract's order.
    pub cases: Vec<CaseReport>,
}

impl CellReport {
    /// Every case with its contract: `precision/round/half-a-cent`.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.cases.iter().map(|case| format!("{}/{}", self.contract, case.case))
    }

    /// The report, if every case ran as far as the build let it: only such reports can be compared.
    ///
    /// # Errors
    /// [`CouldNotRun`] for the first case that could not run.
    pub fn whole(self) -> Result<Self, CouldNotRun> {
        match self.cases.iter().find(|case| case.verdict == Verdict::CouldNotRun) {
            None => Ok(self),
            Some(case) => Err(CouldNotRun {
                case: format!("{}/{}", self.contract, case.case),
                build: self.build.clone(),
                reason: case.reason.clone().unwrap_or_default(),
            }),
        }
    }

    /// Whether every case behaved as on another build.
    pub fn does_the_same(&self, other: &Self) -> bool {
        let pairs = || self.cases.iter().zip(&other.cases);
        self.cases.len() == other.cases.len() && pairs().all(|(own, other)| own.does_the_same(other))
    }
}

/// What the reason begins with of a case that is unsupported because of this machine, and not because of the build.
pub const NOT_HERE: &str = "this machine has no ";

/// What the reason begins with of a case that a build of a driver's version passes over.
pub const OF_ANOTHER_DRIVER: &str = "this build is one of ";

/// What the reason begins with of a case that is about other versions of its driver.
pub const OF_OTHER_VERSIONS: &str = "needs driver ";

impl CaseReport {
    /// Whether it is asked of other versions of its driver only: that a version is outside is nothing that it lost.
    pub fn is_of_other_versions(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        self.verdict == Verdict::Unsupported && reason.starts_with(OF_OTHER_VERSIONS)
    }

    /// Whether it is this machine that lacks something: it says nothing of the build.
    pub fn is_not_here(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        self.verdict == Verdict::Unsupported && reason.starts_with(NOT_HERE)
    }

    /// Whether its build is one of a driver's version, and the case is not of that driver.
    pub fn is_of_another_driver(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        self.verdict == Verdict::Unsupported && reason.starts_with(OF_ANOTHER_DRIVER)
    }

    /// Whether it behaved as on another build, however long it took.
    pub fn does_the_same(&self, other: &Self) -> bool {
        (self.verdict, &self.transcript, &self.failures)
            == (other.verdict, &other.transcript, &other.failures)
    }

    /// How it ended, unless after its last step: the reason, and a line for each frame of the stack.
    pub fn ending(&self) -> Option<String> {
        Some(format!("{}{}", self.reason.as_ref()?, stack_lines(&self.stack, usize::MAX)))
    }

    /// The same with the innermost frames only.
    pub fn ending_in_brief(&self) -> Option<String> {
        Some(format!("{}{}", self.reason.as_ref()?, stack_lines(&self.stack, FRAMES_IN_BRIEF)))
    }
}
