//! The files of a case as they were, for steps that are run again and again. They are in memory meanwhile where that
//! shows no difference: most of what such a run costs with real files is the system's.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use super::Session;
use crate::contract::verb::{Block, Fact, Verb};
use crate::worker::confinement::TEMPORARY_VARIABLE;
use crate::worker::driver::files;
use crate::worker::ffi::{Contents, InMemory};
use crate::worker::io::{Content, Image};

thread_local! {
    /// The files, while they are in memory.
    static IN_MEMORY: RefCell<Option<InMemory>> = const { RefCell::new(None) };
}

/// Runs a block, with the case's files in memory if SQLite alone uses them and has none open. Afterwards they are in the
/// directory as the block has left them.
pub(super) fn with_files<T>(
    session: &mut Session,
    block: &Block,
    run: impl FnOnce(&mut Session) -> T,
) -> io::Result<T> {
    let is_for_memory = session.is_alone && !uses_files(block) && !IN_MEMORY.with_borrow(Option::is_some);
    if !is_for_memory || files::others_open().is_ok_and(|n| n > 0) {
        return Ok(run(session));
    }
    let before = Files::remember()?;
    let temporary = std::env::var_os(TEMPORARY_VARIABLE).map(Into::into);
    let in_memory = InMemory::begin(session.library, &before.contents, temporary);
    let Some(in_memory) = in_memory else { return Ok(run(session)) };
    let lent = Lent::new(in_memory);
    let result = run(session);
    let after = Files::remember()?;
    drop(lent);
    after.restore()?;
    Ok(result)
}

/// Whether a block works on files without SQLite, or on handles of the case.
fn uses_files(block: &Block) -> bool {
    let uses_them = |verb: &Verb| match verb {
        Verb::Block(block) => uses_files(block),
        verb => verb.is(Fact::UsesFiles),
    };
    matches!(block, Block::Repeat(_)) || block.steps().any(|step| uses_them(&step.verb))
}

/// That files are in memory for a time.
struct Lent;

impl Lent {
    fn new(in_memory: InMemory) -> Self {
        IN_MEMORY.set(Some(in_memory));
        Self
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        IN_MEMORY.take();
    }
}

/// The files of a case's directory, which is the worker's own.
pub(super) struct Files {
    contents: Contents,
}

impl Files {
    /// What is there now.
    pub(super) fn remember() -> io::Result<Self> {
        if let Some(contents) = IN_MEMORY.with_borrow(|it| it.as_ref().map(InMemory::contents)) {
            return Ok(Self { contents });
        }
        let mut contents = Contents::new();
        for name in names()? {
            let bytes = fs::read(&name)?;
            contents.insert(name, Arc::new(bytes));
        }
        Ok(Self { contents })
    }

    /// Such files, to be put there.
    pub(super) fn of(image: &Image) -> Self {
        let contents = image.iter().map(|(name, content)| (name.into(), Arc::clone(content)));
        Self { contents: contents.collect() }
    }

    /// The contents by their names.
    pub(super) fn into_contents(self) -> Contents {
        self.contents
    }

    /// What a file was.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.contents.get(OsStr::new(name)).map(|content| content.as_slice())
    }

    /// The same but for one file, which has these contents.
    pub(super) fn with(&self, other: &str, bytes: Vec<u8>) -> Self {
        let mut contents = self.contents.clone();
        contents.insert(other.into(), Arc::new(bytes));
        Self { contents }
    }

    /// Makes the directory what it was: files that came go, those that were there have their contents again.
    pub(super) fn restore(&self) -> io::Result<()> {
        let put = |it: &InMemory| it.put(&self.contents);
        if IN_MEMORY.with_borrow(|it| it.as_ref().map(put)).is_some() {
            return Ok(());
        }
        let others = names()?.into_iter().filter(|name| !self.contents.contains_key(name));
        others.into_iter().try_for_each(fs::remove_file)?;
        self.contents.iter().try_for_each(|(name, content)| put_back(name, content))
    }
}

/// Gives a file its contents again where they are others now.
fn put_back(name: &OsStr, content: &Content) -> io::Result<()> {
    if fs::read(name).is_ok_and(|now| now == **content) { Ok(()) } else { write(name, content) }
}

/// Writes a file over its old contents: one that is cut to nothing first costs ext4 fifty times as much.
fn write(name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create(true).truncate(false).open(name)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

fn names() -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(Path::new("."))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name());
        }
    }
    Ok(names)
}
