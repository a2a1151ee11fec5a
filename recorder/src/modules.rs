//! Virtual tables of the program's: each method is called through ours, which are in a module of ours beside the
//! program's.

use std::ffi::{c_char, c_int, c_void};

use crate::bytes::Text;
use crate::code::Code;
use crate::function::{begin, end};
use crate::hooks::call_program;
use crate::index_info::{Constraints, IndexInfo, Plan};
use crate::kinds::{Context, Db, Kind, Object, Out, Value, all, read};
use crate::real::{Function, real};
use crate::thread::{Inside, Outside};
use crate::trace::with_handles;

type Handle = *mut c_void;
type Method = *const c_void;
type Destroy = unsafe extern "C" fn(*mut c_void);

/// How many methods `sqlite3_module` has in its fourth version, behind its number.
const METHODS: usize = 24;
/// How many each version has.
const OF_VERSION: [usize; 5] = [19, 19, 22, 23, 24];

/// `sqlite3_module`
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Module {
    version: c_int,
    methods: [Method; METHODS],
}

/// A module of ours. Tables lead to it: SQLite writes the address of a table's module into the table.
#[repr(C)]
struct Own {
    module: Module,
    theirs: [Method; METHODS],
    argument: *mut c_void,
    destroy: Option<Destroy>,
}

/// `sqlite3_vtab` and `sqlite3_vtab_cursor` begin with the address of what they belong to.
#[repr(C)]
struct Belongs {
    to: *mut Belongs,
}

/// Where methods stand in `sqlite3_module`.
mod at {
    pub(super) const CREATE: usize = 0;
    pub(super) const CONNECT: usize = 1;
    pub(super) const BEST_INDEX: usize = 2;
    pub(super) const DISCONNECT: usize = 3;
    pub(super) const DESTROY: usize = 4;
    pub(super) const OPEN: usize = 5;
    pub(super) const CLOSE: usize = 6;
    pub(super) const FILTER: usize = 7;
    pub(super) const NEXT: usize = 8;
    pub(super) const EOF: usize = 9;
    pub(super) const COLUMN: usize = 10;
    pub(super) const ROWID: usize = 11;
    pub(super) const UPDATE: usize = 12;
    pub(super) const BEGIN: usize = 13;
    pub(super) const SYNC: usize = 14;
    pub(super) const COMMIT: usize = 15;
    pub(super) const ROLLBACK: usize = 16;
    pub(super) const RENAME: usize = 18;
    pub(super) const SAVEPOINT: usize = 19;
    pub(super) const RELEASE: usize = 20;
    pub(super) const ROLLBACK_TO: usize = 21;
}

/// The program's method behind a table.
unsafe fn of_table(table: Handle, method: usize) -> Method {
    // SAFETY: SQLite wrote our module's address there.
    unsafe { (*(*table.cast::<Belongs>()).to.cast::<Own>()).theirs[method] }
}

/// The program's method behind a cursor.
unsafe fn of_cursor(cursor: Handle, method: usize) -> Method {
    // SAFETY: SQLite wrote the table's address there.
    unsafe { of_table((*cursor.cast::<Belongs>()).to.cast(), method) }
}

/// Methods of which the first argument leads to the module, by `$way`.
macro_rules! methods {
    ($($name:ident $label:literal $way:ident at::$method:ident ($($arg:ident: $kind:ty),*) -> $answer:ty
        [$($written:ident = $value:expr),*];)*) => {$(
        unsafe extern "C" fn $name(this: Handle $(, $arg: $kind)*) -> $answer {
            type User = unsafe extern "C" fn(Handle $(, $kind)*) -> $answer;
            // SAFETY: only methods that are there are given to SQLite, and this one has this type.
            let user = unsafe { std::mem::transmute::<Method, User>($way(this, at::$method)) };
            call_program!(
                $label,
                [this = Object(this) $(, $written = $value)*],
                $answer,
                // SAFETY: SQLite's own arguments.
                unsafe { user(this $(, $arg)*) }
            )
        }
    )*};
}

methods! {
    on_disconnect "xDisconnect()" of_table at::DISCONNECT() -> c_int [];
    on_destroy_table "xDestroy()" of_table at::DESTROY() -> c_int [];
    on_close "xClose()" of_cursor at::CLOSE() -> c_int [];
    on_filter "xFilter()" of_cursor at::FILTER(index: c_int, name: Text, count: c_int, values: *mut Value) -> c_int
        [index = index, name = name, values = all(values, count)];
    on_next "xNext()" of_cursor at::NEXT() -> c_int [];
    on_eof "xEof()" of_cursor at::EOF() -> c_int [];
    on_column "xColumn()" of_cursor at::COLUMN(context: Context, column: c_int) -> c_int
        [context = context, column = column];
    on_begin "xBegin()" of_table at::BEGIN() -> c_int [];
    on_sync "xSync()" of_table at::SYNC() -> c_int [];
    on_commit "xCommit()" of_table at::COMMIT() -> c_int [];
    on_rollback "xRollback()" of_table at::ROLLBACK() -> c_int [];
    on_rename "xRename()" of_table at::RENAME(name: Text) -> c_int [name = name];
    on_savepoint "xSavepoint()" of_table at::SAVEPOINT(number: c_int) -> c_int [number = number];
    on_release "xRelease()" of_table at::RELEASE(number: c_int) -> c_int [number = number];
    on_rollback_to "xRollbackTo()" of_table at::ROLLBACK_TO(number: c_int) -> c_int [number = number];
}

/// Methods that answer through a pointer too: what is written of that when they are done.
macro_rules! methods_with_out {
    ($($name:ident $label:literal $way:ident at::$method:ident ($($arg:ident: $kind:ty),*)
        [$($written:ident = $value:expr),*] -> $out:ident = $result:expr;)*) => {$(
        unsafe extern "C" fn $name(this: Handle $(, $arg: $kind)*) -> c_int {
            static CALLBACK: Function =
                Function::new($label, &["this" $(, stringify!($written))*], &["result", stringify!($out)]);
            type User = unsafe extern "C" fn(Handle $(, $kind)*) -> c_int;
            // SAFETY: only methods that are there are given to SQLite, and this one has this type.
            let user = unsafe { std::mem::transmute::<Method, User>($way(this, at::$method)) };
            begin(&CALLBACK, |trace| {
                Object(this).write(trace);
                $($value.write(trace);)*
            });
            let outside = Outside::enter();
            // SAFETY: SQLite's own arguments.
            let answer = unsafe { user(this $(, $arg)*) };
            drop(outside);
            end::<c_int>(&CALLBACK, answer, |trace| Kind::write($result, trace));
            answer
        }
    )*};
}

methods_with_out! {
    on_best_index "xBestIndex()" of_table at::BEST_INDEX(info: *mut IndexInfo)
        [constraints = Constraints(info)] -> plan = Plan(info);
    on_open "xOpen()" of_table at::OPEN(cursor: *mut Handle) [] -> cursor = Out(cursor.cast::<Object>());
    on_rowid "xRowid()" of_cursor at::ROWID(row: *mut i64) [] -> row = Out(row);
    on_update "xUpdate()" of_table at::UPDATE(count: c_int, values: *mut Value, row: *mut i64)
        [values = all(values, count)] -> row = Out(row);
}

type Make = unsafe extern "C" fn(Db, *mut c_void, c_int, *const Text, *mut Handle, *mut *mut c_char) -> c_int;

/// `xCreate` and `xConnect`: the argument is ours.
macro_rules! makes {
    ($($name:ident $label:literal at::$method:ident;)*) => {$(
        unsafe extern "C" fn $name(
            db: Db, own: *mut c_void, count: c_int, words: *const Text, table: *mut Handle, message: *mut *mut c_char,
        ) -> c_int {
            static CALLBACK: Function = Function::new($label, &["db", "words"], &["result", "table", "message"]);
            // SAFETY: our own argument, and a method of this type.
            let (user, argument) = unsafe {
                let own = &*own.cast::<Own>();
                (std::mem::transmute::<Method, Make>(own.theirs[at::$method]), own.argument)
            };
            begin(&CALLBACK, |trace| {
                db.write(trace);
                all(words, count).write(trace);
            });
            let outside = Outside::enter();
            // SAFETY: SQLite's own arguments.
            let answer = unsafe { user(db, argument, count, words, table, message) };
            drop(outside);
            end::<c_int>(&CALLBACK, answer, |trace| {
                Out(table.cast::<Object>()).write(trace);
                crate::parts::message_of(message).write(trace);
            });
            answer
        }
    )*};
}

makes! {
    on_create "xCreate()" at::CREATE;
    on_connect "xConnect()" at::CONNECT;
}

/// A function for a table, which SQLite calls without us: what it answers is part of the statement's answer.
unsafe extern "C" fn on_find_function(
    table: Handle,
    count: c_int,
    name: Text,
    function: *mut *const c_void,
    argument: *mut *mut c_void,
) -> c_int {
    const FIND_FUNCTION: usize = 17;
    type User = unsafe extern "C" fn(Handle, c_int, Text, *mut *const c_void, *mut *mut c_void) -> c_int;
    // SAFETY: only methods that are there are given to SQLite, and this one has this type.
    let user = unsafe { std::mem::transmute::<Method, User>(of_table(table, FIND_FUNCTION)) };
    // SAFETY: SQLite's own arguments.
    unsafe { user(table, count, name, function, argument) }
}

/// Ours in the order of `sqlite3_module`; what is behind them, `xShadowName` and `xIntegrity`, is the program's.
const OURS: [Method; 22] = [
    on_create as Method,
    on_connect as Method,
    on_best_index as Method,
    on_disconnect as Method,
    on_destroy_table as Method,
    on_open as Method,
    on_close as Method,
    on_filter as Method,
    on_next as Method,
    on_eof as Method,
    on_column as Method,
    on_rowid as Method,
    on_update as Method,
    on_begin as Method,
    on_sync as Method,
    on_commit as Method,
    on_rollback as Method,
    on_find_function as Method,
    on_rename as Method,
    on_savepoint as Method,
    on_release as Method,
    on_rollback_to as Method,
];

impl Own {
    /// Ours where the program has a method. One method for creating and connecting says that a table needs no creation,
    /// so it stays one.
    unsafe fn of(theirs: *const Module, argument: *mut c_void, destroy: Option<Destroy>) -> Self {
        // SAFETY: the program's module; what its version has not is not read.
        let version = unsafe { (*theirs).version };
        let count = OF_VERSION[usize::try_from(version).unwrap_or(0).min(OF_VERSION.len() - 1)];
        let mut methods: [Method; METHODS] = [std::ptr::null(); METHODS];
        // SAFETY: as many as its version has.
        unsafe {
            methods.as_mut_ptr().copy_from_nonoverlapping((&raw const (*theirs).methods).cast(), count)
        };
        let mut ours = methods;
        for (ours, method) in ours.iter_mut().zip(OURS) {
            *ours = if ours.is_null() { *ours } else { method };
        }
        if methods[at::CREATE] == methods[at::CONNECT] {
            ours[at::CREATE] = ours[at::CONNECT];
        }
        // A version that we do not know has no methods that we could pass on.
        let module = Module { version: version.min(4), methods: ours };
        Self { module, theirs: methods, argument, destroy }
    }
}

unsafe extern "C" fn on_destroy_module(own: *mut c_void) {
    with_handles(|handles| handles.end(own as usize));
    // SAFETY: made by `create`; tables that still lead to it keep it, so only what it was given is destroyed.
    let own = unsafe { &*own.cast::<Own>() };
    if let Some(destroy) = own.destroy {
        let _outside = Outside::enter();
        // SAFETY: the program's own function and data.
        unsafe { destroy(own.argument) };
    }
}

unsafe fn create(
    function: &Function,
    db: Db,
    name: Text,
    module: *const Module,
    argument: *mut c_void,
    destroy: Option<Destroy>,
) -> Code {
    let real =
        real!(sqlite3_create_module_v2: fn(Db, Text, *const Module, *mut c_void, Option<Destroy>) -> Code);
    let Some(_inside) = Inside::enter() else {
        // SAFETY: the program's own arguments.
        return unsafe { real(db, name, module, argument, destroy) };
    };
    let own = match read(module) {
        // SAFETY: the program's own module.
        Some(_) => Box::into_raw(Box::new(unsafe { Own::of(module, argument, destroy) })),
        None => std::ptr::null_mut(),
    };
    begin(function, |trace| {
        db.write(trace);
        name.write(trace);
        Object(own.cast()).write(trace);
    });
    let answer = match own.is_null() {
        // SAFETY: the program's own arguments: a module is removed.
        true => unsafe { real(db, name, module, argument, destroy) },
        // SAFETY: our module, with our argument.
        false => unsafe { real(db, name, &raw const (*own).module, own.cast(), Some(on_destroy_module)) },
    };
    end::<Code>(function, crate::kinds::Answer::look(answer, || Some(db)), |_| {});
    answer
}

/// `sqlite3_create_module`
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_create_module(
    db: Db,
    name: Text,
    module: *const Module,
    argument: *mut c_void,
) -> Code {
    static FUNCTION: Function =
        Function::new("sqlite3_create_module", &["db", "name", "module"], &["result"]);
    // SAFETY: the program's own arguments.
    unsafe { create(&FUNCTION, db, name, module, argument, None) }
}

/// `sqlite3_create_module_v2`
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_create_module_v2(
    db: Db,
    name: Text,
    module: *const Module,
    argument: *mut c_void,
    destroy: Option<Destroy>,
) -> Code {
    static FUNCTION: Function =
        Function::new("sqlite3_create_module_v2", &["db", "name", "module"], &["result"]);
    // SAFETY: the program's own arguments.
    unsafe { create(&FUNCTION, db, name, module, argument, destroy) }
}
