//! What a trace says of its process.

use std::ffi::c_int;
use std::os::unix::ffi::OsStrExt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::real::{self, real};
use crate::trace::{Trace, event};

/// What a trace says of its process.
pub(crate) struct Process {
    library: Option<Vec<u8>>,
    source_id: Vec<u8>,
    version: c_int,
    threadsafe: c_int,
    options: Vec<Vec<u8>>,
}

impl Process {
    /// Asks the program's SQLite what may be asked before it is initialised.
    pub(crate) fn look() -> Self {
        let version = real!(sqlite3_libversion_number: fn() -> c_int);
        let source = real!(sqlite3_sourceid: fn() -> *const std::ffi::c_char);
        let threadsafe = real!(sqlite3_threadsafe: fn() -> c_int);
        Self {
            library: real::file_of(version as *const _),
            // SAFETY: these need no state of SQLite's.
            source_id: real::said(unsafe { source() }),
            // SAFETY: the same.
            version: unsafe { version() },
            // SAFETY: the same.
            threadsafe: unsafe { threadsafe() },
            options: Self::options(),
        }
    }

    fn options() -> Vec<Vec<u8>> {
        const MOST: c_int = 500;
        if real::find("sqlite3_compileoption_get").is_none() {
            return Vec::new();
        }
        let get = real!(sqlite3_compileoption_get: fn(c_int) -> *const std::ffi::c_char);
        // SAFETY: a constant list.
        (0..MOST).map(|at| real::said(unsafe { get(at) })).take_while(|option| !option.is_empty()).collect()
    }

    pub(crate) fn write(&self, trace: &mut Trace) {
        let parent = trace.parent.clone();
        let name = trace.items.parts().map_or_else(String::new, |parts| parts.name.clone());
        trace.event(event::PROCESS, 11);
        let items = &mut trace.items;
        items.text(name.as_bytes());
        items.unsigned(u64::from(std::process::id()));
        match parent {
            Some(parent) => items.text(parent.as_bytes()),
            None => items.null(),
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        items.unsigned(now.as_millis() as u64);
        let words: Vec<_> = std::env::args_os().collect();
        items.array(words.len());
        words.iter().for_each(|word| items.text(word.as_bytes()));
        items.text(self.library.as_deref().unwrap_or_default());
        items.text(&self.source_id);
        items.integer(i64::from(self.version));
        items.integer(i64::from(self.threadsafe));
        items.array(self.options.len());
        self.options.iter().for_each(|option| items.text(option));
        items.boolean(cfg!(target_endian = "little"));
    }
}
