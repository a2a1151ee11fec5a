//! Functions and collations of the program's: they answer what they answered in the trace, by their place in its order, and
//! where a build calls them otherwise, what they answered to equal arguments.

use std::ffi::{c_int, c_void};
use std::rc::Rc;

use libsqlite3_sys as sys;

use super::callback::node;
use super::handles::{Number, Sort};
use super::kinds::{Answer, Code, Context, Db, Given, OK, Text, Value};
use super::machine::{Aside, Machine, Made, NotMade, Run, Taking, machine};
use super::real::{Real, real};
use crate::trace::Item;
use crate::worker::replay::call::Body;
use crate::worker::replay::shown;

type Arguments = unsafe extern "C" fn(Context, c_int, *mut Value);
type Last = unsafe extern "C" fn(Context);
type Destroy = unsafe extern "C" fn(*mut c_void);

/// The call of such a function.
pub(super) fn find(name: &str) -> Option<Run> {
    match name {
        "sqlite3_create_function" | "sqlite3_create_function_v2" => Some(create),
        "sqlite3_create_window_function" => Some(create_window),
        "sqlite3_create_collation" | "sqlite3_create_collation_v2" => Some(create_collation),
        _ => None,
    }
}

/// What SQLite has as the data of a function: which of the trace's it is.
fn data(number: Number) -> *mut c_void {
    Box::into_raw(Box::new(number)).cast()
}

unsafe extern "C" fn free(data: *mut c_void) {
    if !data.is_null() {
        // SAFETY: made by `data`, and SQLite frees it once.
        drop(unsafe { Box::from_raw(data.cast::<Number>()) });
    }
}

/// What a trace says of a function that has steps.
const AGGREGATE: i64 = 2;

/// A function's registration: its parts are ours, and its kind says which it has.
fn create(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    type Function = unsafe extern "C" fn(
        Db,
        Text,
        c_int,
        c_int,
        *mut c_void,
        Option<Arguments>,
        Option<Arguments>,
        Option<Last>,
        Option<Destroy>,
    ) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_create_function_v2") }?;
    let (db, name, [arguments, encoding], own) = registration(taking)?;
    let is_aggregate = matches!(taking.call.arguments.get(5), Some(Item::Integer(AGGREGATE)));
    let scalar = own.filter(|_| !is_aggregate).map(|_| on_call as Arguments);
    let (step, last) = match own.filter(|_| is_aggregate) {
        Some(_) => (Some(on_step as Arguments), Some(on_last as Last)),
        None => (None, None),
    };
    let data = own.map_or(std::ptr::null_mut(), data);
    // SAFETY: the connection is open; our functions get the data that they expect.
    let answer = unsafe {
        function(db, name, arguments, encoding, data, scalar, step, last, own.map(|_| free as Destroy))
    };
    answer.judge(taking.result(0), taking, made);
    Ok(())
}

fn create_window(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    type Function = unsafe extern "C" fn(
        Db,
        Text,
        c_int,
        c_int,
        *mut c_void,
        Option<Arguments>,
        Option<Last>,
        Option<Last>,
        Option<Arguments>,
        Option<Destroy>,
    ) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_create_window_function") }?;
    let (db, name, [arguments, encoding], own) = registration(taking)?;
    let data_of = own.map_or(std::ptr::null_mut(), data);
    let part = |part: Arguments| own.map(|_| part);
    let end = |part: Last| own.map(|_| part);
    // SAFETY: the connection is open; our functions get the data that they expect.
    let answer = unsafe {
        function(
            db,
            name,
            arguments,
            encoding,
            data_of,
            part(on_step),
            end(on_last),
            end(on_value),
            part(on_inverse),
            own.map(|_| free as Destroy),
        )
    };
    answer.judge(taking.result(0), taking, made);
    Ok(())
}

type Registration = (Db, Text, [c_int; 2], Option<Number>);

fn registration(taking: &Taking<'_>) -> Result<Registration, NotMade> {
    let db = Db::given(taking.argument(0)?, taking)?;
    let name = Text::given(taking.argument(1)?, taking)?;
    let number = |at| c_int::given(taking.argument(at)?, taking);
    let numbers = [number(2)?, number(3)?];
    let own = taking.argument(4)?.handle().map(|own| (taking.call.process, own));
    Ok((db, name, numbers, own))
}

impl Machine {
    /// A part of a function was called.
    fn part(&self, name: &str, context: Context, values: &[Value]) {
        let own = self.own(context);
        let key = (name == "function()").then(|| self.digest(values));
        let Some((body, at)) = self.callback(name, Some(own.1)) else {
            match key.and_then(|key| self.known(own, key)) {
                Some((body, at)) => drop(self.answer(&body, at, context, values)),
                None => self.aside(name, "not called".to_owned(), "called".to_owned()),
            }
            return;
        };
        let asked = self.answer(&body, at, context, values);
        let Some(key) = key else { return self.asides.borrow_mut().extend(asked) };
        if asked.is_empty() {
            return self.answers.borrow_mut().keep(own, key, (body, at));
        }
        match self.known(own, key) {
            Some((body, at)) => drop(self.answer(&body, at, context, values)),
            None => self.asides.borrow_mut().extend(asked),
        }
    }

    /// Where the answer of a function to these arguments stands: in a call before, or anywhere in the one that is being made, which
    /// another build may make in another order.
    fn known(&self, own: Number, arguments: u64) -> Option<(Rc<Body>, usize)> {
        let known = self.answers.borrow().of(own, arguments);
        known.or_else(|| {
            let body = self.body_of()?;
            self.answers.borrow_mut().learn(own, &body);
            self.answers.borrow().of(own, arguments)
        })
    }

    /// Answers as at this place of the trace. Returns which of its arguments are others there.
    fn answer(&self, body: &Rc<Body>, at: usize, context: Context, values: &[Value]) -> Vec<Aside> {
        let mut asked = Vec::new();
        let Some(node) = node(body, at) else { return asked };
        let process = self.process.get();
        node.with(process, |call| {
            let (of, recorded) = (call.arguments.get(1), call.arguments.get(2));
            of.iter().for_each(|of| self.bind(process, of, Sort::Context, context.0));
            if let Some(Item::List(recorded)) = recorded {
                for (recorded, value) in recorded.iter().zip(values) {
                    self.bind(process, recorded, Sort::Value, value.0);
                }
            }
            self.run(&node.body, process, &mut asked);
            of.iter().chain(&recorded).for_each(|items| self.unbind(process, items));
        });
        asked
    }

    /// The function behind a context.
    fn own(&self, context: Context) -> Number {
        let user_data = real!(self.library, sqlite3_user_data: fn(Context) -> *mut c_void);
        // SAFETY: SQLite's own context.
        let own = user_data.map_or(std::ptr::null_mut(), |user_data| unsafe { user_data(context) });
        // SAFETY: made by `data`, and there as long as the function.
        unsafe { own.cast::<Number>().as_ref() }.copied().unwrap_or_default()
    }

    /// A number for arguments that are equal. Each is read as what it is: read as a text, a blob would have become one.
    fn digest(&self, values: &[Value]) -> u64 {
        let kind = real!(self.library, sqlite3_value_type: fn(Value) -> c_int);
        let Some(kind) = kind else { return 0 };
        values.iter().fold(0, |digest, value| {
            // SAFETY: SQLite's own value, which lives as long as the callback.
            let kind = unsafe { kind(*value) };
            shown::mixed(digest, self.digest_of(*value, kind))
        })
    }

    fn digest_of(&self, value: Value, kind: c_int) -> u64 {
        let integer = real!(self.library, sqlite3_value_int64: fn(Value) -> i64);
        let real = real!(self.library, sqlite3_value_double: fn(Value) -> f64);
        let text = real!(self.library, sqlite3_value_text: fn(Value) -> *const u8);
        let blob = real!(self.library, sqlite3_value_blob: fn(Value) -> *const u8);
        let bytes = match kind {
            sys::SQLITE_INTEGER => {
                // SAFETY: a value that lives as long as the callback.
                let integer = integer.map(|integer| unsafe { integer(value) });
                return integer.map_or(0, |integer| shown::hash(&Item::Integer(integer)));
            }
            sys::SQLITE_FLOAT => {
                // SAFETY: the same.
                let real = real.map(|real| unsafe { real(value) });
                return real.map_or(0, |real| shown::hash(&Item::Real(real)));
            }
            sys::SQLITE_TEXT => text,
            sys::SQLITE_BLOB => blob,
            _ => return shown::hash(&Item::Null),
        };
        let length = real!(self.library, sqlite3_value_bytes: fn(Value) -> c_int);
        let (Some(bytes), Some(length)) = (bytes, length) else { return 0 };
        // SAFETY: the same.
        let at = unsafe { bytes(value) };
        // SAFETY: the same; the length of what was read.
        let read = slice(at, unsafe { length(value) });
        shown::hash(&if kind == sys::SQLITE_TEXT { shown::text(read) } else { shown::blob(read) })
    }
}

/// Bytes that SQLite lends.
pub(super) fn slice<'a>(at: *const u8, length: c_int) -> &'a [u8] {
    match usize::try_from(length) {
        // SAFETY: SQLite says that there are so many.
        Ok(length) if length > 0 && !at.is_null() => unsafe { std::slice::from_raw_parts(at, length) },
        _ => &[],
    }
}

fn values<'a>(count: c_int, values: *mut Value) -> &'a [Value] {
    match usize::try_from(count) {
        // SAFETY: SQLite says that there are so many.
        Ok(count) if count > 0 && !values.is_null() => unsafe { std::slice::from_raw_parts(values, count) },
        _ => &[],
    }
}

macro_rules! parts {
    ($($name:ident $label:literal ($($count:ident, $values:ident)?);)*) => {$(
        unsafe extern "C" fn $name(context: Context $(, $count: c_int, $values: *mut Value)?) {
            let values: &[Value] = parts!(@values $($count, $values)?);
            if let Some(machine) = machine().filter(|machine| !machine.is_quiet.get()) {
                machine.part($label, context, values);
            }
        }
    )*};
    (@values) => { &[] };
    (@values $count:ident, $values:ident) => { values($count, $values) };
}

parts! {
    on_call "function()" (count, list);
    on_step "step()" (count, list);
    on_last "final()" ();
    on_value "value()" ();
    on_inverse "inverse()" (count, list);
}

/// What SQLite has as the data of a collation.
struct Collation {
    number: Number,
    encoding: c_int,
}

const UTF8: c_int = 1;

unsafe extern "C" fn free_collation(data: *mut c_void) {
    // SAFETY: made below, and SQLite frees it once.
    drop(unsafe { Box::from_raw(data.cast::<Collation>()) });
}

unsafe extern "C" fn on_compare(
    data: *mut c_void,
    length: c_int,
    one: *const c_void,
    other_length: c_int,
    other: *const c_void,
) -> c_int {
    // SAFETY: made below, and there as long as the collation.
    let Some(collation) = (unsafe { data.cast::<Collation>().as_ref() }) else { return 0 };
    let Some(machine) = machine() else { return 0 };
    machine.compare(collation, slice(one.cast(), length), slice(other.cast(), other_length))
}

impl Machine {
    fn compare(&self, collation: &Collation, one: &[u8], other: &[u8]) -> c_int {
        let item = |bytes| if collation.encoding == UTF8 { shown::text(bytes) } else { Item::Utf16(bytes) };
        let (first, second) = (item(one), item(other));
        let own = collation.number;
        self.learn(own);
        let (a, b) = (shown::hash(&first), shown::hash(&second));
        let known = self.answers.borrow().comparison(own, a, b);
        // It has come, whatever it is asked.
        let _ = self.callback("collation()", Some(own.1));
        let answer = known.unwrap_or_else(|| {
            self.aside("collation()", "not called".to_owned(), super::callback::described(&[first, second]));
            match one.cmp(other) {
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => 1,
            }
        });
        c_int::try_from(answer.clamp(-1, 1)).unwrap_or(0)
    }

    /// Keeps all that a collation answers inside the call that is being made: another build may ask in another order.
    fn learn(&self, own: Number) {
        let Some(body) = self.body_of() else { return };
        let Some(place) = (0..body.len()).find_map(|at| Some(node(&body, at)?.place)) else { return };
        let mut answers = self.answers.borrow_mut();
        if answers.known.contains(&(own, place)) {
            return;
        }
        answers.known.retain(|(known, _)| *known != own);
        answers.known.push((own, place));
        for at in 0..body.len() {
            let Some(node) = node(&body, at).filter(|node| node.object == Some(own.1)) else { continue };
            node.with(own.0, |call| {
                if let ([_, one, other], Some(answer)) = (call.arguments, call.results.first()) {
                    let answer = answer.integer().unwrap_or(0).clamp(-1, 1);
                    answers.keep_comparison(own, shown::hash(one), shown::hash(other), answer);
                }
            });
        }
    }
}

fn create_collation(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    type Compare = unsafe extern "C" fn(*mut c_void, c_int, *const c_void, c_int, *const c_void) -> c_int;
    type Function =
        unsafe extern "C" fn(Db, Text, c_int, *mut c_void, Option<Compare>, Option<Destroy>) -> Code;
    static FUNCTION: Real<Function> = Real::new();
    // SAFETY: SQLite's own function of this name has this type.
    let function = unsafe { FUNCTION.get(taking.machine.library, "sqlite3_create_collation_v2") }?;
    let db = Db::given(taking.argument(0)?, taking)?;
    let name = Text::given(taking.argument(1)?, taking)?;
    let encoding = c_int::given(taking.argument(2)?, taking)?;
    let own = taking.argument(3)?.handle().map(|own| (taking.call.process, own));
    let data = own.map(|number| Box::into_raw(Box::new(Collation { number, encoding })).cast::<c_void>());
    let given = data.unwrap_or(std::ptr::null_mut());
    let (compare, destroy) = (own.map(|_| on_compare as Compare), own.map(|_| free_collation as Destroy));
    // SAFETY: the connection is open; our function gets the data that it expects.
    let answer = unsafe { function(db, name, encoding, given, compare, destroy) };
    if let (Some(data), true) = (data, answer.0 != OK) {
        // SAFETY: SQLite frees no data of a collation that it did not take.
        unsafe { free_collation(data) };
    }
    answer.judge(taking.result(0), taking, made);
    Ok(())
}
