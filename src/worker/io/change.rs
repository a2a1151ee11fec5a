//! What was done to files, in its order.

use std::fmt;
use std::sync::Arc;

use super::memory_files::Content;

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileChange {
    /// Its name in the case's directory.
    pub file: String,
    /// What was done.
    pub change: Change,
}

/// What was done to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// It was made.
    Made,
    /// Bytes were written.
    Bytes {
        /// Where the first stands.
        at: u64,
        /// What was written.
        bytes: Vec<u8>,
    },
    /// It was cut, or lengthened by zeros.
    Length(u64),
    /// It was deleted.
    Deleted {
        /// Whether the directory was synced, so that it stays deleted.
        synced: bool,
    },
    /// All that was done to it before is on the device now.
    Synced,
}

impl fmt::Display for FileChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        match &self.change {
            Change::Made => write!(f, "{file} made"),
            Change::Bytes { at, bytes } => write!(f, "{} bytes at {at} of {file}", bytes.len()),
            Change::Length(length) => write!(f, "{file} cut to {length} bytes"),
            Change::Deleted { .. } => write!(f, "{file} deleted"),
            Change::Synced => write!(f, "{file} synced"),
        }
    }
}

impl Change {
    /// Does it to a file's content; `None` where there is no file.
    pub(crate) fn apply(&self, content: &mut Option<Content>) {
        match self {
            Self::Made => drop(content.get_or_insert_default()),
            Self::Bytes { at, bytes } => {
                write(to_write(content), usize::try_from(*at).unwrap_or(usize::MAX), bytes);
            }
            Self::Length(length) => {
                set_length(to_write(content), usize::try_from(*length).unwrap_or(usize::MAX));
            }
            Self::Deleted { .. } => *content = None,
            Self::Synced => {}
        }
    }
}

/// The content of a file that is there from now on, not shared any more.
fn to_write(content: &mut Option<Content>) -> &mut Vec<u8> {
    Arc::make_mut(content.get_or_insert_default())
}

/// Writes bytes, behind zeros where the content does not reach so far.
pub(super) fn write(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if content.len() < at {
        set_length(content, at);
    }
    let over = bytes.len().min(content.len() - at);
    content[at..at + over].copy_from_slice(&bytes[..over]);
    content.extend_from_slice(&bytes[over..]);
}

/// Cuts content, or lengthens it by zeros. Setting each byte is slow where nothing is optimized, so zeros are copied; many
/// are the allocator's, which costs a copy of what is there. SQLite lengthens a file block by block where it has no
/// `fallocate`.
pub(super) fn set_length(content: &mut Vec<u8>, length: usize) {
    static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
    if length <= content.len() {
        content.truncate(length);
        return;
    }
    if let Some(zeros) = ZEROS.get(..length - content.len()) {
        content.extend_from_slice(zeros);
        return;
    }
    let mut longer = vec![0; length];
    longer[..content.len()].copy_from_slice(content);
    *content = longer;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_make_a_files_content() {
        let mut content = None;
        let changes = [
            Change::Made,
            Change::Bytes { at: 2, bytes: b"ab".to_vec() },
            Change::Length(3),
            Change::Synced,
            Change::Bytes { at: 0, bytes: b"x".to_vec() },
        ];
        changes.iter().for_each(|change| change.apply(&mut content));
        assert_eq!(content.as_deref().map(Vec::as_slice), Some(b"x\0a".as_slice()));
        for length in [70_000, 70_001, 3] {
            Change::Length(length).apply(&mut content);
            let zeros = vec![0; usize::try_from(length).unwrap() - 3];
            assert_eq!(content.as_deref(), Some(&[b"x\0a".as_slice(), &zeros].concat()));
        }
        Change::Deleted { synced: true }.apply(&mut content);
        assert_eq!(content, None);
    }
}
