//! Archives inside a source: packages that compile SQLite themselves often have it as sqlite.org publishes it, in a tar.gz.

use std::fs;
use std::path::{Component, Path};

use anyhow::Context;

use super::{locked, unpack};
use crate::builds::error::BuildError;

/// Unpacks each archive that the path `file` goes through. Its content takes its place, under its name, so that the path
/// of a file in it is a path on disk: `package/deps/sqlite-autoconf-3150000.tar.gz/sqlite-autoconf-3150000/sqlite3.c`.
pub(super) fn unpack_on_the_way(folder: &Path, file: &str) -> Result<(), BuildError> {
    let mut components = Path::new(file).components().peekable();
    let mut path = folder.to_owned();
    while let Some(component) = components.next() {
        path.push(component);
        if matches!(component, Component::Normal(_)) && components.peek().is_some() && path.is_file() {
            locked(folder, || if path.is_file() { replace(&path) } else { Ok(()) })?;
        }
    }
    Ok(())
}

/// The archive keeps another name until its content is complete, so that an interrupted run is repeated.
fn replace(archive: &Path) -> Result<(), BuildError> {
    let parent = archive.parent().context("an archive is in a folder")?;
    let content = tempfile::tempdir_in(parent).context("cannot create a folder for an archive's content")?;
    unpack::unpack(archive, content.path())?;
    let moved = fs::remove_file(archive).and_then(|()| fs::rename(content.keep(), archive));
    Ok(moved.with_context(|| format!("cannot put the content of {} in its place", archive.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tar.gz with one file.
    fn archive(at: &Path, name: &str, content: &[u8]) {
        let compressed =
            flate2::write::GzEncoder::new(fs::File::create(at).unwrap(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(compressed);
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, content).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
    }

    #[test]
    fn a_path_goes_through_an_archive() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("npm-package-1.0.0");
        fs::create_dir_all(folder.join("deps")).unwrap();
        let inner = root.path().join("inner");
        archive(&inner, "sqlite/sqlite3.c", b"int a;");
        fs::rename(inner, folder.join("deps/sqlite.tar.gz")).unwrap();
        let file = "deps/sqlite.tar.gz/sqlite/sqlite3.c";
        for _ in 0..2 {
            unpack_on_the_way(&folder, file).unwrap();
            assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), "int a;");
        }
        assert_eq!(fs::read_dir(folder.join("deps")).unwrap().count(), 1);
        unpack_on_the_way(&folder, "deps/another.c").unwrap();
    }
}
