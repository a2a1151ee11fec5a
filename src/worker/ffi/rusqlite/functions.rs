//! Functions and collations as a Rust program makes them: closures, which rusqlite frees.

use std::cmp::Ordering;
use std::rc::Rc;

use rusqlite::functions::{Aggregate, Context, FunctionFlags, SubType, WindowAggregate};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Error, InterruptHandle, Result, ffi};

use super::super::callbacks::{Does, Totals, count_destructor, find, register};
use super::super::{Call, Callback, NewHook};
use super::{RusqliteConnection, outcome, owned, value_of};
use crate::contract::verb::{self, Destructor, Fold, Order, Scalar};
use crate::outcome::sqlite_names::{FunctionFlag, code_number};
use crate::outcome::value::Value;
use crate::outcome::{Outcome, tuple};

/// User data that counts how it is freed.
pub(super) struct Data {
    number: usize,
    destructor: Option<Destructor>,
}

impl Data {
    pub(crate) fn new(name: &str, does: Does, destructor: Destructor) -> Self {
        Self { number: register(name, does, None), destructor: Some(destructor) }
    }

    /// Of a hook, whose user data nobody counts.
    pub(crate) fn of_hook(hook: NewHook) -> Option<Self> {
        let (does, elsewhere, name) = hook?;
        Some(Self { number: register(&name, does, elsewhere), destructor: None })
    }

    /// The callback; what rusqlite keeps may outlive the case's table only by a mistake of its own.
    pub(crate) fn callback(&self) -> Result<Rc<Callback>> {
        find(self.number).map_err(|_| words("the user data is gone"))
    }

    /// Uses the callback, or returns what stands for none.
    pub(crate) fn with<T>(&self, none: T, use_it: impl FnOnce(&Callback) -> T) -> T {
        self.callback().map_or(none, |callback| use_it(&callback))
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(destructor) = self.destructor {
            count_destructor(destructor);
        }
    }
}

fn words(words: &str) -> Error {
    Error::UserFunctionError(words.into())
}

fn shown(context: &Context<'_>) -> String {
    let values: Vec<Value> = (0..context.len()).map(|at| value_of(context.get_raw(at))).collect();
    let shown = tuple(&values);
    if values.len() == 1 { format!("({shown})") } else { shown }
}

fn flags(flags: &[FunctionFlag]) -> FunctionFlags {
    let bits = flags.iter().fold(0, |all, flag| all | flag.number());
    FunctionFlags::SQLITE_UTF8 | FunctionFlags::from_bits_retain(bits)
}

/// A result without a value.
pub(super) fn done(result: Result<()>) -> Call<Outcome> {
    result.map(|()| Outcome::Code(0)).map_err(outcome)
}

impl RusqliteConnection {
    /// `Connection::create_scalar_function`
    pub(crate) fn create_function(&self, function: &verb::Function) -> Call<Outcome> {
        let data = Data::new(&function.name, Does::Scalar(function.does.clone()), Destructor::Function);
        // A function's own view of its connection cannot interrupt it, so a program brings the handle along.
        let interrupt = self.get().get_interrupt_handle();
        let call = move |context: &Context<'_>| {
            let callback = data.callback()?;
            callback.called(format!("{}{}", callback.name, shown(context)));
            match &callback.does {
                Does::Scalar(does) => answer(context, does, &interrupt),
                _ => Ok((SqlValue::Null, None)),
            }
        };
        let (name, args) = (function.name.as_str(), function.args);
        done(self.get().create_scalar_function(name, args, flags(&function.flags), call))
    }

    /// `Connection::create_aggregate_function`
    pub(crate) fn create_aggregate(&self, aggregate: &verb::Aggregate) -> Call<Outcome> {
        let (name, args) = (aggregate.name.as_str(), aggregate.args);
        let folding = Folding::new(aggregate);
        done(self.get().create_aggregate_function(name, args, flags(&aggregate.flags), folding))
    }

    /// `Connection::create_window_function`
    pub(crate) fn create_window_function(&self, aggregate: &verb::Aggregate) -> Call<Outcome> {
        let (name, args) = (aggregate.name.as_str(), aggregate.args);
        let folding = Folding::new(aggregate);
        done(self.get().create_window_function(name, args, flags(&aggregate.flags), folding))
    }

    /// `Connection::create_collation`
    pub(crate) fn create_collation(&self, name: &str, order: Order) -> Call<Outcome> {
        let data = Data::new(name, Does::Collate(order), Destructor::Collation);
        let compare = move |left: &str, right: &str| {
            data.with(Ordering::Equal, |callback| match callback.does {
                Does::Collate(order) => order.compare(left.as_bytes(), right.as_bytes()),
                _ => Ordering::Equal,
            })
        };
        done(self.get().create_collation(name, compare))
    }
}

fn answer(context: &Context<'_>, does: &Scalar, interrupt: &InterruptHandle) -> Result<(SqlValue, SubType)> {
    let first = || if context.is_empty() { SqlValue::Null } else { owned(value_of(context.get_raw(0))) };
    let plain = |value: SqlValue| Ok((value, None));
    match does {
        Scalar::Argument => plain(first()),
        Scalar::Answer(literal) => plain(owned(literal.to_value())),
        Scalar::Error(text) => Err(words(text)),
        Scalar::ErrorCode(name) => {
            Err(Error::SqliteFailure(ffi::Error::new(code_number(name).unwrap_or(1)), None))
        }
        Scalar::Run(sql) => {
            // SAFETY: the connection is used before the function returns, on the thread that called it.
            let connection = unsafe { context.get_connection() }?;
            plain(first_value(&connection, sql)?)
        }
        Scalar::Auxdata => plain(SqlValue::Integer(auxdata(context)?)),
        Scalar::Subtype if context.is_empty() => plain(SqlValue::Integer(0)),
        Scalar::Subtype => plain(SqlValue::Integer(context.get_subtype(0).into())),
        Scalar::SetSubtype(subtype) => Ok((first(), Some(*subtype))),
        Scalar::Interrupt => {
            interrupt.interrupt();
            plain(SqlValue::Integer(1))
        }
        Scalar::InterruptFromThread => {
            std::thread::scope(|scope| {
                scope.spawn(|| interrupt.interrupt());
            });
            plain(SqlValue::Integer(1))
        }
        Scalar::Panic => panic!("a function that panics"),
    }
}

/// The first value of a statement, NULL without a row.
fn first_value(connection: &rusqlite::Connection, sql: &str) -> Result<SqlValue> {
    match connection.query_row(sql, [], |row| row.get(0)) {
        Err(Error::QueryReturnedNoRows) => Ok(SqlValue::Null),
        answer => answer,
    }
}

/// Auxiliary data that counts how often it was found, and how it is freed.
struct Kept {
    found: std::sync::atomic::AtomicI64,
}

impl Drop for Kept {
    fn drop(&mut self) {
        count_destructor(Destructor::Auxdata);
    }
}

fn auxdata(context: &Context<'_>) -> Result<i64> {
    if let Some(kept) = context.get_aux::<Kept>(0)? {
        return Ok(kept.found.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
    }
    context.set_aux(0, Kept { found: 0.into() })?;
    Ok(0)
}

/// An aggregate whose totals rusqlite keeps.
struct Folding {
    data: Data,
    does: Fold,
}

impl Folding {
    fn new(aggregate: &verb::Aggregate) -> Self {
        let does = Does::Fold(aggregate.does.clone());
        let data = Data::new(&aggregate.name, does, Destructor::Function);
        Self { data, does: aggregate.does.clone() }
    }

    fn log(&self, call: &str) -> Result<()> {
        let callback = self.data.callback()?;
        callback.called(format!("{} {call}", callback.name));
        Ok(())
    }

    fn conclude(&self, totals: Totals, call: &str) -> Result<Option<i64>> {
        self.log(call)?;
        match self.does {
            Fold::ErrorInFinal => Err(words("error in final")),
            Fold::PanicInFinal => panic!("an aggregate that panics in final"),
            ref does => Ok(totals.answer(does)),
        }
    }
}

fn number(context: &Context<'_>) -> i64 {
    if context.is_empty() { 0 } else { context.get_raw(0).as_i64().unwrap_or(0) }
}

impl Aggregate<Totals, Option<i64>> for Folding {
    fn init(&self, _: &mut Context<'_>) -> Result<Totals> {
        Ok(Totals::default())
    }

    fn step(&self, context: &mut Context<'_>, totals: &mut Totals) -> Result<()> {
        self.log(&format!("step{}", shown(context)))?;
        totals.add(number(context));
        match self.does {
            Fold::ErrorInStep(at) if at == totals.steps => Err(words("error in step")),
            Fold::PanicInStep(at) if at == totals.steps => panic!("an aggregate that panics in step"),
            _ => Ok(()),
        }
    }

    fn finalize(&self, _: &mut Context<'_>, totals: Option<Totals>) -> Result<Option<i64>> {
        self.conclude(totals.unwrap_or_default(), "final")
    }
}

impl WindowAggregate<Totals, Option<i64>> for Folding {
    fn value(&self, totals: Option<&mut Totals>) -> Result<Option<i64>> {
        self.conclude(totals.map_or_else(Totals::default, |totals| *totals), "value")
    }

    fn inverse(&self, context: &mut Context<'_>, totals: &mut Totals) -> Result<()> {
        self.log(&format!("inverse{}", shown(context)))?;
        totals.remove(number(context));
        Ok(())
    }
}
