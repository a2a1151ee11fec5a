//! The file of a trace: frames of Zstandard, each behind a mark that says what it holds. Marks are skippable frames, so
//! that `zstd -dc` shows the contents too.

use std::fmt;
use std::fs::File;
#[cfg(test)]
use std::io::Write;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result};
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

const MAGIC: [u8; 8] = *b"SQLTRACE";
/// Raise it when a reader of this version would misunderstand.
const VERSION: u32 = 1;
/// A skippable frame: <https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2>
const SKIPPABLE: u32 = 0x184d_2a50;
const MARK: u32 = SKIPPABLE + 1;
const MARK_LENGTH: u32 = 28;
const FIRST: u64 = 24;
/// The largest content of a frame: the longest value that a recorder writes, and what stands around it.
const LARGEST: u64 = 160 << 20;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Kind {
    /// What the whole is.
    About = 1,
    /// Events of a process.
    Events = 2,
    /// A part of a file.
    File = 3,
    /// That nothing is missing.
    End = 4,
}

/// A frame and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    /// Of which process, or of which file.
    pub(super) of: u32,
    /// Where its mark begins.
    pub(super) at: u64,
    content: u64,
    compressed: u64,
    checksum: u32,
}

/// A place in a trace that does not hold what it should.
#[derive(Debug)]
pub struct Damage {
    /// The byte of the file at which the frame begins.
    pub at: u64,
    /// What is wrong with it.
    pub what: String,
    /// What the decoder said of it, for those who look into the file.
    pub detail: Option<String>,
}

impl Damage {
    /// Of a frame that a decoder cannot read.
    pub(super) fn inside(at: u64, what: &str, detail: String) -> Self {
        Self { at, what: what.to_owned(), detail: Some(detail) }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the frame at byte {} is damaged: {}", self.at, self.what)
    }
}

impl std::error::Error for Damage {}

/// Where a trace ends too early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The byte behind the last whole frame.
    pub at: u64,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it is cut short: the last whole frame ends at byte {}, and what came behind it is missing",
            self.at
        )
    }
}

/// Writes the frames of a trace that a test makes up.
#[cfg(test)]
pub(super) struct Writer<W> {
    to: W,
}

/// Whether this file says to be a trace.
///
/// # Errors
/// When it cannot be read.
pub fn is_trace(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut head)?;
    Ok(head.get(8..) == Some(&MAGIC[..]))
}

/// What a trace begins with.
pub(super) fn head() -> Vec<u8> {
    let (frame, version) = ([SKIPPABLE, 16].map(u32::to_le_bytes), [VERSION, 0].map(u32::to_le_bytes));
    [frame.concat(), MAGIC.to_vec(), version.concat()].concat()
}

/// A frame behind its mark.
pub(super) fn marked(kind: Kind, of: u32, content: &[u8]) -> Vec<u8> {
    let compressed = compress_to_vec(content, CompressionLevel::Fastest);
    let mut bytes = [MARK, MARK_LENGTH, kind as u32, of].map(u32::to_le_bytes).concat();
    bytes.extend([content.len(), compressed.len()].map(|length| (length as u64).to_le_bytes()).concat());
    bytes.extend(crc32fast::hash(content).to_le_bytes());
    bytes.extend(compressed);
    bytes
}

#[cfg(test)]
impl<W: Write> Writer<W> {
    pub(super) fn new(mut to: W) -> io::Result<Self> {
        to.write_all(&head())?;
        Ok(Self { to })
    }

    pub(super) fn frame(&mut self, kind: Kind, of: u32, content: &[u8]) -> io::Result<()> {
        self.to.write_all(&marked(kind, of, content))
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.frame(Kind::End, 0, &[])?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// The frames of a file in their order, and where it was cut.
///
/// # Errors
/// When the file is none, or of another version, or a mark is damaged.
pub(super) fn frames(file: &mut File) -> Result<(Vec<Frame>, Option<Cut>)> {
    let length = file.metadata().context("cannot be read")?.len();
    check_head(file)?;
    let (mut frames, mut at) = (Vec::new(), FIRST);
    while let Some(frame) = frame(file, at, length)? {
        at = frame.end();
        frames.push(frame);
        if frame.kind == Kind::End {
            check_end(at, length)?;
            return Ok((frames, None));
        }
    }
    Ok((frames, Some(Cut { at })))
}

/// Nothing of a trace stands behind its last frame, as where files were put one behind the other.
fn check_end(end: u64, length: u64) -> Result<()> {
    if end < length {
        anyhow::bail!(
            "it ends at byte {end}, and {} more bytes stand behind that: they are none of it, so cut the file there",
            length - end
        );
    }
    Ok(())
}

fn check_head(file: &mut File) -> Result<()> {
    let mut head = [0; FIRST as usize];
    let read = file.rewind().and_then(|()| file.read_exact(&mut head));
    if read.is_err() || head[8..16] != MAGIC {
        anyhow::bail!("it is not a trace of SQLite's calls, which `record` writes");
    }
    match number(&head, 16) {
        VERSION => Ok(()),
        other => anyhow::bail!("it is a trace of version {other}, and this program reads version {VERSION}"),
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(number(bytes, at)) | u64::from(number(bytes, at + 4)) << 32
}

/// The frame that begins there; `None` where the file ends before the frame does.
fn frame(file: &mut File, at: u64, length: u64) -> Result<Option<Frame>> {
    let mut mark = [0; 8 + MARK_LENGTH as usize];
    file.seek(SeekFrom::Start(at))?;
    if length.saturating_sub(at) < mark.len() as u64 {
        return Ok(None);
    }
    file.read_exact(&mut mark)?;
    let wrong = |what: String| Err(Damage { at, what, detail: None }.into());
    if number(&mark, 0) != MARK || number(&mark, 4) != MARK_LENGTH {
        return wrong("no mark of a frame stands there".to_owned());
    }
    let kind = match number(&mark, 8) {
        1 => Kind::About,
        2 => Kind::Events,
        3 => Kind::File,
        4 => Kind::End,
        other => return wrong(format!("it is of an unknown kind, {other}")),
    };
    let (content, compressed) = (long(&mark, 16), long(&mark, 24));
    if content > LARGEST || compressed > LARGEST {
        return wrong(format!(
            "it says that it holds {} bytes, and {LARGEST} are the most",
            content.max(compressed)
        ));
    }
    let frame = Frame { kind, of: number(&mark, 12), at, content, compressed, checksum: number(&mark, 32) };
    Ok((frame.end() <= length).then_some(frame))
}

impl Frame {
    fn end(&self) -> u64 {
        self.at + 8 + u64::from(MARK_LENGTH) + self.compressed
    }

    /// What is in it.
    ///
    /// # Errors
    /// When it is not what its mark says.
    pub(super) fn content(&self, file: &mut File) -> Result<Vec<u8>> {
        file.seek(SeekFrom::Start(self.end() - self.compressed))?;
        let mut compressed = Vec::new();
        file.take(self.compressed).read_to_end(&mut compressed)?;
        let content = self
            .decompressed(&compressed)
            .map_err(|detail| Damage::inside(self.at, "it cannot be decompressed", detail))?;
        if content.len() as u64 != self.content || crc32fast::hash(&content) != self.checksum {
            let what = "its checksum is another".to_owned();
            return Err(Damage { at: self.at, what, detail: None }.into());
        }
        Ok(content)
    }

    /// Never more than the mark says.
    fn decompressed(&self, compressed: &[u8]) -> Result<Vec<u8>, String> {
        let decoder = StreamingDecoder::new(compressed).map_err(|error| error.to_string())?;
        let mut content = Vec::new();
        decoder.take(self.content + 1).read_to_end(&mut content).map_err(|error| error.to_string())?;
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::trace::Trace;
    use crate::trace::made_up::{self, Events};

    #[test]
    fn bytes_behind_the_end_are_an_error_that_names_the_place() {
        let whole = made_up::bytes(&[Events::with_call("a", 0)]);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&whole).unwrap();
        Trace::open(file.path()).unwrap();
        file.write_all(&whole).unwrap();
        let error = format!("{:#}", Trace::open(file.path()).unwrap_err());
        let place = format!("it ends at byte {}, and {0} more bytes stand behind that", whole.len());
        assert!(error.contains(&place), "{error}");
    }
}
