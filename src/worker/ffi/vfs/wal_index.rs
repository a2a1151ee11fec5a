//! The headers of wal-indexes, which the connections of this process share,
//! <https://sqlite.org/walformat.html#the_wal_index_header>.
//!
//! A file system does not see reads of memory. But it can show an actor the header as it was, for as long as the actor
//! makes no call at which it would look again: as if it had read it before another actor wrote.

use std::cell::RefCell;

use libsqlite3_sys as sys;

/// Two copies of the header.
const SIZE: usize = 96;

type Header = [u8; SIZE];

thread_local! {
    /// The first page of each wal-index that is mapped, by the file that has mapped it.
    static MAPPED: RefCell<Vec<(*mut sys::sqlite3_file, *mut Header)>> = const { RefCell::new(Vec::new()) };
}

/// Notes that a file has mapped the first page.
///
/// # Safety
/// The page stays where it is until [`unmapped`] is called of this file, and no other thread uses it.
pub(super) unsafe fn mapped(file: *mut sys::sqlite3_file, page: *mut u8) {
    unmapped(file);
    if !page.is_null() {
        MAPPED.with_borrow_mut(|mapped| mapped.push((file, page.cast())));
    }
}

/// Notes that a file is about to give up its pages.
pub(super) fn unmapped(file: *mut sys::sqlite3_file) {
    MAPPED.with_borrow_mut(|mapped| mapped.retain(|(by, _)| *by != file));
}

/// Headers of wal-indexes as they were at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WalIndexHeaders(Vec<(*mut sys::sqlite3_file, Header)>);

impl WalIndexHeaders {
    /// As they are now.
    pub(crate) fn now() -> Self {
        // SAFETY: a page that is noted is mapped, and this thread alone uses it.
        let read =
            |(file, page): &(*mut sys::sqlite3_file, *mut Header)| (*file, unsafe { page.read_unaligned() });
        Self(MAPPED.with_borrow(|mapped| mapped.iter().map(read).collect()))
    }

    /// Makes them what they were, those that are still mapped.
    pub(crate) fn put(&self) {
        MAPPED.with_borrow(|mapped| {
            for (file, page) in mapped {
                if let Some((_, header)) = self.0.iter().find(|(by, _)| by == file) {
                    // SAFETY: as above.
                    unsafe { page.write_unaligned(*header) };
                }
            }
        });
    }
}
