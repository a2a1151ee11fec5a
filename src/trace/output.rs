//! The file that becomes a trace, on a disk that may be full.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::container::{Kind, head, marked};

/// A trace in the making, of which only whole frames count.
pub(super) struct Output {
    file: NamedTempFile,
    /// The bytes of what is whole.
    whole: u64,
    /// Files of which all is in the trace, and which take room yet.
    done_with: Vec<PathBuf>,
}

/// A frame that could not be written.
#[derive(Debug)]
pub(super) struct Unwritten(io::Error);

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Unwritten {}

impl Output {
    /// A new one in the folder of the file that it will be, with its first frame.
    pub(super) fn beside(to: &Path, about: &[u8]) -> io::Result<Self> {
        let folder = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder)?;
        let mut output = Self { file, whole: 0, done_with: Vec::new() };
        let first = [head(), marked(Kind::About, 0, about)].concat();
        output.append(&first).map(|()| output)
    }

    /// Adds a frame.
    pub(super) fn frame(&mut self, kind: Kind, of: u32, content: &[u8]) -> Result<(), Unwritten> {
        self.append(&marked(kind, of, content)).map_err(Unwritten)
    }

    /// This file is not needed any more where its room is.
    pub(super) fn is_done_with(&mut self, path: &Path) {
        self.done_with.push(path.to_owned());
    }

    /// All of it or nothing.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        loop {
            let Err(error) = self.file.write_all(bytes) else {
                self.whole += bytes.len() as u64;
                return Ok(());
            };
            self.file.as_file().set_len(self.whole)?;
            self.file.seek(SeekFrom::Start(self.whole))?;
            let is_full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
            if !is_full || self.done_with.is_empty() {
                return Err(error);
            }
            self.done_with.drain(..).for_each(|path| drop(fs::remove_file(path)));
        }
    }

    /// Gives it its name.
    pub(super) fn persist(self, to: &Path) -> io::Result<()> {
        self.file.persist(to)?;
        Ok(())
    }
}
