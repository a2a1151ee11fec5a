//! The SQLite that a program brings with it only by name: the shared library that its loader would find. Nothing is executed.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use object::read::elf::ElfFile64;
use object::{Endianness, elf};

/// What a program is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// A shared SQLite, in this file.
    To(PathBuf),
    /// A shared SQLite of this name, which is nowhere where its loader looks.
    Nowhere(String),
}

/// How the names of shared libraries of SQLite begin.
const SQLITE: &str = "libsqlite3.";
/// More libraries are not looked into.
const MOST: usize = 500;

/// The shared SQLite that a program, or a library that it is linked to, is linked to; nothing where none is, or the file is not
/// one that this system loads.
pub fn linked(program: &Path) -> Option<Linked> {
    let folders = folders_of_system();
    let mut queue = VecDeque::from([program.to_owned()]);
    let mut seen = BTreeSet::new();
    while let Some(file) = queue.pop_front() {
        let Some(wants) = Wants::of(&file) else { continue };
        for name in &wants.names {
            let found = wants.folders.iter().chain(&folders).map(|folder| folder.join(name));
            let found = found.into_iter().find(|path| path.is_file());
            if name.starts_with(SQLITE) {
                return Some(found.map_or_else(|| Linked::Nowhere(name.clone()), Linked::To));
            }
            if let Some(found) = found.filter(|_| seen.len() < MOST && seen.insert(name.clone())) {
                queue.push_back(found);
            }
        }
    }
    None
}

/// What a file says of the libraries that it wants.
struct Wants {
    names: Vec<String>,
    /// Where it wants them to be looked for.
    folders: Vec<PathBuf>,
}

impl Wants {
    fn of(path: &Path) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let file = ElfFile64::<Endianness>::parse(bytes.as_slice()).ok()?;
        let table = file.elf_dynamic_table().ok()?;
        let origin = path.parent()?.to_string_lossy().into_owned();
        let mut wants = Self { names: Vec::new(), folders: Vec::new() };
        for entry in table.iter() {
            let text = || String::from_utf8(table.string(entry).ok()?.to_vec()).ok();
            match entry.tag {
                elf::DT_NEEDED => wants.names.extend(text()),
                elf::DT_RPATH | elf::DT_RUNPATH => {
                    let folders = text()?.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin);
                    wants.folders.extend(folders.split(':').map(PathBuf::from));
                }
                _ => {}
            }
        }
        Some(wants)
    }
}

/// Where this system's loader looks: `LD_LIBRARY_PATH`, what `/etc/ld.so.conf` names, and the folders that it always has.
fn folders_of_system() -> Vec<PathBuf> {
    let named = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&named).collect();
    folders.extend(configured(Path::new("/etc/ld.so.conf"), 0));
    folders.extend(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(PathBuf::from));
    folders
}

/// The folders that a file of the loader's configuration names, with those of the files that it includes.
fn configured(file: &Path, depth: usize) -> Vec<PathBuf> {
    const DEEPEST: usize = 4;
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut folders = Vec::new();
    for line in text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()) {
        match line.strip_prefix("include ").map(str::trim) {
            Some(glob) if depth < DEEPEST => {
                let files = matching(Path::new(glob));
                folders.extend(files.iter().flat_map(|file| configured(file, depth + 1)));
            }
            Some(_) => {}
            None if line.is_empty() => {}
            None => folders.push(PathBuf::from(line)),
        }
    }
    folders
}

/// The files whose names match the last part of a path.
fn matching(glob: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (glob.parent(), glob.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let Ok(matcher) = globset::Glob::new(name).map(|glob| glob.compile_matcher()) else { return Vec::new() };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        entries.filter(|entry| matcher.is_match(entry.file_name())).map(|entry| entry.path()).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_names_folders_and_includes_others() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("a.conf", "/opt/a/lib # theirs\n\n# nothing\n");
        write("b.conf", "/opt/b/lib\n");
        write("b.txt", "/opt/never\n");
        let include = format!("include {}/*.conf\n/last\n", folder.path().display());
        write("ld", &include);
        let found = configured(&folder.path().join("ld"), 0);
        assert_eq!(found, ["/opt/a/lib", "/opt/b/lib", "/last"].map(PathBuf::from));
        // One that includes itself ends.
        write("a.conf", &include);
        assert!(!configured(&folder.path().join("ld"), 0).is_empty());
    }

    #[test]
    fn what_is_no_program_is_linked_to_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script");
        fs::write(&file, "#!/bin/sh\n").unwrap();
        assert_eq!(linked(&file), None);
        assert_eq!(linked(&folder.path().join("none")), None);
    }
}
