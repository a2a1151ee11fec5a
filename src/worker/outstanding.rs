//! What is allocated after the last step, and by whom. Only Linux tells.

#[cfg(target_os = "linux")]
use super::ffi;
use super::ffi::Library;
use super::protocol::{Note, Outstanding};

/// Whether the library allocates from the counting allocator now, which keeps stacks.
#[cfg(target_os = "linux")]
pub(super) fn keep_stacks(library: &Library) -> bool {
    ffi::keep_stacks(library)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn keep_stacks(_: &Library) -> bool {
    false
}

/// What is allocated now.
pub(super) fn note() -> std::io::Result<Note> {
    #[cfg(target_os = "linux")]
    let allocations = ffi::outstanding();
    #[cfg(not(target_os = "linux"))]
    let allocations = Vec::new();
    let mappings = std::fs::read_to_string("/proc/self/maps")?;
    Ok(Note::Outstanding(Outstanding { allocations, mappings }))
}
