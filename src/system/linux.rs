//! What Linux shows of a process, and what it limits.

use std::io;
use std::path::{Path, PathBuf};

use super::Footprint;

pub(super) fn limit_address_space(bytes: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let mapped = pages * rustix::param::page_size() as u64;
    let limit = Some(mapped.saturating_add(bytes));
    Ok(setrlimit(Resource::As, Rlimit { current: limit, maximum: limit })?)
}

pub(super) fn open_files(directory: &Path) -> io::Result<usize> {
    let mut count = 0;
    for descriptor in std::fs::read_dir("/proc/self/fd")? {
        // The descriptor that lists them is closed before it can be looked at.
        let file = std::fs::read_link(descriptor?.path());
        count += usize::from(file.is_ok_and(|file| file != directory && file.starts_with(directory)));
    }
    Ok(count)
}

pub(super) fn directory_in_memory(room: u64) -> Option<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    // https://www.kernel.org/doc/html/latest/filesystems/tmpfs.html: where shared memory is.
    const MEMORY: &str = "/dev/shm";
    let free = rustix::fs::statvfs(MEMORY).ok().map(|stat| stat.f_bavail.saturating_mul(stat.f_frsize))?;
    let user = rustix::process::geteuid().as_raw();
    let directory = Path::new(MEMORY).join(format!("sqlite-contracts-{user}"));
    // Everybody may write there: what already has the name may be somebody else's.
    let _ = std::fs::DirBuilder::new().mode(0o700).create(&directory);
    let found = std::fs::symlink_metadata(&directory).ok()?;
    let is_ours = found.is_dir() && found.uid() == user && found.mode() & 0o077 == 0;
    (free >= room && is_ours).then_some(directory)
}

pub(super) fn footprint(process: u32) -> Footprint {
    let processes = std::iter::once(process).chain(children(process));
    processes.fold(Footprint::default(), |sum, process| Footprint {
        memory: sum.memory + resident(process).unwrap_or(0),
        unnamed_files: sum.unnamed_files + unnamed_files(process),
    })
}

fn children(process: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let started = threads.flat_map(|thread| std::fs::read_to_string(thread.path().join("children")));
    started.flat_map(|ids| ids.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

fn resident(process: u32) -> Option<u64> {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

fn unnamed_files(process: u32) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let descriptors = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let files = descriptors.filter_map(|descriptor| std::fs::metadata(descriptor.path()).ok());
    files.filter(|file| file.is_file() && file.nlink() == 0).map(|file| file.len()).sum()
}
