//! Files in memory as a kernel keeps them: their contents, the names that lead to them, and who has them open.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use memchr::memrchr;

use super::change;

/// What is in a file. It is shared until someone writes to it, so that to remember files and to put them back costs nothing.
pub(crate) type Content = Arc<Vec<u8>>;

/// The number of a file, which no other file gets again.
pub(crate) type Inode = u64;

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    pub inode: Inode,
    pub size: usize,
    /// Its permissions.
    pub mode: u32,
    /// Whether a name leads to it.
    pub has_name: bool,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct How {
    pub creates: bool,
    /// It must be the one that makes it.
    pub exclusive: bool,
    pub writes: bool,
    pub truncates: bool,
    /// The path is that of a directory, in which a file without a name is made.
    pub nameless: bool,
    /// The permissions of a file that is made.
    pub mode: u32,
}

/// The files of some directories.
#[derive(Debug, Default)]
pub(crate) struct MemoryFiles {
    directories: Vec<Vec<u8>>,
    /// By their absolute paths, where they stand among the files.
    names: BTreeMap<Vec<u8>, usize>,
    /// Those that are gone leave a gap, which the next takes. Lists because these are asked at every call.
    files: Vec<Option<File>>,
    /// By their descriptors.
    open: Vec<Option<Open>>,
    last: Inode,
}

#[derive(Debug)]
struct File {
    inode: Inode,
    content: Content,
    mode: u32,
    has_name: bool,
    /// How many descriptors it has.
    open: usize,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    /// Where it stands among the files; `None` for a directory.
    file: Option<usize>,
    writes: bool,
}

impl MemoryFiles {
    /// No files, in these directories.
    pub(crate) fn new(directories: Vec<Vec<u8>>) -> Self {
        Self { directories, ..Self::default() }
    }

    /// From now on files are looked for elsewhere. Those that are open stay so.
    pub(crate) fn end(&mut self) {
        let names: Vec<_> = self.names.keys().cloned().collect();
        names.iter().for_each(|path| drop(self.unlink(path)));
        self.directories.clear();
    }

    /// Where the files are.
    pub(crate) fn directories(&self) -> &[Vec<u8>] {
        &self.directories
    }

    /// Whether files with such a path are here.
    pub(crate) fn has_directory_of(&self, path: &[u8]) -> bool {
        self.directories.iter().any(|directory| is_in(path, directory))
    }

    /// Whether it is one of the directories, or a directory that leads to one.
    pub(crate) fn is_directory(&self, path: &[u8]) -> bool {
        let leads_to = |directory: &Vec<u8>| {
            directory.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
        };
        self.directories.iter().any(leads_to)
    }

    /// Whether it is a descriptor of a file that is here.
    pub(crate) fn is_open(&self, descriptor: i32) -> bool {
        self.opened(descriptor).is_some()
    }

    /// Whether anything is open.
    pub(crate) fn is_in_use(&self) -> bool {
        self.open.iter().any(Option::is_some)
    }

    fn opened(&self, descriptor: i32) -> Option<Open> {
        usize::try_from(descriptor).ok().and_then(|at| *self.open.get(at)?)
    }

    /// Opens a file by this descriptor, which is free.
    pub(crate) fn open(&mut self, descriptor: i32, path: &[u8], how: How) -> io::Result<()> {
        let at = match self.names.get(path) {
            _ if how.nameless => self.add(Content::default(), how.mode, false),
            Some(_) if how.creates && how.exclusive => return Err(ErrorKind::AlreadyExists.into()),
            Some(at) => *at,
            None if how.creates => self.make(path.to_vec(), Content::default(), how.mode),
            None => return Err(ErrorKind::NotFound.into()),
        };
        let file = self.files[at].as_mut().ok_or(ErrorKind::NotFound)?;
        file.open += 1;
        if how.truncates {
            file.content = Content::default();
        }
        self.note(descriptor, Open { file: Some(at), writes: how.writes });
        Ok(())
    }

    /// Opens one of the directories, only to sync and to close it.
    pub(crate) fn open_directory(&mut self, descriptor: i32) {
        self.note(descriptor, Open { file: None, writes: false });
    }

    fn note(&mut self, descriptor: i32, open: Open) {
        let at = usize::try_from(descriptor).unwrap_or(0);
        if self.open.len() <= at {
            self.open.resize(at + 1, None);
        }
        self.open[at] = Some(open);
    }

    fn make(&mut self, path: Vec<u8>, content: Content, mode: u32) -> usize {
        let at = self.add(content, mode, true);
        self.names.insert(path, at);
        at
    }

    fn add(&mut self, content: Content, mode: u32, has_name: bool) -> usize {
        self.last += 1;
        let file = File { inode: self.last, content, mode, has_name, open: 0 };
        let at = self.files.iter().position(Option::is_none).unwrap_or(self.files.len());
        if at == self.files.len() {
            self.files.push(None);
        }
        self.files[at] = Some(file);
        at
    }

    pub(crate) fn close(&mut self, descriptor: i32) {
        let open = usize::try_from(descriptor).ok().and_then(|at| self.open.get_mut(at)?.take());
        if let Some(at) = open.and_then(|open| open.file) {
            self.release(at, |file| file.open -= 1);
        }
    }

    pub(crate) fn unlink(&mut self, path: &[u8]) -> io::Result<()> {
        let at = self.names.remove(path).ok_or(ErrorKind::NotFound)?;
        self.release(at, |file| file.has_name = false);
        Ok(())
    }

    /// Takes a name or a descriptor from a file, which is gone when it has none any more.
    fn release(&mut self, at: usize, take: impl FnOnce(&mut File)) {
        if let Some(file) = &mut self.files[at] {
            take(file);
            if !file.has_name && file.open == 0 {
                self.files[at] = None;
            }
        }
    }

    /// What is known of the file with this name.
    pub(crate) fn status_of(&self, path: &[u8]) -> Option<Status> {
        self.names.get(path).and_then(|at| self.files[*at].as_ref()).map(File::status)
    }

    /// What is known of an open file; `None` for a directory.
    pub(crate) fn status_of_open(&self, descriptor: i32) -> Option<Status> {
        let at = self.opened(descriptor)?.file?;
        self.files[at].as_ref().map(File::status)
    }

    /// Bytes of all files.
    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().flatten().map(|file| file.content.len()).sum()
    }

    /// Reads as many bytes as are there. Returns how many.
    pub(crate) fn read(&self, descriptor: i32, at: usize, into: &mut [u8]) -> io::Result<usize> {
        let file = self.opened(descriptor).and_then(|open| self.files[open.file?].as_ref());
        let there = file.ok_or(ErrorKind::IsADirectory)?.content.get(at..).unwrap_or_default();
        let n = there.len().min(into.len());
        into[..n].copy_from_slice(&there[..n]);
        Ok(n)
    }

    /// Writes bytes. Returns the file.
    pub(crate) fn write(&mut self, descriptor: i32, at: usize, bytes: &[u8]) -> io::Result<Inode> {
        let file = self.writable(descriptor)?;
        change::write(Arc::make_mut(&mut file.content), at, bytes);
        Ok(file.inode)
    }

    /// Cuts a file, or lengthens it by zeros.
    pub(crate) fn set_length(&mut self, descriptor: i32, length: usize) -> io::Result<()> {
        change::set_length(Arc::make_mut(&mut self.writable(descriptor)?.content), length);
        Ok(())
    }

    pub(crate) fn set_mode(&mut self, descriptor: i32, mode: u32) -> io::Result<()> {
        self.writable(descriptor)?.mode = mode;
        Ok(())
    }

    fn writable(&mut self, descriptor: i32) -> io::Result<&mut File> {
        let open = self.opened(descriptor).filter(|open| open.writes).ok_or(ErrorKind::InvalidInput)?;
        let file = open.file.and_then(|at| self.files[at].as_mut());
        Ok(file.ok_or(ErrorKind::IsADirectory)?)
    }

    /// What is in a file.
    pub(crate) fn content(&self, inode: Inode) -> Option<&Content> {
        self.files.iter().flatten().find(|file| file.inode == inode).map(|file| &file.content)
    }

    /// Changes what is in a file without a descriptor.
    pub(crate) fn overwrite(&mut self, inode: Inode, at: usize, bytes: &[u8]) {
        if let Some(file) = self.files.iter_mut().flatten().find(|file| file.inode == inode) {
            let content = Arc::make_mut(&mut file.content);
            let n = bytes.len().min(content.len().saturating_sub(at));
            content[at..at + n].copy_from_slice(&bytes[..n]);
        }
    }

    /// The files in a directory.
    pub(crate) fn of(&self, directory: &[u8]) -> impl Iterator<Item = (&[u8], &Content)> {
        let files = self.names.iter().filter(move |(path, _)| is_in(path, directory));
        files.filter_map(move |(path, at)| {
            Some((&path[directory.len() + 1..], &self.files[*at].as_ref()?.content))
        })
    }

    /// Makes these the files in a directory.
    pub(crate) fn put<'a>(&mut self, directory: &[u8], files: impl Iterator<Item = (&'a [u8], &'a Content)>) {
        /// That of a file which SQLite makes.
        const USUAL_MODE: u32 = 0o644;
        let path_of = |name: &[u8]| [directory, b"/", name].concat();
        let mut others: Vec<_> = self.of(directory).map(|(name, _)| path_of(name)).collect();
        for (name, content) in files {
            let path = path_of(name);
            others.retain(|other| *other != path);
            match self.names.get(&path).and_then(|at| self.files[*at].as_mut()) {
                Some(file) => file.content = Arc::clone(content),
                None => {
                    self.make(path, Arc::clone(content), USUAL_MODE);
                }
            }
        }
        others.iter().for_each(|path| drop(self.unlink(path)));
    }
}

impl File {
    fn status(&self) -> Status {
        Status { inode: self.inode, size: self.content.len(), mode: self.mode, has_name: self.has_name }
    }
}

/// Whether a path is that of a file in this directory.
fn is_in(path: &[u8], directory: &[u8]) -> bool {
    memrchr(b'/', path).is_some_and(|end| path[..end] == *directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    const READS: How =
        How { creates: false, exclusive: false, writes: false, truncates: false, nameless: false, mode: 0 };
    const MAKES: How = How { creates: true, writes: true, mode: 0o600, ..READS };

    fn files() -> MemoryFiles {
        MemoryFiles::new(vec![b"/d".to_vec()])
    }

    fn there(files: &MemoryFiles) -> Vec<(&[u8], &[u8])> {
        files.of(b"/d").map(|(name, content)| (name, content.as_slice())).collect()
    }

    #[test]
    fn a_file_is_there_while_a_name_or_a_descriptor_leads_to_it() {
        let mut files = files();
        files.open(7, b"/d/a", MAKES).unwrap();
        assert_eq!(files.open(8, b"/d/b", READS).unwrap_err().kind(), ErrorKind::NotFound);
        let exclusive = How { exclusive: true, ..MAKES };
        assert_eq!(files.open(8, b"/d/a", exclusive).unwrap_err().kind(), ErrorKind::AlreadyExists);
        files.write(7, 0, b"old").unwrap();
        files.unlink(b"/d/a").unwrap();
        assert!(!files.status_of_open(7).unwrap().has_name);
        files.open(8, b"/d/a", MAKES).unwrap();
        files.write(8, 0, b"new").unwrap();
        assert_ne!(files.status_of_open(7).unwrap().inode, files.status_of(b"/d/a").unwrap().inode);
        let mut bytes = [0; 8];
        assert_eq!((files.read(7, 1, &mut bytes).unwrap(), &bytes[..2]), (2, &b"ld"[..]));
        [7, 8].into_iter().for_each(|descriptor| files.close(descriptor));
        assert_eq!(
            (there(&files), files.files.iter().flatten().count()),
            (vec![(&b"a"[..], &b"new"[..])], 1)
        );
    }

    #[test]
    fn a_file_without_a_name_is_gone_when_it_is_closed() {
        let mut files = files();
        files.open(7, b"/d", How { nameless: true, writes: true, ..READS }).unwrap();
        files.write(7, 0, b"x").unwrap();
        assert_eq!((there(&files).len(), files.status_of_open(7).unwrap().size), (0, 1));
        files.close(7);
        assert_eq!(files.files.iter().flatten().count(), 0);
    }

    #[test]
    fn what_was_not_written_is_zero() {
        let mut files = files();
        files.open(7, b"/d/a", MAKES).unwrap();
        files.write(7, 2, b"abc").unwrap();
        files.write(7, 4, b"de").unwrap();
        files.set_length(7, 3).unwrap();
        files.set_length(7, 5).unwrap();
        assert_eq!(there(&files), [(&b"a"[..], &b"\0\0a\0\0"[..])]);
        files.open(8, b"/d/a", READS).unwrap();
        assert_eq!(files.write(8, 0, b"x").unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(files.read(8, 9, &mut [0; 2]).unwrap(), 0);
    }

    #[test]
    fn files_that_were_remembered_do_not_change() {
        let mut files = files();
        files.open(7, b"/d/a", MAKES).unwrap();
        files.write(7, 0, b"before").unwrap();
        let before: Vec<_> =
            files.of(b"/d").map(|(name, content)| (name.to_vec(), Arc::clone(content))).collect();
        files.write(7, 0, b"after!").unwrap();
        files.open(8, b"/d/b", MAKES).unwrap();
        files.put(b"/d", before.iter().map(|(name, content)| (&name[..], content)));
        assert_eq!(there(&files), [(&b"a"[..], &b"before"[..])]);
    }

    #[test]
    fn directories_are_those_that_lead_here() {
        let files = MemoryFiles::new(vec![b"/d/e".to_vec()]);
        let leads: Vec<bool> =
            ["/d", "/d/e", "/d/e/f", "/dd", ""].map(|path| files.is_directory(path.as_bytes())).to_vec();
        assert_eq!(leads, [true, true, false, false, true]);
        assert!(files.has_directory_of(b"/d/e/f") && !files.has_directory_of(b"/d/e/f/g"));
    }
}
