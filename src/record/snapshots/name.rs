//! The name of a snapshot, and its file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// `precision/round/half@3.43.0-rusqlite`: a case of a contract on a build.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotName {
    /// `precision/round`
    pub contract: String,
    /// `half`
    pub case: String,
    /// `3.43.0-rusqlite`
    pub build: String,
}

/// Whether a person has accepted a snapshot file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// `.snap`
    Accepted,
    /// `.snap.new`, as insta leaves it for review.
    Pending,
}

impl SnapshotName {
    /// The name of a case on a build.
    pub fn new(contract: &str, case: &str, build: &str) -> Self {
        Self { contract: contract.to_owned(), case: case.to_owned(), build: build.to_owned() }
    }

    /// The file under `tests/snapshots/`.
    pub fn file(&self, folder: &Path, state: State) -> PathBuf {
        let extension = match state {
            State::Accepted => "snap",
            State::Pending => "snap.new",
        };
        folder.join(&self.contract).join(format!("{}@{}.{extension}", self.case, self.build))
    }

    /// The name and state of a file under `folder`; `None` when it is not a snapshot.
    pub(crate) fn of_file(folder: &Path, file: &Path) -> Option<(Self, State)> {
        let shown = file.strip_prefix(folder).ok()?.to_str()?.replace('\\', "/");
        let (name, state) = match (shown.strip_suffix(".snap"), shown.strip_suffix(".snap.new")) {
            (Some(name), _) => (name, State::Accepted),
            (_, Some(name)) => (name, State::Pending),
            _ => return None,
        };
        Some((name.parse().ok()?, state))
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.contract, self.case, self.build)
    }
}

impl FromStr for SnapshotName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = || {
            let (case, build) = text.split_once('@')?;
            let (contract, case) = case.rsplit_once('/')?;
            (!case.is_empty() && !build.is_empty()).then(|| Self::new(contract, case, build))
        };
        parts().ok_or_else(|| format!("`{text}` is not <area>/<contract>/<case>@<build>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_file_are_the_same_thing() {
        let folder = Path::new("tests/snapshots");
        let name: SnapshotName = "precision/round/half@3.43.0-rusqlite".parse().unwrap();
        assert_eq!(name, SnapshotName::new("precision/round", "half", "3.43.0-rusqlite"));
        for state in [State::Accepted, State::Pending] {
            let file = name.file(folder, state);
            assert_eq!(SnapshotName::of_file(folder, &file), Some((name.clone(), state)));
        }
        assert_eq!(SnapshotName::of_file(folder, &folder.join("precision/notes.txt")), None);
        assert!("precision/round".parse::<SnapshotName>().is_err());
    }
}
