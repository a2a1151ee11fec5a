//! What Linux shows of a process, and what it limits.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
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

pub(super) fn end_with_parent(ends: bool) {
    let signal = ends.then_some(rustix::process::Signal::KILL);
    // Where it is refused, a worker that hangs outlives its command.
    let _ = rustix::process::set_parent_process_death_signal(signal);
    // A parent that ended before sends none.
    if ends && super::unix::standard_input_ends(Some(&rustix::event::Timespec::default())) {
        super::kill_ourselves();
    }
}

pub(super) fn is_mapped(process: u32, file: &Path) -> bool {
    let maps = std::fs::read(format!("/proc/{process}/maps")).unwrap_or_default();
    let file = [b" ", file.as_os_str().as_encoded_bytes()].concat();
    maps.split(|byte| *byte == b'\n').any(|line| line.ends_with(&file))
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

/// Writes a file of this folder that has no name before it is whole, so that a kill leaves nothing.
pub(super) fn write_nameless(folder: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let how = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let mut file = File::from(openat(CWD, folder, how, Mode::from_raw_mode(0o644))?);
    file.write_all(content)?;
    let nameless = format!("/proc/self/fd/{}", file.as_raw_fd());
    let link = |name: &Path| linkat(CWD, &nameless, CWD, name, AtFlags::SYMLINK_FOLLOW);
    // A name for replacing another file: whoever is killed before it is renamed leaves it to the next who writes this one.
    let next = folder.join(format!(".{}.new", name.display()));
    let _ = std::fs::remove_file(&next);
    if link(path).is_ok() {
        return Ok(());
    }
    link(&next)?;
    std::fs::rename(&next, path).inspect_err(|_| drop(std::fs::remove_file(&next)))
}

pub(super) fn directory_in_memory(room: u64) -> Option<PathBuf> {
    // https://www.kernel.org/doc/html/latest/filesystems/tmpfs.html: where shared memory is.
    const MEMORY: &str = "/dev/shm";
    let free = super::free_space(Path::new(MEMORY))?;
    (free >= room).then(|| MEMORY.into())
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
