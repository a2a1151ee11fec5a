//! The recorder: a shared library that is loaded before a program's SQLite, has functions of the same names, passes every
//! call on, and writes it down. `docs/trace.md` describes what it writes; nothing here judges any of it.
//!
//! It is a guest in a process of somebody else's. So it has no SQLite and next to no dependencies, allocates little, calls
//! back nothing, and where it cannot write it lets the program run on.

mod bytes;
mod cbor;
mod code;
mod collations;
mod files;
mod function;
mod functions;
mod handles;
mod hooks;
mod index_info;
mod kinds;
mod lifetimes;
mod limits;
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
mod loader;
mod lock;
mod modules;
mod parts;
mod process;
mod real;
mod rows;
mod segment;
mod short;
#[path = "../../src/worker/ffi/replay/table.rs"]
mod table;
mod thread;
mod trace;
mod values;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod variadic;
mod vfs;
