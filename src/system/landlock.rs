//! Confinement on Linux: <https://docs.kernel.org/userspace-api/landlock.html>.

use std::io;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, PathFd, RestrictionStatus,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, make_bitflags,
};

/// What is asked for; an older kernel confines less. It is the first version that knows everything of use here.
const VERSION: ABI = ABI::V6;
/// All that SQLite does with files and directories of its own.
const OWN: BitFlags<AccessFs> = make_bitflags!(AccessFs::{
    ReadFile | WriteFile | Truncate | ReadDir | MakeReg | MakeDir | RemoveFile | RemoveDir
});

/// Open paths, and what is permitted on each and beneath.
#[derive(Debug, Default)]
pub(super) struct Permits {
    opened: Vec<(PathFd, BitFlags<AccessFs>)>,
    /// What only the process that confines itself can open.
    of_itself: Vec<&'static Path>,
}

impl Permits {
    pub(super) fn write_in(&mut self, directory: &Path) -> io::Result<()> {
        self.opened.push((PathFd::new(directory).map_err(io::Error::other)?, OWN));
        Ok(())
    }

    pub(super) fn read(&mut self, path: &Path) {
        self.permit_files(path, AccessFs::ReadFile.into());
    }

    pub(super) fn execute(&mut self, path: &Path) {
        self.permit_files(path, AccessFs::ReadFile | AccessFs::Execute);
    }

    fn permit_files(&mut self, path: &Path, file: BitFlags<AccessFs>) {
        self.permit(path, if path.is_dir() { file | AccessFs::ReadDir } else { file });
    }

    pub(super) fn read_of_itself(&mut self, path: &'static Path) {
        self.of_itself.push(path);
    }

    pub(super) fn remove(&mut self, directory: &Path, lock: &Path) {
        self.permit(lock, AccessFs::ReadFile);
        self.permit(directory, AccessFs::ReadDir | AccessFs::RemoveFile | AccessFs::RemoveDir);
        // It is an entry of its parent that is removed.
        directory.parent().into_iter().for_each(|parent| self.permit(parent, AccessFs::RemoveDir));
    }

    fn permit(&mut self, path: &Path, access: impl Into<BitFlags<AccessFs>>) {
        self.opened.extend(PathFd::new(path).map(|opened| (opened, access.into())));
    }

    /// The paths stay open: the kernel knows a file of `/proc` only as long as somebody holds it.
    pub(super) fn enter(&mut self) -> io::Result<bool> {
        for path in std::mem::take(&mut self.of_itself) {
            self.read(path);
        }
        let confined = restrict(&self.opened).map_err(io::Error::other)?;
        Ok(confined.ruleset != RulesetStatus::NotEnforced)
    }
}

fn restrict(permits: &[(PathFd, BitFlags<AccessFs>)]) -> Result<RestrictionStatus, RulesetError> {
    let rules = permits.iter().map(|(path, access)| Ok(PathBeneath::new(path, *access)));
    Ruleset::default()
        .handle_access(AccessFs::from_all(VERSION))?
        .handle_access(AccessNet::from_all(VERSION))?
        .scope(Scope::from_all(VERSION))?
        .create()?
        .add_rules::<_, _, _, RulesetError>(rules)?
        .restrict_self()
}

/// Tried by a thread, which alone is confined and ends at once.
pub(super) fn kind() -> Option<String> {
    let confined = std::thread::spawn(|| restrict(&[])).join().ok()?.ok()?;
    let LandlockStatus::Available { effective_abi, .. } = confined.landlock else { return None };
    let network = if effective_abi >= ABI::V4 { ", TCP" } else { "" };
    let signals = if effective_abi >= ABI::V6 { ", signals" } else { "" };
    Some(format!("Landlock {}: files{network}{signals}", effective_abi as i32))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_confined_thread_reaches_only_what_it_is_permitted() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("own")).unwrap();
        fs::create_dir(path("given-up")).unwrap();
        for name in ["secret", "public", "given-up/lock", "given-up/file"] {
            fs::write(path(name), name).unwrap();
        }
        let mut permits = Permits::default();
        permits.write_in(&path("own")).unwrap();
        permits.read(&path("public"));
        permits.read_of_itself(Path::new("/proc/self/maps"));
        permits.remove(&path("given-up"), &path("given-up/lock"));
        let inside = || {
            if kind().is_none() {
                assert!(!permits.enter().unwrap(), "a kernel without Landlock confines nothing, and says so");
                return fs::write(path("own/file"), "mine").unwrap();
            }
            assert!(permits.enter().unwrap());
            let is_refused = |done: io::Result<()>| {
                assert_eq!(done.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
            };
            is_refused(fs::read(path("secret")).map(drop));
            is_refused(fs::read(path("given-up/file")).map(drop));
            is_refused(fs::read("/proc/self/environ").map(drop));
            is_refused(fs::read_dir(path("")).map(drop));
            is_refused(fs::write(path("secret"), ""));
            is_refused(fs::write(path("new"), ""));
            fs::write(path("own/file"), "mine").unwrap();
            ["public", "given-up/lock"].iter().for_each(|name| drop(fs::read(path(name)).unwrap()));
            fs::remove_dir_all(path("given-up")).unwrap();
            fs::read("/proc/self/maps").unwrap();
        };
        std::thread::scope(|scope| scope.spawn(inside).join().unwrap());
        assert_eq!(fs::read(path("own/file")).unwrap(), b"mine");
    }
}
