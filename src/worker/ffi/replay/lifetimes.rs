//! Where handles begin and end.

use std::ffi::{c_int, c_void};

use super::handles::Sort;
use super::kinds::{Answer, Backup, Blob, Code, Db, Given, Handles, OK, Stmt, Text, Value};
use super::machine::{Machine, Made, NotMade, Run, Taking};
use super::real::{Real, real};
use crate::trace::Item;
use crate::worker::replay::shown;

/// The call that begins or ends a handle.
pub(super) fn find(name: &str) -> Option<Run> {
    Some(match name {
        "sqlite3_open" => |taking, made| open(taking, made, false),
        "sqlite3_open_v2" => |taking, made| open(taking, made, true),
        "sqlite3_open16" => open16,
        "sqlite3_close" => close,
        "sqlite3_close_v2" => close_v2,
        "sqlite3_finalize" => finalize,
        "sqlite3_blob_close" => end::<Blob>,
        "sqlite3_backup_finish" => end::<Backup>,
        "sqlite3_backup_init" => backup_init,
        "sqlite3_value_free" => value_free,
        "sqlite3_shutdown" => shutdown,
        _ => return None,
    })
}

fn open(taking: &Taking<'_>, made: &mut Made, has_flags: bool) -> Result<(), NotMade> {
    type Open = unsafe extern "C" fn(Text, Handles) -> Code;
    type OpenV2 = unsafe extern "C" fn(Text, Handles, c_int, Text) -> Code;
    let file = Text::given(taking.argument(0)?, taking)?;
    taking.machine.watch();
    let mut db = std::ptr::null_mut();
    let answer = if has_flags {
        static FUNCTION: Real<OpenV2> = Real::new();
        // SAFETY: SQLite's own function of this name has this type.
        let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_open_v2") }?;
        let flags = c_int::given(taking.argument(1)?, taking)?;
        let vfs = Text::given(taking.argument(2)?, taking)?;
        // SAFETY: texts that end, and room for the handle.
        unsafe { function(file, &raw mut db, flags, vfs) }
    } else {
        static FUNCTION: Real<Open> = Real::new();
        // SAFETY: SQLite's own function of this name has this type.
        let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_open") }?;
        // SAFETY: a text that ends, and room for the handle.
        unsafe { function(file, &raw mut db) }
    };
    opened(answer, db, taking, made);
    Ok(())
}

fn open16(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    type Open16 = unsafe extern "C" fn(*const c_void, Handles) -> Code;
    static FUNCTION: Real<Open16> = Real::new();
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_open16") }?;
    let Item::Utf16(file) = taking.argument(0)? else { return Err(NotMade::Unfit) };
    taking.machine.watch();
    let mut db = std::ptr::null_mut();
    // SAFETY: a text that ends, and room for the handle.
    let answer = unsafe { function(taking.keep(file).cast(), &raw mut db) };
    opened(answer, db, taking, made);
    Ok(())
}

fn opened(answer: Code, db: *mut c_void, taking: &Taking<'_>, made: &mut Made) {
    answer.judge_of(|| (!db.is_null()).then_some(Db(db)), taking.result(0), taking, made);
    if answer.0 == OK {
        taking.machine.lower(Db(db));
    }
    taking.born(taking.result(1), Sort::Db, db, made);
}

/// The number of the handle that a call ends.
fn ends(taking: &Taking<'_>) -> Option<(u32, u64)> {
    Some((taking.call.process, taking.call.arguments.first()?.handle()?))
}

fn close(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    let function = real!(taking.machine.library, sqlite3_close: fn(Db) -> Code).ok_or(NotMade::Missing)?;
    let db = Db::given(taking.argument(0)?, taking)?;
    // SAFETY: a connection that is open.
    let answer = unsafe { function(db) };
    closed(answer, Some(db), taking, made);
    Ok(())
}

fn close_v2(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    let function = real!(taking.machine.library, sqlite3_close_v2: fn(Db) -> Code).ok_or(NotMade::Missing)?;
    let db = Db::given(taking.argument(0)?, taking)?;
    // SAFETY: a connection that is open.
    let answer = unsafe { function(db) };
    closed(answer, None, taking, made);
    Ok(())
}

fn closed(answer: Code, db: Option<Db>, taking: &Taking<'_>, made: &mut Made) {
    if answer.0 == OK {
        ends(taking).into_iter().for_each(|number| taking.machine.handles.borrow_mut().end(number));
    }
    answer.judge_of(|| db, taking.result(0), taking, made);
}

fn finalize(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    let machine = taking.machine;
    let function = real!(machine.library, sqlite3_finalize: fn(Stmt) -> Code).ok_or(NotMade::Missing)?;
    let statement = Stmt::given(taking.argument(0)?, taking)?;
    let db = taking.connection();
    machine.handles.borrow_mut().take_back(statement.0);
    // SAFETY: a statement that is there.
    let answer = unsafe { function(statement) };
    ends(taking).into_iter().for_each(|number| machine.handles.borrow_mut().end(number));
    answer.judge_of(|| db, taking.result(0), taking, made);
    Ok(())
}

/// A handle that a function frees, whatever it returns.
trait Ended: Given {
    fn end(self, machine: &Machine) -> Option<Code>;
}

impl Ended for Blob {
    fn end(self, machine: &Machine) -> Option<Code> {
        let close = real!(machine.library, sqlite3_blob_close: fn(Blob) -> Code)?;
        // SAFETY: a blob that is open.
        Some(unsafe { close(self) })
    }
}

impl Ended for Backup {
    fn end(self, machine: &Machine) -> Option<Code> {
        let finish = real!(machine.library, sqlite3_backup_finish: fn(Backup) -> Code)?;
        // SAFETY: a backup that is there.
        Some(unsafe { finish(self) })
    }
}

fn end<T: Ended>(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    let handle = T::given(taking.argument(0)?, taking)?;
    let answer = handle.end(taking.machine).ok_or(NotMade::Missing)?;
    ends(taking).into_iter().for_each(|number| taking.machine.handles.borrow_mut().end(number));
    answer.judge_of(|| None, taking.result(0), taking, made);
    Ok(())
}

fn backup_init(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    let machine = taking.machine;
    let function = real!(machine.library, sqlite3_backup_init: fn(Db, Text, Db, Text) -> Backup);
    let function = function.ok_or(NotMade::Missing)?;
    let (to, from) = (Db::given(taking.argument(0)?, taking)?, Db::given(taking.argument(2)?, taking)?);
    let to_schema = Text::given(taking.argument(1)?, taking)?;
    let from_schema = Text::given(taking.argument(3)?, taking)?;
    // SAFETY: connections that are open.
    let backup = unsafe { function(to, to_schema, from, from_schema) };
    backup.judge(taking.result(0), taking, made);
    if backup.0.is_null() && !to.0.is_null() {
        let (extended, message) = machine.failure(to);
        let failure = Item::List(vec![Item::Integer(extended.into()), shown::text(message)]);
        made.compare(taking.result(1), &failure);
    }
    Ok(())
}

fn value_free(taking: &Taking<'_>, _: &mut Made) -> Result<(), NotMade> {
    let free = real!(taking.machine.library, sqlite3_value_free: fn(Value) -> ());
    let free = free.ok_or(NotMade::Missing)?;
    let value = Value::given(taking.argument(0)?, taking)?;
    // SAFETY: a value that was duplicated, and is freed once: its number ends here.
    unsafe { free(value) };
    ends(taking).into_iter().for_each(|number| taking.machine.handles.borrow_mut().end(number));
    Ok(())
}

/// All processes of the trace are one here.
fn shutdown(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    let function = real!(taking.machine.library, sqlite3_shutdown: fn() -> Code).ok_or(NotMade::Missing)?;
    if taking.machine.handles.borrow().any_open() {
        return Err(NotMade::Because("it would end what other processes use"));
    }
    // SAFETY: no connection is open.
    let answer = unsafe { function() };
    answer.judge(taking.result(0), taking, made);
    Ok(())
}

impl Machine {
    /// Frees what the trace has no number for.
    pub(super) fn give_back(&self, sort: Sort, pointer: *mut c_void) {
        match sort {
            Sort::Db => self.close(Db(pointer)),
            Sort::Stmt => self.finalize(Stmt(pointer)),
            Sort::Blob => {
                Blob(pointer).end(self);
            }
            Sort::Backup => {
                Backup(pointer).end(self);
            }
            Sort::Context | Sort::Value => {}
        }
    }

    fn finalize(&self, statement: Stmt) {
        if let Some(finalize) = real!(self.library, sqlite3_finalize: fn(Stmt) -> Code) {
            // SAFETY: a statement that is there, and that nobody else has.
            unsafe { finalize(statement) };
        }
    }

    fn close(&self, db: Db) {
        let close = real!(self.library, sqlite3_close_v2: fn(Db) -> Code)
            .or_else(|| real!(self.library, sqlite3_close: fn(Db) -> Code));
        if let Some(close) = close {
            // SAFETY: a connection that is open, and that nobody else has.
            unsafe { close(db) };
        }
    }

    /// A process of the trace ended: what it left open ends as when the system takes a process away.
    pub(crate) fn end_process(&self, process: u32) {
        for sort in [Sort::Blob, Sort::Backup, Sort::Stmt, Sort::Db] {
            let left = self.handles.borrow().left(process, sort);
            for (number, pointer) in left {
                self.handles.borrow_mut().end(number);
                self.give_back(sort, pointer);
            }
        }
        self.handles.borrow_mut().forget(process);
    }

    /// What SQLite draws at random begins anew, as it does in a new process.
    pub(crate) fn begin_process(&self) {
        let randomness = real!(self.library, sqlite3_randomness: fn(c_int, *mut c_void) -> ());
        if let Some(randomness) = randomness {
            // SAFETY: no bytes are asked for.
            unsafe { randomness(0, std::ptr::null_mut()) };
        }
    }
}
