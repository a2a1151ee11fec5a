//! The library under test, and safe handles over it.
//!
//! A process loads one library ([`load`]); from then on every function of `libsqlite3-sys` calls into it,
//! because the feature `loadable_extension` makes each call go through a table of pointers. Each handle
//! owns its C object and frees it only by a named call: forgetting one is what the contracts are about.
//!
//! The unsafe code of this project is here and in the probe, which loads a library too. What is public here is safe
//! to use in any order: a handle keeps what it needs, and what only SQLite's documentation forbids is refused.

mod actor;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux captures stacks"))]
pub(crate) mod allocator;
#[cfg(target_os = "linux")]
mod attempt;
mod backup;
mod binding;
mod blob;
mod callbacks;
mod calls;
mod connection;
#[cfg(target_os = "linux")]
mod copy;
mod error_log;
mod files;
mod foreign;
mod image;
mod kept;
mod library;
mod mprintf;
pub(crate) mod mutex;
#[cfg(target_os = "linux")]
mod outstanding;
mod owner;
mod process;
pub(crate) mod replay;
mod rusqlite;
pub(crate) mod session;
#[cfg(target_os = "linux")]
mod stack;
mod statement;
#[cfg(target_os = "linux")]
mod unwind;
mod value;
mod vfs;
#[cfg(target_os = "linux")]
mod window;
mod words;

pub(crate) use self::actor::{Actor, Place, Resumed, pause_before_step};
#[cfg(target_os = "linux")]
pub(crate) use self::attempt::{Ended, in_a_watched_copy};
pub(crate) use self::backup::Backup;
pub(crate) use self::binding::destructor_calls;
pub(crate) use self::blob::Blob;
pub(crate) use self::callbacks::*;
pub(crate) use self::connection::{Alias, Connection, SharedConnection};
#[cfg(target_os = "linux")]
pub(crate) use self::copy::in_a_copy;
pub(crate) use self::error_log::take_log;
pub(crate) use self::files::open_only_in;
pub(crate) use self::kept::{Kept, Serialized};
pub(crate) use self::library::{Library, load};
pub(crate) use self::mprintf::mprintf;
#[cfg(target_os = "linux")]
pub(crate) use self::outstanding::{keep_stacks, outstanding};
pub(crate) use self::owner::anything_left_behind;
pub(crate) use self::process::*;
pub(crate) use self::rusqlite::{
    Asked, RusqliteBackup, RusqliteBlob, RusqliteConnection, RusqlitePool, RusqliteStatement,
    RusqliteTransaction, outcome as rusqlite_outcome,
};
pub(crate) use self::session::Session;
#[cfg(target_os = "linux")]
pub(crate) use self::stack::{has_sanitizer, save_before_death};
pub(crate) use self::statement::{HeldPointer, Statement};
pub(crate) use self::vfs::{
    Contents, InMemory, WalIndexHeaders, Watching, make_unavailable, notice_room, unregister,
};
#[cfg(target_os = "linux")]
pub(crate) use self::window::Window;
pub(crate) use self::words::{errstr, keyword_check, keyword_count, keyword_name};

use self::calls::call;
use crate::outcome::Outcome;

/// The result of a call: a value, or the outcome that came instead of one.
pub(crate) type Call<T> = Result<T, Outcome>;

/// Whether a sanitizer is in this process: only Linux needs to know.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_sanitizer() -> bool {
    false
}
