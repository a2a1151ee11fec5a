//! What the engine and a worker say to each other: CBOR items over the worker's standard input and output.
//!
//! Outcomes go to a file instead. Each is written when it is known, so that after a crash their number names the
//! step; and unlike a pipe, a file wakes nobody up for every step.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::contract::Driver;
use crate::contract::verb::Verb;

/// One run of a case: the engine's only request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    pub driver: Driver,
    /// The case's directory, which becomes the worker's.
    pub directory: PathBuf,
    /// Functions that the library must export for the run to make sense.
    pub functions: Vec<String>,
    pub verbs: Vec<Verb>,
}

/// What a worker answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Reply {
    /// Once, when the library is loaded.
    Ready,
    /// Instead, when it cannot be.
    Unloadable(String),
    /// The library lacks this function of the request; nothing was executed.
    Lacks(String),
    /// The run is over. `clean` says whether another run may use this process.
    End { clean: bool },
}
