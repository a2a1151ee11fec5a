//! The arguments of the verbs on files of the case's directory, without SQLite.

use super::arguments;
use crate::contract::literal::Literal;

/// As many bytes as one step may read.
const MOST: u64 = 1_000_000;
/// No file of a case has to be longer.
const FARTHEST: u64 = 1_000_000_000;

arguments! {
    /// Bytes of a file.
    FileBytes {
        /// A file in the case's directory.
        path: String,
        /// How many bytes; fewer are read at the end of the file.
        length: u64,
    } optional {
        /// Where they begin, from 0.
        offset: u64,
    }
}

impl FileBytes {
    /// What is wrong with arguments that are each well formed: the word it is about, and the message.
    pub(in crate::contract) fn mistake(&self) -> Option<(&'static str, String)> {
        (self.length > MOST).then(|| ("length", format!("`length` is {MOST} at most")))
    }
}

arguments! {
    /// A file to write.
    WriteFile {
        /// A file in the case's directory; made where there is none.
        path: String,
        /// A text or a blob.
        bytes: Literal [Literal],
    } optional {
        /// Where they are written over what is there, from 0; they are the whole file when it is left out.
        offset: Option<u64>,
    }
}

impl WriteFile {
    /// What is wrong with arguments that are each well formed: the word it is about, and the message.
    pub(in crate::contract) fn mistake(&self) -> Option<(&'static str, String)> {
        if self.offset.is_some_and(|offset| offset > FARTHEST) {
            return Some(("offset", format!("`offset` is {FARTHEST} at most")));
        }
        (!self.bytes.has_bytes())
            .then(|| ("bytes", "a text or a blob has bytes to write, a number has none".to_owned()))
    }
}
