//! The lines of `/proc/<pid>/maps`, <https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html>.

/// A part of a file that a process has mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mapping<'a> {
    /// `7f00-7f80`
    pub(crate) range: &'a str,
    /// Whether it is code.
    pub(crate) is_code: bool,
    /// The file, as the process knows it.
    pub(crate) path: &'a str,
}

/// The mappings of files, in the order of their addresses; memory without a file is left out.
pub(crate) fn of_files(lines: &str) -> impl Iterator<Item = Mapping<'_>> {
    lines.lines().filter_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let path = &rest[rest.find('/')?..];
        Some(Mapping { range, is_code: rest.as_bytes().get(2) == Some(&b'x'), path })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_mapped() {
        let lines = "7f00-7f80 r-xp 00001000 08:01 123    /lib/libc.so.6\n7f80-7f90 rw-p 00000000 00:00 0\n\
                     7f90-7fa0 r--p 00000000 08:01 124    /lib/with space.so (deleted)\n7fa0-7fb0 rw-p 0 00:00 0 [heap]\n";
        let libc = Mapping { range: "7f00-7f80", is_code: true, path: "/lib/libc.so.6" };
        let other = Mapping { range: "7f90-7fa0", is_code: false, path: "/lib/with space.so (deleted)" };
        assert_eq!(of_files(lines).collect::<Vec<_>>(), [libc, other]);
    }
}
