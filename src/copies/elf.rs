//! What stands against loading an ELF file, changed in its bytes. The format is that of
//! <https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html>.

use std::collections::BTreeSet;
use std::ops::Range;

/// What came of changing a file.
pub(super) struct Adapted {
    /// Whether it must be loaded at its own addresses.
    pub(super) is_fixed: bool,
    /// The libraries that it wants and does without.
    pub(super) without: BTreeSet<String>,
}

/// Changes a file so that it can be loaded, without the libraries that are not here. The inner error is why it cannot be;
/// `None` is a file that is not whole.
pub(super) fn adapt(bytes: &mut [u8], is_here: impl Fn(&str) -> bool) -> Option<Result<Adapted, String>> {
    Elf { bytes }.adapt(&is_here)
}

const TYPE: usize = 16;
const PROGRAM_HEADERS: usize = 32;
const SECTION_HEADERS: usize = 40;
const PROGRAM_HEADER_COUNT: usize = 56;
const SECTION_HEADER_COUNT: usize = 60;

const SHARED: u16 = 3;
const EXECUTABLE: u16 = 2;

/// Kinds of program headers.
const LOAD: u32 = 1;
const DYNAMIC: u32 = 2;
const INTERPRETER: u32 = 3;
const STACK: u32 = 0x6474_e551;

/// Tags of the dynamic section.
mod tag {
    pub(super) const NULL: u64 = 0;
    pub(super) const NEEDED: u64 = 1;
    pub(super) const STRINGS: u64 = 5;
    /// Read by debuggers of programs only, and in programs only: what has this tag is ignored in a library.
    pub(super) const DEBUG: u64 = 21;
    /// Initialisers and their like, and the places where libraries are looked for.
    pub(super) const DROPPED: [u64; 10] = [12, 13, 15, 25, 26, 27, 28, 29, 32, 33];
    pub(super) const FLAGS_1: u64 = 0x6fff_fffb;
    pub(super) const VERSIONS_NEEDED: u64 = 0x6fff_fffe;
    pub(super) const VERSIONS_NEEDED_COUNT: u64 = 0x6fff_ffff;
}

/// `DF_1_PIE`
const PROGRAM_FOR_ANYWHERE: u64 = 0x0800_0000;
/// `DF_1_NOOPEN`, `DF_1_PIE`: files that may not be loaded by a running program.
const NOT_FOR_PROGRAMS: u64 = 0x40 | PROGRAM_FOR_ANYWHERE;
/// `VER_FLG_WEAK`: a version that may be missing.
const WEAK_VERSION: u16 = 2;

/// A file of 64 bits, little end first. What does not fit into it is `None`.
struct Elf<'a> {
    bytes: &'a mut [u8],
}

/// A program header.
struct Segment {
    at: usize,
    kind: u32,
    offset: u64,
    address: u64,
    size: u64,
}

impl Elf<'_> {
    /// Changes what stands against loading. The error is why it cannot be loaded at all.
    fn adapt(&mut self, is_here: &dyn Fn(&str) -> bool) -> Option<Result<Adapted, String>> {
        let kind = self.u16(TYPE)?;
        let segments = self.segments()?;
        let Some(dynamic) = segments.iter().find(|segment| segment.kind == DYNAMIC) else {
            return Some(Err("it is a static program, with a C library of its own".to_owned()));
        };
        let entries = self.dynamic_entries(dynamic)?;
        let value = |wanted| entries.iter().find(|(_, tag, _)| *tag == wanted).map(|(_, _, value)| *value);
        // A static program that can be loaded anywhere has no interpreter, and looks like a library but for its flag.
        let is_program = kind == EXECUTABLE
            || segments.iter().any(|segment| segment.kind == INTERPRETER)
            || value(tag::FLAGS_1).is_some_and(|flags| flags & PROGRAM_FOR_ANYWHERE != 0)
            || value(tag::DEBUG).is_some();
        let strings = self.offset_of(&segments, value(tag::STRINGS)?)?;
        if kind != SHARED && kind != EXECUTABLE {
            return Some(Err("it is not linked".to_owned()));
        }
        if is_program && !entries.iter().any(|(_, tag, _)| *tag == tag::NEEDED) {
            return Some(Err("it is a static program, with a C library of its own".to_owned()));
        }
        let without = self.change_entries(&entries, strings, is_here)?;
        if let (Some(versions), Some(count)) =
            (value(tag::VERSIONS_NEEDED), value(tag::VERSIONS_NEEDED_COUNT))
        {
            let versions = self.offset_of(&segments, versions)?;
            self.change_versions(&entries, versions, count, strings, &without)?;
        }
        self.change_stack(&segments)?;
        self.weaken_undefined()?;
        self.put_u16(TYPE, SHARED)?;
        Some(Ok(Adapted { is_fixed: kind == EXECUTABLE, without }))
    }

    fn segments(&self) -> Option<Vec<Segment>> {
        const LENGTH: usize = 56;
        let table = usize::try_from(self.u64(PROGRAM_HEADERS)?).ok()?;
        let segment = |number: usize| {
            let at = table.checked_add(number.checked_mul(LENGTH)?)?;
            Some(Segment {
                at,
                kind: self.u32(at)?,
                offset: self.u64(at + 8)?,
                address: self.u64(at + 16)?,
                size: self.u64(at + 32)?,
            })
        };
        (0..usize::from(self.u16(PROGRAM_HEADER_COUNT)?)).map(segment).collect()
    }

    /// Where each entry is, its tag and its value.
    fn dynamic_entries(&self, dynamic: &Segment) -> Option<Vec<(usize, u64, u64)>> {
        const LENGTH: u64 = 16;
        let mut entries = Vec::new();
        for number in 0..dynamic.size / LENGTH {
            let at = usize::try_from(dynamic.offset.checked_add(number * LENGTH)?).ok()?;
            let (tag, value) = (self.u64(at)?, self.u64(at + 8)?);
            if tag == tag::NULL {
                break;
            }
            entries.push((at, tag, value));
        }
        Some(entries)
    }

    /// Drops what would run, and libraries that are not here. Returns the names of these.
    fn change_entries(
        &mut self,
        entries: &[(usize, u64, u64)],
        strings: usize,
        is_here: &dyn Fn(&str) -> bool,
    ) -> Option<BTreeSet<String>> {
        let mut dropped = BTreeSet::new();
        for &(at, tag, value) in entries {
            if tag == tag::NEEDED {
                let name = self.text(strings, value)?;
                if !is_here(&name) {
                    self.put_u64(at, tag::DEBUG)?;
                    dropped.insert(name);
                }
            } else if tag::DROPPED.contains(&tag) {
                self.put_u64(at, tag::DEBUG)?;
            } else if tag == tag::FLAGS_1 {
                self.put_u64(at + 8, value & !NOT_FOR_PROGRAMS)?;
            }
        }
        Some(dropped)
    }

    /// The loader insists that what it takes versions from is loaded, and has them: dropped libraries leave the list, and
    /// the versions of the others may be missing.
    fn change_versions(
        &mut self,
        entries: &[(usize, u64, u64)],
        first: usize,
        count: u64,
        strings: usize,
        dropped: &BTreeSet<String>,
    ) -> Option<()> {
        let mut kept: Vec<usize> = Vec::new();
        let mut at = first;
        for _ in 0..count {
            let (names, file) = (self.u16(at + 2)?, self.u32(at + 4)?);
            if !dropped.contains(&self.text(strings, file.into())?) {
                kept.push(at);
                self.weaken_versions(at, names)?;
            }
            match usize::try_from(self.u32(at + 12)?).ok()? {
                0 => break,
                next => at = at.checked_add(next)?,
            }
        }
        for pair in kept.windows(2) {
            self.put_u32(pair[0] + 12, u32::try_from(pair[1] - pair[0]).ok()?)?;
        }
        kept.last().map_or(Some(()), |&last| self.put_u32(last + 12, 0))?;
        for &(at, tag, value) in entries {
            match (tag, kept.first()) {
                (tag::VERSIONS_NEEDED | tag::VERSIONS_NEEDED_COUNT, None) => self.put_u64(at, tag::DEBUG)?,
                (tag::VERSIONS_NEEDED, Some(&begin)) => {
                    self.put_u64(at + 8, value + u64::try_from(begin - first).ok()?)?;
                }
                (tag::VERSIONS_NEEDED_COUNT, Some(_)) => {
                    self.put_u64(at + 8, u64::try_from(kept.len()).ok()?)?;
                }
                _ => {}
            }
        }
        Some(())
    }

    fn weaken_versions(&mut self, needed: usize, names: u16) -> Option<()> {
        let mut at = needed.checked_add(usize::try_from(self.u32(needed + 8)?).ok()?)?;
        for _ in 0..names {
            let flags = self.u16(at + 4)?;
            self.put_u16(at + 4, flags | WEAK_VERSION)?;
            at = at.checked_add(usize::try_from(self.u32(at + 12)?).ok()?)?;
        }
        Some(())
    }

    /// No library gets a stack that can be executed.
    fn change_stack(&mut self, segments: &[Segment]) -> Option<()> {
        const EXECUTE: u32 = 1;
        for segment in segments.iter().filter(|segment| segment.kind == STACK) {
            let flags = self.u32(segment.at + 4)?;
            self.put_u32(segment.at + 4, flags & !EXECUTE)?;
        }
        Some(())
    }

    /// Makes every symbol that is defined elsewhere one that may be missing.
    fn weaken_undefined(&mut self) -> Option<()> {
        const LENGTH: usize = 24;
        const WEAK: u8 = 2;
        let symbols = self.dynamic_symbols()?;
        for at in symbols.step_by(LENGTH).skip(1) {
            let (info, section) = (*self.bytes.get(at + 4)?, self.u16(at + 6)?);
            if section == 0 && info >> 4 != 0 {
                *self.bytes.get_mut(at + 4)? = WEAK << 4 | info & 0xf;
            }
        }
        Some(())
    }

    fn dynamic_symbols(&self) -> Option<Range<usize>> {
        const LENGTH: usize = 64;
        const DYNAMIC_SYMBOLS: u32 = 11;
        let table = usize::try_from(self.u64(SECTION_HEADERS)?).ok()?;
        let sections = (0..usize::from(self.u16(SECTION_HEADER_COUNT)?))
            .map_while(|number| table.checked_add(number.checked_mul(LENGTH)?));
        let section = sections.clone().find(|at| self.u32(at + 4) == Some(DYNAMIC_SYMBOLS))?;
        let begin = usize::try_from(self.u64(section + 24)?).ok()?;
        let end = begin.checked_add(usize::try_from(self.u64(section + 32)?).ok()?)?;
        self.bytes.get(begin..end).map(|_| begin..end)
    }

    /// Where in the file an address is.
    fn offset_of(&self, segments: &[Segment], address: u64) -> Option<usize> {
        let holds = |segment: &&Segment| {
            let end = segment.address.checked_add(segment.size);
            segment.kind == LOAD && segment.address <= address && end.is_some_and(|end| address < end)
        };
        let segment = segments.iter().find(holds)?;
        usize::try_from((address - segment.address).checked_add(segment.offset)?).ok()
    }

    fn text(&self, strings: usize, at: u64) -> Option<String> {
        let bytes = self.bytes.get(strings.checked_add(usize::try_from(at).ok()?)?..)?;
        let length = bytes.iter().take(MOST_OF_A_NAME).position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn u64(&self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    fn put(&mut self, at: usize, bytes: &[u8]) -> Option<()> {
        self.bytes.get_mut(at..at.checked_add(bytes.len())?)?.copy_from_slice(bytes);
        Some(())
    }

    fn put_u16(&mut self, at: usize, value: u16) -> Option<()> {
        self.put(at, &value.to_le_bytes())
    }

    fn put_u32(&mut self, at: usize, value: u32) -> Option<()> {
        self.put(at, &value.to_le_bytes())
    }

    fn put_u64(&mut self, at: usize, value: u64) -> Option<()> {
        self.put(at, &value.to_le_bytes())
    }
}

/// Names of libraries are shorter.
const MOST_OF_A_NAME: usize = 4096;
