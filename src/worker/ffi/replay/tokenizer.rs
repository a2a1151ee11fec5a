//! Tokenizers of FTS3, which a program registers by the address of its own: SQLite's `simple` stands for them.

use std::ffi::{c_char, c_int, c_void};

use super::handles::Sort;
use super::kinds::{Db, ROW, Stmt};
use super::machine::Machine;
use super::real::real;

/// An address, as the blob in which SQL has it.
pub(crate) type Address = [u8; size_of::<usize>()];

impl Machine {
    /// Where the tokenizer `simple` is, for the connection of this statement.
    pub(crate) fn tokenizer(&self, process: u32, statement: u64) -> Option<Address> {
        let of = real!(self.library, sqlite3_db_handle: fn(*mut c_void) -> Db)?;
        let statement = self.handles.borrow_mut().get((process, statement), Sort::Stmt)?;
        // SAFETY: a statement that is there.
        let db = unsafe { of(statement) };
        self.is_quiet.set(true);
        let address = self.ask_for_tokenizer(db);
        self.is_quiet.set(false);
        address
    }

    /// Names that are bound may be asked for also where SQL may not register any.
    fn ask_for_tokenizer(&self, db: Db) -> Option<Address> {
        const SQL: &str = "SELECT fts3_tokenizer(?)";
        const NAME: &str = "simple";
        let prepare = real!(self.library, sqlite3_prepare_v2: fn(
            Db, *const c_char, c_int, *mut *mut c_void, *mut *const c_char
        ) -> c_int)?;
        let bind =
            real!(self.library, sqlite3_bind_text: fn(Stmt, c_int, *const c_char, c_int, isize) -> c_int)?;
        let step = real!(self.library, sqlite3_step: fn(Stmt) -> c_int)?;
        let finalize = real!(self.library, sqlite3_finalize: fn(Stmt) -> c_int)?;
        let mut statement = std::ptr::null_mut();
        let length = c_int::try_from(SQL.len()).ok()?;
        // SAFETY: a connection that is open, a text of this length, and room for the statement.
        unsafe { prepare(db, SQL.as_ptr().cast(), length, &raw mut statement, std::ptr::null_mut()) };
        if statement.is_null() {
            return None;
        }
        let statement = Stmt(statement);
        // SAFETY: a statement that is there, and a text of this length that stays.
        unsafe { bind(statement, 1, NAME.as_ptr().cast(), c_int::try_from(NAME.len()).ok()?, 0) };
        // SAFETY: the same statement.
        let address = match unsafe { step(statement) } {
            ROW => self.blob(statement),
            _ => None,
        };
        // SAFETY: a statement that nobody else has.
        unsafe { finalize(statement) };
        address
    }

    fn blob(&self, statement: Stmt) -> Option<Address> {
        let blob = real!(self.library, sqlite3_column_blob: fn(Stmt, c_int) -> *const u8)?;
        let bytes = real!(self.library, sqlite3_column_bytes: fn(Stmt, c_int) -> c_int)?;
        // SAFETY: a statement with a row.
        let at = unsafe { blob(statement, 0) };
        // SAFETY: the same.
        let length = unsafe { bytes(statement, 0) };
        super::functions::slice(at, length).try_into().ok()
    }
}
