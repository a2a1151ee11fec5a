//! What is asked of a statement beside the calls of a trace: its plan and its steps.

use std::ffi::{c_char, c_int, c_void};

use super::handles::Sort;
use super::kinds::{Db, ROW, Said, Stmt};
use super::machine::Machine;
use super::real::real;
use crate::outcome::plan;
use crate::outcome::value::Value;
use crate::trace::Item;

/// What a plan is made of; nothing else can be asked for one without a word of its own.
const PLANNED: [&str; 7] = ["select", "insert", "update", "delete", "replace", "with", "values"];
/// A plan has no more lines.
const MOST_LINES: usize = 200;

impl Machine {
    /// The plan of a statement on the connection of these arguments; nothing where it cannot be prepared there. Of one that writes,
    /// this makes what `sqlite3_changes` returns 0: it is for the time before that runs.
    pub(crate) fn plan(&self, process: u32, arguments: &[Item<'_>], sql: &str) -> Option<Vec<String>> {
        let first = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let number = arguments.first().and_then(Item::handle);
        let db = number.and_then(|number| self.handles.borrow_mut().get((process, number), Sort::Db));
        match db? {
            db if PLANNED.iter().any(|word| first.eq_ignore_ascii_case(word)) => {
                self.is_quiet.set(true);
                let rows = self.explain(Db(db), sql);
                self.is_quiet.set(false);
                Some(plan::lines(&rows?, sql))
            }
            _ => Some(Vec::new()),
        }
    }

    fn explain(&self, db: Db, sql: &str) -> Option<Vec<Vec<Value>>> {
        let prepare = real!(self.library, sqlite3_prepare_v2: fn(
            Db, *const c_char, c_int, *mut *mut c_void, *mut *const c_char
        ) -> c_int)?;
        let step = real!(self.library, sqlite3_step: fn(Stmt) -> c_int)?;
        let finalize = real!(self.library, sqlite3_finalize: fn(Stmt) -> c_int)?;
        let text = format!("EXPLAIN QUERY PLAN {sql}");
        let mut statement = std::ptr::null_mut();
        let length = c_int::try_from(text.len()).ok()?;
        // SAFETY: a connection that is open, a text of this length, and room for the statement.
        unsafe { prepare(db, text.as_ptr().cast(), length, &raw mut statement, std::ptr::null_mut()) };
        let statement = Stmt(statement);
        let mut rows = Vec::new();
        // SAFETY: the statement, or nothing, which is a misuse that SQLite notices.
        while !statement.0.is_null() && rows.len() < MOST_LINES && unsafe { step(statement) } == ROW {
            rows.push(self.row(statement)?);
        }
        // SAFETY: a statement that nobody else has, or nothing.
        unsafe { finalize(statement) };
        if statement.0.is_null() {
            // What the connection says of its last error is the program's: an empty text is none.
            let mut none = std::ptr::null_mut();
            // SAFETY: the same connection, an empty text, and room for the statement that it is not.
            unsafe { prepare(db, c"".as_ptr(), 0, &raw mut none, std::ptr::null_mut()) };
            return None;
        }
        Some(rows)
    }

    /// Three numbers and the words.
    fn row(&self, statement: Stmt) -> Option<Vec<Value>> {
        let number = real!(self.library, sqlite3_column_int64: fn(Stmt, c_int) -> i64)?;
        let text = real!(self.library, sqlite3_column_text: fn(Stmt, c_int) -> Said)?;
        // SAFETY: a statement with a row.
        let numbers = (0..3).map(|column| Value::Integer(unsafe { number(statement, column) }));
        // SAFETY: the same.
        let text = unsafe { text(statement, 3) }.bytes().unwrap_or_default();
        Some(numbers.chain([Value::Text(text.to_vec())]).collect())
    }

    /// How many columns the rows of a statement have.
    pub(crate) fn columns(&self, process: u32, number: u64) -> u32 {
        let statement = self.handles.borrow_mut().get((process, number), Sort::Stmt);
        let count = real!(self.library, sqlite3_column_count: fn(Stmt) -> c_int);
        match (statement, count) {
            // SAFETY: a statement that is there.
            (Some(statement), Some(count)) => unsafe { count(Stmt(statement)) }.max(0) as u32,
            _ => 0,
        }
    }

    /// The steps of the virtual machine that a statement has taken.
    pub(crate) fn steps(&self, process: u32, number: u64) -> u64 {
        const VM_STEP: c_int = 4;
        let statement = self.handles.borrow_mut().get((process, number), Sort::Stmt);
        let status = real!(self.library, sqlite3_stmt_status: fn(Stmt, c_int, c_int) -> c_int);
        match (statement, status) {
            // SAFETY: a statement that is there.
            (Some(statement), Some(status)) => unsafe { status(Stmt(statement), VM_STEP, 0) }.max(0) as u64,
            _ => 0,
        }
    }
}
