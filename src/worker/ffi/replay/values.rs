//! Values that a program reads, their bytes with their lengths; rows of `sqlite3_exec`; settings that take any number of
//! arguments.

use std::ffi::{c_char, c_int, c_void};

use libsqlite3_sys as sys;

use super::callback::{Reply, Seen, called};
use super::functions::slice;
use super::kinds::{Answer, Code, Db, Given, OK, Said, Stmt, Text, Value};
use super::machine::{Made, NotMade, Run, Taking};
use super::real::{Real, real};
use crate::trace::Item;
use crate::worker::replay::shown;

/// A function that returns the address of bytes: what the recorder asked behind it is asked here too, in its order.
macro_rules! bytes {
    ($wanted:ident: $($name:ident, $kind:ident, $length:ident, $form:ident ($first:ident $(, $more:ident)?);)*) => {
        match $wanted {
            $(stringify!($name) => Some(|taking, made| {
                let library = taking.machine.library;
                let function = real!(library, $name: fn($first $(, $more)?) -> *const u8).ok_or(NotMade::Missing)?;
                let kind = real!(library, $kind: fn($first $(, $more)?) -> c_int).ok_or(NotMade::Missing)?;
                let length = real!(library, $length: fn($first $(, $more)?) -> c_int).ok_or(NotMade::Missing)?;
                let of = $first::given(taking.argument(0)?, taking)?;
                bytes!(@rest taking of function kind length made $form $($more)?);
                Ok(())
            }),)*
            _ => None,
        }
    };
    (@rest $taking:ident $of:ident $function:ident $kind:ident $length:ident $made:ident $form:ident $more:ident) => {
        let at = $more::given($taking.argument(1)?, $taking)?;
        // SAFETY: a statement that is there; SQLite checks the column.
        let kind = || unsafe { $kind($of, at) };
        // SAFETY: the same.
        let function = || unsafe { $function($of, at) };
        // SAFETY: the same.
        let length = || unsafe { $length($of, at) };
        $form($taking, $made, kind, function, length);
    };
    (@rest $taking:ident $of:ident $function:ident $kind:ident $length:ident $made:ident $form:ident) => {
        // SAFETY: a value that is there.
        let kind = || unsafe { $kind($of) };
        // SAFETY: the same.
        let function = || unsafe { $function($of) };
        // SAFETY: the same.
        let length = || unsafe { $length($of) };
        $form($taking, $made, kind, function, length);
    };
}

fn text(
    taking: &Taking<'_>,
    made: &mut Made,
    _: impl Fn() -> c_int,
    at: impl Fn() -> *const u8,
    length: impl Fn() -> c_int,
) {
    let at = at();
    let found = if at.is_null() { Item::Null } else { shown::text(slice(at, length())) };
    made.compare(taking.result(0), &found);
}

fn utf16(
    taking: &Taking<'_>,
    made: &mut Made,
    _: impl Fn() -> c_int,
    at: impl Fn() -> *const u8,
    length: impl Fn() -> c_int,
) {
    let at = at();
    let found = if at.is_null() { Item::Null } else { Item::Utf16(slice(at, length())) };
    made.compare(taking.result(0), &found);
}

fn blob(
    taking: &Taking<'_>,
    made: &mut Made,
    kind: impl Fn() -> c_int,
    at: impl Fn() -> *const u8,
    length: impl Fn() -> c_int,
) {
    let is_text = kind() == sys::SQLITE_TEXT;
    let at = at();
    let found = match (at.is_null(), is_text) {
        (true, _) => Item::Null,
        (false, true) => Item::Present(true),
        (false, false) => Item::Blob(slice(at, length())),
    };
    made.compare(taking.result(0), &found);
}

/// The call that reads a value, or one of the others here.
pub(super) fn find(name: &str) -> Option<Run> {
    let bytes: Option<Run> = bytes! { name:
        sqlite3_column_text, sqlite3_column_type, sqlite3_column_bytes, text (Stmt, c_int);
        sqlite3_column_text16, sqlite3_column_type, sqlite3_column_bytes16, utf16 (Stmt, c_int);
        sqlite3_column_blob, sqlite3_column_type, sqlite3_column_bytes, blob (Stmt, c_int);
        sqlite3_value_text, sqlite3_value_type, sqlite3_value_bytes, text (Value);
        sqlite3_value_text16, sqlite3_value_type, sqlite3_value_bytes16, utf16 (Value);
        sqlite3_value_blob, sqlite3_value_type, sqlite3_value_bytes, blob (Value);
    };
    bytes.or(match name {
        "sqlite3_exec" => Some(exec),
        "sqlite3_db_config" => Some(db_config),
        "sqlite3_config" => Some(config),
        "sqlite3_trace_v2" => Some(trace_v2),
        "sqlite3_collation_needed" => Some(collation_needed),
        "sqlite3_test_control" | "sqlite3_vtab_config" => Some(|_, _| Err(NotMade::Because(UNTOLD))),
        "sqlite3_load_extension" => {
            Some(|_, _| Err(NotMade::Because("an extension of the program's machine")))
        }
        "sqlite3_create_module" | "sqlite3_create_module_v2" => {
            Some(|_, _| Err(NotMade::Because(VIRTUAL_TABLES)))
        }
        _ => None,
    })
}

/// Why they are not made.
pub(crate) const VIRTUAL_TABLES: &str = "virtual tables of the program";

const UNTOLD: &str = "settings that a trace does not hold";

fn exec(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    type Row = unsafe extern "C" fn(*mut c_void, c_int, *mut Said, *mut Said) -> c_int;
    type Function = unsafe extern "C" fn(Db, Text, Option<Row>, *mut c_void, *mut *mut c_char) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    unsafe extern "C" fn row(_: *mut c_void, count: c_int, values: *mut Said, names: *mut Said) -> c_int {
        let texts = |at: *mut Said| -> Vec<Item<'_>> {
            let count = if at.is_null() { 0 } else { usize::try_from(count).unwrap_or(0) };
            // SAFETY: SQLite says that there are so many, and they live as long as this call.
            (0..count).map(|column| unsafe { *at.wrapping_add(column) }.seen_for_now()).collect()
        };
        Reply::of(called("exec()", &[Item::List(texts(values)), Item::List(texts(names))]))
    }
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_exec") }?;
    let db = Db::given(taking.argument(0)?, taking)?;
    let sql = Text::given(taking.argument(1)?, taking)?;
    let has_rows = matches!(taking.argument(2)?, Item::Present(true));
    let mut message = std::ptr::null_mut();
    // SAFETY: a connection that is open, a text that ends, and room for the message.
    let answer =
        unsafe { function(db, sql, has_rows.then_some(row as Row), std::ptr::null_mut(), &raw mut message) };
    answer.judge(taking.result(0), taking, made);
    taking.machine.free(message.cast());
    Ok(())
}

impl Said {
    /// What it says, as long as SQLite lends it.
    fn seen_for_now<'a>(self) -> Item<'a> {
        self.bytes().map_or(Item::Null, shown::text)
    }
}

fn db_config(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    const SWITCHES: std::ops::Range<c_int> = 1002..1100;
    type Function = unsafe extern "C" fn(Db, c_int, ...) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_db_config") }?;
    let db = Db::given(taking.argument(0)?, taking)?;
    let operation = c_int::given(taking.argument(1)?, taking)?;
    if !SWITCHES.contains(&operation) {
        return Err(NotMade::Because(UNTOLD));
    }
    let value = c_int::given(taking.argument(2)?, taking)?;
    let mut state: c_int = 0;
    // SAFETY: these operations take a number and the address of one.
    let answer = unsafe { function(db, operation, value, &raw mut state) };
    answer.judge(taking.result(0), taking, made);
    if answer.0 == OK && !matches!(taking.result(1), Item::Null) {
        state.judge(taking.result(1), taking, made);
    }
    Ok(())
}

/// Settings that take nothing. They are a process's, which may have them before it begins: here all processes are one, which
/// has begun.
fn config(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    const THREADS: std::ops::RangeInclusive<c_int> = 1..=3;
    type Function = unsafe extern "C" fn(c_int, ...) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_config") }?;
    let operation = c_int::given(taking.argument(0)?, taking)?;
    if !THREADS.contains(&operation) {
        return Err(NotMade::Because(UNTOLD));
    }
    if taking.machine.handles.borrow().any_open() {
        return Err(NotMade::Because("a setting of a whole process, while others have connections"));
    }
    if taking.result(0).integer() == Some(OK.into())
        && let Some(shutdown) = real!(taking.machine.library, sqlite3_shutdown: fn() -> Code)
    {
        // SAFETY: no connection is open.
        unsafe { shutdown() };
    }
    // SAFETY: these options take nothing.
    let answer = unsafe { function(operation) };
    answer.judge(taking.result(0), taking, made);
    Ok(())
}

/// The mask comes before the argument.
fn trace_v2(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    type Hook = unsafe extern "C" fn(u32, *mut c_void, *mut c_void, *mut c_void) -> c_int;
    type Function = unsafe extern "C" fn(Db, u32, Option<Hook>, *mut c_void) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    unsafe extern "C" fn hook(kind: u32, _: *mut c_void, _: *mut c_void, _: *mut c_void) -> c_int {
        Reply::of(called("trace_v2()", &[kind.seen(), Item::Present(true)]))
    }
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_trace_v2") }?;
    let db = Db::given(taking.argument(0)?, taking)?;
    let mask = u32::given(taking.argument(1)?, taking)?;
    let is_there = matches!(taking.argument(2)?, Item::Present(true));
    // SAFETY: a connection that is open, and a function that is there as long as this process.
    let answer = unsafe { function(db, mask, is_there.then_some(hook as Hook), std::ptr::null_mut()) };
    answer.judge(taking.result(0), taking, made);
    Ok(())
}

/// The argument comes before the function.
fn collation_needed(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    type Hook = unsafe extern "C" fn(*mut c_void, Db, c_int, Text);
    type Function = unsafe extern "C" fn(Db, *mut c_void, Option<Hook>) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    unsafe extern "C" fn hook(_: *mut c_void, db: Db, encoding: c_int, name: Text) {
        called("collation_needed()", &[db.seen(), encoding.seen(), name.seen()]);
    }
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_collation_needed") }?;
    let db = Db::given(taking.argument(0)?, taking)?;
    let is_there = matches!(taking.argument(1)?, Item::Present(true));
    // SAFETY: a connection that is open, and a function that is there as long as this process.
    let answer = unsafe { function(db, std::ptr::null_mut(), is_there.then_some(hook as Hook)) };
    answer.judge(taking.result(0), taking, made);
    Ok(())
}
