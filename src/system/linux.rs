//! What Linux shows of a process, and what it limits.

use std::io;
use std::path::{Path, PathBuf};

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
    // https://www.kernel.org/doc/html/latest/filesystems/tmpfs.html: where shared memory is.
    const MEMORY: &str = "/dev/shm";
    let free = super::free_space(Path::new(MEMORY))?;
    (free >= room).then(|| MEMORY.into())
}
