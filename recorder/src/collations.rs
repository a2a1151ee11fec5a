//! Collations of the program's.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use crate::bytes::{Bytes, Text};
use crate::code::{Code, OK};
use crate::function::{begin, end};
use crate::hooks::call_program;
use crate::kinds::{Db, Kind, Object};
use crate::real::{Function, real};
use crate::thread::{Inside, Outside};
use crate::trace::with_handles;

type Compare = unsafe extern "C" fn(*mut c_void, c_int, *const c_void, c_int, *const c_void) -> c_int;
type Destroy = unsafe extern "C" fn(*mut c_void);

/// A collation of the program's.
struct Collation {
    argument: *mut c_void,
    compare: Compare,
    destroy: Option<Destroy>,
    encoding: c_int,
}

const UTF8: c_int = 1;

unsafe extern "C" fn on_compare(
    collation: *mut c_void,
    length: c_int,
    one: *const c_void,
    other_length: c_int,
    other: *const c_void,
) -> c_int {
    // SAFETY: made by `create_collation` below, and alive.
    let own = unsafe { &*collation.cast::<Collation>() };
    let bytes = |at: *const c_void, length: c_int| match own.encoding {
        UTF8 => Bytes::Text(at.cast(), length.max(0) as usize),
        _ => Bytes::Utf16(at.cast(), length.max(0) as usize),
    };
    call_program!(
        "collation()",
        [collation = Object(collation), one = bytes(one, length), other = bytes(other, other_length)],
        c_int,
        // SAFETY: SQLite's own arguments.
        unsafe { (own.compare)(own.argument, length, one, other_length, other) }
    )
}

unsafe extern "C" fn on_collation_destroy(collation: *mut c_void) {
    with_handles(|handles| handles.end(collation as usize));
    // SAFETY: made by `create_collation` below, and SQLite calls this once.
    let collation = unsafe { Box::from_raw(collation.cast::<Collation>()) };
    if let Some(destroy) = collation.destroy {
        let _outside = Outside::enter();
        // SAFETY: the program's own function and data.
        unsafe { destroy(collation.argument) };
    }
}

/// `sqlite3_create_collation`: made by the second version, whose destructor frees what is ours.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_create_collation(
    db: Db,
    name: Text,
    encoding: c_int,
    argument: *mut c_void,
    compare: Option<Compare>,
) -> Code {
    static FUNCTION: Function =
        Function::new("sqlite3_create_collation", &["db", "name", "encoding", "collation"], &["result"]);
    // SAFETY: the program's own arguments.
    unsafe { create_collation(&FUNCTION, db, name, encoding, argument, compare, None) }
}

/// `sqlite3_create_collation_v2`
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_create_collation_v2(
    db: Db,
    name: Text,
    encoding: c_int,
    argument: *mut c_void,
    compare: Option<Compare>,
    destroy: Option<Destroy>,
) -> Code {
    static FUNCTION: Function =
        Function::new("sqlite3_create_collation_v2", &["db", "name", "encoding", "collation"], &["result"]);
    // SAFETY: the program's own arguments.
    unsafe { create_collation(&FUNCTION, db, name, encoding, argument, compare, destroy) }
}

unsafe fn create_collation(
    function: &Function,
    db: Db,
    name: Text,
    encoding: c_int,
    argument: *mut c_void,
    compare: Option<Compare>,
    destroy: Option<Destroy>,
) -> Code {
    let real = real!(sqlite3_create_collation_v2: fn(
        Db, Text, c_int, *mut c_void, Option<Compare>, Option<Destroy>
    ) -> Code);
    let Some(_inside) = Inside::enter() else {
        // SAFETY: the program's own arguments.
        return unsafe { real(db, name, encoding, argument, compare, destroy) };
    };
    let own = compare.map(|compare| Collation { argument, compare, destroy, encoding });
    let given = own.map(|own| Box::into_raw(Box::new(own)).cast::<c_void>());
    if let Some(given) = given {
        with_handles(|handles| handles.birth(given as usize));
    }
    begin(function, |trace| {
        db.write(trace);
        name.write(trace);
        encoding.write(trace);
        Object(given.unwrap_or(null_mut())).write(trace);
    });
    let answer = match given {
        // SAFETY: our functions, with the data that they expect.
        Some(given) => unsafe {
            real(db, name, encoding, given, Some(on_compare), Some(on_collation_destroy))
        },
        // SAFETY: the program's own arguments.
        None => unsafe { real(db, name, encoding, argument, None, destroy) },
    };
    if let (Some(given), true) = (given, answer != OK) {
        // SAFETY: SQLite calls no destructor of a collation that it did not take.
        drop(unsafe { Box::from_raw(given.cast::<Collation>()) });
    }
    end::<Code>(function, crate::kinds::Answer::look(answer, || Some(db)), |_| {});
    answer
}
