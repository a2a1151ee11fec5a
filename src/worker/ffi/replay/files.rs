//! The files of a trace: which file of this directory stands for each path.

use std::collections::HashMap;
use std::io;

use crate::worker::replay::call::Opened;

/// Puts a file of the trace, with its journal or log, at a path.
pub(crate) type Extract = Box<dyn Fn(&str, &str) -> io::Result<()>>;

/// The files that there are.
#[derive(Default)]
pub(super) struct Files {
    by_path: HashMap<Vec<u8>, usize>,
    /// Each file's name in the trace, where it has one.
    names: Vec<Option<String>>,
    directory: String,
    extract: Option<Extract>,
    /// Why the first file could not be taken from the trace that could not.
    damage: Option<String>,
    /// Paths that SQLite was given, which it keeps.
    given: HashMap<Vec<u8>, &'static [u8]>,
}

/// What SQLite puts behind the path of a database.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

impl Files {
    /// Files in this directory, taken from a trace.
    pub(super) fn begin(&mut self, directory: String, extract: Extract) {
        self.directory = directory;
        self.extract = Some(extract);
    }

    /// A file is opened at a path as it was then.
    pub(super) fn open(&mut self, opened: &Opened) {
        let known = self.by_path.get(&opened.path).copied();
        let of_name = opened
            .copy
            .as_ref()
            .and_then(|copy| self.names.iter().rposition(|name| name.as_ref() == Some(copy)));
        match (&opened.copy, opened.is_new) {
            (Some(copy), true) => {
                let at = self.add(&opened.path, Some(copy.clone()));
                let to = self.local(at);
                if let Some(Err(error)) = self.extract.as_ref().map(|extract| extract(copy, &to)) {
                    let path = String::from_utf8_lossy(&opened.path).into_owned();
                    self.damage.get_or_insert_with(|| format!("the database {path}: {error}"));
                }
            }
            (Some(copy), false) => match (of_name, known) {
                (Some(at), _) => {
                    self.by_path.insert(opened.path.clone(), at);
                }
                // The recorded program made it, at this path or at another one.
                (None, Some(at)) if self.names[at].is_none() => self.names[at] = Some(copy.clone()),
                (None, _) => {
                    let unnamed = self.names.iter().rposition(Option::is_none);
                    match unnamed {
                        Some(at) => {
                            self.names[at] = Some(copy.clone());
                            self.by_path.insert(opened.path.clone(), at);
                        }
                        None => {
                            self.add(&opened.path, Some(copy.clone()));
                        }
                    }
                }
            },
            // There was no file: one that was there has been removed.
            (None, _) => {
                self.add(&opened.path, None);
            }
        }
    }

    /// Why a file could not be taken from the trace: what is done without it says nothing.
    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    fn add(&mut self, path: &[u8], name: Option<String>) -> usize {
        self.names.push(name);
        let at = self.names.len() - 1;
        self.by_path.insert(path.to_vec(), at);
        at
    }

    fn local(&self, at: usize) -> String {
        format!("{}/{at}.db", self.directory)
    }

    /// The path here of a path there: a database's, or one that begins with a database's.
    pub(super) fn path(&mut self, path: &[u8]) -> String {
        if let Some(at) = self.by_path.get(path) {
            return self.local(*at);
        }
        // A journal, a log, or what else SQLite names after a database.
        let of = (1..path.len()).rev().filter(|at| path[*at] == b'-').find_map(|at| {
            let database = self.by_path.get(&path[..at])?;
            Some((*database, String::from_utf8_lossy(&path[at..]).replace('/', "_")))
        });
        match of {
            Some((database, rest)) => self.local(database) + &rest,
            None => {
                let is_beside = BESIDE.iter().any(|beside| path.ends_with(beside.as_bytes()));
                let at = match is_beside {
                    true => self.names.len(),
                    false => self.add(path, None),
                };
                self.local(at)
            }
        }
    }

    /// A path as SQLite may keep it, with the parameters behind the name that SQLite gave.
    pub(super) fn given(&mut self, path: &str, parameters: &[u8]) -> *const u8 {
        // SQLite finds the beginning of a name by the zeros before it, and its end by those behind.
        const BEFORE: usize = 8;
        let mut name = vec![0; BEFORE];
        name.extend_from_slice(path.as_bytes());
        name.push(0);
        name.extend_from_slice(parameters);
        name.extend_from_slice(&[0; 8]);
        let kept =
            self.given.entry(name).or_insert_with_key(|name| Box::leak(name.clone().into_boxed_slice()));
        kept[BEFORE..].as_ptr()
    }
}
