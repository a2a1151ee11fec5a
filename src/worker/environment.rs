//! Whether a failed step was the environment's doing: a disk without room, no descriptor left, a directory that may not
//! be written any more. SQLite reports these like faults of its own.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::case_directory::VARIABLE;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{CANTOPEN, FULL, IOERR, leading_code, primary};
use crate::system::{self, scratch};

/// Less room than this for a case is too little: what SQLite found missing may be there again by the time it is measured.
const ROOM: u64 = 16 << 20;
/// A file that is made and removed again, to see whether that can be done.
const PROBE: &str = ".sqlite-contracts-probe";
/// The size of that file, which is that of a few pages of a database.
const PROBE_SIZE: usize = 64 << 10;

/// Whether something found no room since this was asked last: there may be some again by the time a step has ended.
static LACKED_ROOM: AtomicBool = AtomicBool::new(false);

/// Takes notice of an error of the system's.
pub(super) fn notice(error: &io::Error) {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        LACKED_ROOM.store(true, Ordering::Relaxed);
    }
}

/// Looks at the case's directory when SQLite could not open, write or extend a file, or a block not put it back.
///
/// # Errors
/// What keeps files from being made there.
pub(super) fn check(outcome: &Outcome, directory: &Path) -> io::Result<()> {
    if LACKED_ROOM.swap(false, Ordering::Relaxed) {
        return Err(io::Error::new(io::ErrorKind::StorageFull, full(directory)));
    }
    look(outcome, directory)
}

/// Whether files can be made there now, where the outcome may be that of one that could not be.
fn look(outcome: &Outcome, directory: &Path) -> io::Result<()> {
    if !may_be_ours(outcome) {
        return Ok(());
    }
    if system::free_space(directory).is_some_and(|free| free < ROOM) {
        return Err(io::Error::new(io::ErrorKind::StorageFull, full(directory)));
    }
    let probe = directory.join(PROBE);
    let written = File::create(&probe).and_then(|mut file| file.write_all(&[0; PROBE_SIZE]));
    let _ = std::fs::remove_file(&probe);
    written.map_err(|error| {
        io::Error::new(error.kind(), format!("a file cannot be written where cases run: {error}"))
    })
}

/// What to say of a case's directory without room.
fn full(directory: &Path) -> String {
    let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    let parent = scratch::parent(&directory).unwrap_or(&directory).display();
    format!("less than 16 MiB were free in {parent}, where cases run: `{VARIABLE}` names another directory")
}

/// Whether a step that failed, or one that ran in it, may have found no room. A block whose steps fail by design names
/// their codes.
fn may_be_ours(outcome: &Outcome) -> bool {
    let is_named = |text: &String| ["FULL", "IOERR", "CANTOPEN"].iter().any(|code| text.contains(code));
    match outcome {
        Outcome::Swept { codes, .. } => codes.iter().any(is_named),
        Outcome::Tally { came, .. } => came.iter().any(|(what, _)| is_named(what)),
        Outcome::Refused(_) => true,
        other => code(other).is_some_and(|code| matches!(primary(code), FULL | IOERR | CANTOPEN)),
    }
}

/// The result code of a step that failed, or of a step in it.
fn code(outcome: &Outcome) -> Option<i32> {
    match outcome {
        Outcome::Unsound { actual, .. } => leading_code(actual),
        other => other.error_code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::sqlite_names::ERROR;

    const IOERR_WRITE: i32 = 778;

    #[test]
    fn a_failed_write_is_the_environment_s_doing_only_where_files_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let look = |code, directory: &Path| look(&Outcome::from_code(code), directory);
        for code in [FULL, IOERR, IOERR_WRITE, CANTOPEN] {
            assert!(look(code, folder.path()).is_ok(), "{code}");
            assert!(look(code, &gone).is_err(), "{code}");
        }
        assert!(look(ERROR, &gone).is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn so_are_the_codes_that_a_block_names_and_files_that_it_cannot_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let swept = |code: &str| Outcome::Swept { failed: 1, codes: vec!["OK".to_owned(), code.to_owned()] };
        let tally = |what: &str| Outcome::Tally { runs: 1, came: vec![(what.to_owned(), 1)], remark: None };
        let refused = Outcome::Refused("the files of the case: No space left on device".to_owned());
        for outcome in [swept("FULL"), swept("IOERR_WRITE"), tally("a: OK; b: CANTOPEN"), refused] {
            assert!(look(&outcome, &gone).is_err(), "{outcome:?}");
            assert!(look(&outcome, folder.path()).is_ok(), "{outcome:?}");
        }
        for outcome in [swept("CORRUPT"), tally("a: OK; b: OK")] {
            assert!(look(&outcome, &gone).is_ok(), "{outcome:?}");
        }
    }

    #[test]
    fn room_that_was_lacking_for_an_instant_was_lacking() {
        let folder = tempfile::tempdir().unwrap();
        notice(&io::ErrorKind::PermissionDenied.into());
        assert!(check(&Outcome::OK, folder.path()).is_ok());
        notice(&io::ErrorKind::StorageFull.into());
        assert_eq!(check(&Outcome::OK, folder.path()).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(check(&Outcome::OK, folder.path()).is_ok());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_file_system_is_the_environment_s_doing() {
        let error = look(&Outcome::from_code(FULL), Path::new("/proc")).unwrap_err();
        let told = "less than 16 MiB were free in /proc, where cases run: `SQLITE_CONTRACTS_CASES` names another directory";
        assert_eq!(error.to_string(), told);
        let case = full(Path::new("/dev/shm/sqlite-contracts-process-a/worker-1"));
        assert!(case.contains("free in /dev/shm, where"), "{case}");
    }
}
