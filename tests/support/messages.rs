//! The messages of mistakes: a file or a folder for each in `tests/bad/`, and a snapshot for each in `tests/bad/snapshots/`.

use std::path::{Path, PathBuf};

/// What is in a folder of `tests/bad/`, in order.
pub(crate) fn entries(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad").join(folder);
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// Whether the message of each entry is the recorded one, `<prefix>-<entry>`. There are more than `least` of them.
pub(crate) fn assert_messages(prefix: &str, folder: &str, least: usize, message: impl Fn(&Path) -> String) {
    let entries = entries(folder);
    assert!(entries.len() > least, "{entries:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../bad/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for entry in entries {
            let stem = entry.file_stem().unwrap().to_string_lossy();
            insta::assert_snapshot!(format!("{prefix}-{stem}"), message(&entry));
        }
    });
}
