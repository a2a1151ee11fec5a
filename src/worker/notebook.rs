//! The file in which a worker notes down what happened: written without a system call where the system allows it, and
//! whole up to the last note that was finished, whatever the worker dies of.
//!
//! It begins with how many bytes of notes follow, a number as this machine writes it. What is behind them is of a
//! request before: clearing the file away each time would cost more than writing it.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::worker::protocol::Note;

/// How many bytes say how many follow.
const HEAD: usize = size_of::<u64>();
/// The notes of most cells are shorter than this. Each worker has so much memory for them.
#[cfg(target_os = "linux")]
const WINDOW: usize = 64 * 1024;
/// What is read at first: the notes of a small cell.
const FIRST_READ: usize = 4096;

/// Where a worker writes.
#[derive(Debug)]
pub(crate) struct Notebook(RefCell<Pages>);

#[derive(Debug)]
struct Pages {
    file: File,
    /// A note in the making.
    bytes: Vec<u8>,
    #[cfg(target_os = "linux")]
    window: Option<super::ffi::Window>,
}

impl Notebook {
    /// Opens the file, which the engine has made.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        Ok(Self(RefCell::new(Pages {
            #[cfg(target_os = "linux")]
            window: super::ffi::Window::new(&file, WINDOW).ok(),
            file,
            bytes: Vec::new(),
        })))
    }

    /// Writes the next note.
    ///
    /// # Errors
    /// When the file takes no more.
    pub(crate) fn write(&self, note: &Note) -> io::Result<()> {
        self.0.borrow_mut().add(note)
    }
}

impl Pages {
    fn add(&mut self, note: &Note) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        ciborium::into_writer(note, &mut bytes).map_err(io::Error::other)?;
        // A copy of this process writes here as well, so the file knows best where its notes end.
        let length = self.length()?;
        self.put(HEAD + length, &bytes)?;
        self.set_length(length + bytes.len())?;
        self.bytes = bytes;
        Ok(())
    }

    fn length(&mut self) -> io::Result<usize> {
        #[cfg(target_os = "linux")]
        if let Some(window) = &self.window {
            return length_of(window.number());
        }
        length(&mut self.file)
    }

    fn put(&mut self, at: usize, bytes: &[u8]) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if self.window.as_mut().is_some_and(|window| window.write(at, bytes)) {
            return Ok(());
        }
        write_at(&mut self.file, at, bytes)
    }

    /// Only now the note counts: half of one would be worth nothing.
    fn set_length(&mut self, length: usize) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if let Some(window) = &self.window {
            window.set_number(length as u64);
            return Ok(());
        }
        set_length(&mut self.file, length)
    }
}

/// Makes the file one without notes: the engine does it before it asks for something, because a worker that dies at
/// once would leave the notes of the request before.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn clear(file: &mut File) -> io::Result<()> {
    set_length(file, 0)
}

/// Reads the notes.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn read(file: &mut File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut bytes = Vec::with_capacity(FIRST_READ);
    file.take(FIRST_READ as u64).read_to_end(&mut bytes)?;
    let Some(head) = bytes.first_chunk() else { return Ok(Vec::new()) };
    let end = HEAD + length_of(u64::from_ne_bytes(*head))?;
    file.take(end.saturating_sub(bytes.len()) as u64).read_to_end(&mut bytes)?;
    bytes.truncate(end);
    bytes.drain(..HEAD);
    Ok(bytes)
}

fn length(file: &mut File) -> io::Result<usize> {
    let mut head = [0; HEAD];
    file.rewind()?;
    file.read_exact(&mut head)?;
    length_of(u64::from_ne_bytes(head))
}

fn set_length(file: &mut File, length: usize) -> io::Result<()> {
    write_at(file, 0, &(length as u64).to_ne_bytes())
}

fn length_of(number: u64) -> io::Result<usize> {
    usize::try_from(number).map_err(io::Error::other)
}

fn write_at(file: &mut File, at: usize, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at as u64))?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;

    #[test]
    fn notes_are_read_as_they_were_written_also_where_the_window_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes");
        let mut file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        clear(&mut file).unwrap();
        let notebook = Notebook::open(&path).unwrap();
        assert_eq!(read(&mut file).unwrap(), b"");
        for size in [10, 5_000, 40_000, 30_000, 20] {
            let mut written = Vec::new();
            clear(&mut file).unwrap();
            for n in 0..3 {
                let note = Note::At(format!("{n} {}", "x".repeat(size)));
                notebook.write(&note).unwrap();
                ciborium::into_writer(&note, &mut written).unwrap();
            }
            assert_eq!(read(&mut file).unwrap(), written, "{size}");
        }
        notebook.write(&Note::Outcome(Outcome::Quantity(1))).unwrap();
        assert!(read(&mut file).unwrap().len() > 60);
    }
}
