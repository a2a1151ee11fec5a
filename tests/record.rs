//! Every snapshot on record, read and written: what the types do not keep would be lost here.

use std::path::Path;

use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::record::snapshots::file::SnapshotFile;
use sqlite_contracts::record::transcript::{Line, Transcript};

#[track_caller]
fn assert_kept(folder: &str, at_least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let names = Recorded::at(&folder).names().unwrap();
    assert!(names.len() >= at_least, "{} snapshots in {}", names.len(), folder.display());
    for (name, state) in names {
        let file = name.file(&folder, state);
        let mut snapshot = SnapshotFile::read(&file).unwrap();
        let transcript = Transcript::from(&*snapshot.text);
        let unknown: Vec<&Line> = transcript.iter().filter(|line| matches!(line, Line::Other(_))).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        snapshot.text = transcript.to_string();
        assert_eq!(Transcript::from(&*snapshot.text), transcript, "{name}");
        assert_eq!(snapshot.content(&name), std::fs::read_to_string(&file).unwrap(), "{name}");
        let insta = insta::Snapshot::from_file(&file).unwrap();
        assert_eq!(insta.as_text().unwrap().to_string() + "\n", snapshot.text, "{name}");
    }
}

#[test]
fn every_snapshot_is_written_as_it_was_read() {
    assert_kept("tests/snapshots", 1000);
}

#[test]
fn so_is_every_snapshot_of_the_example() {
    assert_kept("examples/ledger/sqlite/tests/snapshots", 10);
}
