//! Scalar functions of the driver `capi`.

use std::ffi::{c_int, c_void};

use libsqlite3_sys as sys;

use super::super::statement::c_string;
use super::super::value::read;
use super::super::{Call, Connection, Library, call};
use super::{Callback, Does, count_destructor, find, guard, pointer, register, with_table};
use crate::contract::verb::{Destructor, Function, RemoveFunction, Scalar};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{FunctionFlag, code_number};
use crate::outcome::value::Value;

pub(super) type Context = *mut sys::sqlite3_context;
pub(super) type Arguments<'a> = &'a [*mut sys::sqlite3_value];

impl Connection {
    /// `sqlite3_create_function_v2` for a scalar function.
    pub fn create_function(&self, library: &Library, function: &Function) -> Call<Outcome> {
        let name = c_string(&function.name)?;
        let data = pointer(register(&function.name, Does::Scalar(function.does.clone()), None));
        let flags = text_flags(&function.flags);
        let code = call!(
            library,
            sqlite3_create_function_v2(
                self.raw,
                name.as_ptr(),
                function.args,
                flags,
                data,
                Some(scalar),
                None,
                None,
                Some(destroy),
            )
        );
        self.outcome(library, code)
    }

    /// `sqlite3_create_function_v2` without a function, which takes the one of this name away.
    pub fn remove_function(&self, library: &Library, function: &RemoveFunction) -> Call<Outcome> {
        let name = c_string(&function.name)?;
        let (args, none) = (function.args, std::ptr::null_mut());
        let code = call!(
            library,
            sqlite3_create_function_v2(
                self.raw,
                name.as_ptr(),
                args,
                sys::SQLITE_UTF8,
                none,
                None,
                None,
                None,
                None
            )
        );
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
/// `values` must hold `count` values for as long as the call lasts.
pub(super) unsafe fn arguments<'a>(count: c_int, values: *mut *mut sys::sqlite3_value) -> Arguments<'a> {
    match usize::try_from(count) {
        Ok(count) if count > 0 && !values.is_null() => {
            // SAFETY: the caller vouches for it.
            unsafe { std::slice::from_raw_parts(values, count) }
        }
        _ => &[],
    }
}

pub(super) fn shown(library: &Library, arguments: Arguments<'_>) -> Call<String> {
    let values: Call<Vec<String>> =
        arguments.iter().map(|value| Ok(read(library, *value)?.to_string())).collect();
    Ok(values?.join(", "))
}

/// Runs the inside of a function. What it cannot do is the error of the SQL that called it.
pub(super) fn in_function(context: Context, body: impl FnOnce(&'static Library, &Callback) -> Call<()>) {
    guard((), |library| {
        let done = find(call!(library, sqlite3_user_data(context)) as usize)
            .and_then(|callback| body(library, &callback));
        done.or_else(|instead| fail(library, context, &instead.to_string()))
    });
}

unsafe extern "C" fn scalar(context: Context, count: c_int, values: *mut *mut sys::sqlite3_value) {
    // SAFETY: SQLite hands over `count` values that live until the function returns.
    let arguments = unsafe { arguments(count, values) };
    in_function(context, |library, callback| {
        callback.called(format!("{}({})", callback.name, shown(library, arguments)?));
        match &callback.does {
            Does::Scalar(does) => answer(library, context, arguments, does),
            _ => Ok(()),
        }
    });
}

fn answer(library: &Library, context: Context, arguments: Arguments<'_>, does: &Scalar) -> Call<()> {
    let first = arguments.first().copied();
    let integer = |n: i64| result(library, context, &Value::Integer(n));
    match does {
        Scalar::Argument => echo(library, context, first),
        Scalar::Answer(literal) => result(library, context, &literal.to_value()),
        Scalar::Error(words) => fail(library, context, words),
        Scalar::ErrorCode(name) => {
            call!(library, sqlite3_result_error_code(context, code_number(name).unwrap_or(1)));
            Ok(())
        }
        Scalar::Run(sql) => run(library, context, sql),
        Scalar::Auxdata => integer(auxdata(library, context)?),
        Scalar::Subtype => {
            let subtype = match first {
                Some(value) => call!(library, sqlite3_value_subtype(value)),
                None => 0,
            };
            integer(subtype.into())
        }
        Scalar::SetSubtype(subtype) => {
            echo(library, context, first)?;
            call!(library, sqlite3_result_subtype(context, *subtype));
            Ok(())
        }
        Scalar::Interrupt => {
            let db = call!(library, sqlite3_context_db_handle(context));
            call!(library, sqlite3_interrupt(db));
            integer(1)
        }
        Scalar::InterruptFromThread => {
            let db = call!(library, sqlite3_context_db_handle(context)) as usize;
            let interrupt = move || -> Call<()> {
                call!(library, sqlite3_interrupt(db as *mut sys::sqlite3));
                Ok(())
            };
            std::thread::scope(|scope| scope.spawn(interrupt).join()).unwrap_or(Ok(()))?;
            integer(1)
        }
        // Only rusqlite can catch it: the check of contracts keeps it out of `capi`.
        Scalar::Panic => fail(library, context, "panic"),
    }
}

fn echo(library: &Library, context: Context, value: Option<*mut sys::sqlite3_value>) -> Call<()> {
    if let Some(value) = value {
        call!(library, sqlite3_result_value(context, value));
    }
    Ok(())
}

pub(super) fn fail(library: &Library, context: Context, words: &str) -> Call<()> {
    let length = c_int::try_from(words.len()).unwrap_or(c_int::MAX);
    call!(library, sqlite3_result_error(context, words.as_ptr().cast(), length));
    Ok(())
}

/// Texts and blobs are copied by SQLite.
pub(super) fn result(library: &Library, context: Context, value: &Value) -> Call<()> {
    let length = |bytes: &[u8]| c_int::try_from(bytes.len()).unwrap_or(c_int::MAX);
    match value {
        Value::Null => call!(library, sqlite3_result_null(context)),
        Value::Integer(n) => call!(library, sqlite3_result_int64(context, *n)),
        Value::Real(x) => call!(library, sqlite3_result_double(context, *x)),
        Value::Text(text) => call!(
            library,
            sqlite3_result_text(context, text.as_ptr().cast(), length(text), sys::SQLITE_TRANSIENT())
        ),
        Value::Blob(blob) => call!(
            library,
            sqlite3_result_blob(context, blob.as_ptr().cast(), length(blob), sys::SQLITE_TRANSIENT())
        ),
    }
    Ok(())
}

/// Runs a statement on the function's own connection.
fn run(library: &Library, context: Context, sql: &str) -> Call<()> {
    let connection = Connection::lent(call!(library, sqlite3_context_db_handle(context)));
    match connection.query(library, sql, &[]).unwrap_or_else(|instead| instead) {
        Outcome::Rows(rows) => {
            let first = rows.into_iter().next().and_then(|row| row.into_iter().next());
            result(library, context, &first.unwrap_or(Value::Null))
        }
        Outcome::Error { code, message } => {
            fail(library, context, message.as_deref().unwrap_or("the statement failed"))?;
            call!(library, sqlite3_result_error_code(context, code));
            Ok(())
        }
        other => fail(library, context, &other.to_string()),
    }
}

/// How often the auxiliary data of the first argument was found again: none is there on the first call.
fn auxdata(library: &Library, context: Context) -> Call<i64> {
    let kept = call!(library, sqlite3_get_auxdata(context, 0)) as usize;
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
    call!(library, sqlite3_set_auxdata(context, 0, pointer(kept), Some(destroy_auxdata)));
    Ok(0)
}
