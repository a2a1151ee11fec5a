//! How platforms differ in making and loading a shared library.
//!
//! Linux is tested in CI. macOS and Windows follow their compilers' manuals and are untested.

use std::ffi::OsString;
use std::path::Path;

/// The library's file name in a product's folder.
pub(super) const LIBRARY: &str = if cfg!(windows) {
    "sqlite3.dll"
} else if cfg!(target_vendor = "apple") {
    "libsqlite3.dylib"
} else {
    "libsqlite3.so"
};

/// The environment variable that makes a process load libraries before all others.
pub(super) const PRELOAD: &str =
    if cfg!(target_vendor = "apple") { "DYLD_INSERT_LIBRARIES" } else { "LD_PRELOAD" };

/// Arguments that compile one C file. Function names stay in the product so that backtraces are
/// readable (`-g1` makes a compilation a few percent slower); warnings about SQLite's code are not ours to fix.
pub(super) const COMPILE: &[&str] =
    if cfg!(target_env = "msvc") { &["-W0", "-DSQLITE_API=__declspec(dllexport)"] } else { &["-g1", "-w"] };

/// Arguments that link a shared library. `-Bsymbolic` binds the library's calls of its own functions to
/// itself, even in a process that has another SQLite loaded; the linkers of Apple and Windows always do.
pub(super) const LINK: &[&str] = if cfg!(target_env = "msvc") {
    &["-LD"]
} else if cfg!(target_vendor = "apple") {
    &["-dynamiclib"]
} else {
    &["-shared", "-Wl,-Bsymbolic"]
};

/// Arguments that compile a mutant's C file. A function that would silently replace nothing, or be called with
/// the wrong arguments, is an error.
pub(super) const FRONT: &[&str] = &[
    "-g1",
    "-Werror=missing-prototypes",
    "-Werror=implicit-function-declaration",
    "-Werror=incompatible-pointer-types",
    "-Werror=int-conversion",
];

/// Arguments that link a library in front of another one, so that the loader loads both and searches the first one
/// first. Needs a system that looks up symbols through a library's dependencies.
pub(super) fn behind(library: &Path) -> Vec<OsString> {
    let option = if cfg!(target_vendor = "apple") { "-Wl,-reexport_library" } else { "-Wl,--no-as-needed" };
    vec![option.into(), library.into()]
}

/// Libraries that SQLite needs: mathematical functions, threads, extensions.
pub(super) const LIBRARIES: &[&str] =
    if cfg!(any(windows, target_vendor = "apple")) { &[] } else { &["-lm", "-lpthread", "-ldl"] };

/// The arguments that write an object file.
pub(super) fn object(path: &str) -> [String; 2] {
    output(path, "-Fo")
}

/// The arguments that write a library.
pub(super) fn library(path: &str) -> [String; 2] {
    output(path, "-Fe")
}

fn output(path: &str, msvc: &str) -> [String; 2] {
    if cfg!(target_env = "msvc") {
        ["-nologo".to_owned(), format!("{msvc}{path}")]
    } else {
        ["-o".to_owned(), path.to_owned()]
    }
}
