//! A snapshot file: insta's format, so that insta and its review tools read what is written here.

use std::path::Path;

use anyhow::Result;

use super::judge::Drift;
use super::name::{SnapshotName, State};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, open};
use crate::system::files::write_atomically;

/// A snapshot file. Its source is the contract, which follows from its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// The header's other lines, as they were written.
    header: String,
    /// The transcript.
    pub text: String,
}

/// The header's keys that are not kept: insta counts the lines of an assertion, and names the file that it is in.
const NOT_KEPT: [&str; 2] = ["source:", "assertion_line:"];

impl SnapshotFile {
    /// The snapshot of a drift. Review tools show `title`, the promise of its contract, and what the drift is from.
    pub fn of(drift: &Drift, title: Option<&str>) -> Self {
        let from = drift.inherited.as_ref().map(|inherited| format!("differs from {}", inherited.from));
        let parts: Vec<String> = title.map(str::to_owned).into_iter().chain(from).collect();
        let description = serde_json::Value::from(parts.join("; "));
        Self { header: format!("description: {description}\n"), text: drift.after.clone() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not in insta's format.
    pub fn read(file: &Path) -> Result<Self, Diagnostics> {
        let content = content(file)?;
        let (header, text) = split(&content, file)?;
        let kept = header.lines().filter(|line| !NOT_KEPT.iter().any(|key| line.starts_with(key)));
        Ok(Self { header: kept.flat_map(|line| [line, "\n"]).collect(), text: text.to_owned() })
    }

    /// Writes the file of a name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path, name: &SnapshotName, state: State) -> Result<()> {
        write_atomically(&name.file(folder, state), self.content(name))
    }

    /// The content of the file of this name.
    pub fn content(&self, name: &SnapshotName) -> String {
        let Self { header, text } = self;
        format!("---\nsource: {}\n{header}---\n{}\n", Contract::file_of(&name.contract), text.trim_end())
    }
}

/// The transcript of a snapshot file, whose header is ignored.
///
/// # Errors
/// Those of [`SnapshotFile::read`].
pub(crate) fn read_text(file: &Path) -> Result<String, Diagnostic> {
    let content = content(file)?;
    Ok(split(&content, file)?.1.to_owned())
}

/// A file's content, with only line feeds: git may have added carriage returns.
fn content(file: &Path) -> Result<String, Diagnostic> {
    let content = match open(file).and_then(std::io::read_to_string) {
        Ok(content) => content,
        Err(_) => SourceText::read(file, &file.to_string_lossy())?.text().to_owned(),
    };
    Ok(if content.contains('\r') { content.replace("\r\n", "\n") } else { content })
}

/// Header and text.
fn split<'a>(content: &'a str, file: &Path) -> Result<(&'a str, &'a str), Diagnostic> {
    let parts = content.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    parts.ok_or_else(|| {
        let source = SourceText::new(file.to_string_lossy(), content);
        let first_line = 0..content.find('\n').unwrap_or(content.len());
        Diagnostic::new(&source, first_line, "this is no snapshot: it has no header between `---`")
            .help("restore it, or remove it and review what the next run leaves")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insta_reads_what_is_written_here() {
        let folder = tempfile::tempdir().unwrap();
        let name = SnapshotName::new("precision/round", "half", "3.43.0-rusqlite");
        let file = name.file(folder.path(), State::Pending);
        for title in
            ["ROUND keeps its digits", "sum(), \"total\" and `avg`: \\ the same\n", "true", "- é # %"]
        {
            let drift = Drift { own: None, inherited: None, after: "open → OK\n    1\n---\nx".to_owned() };
            let snapshot = SnapshotFile::of(&drift, Some(title));
            snapshot.write(folder.path(), &name, State::Pending).unwrap();
            let read = insta::Snapshot::from_file(&file).unwrap();
            assert_eq!(read.metadata().source(), Some("contracts/precision/round.yaml"));
            assert_eq!(read.metadata().description(), Some(title));
            assert_eq!(read.as_text().unwrap().to_string(), drift.after);
            assert_eq!(SnapshotFile::read(&file).unwrap().content(&name), snapshot.content(&name));
            assert_eq!(read_text(&file).unwrap().trim_end(), drift.after);
        }
    }

    #[test]
    fn of_a_header_everything_is_kept_but_what_insta_says_of_its_assertion() {
        let folder = tempfile::tempdir().unwrap();
        let name = SnapshotName::new("a/b", "c", "1");
        let file = name.file(folder.path(), State::Pending);
        let header = "source: src/a.rs\nassertion_line: 7\ndescription: a\nexpression: b";
        write_atomically(&file, format!("---\n{header}\n---\nassertion_line: 1\n")).unwrap();
        let kept = "---\nsource: contracts/a/b.yaml\ndescription: a\nexpression: b\n---\nassertion_line: 1\n";
        assert_eq!(SnapshotFile::read(&file).unwrap().content(&name), kept);
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_or_a_device_is_no_snapshot() {
        let refused = read_text(Path::new("/dev/null")).unwrap_err();
        assert_eq!(refused.message(), "cannot read this file: it is not a regular file");
    }

    #[test]
    fn what_is_no_snapshot_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a@1.snap");
        std::fs::write(&file, "open → OK\n").unwrap();
        assert!(SnapshotFile::read(&file).is_err() && read_text(&file).is_err());
        std::fs::write(&file, "---\r\nsource: a\r\n---\r\nopen → OK\r\n").unwrap();
        assert_eq!(read_text(&file).unwrap(), "open → OK\n");
    }
}
