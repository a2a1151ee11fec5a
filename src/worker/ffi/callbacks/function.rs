//! Scalar functions of the driver `capi`.

use std::ffi::{c_int, c_uint, c_void};
use std::marker::PhantomData;
use std::ptr::{NonNull, null_mut};

use libsqlite3_sys as sys;

use super::super::calls::numbers;
use super::super::statement::c_string;
use super::super::value::LentValue;
use super::super::{Call, Connection, Library, call};
use super::{Callback, Does, count_destructor, find, guard, pointer, register, with_table};
use crate::contract::verb::{Destructor, Function, RemoveFunction, Scalar};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{FunctionFlag, code_number};
use crate::outcome::value::Value;

/// The call of a function that SQLite waits for.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    raw: NonNull<sys::sqlite3_context>,
    _lent: PhantomData<&'a sys::sqlite3_context>,
}

pub(super) type RawContext = *mut sys::sqlite3_context;
pub(super) type Arguments<'a> = &'a [LentValue<'a>];

impl Context<'_> {
    numbers! {
        pub(super) fn out_of_memory() -> () = plain(sqlite3_result_error_nomem);
        pub(super) fn aggregate(bytes: c_int) -> *mut c_void = plain(sqlite3_aggregate_context);
        pub(super) fn result_integer(n: i64) -> () = plain(sqlite3_result_int64);
        fn result_null() -> () = plain(sqlite3_result_null);
        fn result_real(x: f64) -> () = plain(sqlite3_result_double);
        fn result_subtype(subtype: c_uint) -> () = plain(sqlite3_result_subtype);
        fn error_code(code: c_int) -> () = plain(sqlite3_result_error_code);
        fn user_data() -> *mut c_void = plain(sqlite3_user_data);
        fn nochange() -> c_int = plain(sqlite3_vtab_nochange);
        fn auxdata(argument: c_int) -> *mut c_void = plain(sqlite3_get_auxdata);
        fn db() -> *mut sys::sqlite3 = plain(sqlite3_context_db_handle);
    }

    /// Whether the value of the column that is asked for is not needed; never before there was the question.
    pub(super) fn is_unchanged(self, library: &Library) -> Call<bool> {
        Ok(library.has("sqlite3_vtab_nochange") && self.nochange(library)? != 0)
    }

    /// # Safety
    /// `raw` is the context of a call that lasts as long as `'a`.
    pub(super) unsafe fn new(raw: RawContext) -> Call<Self> {
        let raw = NonNull::new(raw).ok_or_else(|| Outcome::from_code(sys::SQLITE_MISUSE))?;
        Ok(Self { raw, _lent: PhantomData })
    }

    /// The connection that the function is called on.
    fn connection(self, library: &Library) -> Call<NonNull<sys::sqlite3>> {
        NonNull::new(self.db(library)?).ok_or_else(|| Outcome::from_code(sys::SQLITE_MISUSE))
    }
}

impl Connection {
    /// `sqlite3_create_function_v2` for a scalar function.
    pub(crate) fn create_function(&self, library: &Library, function: &Function) -> Call<Outcome> {
        let (db, text) = (self.raw.as_ptr(), c_string(&function.name)?);
        let data = pointer(register(&function.name, Does::Scalar(function.does.clone()), None));
        let (name, args, flags) = (text.as_ptr(), function.args, text_flags(&function.flags));
        let (call, free) = (Some(scalar as _), Some(destroy as _));
        // SAFETY: the connection is open, the name ends with a zero byte, and the functions take any user data.
        let code = unsafe {
            call!(library, sqlite3_create_function_v2(db, name, args, flags, data, call, None, None, free))
        };
        self.outcome(library, code)
    }

    /// `sqlite3_create_function_v2` without a function, which takes the one of this name away.
    pub(crate) fn remove_function(&self, library: &Library, function: &RemoveFunction) -> Call<Outcome> {
        let (db, text) = (self.raw.as_ptr(), c_string(&function.name)?);
        let (name, args, flags, none) = (text.as_ptr(), function.args, sys::SQLITE_UTF8, null_mut());
        // SAFETY: the connection is open, and the name ends with a zero byte.
        let code = unsafe {
            call!(library, sqlite3_create_function_v2(db, name, args, flags, none, None, None, None, None))
        };
        self.outcome(library, code)
    }
}

pub(super) fn text_flags(flags: &[FunctionFlag]) -> c_int {
    flags.iter().fold(sys::SQLITE_UTF8, |all, flag| all | flag.number())
}

pub(super) unsafe extern "C" fn destroy(_: *mut c_void) {
    guard((), |_| {
        count_destructor(Destructor::Function);
        Ok(())
    });
}

unsafe extern "C" fn destroy_auxdata(_: *mut c_void) {
    guard((), |_| {
        count_destructor(Destructor::Auxdata);
        Ok(())
    });
}

/// The arguments of a call.
///
/// # Safety
/// `values` holds `count` values for as long as the call lasts.
pub(super) unsafe fn arguments<'a>(count: c_int, values: *mut *mut sys::sqlite3_value) -> Arguments<'a> {
    match usize::try_from(count) {
        Ok(count) if count > 0 && !values.is_null() => {
            // SAFETY: the caller vouches for the values; a `LentValue` is the address of one.
            unsafe { std::slice::from_raw_parts(values.cast::<LentValue<'_>>(), count) }
        }
        _ => &[],
    }
}

pub(super) fn shown(library: &Library, arguments: Arguments<'_>) -> Call<String> {
    let values: Call<Vec<String>> =
        arguments.iter().map(|value| Ok(value.read(library)?.to_string())).collect();
    Ok(values?.join(", "))
}

/// Runs the inside of a function. What it cannot do is the error of the SQL that called it.
///
/// # Safety
/// `context` is that of a call which lasts longer than this.
pub(super) unsafe fn in_function(
    context: RawContext,
    body: impl FnOnce(&'static Library, Context<'_>, &Callback) -> Call<()>,
) {
    guard((), |library| {
        // SAFETY: the caller vouches for the context.
        let context = unsafe { Context::new(context) }?;
        let done =
            find(context.user_data(library)? as usize).and_then(|callback| body(library, context, &callback));
        done.or_else(|instead| fail(library, context, &instead.to_string()))
    });
}

unsafe extern "C" fn scalar(context: RawContext, count: c_int, values: *mut *mut sys::sqlite3_value) {
    // SAFETY: SQLite hands over `count` values that live until the function returns.
    let arguments = unsafe { arguments(count, values) };
    let body = |library: &Library, context: Context<'_>, callback: &Callback| {
        callback.called(format!("{}({})", callback.name, shown(library, arguments)?));
        match &callback.does {
            Does::Scalar(does) => answer(library, context, arguments, does),
            _ => Ok(()),
        }
    };
    // SAFETY: SQLite hands over the context of this call.
    unsafe { in_function(context, body) };
}

fn answer(library: &Library, context: Context<'_>, arguments: Arguments<'_>, does: &Scalar) -> Call<()> {
    let first = arguments.first().copied();
    match does {
        Scalar::Argument => echo(library, context, first),
        Scalar::Answer(literal) => result(library, context, &literal.to_value()),
        Scalar::Error(words) => fail(library, context, words),
        Scalar::ErrorCode(name) => context.error_code(library, code_number(name).unwrap_or(1)),
        Scalar::Run(sql) => run(library, context, sql),
        Scalar::Auxdata => context.result_integer(library, auxdata(library, context)?),
        Scalar::Subtype => {
            let subtype = first.map_or(Ok(0), |value| value.subtype(library))?;
            context.result_integer(library, subtype.into())
        }
        Scalar::SetSubtype(subtype) => {
            echo(library, context, first)?;
            context.result_subtype(library, *subtype)
        }
        Scalar::Interrupt => {
            OnAnyThread(context.connection(library)?).interrupt(library)?;
            context.result_integer(library, 1)
        }
        Scalar::InterruptFromThread => {
            let db = OnAnyThread(context.connection(library)?);
            std::thread::scope(|scope| scope.spawn(move || db.interrupt(library)).join())
                .unwrap_or(Ok(()))?;
            context.result_integer(library, 1)
        }
        // Only rusqlite can catch it: the check of contracts keeps it out of `capi`.
        Scalar::Panic => fail(library, context, "panic"),
    }
}

fn echo(library: &Library, context: Context<'_>, value: Option<LentValue<'_>>) -> Call<()> {
    if let Some(value) = value {
        // SAFETY: context and value are those of a call that lasts; SQLite copies the value.
        unsafe { call!(library, sqlite3_result_value(context.raw.as_ptr(), value.raw.as_ptr())) };
    }
    Ok(())
}

fn length(bytes: &[u8]) -> c_int {
    c_int::try_from(bytes.len()).unwrap_or(c_int::MAX)
}

pub(super) fn fail(library: &Library, context: Context<'_>, words: &str) -> Call<()> {
    let (raw, start, length) = (context.raw.as_ptr(), words.as_ptr().cast(), length(words.as_bytes()));
    // SAFETY: the call lasts, and so many bytes are there, which SQLite copies.
    unsafe { call!(library, sqlite3_result_error(raw, start, length)) };
    Ok(())
}

pub(super) fn result(library: &Library, context: Context<'_>, value: &Value) -> Call<()> {
    let raw = context.raw.as_ptr();
    match value {
        Value::Null => context.result_null(library)?,
        Value::Integer(n) => context.result_integer(library, *n)?,
        Value::Real(x) => context.result_real(library, *x)?,
        Value::Text(text) => {
            let (start, length) = (text.as_ptr().cast(), length(text));
            // SAFETY: the call lasts, and so many bytes are there, which SQLite copies.
            unsafe { call!(library, sqlite3_result_text(raw, start, length, sys::SQLITE_TRANSIENT())) }
        }
        Value::Blob(blob) => {
            let (start, length) = (blob.as_ptr().cast(), length(blob));
            // SAFETY: the call lasts, and so many bytes are there, which SQLite copies.
            unsafe { call!(library, sqlite3_result_blob(raw, start, length, sys::SQLITE_TRANSIENT())) }
        }
    }
    Ok(())
}

/// A connection to interrupt, which is the one thing that another thread may do with it.
struct OnAnyThread(NonNull<sys::sqlite3>);

// SAFETY: <https://sqlite.org/c3ref/interrupt.html>: it may be called from any thread while the connection is open.
unsafe impl Send for OnAnyThread {}

impl OnAnyThread {
    fn interrupt(self, library: &Library) -> Call<()> {
        // SAFETY: the connection is open: it waits for the function that has this.
        unsafe { call!(library, sqlite3_interrupt(self.0.as_ptr())) };
        Ok(())
    }
}

/// Runs a statement on the function's own connection.
fn run(library: &Library, context: Context<'_>, sql: &str) -> Call<()> {
    // SAFETY: the connection is open while it calls a function.
    let connection = unsafe { Connection::lent(context.connection(library)?) };
    match connection.query(library, sql, &[]).unwrap_or_else(|instead| instead) {
        Outcome::Rows(rows) => {
            let first = rows.into_iter().next().and_then(|row| row.into_iter().next());
            result(library, context, &first.unwrap_or(Value::Null))
        }
        Outcome::Error { code, message } => {
            fail(library, context, message.as_deref().unwrap_or("the statement failed"))?;
            context.error_code(library, code)
        }
        other => fail(library, context, &other.to_string()),
    }
}

/// How often the auxiliary data of the first argument was found again: none is there on the first call.
fn auxdata(library: &Library, context: Context<'_>) -> Call<i64> {
    let kept = context.auxdata(library, 0)? as usize;
    let found = with_table(|table| {
        table.auxdata.get_mut(kept.wrapping_sub(1)).map(|calls| {
            *calls += 1;
            *calls
        })
    });
    if let Some(calls) = found {
        return Ok(calls);
    }
    let kept = with_table(|table| {
        table.auxdata.push(0);
        table.auxdata.len()
    });
    let (raw, data, free) = (context.raw.as_ptr(), pointer(kept), Some(destroy_auxdata as _));
    // SAFETY: the call lasts, and the destructor takes any data.
    unsafe { call!(library, sqlite3_set_auxdata(raw, 0, data, free)) };
    Ok(0)
}
