//! What a recording and a trace say of themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a recording says of itself from its beginning, for those who find it without the command that began it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The recorded command.
    pub command: Vec<String>,
    /// Whether values are to be hidden.
    pub hides: bool,
    /// The process that makes the trace when the command has ended.
    pub recorder: u32,
}

/// What a trace says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of this library that wrote the file.
    pub made_by: String,
    /// The recorded command.
    pub command: Vec<String>,
    /// The machine: `x86_64-linux`.
    pub machine: String,
    /// The status with which the command ended.
    pub status: Option<i32>,
    /// The signal of which it died.
    pub signal: Option<i32>,
    /// Whether values were replaced by what tells them apart.
    pub is_hidden: bool,
    /// The processes that called SQLite, in the order of their first calls.
    pub processes: Vec<String>,
    /// The database files, as they were at their first open.
    pub files: Vec<KeptFile>,
    /// The processes that could not write on, with the reason.
    pub stopped: BTreeMap<String, String>,
    /// The processes that still ran when the trace was made. What they called later is not there.
    #[serde(default)]
    pub still_running: Vec<String>,
}

/// What became of a recording.
#[derive(Debug)]
pub struct Packed {
    /// What the trace says of itself.
    pub about: About,
    /// Why it is cut short, if it is: the disk is full.
    pub cut: Option<String>,
}

/// A file in a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// What [`Event::File`](super::Event::File) calls it; a journal or a log beside it has its ending behind that.
    pub name: String,
    /// Its bytes.
    pub size: u64,
}

/// How a recorded command ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// Its exit status.
    pub status: Option<i32>,
    /// The signal of which it died.
    pub signal: Option<i32>,
}
