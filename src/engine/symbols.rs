//! Names for the addresses of a worker's code: which function, which file and line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use addr2line::Loader;

use crate::record::report::Frame;
use crate::system::mappings::{self, of_files};

/// The code of one process.
pub(super) struct Symbols {
    /// The build's library.
    library: PathBuf,
    /// The worker's own program.
    program: PathBuf,
    mappings: Vec<Mapping>,
    loaded: BTreeMap<PathBuf, Option<Loader>>,
}

/// A file of code and where the process had it.
struct Mapping {
    path: PathBuf,
    start: u64,
    end: u64,
}

impl Symbols {
    /// From the lines of `/proc/<pid>/maps` (`man 5 proc_pid_maps`).
    pub(super) fn new(library: &Path, program: &Path, shown: &str) -> Self {
        // As the system shows them: without links.
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut mappings: Vec<Mapping> = Vec::new();
        for mapping in of_files(shown).filter_map(mapping) {
            // The mappings of a file follow one another.
            match mappings.last_mut() {
                Some(last) if last.path == mapping.path => last.end = mapping.end,
                _ => mappings.push(mapping),
            }
        }
        Self { library: real(library), program: real(program), mappings, loaded: BTreeMap::new() }
    }

    /// Whether the address is the build's own code.
    pub(super) fn is_of_library(&self, address: u64) -> bool {
        self.mapping_of(address).is_some_and(|mapping| mapping.path == self.library)
    }

    /// The function at an address, after those that the compiler inlined into it there.
    pub(super) fn frames(&mut self, address: u64) -> Vec<Frame> {
        let Some(mapping) = self.mapping_of(address) else {
            return vec![Frame::nameless("no code")];
        };
        if mapping.path == self.program {
            return vec![Frame::nameless("driver")];
        }
        let (path, offset) = (mapping.path.clone(), address - mapping.start);
        let loader = self.loaded.entry(path.clone()).or_insert_with(|| Loader::new(&path).ok());
        let known = loader.as_ref().map(|loader| with_lines(loader, offset)).unwrap_or_default();
        if !known.is_empty() {
            return known;
        }
        let function = loader.as_ref().and_then(|loader| loader.find_symbol(offset)).map(str::to_owned);
        vec![Frame { function, place: file_name(&path) }]
    }

    fn mapping_of(&self, address: u64) -> Option<&Mapping> {
        self.mappings.iter().find(|mapping| (mapping.start..mapping.end).contains(&address))
    }
}

fn mapping(found: mappings::Mapping<'_>) -> Option<Mapping> {
    let (start, end) = found.range.split_once('-')?;
    let number = |hexadecimal| u64::from_str_radix(hexadecimal, 16).ok();
    Some(Mapping { path: found.path.into(), start: number(start)?, end: number(end)? })
}

/// What the debugging information says, innermost first; nothing where there is none.
fn with_lines(loader: &Loader, offset: u64) -> Vec<Frame> {
    let mut frames = Vec::new();
    let Ok(mut found) = loader.find_frames(offset) else { return frames };
    while let Ok(Some(frame)) = found.next() {
        let function = frame.function.and_then(|name| Some(name.raw_name().ok()?.into_owned()));
        let place = frame.location.and_then(|location| {
            let file = file_name(Path::new(location.file?));
            Some(location.line.map_or_else(|| file.clone(), |line| format!("{file}:{line}")))
        });
        let (Some(function), Some(place)) = (function, place) else { break };
        frames.push(Frame { function: Some(function), place });
    }
    frames
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
