//! What tests of commands share.

mod said;

use std::path::{Path, PathBuf};

pub(crate) use said::said;

/// This repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What a folder has in it, in the order of names; nothing where there is none.
pub(crate) fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Copies a file, or a folder with all that is in it. Modification times are kept.
pub(crate) fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        return children(from).iter().for_each(|path| copy(path, &to.join(path.file_name().unwrap())));
    }
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::copy(from, to).unwrap();
    let modified = from.metadata().unwrap().modified().unwrap();
    std::fs::File::options().append(true).open(to).unwrap().set_modified(modified).unwrap();
}
