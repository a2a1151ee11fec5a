//! Aggregate and window functions of the driver `capi`.

use std::ffi::c_int;

use libsqlite3_sys as sys;

use super::super::statement::c_string;
use super::super::{Call, Connection, Library, call};
use super::function::{Arguments, Context, arguments, destroy, fail, in_function, result, shown, text_flags};
use super::{Callback, Does, pointer, register};
use crate::contract::verb::{Aggregate, Fold};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

impl Connection {
    /// `sqlite3_create_function_v2` for an aggregate.
    pub fn create_aggregate(&self, library: &Library, aggregate: &Aggregate) -> Call<Outcome> {
        let name = c_string(&aggregate.name)?;
        let data = pointer(register(&aggregate.name, Does::Fold(aggregate.does.clone()), None));
        let flags = text_flags(&aggregate.flags);
        let code = call!(
            library,
            sqlite3_create_function_v2(
                self.raw,
                name.as_ptr(),
                aggregate.args,
                flags,
                data,
                None,
                Some(step),
                Some(last),
                Some(destroy),
            )
        );
        self.outcome(library, code)
    }

    /// `sqlite3_create_window_function`, from 3.25.0 on.
    pub fn create_window_function(&self, library: &Library, aggregate: &Aggregate) -> Call<Outcome> {
        library.need("sqlite3_create_window_function")?;
        let name = c_string(&aggregate.name)?;
        let data = pointer(register(&aggregate.name, Does::Fold(aggregate.does.clone()), None));
        let flags = text_flags(&aggregate.flags);
        let code = call!(
            library,
            sqlite3_create_window_function(
                self.raw,
                name.as_ptr(),
                aggregate.args,
                flags,
                data,
                Some(step),
                Some(last),
                Some(value),
                Some(inverse),
                Some(destroy),
            )
        );
        self.outcome(library, code)
    }
}

/// What an aggregate knows of its rows. SQLite keeps it, and begins with zeros.
#[repr(C)]
#[derive(Debug, Default, Clone, Copy)]
pub struct Totals {
    /// Steps so far, never taken back: at which of them to fail.
    pub steps: i64,
    /// Rows in it now.
    pub rows: i64,
    /// The sum of their first arguments.
    pub sum: i64,
}

impl Totals {
    /// Takes a row in.
    pub fn add(&mut self, n: i64) {
        *self = Self { steps: self.steps + 1, rows: self.rows + 1, sum: self.sum.wrapping_add(n) };
    }

    /// Takes a row out.
    pub fn remove(&mut self, n: i64) {
        *self = Self { steps: self.steps, rows: self.rows - 1, sum: self.sum.wrapping_sub(n) };
    }

    /// What the function returns.
    pub fn answer(&self, does: &Fold) -> Option<i64> {
        match does {
            Fold::Count => Some(self.rows),
            _ => (self.rows > 0).then_some(self.sum),
        }
    }
}

/// The totals of this group: `None` where there is no row yet and none may be made.
fn totals(library: &Library, context: Context, make: bool) -> Call<Option<*mut Totals>> {
    let bytes = if make { size_of::<Totals>() as c_int } else { 0 };
    let totals = call!(library, sqlite3_aggregate_context(context, bytes)).cast::<Totals>();
    Ok((!totals.is_null()).then_some(totals))
}

fn number(library: &Library, arguments: Arguments<'_>) -> Call<i64> {
    match arguments.first() {
        Some(value) => Ok(call!(library, sqlite3_value_int64(*value))),
        None => Ok(0),
    }
}

unsafe extern "C" fn step(context: Context, count: c_int, values: *mut *mut sys::sqlite3_value) {
    // SAFETY: SQLite hands over `count` values that live until the function returns.
    let arguments = unsafe { arguments(count, values) };
    in_function(context, |library, callback| {
        callback.called(format!("{} step({})", callback.name, shown(library, arguments)?));
        let Some(totals) = totals(library, context, true)? else {
            call!(library, sqlite3_result_error_nomem(context));
            return Ok(());
        };
        let number = number(library, arguments)?;
        // SAFETY: SQLite keeps this memory for us, of our size, until `last` returns, and nobody else uses it.
        let steps = unsafe {
            (*totals).add(number);
            (*totals).steps
        };
        match callback.does {
            Does::Fold(Fold::ErrorInStep(at)) if at == steps => fail(library, context, "error in step"),
            _ => Ok(()),
        }
    });
}

unsafe extern "C" fn inverse(context: Context, count: c_int, values: *mut *mut sys::sqlite3_value) {
    // SAFETY: SQLite hands over `count` values that live until the function returns.
    let arguments = unsafe { arguments(count, values) };
    in_function(context, |library, callback| {
        callback.called(format!("{} inverse({})", callback.name, shown(library, arguments)?));
        let number = number(library, arguments)?;
        if let Some(totals) = totals(library, context, true)? {
            // SAFETY: as in `step`.
            unsafe { (*totals).remove(number) };
        }
        Ok(())
    });
}

unsafe extern "C" fn value(context: Context) {
    in_function(context, |library, callback| conclude(library, callback, context, "value"));
}

unsafe extern "C" fn last(context: Context) {
    in_function(context, |library, callback| conclude(library, callback, context, "final"));
}

fn conclude(library: &Library, callback: &Callback, context: Context, call: &str) -> Call<()> {
    callback.called(format!("{} {call}", callback.name));
    let Does::Fold(does) = &callback.does else { return Ok(()) };
    if matches!(does, Fold::ErrorInFinal) {
        return fail(library, context, "error in final");
    }
    // SAFETY: as in `step`.
    let totals = totals(library, context, false)?.map_or_else(Totals::default, |totals| unsafe { *totals });
    result(library, context, &totals.answer(does).map_or(Value::Null, Value::Integer))
}
