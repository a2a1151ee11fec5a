//! Functions of the program's.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use crate::bytes::Text;
use crate::code::Code;
use crate::function::{begin, end};
use crate::hooks::call_program;
use crate::kinds::{Context, Db, Kind, Object, Value, all};
use crate::real::{Function, real};
use crate::thread::{Inside, Outside};
use crate::trace::with_handles;

type Arguments = unsafe extern "C" fn(Context, c_int, *mut Value);
type Last = unsafe extern "C" fn(Context);
type Destroy = unsafe extern "C" fn(*mut c_void);

/// A function of the program's: what SQLite has as its user data.
struct Own {
    app: *mut c_void,
    call: Option<Arguments>,
    step: Option<Arguments>,
    last: Option<Last>,
    value: Option<Last>,
    inverse: Option<Arguments>,
    destroy: Option<Destroy>,
}

/// The program's function behind a context.
fn own(context: Context) -> *const Own {
    let user_data = real!(sqlite3_user_data: fn(Context) -> *mut c_void);
    // SAFETY: SQLite's own context.
    unsafe { user_data(context) }.cast_const().cast()
}

/// Functions of ours that SQLite calls in place of the program's.
macro_rules! parts {
    ($($name:ident $label:literal: $field:ident($($arg:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name(context: Context $(, $arg: $kind)*) {
            let own = own(context);
            // SAFETY: only functions that are there are given to SQLite.
            let Some(function) = (unsafe { (*own).$field }) else { return };
            call_program!(
                $label,
                [function = Object(own.cast_mut().cast()), context = context, values = values!($($arg),*)],
                (),
                // SAFETY: SQLite's own arguments.
                unsafe { function(context $(, $arg)*) }
            );
        }
    )*};
}

macro_rules! values {
    () => {
        all::<Value>(std::ptr::null(), 0)
    };
    ($count:ident, $values:ident) => {
        all($values, $count)
    };
}

parts! {
    on_call "function()": call(count: c_int, values: *mut Value);
    on_step "step()": step(count: c_int, values: *mut Value);
    on_last "final()": last();
    on_value "value()": value();
    on_inverse "inverse()": inverse(count: c_int, values: *mut Value);
}

unsafe extern "C" fn on_destroy(own: *mut c_void) {
    with_handles(|handles| handles.end(own as usize));
    // SAFETY: made by `Own::given`, and SQLite calls this once.
    let own = unsafe { Box::from_raw(own.cast::<Own>()) };
    if let Some(destroy) = own.destroy {
        let _outside = Outside::enter();
        // SAFETY: the program's own function and data.
        unsafe { destroy(own.app) };
    }
}

/// What SQLite is given: the part of ours where the program has one.
fn ours<T>(theirs: Option<T>, ours: T) -> Option<T> {
    theirs.map(|_| ours)
}

impl Own {
    /// SQLite's user data, and its destructor; nothing where a function is removed.
    fn given(self) -> (*mut c_void, Option<Destroy>) {
        if self.call.is_none() && self.step.is_none() && self.last.is_none() {
            return (self.app, self.destroy);
        }
        let own = Box::into_raw(Box::new(self)).cast::<c_void>();
        with_handles(|handles| handles.birth(own as usize));
        (own, Some(on_destroy))
    }

    fn is_there(&self) -> bool {
        self.call.is_some() || self.step.is_some() || self.last.is_some()
    }

    /// 0 where a function is removed, 1 for a function of rows, 2 for an aggregate, 3 for one that can be a window's.
    fn kind(&self) -> c_int {
        match (self.is_there(), self.call.is_some(), self.value.is_some()) {
            (false, ..) => 0,
            (true, true, _) => 1,
            (true, false, false) => 2,
            (true, false, true) => 3,
        }
    }
}

/// What is written of a function's registration.
struct Registration {
    db: Db,
    name: Text,
    arguments: c_int,
    encoding: c_int,
}

const REGISTRATION: &[&str] = &["db", "name", "arguments", "encoding", "function", "kind"];

impl Registration {
    fn run(
        self,
        function: &Function,
        own: Own,
        call: impl FnOnce(*mut c_void, Option<Destroy>) -> Code,
    ) -> Code {
        let kind = own.kind();
        let (app, destroy) = own.given();
        begin(function, |trace| {
            self.db.write(trace);
            self.name.write(trace);
            self.arguments.write(trace);
            self.encoding.write(trace);
            Object(if kind == 0 { null_mut() } else { app }).write(trace);
            kind.write(trace);
        });
        let answer = call(app, destroy);
        end::<Code>(function, crate::kinds::Answer::look(answer, || Some(self.db)), |_| {});
        answer
    }
}

/// `sqlite3_create_function`: made by the second version, whose destructor frees what is ours.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // C's
pub(crate) unsafe extern "C" fn sqlite3_create_function(
    db: Db,
    name: Text,
    arguments: c_int,
    encoding: c_int,
    app: *mut c_void,
    call: Option<Arguments>,
    step: Option<Arguments>,
    last: Option<Last>,
) -> Code {
    static FUNCTION: Function = Function::new("sqlite3_create_function", REGISTRATION, &["result"]);
    // SAFETY: the program's own arguments.
    unsafe { create(&FUNCTION, db, name, arguments, encoding, app, call, step, last, None) }
}

/// `sqlite3_create_function_v2`
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // C's
pub(crate) unsafe extern "C" fn sqlite3_create_function_v2(
    db: Db,
    name: Text,
    arguments: c_int,
    encoding: c_int,
    app: *mut c_void,
    call: Option<Arguments>,
    step: Option<Arguments>,
    last: Option<Last>,
    destroy: Option<Destroy>,
) -> Code {
    static FUNCTION: Function = Function::new("sqlite3_create_function_v2", REGISTRATION, &["result"]);
    // SAFETY: the program's own arguments.
    unsafe { create(&FUNCTION, db, name, arguments, encoding, app, call, step, last, destroy) }
}

#[allow(clippy::too_many_arguments)] // C's
unsafe fn create(
    function: &Function,
    db: Db,
    name: Text,
    arguments: c_int,
    encoding: c_int,
    app: *mut c_void,
    call: Option<Arguments>,
    step: Option<Arguments>,
    last: Option<Last>,
    destroy: Option<Destroy>,
) -> Code {
    let real = real!(sqlite3_create_function_v2: fn(
        Db, Text, c_int, c_int, *mut c_void, Option<Arguments>, Option<Arguments>, Option<Last>, Option<Destroy>
    ) -> Code);
    let Some(_inside) = Inside::enter() else {
        // SAFETY: the program's own arguments.
        return unsafe { real(db, name, arguments, encoding, app, call, step, last, destroy) };
    };
    let own = Own { app, call, step, last, value: None, inverse: None, destroy };
    let parts =
        (ours(call, on_call as Arguments), ours(step, on_step as Arguments), ours(last, on_last as Last));
    Registration { db, name, arguments, encoding }.run(function, own, |app, destroy| {
        // SAFETY: our functions, with the data that they expect.
        unsafe { real(db, name, arguments, encoding, app, parts.0, parts.1, parts.2, destroy) }
    })
}

/// `sqlite3_create_window_function`
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // C's
pub(crate) unsafe extern "C" fn sqlite3_create_window_function(
    db: Db,
    name: Text,
    arguments: c_int,
    encoding: c_int,
    app: *mut c_void,
    step: Option<Arguments>,
    last: Option<Last>,
    value: Option<Last>,
    inverse: Option<Arguments>,
    destroy: Option<Destroy>,
) -> Code {
    static FUNCTION: Function = Function::new("sqlite3_create_window_function", REGISTRATION, &["result"]);
    let real = real!(sqlite3_create_window_function: fn(
        Db, Text, c_int, c_int, *mut c_void, Option<Arguments>, Option<Last>, Option<Last>, Option<Arguments>,
        Option<Destroy>
    ) -> Code);
    let Some(_inside) = Inside::enter() else {
        // SAFETY: the program's own arguments.
        return unsafe { real(db, name, arguments, encoding, app, step, last, value, inverse, destroy) };
    };
    let own = Own { app, call: None, step, last, value, inverse, destroy };
    let (on_step, on_last) = (ours(step, on_step as Arguments), ours(last, on_last as Last));
    let (on_value, on_inverse) = (ours(value, on_value as Last), ours(inverse, on_inverse as Arguments));
    Registration { db, name, arguments, encoding }.run(&FUNCTION, own, |app, destroy| {
        // SAFETY: our functions, with the data that they expect.
        unsafe { real(db, name, arguments, encoding, app, on_step, on_last, on_value, on_inverse, destroy) }
    })
}

/// `sqlite3_user_data`: the program's own, where SQLite has ours.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_user_data(context: Context) -> *mut c_void {
    let real = real!(sqlite3_user_data: fn(Context) -> *mut c_void);
    match Inside::enter() {
        // SAFETY: functions that the program registered all have our data.
        Some(_inside) => unsafe { (*own(context)).app },
        // SAFETY: SQLite's own context.
        None => unsafe { real(context) },
    }
}
