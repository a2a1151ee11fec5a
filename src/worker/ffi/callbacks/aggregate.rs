//! Aggregate and window functions of the driver `capi`.

use std::ffi::c_int;

use libsqlite3_sys as sys;

use super::super::statement::c_string;
use super::super::{Call, Connection, Library, call};
use super::function::{
    Arguments, Context, RawContext, arguments, destroy, fail, in_function, result, shown, text_flags,
};
use super::{Callback, Does, pointer, register};
use crate::contract::verb::{Aggregate, Fold};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

impl Connection {
    /// `sqlite3_create_function_v2` for an aggregate.
    pub(crate) fn create_aggregate(&self, library: &Library, aggregate: &Aggregate) -> Call<Outcome> {
        let (db, text) = (self.raw.as_ptr(), c_string(&aggregate.name)?);
        let data = pointer(register(&aggregate.name, Does::Fold(aggregate.does.clone()), None));
        let (name, args, flags) = (text.as_ptr(), aggregate.args, text_flags(&aggregate.flags));
        let (step, last, free) = (Some(step as _), Some(last as _), Some(destroy as _));
        // SAFETY: the connection is open, the name ends with a zero byte, and the functions take any user data.
        let code = unsafe {
            call!(library, sqlite3_create_function_v2(db, name, args, flags, data, None, step, last, free))
        };
        self.outcome(library, code)
    }

    /// `sqlite3_create_window_function`, from 3.25.0 on.
    pub(crate) fn create_window_function(&self, library: &Library, aggregate: &Aggregate) -> Call<Outcome> {
        library.need("sqlite3_create_window_function")?;
        let (db, text) = (self.raw.as_ptr(), c_string(&aggregate.name)?);
        let data = pointer(register(&aggregate.name, Does::Fold(aggregate.does.clone()), None));
        let (name, args, flags) = (text.as_ptr(), aggregate.args, text_flags(&aggregate.flags));
        let (step, last, free) = (Some(step as _), Some(last as _), Some(destroy as _));
        let (value, inverse) = (Some(value as _), Some(inverse as _));
        // SAFETY: the connection is open, the name ends with a zero byte, and the functions take any user data.
        let code = unsafe {
            call!(
                library,
                sqlite3_create_window_function(db, name, args, flags, data, step, last, value, inverse, free)
            )
        };
        self.outcome(library, code)
    }
}

/// What an aggregate knows of its rows. SQLite keeps it, and begins with zeros.
#[repr(C)]
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Totals {
    /// Steps so far, never taken back: at which of them to fail.
    pub(crate) steps: i64,
    /// Rows in it now.
    pub(crate) rows: i64,
    /// The sum of their first arguments.
    pub(crate) sum: i64,
}

impl Totals {
    /// Takes a row in.
    pub(crate) fn add(&mut self, n: i64) {
        *self = Self { steps: self.steps + 1, rows: self.rows + 1, sum: self.sum.wrapping_add(n) };
    }

    /// Takes a row out.
    pub(crate) fn remove(&mut self, n: i64) {
        *self = Self { steps: self.steps, rows: self.rows - 1, sum: self.sum.wrapping_sub(n) };
    }

    /// What the function returns.
    pub(crate) fn answer(&self, does: &Fold) -> Option<i64> {
        match does {
            Fold::Count => Some(self.rows),
            _ => (self.rows > 0).then_some(self.sum),
        }
    }
}

/// The totals of this group: `None` where there is no row yet and none may be made.
fn totals<'a>(library: &Library, context: &'a mut Context<'_>, make: bool) -> Call<Option<&'a mut Totals>> {
    let bytes = if make { size_of::<Totals>() as c_int } else { 0 };
    let totals = context.aggregate(library, bytes)?.cast::<Totals>();
    // SAFETY: SQLite keeps this memory for us, of our size and zeroed at first, until `last` returns; it is used
    // only by this function's caller, during the call.
    Ok(unsafe { totals.as_mut() })
}

fn number(library: &Library, arguments: Arguments<'_>) -> Call<i64> {
    arguments.first().map_or(Ok(0), |value| value.int64(library))
}

unsafe extern "C" fn step(context: RawContext, count: c_int, values: *mut *mut sys::sqlite3_value) {
    // SAFETY: SQLite hands over `count` values that live until the function returns.
    let arguments = unsafe { arguments(count, values) };
    let body = |library: &Library, mut context: Context<'_>, callback: &Callback| {
        callback.called(format!("{} step({})", callback.name, shown(library, arguments)?));
        let Some(totals) = totals(library, &mut context, true)? else {
            return context.out_of_memory(library);
        };
        totals.add(number(library, arguments)?);
        match callback.does {
            Does::Fold(Fold::ErrorInStep(at)) if at == totals.steps => {
                fail(library, context, "error in step")
            }
            _ => Ok(()),
        }
    };
    // SAFETY: SQLite hands over the context of this call.
    unsafe { in_function(context, body) };
}

unsafe extern "C" fn inverse(context: RawContext, count: c_int, values: *mut *mut sys::sqlite3_value) {
    // SAFETY: SQLite hands over `count` values that live until the function returns.
    let arguments = unsafe { arguments(count, values) };
    let body = |library: &Library, mut context: Context<'_>, callback: &Callback| {
        callback.called(format!("{} inverse({})", callback.name, shown(library, arguments)?));
        let number = number(library, arguments)?;
        if let Some(totals) = totals(library, &mut context, true)? {
            totals.remove(number);
        }
        Ok(())
    };
    // SAFETY: SQLite hands over the context of this call.
    unsafe { in_function(context, body) };
}

unsafe extern "C" fn value(context: RawContext) {
    // SAFETY: SQLite hands over the context of this call.
    unsafe {
        in_function(context, |library, context, callback| conclude(library, callback, context, "value"))
    };
}

unsafe extern "C" fn last(context: RawContext) {
    // SAFETY: SQLite hands over the context of this call.
    unsafe {
        in_function(context, |library, context, callback| conclude(library, callback, context, "final"))
    };
}

fn conclude(library: &Library, callback: &Callback, mut context: Context<'_>, call: &str) -> Call<()> {
    callback.called(format!("{} {call}", callback.name));
    let Does::Fold(does) = &callback.does else { return Ok(()) };
    if matches!(does, Fold::ErrorInFinal) {
        return fail(library, context, "error in final");
    }
    let totals = totals(library, &mut context, false)?.map_or_else(Totals::default, |totals| *totals);
    result(library, context, &totals.answer(does).map_or(Value::Null, Value::Integer))
}
