//! A snapshot file: insta's format, so that insta and its review tools read what is written here.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::judge::Drift;
use super::name::{SnapshotName, State};
use crate::system::files::write_atomically;

/// The content of a snapshot file, without what follows from its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// What review tools show above the transcript.
    pub description: Option<String>,
    /// The transcript.
    pub text: String,
}

/// The part of the header that is read: the source follows from the name, and insta's own keys (`assertion_line`,
/// `expression`) say where in a test an assertion is.
#[derive(Deserialize)]
struct Header {
    description: Option<String>,
}

impl SnapshotFile {
    /// The snapshot of a drift; `title` is the promise of its contract.
    pub fn of(drift: &Drift, title: Option<&str>) -> Self {
        let from = drift.inherited.as_ref().map(|inherited| format!("differs from {}", inherited.from));
        let parts: Vec<String> = title.map(str::to_owned).into_iter().chain(from).collect();
        let description = (!parts.is_empty()).then(|| parts.join("; "));
        Self { description, text: drift.after.clone() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not in insta's format.
    pub fn read(file: &Path) -> Result<Self> {
        let content = content(file)?;
        let (header, text) = split(&content, file)?;
        let header: Header = serde_yaml::from_str(header)
            .with_context(|| format!("cannot read the header of the snapshot {}", file.display()))?;
        Ok(Self { description: header.description, text: text.to_owned() })
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
        let description = self.description.as_ref().map(|text| format!("description: {}\n", scalar(text)));
        format!(
            "---\nsource: {}\n{}---\n{}\n",
            scalar(&format!("contracts/{}.yaml", name.contract)),
            description.unwrap_or_default(),
            self.text.trim_end()
        )
    }
}

/// The transcript of a snapshot file, whose header is ignored.
///
/// # Errors
/// Those of [`SnapshotFile::read`].
pub(crate) fn read_text(file: &Path) -> Result<String> {
    let content = content(file)?;
    Ok(split(&content, file)?.1.to_owned())
}

/// A file's content, with only line feeds: git may have added carriage returns.
fn content(file: &Path) -> Result<String> {
    let content = std::fs::read_to_string(file);
    let content = content.with_context(|| format!("cannot read the snapshot {}", file.display()))?;
    Ok(if content.contains('\r') { content.replace("\r\n", "\n") } else { content })
}

/// Header and text.
fn split<'a>(content: &'a str, file: &Path) -> Result<(&'a str, &'a str)> {
    let parts = content.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    parts.with_context(|| format!("{} is not a snapshot: it has no header between `---`", file.display()))
}

/// A text as a YAML value, in quotes where insta writes them: where it might be read as something else.
fn scalar(text: &str) -> String {
    let means_something = |c: char| c.is_control() || ":{}[],#`\"'\\".contains(c);
    // A single word may be a number, `true` or `null`.
    let is_plain =
        text.starts_with(char::is_alphanumeric) && text.contains([' ', '/']) && !text.ends_with(' ');
    match is_plain && !text.contains(means_something) {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insta_reads_what_is_written_here() {
        let folder = tempfile::tempdir().unwrap();
        let name = SnapshotName::new("precision/round", "half", "3.43.0-rusqlite");
        for description in [
            None,
            Some("ROUND keeps its digits; differs from 1"),
            Some("sum(), \"total\" and `avg`: \\ the same\n"),
            Some("true"),
            Some("- é # %"),
        ] {
            let description = description.map(str::to_owned);
            let snapshot = SnapshotFile { description, text: "open → OK\n    1\n---\nx".to_owned() };
            snapshot.write(folder.path(), &name, State::Pending).unwrap();
            let file = name.file(folder.path(), State::Pending);
            let read = insta::Snapshot::from_file(&file).unwrap();
            assert_eq!(read.metadata().source(), Some("contracts/precision/round.yaml"));
            assert_eq!(read.metadata().description(), snapshot.description.as_deref());
            assert_eq!(read.as_text().unwrap().to_string(), snapshot.text);
            assert_eq!(SnapshotFile::read(&file).unwrap().content(&name), snapshot.content(&name));
            assert_eq!(read_text(&file).unwrap().trim_end(), snapshot.text);
        }
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
