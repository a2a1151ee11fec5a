//! Functions with `...`: Rust can call them, but not define them. On the processors and systems below, a caller passes
//! what is behind the last named argument as if it were named, and registers that it left alone may be read.

use std::ffi::{c_int, c_void};

use crate::bytes::Text;
use crate::code::Code;
use crate::function::{begin, end};
use crate::kinds::{Db, Kind, Out};
use crate::real::Function;
use crate::thread::Inside;

/// Operations of `sqlite3_db_config` that take a number and the address of one.
const SWITCHES: std::ops::Range<c_int> = 1002..1100;
const MAIN_NAME: c_int = 1000;

/// `sqlite3_db_config`
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_db_config(
    db: Db,
    operation: c_int,
    a: usize,
    b: usize,
    c: usize,
) -> Code {
    static FUNCTION: Function =
        Function::new("sqlite3_db_config", &["db", "operation", "value"], &["result", "value"]);
    type Real = unsafe extern "C" fn(Db, c_int, ...) -> Code;
    // SAFETY: SQLite's own function of this name has this type.
    let real = unsafe { std::mem::transmute::<*mut c_void, Real>(FUNCTION.address()) };
    // SAFETY: the program's own arguments, and what was in the registers behind them.
    let call = || unsafe { real(db, operation, a, b, c) };
    let Some(_inside) = Inside::enter() else { return call() };
    let is_switch = SWITCHES.contains(&operation);
    begin(&FUNCTION, |trace| {
        db.write(trace);
        operation.write(trace);
        match operation {
            MAIN_NAME => Text(a as *const _).write(trace),
            _ if is_switch => (a as c_int).write(trace),
            _ => ().write(trace),
        }
    });
    let answer = call();
    let seen = crate::kinds::Answer::look(answer, || Some(db));
    end::<Code>(&FUNCTION, seen, |trace| match is_switch {
        true => Out(b as *const c_int).write(trace),
        false => ().write(trace),
    });
    answer
}

/// A function whose first argument is an operation, and of which nothing else is written.
macro_rules! operations {
    ($($name:ident($($first:ident: $kind:ty)?);)*) => {$(
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name(
            $($first: $kind,)? operation: c_int, a: usize, b: usize, c: usize, d: usize,
        ) -> Code {
            static FUNCTION: Function =
                Function::new(stringify!($name), &[$(stringify!($first),)? "operation"], &["result"]);
            type Real = unsafe extern "C" fn($($kind,)? c_int, ...) -> Code;
            // SAFETY: SQLite's own function of this name has this type.
            let real = unsafe { std::mem::transmute::<*mut c_void, Real>(FUNCTION.address()) };
            // SAFETY: the program's own arguments, and what was in the registers behind them.
            let call = || unsafe { real($($first,)? operation, a, b, c, d) };
            let Some(_inside) = Inside::enter() else { return call() };
            begin(&FUNCTION, |trace| {
                $($first.write(trace);)?
                operation.write(trace);
            });
            let answer = call();
            end::<Code>(&FUNCTION, (answer, None), |_| {});
            answer
        }
    )*};
}

operations! {
    sqlite3_config();
    sqlite3_test_control();
    sqlite3_vtab_config(db: Db);
}
