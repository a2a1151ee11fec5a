//! What builds make of a person's database: whether each can open, read, check and write it, and what stops it.
//!
//! Every question is asked of copies. The newest build says what is in the schema; the steps that are asked of each
//! build are made from that.

mod answer;
mod feature;
#[cfg(test)]
mod made_up;
mod questions;
mod schema;

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

pub use answer::{Ability, Answer, Asked, Finding};
pub use questions::Questions;
pub use schema::{Object, Schema};

use crate::engine::CaseFile;

/// The name of the copy in the directory of a case.
const COPY: &str = "exchange.db";
/// What every SQLite database begins with, unless it is empty.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A database of a person, with what was left beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    files: Vec<CaseFile>,
    /// Whether a rollback journal is beside it.
    pub has_journal: bool,
    /// Whether a write-ahead log with something in it is beside it.
    pub has_log: bool,
    /// The bytes of all files.
    pub bytes: u64,
}

impl Database {
    /// A database in a file, which is only read.
    ///
    /// # Errors
    /// In words, when there is no file that could be one.
    pub fn at(file: &Path) -> Result<Self, String> {
        let shown = file.display();
        let metadata = std::fs::metadata(file).map_err(|error| format!("cannot read {shown}: {error}"))?;
        if !metadata.is_file() {
            return Err(format!("{shown} is not a file"));
        }
        check_magic(file)?;
        let beside = |suffix: &str| {
            let from = PathBuf::from([file.as_os_str(), suffix.as_ref()].join("".as_ref()));
            let bytes =
                std::fs::metadata(&from).ok().filter(|found| found.is_file() && found.len() > 0)?.len();
            Some((CaseFile { from, name: format!("{COPY}{suffix}") }, bytes))
        };
        let (journal, log) = (beside("-journal"), beside("-wal"));
        let (has_journal, has_log) = (journal.is_some(), log.is_some());
        let own = (CaseFile { from: file.to_owned(), name: COPY.to_owned() }, metadata.len());
        let (files, bytes): (Vec<_>, Vec<_>) = [Some(own), journal, log].into_iter().flatten().unzip();
        Ok(Self { files, has_journal, has_log, bytes: bytes.iter().sum() })
    }

    /// The files that each run begins with.
    pub fn files(&self) -> &[CaseFile] {
        &self.files
    }
}

fn check_magic(file: &Path) -> Result<(), String> {
    use std::io::Read;
    let mut head = Vec::new();
    let opened = std::fs::File::open(file);
    let read = opened.and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut head));
    read.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    match head.is_empty() || head == MAGIC {
        true => Ok(()),
        false => Err(format!(
            "{} is no SQLite database, or it is encrypted: it does not begin with `SQLite format 3`",
            file.display()
        )),
    }
}

/// What the builds make of a database.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// The file as it was named.
    pub file: String,
    /// What is in it, as the newest build sees it.
    pub schema: Schema,
    /// Whether a rollback journal is beside it.
    pub journal: bool,
    /// Whether a write-ahead log is beside it.
    pub log: bool,
    /// Of each build, in the order of the builds.
    pub answers: Vec<Answer>,
}

impl Report {
    /// Whether every build can do everything with it.
    pub fn is_fine(&self) -> bool {
        self.answers.iter().all(|answer| answer.findings.is_empty())
    }
}
