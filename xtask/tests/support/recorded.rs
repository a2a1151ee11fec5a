//! What tests of recordings share: the recorder, and a program in C that is recorded.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use sqlite_contracts::trace::Recorder;

/// The recorder's library, built once for all tests.
pub(crate) static RECORDER: LazyLock<PathBuf> =
    LazyLock::new(|| Recorder::build().unwrap().library().to_owned());

/// The commands, with this recorder.
pub(crate) fn xtask(room: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(room).env("SQLITE_CONTRACTS_RECORDER", &*RECORDER);
    command.args(arguments).output().unwrap()
}

/// A folder with the program of `record/program.c`; nothing, with the reason, where it cannot be made.
pub(crate) fn room() -> Option<tempfile::TempDir> {
    let room = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/record/program.c");
    is_made(room.path(), &[source.to_str().unwrap(), "-pthread", "-l:libsqlite3.so.0"]).then_some(room)
}

/// Makes `program`; `false`, with the reason, where it cannot be made.
pub(crate) fn is_made(room: &Path, arguments: &[&str]) -> bool {
    let is_made = cc(room, arguments);
    if !is_made {
        eprintln!("skipped: there is no C compiler, or no libsqlite3.so.0 that it finds");
    }
    is_made
}

/// Makes `program`, if there is a C compiler.
pub(crate) fn cc(room: &Path, arguments: &[&str]) -> bool {
    let made = Command::new("cc").current_dir(room).args(["-w", "-o", "program"]).args(arguments).output();
    made.is_ok_and(|output| output.status.success())
}
