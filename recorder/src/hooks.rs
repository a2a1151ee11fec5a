//! Functions of the program's that a connection calls: what they were given, and what they answered.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::null_mut;

use crate::bytes::{Said, Text};
use crate::code::Code;
use crate::function::{begin, end};
use crate::kinds::{Db, Kind, Pointer, all};
use crate::parts::message_of;
use crate::real::{Function, real};
use crate::thread::Inside;
use crate::trace::with_hooks;

/// A function of the program's with the argument that it wants: what SQLite has as our function's argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hook {
    pub(crate) call: *const c_void,
    pub(crate) argument: *mut c_void,
}

impl Hook {
    /// One that stays as long as the process: nobody says when SQLite needs it no longer. The same function set again,
    /// as drivers do for each statement, is the same hook.
    pub(crate) fn install(self, db: Db, kind: &'static str) -> *mut c_void {
        if self.call.is_null() {
            return null_mut();
        }
        with_hooks(|hooks| {
            let last = hooks.last.get(&(db.0 as usize, kind)).copied();
            // SAFETY: hooks are never freed.
            if let Some(known) = last.filter(|known| unsafe { *(*known as *const Self) } == self) {
                return known as *mut c_void;
            }
            let hook = Box::into_raw(Box::new(self)) as usize;
            hooks.last.insert((db.0 as usize, kind), hook);
            hooks.all.insert(hook);
            hook as *mut c_void
        })
    }
}

/// What SQLite returns of the hook that was there before.
pub(crate) trait Previous {
    fn of_program(self) -> Self;
}

impl Previous for Code {
    fn of_program(self) -> Self {
        self
    }
}

impl Previous for () {
    fn of_program(self) {}
}

impl Previous for Pointer {
    fn of_program(self) -> Self {
        match with_hooks(|hooks| hooks.all.contains(&(self.0 as usize))) {
            // SAFETY: hooks are never freed.
            true => Self(unsafe { (*self.0.cast::<Hook>()).argument }),
            false => self,
        }
    }
}

/// Calls the program's function: begins the event, is outside of SQLite meanwhile, ends it.
macro_rules! call_program {
    ($name:expr, [$($label:ident = $value:expr),*], $answer:ty, $call:expr) => {{
        static CALLBACK: $crate::real::Function =
            $crate::real::Function::new($name, &[$(stringify!($label)),*], &["result"]);
        $crate::function::begin(&CALLBACK, |_trace| { $($crate::kinds::Kind::write($value, _trace);)* });
        let outside = $crate::thread::Outside::enter();
        let answer: $answer = $call;
        drop(outside);
        $crate::function::end::<$answer>(&CALLBACK, answer, |_| {});
        answer
    }};
}
pub(crate) use call_program;

/// A function that sets a hook, and the hook.
macro_rules! hooks {
    ($pace:ident: $(
        $setter:ident($($extra:ident: $extra_type:ty),*) -> $answer:ty,
        $callback:literal ($($arg:ident: $kind:ty),*) -> $result:ty [$($label:ident = $value:expr),*];
    )*) => {$(
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $setter(
            db: Db $(, $extra: $extra_type)*, call: *const c_void, argument: *mut c_void,
        ) -> $answer {
            unsafe extern "C" fn hook(hook: *const Hook $(, $arg: $kind)*) -> $result {
                type User = unsafe extern "C" fn(*mut c_void $(, $kind)*) -> $result;
                let (user, argument) =
                    // SAFETY: the hook that was set below, with a function of this type.
                    unsafe { (std::mem::transmute::<*const c_void, User>((*hook).call), (*hook).argument) };
                // SAFETY: SQLite's own arguments.
                call_program!($callback, [$($label = $value),*], $result, unsafe { user(argument $(, $arg)*) })
            }
            static FUNCTION: Function =
                Function::new(stringify!($setter), &["db" $(, stringify!($extra))*, "hook"], &["result"]);
            type Real = unsafe extern "C" fn(Db $(, $extra_type)*, *const c_void, *mut c_void) -> $answer;
            // SAFETY: SQLite's own function of this name has this type.
            let real = unsafe { std::mem::transmute::<*mut c_void, Real>(FUNCTION.address()) };
            let Some(_inside) = Inside::enter() else {
                // SAFETY: the program's own arguments.
                return unsafe { real(db $(, $extra)*, call, argument) };
            };
            begin(&FUNCTION, |trace| {
                db.write(trace);
                $($extra.write(trace);)*
                Pointer(call.cast_mut()).write(trace);
            });
            let ours = Hook { call, argument }.install(db, stringify!($setter));
            let function = if call.is_null() { call } else { hook as *const c_void };
            // SAFETY: our function, with the hook that it expects.
            let answer = unsafe { real(db $(, $extra)*, function, ours) }.of_program();
            let seen = crate::kinds::Answer::look(answer, || Some(db));
            end::<$answer>(&FUNCTION, seen, |_| {});
            answer
        }
    )*};
}
pub(crate) use hooks;

/// `sqlite3_trace_v2`: the mask comes before the argument. Times and what else its last argument leads to are not
/// written: they are no behaviour, or were written before.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_trace_v2(
    db: Db,
    mask: c_uint,
    call: *const c_void,
    argument: *mut c_void,
) -> Code {
    type User = unsafe extern "C" fn(c_uint, *mut c_void, *mut c_void, *mut c_void) -> c_int;
    unsafe extern "C" fn hook(kind: c_uint, hook: *const Hook, of: *mut c_void, more: *mut c_void) -> c_int {
        // SAFETY: the hook that was set below, with a function of this type.
        let (user, argument) =
            unsafe { (std::mem::transmute::<*const c_void, User>((*hook).call), (*hook).argument) };
        call_program!(
            "trace_v2()",
            [kind = kind, handle = crate::kinds::Object(of)],
            c_int,
            // SAFETY: SQLite's own arguments.
            unsafe { user(kind, argument, of, more) }
        )
    }
    static FUNCTION: Function = Function::new("sqlite3_trace_v2", &["db", "mask", "hook"], &["result"]);
    let real = real!(sqlite3_trace_v2: fn(Db, c_uint, *const c_void, *mut c_void) -> Code);
    let Some(_inside) = Inside::enter() else {
        // SAFETY: the program's own arguments.
        return unsafe { real(db, mask, call, argument) };
    };
    begin(&FUNCTION, |trace| {
        db.write(trace);
        mask.write(trace);
        Pointer(call.cast_mut()).write(trace);
    });
    let ours = Hook { call, argument }.install(db, "trace_v2");
    let function = if call.is_null() { call } else { hook as *const c_void };
    // SAFETY: our function, with the hook that it expects.
    let answer = unsafe { real(db, mask, function, ours) };
    end::<Code>(&FUNCTION, crate::kinds::Answer::look(answer, || Some(db)), |_| {});
    answer
}

/// `sqlite3_collation_needed`: the argument comes before the function.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_collation_needed(
    db: Db,
    argument: *mut c_void,
    call: *const c_void,
) -> Code {
    type User = unsafe extern "C" fn(*mut c_void, Db, c_int, Text);
    unsafe extern "C" fn hook(hook: *const Hook, db: Db, encoding: c_int, name: Text) {
        // SAFETY: the hook that was set below, with a function of this type.
        let (user, argument) =
            unsafe { (std::mem::transmute::<*const c_void, User>((*hook).call), (*hook).argument) };
        call_program!(
            "collation_needed()",
            [db = db, encoding = encoding, name = name],
            (),
            // SAFETY: SQLite's own arguments.
            unsafe { user(argument, db, encoding, name) }
        );
    }
    static FUNCTION: Function = Function::new("sqlite3_collation_needed", &["db", "hook"], &["result"]);
    let real = real!(sqlite3_collation_needed: fn(Db, *mut c_void, *const c_void) -> Code);
    let Some(_inside) = Inside::enter() else {
        // SAFETY: the program's own arguments.
        return unsafe { real(db, argument, call) };
    };
    begin(&FUNCTION, |trace| {
        db.write(trace);
        Pointer(call.cast_mut()).write(trace);
    });
    let ours = Hook { call, argument }.install(db, "collation_needed");
    let function = if call.is_null() { call } else { hook as *const c_void };
    // SAFETY: our function, with the hook that it expects.
    let answer = unsafe { real(db, ours, function) };
    end::<Code>(&FUNCTION, crate::kinds::Answer::look(answer, || Some(db)), |_| {});
    answer
}

/// `sqlite3_exec`: each row goes to the program's function, if there is one.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sqlite3_exec(
    db: Db,
    sql: Text,
    call: *const c_void,
    argument: *mut c_void,
    message: *mut *mut std::ffi::c_char,
) -> Code {
    type User = unsafe extern "C" fn(*mut c_void, c_int, *mut Said, *mut Said) -> c_int;
    unsafe extern "C" fn row(hook: *const Hook, count: c_int, values: *mut Said, names: *mut Said) -> c_int {
        // SAFETY: the hook below, with a function of this type.
        let (user, argument) =
            unsafe { (std::mem::transmute::<*const c_void, User>((*hook).call), (*hook).argument) };
        call_program!(
            "exec()",
            [values = all(values, count), names = all(names, count)],
            c_int,
            // SAFETY: SQLite's own arguments.
            unsafe { user(argument, count, values, names) }
        )
    }
    static FUNCTION: Function =
        Function::new("sqlite3_exec", &["db", "sql", "callback"], &["result", "message"]);
    let real =
        real!(sqlite3_exec: fn(Db, Text, *const c_void, *mut c_void, *mut *mut std::ffi::c_char) -> Code);
    let Some(_inside) = Inside::enter() else {
        // SAFETY: the program's own arguments.
        return unsafe { real(db, sql, call, argument, message) };
    };
    begin(&FUNCTION, |trace| {
        db.write(trace);
        sql.write(trace);
        Pointer(call.cast_mut()).write(trace);
    });
    let hook = Hook { call, argument };
    let function = if call.is_null() { call } else { row as *const c_void };
    // SAFETY: our function, with the hook that it expects, which lives as long as the call.
    let answer = unsafe { real(db, sql, function, (&raw const hook).cast_mut().cast(), message) };
    let seen = crate::kinds::Answer::look(answer, || Some(db));
    end::<Code>(&FUNCTION, seen, |trace| message_of(message).write(trace));
    answer
}
