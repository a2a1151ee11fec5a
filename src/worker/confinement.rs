//! What a case may reach: the files in its worker's directories, and nothing else of the machine.

use std::io;
use std::path::{Path, PathBuf};

use super::ffi;
use super::launch::Launch;
use crate::system::confinement::{self, Permits};
use crate::system::scratch;

/// Names the directory for the library's temporary files, a variable that SQLite reads.
pub(crate) const TEMPORARY_VARIABLE: &str = "SQLITE_TMPDIR";
/// `library`: as where the system cannot confine a process.
pub const VARIABLE: &str = "SQLITE_CONTRACTS_CONFINEMENT";
const BY_LIBRARY: &str = "library";

/// What SQLite and the C library read once cases run: randomness, time zones.
const READ: [&str; 4] = ["/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo", "/etc/zoneinfo"];
/// What a worker reads of itself: its mappings when it dies, its size before that is limited, which files are open.
const OF_ITSELF: [&str; 3] = ["/proc/self/maps", "/proc/self/statm", "/proc/self/fd"];
/// What a sanitizer reads when it writes a report.
const BY_SANITIZER: [&str; 2] = ["/proc/self/cmdline", "/proc/self/environ"];

/// What the loader, and interpreters when they begin, read of the system.
const BY_INTERPRETERS: [&str; 5] =
    ["/dev/null", "/etc/ld.so.cache", "/etc/ssl/openssl.cnf", "/proc/meminfo", "/sys/fs/cgroup"];

/// A worker's confinement.
#[derive(Debug)]
pub(super) struct Confinement {
    directories: Vec<PathBuf>,
    permits: Permits,
}

impl Confinement {
    /// Of a worker that runs its cases in this directory, on this library.
    ///
    /// # Errors
    /// When a directory is not there.
    pub(super) fn new(directory: &Path, library: &Path) -> io::Result<Self> {
        let temporary = std::env::var_os(TEMPORARY_VARIABLE).map(PathBuf::from);
        let directories: Vec<PathBuf> = [Some(directory.to_owned()), temporary]
            .into_iter()
            .flatten()
            .map(|directory| directory.canonicalize())
            .collect::<io::Result<_>>()?;
        let mut permits = Permits::new();
        directories.iter().try_for_each(|directory| permits.write_in(directory))?;
        READ.iter().for_each(|path| permits.read(Path::new(path)));
        OF_ITSELF.iter().for_each(|path| permits.read_of_itself(Path::new(path)));
        if ffi::has_sanitizer() {
            BY_SANITIZER.iter().for_each(|path| permits.read_of_itself(Path::new(path)));
            permits.read(library);
            std::env::current_exe().iter().for_each(|program| permits.read(program));
        }
        directory.parent().into_iter().for_each(|process| scratch::permit_removal(process, &mut permits));
        Ok(Self { directories, permits })
    }

    /// Of a worker that has yet to load its library, and with it what that needs.
    ///
    /// # Errors
    /// When a directory is not there.
    pub(super) fn while_loading(directory: &Path, library: &Path) -> io::Result<Self> {
        let mut confinement = Self::new(directory, library)?;
        confinement.permits.read(Path::new("/"));
        Ok(confinement)
    }

    /// Permits to start the program of another language, which is then confined as its worker is.
    pub(super) fn permit_program(&mut self, launch: &Launch) {
        launch.reads.iter().for_each(|path| self.permits.execute(path));
        BY_INTERPRETERS.iter().for_each(|path| self.permits.read(Path::new(path)));
    }

    /// Confines this thread by the system, where that can be done.
    ///
    /// # Errors
    /// When the system could confine it, but does not.
    pub(super) fn enter_by_system(mut self) -> io::Result<()> {
        if !is_by_library() {
            self.permits.enter()?;
        }
        Ok(())
    }

    /// Confines this thread, and each that it starts: by the system, or else by the library's own file systems.
    ///
    /// # Errors
    /// When the system could confine it, but does not.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        if is_by_library() || !self.permits.enter()? {
            ffi::open_only_in(self.directories.clone());
        }
        Ok(())
    }
}

fn is_by_library() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|how| how == BY_LIBRARY)
}

/// How the system confines workers, see [`confinement::kind`]; `None` where only the library does.
pub fn by_system() -> Option<String> {
    if is_by_library() { None } else { confinement::kind() }
}
