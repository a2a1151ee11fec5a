//! The one module with unsafe code: the library under test, and safe handles over it.
//!
//! A process loads one library ([`load`]); from then on every function of `libsqlite3-sys` calls into it,
//! because the feature `loadable_extension` makes each call go through a table of pointers. Each handle
//! owns its C object and frees it only by a named call: forgetting one is what the contracts are about.

pub mod allocator;
mod backup;
mod binding;
mod blob;
mod callbacks;
mod connection;
#[cfg(target_os = "linux")]
mod copy;
mod image;
mod kept;
mod library;
mod mprintf;
#[cfg(target_os = "linux")]
mod outstanding;
mod owner;
mod process;
mod rusqlite;
#[cfg(target_os = "linux")]
mod stack;
mod statement;
#[cfg(target_os = "linux")]
mod unwind;
mod value;
#[cfg(target_os = "linux")]
mod window;

pub use self::backup::Backup;
pub use self::binding::destructor_calls;
pub use self::blob::Blob;
pub use self::callbacks::*;
pub use self::connection::{Alias, Connection};
#[cfg(target_os = "linux")]
pub use self::copy::in_a_copy;
pub use self::kept::{Image, Kept};
pub use self::library::{Library, load};
pub use self::mprintf::mprintf;
#[cfg(target_os = "linux")]
pub use self::outstanding::{keep_stacks, outstanding};
pub use self::process::*;
pub use self::rusqlite::{
    Asked, RusqliteBackup, RusqliteBlob, RusqliteConnection, RusqliteStatement, RusqliteTransaction,
    outcome as rusqlite_outcome,
};
#[cfg(target_os = "linux")]
pub use self::stack::save_before_death;
pub use self::statement::{HeldPointer, RawStatement, Statement};
#[cfg(target_os = "linux")]
pub use self::window::Window;

use crate::outcome::Outcome;

/// The result of a call: a value, or the outcome that came instead of one.
pub type Call<T> = Result<T, Outcome>;

/// Calls a function of the table, or returns `missing sqlite3_…` when the library has no such function. A place that
/// has found its function does not look again: the process has one library.
macro_rules! call {
    ($library:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        static IS_THERE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
        if !IS_THERE.load(std::sync::atomic::Ordering::Relaxed) {
            $library.need(stringify!($function))?;
            IS_THERE.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        // SAFETY: the library has the function, with the signature that SQLite has kept for it since it was
        // added; the pointers come from live handles of this module.
        unsafe { libsqlite3_sys::$function($($argument),*) }
    }};
}
pub(crate) use call;
