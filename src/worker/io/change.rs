//! What was done to files, in its order.

use std::fmt;

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
    pub(crate) fn apply(&self, content: &mut Option<Vec<u8>>) {
        match self {
            Self::Made => drop(content.get_or_insert_default()),
            Self::Bytes { at, bytes } => {
                let content = content.get_or_insert_default();
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                let end = at.saturating_add(bytes.len());
                if content.len() < end {
                    resize(content, end);
                }
                content[at..end].copy_from_slice(bytes);
            }
            Self::Length(length) => {
                let length = usize::try_from(*length).unwrap_or(usize::MAX);
                resize(content.get_or_insert_default(), length);
            }
            Self::Deleted { .. } => *content = None,
            Self::Synced => {}
        }
    }
}

/// Zeros of the allocator: setting each byte is slow where nothing is optimized.
fn resize(content: &mut Vec<u8>, length: usize) {
    let kept = content.len().min(length);
    let mut resized = vec![0; length];
    resized[..kept].copy_from_slice(&content[..kept]);
    *content = resized;
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
        assert_eq!(content.as_deref(), Some(b"x\0a".as_slice()));
        Change::Deleted { synced: true }.apply(&mut content);
        assert_eq!(content, None);
    }
}
