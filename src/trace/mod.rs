//! Traces: what a program asked of its SQLite, as the recorder wrote it down.
//!
//! `docs/trace.md` describes the file. What is in it comes from somewhere else: nothing is believed before it was
//! looked at, and no length is reserved for.

mod about;
mod container;
mod event;
mod folder;
mod hide;
mod item;
mod output;
mod recorder;
mod recording;
mod shape;
mod statement;
mod summary;
mod traffic;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use minicbor::decode::Decoder;

pub use about::{About, Begun, Ended, KeptFile, Packed};
pub use container::{Cut, Damage, is_trace};
pub use event::{Event, Function, Process};
pub use item::{Digest, HiddenType, Item};
pub use recorder::{HOW_BUNDLED, Recorder, has_no_environment, objection, program_of};
pub use recording::Recording;
pub(crate) use shape::Shape;
#[cfg(test)]
pub(crate) use shape::{DEEPEST, MOST_BETWEEN};
pub use statement::normalized;
pub use summary::{Counted, FileSummary, ProcessSummary, Summary};

use container::{Frame, Kind};
use traffic::Traffic;

/// The first event in these bytes, and its length.
pub(crate) fn first_event(bytes: &[u8]) -> Result<(Event<'_>, usize), minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    let event = Event::read(&mut decoder)?;
    Ok((event, decoder.position()))
}

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
        Self::open_unnamed(path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// As [`Trace::open`], for those who name the file themselves.
    pub(crate) fn open_unnamed(path: &Path) -> Result<Self> {
        if path.is_dir() {
            bail!("it is a folder: where `record` left it, `trace --recover` makes a trace of it");
        }
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let (frames, cut) = container::frames(&mut file)?;
        let Some(first) = frames.first().filter(|frame| frame.kind == Kind::About) else {
            bail!("the frame that says what it is is missing");
        };
        let content = first.content(&mut file)?;
        let about: About = ciborium::from_reader(content.as_slice()).map_err(|error| {
            Damage::inside(first.at, "it does not say what the trace is", error.to_string())
        })?;
        Ok(Self { file: Mutex::new(file), about, frames, cut, size })
    }

    /// Finds out what stands against making its calls again. What is in its events is looked at up to where the program opens a database.
    ///
    /// # Errors
    /// What does.
    pub(crate) fn check_replayable(&self) -> Result<()> {
        if self.about.is_hidden {
            bail!(
                "its values are hidden (`record --hash-values`), so its calls cannot be made again: `trace` shows what \
                 it holds, and what is to be replayed is recorded without the option"
            );
        }
        let (mut has_calls, mut has_own) = (false, false);
        for process in 0..self.about.processes.len() {
            let traffic = self.traffic(process)?;
            has_calls |= traffic.has_calls();
            has_own |= traffic.has_calls() && !traffic.is_of_library();
        }
        match (has_calls, &self.cut) {
            (true, _) if has_own => Ok(()),
            (true, _) => bail!(
                "it has no calls of the program, only those that SQLite makes of itself: the program finds its functions \
                 by `dlsym`, which its recorder did not see"
            ),
            (false, None) => bail!("it has no calls, so there is nothing to compare; {HOW_BUNDLED}"),
            (false, Some(cut)) => {
                bail!(
                    "it is cut short behind byte {}, before its first call: record the program again",
                    cut.at
                )
            }
        }
    }

    /// Whether no process has calls of its own, but some that SQLite makes of itself.
    ///
    /// # Errors
    /// When the trace is damaged.
    pub fn is_of_library(&self) -> Result<bool> {
        let mut is_of_library = false;
        for process in 0..self.about.processes.len() {
            let traffic = self.traffic(process)?;
            if traffic.has_calls() && !traffic.is_of_library() {
                return Ok(false);
            }
            is_of_library |= traffic.is_of_library();
        }
        Ok(is_of_library)
    }

    /// Whose calls those of a process are, read as far as that needs. What it says of itself comes before.
    fn traffic(&self, process: usize) -> Result<Traffic> {
        let mut traffic = Traffic::default();
        for frame in self.frames_of(Kind::Events, process) {
            let content = self.content(frame)?;
            let mut decoder = Decoder::new(&content);
            while decoder.position() < content.len() {
                let event = Event::read(&mut decoder).map_err(|error| {
                    Damage::inside(frame.at, "an event in it cannot be read", error.to_string())
                })?;
                match event {
                    Event::Process(process) if process.is_little_endian != cfg!(target_endian = "little") => {
                        bail!("it was recorded on a machine of another byte order");
                    }
                    event => traffic.read(&event),
                }
                if traffic.has_calls() && traffic.is_of_program() {
                    return Ok(traffic);
                }
            }
        }
        Ok(traffic)
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
        self.each_at(process, &mut |_, event| visit(event))
    }

    /// As [`Trace::each`], with the byte of the file at which the event's frame begins.
    fn each_at(&self, process: usize, visit: &mut dyn FnMut(u64, Event<'_>) -> Result<()>) -> Result<()> {
        for frame in self.frames_of(Kind::Events, process) {
            let content = self.content(frame)?;
            let mut decoder = Decoder::new(&content);
            while decoder.position() < content.len() {
                let at = decoder.position();
                let event = Event::read(&mut decoder).map_err(|error| {
                    let what = format!("the event at byte {at} of its contents cannot be read");
                    Damage::inside(frame.at, &what, error.to_string())
                })?;
                visit(frame.at, event)?;
            }
        }
        Ok(())
    }

    /// A piece of the events of a process, and the byte of the file at which its frame begins.
    ///
    /// # Errors
    /// When what is in the frame is not what its mark says.
    pub(crate) fn piece(&self, process: usize, number: usize) -> Result<Option<(u64, Vec<u8>)>> {
        let frame = self.frames_of(Kind::Events, process).nth(number);
        frame.map(|frame| Ok((frame.at, self.content(frame)?))).transpose()
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

/// Traces for tests.
#[cfg(test)]
pub(crate) mod made_up {
    use std::collections::BTreeMap;
    use std::io::Write;

    use minicbor::Encoder;

    use super::container::{Kind, Writer};
    use super::{About, Trace};

    /// Events of a process, as bytes.
    #[derive(Default)]
    pub(crate) struct Events(pub(crate) Vec<u8>);

    impl Events {
        /// A process that begins with this number among all events.
        pub(crate) fn of(name: &str, order: u64) -> Self {
            let mut encoder = Encoder::new(Vec::new());
            encoder.array(2).unwrap().i64(-3).unwrap().u64(1).unwrap();
            encoder.array(2).unwrap().i64(-4).unwrap().u64(order).unwrap();
            encoder.array(12).unwrap().i64(-5).unwrap().str(name).unwrap().u64(1).unwrap();
            encoder.null().unwrap().u64(0).unwrap().array(0).unwrap().str("").unwrap().str("").unwrap();
            encoder.i64(3_040_001).unwrap().i64(1).unwrap().array(0).unwrap();
            encoder.bool(cfg!(target_endian = "little")).unwrap();
            Self(encoder.into_writer())
        }

        /// A process that makes one call.
        pub(crate) fn with_call(name: &str, order: u64) -> Self {
            Self::of(name, order).function(1, "sqlite3_initialize").event(1, &[&[], &[0]])
        }

        /// Names a function.
        pub(crate) fn function(mut self, number: u64, name: &str) -> Self {
            let mut encoder = Encoder::new(Vec::new());
            encoder.array(5).unwrap().i64(-2).unwrap().u64(number).unwrap().str(name).unwrap();
            encoder.array(0).unwrap().array(0).unwrap();
            self.0.extend(encoder.into_writer());
            self
        }

        /// Adds an event of numbers: an array of arrays of numbers behind a first number.
        pub(crate) fn event(mut self, first: i64, lists: &[&[i64]]) -> Self {
            let mut encoder = Encoder::new(Vec::new());
            encoder.array(lists.len() as u64 + 1).unwrap().i64(first).unwrap();
            for list in lists {
                encoder.array(list.len() as u64).unwrap();
                list.iter().for_each(|number| {
                    encoder.i64(*number).unwrap();
                });
            }
            self.0.extend(encoder.into_writer());
            self
        }

        /// Adds an event with one number, such as a thread's.
        pub(crate) fn number(mut self, kind: i64, number: u64) -> Self {
            let mut encoder = Encoder::new(Vec::new());
            encoder.array(2).unwrap().i64(kind).unwrap().u64(number).unwrap();
            self.0.extend(encoder.into_writer());
            self
        }
    }

    /// A trace of these processes.
    pub(crate) fn trace(processes: &[Events]) -> Trace {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes(processes)).unwrap();
        Trace::open(file.path()).unwrap()
    }

    /// The file of a trace of these processes.
    pub(crate) fn bytes(processes: &[Events]) -> Vec<u8> {
        bytes_of(processes, |_| {})
    }

    /// The file of a trace of these processes that says something else of itself.
    pub(crate) fn bytes_of(processes: &[Events], change: impl FnOnce(&mut About)) -> Vec<u8> {
        let mut about = About {
            made_by: String::new(),
            command: Vec::new(),
            machine: String::new(),
            status: None,
            signal: None,
            is_hidden: false,
            processes: (0..processes.len()).map(|number| number.to_string()).collect(),
            files: Vec::new(),
            stopped: BTreeMap::new(),
            still_running: Vec::new(),
        };
        change(&mut about);
        let mut words = Vec::new();
        ciborium::into_writer(&about, &mut words).unwrap();
        let mut writer = Writer::new(Vec::new()).unwrap();
        writer.frame(Kind::About, 0, &words).unwrap();
        for (number, events) in (0..).zip(processes) {
            writer.frame(Kind::Events, number, &events.0).unwrap();
        }
        writer.finish().unwrap()
    }
}
