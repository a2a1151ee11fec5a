//! Traces: what a program asked of its SQLite, as the recorder wrote it down.
//!
//! `docs/trace.md` describes the file. What is in it comes from somewhere else: nothing is believed before it was
//! looked at, and no length is reserved for.

mod container;
mod event;
mod hide;
mod item;
mod recorder;
mod recording;
mod statement;
mod summary;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use minicbor::decode::Decoder;

pub use container::{Cut, Damage};
pub use event::{Event, Function, Process};
pub use item::{Digest, HiddenType, Item};
pub use recorder::{Recorder, objection, program_of};
pub use recording::{About, Ended, KeptFile, Recording};
pub use statement::normalized;
pub use summary::{Counted, FileSummary, ProcessSummary, Summary};

use container::{Frame, Kind};

/// A trace in a file.
#[derive(Debug)]
pub struct Trace {
    file: Mutex<File>,
    about: About,
    frames: Vec<Frame>,
    cut: Option<Cut>,
    size: u64,
}

impl Trace {
    /// Looks at the marks of all frames, and at what the first says of the whole.
    ///
    /// # Errors
    /// When the file is no trace, or damaged. One that was cut short is used to its last whole frame.
    pub fn open(path: &Path) -> Result<Self> {
        let opened = || -> Result<Self> {
            let mut file = File::open(path)?;
            let size = file.metadata()?.len();
            let (frames, cut) = container::frames(&mut file)?;
            let Some(first) = frames.first().filter(|frame| frame.kind == Kind::About) else {
                bail!("the frame that says what it is is missing");
            };
            let content = first.content(&mut file)?;
            let about = ciborium::from_reader(content.as_slice())
                .map_err(|error| Damage { at: first.at, what: error.to_string() })?;
            Ok(Self { file: Mutex::new(file), about, frames, cut, size })
        };
        opened().with_context(|| format!("cannot read {}", path.display()))
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Where it was cut, if it was.
    pub fn cut(&self) -> Option<&Cut> {
        self.cut.as_ref()
    }

    /// Its bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Everything that happened in a process, in its order.
    ///
    /// # Errors
    /// When what is in a frame is not what its mark says, or not events. And what `visit` fails with.
    pub fn each(&self, process: usize, visit: &mut dyn FnMut(Event<'_>) -> Result<()>) -> Result<()> {
        for frame in self.frames_of(Kind::Events, process) {
            let content = self.content(frame)?;
            let mut decoder = Decoder::new(&content);
            while decoder.position() < content.len() {
                let at = decoder.position();
                let event = Event::read(&mut decoder).map_err(|error| Damage {
                    at: frame.at,
                    what: format!("the event at byte {at} of its contents: {error}"),
                })?;
                visit(event)?;
            }
        }
        Ok(())
    }

    /// Writes a file of the trace somewhere.
    ///
    /// # Errors
    /// When the trace has no such file, or it cannot be read or written.
    pub fn extract(&self, name: &str, to: &mut dyn Write) -> Result<()> {
        let Some(number) = self.about.files.iter().position(|file| file.name == name) else {
            bail!("the trace has no file `{name}`");
        };
        for frame in self.frames_of(Kind::File, number) {
            to.write_all(&self.content(frame)?)?;
        }
        Ok(())
    }

    fn frames_of(&self, kind: Kind, of: usize) -> impl Iterator<Item = &Frame> {
        self.frames.iter().filter(move |frame| frame.kind == kind && frame.of as usize == of)
    }

    fn content(&self, frame: &Frame) -> Result<Vec<u8>> {
        frame.content(&mut self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
