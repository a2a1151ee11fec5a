//! Bytes that SQLite lends for the moment.

/// Copies bytes that SQLite lends for the moment.
pub(super) fn bytes(start: *const u8, length: i32) -> Vec<u8> {
    let length = usize::try_from(length).unwrap_or(0);
    if start.is_null() || length == 0 {
        return Vec::new();
    }
    // SAFETY: SQLite said that `length` bytes stand at `start`, and no call came between that could move them.
    unsafe { std::slice::from_raw_parts(start, length) }.to_vec()
}

/// Copies a C string that SQLite lends for the moment.
pub(super) fn text(start: *const std::ffi::c_char) -> Option<Vec<u8>> {
    // SAFETY: SQLite's strings end with a zero byte, and no call came between that could move them.
    (!start.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(start) }.to_bytes().to_vec())
}
