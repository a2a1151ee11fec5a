//! Archives, told by their first bytes, and what is in them.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

use super::{Search, Stop};

/// How many bytes tell a format.
pub(super) const HEAD: u64 = 512;

/// A kind of archive, or of compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Also .whl, .jar, .nupkg, .apk of Android, .conda.
    Zip,
    /// Also .crate, .tgz, .apk of Alpine.
    Gzip,
    Xz,
    Zstd,
    Bzip2,
    Tar,
    /// .deb and .a
    Ar,
    Rpm,
    Cpio,
}

impl Format {
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Format); 9] = [
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"\x1f\x8b", Format::Gzip),
            (b"\xfd7zXZ\0", Format::Xz),
            (b"\x28\xb5\x2f\xfd", Format::Zstd),
            (b"BZh", Format::Bzip2),
            (b"!<arch>\n", Format::Ar),
            (b"\xed\xab\xee\xdb", Format::Rpm),
            (b"070701", Format::Cpio),
        ];
        let is_tar = || head.get(257..262) == Some(b"ustar");
        let known = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, format)| *format);
        known.or_else(|| is_tar().then_some(Self::Tar))
    }
}

/// Looks at everything in an archive.
pub(super) fn each(
    format: Format,
    search: &mut Search<'_>,
    place: &str,
    stream: &mut dyn Read,
    depth: usize,
) -> Result<(), Stop> {
    let depth = depth + 1;
    // What is only compressed keeps its place: `data.tar.xz` is one file.
    match format {
        Format::Zip => zip(search, place, stream, depth),
        Format::Tar => tar(search, place, stream, depth),
        Format::Ar => ar(search, place, stream, depth),
        Format::Cpio => cpio(search, place, stream, depth),
        Format::Rpm => {
            skip_rpm_headers(stream)?;
            search.stream(place, stream, None, depth)
        }
        Format::Gzip => {
            let mut stream = Counted::of(flate2::read::MultiGzDecoder::new(stream), search);
            search.stream(place, &mut stream, None, depth)
        }
        Format::Xz => {
            let mut stream = Counted::of(lzma_rust2::XzReader::new(stream, true), search);
            search.stream(place, &mut stream, None, depth)
        }
        Format::Zstd => {
            let frames = ruzstd::decoding::StreamingDecoder::new(stream)
                .map_err(|error| Stop::Unread(error.to_string()))?;
            search.stream(place, &mut Counted::of(frames, search), None, depth)
        }
        Format::Bzip2 => Err(Stop::Unread("it is compressed with bzip2, which is not read".to_owned())),
    }
}

/// What a decompressor makes, up to a limit for all together, whether it is read or skipped.
struct Counted<R> {
    inner: R,
    made: Rc<Cell<u64>>,
    most: u64,
}

impl<R: Read> Counted<R> {
    fn of(inner: R, search: &Search<'_>) -> Self {
        Self { inner, made: Rc::clone(&search.decompressed), most: search.limits.all }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.made.set(self.made.get().saturating_add(length as u64));
        match self.made.get() > self.most {
            true => Err(io::Error::other(format!("more than {} MiB come out of it", self.most >> 20))),
            false => Ok(length),
        }
    }
}

fn inner(place: &str, name: &str) -> String {
    format!("{place}/{}", name.trim_start_matches("./"))
}

/// A damaged member costs itself; damage of the archive costs what follows.
fn zip(search: &mut Search<'_>, place: &str, stream: &mut dyn Read, depth: usize) -> Result<(), Stop> {
    let mut archive =
        zip::ZipArchive::new(spooled(search, stream)?).map_err(|error| Stop::Unread(error.to_string()))?;
    for at in 0..archive.len() {
        let name = archive.name_for_index(at).and_then(Result::ok).unwrap_or_default().into_owned();
        let looked = match archive.by_index(at) {
            Ok(mut member) if member.is_file() => {
                search.stream(&inner(place, &name), &mut member, None, depth)
            }
            Ok(_) => Ok(()),
            Err(error) => Err(Stop::Unread(error.to_string())),
        };
        search.settle(&inner(place, &name), looked).map_err(Stop::Failed)?;
    }
    Ok(())
}

/// The list of a zip archive is at its end, so all of it has to be at hand.
fn spooled(search: &mut Search<'_>, stream: &mut dyn Read) -> Result<std::fs::File, Stop> {
    let left = search.limits.all.saturating_sub(search.unpacked);
    let mut file = tempfile::tempfile_in(search.room).map_err(|error| Stop::Failed(error.into()))?;
    let length = io::copy(&mut stream.take(left), &mut file)?;
    search.unpacked += length;
    file.flush()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn tar(search: &mut Search<'_>, place: &str, stream: &mut dyn Read, depth: usize) -> Result<(), Stop> {
    for entry in tar::Archive::new(stream).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let place = inner(place, &String::from_utf8_lossy(&entry.path_bytes()));
            let looked = search.stream(&place, &mut entry, None, depth);
            search.settle(&place, looked).map_err(Stop::Failed)?;
        }
    }
    Ok(())
}

fn ar(search: &mut Search<'_>, place: &str, stream: &mut dyn Read, depth: usize) -> Result<(), Stop> {
    let mut archive = ar::Archive::new(stream);
    while let Some(entry) = archive.next_entry() {
        let mut entry = entry?;
        let place = inner(place, &String::from_utf8_lossy(entry.header().identifier()));
        let looked = search.stream(&place, &mut entry, None, depth);
        search.settle(&place, looked).map_err(Stop::Failed)?;
    }
    Ok(())
}

/// The name of the entry that ends a cpio archive.
const TRAILER: &str = "TRAILER!!!";

fn cpio(search: &mut Search<'_>, place: &str, stream: &mut dyn Read, depth: usize) -> Result<(), Stop> {
    let mut stream = stream;
    loop {
        let mut entry = cpio::NewcReader::new(stream)?;
        let name = entry.entry().name().to_owned();
        if name == TRAILER {
            return Ok(());
        }
        let place = inner(place, &name);
        let looked = search.stream(&place, &mut entry, None, depth);
        search.settle(&place, looked).map_err(Stop::Failed)?;
        stream = entry.finish()?;
    }
}

/// Reads up to the payload of a package: its lead, then two headers, the first filled up to eight bytes
/// (<https://rpm-software-management.github.io/rpm/manual/format_v4.html>).
fn skip_rpm_headers(stream: &mut dyn Read) -> Result<(), Stop> {
    const LEAD: u64 = 96;
    skip(stream, LEAD)?;
    let signature = skip_rpm_header(stream)?;
    skip(stream, signature.next_multiple_of(8) - signature)?;
    skip_rpm_header(stream)?;
    Ok(())
}

/// Returns how many bytes it had.
fn skip_rpm_header(stream: &mut dyn Read) -> Result<u64, Stop> {
    const LENGTH: u64 = 16;
    let mut header = [0; LENGTH as usize];
    stream.read_exact(&mut header)?;
    if !header.starts_with(b"\x8e\xad\xe8\x01") {
        return Err(Stop::Unread("it is no RPM package of a known format".to_owned()));
    }
    let number =
        |at: usize| header[at..at + 4].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let (entries, data) = (number(8), number(12));
    let rest = entries * 16 + data;
    skip(stream, rest)?;
    Ok(LENGTH + rest)
}

fn skip(stream: &mut dyn Read, bytes: u64) -> Result<(), Stop> {
    match io::copy(&mut stream.take(bytes), &mut io::sink())? == bytes {
        true => Ok(()),
        false => Err(Stop::Unread("it ends too early".to_owned())),
    }
}
