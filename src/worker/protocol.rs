//! What the engine and a worker say to each other: CBOR items over the worker's standard input and output.
//!
//! What happened goes to a file instead, as [`Note`]s. Each is written when it is known, so that after a crash
//! their number names the step; and unlike a pipe, a file wakes nobody up for every step. For the same reason a
//! request holds all runs of a cell that can share a process: waking a process costs more than a small case.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::contract::Driver;
use crate::contract::verb::Verb;
use crate::outcome::Outcome;
use crate::worker::budget::Budget;

/// Runs to be executed one after the other: the engine's only request, but for [`GoOn`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request<V = Verb> {
    /// In the order of their execution.
    pub runs: Vec<RunRequest<V>>,
    /// How much each of them may use.
    pub budget: Budget,
}

/// One run of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRequest<V = Verb> {
    /// Who executes the verbs.
    pub driver: Driver,
    /// Functions that the library must export for the run to make sense.
    pub functions: Vec<String>,
    /// The case's steps.
    pub verbs: Vec<V>,
    /// Whether it needs a process that no run used. Ask it only of a worker that has got no other request.
    pub fresh: bool,
    /// After how many verbs it pauses, until it is told to [go on](GoOn): meanwhile other processes execute steps of the
    /// same run, in the same directory, which the engine empties afterwards.
    pub pauses: Vec<usize>,
    /// Whether to note what is [outstanding](Note::Outstanding). It costs, and it needs a process that no run used.
    pub keeps_stacks: bool,
}

/// Ends a pause of the run under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoOn;

/// What a worker prints before its first answer. What stands above it is of the program that the worker is in: a test
/// executable says, perhaps without a line feed, that it runs a test.
pub const GREETING: &str = "\nsqlite-contracts worker\n";

/// What a worker prints after its [`GREETING`], once that is there.
pub fn after_greeting(output: &[u8]) -> Option<&[u8]> {
    let at = output.windows(GREETING.len()).position(|bytes| bytes == GREETING.as_bytes())?;
    Some(&output[at + GREETING.len()..])
}

/// What a worker returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Once, when the library is loaded.
    Ready,
    /// Instead, when it cannot be.
    Unloadable(String),
    /// The request is done with: all of it, or up to the first run that was not clean.
    Done,
    /// The run under way pauses.
    Paused,
    /// The environment ended the run that follows the last noted one, for this reason. The worker ends.
    CouldNotRun(String),
}

/// What a worker notes down of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Note {
    /// The outcome of the next step.
    Outcome(Outcome),
    /// What is allocated after the last step, before anything is closed for the case.
    Outstanding(Outstanding),
    /// Where in the step that is under way the run is: `allocation 17`.
    At(String),
    /// The run used more than its budget, and goes no further.
    OverBudget(String),
    /// The run is over.
    End {
        /// How it ended.
        how: End,
        /// Since the request came.
        at: Duration,
        /// How many bytes the process has written to its standard error.
        said: u64,
    },
}

/// What is allocated at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outstanding {
    /// By the call and the step that allocated it.
    pub allocations: Vec<Allocation>,
    /// The lines of `/proc/self/maps`, which say whose code is at an address.
    pub mappings: String,
}

/// What lives of what one call allocated in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// How much of it lives.
    pub bytes: u64,
    /// The step as the counting allocator knows it: `2 prepare SELECT 1`.
    pub step: String,
    /// An address within each call that led to it, innermost first.
    pub stack: Vec<u64>,
}

/// How a run ended whose process lives on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Another run may use the process.
    Clean,
    /// The run changed the process, or left something in it.
    Unclean,
    /// The library lacks this function of the request; nothing was executed.
    Lacks(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_executable_prints_before_the_greeting_is_skipped() {
        let begun = b"\nrunning 1 test\ntest sqlite_contracts_worker ... ";
        assert_eq!(after_greeting(begun), None);
        let output = [begun.as_slice(), GREETING.as_bytes(), b"\x00reply"].concat();
        assert_eq!(after_greeting(&output), Some(b"\x00reply".as_slice()));
    }
}
