//! Where handles begin and end.

use std::ffi::{c_int, c_void};

use crate::bytes::{Bytes, Text};
use crate::code::{Code, Failure, OK};
use crate::function::{begin, end};
use crate::kinds::{Backup, Birth, Blob, Db, Ended, Kind, Stmt};
use crate::real::{Function, real};
use crate::thread::Inside;
use crate::trace::with_handles;
use crate::vfs;

type Handles = *mut *mut c_void;

/// A function that opens a connection. The file systems are watched first, since they open the file.
macro_rules! opens {
    ($($name:ident($file:ident: $kind:ty = $written:expr $(, $arg:ident: $type:ty)*);)*) => {$(
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name($file: $kind, db: Handles $(, $arg: $type)*) -> Code {
            static FUNCTION: Function =
                Function::new(stringify!($name), &[stringify!($file) $(, stringify!($arg))*], &["result", "db"]);
            type Real = unsafe extern "C" fn($kind, Handles $(, $type)*) -> Code;
            // SAFETY: SQLite's own function of this name has this type.
            let real = unsafe { std::mem::transmute::<*mut c_void, Real>(FUNCTION.address()) };
            // SAFETY: the program's own arguments.
            let call = || unsafe { real($file, db $(, $arg)*) };
            let Some(_inside) = Inside::enter() else { return call() };
            begin(&FUNCTION, |trace| { Kind::write($written, trace); $(Kind::write($arg, trace);)* });
            vfs::watch();
            let answer = call();
            let connection = || crate::kinds::read(db).filter(|db| !db.is_null()).map(|db| Db(db));
            let seen = crate::kinds::Answer::look(answer, connection);
            end::<Code>(&FUNCTION, seen, |trace| Birth(db).write(trace));
            answer
        }
    )*};
}

opens! {
    sqlite3_open(file: Text = file);
    sqlite3_open_v2(file: Text = file, flags: c_int, vfs: Text);
    sqlite3_open16(file: *const c_void = Bytes::utf16(file, -1));
}

/// A function that ends a handle. Its number ends before the call, because another thread may get the same address as
/// soon as SQLite has freed it; after a failure of `$stays` the handle is there as before.
macro_rules! ends {
    ($($name:ident($handle:ident: $kind:ty), connection: $connection:expr, stays: $stays:expr;)*) => {$(
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name($handle: $kind) -> Code {
            static FUNCTION: Function = Function::new(stringify!($name), &[stringify!($handle)], &["result"]);
            type Real = unsafe extern "C" fn($kind) -> Code;
            // SAFETY: SQLite's own function of this name has this type.
            let real = unsafe { std::mem::transmute::<*mut c_void, Real>(FUNCTION.address()) };
            // SAFETY: the program's own argument.
            let call = || unsafe { real($handle) };
            let Some(_inside) = Inside::enter() else { return call() };
            let pointer = $handle.0 as usize;
            let connection: Option<Db> = ($connection)($handle);
            let number = (pointer != 0).then(|| with_handles(|handles| handles.end(pointer)));
            begin(&FUNCTION, |trace| Ended(number).write(trace));
            let answer = call();
            let stays: bool = ($stays)(answer);
            if let (true, Some(number)) = (stays, number) {
                with_handles(|handles| handles.put_back(pointer, number));
            }
            let seen = crate::kinds::Answer::look(answer, || connection);
            end::<Code>(&FUNCTION, seen, |_| {});
            answer
        }
    )*};
}

ends! {
    sqlite3_close(db: Db), connection: |db: Db| Some(db), stays: |answer| answer != OK;
    sqlite3_close_v2(db: Db), connection: |_| None, stays: |answer| answer != OK;
    sqlite3_finalize(stmt: Stmt), connection: Kind::connection, stays: |_| false;
    sqlite3_blob_close(blob: Blob), connection: |_| None, stays: |_| false;
    sqlite3_backup_finish(backup: Backup), connection: |_| None, stays: |_| false;
}

/// `sqlite3_backup_init`: the error is the destination's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_backup_init(
    to: Db,
    to_schema: Text,
    from: Db,
    from_schema: Text,
) -> Backup {
    const ARGUMENTS: &[&str] = &["to", "to_schema", "from", "from_schema"];
    static FUNCTION: Function = Function::new("sqlite3_backup_init", ARGUMENTS, &["result", "failure"]);
    type Real = unsafe extern "C" fn(Db, Text, Db, Text) -> Backup;
    // SAFETY: SQLite's own function of this name has this type.
    let real = unsafe { std::mem::transmute::<*mut c_void, Real>(FUNCTION.address()) };
    // SAFETY: the program's own arguments.
    let call = || unsafe { real(to, to_schema, from, from_schema) };
    let Some(_inside) = Inside::enter() else { return call() };
    begin(&FUNCTION, |trace| {
        to.write(trace);
        to_schema.write(trace);
        from.write(trace);
        from_schema.write(trace);
    });
    let backup = call();
    let failure = (backup.0.is_null() && !to.0.is_null()).then(|| Failure::of(to));
    let pointer = backup.0;
    end::<Birth>(&FUNCTION, Birth(&raw const pointer), |trace| match failure {
        Some(failure) => failure.write(trace),
        None => trace.items.null(),
    });
    backup
}

/// `sqlite3_serialize`: what it returns is as long as it says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_serialize(
    db: Db,
    schema: Text,
    size: *mut i64,
    flags: u32,
) -> *mut c_void {
    static FUNCTION: Function =
        Function::new("sqlite3_serialize", &["db", "schema", "flags"], &["result", "size"]);
    let real = real_serialize();
    // SAFETY: the program's own arguments.
    let call = |size| unsafe { real(db, schema, size, flags) };
    let Some(_inside) = Inside::enter() else { return call(size) };
    begin(&FUNCTION, |trace| {
        db.write(trace);
        schema.write(trace);
        flags.write(trace);
    });
    let mut written = 0;
    let answer = call(&raw mut written);
    if !size.is_null() {
        // SAFETY: SQLite would write there too.
        unsafe { *size = written };
    }
    let bytes = match answer.is_null() {
        true => Bytes::Nothing,
        false => Bytes::Image(answer.cast(), usize::try_from(written).unwrap_or(0)),
    };
    end::<Bytes>(&FUNCTION, bytes, |trace| written.write(trace));
    answer
}

fn real_serialize() -> unsafe extern "C" fn(Db, Text, *mut i64, u32) -> *mut c_void {
    real!(sqlite3_serialize: fn(Db, Text, *mut i64, u32) -> *mut c_void)
}
