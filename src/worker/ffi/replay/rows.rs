//! A call for each row of the table: it takes its arguments from a trace, calls the library, and compares.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use super::callback::{Reply, Seen, called};
use super::kinds::{
    Answer, Backup, Blob, Code, Context, Db, Free, Given, Handles, Pointer, Said, Slot, Stmt, Take, Text,
    Value,
};
use super::machine::{Made, NotMade, Run, Taking};
use super::parts::{Birth, Bytes, Out, Returns, cells, encoded, message_of, offset};
use super::real::Real;

/// A call of a function with this signature, of which these items are known before and after it.
macro_rules! function {
    ($name:ident($($arg:ident: $kind:ty),*) -> $answer:ty [$($in:expr),*] [$($out:expr),*]) => {{
        fn run(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
            type Function = unsafe extern "C" fn($($kind),*) -> $answer;
            static FUNCTION: Real<Function> = Real::new();
            // SAFETY: the table is compared with SQLite's bindings by a test of the recorder.
            let function = unsafe { FUNCTION.get(taking.machine.library, stringify!($name)) }?;
            $(let $arg = &Slot::<$kind>::new();)*
            $(Take::take(&$in, taking.next()?, taking)?;)*
            let returns: &[&dyn Returns] = &[$(&$out),*];
            returns.iter().try_for_each(|one| one.prepare())?;
            // SAFETY: each handle is there and of its kind, and what arguments lead to lives as long as the call.
            let answer = unsafe { function($($arg.get()),*) };
            answer.judge(taking.result(0), taking, made);
            for (one, at) in returns.iter().zip(1..) {
                one.judge(taking.result(at), taking, made);
            }
            Ok(())
        }
        run as Run
    }};
}

macro_rules! plain {
    ($wanted:ident: $($name:ident($($arg:ident: $kind:ty),* $(,)?) -> $answer:ty;)*) => {
        match $wanted {
            $(stringify!($name) => Some(function!($name($($arg: $kind),*) -> $answer [$($arg),*] [])),)*
            _ => None,
        }
    };
}

macro_rules! detailed {
    ($wanted:ident: $(
        $name:ident($($arg:ident: $kind:ty),* $(,)?) -> $answer:ty
            [$($in_name:ident $(= $in:expr)?),* $(,)?] -> [$($out_name:ident = $out:expr),* $(,)?];
    )*) => {
        match $wanted {
            $(stringify!($name) => Some(function!(
                $name($($arg: $kind),*) -> $answer [$(or_itself!($in_name $(, $in)?)),*] [$($out),*]
            )),)*
            _ => None,
        }
    };
}

macro_rules! or_itself {
    ($name:ident) => {
        $name
    };
    ($name:ident, $value:expr) => {
        $value
    };
}

/// No trace has them.
macro_rules! noted {
    ($wanted:ident: $($rows:tt)*) => {
        None
    };
}

/// What sets a function of the program's: ours, which answers what that has answered.
macro_rules! hooks {
    ($wanted:ident: $(
        $name:ident($($extra:ident: $extra_type:ty),*) -> $answer:ty,
        $callback:literal ($($arg:ident: $kind:ty),*) -> $result:ty [$($label:ident = $value:expr),*];
    )*) => {
        match $wanted {
            $(stringify!($name) => {
                unsafe extern "C" fn hook(_: *mut c_void $(, $arg: $kind)*) -> $result {
                    // Not all of them are in a trace.
                    let _ = ($(&$arg,)*);
                    Reply::of(called($callback, &[$(Seen::seen(&$value)),*]))
                }
                fn run(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
                    type Hook = unsafe extern "C" fn(*mut c_void $(, $kind)*) -> $result;
                    type Function = unsafe extern "C" fn(Db $(, $extra_type)*, Option<Hook>, *mut c_void) -> $answer;
                    static FUNCTION: Real<Function> = Real::new();
                    // SAFETY: SQLite's own function of this name has this type.
                    let function = unsafe { FUNCTION.get(taking.machine.library, stringify!($name)) }?;
                    let db = Db::given(taking.next()?, taking)?;
                    $(let $extra = <$extra_type>::given(taking.next()?, taking)?;)*
                    let is_there = matches!(taking.next()?, crate::trace::Item::Present(true));
                    let hook = is_there.then_some(hook as Hook);
                    // What it returns of the hook before is an address of ours.
                    // SAFETY: the connection is open, and our function is there as long as this process.
                    let answer = unsafe { function(db $(, $extra)*, hook, std::ptr::null_mut()) };
                    set(answer, taking, made);
                    Ok(())
                }
                Some(run as Run)
            })*
            _ => None,
        }
    };
}

/// What setting a hook returns, where that says something.
trait Set {
    fn set(self, taking: &Taking<'_>, made: &mut Made);
}

impl Set for Code {
    fn set(self, taking: &Taking<'_>, made: &mut Made) {
        self.judge(taking.result(0), taking, made);
    }
}

impl Set for () {
    fn set(self, _: &Taking<'_>, _: &mut Made) {}
}

impl Set for Pointer {
    fn set(self, _: &Taking<'_>, _: &mut Made) {}
}

fn set(answer: impl Set, taking: &Taking<'_>, made: &mut Made) {
    answer.set(taking, made);
}

macro_rules! find {
    ($($form:ident $pace:ident { $($rows:tt)* })*) => {
        /// The call of a function of the table.
        pub(super) fn find(name: &str) -> Option<Run> {
            $(if let Some(run) = $form!(name: $($rows)*) {
                return Some(run);
            })*
            None
        }
    };
}

super::table::table!(find);
