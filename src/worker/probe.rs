//! What a library says about itself, asked in a process that is not ours: a library that crashes when it
//! is loaded must not take the build with it.

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::io::{self, Write};
use std::path::PathBuf;

use libloading::Library;
use serde::{Deserialize, Serialize};

use crate::worker::protocol::GREETING;

/// What a library says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// The file that the loader chose.
    pub(crate) path: Option<PathBuf>,
    /// `sqlite3_libversion()`
    pub(crate) version: String,
    /// `sqlite3_sourceid()`
    pub(crate) source_id: String,
    /// Every `sqlite3_compileoption_get(n)`; empty where the library lacks it.
    pub(crate) compile_options: Vec<String>,
}

/// The exit status that says: the loader cannot open the library.
pub(crate) const CANNOT_OPEN: u8 = 3;

/// Loads the library and prints its [`Facts`] as one line of JSON. Returns the exit status.
pub(crate) fn main(library: &OsStr) -> u8 {
    let opened = match open(library) {
        Ok(opened) => opened,
        Err(error) => {
            eprintln!("{error}");
            return CANNOT_OPEN;
        }
    };
    let facts = facts(&opened).and_then(|facts| serde_json::to_string(&facts).map_err(|e| e.to_string()));
    let print = |facts| writeln!(io::stdout(), "{GREETING}{facts}").map_err(|e| e.to_string());
    match facts.and_then(print) {
        Ok(()) => 0,
        Err(reason) => {
            eprintln!("{reason}");
            1
        }
    }
}

/// Opens a library with every symbol bound at once, so that an undefined function is found here.
#[cfg(unix)]
fn open(library: &OsStr) -> Result<Library, libloading::Error> {
    use libloading::os::unix;
    // SAFETY: loading runs the library's initialisers. SQLite has none; the compiler's own (sanitizers) are
    // made to run in any process that preloads them. This process does nothing else.
    unsafe { unix::Library::open(Some(library), unix::RTLD_NOW | unix::RTLD_LOCAL) }.map(Library::from)
}

#[cfg(not(unix))]
fn open(library: &OsStr) -> Result<Library, libloading::Error> {
    // SAFETY: loading runs the library's initialisers; SQLite has none, and this process does nothing else.
    unsafe { Library::new(library) }
}

/// Asks the library. None of these functions needs `sqlite3_initialize`.
fn facts(library: &Library) -> Result<Facts, String> {
    Ok(Facts {
        path: path_of(library),
        version: text(library, c"sqlite3_libversion")?,
        source_id: text(library, c"sqlite3_sourceid")?,
        compile_options: compile_options(library),
    })
}

type TextFunction = unsafe extern "C" fn() -> *const c_char;

/// Calls a function without arguments that returns a constant text.
fn text(library: &Library, name: &CStr) -> Result<String, String> {
    // SAFETY: sqlite3_libversion and sqlite3_sourceid have had this type in every version of SQLite.
    let function = unsafe { library.get::<TextFunction>(name) };
    let function = function.map_err(|_| format!("it is no SQLite: it has no {}", name.to_string_lossy()))?;
    // SAFETY: the function takes nothing.
    let text = unsafe { function() };
    // SAFETY: what it returns is static and ends with a zero byte.
    unsafe { owned(text) }.ok_or_else(|| format!("{} returns NULL", name.to_string_lossy()))
}

fn compile_options(library: &Library) -> Vec<String> {
    // SAFETY: the type that sqlite3_compileoption_get has had since its first version.
    let function =
        unsafe { library.get::<unsafe extern "C" fn(c_int) -> *const c_char>(c"sqlite3_compileoption_get") };
    let Ok(function) = function else { return Vec::new() };
    let option = |index| {
        // SAFETY: any index is allowed.
        let text = unsafe { function(index) };
        // SAFETY: what it returns is NULL out of range, else static, and ends with a zero byte.
        unsafe { owned(text) }
    };
    (0..).map_while(option).collect()
}

/// A copy of a C text; `None` for NULL.
///
/// # Safety
/// `text` is NULL or points to a NUL-terminated text that lives during the call.
unsafe fn owned(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the caller promises the rest.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// The file that the loader chose for a name such as `libsqlite3.so.0`.
#[cfg(unix)]
fn path_of(library: &Library) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: only the address is used; the type does not matter as nothing is called.
    let symbol = unsafe { library.get::<TextFunction>(c"sqlite3_libversion") }.ok()?;
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: the address belongs to a loaded library, and `info` is large enough for what is written.
    let found = unsafe { libc::dladdr(*symbol as *const libc::c_void, info.as_mut_ptr()) };
    if found == 0 {
        return None;
    }
    // SAFETY: zeroed is a valid Dl_info, and dladdr filled it.
    let name = unsafe { info.assume_init() }.dli_fname;
    if name.is_null() {
        return None;
    }
    // SAFETY: dladdr's file name lives as long as the library is loaded.
    let name = unsafe { CStr::from_ptr(name) };
    PathBuf::from(OsStr::from_bytes(name.to_bytes())).canonicalize().ok()
}

#[cfg(not(unix))]
fn path_of(_: &Library) -> Option<PathBuf> {
    None
}
